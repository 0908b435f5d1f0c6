"""Asking for the answer, waiting longer each time; a known job is asked for, never submitted again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from typing import Final

from workstation.catalogue.job_query import Polled, PollStatus
from workstation.cloud.meaning import job_meaning
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.faults import FAULTS
from workstation.domain.request import CallKind
from workstation.domain.words import Words, say
from workstation.domain.work import Progress
from workstation.jobs.job import JobState
from workstation.jobs.links import without_signatures
from workstation.jobs.session import Session
from workstation.records.calls_table import FREE

_DELAYS_S: Final = (0.3, 0.7, 1.0, 2.0, 3.0, 5.0, 8.0)  # a service on this machine may be done at once
_LONGEST_S: Final = 10.0
_MOST_SUBMISSIONS: Final = 2  # expired links are made anew once


def delays_s() -> Iterator[float]:
    """How long to wait before each question."""
    return chain(_DELAYS_S, repeat(_LONGEST_S))


def wait(session: Session) -> None:
    """Until the service is done with the job, well or badly.

    raises TIMED_OUT (it can go on later), what asking raises, Cancelled
    """
    world = session.world
    until = world.clock.monotonic() + world.deadline_s
    words = say("Waiting for the service")
    for delay in delays_s():
        session.reporter(Progress(0, 0, words))
        if world.clock.monotonic() + delay > until:
            raise WorkstationError(ErrorCode.TIMED_OUT)
        session.sleep(delay)
        call = world.service.poll_call(session.row.service_job_id)
        answer = world.client.call(call, CallKind.POLL, session.cancel)
        polled = world.service.read_poll(answer.body)
        if polled.status is PollStatus.DONE:
            raw = without_signatures(answer.raw)
            world.ledger.answers.save(session.id, polled.result_text, raw, session.now())
            session.go(JobState.DOWNLOADING, "answered")
            return
        if polled.status in (PollStatus.FAILED, PollStatus.CANCELLED):
            world.ledger.answers.save(session.id, "", without_signatures(answer.raw), session.now())
            _failed(session, polled)
            return
        words = _words(polled.status)


def _words(status: PollStatus) -> Words:
    return say("Queued at the service") if status is PollStatus.QUEUED else say("The service is at work")


def _failed(session: Session, polled: Polled) -> None:
    """Failed jobs are not billed. Links that expired are made anew, once, where the documents say so of that failure.

    The vendor's message is read for a documented number and not kept: it may repeat what was sent.
    """
    error = job_meaning(polled.vendor_code, polled.message, session.row.request_id)
    fault = FAULTS.get(str(error.facts["vendor_code"]))
    free = fault is None or fault.billed is False
    if free:
        session.world.ledger.calls.settle(session.id, session.row.submissions, FREE)
    if error.code is ErrorCode.LINK_EXPIRED and free and session.row.submissions < _MOST_SUBMISSIONS:
        session.uploaded = False
        session.go(JobState.UPLOADING, "links-anew", {"vendor_code": polled.vendor_code}, cost_yuan=0.0)
        return
    session.end(JobState.FAILED, "failed-there", error, cost_yuan=0.0 if free else None)
