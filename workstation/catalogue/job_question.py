"""GetAsyncJobResult as an operation of its own: what became of a job, asked by its number.

Jobs of this program are asked for by themselves; this is for a number from the vendor's console or another PC. What a
finished job found stays in the raw answer: without the series that was sent nothing of it has a place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.job_query import PollStatus, read_poll
from workstation.catalogue.operation import CallInput, FreeText, WireAnswer
from workstation.catalogue.wire import bad_answer, decode, opened
from workstation.domain.answer import AnalysisResult, AnswerGrid, ServiceAnswer
from workstation.domain.blocks import Block, Text, TextsBlock
from workstation.domain.finding import Basis, Measurement, worst
from workstation.domain.words import Words, say

PARAMETERS: Final = (FreeText(name="job", label=say("Number of the job"), most=64),)
_STATES: Final[Mapping[PollStatus, Words]] = {
    PollStatus.QUEUED: say("Queued at the service"),
    PollStatus.RUNNING: say("The service is at work"),
    PollStatus.DONE: say("Done"),
    PollStatus.FAILED: say("Failed"),
    PollStatus.CANCELLED: say("Cancelled"),
}


def arguments(call: CallInput) -> Mapping[str, str]:
    """The business parameters of the call."""
    return {"JobId": str(call.parameters["job"])}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """The job's state, and the code of one that failed. raises BAD_ANSWER, NO_BASIS"""
    body = decode(answer.text, "Data")
    if not isinstance(body, dict):
        raise bad_answer("Data")
    polled = read_poll(body)
    basis = Basis.ALGORITHM if answer.expect_basis else Basis.VENDOR
    texts: tuple[str, ...] = ()
    notes: tuple[Words, ...] = ()
    if polled.status is PollStatus.DONE:
        _, bases = opened(polled.result_text, expect_basis=answer.expect_basis)
        basis = worst([bases.everything, *bases.parts.values()])
        notes = (say("What the job found is kept as the service wrote it, in raw.json: nothing of it has a place."),)
    elif polled.vendor_code:
        texts = (polled.vendor_code,)
    state = Measurement(
        name=f"job-{polled.status.value}", label=say("State"), value=_STATES[polled.status], unit="", basis=basis
    )
    return ServiceAnswer(findings=(), grid=AnswerGrid(), basis=basis, measurements=(state,), texts=texts, notes=notes)


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """The state, and the service's code."""
    states = [measurement.value for measurement in result.measurements if isinstance(measurement.value, Words)]
    head = states[0] if states else say("State")
    return (TextsBlock(texts=(Text(head=head, text="\n".join(result.texts)),)),)
