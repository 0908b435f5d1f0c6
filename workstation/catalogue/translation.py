"""TranslateMed: a Chinese text into English, or the other way round, at once.

The documents say both "fewer than 500" and "500" characters or words; 499 is kept to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import CallInput, Choice, FreeText, WireAnswer
from workstation.catalogue.wire import bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerGrid, ServiceAnswer
from workstation.domain.blocks import Block, Text, TextsBlock
from workstation.domain.finding import Measurement, worst
from workstation.domain.words import Words, say

LONGEST: Final = 499
CHINESE: Final = say("Chinese")
ENGLISH: Final = say("English")
_LANGUAGES: Final[Mapping[str, tuple[str, str]]] = {"zh-en": ("zh_CN", "en"), "en-zh": ("en", "zh_CN")}
_NAMES: Final[Mapping[str, Words]] = {"zh_CN": CHINESE, "en": ENGLISH}
# A Chinese character, or a run of anything else that is not blank: what the service counts as one.
_UNIT: Final = re.compile(r"[㐀-䶿一-鿿豈-﫿]|[^\s㐀-䶿一-鿿豈-﫿]+")


def length(text: str) -> int:
    """Chinese characters and words of other languages."""
    return len(_UNIT.findall(text))


PARAMETERS: Final = (
    FreeText(name="text", label=say("Text"), most=LONGEST, count=length),
    Choice(
        name="direction",
        label=say("Direction"),
        default="zh-en",
        values=(("zh-en", say("Chinese to English")), ("en-zh", say("English to Chinese"))),
    ),
)


def arguments(call: CallInput) -> Mapping[str, str]:
    """The business parameters of the call."""
    source, target = _LANGUAGES[str(call.parameters["direction"])]
    return {"FromLanguage": source, "ToLanguage": target, "Text": str(call.parameters["text"])}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """`Text` is the translation, `Words` what was counted. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    text = root.text("Text")
    if not text.strip():
        raise bad_answer("Data.Text")
    words = root.number("Words")
    counted = (
        ()
        if words is None
        else (Measurement(name="words", label=say("Counted"), value=words, unit="1", basis=basis.of("Words")),)
    )
    return ServiceAnswer(
        findings=(),
        grid=AnswerGrid(),
        basis=worst([basis.everything, *basis.parts.values()]),
        measurements=counted,
        texts=(text,),
        unknown=root.unread(),
    )


def sides(result: AnalysisResult) -> tuple[str, str]:
    """The text as it was written, and its translation."""
    return str(result.parameters.get("text", "")), "\n".join(result.texts)


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """The text and its translation side by side."""
    source, target = _LANGUAGES.get(str(result.parameters.get("direction")), _LANGUAGES["zh-en"])
    written, translated = sides(result)
    return (TextsBlock(texts=(Text(head=_NAMES[source], text=written), Text(head=_NAMES[target], text=translated))),)
