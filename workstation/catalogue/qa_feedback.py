"""FeedbackSession: a remark on a dialogue, sent after it. The answer is nothing but the number of the call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import CallInput, FreeText, WireAnswer
from workstation.catalogue.wire import opened
from workstation.domain.answer import AnalysisResult, AnswerGrid, ServiceAnswer
from workstation.domain.blocks import Block, Text, TextsBlock
from workstation.domain.finding import worst
from workstation.domain.words import say

LONGEST: Final = 500  # the documents name no limit; that of an answer in the dialogue

PARAMETERS: Final = (
    FreeText(name="text", label=say("Feedback"), most=LONGEST),
    FreeText(name="session", label=say("Dialogue (session id)"), most=64),
)


def arguments(call: CallInput) -> Mapping[str, str]:
    """The business parameters of the call."""
    return {"SessionId": str(call.parameters["session"]), "Feedback": str(call.parameters["text"])}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """It was taken: more is not said. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    root.text("RequestId")
    return ServiceAnswer(
        findings=(),
        grid=AnswerGrid(),
        basis=worst([basis.everything, *basis.parts.values()]),
        notes=(say("The feedback was taken."),),
        unknown=root.unread(),
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """What was sent."""
    return (TextsBlock(texts=(Text(head=say("Feedback"), text=str(result.parameters.get("text", ""))),)),)
