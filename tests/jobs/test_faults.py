"""Each kind of fault, at each place of a real job: it comes through, or says honestly that its outcome is not known."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.cloud.test_against_local_cloud import rpc
from tests.jobs.test_masks_of_answers import engine
from tests.jobs.test_with_local_cloud import around, new_job, stack
from tests.localcloud.service import serving
from workstation.catalogue.chest import ALIYUN_COVID
from workstation.domain.error import ErrorCode
from workstation.domain.series import Stack
from workstation.jobs import JobOutcome, JobState, run
from workstation.localcloud.faults import Fault, FaultKind
from workstation.records import Records

__all__ = ["stack"]
SUBMIT, POLL, STORE, FETCH = "DetectCovid19Cad", "GetAsyncJobResult", "PutObject", "GetObject"
PASSING = (FaultKind.DELAY, FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER, FaultKind.STATUS, FaultKind.THROTTLE)


def outcome_of(folder: Path, stack: Stack, ledger: Records, *faults: Fault) -> JobOutcome:
    """A whole job with a mask file in its answer, at a service with these faults."""
    with (
        serving(folder / "cloud", engine=partial(engine), faults=faults) as running,
        around(folder, stack, running, ledger) as world,
        rpc(running) as jobs_service,
    ):
        whole = replace(world, service=ALIYUN_COVID, jobs_service=jobs_service)
        return run(replace(new_job(stack), parameters={}), whole)


@pytest.mark.parametrize("kind", [*PASSING, FaultKind.HALF_BODY, FaultKind.BAD_JSON])
def test_a_question_that_goes_wrong_is_asked_again(
    tmp_path: Path, stack: Stack, ledger: Records, kind: FaultKind
) -> None:
    outcome = outcome_of(tmp_path, stack, ledger, Fault(on=POLL, kind=kind, count=2, seconds=0.3, status=502))

    assert outcome.error is None
    assert (outcome.job.state, outcome.job.submissions) == (JobState.DONE, 1)
    assert len(outcome.placed().masks) == 1


@pytest.mark.parametrize("kind", [*PASSING, FaultKind.HALF_BODY, FaultKind.BAD_JSON, FaultKind.DUPLICATE])
def test_a_file_that_goes_wrong_on_its_way_there_is_sent_again(
    tmp_path: Path, stack: Stack, ledger: Records, kind: FaultKind
) -> None:
    outcome = outcome_of(tmp_path, stack, ledger, Fault(on=STORE, kind=kind, after=5, count=2, seconds=0.3))

    assert (outcome.error, outcome.job.state) == (None, JobState.DONE)
    assert outcome.objects_left == 0


@pytest.mark.parametrize("kind", [*PASSING, FaultKind.HALF_BODY, FaultKind.EXPIRED, FaultKind.SKEW])
def test_a_file_of_the_answer_that_goes_wrong_is_fetched_again(
    tmp_path: Path, stack: Stack, ledger: Records, kind: FaultKind
) -> None:
    wrong = Fault(on=FETCH, kind=kind, after=stack.slices, count=1, seconds=0.3 if kind is FaultKind.DELAY else 4000)
    outcome = outcome_of(tmp_path, stack, ledger, wrong)

    assert len(outcome.placed().masks) == 1
    assert not any("could not be fetched" in str(note) for note in outcome.placed().notes)


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.THROTTLE, FaultKind.EXPIRED, FaultKind.HALF_BODY])
def test_an_input_that_the_service_can_not_fetch_at_first_is_fetched_in_the_end(
    tmp_path: Path, stack: Stack, ledger: Records, kind: FaultKind
) -> None:
    outcome = outcome_of(tmp_path, stack, ledger, Fault(on=FETCH, kind=kind))

    assert (outcome.error, outcome.job.state) == (None, JobState.DONE)


@pytest.mark.parametrize("kind", [FaultKind.DELAY, FaultKind.THROTTLE, FaultKind.DUPLICATE])
def test_a_submit_that_is_late_refused_for_now_or_done_twice_gives_one_result(
    tmp_path: Path, stack: Stack, ledger: Records, kind: FaultKind
) -> None:
    outcome = outcome_of(tmp_path, stack, ledger, Fault(on=SUBMIT, kind=kind, seconds=0.3))

    assert (outcome.error, outcome.job.state) == (None, JobState.DONE)


@pytest.mark.parametrize(
    "kind",
    [FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER, FaultKind.STATUS, FaultKind.HALF_BODY, FaultKind.BAD_JSON],
)
def test_a_submit_without_a_documented_answer_is_never_repeated(
    tmp_path: Path, stack: Stack, ledger: Records, kind: FaultKind
) -> None:
    outcome = outcome_of(tmp_path, stack, ledger, Fault(on=SUBMIT, kind=kind))

    assert (outcome.job.state, outcome.job.error_code) == (JobState.UNCERTAIN, ErrorCode.OUTCOME_UNKNOWN)
    assert outcome.job.submissions == 1


def test_a_clock_that_is_off_stops_the_job_before_anything_is_charged(
    tmp_path: Path, stack: Stack, ledger: Records
) -> None:
    outcome = outcome_of(tmp_path, stack, ledger, Fault(on=SUBMIT, kind=FaultKind.SKEW, seconds=-1000))

    assert (outcome.job.state, outcome.job.error_code) == (JobState.UPLOADING, ErrorCode.CLOCK_WRONG)
    assert [call.outcome for call in ledger.calls.of_job(outcome.job.id)] == ["free"]
