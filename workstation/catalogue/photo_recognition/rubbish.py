"""ClassifyingRubbish: what a thing is and into which bin it goes, each with a confidence of 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import WireAnswer
from workstation.catalogue.photo_recognition.reading import SHARE, answered, listed, name_at, of_one, told
from workstation.catalogue.wire import Node, bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, ServiceAnswer
from workstation.domain.blocks import Bar, BarsBlock, Block
from workstation.domain.finding import Measurement
from workstation.domain.words import Words, say

BINS: Final[Mapping[str, Words]] = {
    "可回收垃圾": say("recyclable (可回收垃圾)"),
    "干垃圾": say("dry, other (干垃圾)"),
    "湿垃圾": say("wet, kitchen (湿垃圾)"),
    "有害垃圾": say("hazardous (有害垃圾)"),
}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """One finding a thing. raises BAD_ANSWER, NO_BASIS"""
    root, bases = opened(answer.text, expect_basis=answer.expect_basis)
    sensitive = _flag(root, "Sensitive")
    findings = []
    elements = root.items("Elements") if sensitive else listed(root, "Elements")
    for node in elements:
        basis, name = bases.of(node.path), name_at(node, "Rubbish")
        into = told(name_at(node, "Category"), BINS)
        share = round(of_one(node, "CategoryScore"), 6)
        findings.append(
            AnswerFinding(
                code="rubbish",
                label=say("{name}: {kind}", name=name, kind=into),
                shapes=(),
                measurements=(
                    Measurement(name="bin", label=say("Bin"), value=into, unit="", basis=basis),
                    Measurement(
                        name="bin-confidence", label=say("Confidence of the bin"), value=share, unit="1", basis=basis
                    ),
                ),
                confidence=of_one(node, "RubbishScore"),
                basis=basis,
            )
        )
    note = say("The service calls the picture sensitive and tells nothing of it.")
    return answered(root, bases, findings, notes=(note,) if sensitive else ())


def _flag(root: Node, name: str) -> bool:
    """raises BAD_ANSWER"""
    text = root.text(name).casefold()
    if text not in ("true", "false", ""):
        raise bad_answer(name)
    return text == "true"


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """How sure the thing is, and how sure its bin."""
    bars: list[Bar] = []
    for finding in result.findings:
        into, share = finding.measurement("bin"), finding.measurement("bin-confidence")
        if finding.confidence is None or into is None or share is None:
            continue
        thing = Bar(
            label=finding.label, share=finding.confidence, text=f"{finding.confidence:.2f}", basis=finding.basis
        )
        bars.append(thing)
        if isinstance(into.value, Words) and isinstance(share.value, (int, float)):
            bars.append(Bar(label=into.value, share=share.value, text=f"{share.value:.2f}", basis=finding.basis))
    title = say("{title}: {scale}", title=say("Thing and bin"), scale=SHARE)
    return (BarsBlock(bars=tuple(bars), title=title),) if bars else ()
