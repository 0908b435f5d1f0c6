"""What the answers about photographs have in common: names that went through PDF, two scales of confidence, boxes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from workstation.catalogue.wire import Bases, Node, bad_answer
from workstation.domain.answer import AnalysisResult, AnswerFinding, AnswerGrid, ServiceAnswer
from workstation.domain.blocks import Bar, BarsBlock, Block
from workstation.domain.finding import Finding, Measurement, worst
from workstation.domain.words import Words, say

SHARE: Final = say("Confidence (0 to 1)")
PERCENT: Final = say("Confidence (0 to 100)")


def plain(text: str) -> str:
    """A name without look-alike characters and blanks around it."""
    return unicodedata.normalize("NFKC", text).strip()


def name_at(node: Node, name: str) -> str:
    """A name that must be there. raises BAD_ANSWER"""
    text = plain(node.text(name))
    if not text:
        raise bad_answer(f"{node.path}.{name}")
    return text


def told(name: str, known: Mapping[str, Words]) -> Words:
    """A documented name in the reader's language, any other as it is. Case does not tell names apart."""
    return known.get(name.casefold(), say("{name}", name=name))


def of_hundred(node: Node, name: str) -> float:
    """A confidence that is written as 0 to 100, as 0 to 1. raises BAD_ANSWER"""
    value = node.required(name)
    if not 0 <= value <= 100:
        raise bad_answer(f"{node.path}.{name}")
    return value / 100


def of_one(node: Node, name: str) -> float:
    """A confidence that is written as 0 to 1. raises BAD_ANSWER"""
    value = node.required(name)
    if not 0 <= value <= 1:
        raise bad_answer(f"{node.path}.{name}")
    return value


def listed(root: Node, name: str) -> tuple[Node, ...]:
    """An array of objects that must be there, or the single object in its place. raises BAD_ANSWER"""
    if not isinstance(root.value, dict) or not isinstance(root.value.get(name), (dict, list, str)):
        raise bad_answer(name)
    found = root.items(name)
    if not all(isinstance(node.value, dict) for node in found):
        raise bad_answer(name)
    return found


def answered(
    root: Node,
    bases: Bases,
    findings: Sequence[AnswerFinding],
    *,
    measurements: tuple[Measurement, ...] = (),
    notes: tuple[Words, ...] = (),
) -> ServiceAnswer:
    return ServiceAnswer(
        findings=tuple(findings),
        grid=AnswerGrid(),
        basis=worst([bases.everything, *bases.parts.values()]),
        measurements=measurements,
        notes=notes,
        unknown=root.unread(),
    )


def confidence_bars(result: AnalysisResult, title: Words, scale: Words) -> tuple[Block, ...]:
    """One bar a finding that has a confidence; its figure is on the service's own scale."""
    bars = tuple(bar_of(finding, finding.confidence, scale) for finding in result.findings if finding.confidence)
    nothing = tuple(bar_of(finding, 0.0, scale) for finding in result.findings if finding.confidence == 0)
    if not (bars or nothing):
        return ()
    return (BarsBlock(bars=(*bars, *nothing), title=say("{title}: {scale}", title=title, scale=scale)),)


def bar_of(finding: Finding, share: float, scale: Words) -> Bar:
    text = f"{100 * share:.4g}" if scale is PERCENT else f"{share:.2f}"
    return Bar(label=finding.label, share=share, text=text, basis=finding.basis)
