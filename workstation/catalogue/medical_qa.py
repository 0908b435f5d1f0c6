"""RunMedQA: the questions before a skin consultation, one call a turn, and what the service makes of the answers.

Each turn's parameters hold the whole dialogue before it, so every single one can be read, shown and gone on from by
itself; only `session`, `kind` and `texts` of them go on the wire. `allegries` is the service's spelling.
The documents say that the report comes with the answer to `images`, and show one beside `chiefComplaint`: a report is
read wherever it stands, but only the last step ends a dialogue. `bbox` does not say which of several pictures it means.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from workstation.catalogue.operation import PICTURE, CallInput, WireAnswer
from workstation.catalogue.wire import Bases, Node, bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, AnswerGrid, IndexRectangle, ServiceAnswer
from workstation.domain.blocks import Bar, BarsBlock, Block, Column, DialogueBlock, Row, TableBlock, Turn
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Measurement, worst
from workstation.domain.json_text import value_of
from workstation.domain.request import Parameters
from workstation.domain.words import Words, say

DEPARTMENT: Final = "皮肤科"
COMPLAINT: Final = "chiefComplaint"
IMAGES: Final = "images"
REPORTS: Final = "reports"
MOST_ANSWERS: Final = 50
LONGEST_ANSWER: Final = 500
KINDS: Final[Mapping[str, Words]] = {
    COMPLAINT: say("Complaint"),
    "age": say("Age"),
    "bodyParts": say("Where"),
    "symptoms": say("Symptoms"),
    "complications": say("Accompanying complaints"),
    "diseaseCourse": say("Course"),
    "diseaseHistory": say("Earlier diseases"),
    "medications": say("Medication"),
    "allegries": say("Allergies"),
    IMAGES: say("Pictures"),
    REPORTS: say("Report"),
}
_FOUND: Final[Mapping[str, Words]] = {
    "diagResults": say("Diseases that the service thinks of"),
    "formDistribution": say("Distribution"),
}
_SHOWN: Final = ("age", "bodyParts", "symptoms", "complications", "diseaseCourse", "diseaseHistory", "medications",
                 "allegries", "formDistribution", "diagResults")  # fmt: skip
_PROBABILITY: Final = "probability"


def kind_words(kind: str) -> Words:
    """What people call a question; one that only a newer service knows keeps its name."""
    return KINDS.get(kind, say("{text}", text=kind))


class AnswerType(StrEnum):
    TEXT = "text"
    SINGLE = "single"
    MULTIPLE = "multiple"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the service wants to know next. `text` is its own sentence; none where it asks for pictures."""

    kind: str
    text: str = ""
    type: AnswerType = AnswerType.TEXT
    options: tuple[str, ...] = ()

    @property
    def wants_pictures(self) -> bool:
        return self.kind == IMAGES

    def read(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The texts that will be sent.

        raises ANSWER_MISSING, ANSWER_NOT_OFFERED, TOO_MANY_ANSWERS, TEXT_LENGTH
        """
        given = tuple(text.strip() for text in texts if text.strip())
        if not given:
            question = say("{text}", text=self.text) if self.text else kind_words(self.kind)
            raise WorkstationError(ErrorCode.ANSWER_MISSING, kind=self.kind, question=question)
        most = 1 if self.type is AnswerType.SINGLE else MOST_ANSWERS
        if len(given) > most:
            raise WorkstationError(ErrorCode.TOO_MANY_ANSWERS, kind=self.kind, count=len(given), most=most)
        if self.options and self.type is not AnswerType.TEXT and not set(given) <= set(self.options):
            raise WorkstationError(ErrorCode.ANSWER_NOT_OFFERED, kind=self.kind, options=", ".join(self.options))
        longest = max(map(len, given))
        if longest > LONGEST_ANSWER:
            raise WorkstationError(ErrorCode.TEXT_LENGTH, name=self.kind, length=longest, most=LONGEST_ANSWER)
        return given


FIRST: Final = Question(kind=COMPLAINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One question as it was answered. `pictures`: base names of the files."""

    kind: str
    question: str
    texts: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A dialogue after one of its turns. `asked` None: it is over. `began`: aware, UTC."""

    session: str
    began: datetime
    answered: tuple[Answered, ...]
    asked: Question | None


def turn_parameters(session: str, began: datetime, before: Iterable[Answered], now: Answered) -> Parameters:
    """The parameters of one turn's job; values are texts, lists JSON."""
    earlier = [
        {"kind": one.kind, "question": one.question, "texts": one.texts, "pictures": one.pictures} for one in before
    ]
    return {
        "session": session,
        "began": began.isoformat(),
        "kind": now.kind,
        "question": now.question,
        "texts": _listed(now.texts),
        "pictures": _listed(now.pictures),
        "before": json.dumps(earlier, ensure_ascii=False),
    }


def _listed(texts: Iterable[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)


def arguments(call: CallInput) -> Mapping[str, str]:
    """The business parameters of one turn; lists are flattened and count from 1."""
    given = call.parameters
    session = {"SessionId": str(given["session"])} if given["session"] else {}
    pictures = call.links.get(PICTURE, ())
    return {
        **call.organisation,
        **session,
        "Department": DEPARTMENT,
        "QuestionType": str(given["kind"]),
        **{f"AnswerTextList.{n}.AnswerText": text for n, text in enumerate(_texts_of(given["texts"]), start=1)},
        **{f"AnswerImageURLList.{n}.AnswerImageURL": link for n, link in enumerate(pictures, start=1)},
    }


def _texts_of(stored: object) -> tuple[str, ...]:
    return tuple(str(text) for text in json.loads(str(stored)))


def parse(answer: WireAnswer) -> ServiceAnswer:
    """One turn's answer; findings and figures only where it holds a report. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    _session(root)
    question = _question(root)
    report = root.child("Reports")
    return ServiceAnswer(
        findings=tuple(_lesions(report, basis)) if report is not None else (),
        grid=AnswerGrid(),
        basis=worst([basis.everything, *basis.parts.values()]),
        measurements=tuple(_probabilities(report, basis)) if report is not None else (),
        texts=tuple(_lines(report)) if report is not None else (question.text,) if question.text else (),
        unknown=root.unread(),
    )


def spoken(result: AnalysisResult) -> Spoken:
    """The dialogue as it stands after this turn. raises BAD_ANSWER"""
    root, _ = opened(result.raw, expect_basis=False)
    answered = tuple(said(result))
    question = _question(root)
    over = question.kind == REPORTS or (root.has("Reports") and IMAGES in (answered[-1].kind, question.kind))
    return Spoken(
        session=_session(root),
        began=datetime.fromisoformat(str(result.parameters["began"])),
        answered=answered,
        asked=None if over else question,
    )


def said(result: AnalysisResult) -> Iterator[Answered]:
    """All that was answered, the turn of this result last."""
    given = result.parameters
    for one in json.loads(str(given["before"])):
        yield Answered(
            kind=one["kind"], question=one["question"], texts=tuple(one["texts"]), pictures=tuple(one["pictures"])
        )
    yield Answered(
        kind=str(given["kind"]),
        question=str(given["question"]),
        texts=_texts_of(given["texts"]),
        pictures=_texts_of(given["pictures"]),
    )


def _session(root: Node) -> str:
    session = root.text("SessionId")
    if not session:
        raise bad_answer("Data.SessionId")
    return session


def _question(root: Node) -> Question:
    kind = root.text("QuestionType")
    if not kind:
        raise bad_answer("Data.QuestionType")
    stated = root.text("AnswerType")
    return Question(
        kind=kind,
        text=root.text("Question"),
        type=AnswerType(stated) if stated in set(AnswerType) else AnswerType.TEXT,
        options=_values(root, "Options"),
    )


def _values(node: Node, name: str) -> tuple[str, ...]:
    """Texts: an array, JSON text of one, or a single plain text in its place."""
    value = node.value.get(name) if isinstance(node.value, dict) else None
    node.read.add(f"{node.path}.{name}" if node.path else name)
    if isinstance(value, str):
        try:
            decoded = value_of(value)
        except (ValueError, RecursionError):
            decoded = value
        value = decoded if isinstance(decoded, list) else [value] if value.strip() else []
    return tuple(str(entry) for entry in value if entry is not None) if isinstance(value, list) else ()


def _lines(report: Node) -> Iterator[str]:
    """What the report says, one line an entry, as the service names them. Links to pictures are left out."""
    _values(report, IMAGES)
    for name in _SHOWN:
        values = _values(report, name)
        if values:
            yield f"{name}: {'; '.join(values)}"


def _probabilities(report: Node, basis: Bases) -> Iterator[Measurement]:
    chances = report.child("diagProb")
    if chances is None or not isinstance(chances.value, dict):
        return
    found = [(name, chances.required(name)) for name in chances.value]
    if any(not 0 <= share <= 1 for _, share in found):
        raise bad_answer(chances.path)
    for name, share in sorted(found, key=lambda one: -one[1]):
        yield Measurement(
            name=_PROBABILITY, label=say("{text}", text=name), value=share, unit="1", basis=basis.of(chances.path)
        )


def _lesions(report: Node, basis: Bases) -> Iterator[AnswerFinding]:
    for box in report.items("bbox"):
        x1, y1, x2, y2 = (box.required(name) for name in ("x1", "y1", "x2", "y2"))
        score = box.number("score")
        if x2 < x1 or y2 < y1 or (score is not None and not 0 <= score <= 1):
            raise bad_answer(box.path)
        yield AnswerFinding(
            code="lesion",
            label=say("Lesion"),
            shapes=(IndexRectangle(slice=0.0, first=(y1, x1), last=(y2, x2)),),
            measurements=(),
            confidence=score,
            basis=basis.of(box.path),
        )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """What was said, and once it is over what the service made of it."""
    turns = [
        turn
        for one in said(result)
        for turn in (
            *((Turn(ours=False, text=one.question),) if one.question else ()),
            Turn(ours=True, text="\n".join(one.texts), pictures=one.pictures),
        )
    ]
    asked = spoken(result).asked if result.raw else None  # a result.json that was read back has no raw answer
    if asked is not None and asked.text:
        turns.append(Turn(ours=False, text=asked.text))
    return (*report_blocks(result), DialogueBlock(turns=tuple(turns), title=say("Dialogue")))


def report_blocks(result: AnalysisResult) -> tuple[Block, ...]:
    """The service's report as a table and bars; nothing before it came."""
    entries = [entry.partition(": ") for entry in result.texts]
    rows = tuple(
        Row(cells=(_FOUND.get(name) or kind_words(name), values)) for name, _, values in entries if name in _SHOWN
    )
    bars = tuple(
        Bar(label=chance.label, share=chance.value, text=f"{chance.value:.1%}", basis=chance.basis)
        for chance in result.measurements
        if chance.name == _PROBABILITY and isinstance(chance.value, float)
    )
    heads = (Column(label=say("Asked")), Column(label=say("Reported")))
    return (
        *((BarsBlock(bars=bars, title=say("Predicted by the service, not a diagnosis")),) if bars else ()),
        *((TableBlock(columns=heads, rows=rows, title=say("Report of the service")),) if rows else ()),
    )
