"""RecognizeImageStyle: words for the style of a picture, without any confidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import WireAnswer
from workstation.catalogue.photo_recognition.reading import answered, plain, told
from workstation.catalogue.wire import Node, bad_answer, decode, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, ServiceAnswer
from workstation.domain.blocks import Block, Column, Row, TableBlock
from workstation.domain.words import Words, say

_LOOK: Final = say("how it looks")
_MOOD: Final = say("what it says")
LOOKS: Final[Mapping[str, Words]] = {
    "chinese": say("Chinese style"),
    "watercolor": say("watercolour"),
    "cartoon": say("cartoon"),
    "real": say("real scene"),
    "standard": say("standard"),
}
MOODS: Final[Mapping[str, Words]] = {
    "simple": say("simple"),
    "lively": say("lively"),
    "colourful": say("many-coloured"),
    "luxury": say("luxurious"),
    "technology": say("technological"),
    "morbidezza": say("soft"),
    "strong": say("tough"),
    "simpleelegant": say("simple and elegant"),
    "coolcold": say("cool and aloof"),
    "promotion": say("promotional"),
    "protrude": say("striking"),
}
STYLES: Final[Mapping[str, Words]] = {**LOOKS, **MOODS}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """One finding a style, in the answer's order. raises BAD_ANSWER, NO_BASIS"""
    root, bases = opened(answer.text, expect_basis=answer.expect_basis)
    findings = [
        AnswerFinding(
            code="style",
            label=told(name, STYLES),
            shapes=(),
            measurements=(),
            confidence=None,
            basis=bases.of("Styles"),
        )
        for name in _names(root)
    ]
    return answered(root, bases, findings)


def _names(root: Node) -> tuple[str, ...]:
    """An array of texts, as JSON text too, or a single one. raises BAD_ANSWER"""
    root.read.add("Styles")
    value = root.value.get("Styles") if isinstance(root.value, dict) else None
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = decode(value, "Styles")
    entries = value if isinstance(value, list) else [value]
    names = tuple(plain(entry) for entry in entries if isinstance(entry, str) and plain(entry))
    if len(names) != len(entries):
        raise bad_answer("Styles")
    return names


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """The styles, and whether each is told by how the picture looks or by what it means."""
    rows = tuple(
        Row(cells=(finding.label, _kind(finding.label)), finding=finding.id)
        for finding in result.findings
        if finding.code == "style"
    )
    columns = (Column(label=say("Style")), Column(label=say("Told by")))
    return (TableBlock(columns=columns, rows=rows, title=say("Style of the picture")),) if rows else ()


def _kind(label: Words) -> Words | None:
    if label in LOOKS.values():
        return _LOOK
    return _MOOD if label in MOODS.values() else None
