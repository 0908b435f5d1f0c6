"""Failures on the way: what stays resumable, what ends, what is asked about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.jobs.fakes import (
    CONSENT,
    NEW,
    PAID,
    DoAt,
    FailAt,
    FolderService,
    FolderStore,
    TestClock,
    prepare,
    running,
    world,
)
from workstation.catalogue.operation import ConnectionKind
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.work import CancelToken, Reporter
from workstation.jobs import JobState, Prepared, UncertainChoice, resolve_uncertain, run, sweep
from workstation.jobs.queries import ask_cancel, jobs_to_resume, show_job
from workstation.records import Records


def test_a_lost_network_in_the_upload_keeps_what_is_there_for_the_resume(tmp_path: Path, ledger: Records) -> None:
    stopped = run(NEW, world(tmp_path, ledger, moment=FailAt("put 0003", ErrorCode.UNREACHABLE)))
    assert (stopped.job.state, stopped.job.error_code) == (JobState.UPLOADING, ErrorCode.UNREACHABLE)
    assert len(FolderStore(tmp_path).objects) == 2
    assert [job.id for job in jobs_to_resume(ledger)] == [stopped.job.id]

    outcome = run(stopped.job.id, world(tmp_path, ledger))

    assert outcome.job.state is JobState.DONE
    assert [key[-8:] for key in FolderStore(tmp_path).stored] == ["0001.dcm", "0002.dcm", "0003.dcm"]


def test_copies_that_were_lost_are_made_again_with_the_same_content(tmp_path: Path, ledger: Records) -> None:
    stopped = run(NEW, world(tmp_path, ledger, moment=FailAt("put 0003", ErrorCode.UNREACHABLE)))
    (tmp_path / "prepared" / stopped.job.id / "0003.dcm").unlink()

    outcome = run(stopped.job.id, world(tmp_path, ledger))

    assert outcome.job.state is JobState.DONE
    assert len(FolderStore(tmp_path).stored) == 3


def test_lost_copies_of_a_study_that_is_not_open_are_asked_for(tmp_path: Path, ledger: Records) -> None:
    stopped = run(NEW, world(tmp_path, ledger, moment=FailAt("put 0003", ErrorCode.UNREACHABLE)))
    (tmp_path / "prepared" / stopped.job.id / "0003.dcm").unlink()

    closed = run(stopped.job.id, replace(world(tmp_path, ledger), prepare=None))
    assert (closed.job.state, closed.job.error_code) == (JobState.PREPARING, ErrorCode.STUDY_NEEDED)

    assert run(stopped.job.id, world(tmp_path, ledger)).job.state is JobState.DONE


def test_an_unreachable_service_is_asked_again_only_on_resume(tmp_path: Path, ledger: Records) -> None:
    stopped = run(NEW, world(tmp_path, ledger, moment=FailAt("submit", ErrorCode.UNREACHABLE)))
    assert (stopped.job.state, stopped.job.error_code) == (JobState.UPLOADING, ErrorCode.UNREACHABLE)
    assert FolderService(tmp_path).submits == []

    assert run(stopped.job.id, world(tmp_path, ledger)).job.state is JobState.DONE
    assert len(FolderService(tmp_path).submits) == 1
    assert len(FolderStore(tmp_path).stored) == 3


def test_a_throttled_submit_waits_and_tries_again_by_itself(tmp_path: Path, ledger: Records) -> None:
    clock = TestClock()
    outcome = run(NEW, world(tmp_path, ledger, clock=clock, moment=FailAt("submit", ErrorCode.THROTTLED, times=2)))

    assert outcome.job.state is JobState.DONE
    assert len(FolderService(tmp_path).submits) == 1


def test_a_submit_that_stays_throttled_stops_resumable(tmp_path: Path, ledger: Records) -> None:
    outcome = run(NEW, world(tmp_path, ledger, moment=FailAt("submit", ErrorCode.THROTTLED, times=99)))

    assert (outcome.job.state, outcome.job.error_code) == (JobState.UPLOADING, ErrorCode.THROTTLED)


def test_a_refused_input_ends_the_job_and_deletes_what_was_sent(tmp_path: Path, ledger: Records) -> None:
    refusal = FailAt("submit", ErrorCode.REFUSED_INPUT, vendor_code="425")
    outcome = run(PAID, world(tmp_path, ledger, moment=refusal, kind=ConnectionKind.ALIYUN))

    assert (outcome.job.state, outcome.job.error_code) == (JobState.FAILED, ErrorCode.REFUSED_INPUT)
    assert outcome.job.error_facts == {"vendor_code": "425"}
    assert FolderStore(tmp_path).objects == set()
    assert ledger.calls.spent_yuan("2026-03") == 0


@pytest.mark.parametrize(
    "code", [ErrorCode.OUTCOME_UNKNOWN, ErrorCode.BAD_ANSWER, ErrorCode.TIMED_OUT, ErrorCode.NONCE_USED]
)
def test_a_submit_that_ended_unclear_is_asked_about(tmp_path: Path, ledger: Records, code: ErrorCode) -> None:
    around = world(tmp_path, ledger, moment=FailAt("was submitted", code), kind=ConnectionKind.ALIYUN)
    outcome = run(PAID, around)

    assert (outcome.job.state, outcome.job.error_code) == (JobState.UNCERTAIN, ErrorCode.OUTCOME_UNKNOWN)
    assert ledger.calls.spent_yuan("2026-03") == 2.4
    assert len(FolderStore(tmp_path).objects) == 3


def test_an_uncertain_job_is_left_alone_by_a_resume(tmp_path: Path, ledger: Records) -> None:
    job_id = _uncertain(tmp_path, ledger)

    again = run(job_id, world(tmp_path, ledger))

    assert (again.job.state, again.job.error_code) == (JobState.UNCERTAIN, ErrorCode.OUTCOME_UNKNOWN)
    assert len(FolderService(tmp_path).submits) == 1
    assert jobs_to_resume(ledger) == ()


def test_submitting_anew_is_a_decision_and_sends_no_object_again(tmp_path: Path, ledger: Records) -> None:
    job_id = _uncertain(tmp_path, ledger)
    around = world(tmp_path, ledger)
    resolve_uncertain(job_id, UncertainChoice.SUBMIT_ANEW, ledger, around.clock)

    assert run(job_id, around).job.state is JobState.DONE
    assert len(FolderService(tmp_path).submits) == 2
    assert len(FolderStore(tmp_path).stored) == 3
    assert [call.outcome for call in ledger.calls.of_job(job_id)] == ["unknown", "billed"]


def test_giving_up_deletes_what_was_sent_and_sends_nothing(tmp_path: Path, ledger: Records) -> None:
    job_id = _uncertain(tmp_path, ledger)
    around = world(tmp_path, ledger)
    resolve_uncertain(job_id, UncertainChoice.GIVE_UP, ledger, around.clock)

    outcome = run(job_id, around)

    assert (outcome.job.state, outcome.job.error_code) == (JobState.CANCELLED, ErrorCode.CANCELLED)
    assert FolderStore(tmp_path).objects == set()
    assert len(FolderService(tmp_path).submits) == 1


def test_a_service_can_be_asked_when_the_number_of_the_call_is_known(tmp_path: Path, ledger: Records) -> None:
    job_id = _uncertain(tmp_path, ledger, request_id="REQUEST-1")
    around = world(tmp_path, ledger)
    resolve_uncertain(job_id, UncertainChoice.ASK_SERVICE, ledger, around.clock)

    assert run(job_id, around).job.state is JobState.DONE
    assert set(FolderService(tmp_path).polls) == {"REQUEST-1"}
    assert len(FolderService(tmp_path).submits) == 1


def test_a_service_can_not_be_asked_without_a_number(tmp_path: Path, ledger: Records) -> None:
    job_id = _uncertain(tmp_path, ledger)

    with pytest.raises(WorkstationError) as refused:
        resolve_uncertain(job_id, UncertainChoice.ASK_SERVICE, ledger, TestClock())

    assert refused.value.code is ErrorCode.CANNOT_ASK


def test_only_an_uncertain_job_has_something_to_decide(tmp_path: Path, ledger: Records) -> None:
    done = run(NEW, world(tmp_path, ledger))

    with pytest.raises(WorkstationError) as refused:
        resolve_uncertain(done.job.id, UncertainChoice.SUBMIT_ANEW, ledger, TestClock())

    assert refused.value.code is ErrorCode.NOTHING_TO_DECIDE


def test_a_service_that_can_not_be_reached_while_waiting_keeps_its_job(tmp_path: Path, ledger: Records) -> None:
    stopped = run(NEW, world(tmp_path, ledger, moment=FailAt("poll", ErrorCode.UNREACHABLE)))
    assert (stopped.job.state, stopped.job.error_code) == (JobState.WAITING, ErrorCode.UNREACHABLE)
    assert len(FolderStore(tmp_path).objects) == 3

    outcome = run(stopped.job.id, world(tmp_path, ledger))

    assert (outcome.job.state, outcome.error) == (JobState.DONE, None)
    assert len(FolderService(tmp_path).submits) == 1


def test_a_job_that_the_service_lost_ends(tmp_path: Path, ledger: Records) -> None:
    outcome = run(NEW, world(tmp_path, ledger, moment=FailAt("poll", ErrorCode.JOB_LOST)))

    assert (outcome.job.state, outcome.job.error_code) == (JobState.FAILED, ErrorCode.JOB_LOST)
    assert FolderStore(tmp_path).objects == set()


def test_objects_that_can_not_be_deleted_are_deleted_at_the_next_start(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger, moment=FailAt("delete", ErrorCode.UNREACHABLE))
    outcome = run(NEW, around)
    assert (outcome.job.state, outcome.objects_left) == (JobState.DONE, 3)
    assert "delete-failed" in [event.what for event in show_job(outcome.job.id, ledger).events]

    left = sweep(ledger, lambda *_: around.store, around.folder, around.clock)

    assert (left, FolderStore(tmp_path).objects) == (0, set())
    assert list((tmp_path / "records.db-jobs").iterdir()) == []
    assert show_job(outcome.job.id, ledger).objects_left == 0


def test_a_sweep_says_what_it_can_not_reach(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger, moment=FailAt("delete", ErrorCode.UNREACHABLE))
    run(NEW, around)

    assert sweep(ledger, lambda *_: None, around.folder, around.clock) == 3


def test_a_sweep_leaves_a_job_that_can_go_on(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger, moment=FailAt("put 0003", ErrorCode.UNREACHABLE))
    stopped = run(NEW, around)

    assert sweep(ledger, lambda *_: around.store, around.folder, around.clock) == 0
    assert len(FolderStore(tmp_path).objects) == 2
    assert (around.folder / stopped.job.id).exists()


def test_a_preparation_without_space_can_go_on_later(tmp_path: Path, ledger: Records) -> None:
    def full(folder: Path, salt: bytes, reporter: Reporter, cancel: CancelToken) -> Prepared:
        prepare(folder, salt, reporter, cancel)
        raise WorkstationError(ErrorCode.NO_SPACE)

    stopped = run(NEW, replace(world(tmp_path, ledger), prepare=full))
    assert (stopped.job.state, stopped.job.error_code) == (JobState.PREPARING, ErrorCode.NO_SPACE)

    assert run(stopped.job.id, world(tmp_path, ledger)).job.state is JobState.DONE


def test_a_series_that_must_not_be_sent_ends_the_job_before_anything_left(tmp_path: Path, ledger: Records) -> None:
    def refused(folder: Path, salt: bytes, reporter: Reporter, cancel: CancelToken) -> Prepared:
        raise WorkstationError(ErrorCode.BURNT_IN)

    outcome = run(NEW, replace(world(tmp_path, ledger), prepare=refused))

    assert (outcome.job.state, outcome.job.error_code) == (JobState.FAILED, ErrorCode.BURNT_IN)
    assert ledger.sent.everything() == ()
    assert not (tmp_path / "prepared" / outcome.job.id).exists()


def test_a_price_that_rose_before_the_submit_stops_it(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger, kind=ConnectionKind.ALIYUN)
    limited = replace(PAID, stack_id="1.2.4#0", consent=replace(CONSENT, month_limit_yuan=3.0))
    other = DoAt("put 0002", lambda: run(PAID, around))

    outcome = run(limited, world(tmp_path, ledger, moment=other, kind=ConnectionKind.ALIYUN))

    assert (outcome.job.state, outcome.job.error_code) == (JobState.FAILED, ErrorCode.OVER_MONTH_LIMIT)
    assert len(FolderService(tmp_path).submits) == 1
    assert FolderStore(tmp_path).objects == set()


def test_cancel_before_the_start_sends_nothing(tmp_path: Path, ledger: Records) -> None:
    cancel = CancelToken()
    cancel.cancel()

    outcome = run(NEW, world(tmp_path, ledger), cancel=cancel)

    assert (outcome.job.state, outcome.job.error_code) == (JobState.CANCELLED, ErrorCode.CANCELLED)
    assert ledger.sent.everything() == ()


def test_cancel_in_the_upload_deletes_what_is_there(tmp_path: Path, ledger: Records) -> None:
    cancel = CancelToken()
    outcome = run(NEW, world(tmp_path, ledger, moment=DoAt("put 0002", cancel.cancel)), cancel=cancel)

    assert outcome.job.state is JobState.CANCELLED
    assert (FolderStore(tmp_path).objects, FolderService(tmp_path).submits) == (set(), [])
    assert len(FolderStore(tmp_path).stored) == 2


@pytest.mark.parametrize("moment", ["put 0002", "was submitted"])
def test_a_job_kept_at_the_end_of_the_program_goes_on_later(tmp_path: Path, ledger: Records, moment: str) -> None:
    cancel = CancelToken()
    around = world(tmp_path, ledger, moment=DoAt(moment, cancel.cancel))

    left = run(NEW, around, cancel=cancel, keep=True)
    again = run(left.job.id, around, keep=True)

    assert left.job.state.resumable
    assert isinstance(left.error, Cancelled)
    assert again.job.state is JobState.DONE
    assert again.job.submissions == 1


def test_a_persons_cancel_ends_a_kept_job_too(tmp_path: Path, ledger: Records) -> None:
    cancel = CancelToken()
    clock = TestClock()

    def asked() -> None:
        ask_cancel(ledger.jobs.rows()[0].id, ledger, clock)
        cancel.cancel()

    outcome = run(NEW, world(tmp_path, ledger, moment=DoAt("put 0002", asked)), cancel=cancel, keep=True)

    assert outcome.job.state is JobState.CANCELLED
    assert outcome.objects_left == 0


def test_cancel_in_the_submit_records_how_it_ended(tmp_path: Path, ledger: Records) -> None:
    cancel = CancelToken()
    around = world(tmp_path, ledger, moment=DoAt("was submitted", cancel.cancel), kind=ConnectionKind.ALIYUN)

    outcome = run(PAID, around, cancel=cancel)

    assert (outcome.job.state, outcome.job.request_id) == (JobState.CANCELLED, "REQUEST-1")
    assert outcome.job.may_be_charged
    assert [call.outcome for call in ledger.calls.of_job(outcome.job.id)] == ["unknown"]
    assert FolderStore(tmp_path).objects == set()


def test_cancel_in_a_submit_of_unknown_outcome_stays_uncertain(tmp_path: Path, ledger: Records) -> None:
    cancel = CancelToken()

    def cancelled_and_broken(name: str) -> None:
        if name == "was submitted":
            cancel.cancel()
            raise WorkstationError(ErrorCode.OUTCOME_UNKNOWN)

    outcome = run(NEW, world(tmp_path, ledger, moment=cancelled_and_broken), cancel=cancel)

    assert outcome.job.state is JobState.UNCERTAIN


def test_cancel_while_waiting_stops_asking(tmp_path: Path, ledger: Records) -> None:
    cancel = CancelToken()
    around = world(tmp_path, ledger, moment=DoAt("was polled", cancel.cancel), statuses=(running(),))

    outcome = run(NEW, around, cancel=cancel)

    assert outcome.job.state is JobState.CANCELLED
    assert len(FolderService(tmp_path).polls) == 1
    assert FolderStore(tmp_path).objects == set()


def test_another_process_can_ask_for_the_end(tmp_path: Path, ledger: Records) -> None:
    with Records(tmp_path / "records.db") as other:
        ask = DoAt("was polled", lambda: other.jobs.ask_cancel(other.jobs.rows()[0].id, TestClock().now()))
        outcome = run(NEW, world(tmp_path, ledger, moment=ask, statuses=(running(),)))

    assert outcome.job.state is JobState.CANCELLED
    assert len(FolderService(tmp_path).polls) == 1


def test_a_job_at_work_is_not_taken_by_another(tmp_path: Path, ledger: Records) -> None:
    refusals: list[ErrorCode] = []

    def second() -> None:
        try:
            run(ledger.jobs.rows()[0].id, world(tmp_path, ledger))
        except WorkstationError as error:
            refusals.append(error.code)

    outcome = run(NEW, world(tmp_path, ledger, moment=DoAt("poll", second)))

    assert refusals == [ErrorCode.JOB_BUSY]
    assert outcome.job.state is JobState.DONE


def _uncertain(root: Path, ledger: Records, request_id: str = "") -> str:
    broken = FailAt("was submitted", ErrorCode.OUTCOME_UNKNOWN, request_id=request_id)
    outcome = run(NEW, world(root, ledger, moment=broken))
    assert outcome.job.state is JobState.UNCERTAIN
    return outcome.job.id


def test_objects_in_a_bucket_that_was_changed_on_the_way_are_not_forgotten(tmp_path: Path, ledger: Records) -> None:
    old = world(tmp_path / "old", ledger, moment=FailAt("put 0003", ErrorCode.UNREACHABLE))
    stopped = run(NEW, old)
    new = replace(world(tmp_path / "new", ledger), bucket="other", folder=old.folder)
    stores = {"studies": FolderStore(tmp_path / "old"), "other": FolderStore(tmp_path / "new")}

    outcome = run(stopped.job.id, new)

    assert (outcome.job.state, outcome.objects_left) == (JobState.DONE, 3)
    assert len(stores["other"].stored) == 3
    assert sweep(ledger, lambda _, bucket: stores[bucket], new.folder, new.clock) == 0
    assert (stores["studies"].objects, stores["other"].objects) == (set(), set())


def test_asking_for_the_end_never_turns_a_state_back(tmp_path: Path, ledger: Records) -> None:
    states: list[str] = []

    def ask() -> None:
        (row,) = ledger.jobs.rows()
        ask_cancel(row.id, ledger, TestClock())
        states.append(ledger.jobs.row(row.id).state)

    outcome = run(NEW, world(tmp_path, ledger, moment=DoAt("submit", ask)))

    assert states == ["submitting"]
    assert (outcome.job.state, outcome.job.request_id) == (JobState.CANCELLED, "REQUEST-1")
