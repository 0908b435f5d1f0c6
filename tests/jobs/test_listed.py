"""The service's own list of jobs: a waiting job is cancelled there, and one whose number was lost is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.cloud.test_against_local_cloud import rpc
from tests.jobs.test_with_local_cloud import RealWaits, around, new_job, served, stack
from workstation.catalogue.job_list import ListedJob
from workstation.catalogue.job_query import PollStatus
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import CallKind, RpcAnswer, ServiceCall
from workstation.domain.series import Stack
from workstation.domain.work import CancelToken, Progress, SystemClock
from workstation.jobs import JobState, UncertainChoice, World, resolve_uncertain, run
from workstation.jobs.listed import cancel_waiting, may_be
from workstation.jobs.queries import show_job
from workstation.localcloud.faults import Fault, FaultKind
from workstation.records import Records

__all__ = ["stack"]
LOST = Fault(on="DetectLungNodule", kind=FaultKind.DROP_AFTER)


class Today(RealWaits):
    """The time of the service, and `ahead` of it."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        super().__init__()
        self.ahead = ahead

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead


@contextmanager
def listing(root: Path, stack: Stack, ledger: Records, *faults: Fault, least_job_s: float = 0.5) -> Iterator[World]:
    with (
        served(root / "cloud", faults=faults, least_job_s=least_job_s) as running,
        around(root, stack, running, ledger) as world,
        rpc(running) as jobs_service,
    ):
        yield replace(world, clock=Today(), jobs_service=jobs_service)


def candidates(job_id: str, world: World) -> tuple[ListedJob, ...]:
    job = show_job(job_id, world.ledger).job
    return may_be(job, world.service, world.jobs_service, world.ledger, world.clock, CancelToken())


class CancelWhen:
    """A reporter that cancels at the first words that hold these."""

    def __init__(self, words: str) -> None:
        self.words, self.token = words, CancelToken()

    def __call__(self, progress: Progress) -> None:
        if self.words in str(progress.words):
            self.token.cancel()


def test_a_job_that_waits_is_cancelled_at_the_service_and_costs_nothing(
    tmp_path: Path, stack: Stack, ledger: Records
) -> None:
    waiting = CancelWhen("Queued")
    with listing(tmp_path, stack, ledger, least_job_s=600.0) as world:
        outcome = run(new_job(stack), world, waiting, waiting.token)
        asked = world.client.call(world.service.poll_call(outcome.job.service_job_id), CallKind.POLL)

    assert outcome.job.state is JobState.CANCELLED
    assert world.service.read_poll(asked.body).status is PollStatus.CANCELLED
    assert [call.outcome for call in ledger.calls.of_job(outcome.job.id)] == ["free"]
    assert not outcome.job.may_be_charged


def test_a_job_that_the_service_will_not_cancel_may_be_charged(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    waiting = CancelWhen("Queued")
    refused = Fault(on="CancelWaitingAsyncJob", kind=FaultKind.STATUS, status=400, count=None)
    with listing(tmp_path, stack, ledger, refused, least_job_s=600.0) as world:
        outcome = run(new_job(stack), world, waiting, waiting.token)

    assert outcome.job.state is JobState.CANCELLED
    assert [call.outcome for call in ledger.calls.of_job(outcome.job.id)] == ["unknown"]


def test_the_one_job_that_no_job_of_ours_is_may_be_the_lost_one(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    with listing(tmp_path, stack, ledger, replace(LOST, after=1)) as world:
        known = run(new_job(stack), world)
        lost = run(new_job(stack), world)
        (found,) = candidates(lost.job.id, world)
        resolve_uncertain(lost.job.id, UncertainChoice.ASK_SERVICE, ledger, world.clock, found.id)
        outcome = run(lost.job.id, world)

    assert lost.job.state is JobState.UNCERTAIN
    assert found.id != known.job.service_job_id
    assert (outcome.job.state, outcome.job.submissions) == (JobState.DONE, 1)
    assert outcome.job.request_id == found.id
    assert [str(note) for note in outcome.placed().notes] == [
        f"The job's number was found in the service's list of jobs: {found.id}."
    ]


def test_several_jobs_that_were_lost_are_all_listed(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    with listing(tmp_path, stack, ledger, replace(LOST, count=2)) as world:
        first = run(new_job(stack), world)
        forced = replace(new_job(stack), forced=True)
        second = run(forced, world)
        found = candidates(first.job.id, world)

    assert second.job.state is JobState.UNCERTAIN
    assert len(found) == 2


def test_a_call_that_was_never_taken_is_not_listed(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    with listing(tmp_path, stack, ledger, replace(LOST, kind=FaultKind.DROP_BEFORE)) as world:
        lost = run(new_job(stack), world)

        assert lost.job.state is JobState.UNCERTAIN
        assert candidates(lost.job.id, world) == ()


@pytest.mark.parametrize("late", [False, True])
def test_a_job_can_not_be_looked_for_after_a_day_or_where_nobody_has_a_list(
    tmp_path: Path, stack: Stack, ledger: Records, late: bool
) -> None:
    with listing(tmp_path, stack, ledger, LOST) as world:
        lost = run(new_job(stack), world)
        world = replace(world, clock=Today(timedelta(hours=24))) if late else replace(world, jobs_service=None)
        with pytest.raises(WorkstationError) as refused:
            candidates(lost.job.id, world)

    assert refused.value.code is ErrorCode.CANNOT_ASK


class WithoutList:
    """A hospital's own service that serves no list of jobs."""

    def call(self, call: ServiceCall, kind: CallKind, cancel: CancelToken | None = None) -> RpcAnswer:
        raise WorkstationError(ErrorCode.REFUSED, vendor_code="UnsupportedOperation")


def test_a_service_that_keeps_no_list_can_not_be_asked_and_cancels_nothing(
    tmp_path: Path, stack: Stack, ledger: Records
) -> None:
    with listing(tmp_path, stack, ledger, LOST) as world:
        lost = run(new_job(stack), world)
        with pytest.raises(WorkstationError) as refused:
            candidates(lost.job.id, replace(world, jobs_service=WithoutList()))

    assert refused.value.code is ErrorCode.CANNOT_ASK
    assert not cancel_waiting("NUMBER", WithoutList())
