"""Texts: translation, the skin dialogue, feedback on it."""

from __future__ import annotations

import re
from typing import Final

from workstation.localcloud.operations.row import (
    IMAGEPROCESS,
    ORGANISATION,
    Answer,
    Checked,
    Dialogue,
    Kind,
    Mode,
    Operation,
    Parameter,
)
from workstation.localcloud.refusal import RpcRefusal

LANGUAGES: Final = ("zh_CN", "en")
LONGEST_TEXT: Final = 500  # Chinese characters or English words: fewer than this
LONGEST_ANSWER: Final = 500
MOST_ANSWERS: Final = 50
QUESTION_TYPES: Final = (
    "chiefComplaint", "age", "bodyParts", "symptoms", "complications", "diseaseCourse", "diseaseHistory",
    "medications", "allegries", "images", "reports",
)  # fmt: skip
_COUNTED: Final = re.compile(r"[㐀-鿿豈-﫿]|[^\s㐀-鿿豈-﫿]+")


def counted(text: str) -> int:
    """Chinese characters, and words of other languages."""
    return len(_COUNTED.findall(text))


def _translation(checked: Checked) -> None:
    if checked.values["FromLanguage"] == checked.values["ToLanguage"]:
        raise RpcRefusal("InvalidParameter", "FromLanguage and ToLanguage must differ.")
    if counted(checked.values["Text"]) >= LONGEST_TEXT:
        raise RpcRefusal("InvalidParameter", f"Text must have fewer than {LONGEST_TEXT} characters or words.")


def _turn(checked: Checked) -> None:
    kind = checked.values["QuestionType"]
    if kind != "chiefComplaint" and "SessionId" not in checked.values:
        raise RpcRefusal("MissingParameter", "The parameter SessionId is missing.")
    if kind == "images":
        if not checked.addresses.get("AnswerImageURLList") and not checked.lists.get("AnswerImageDataList"):
            raise RpcRefusal("MissingParameter", "The parameter AnswerImageURLList.N.AnswerImageURL is missing.")
    elif kind != "reports" and not checked.lists.get("AnswerTextList"):
        raise RpcRefusal("MissingParameter", "The parameter AnswerTextList.N.AnswerText is missing.")


def _without_data(request_id: str, answer: Answer) -> Answer:
    return {"RequestId": request_id, **answer}


TRANSLATE_MED: Final = Operation(
    product=IMAGEPROCESS,
    action="TranslateMed",
    mode=Mode.AT_ONCE,
    parameters=(
        Parameter(wire="FromLanguage", values=LANGUAGES),
        Parameter(wire="ToLanguage", values=LANGUAGES),
        Parameter(wire="Text"),
    ),
    rule=_translation,
)

RUN_MED_QA: Final = Operation(
    product=IMAGEPROCESS,
    action="RunMedQA",
    mode=Mode.AT_ONCE,
    file_bytes=3 * 1024**2,
    parameters=(
        *ORGANISATION,
        Parameter(wire="SessionId", required=False),
        Parameter(wire="Department", values=("皮肤科",)),
        Parameter(wire="QuestionType", values=QUESTION_TYPES),
        Parameter(
            wire="AnswerImageURLList.N.AnswerImageURL", kind=Kind.ADDRESS, required=False, items=(1, MOST_ANSWERS)
        ),
        Parameter(
            wire="AnswerImageDataList.N.AnswerImageData", kind=Kind.DATA, required=False, items=(1, MOST_ANSWERS)
        ),
        Parameter(
            wire="AnswerTextList.N.AnswerText",
            required=False,
            items=(1, MOST_ANSWERS),
            shorter_than=LONGEST_ANSWER + 1,
        ),
    ),
    rule=_turn,
    dialogue=Dialogue.TURN,
)

FEEDBACK_SESSION: Final = Operation(
    product=IMAGEPROCESS,
    action="FeedbackSession",
    mode=Mode.AT_ONCE,
    parameters=(Parameter(wire="SessionId"), Parameter(wire="Feedback")),
    wrap=_without_data,
    dialogue=Dialogue.AFTERWARDS,
)
