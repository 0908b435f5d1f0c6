"""Reading ClassifyFNF's answer: fractures of the femoral neck as boxes with their Garden type.

The answer repeats what was sent, changed: `OrgId` without its zeros, `ImageUrl` with an internal host. Neither is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.pixel_boxes import probability, read_echoes, rectangle
from workstation.catalogue.wire import Bases, Node, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, AnswerGrid, ServiceAnswer
from workstation.domain.blocks import Bar, BarsBlock, Block
from workstation.domain.finding import Measurement, worst
from workstation.domain.words import Words, say

_TYPES: Final[Mapping[str, tuple[str, Words]]] = {
    "v1": ("I", say("Garden I: incomplete")),
    "v2": ("II", say("Garden II: complete, not displaced")),
    "v3": ("III", say("Garden III: complete, partly displaced")),
    "v4": ("IV", say("Garden IV: complete, fully displaced")),
}
ECHOES: Final = ("OrgId", "OrgName", "ImageUrl")


def arguments(call: CallInput) -> Mapping[str, str]:
    return {"ImageUrl": call.picture, "DataFormat": call.form, **call.organisation}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """The whole answer → typed. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    read_echoes(root, *ECHOES)
    findings = tuple(_finding(fracture, basis) for fracture in root.items("Fractures"))
    return ServiceAnswer(
        findings=findings,
        grid=AnswerGrid(),
        basis=worst([basis.everything, *basis.parts.values()]),
        unknown=root.unread(),
    )


def _finding(fracture: Node, bases: Bases) -> AnswerFinding:
    basis = bases.of(fracture.path)
    tag = fracture.child("Tag")
    code = tag.text("Label").strip() if tag is not None else ""
    known = _TYPES.get(code.lower())
    label = say("Femoral neck fracture, type {code} that is not documented", code=code or "–")
    measurements: tuple[Measurement, ...] = ()
    if known is not None:
        label = say("Femoral neck fracture, {garden}", garden=known[1])
        measurements = (Measurement(name="garden", label=say("Garden type"), value=known[0], unit="", basis=basis),)
    return AnswerFinding(
        code="femoral-neck-fracture",
        label=label,
        shapes=(rectangle(fracture.numbers("Boxes"), f"{fracture.path}.Boxes"),),
        measurements=measurements,
        confidence=probability(fracture.number("Value"), f"{fracture.path}.Value"),
        basis=basis,
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """Each fracture's type with its probability."""
    bars = tuple(
        Bar(label=finding.label, share=finding.confidence, text=f"{finding.confidence:.2f}", basis=finding.basis)
        for finding in result.findings
        if finding.confidence is not None
    )
    return (BarsBlock(bars=bars, title=say("Probability of each fracture's type")),) if bars else ()
