"""What lists and commands are told of jobs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.jobs.fakes import NEW, PAID, DoAt, FailAt, TestClock, world
from workstation.catalogue.operation import ConnectionKind
from workstation.domain.error import ErrorCode
from workstation.domain.work import CancelToken
from workstation.jobs import JobState, create, run
from workstation.jobs.queries import ask_cancel, jobs_to_resume, list_jobs, show_job, state_words
from workstation.records import Records


@pytest.mark.parametrize("state", JobState)
def test_every_state_has_words(tmp_path: Path, ledger: Records, state: JobState) -> None:
    job = replace(create(NEW, world(tmp_path, ledger)), state=state)

    assert str(state_words(job))


def test_an_upload_that_stopped_says_how_far_it_came(tmp_path: Path, ledger: Records) -> None:
    stopped = run(NEW, world(tmp_path, ledger, moment=FailAt("submit", ErrorCode.UNREACHABLE)))

    assert str(state_words(stopped.job)) == "Uploading 3 / 3"


def test_a_cancelled_job_that_the_service_had_says_it_may_be_charged(tmp_path: Path, ledger: Records) -> None:
    cancel = CancelToken()
    moment = DoAt("poll", cancel.cancel)
    outcome = run(PAID, world(tmp_path, ledger, moment=moment, kind=ConnectionKind.ALIYUN), cancel=cancel)

    assert "may be charged" in str(state_words(outcome.job))


def test_jobs_are_listed_oldest_first_and_only_idle_ones_can_be_resumed(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger)
    first, second = create(NEW, around), create(replace(NEW, stack_id="1.2.4#0"), around)
    done = run(replace(NEW, stack_id="1.2.5#0"), world(tmp_path, ledger))

    with ledger.hold(second.id):
        assert [job.id for job in jobs_to_resume(ledger)] == [first.id]
        assert show_job(second.id, ledger).running
    assert {job.id for job in list_jobs(ledger)} == {first.id, second.id, done.job.id}


def test_an_idle_job_is_ended_by_asking_and_running_it(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger)
    job = create(NEW, around)

    assert ask_cancel(job.id, ledger, TestClock()) is False
    assert run(job.id, around).job.state is JobState.CANCELLED


def test_a_job_that_has_ended_stays_as_it_ended(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger)
    outcome = run(NEW, around)

    ask_cancel(outcome.job.id, ledger, TestClock())

    assert run(outcome.job.id, around).job == outcome.job
