"""The skin dialogue, turn by turn: what was said, what is asked, and the next call."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from workstation.catalogue.medical_qa import (
    FIRST,
    IMAGES,
    MOST_ANSWERS,
    Answered,
    Question,
    kind_words,
    spoken,
    turn_parameters,
)
from workstation.catalogue.text import MEDICAL_QA, QA_FEEDBACK
from workstation.domain.answer import AnalysisResult
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.workspace.intents import TextRequest

KEPT: Final = timedelta(hours=24)  # the service forgets a dialogue after this
_TOO_OFTEN: Final = 3  # the same question


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """One dialogue as it stands.

    began   when its first answer was asked for; aware, UTC
    asked   the question that waits for an answer; None once the dialogue is over
    result  of its last turn; None before the first
    """

    connection: str
    began: datetime
    session: str = ""
    answered: tuple[Answered, ...] = ()
    asked: Question | None = FIRST
    result: AnalysisResult | None = None

    @property
    def over(self) -> bool:
        return self.asked is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person says to one question: texts, or files of pictures."""

    texts: tuple[str, ...] = ()
    pictures: tuple[Path, ...] = ()


Answers = Mapping[str, Answer]  # by kind of question


def begin(connection: str, now: datetime) -> Dialogue:
    return Dialogue(connection=connection, began=now)


def turn(dialogue: Dialogue, answer: Answer, now: datetime) -> TextRequest:
    """The call that answers what is asked.

    raises DIALOGUE_OVER, DIALOGUE_EXPIRED, DIALOGUE_STUCK, ANSWER_MISSING, ANSWER_NOT_OFFERED, TOO_MANY_ANSWERS,
           TEXT_LENGTH, NOT_FOUND
    """
    asked = dialogue.asked
    if asked is None:
        raise WorkstationError(ErrorCode.DIALOGUE_OVER)
    if now - dialogue.began >= KEPT:
        raise WorkstationError(ErrorCode.DIALOGUE_EXPIRED)
    if sum(one.kind == asked.kind for one in dialogue.answered) >= _TOO_OFTEN:
        raise WorkstationError(ErrorCode.DIALOGUE_STUCK, kind=asked.kind)
    texts: tuple[str, ...] = ()
    pictures: tuple[Path, ...] = ()
    if asked.wants_pictures:
        pictures = _pictures(answer.pictures)
    else:
        texts = asked.read(answer.texts)
    said = Answered(
        kind=asked.kind, question=asked.text, texts=texts, pictures=tuple(told(picture) for picture in pictures)
    )
    return TextRequest(
        operation=MEDICAL_QA.name,
        connection=dialogue.connection,
        parameters=turn_parameters(dialogue.session, dialogue.began, dialogue.answered, said),
        pictures=pictures,
    )


def _pictures(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    if not paths:
        raise WorkstationError(ErrorCode.ANSWER_MISSING, kind=IMAGES, question=kind_words(IMAGES))
    if len(paths) > MOST_ANSWERS:
        raise WorkstationError(ErrorCode.TOO_MANY_ANSWERS, kind=IMAGES, count=len(paths), most=MOST_ANSWERS)
    if not all(path.is_file() for path in paths):
        raise WorkstationError(ErrorCode.NOT_FOUND)
    return paths


def told(picture: Path) -> str:
    """What a picture is called where the dialogue is kept: by its content, as a file's own name may be a person's.

    raises NOT_FOUND
    """
    try:
        digest = hashlib.sha256(picture.read_bytes()).hexdigest()
    except OSError:
        raise WorkstationError(ErrorCode.NOT_FOUND) from None
    return digest[:8] + picture.suffix.lower()


def dialogue_of(result: AnalysisResult) -> Dialogue:
    """The whole dialogue after the turn that made this result. raises BAD_ANSWER"""
    said = spoken(result)
    return Dialogue(
        connection=result.connection,
        began=said.began,
        session=said.session,
        answered=said.answered,
        asked=said.asked,
        result=result,
    )


def converse(
    dialogue: Dialogue, answers: Answers, call: Callable[[TextRequest], AnalysisResult], now: Callable[[], datetime]
) -> Dialogue:
    """Answer everything that is asked, one call a question, until the dialogue is over.

    raises what `turn` and `call` raise; ANSWER_MISSING where something is asked that the answers don't tell
    """
    while dialogue.asked is not None:
        answer = answers.get(dialogue.asked.kind, Answer())
        dialogue = dialogue_of(call(turn(dialogue, answer, now())))
    return dialogue


def feedback(dialogue: Dialogue, text: str) -> TextRequest:
    """A remark on a dialogue. raises TEXT_LENGTH"""
    parameters = QA_FEEDBACK.read_parameters({"text": text, "session": dialogue.session})
    return TextRequest(operation=QA_FEEDBACK.name, connection=dialogue.connection, parameters=parameters)


def within(request: TextRequest, limit_yuan: float | None) -> TextRequest:
    """The same, of which each call may cost so much."""
    return replace(request, limit_yuan=limit_yuan)


def read_answers(file: Path) -> dict[str, Answer]:
    """A file of answers: one JSON object, by kind of question a list of texts; `images`: paths, from the file's folder.

    `{"images": {"images": [paths]}}` is taken too. raises NOT_FOUND, BAD_ANSWERS_FILE
    """
    try:
        stored = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError:
        raise WorkstationError(ErrorCode.NOT_FOUND) from None
    except ValueError:
        raise WorkstationError(ErrorCode.BAD_ANSWERS_FILE) from None
    if not isinstance(stored, dict):
        raise WorkstationError(ErrorCode.BAD_ANSWERS_FILE)
    return {str(kind): _answer(str(kind), value, file.parent) for kind, value in stored.items()}


def _answer(kind: str, value: object, folder: Path) -> Answer:
    if isinstance(value, dict) and set(value) <= {"texts", IMAGES}:
        return Answer(texts=_listed(value.get("texts", [])), pictures=_paths(_listed(value.get(IMAGES, [])), folder))
    listed = _listed(value)
    return Answer(pictures=_paths(listed, folder)) if kind == IMAGES else Answer(texts=listed)


def _listed(value: object) -> tuple[str, ...]:
    """One text, or a list of them. raises BAD_ANSWERS_FILE"""
    listed: Sequence[object] = value if isinstance(value, list) else [value]
    if not all(isinstance(entry, (str, int, float)) and not isinstance(entry, bool) for entry in listed):
        raise WorkstationError(ErrorCode.BAD_ANSWERS_FILE)
    return tuple(str(entry) for entry in listed)


def _paths(names: Iterable[str], folder: Path) -> tuple[Path, ...]:
    return tuple(folder / name for name in names)
