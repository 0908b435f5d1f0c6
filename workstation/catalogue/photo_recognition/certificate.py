"""EvaluateCertificateQuality: what is wrong with a photograph of a document. A higher score is worse.

`Pass` is one of four texts and comes as a boolean too; `Score` may be the word `score` (none can be given) or `null`.
The document calls the score an integer up to 100 and shows 0.065: it is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import CallInput, Choice, WireAnswer
from workstation.catalogue.photo_recognition.reading import answered, listed, name_at, told
from workstation.catalogue.wire import Node, bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, ServiceAnswer
from workstation.domain.blocks import Block, Cell, Column, Level, Row, TableBlock
from workstation.domain.finding import Finding, Measurement
from workstation.domain.words import Words, say

PARAMETERS: Final = (
    Choice(
        name="type",
        label=say("Kind of document"),
        default="IDCard",
        values=(("IDCard", say("identity card")), ("BusinessLicense", say("business licence"))),
    ),
)
CHECKS: Final[Mapping[str, Words]] = {
    "nottargettype": say("Is not the kind of document asked for"),
    "lackoffront": say("The front side is missing"),
    "copy": say("Is a photocopy"),
    "imageincomplete": say("The document is cut off"),
    "nationalemblemincomplete": say("The national emblem of the licence is cut off"),
    "lackofseal": say("The seal is missing"),
    "electronic": say("Comes from an electronic file"),
    "reflection": say("Reflections"),
    "watermarksoverlay": say("Watermarks lie over it"),
    "textclarity": say("Text is unclear"),
}
_PASSED, _FAILED = say("passed"), say("not passed")
_UNSURE, _BROKEN = say("can't be told: a person should look"), say("the check failed")
VERDICTS: Final[Mapping[str, Words]] = {"true": _PASSED, "false": _FAILED, "verify": _UNSURE, "error": _BROKEN}
_NO_SCORE: Final = frozenset({"", "score", "null", "none"})


def arguments(call: CallInput) -> Mapping[str, str]:
    return {"ImageURL": call.picture, "Type": str(call.parameters["type"])}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """One finding a check, in the answer's order. raises BAD_ANSWER, NO_BASIS"""
    root, bases = opened(answer.text, expect_basis=answer.expect_basis)
    findings = []
    for node in listed(root, "Elements"):
        basis, verdict, score = bases.of(node.path), _verdict(node), _score(node)
        measures = [Measurement(name="passed", label=say("Check"), value=verdict, unit="", basis=basis)]
        if score is not None:
            label = say("Score (0 to 100, higher is worse)")
            measures.append(Measurement(name="score", label=label, value=score, unit="1", basis=basis))
        findings.append(
            AnswerFinding(
                code="photo-quality",
                label=told(name_at(node, "Value"), CHECKS),
                shapes=(),
                measurements=tuple(measures),
                confidence=None,
                basis=basis,
            )
        )
    return answered(root, bases, findings)


def _verdict(node: Node) -> Words:
    verdict = VERDICTS.get(node.text("Pass").strip().casefold())
    if verdict is None:
        raise bad_answer(f"{node.path}.Pass")
    return verdict


def _score(node: Node) -> float | None:
    if node.text("Score").strip().casefold() in _NO_SCORE:
        return None
    score = node.required("Score")
    if not 0 <= score <= 100:
        raise bad_answer(f"{node.path}.Score")
    return score


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """Every check with what came of it; what was not passed stands out."""
    rows = tuple(_row(finding) for finding in result.findings if finding.code == "photo-quality")
    columns = (
        Column(label=say("Check")),
        Column(label=say("Result")),
        Column(label=say("Score (0 to 100, higher is worse)"), decimals=0),
    )
    return (TableBlock(columns=columns, rows=rows, title=say("Quality of the photograph")),) if rows else ()


def _row(finding: Finding) -> Row:
    passed, score = finding.measurement("passed"), finding.measurement("score")
    verdict: Cell = passed.value if passed is not None else None
    level = Level.PLAIN if verdict == _PASSED else Level.NOTED if verdict == _FAILED else Level.FADED
    return Row(
        cells=(finding.label, verdict, score.value if score is not None else None), finding=finding.id, level=level
    )
