"""Reading DetectKneeXRay's answer: one box a knee, with a class that is one higher than the Kellgren–Lawrence grade.

Classes 6 and 7 are no grades. The service names no side, so knees are told apart by where they lie on the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.pixel_boxes import probability, rectangle
from workstation.catalogue.wire import Bases, Node, bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, AnswerGrid, ServiceAnswer
from workstation.domain.blocks import Block, Column, Level, Row, TableBlock
from workstation.domain.finding import Basis, Finding, Measurement, worst
from workstation.domain.projection import center_of
from workstation.domain.words import Words, say

_GRADES: Final[tuple[Words, ...]] = (
    say("KL 0: normal"),
    say("KL I: doubtful"),
    say("KL II: mild"),
    say("KL III: moderate"),
    say("KL IV: severe"),
)
_OPERATED: Final = 6
_LATERAL: Final = 7
_TUPLE: Final = 6  # left, top, right, bottom, confidence, class


def arguments(call: CallInput) -> Mapping[str, str]:
    return {"Url": call.picture, "DataFormat": "DICOM", **call.organisation}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """The whole answer → typed. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    findings = tuple(_finding(knee, basis) for knee in root.items("KLDetections"))
    return ServiceAnswer(
        findings=findings,
        grid=AnswerGrid(),
        basis=worst([basis.everything, *basis.parts.values()]),
        unknown=root.unread(),
    )


def _finding(knee: Node, bases: Bases) -> AnswerFinding:
    where, basis = f"{knee.path}.Detections", bases.of(f"{knee.path}.Detections")
    numbers = knee.numbers("Detections")
    if len(numbers) != _TUPLE or not numbers[5].is_integer():
        raise bad_answer(where)
    label, measurements = _class(int(numbers[5]), basis)
    return AnswerFinding(
        code="knee",
        label=label,
        shapes=(rectangle(numbers[:4], where),),
        measurements=measurements,
        confidence=probability(numbers[4], where),
        basis=basis,
    )


def _class(number: int, basis: Basis) -> tuple[Words, tuple[Measurement, ...]]:
    if 1 <= number <= len(_GRADES):
        words = _GRADES[number - 1]
        grade = Measurement(
            name="kl-grade", label=say("Kellgren–Lawrence grade"), value=float(number - 1), unit="", basis=basis
        )
        return say("Knee, {grade}", grade=words), (grade,)
    if number == _OPERATED:
        return say("Knee, operated: not graded"), ()
    if number == _LATERAL:
        return say("Knee in a lateral view: not graded"), ()
    return say("Knee, class {number} that is not documented", number=number), ()


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """Each knee with its grade, in the order in which they stand on the picture."""
    if not result.findings:
        return ()
    knees = sorted(result.findings, key=_across)
    rows = tuple(
        Row(
            cells=(place, finding.label, finding.confidence),
            finding=finding.id,
            level=Level.NOTED if _grade(finding) >= 2 else Level.PLAIN,
        )
        for finding, place in zip(knees, _places(knees), strict=True)
    )
    columns = (
        Column(label=say("On the picture")),
        Column(label=say("Grade")),
        Column(label=say("Confidence"), decimals=2),
    )
    return (TableBlock(columns=columns, rows=rows, title=say("Osteoarthritis of the knee (Kellgren–Lawrence)")),)


def _across(finding: Finding) -> float:
    center = center_of(finding)
    return center[0] if center is not None else 0.0


def _places(knees: Sequence[Finding]) -> tuple[Words, ...]:
    if len(knees) == 2:
        return (say("on the left of the picture"), say("on the right of the picture"))
    return tuple(say("knee {number} from the left", number=number) for number in range(1, len(knees) + 1))


def _grade(finding: Finding) -> float:
    grade = finding.measurement("kl-grade")
    return grade.value if grade is not None and isinstance(grade.value, float) else 0.0
