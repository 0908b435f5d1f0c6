"""One job from start to end, without accidents."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.jobs.fakes import (
    CONSENT,
    NEW,
    PAID,
    FolderService,
    FolderStore,
    TestClock,
    done,
    failed,
    running,
    sent,
    world,
)
from workstation.catalogue.chest import ALIYUN_NODULES
from workstation.catalogue.operation import ConnectionKind
from workstation.domain.answer import PlacementState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.shapes import Sphere
from workstation.domain.words import say
from workstation.domain.work import Progress
from workstation.jobs import JobState, create, finished, run
from workstation.jobs.queries import show_job
from workstation.records import Records


def test_a_job_ends_with_a_placed_result_and_nothing_left_behind(tmp_path: Path, ledger: Records) -> None:
    outcome = run(NEW, world(tmp_path, ledger))

    assert (outcome.job.state, outcome.error) == (JobState.DONE, None)
    result = outcome.placed()
    assert result.placement.state is PlacementState.PROVEN
    assert [finding.id for finding in result.findings] == [f"{outcome.job.id}/1"]
    place = sent().geometry
    assert place is not None
    shape = result.findings[0].shapes[0]
    assert isinstance(shape, Sphere)
    assert np.allclose(shape.center, place.to_patient((1, 20, 10)))
    assert FolderStore(tmp_path).objects == set()
    assert list((tmp_path / "prepared").iterdir()) == []


def test_every_step_is_written_in_order(tmp_path: Path, ledger: Records) -> None:
    outcome = run(NEW, world(tmp_path, ledger))

    assert [(e.state.value, e.what) for e in show_job(outcome.job.id, ledger).events] == [
        ("created", "created"),
        ("preparing", "preparing"),
        ("uploading", "prepared"),
        ("uploading", "uploading"),
        ("uploading", "uploaded"),
        ("submitting", "submitting"),
        ("waiting", "submitted"),
        ("downloading", "answered"),
        ("cleaning", "understood"),
        ("cleaning", "deleting"),
        ("done", "ended"),
    ]


def test_what_was_sent_is_listed_with_its_place_and_its_deletion(tmp_path: Path, ledger: Records) -> None:
    outcome = run(NEW, world(tmp_path, ledger))

    rows = show_job(outcome.job.id, ledger).sent
    assert [row.key for row in rows] == [f"yingtai/{outcome.job.id}/{n:04d}.dcm" for n in (1, 2, 3)]
    assert {(row.connection, row.bucket, row.bytes) for row in rows} == {("local", "studies", 32 + 800)}
    assert all(row.sent is not None and row.deleted is not None for row in rows)


def test_links_are_sent_in_slice_order_and_stored_nowhere(tmp_path: Path, ledger: Records) -> None:
    run(NEW, world(tmp_path, ledger))

    (body,) = FolderService(tmp_path).submits
    numbers = [re.findall(r"/(\d{4})\.dcm", body[f"URLList.{n}.URL"]) for n in (1, 2, 3)]
    assert numbers == [["0001"], ["0002"], ["0003"]]
    assert all(b"SECRET" not in file.read_bytes() for file in tmp_path.glob("records.db*") if file.is_file())


def test_asking_slows_down_to_ten_seconds(tmp_path: Path, ledger: Records) -> None:
    clock = TestClock()
    run(NEW, world(tmp_path, ledger, clock=clock, statuses=(*[running()] * 9, done())))

    gaps = [0.3, 0.7, 1, 2, 3, 5, 8, 10, 10, 10]
    assert clock.seconds == pytest.approx(sum(gaps))
    assert len(FolderService(tmp_path).polls) == len(gaps)


def test_progress_tells_files_bytes_and_phases(tmp_path: Path, ledger: Records) -> None:
    seen: list[Progress] = []
    run(NEW, world(tmp_path, ledger), seen.append)

    assert [(p.done, p.total, p.bytes_done, p.bytes_total) for p in seen if p.words.message == "Uploading"][-1] == (
        *(3, 3),
        *(3 * 832, 3 * 832),
    )
    phases = list(dict.fromkeys(p.words.message for p in seen))
    assert phases == [
        "Uploading",
        "Submitting",
        "Waiting for the service",
        "The service is at work",
        "Deleting what was sent",
    ]


def test_a_result_is_the_same_when_it_is_read_again_later(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger)
    first = run(replace(NEW, notes=(say("{count} slices left out", count=2),)), around)
    with Records(tmp_path / "records.db") as other:
        again = finished(first.job.id, around.service, around.kind, other, around.files)

    assert again.result.findings == first.placed().findings
    assert again.result.job == first.placed().job
    assert again.result.notes == (say("{count} slices left out", count=2),)
    assert again.raw == first.raw


def test_the_same_analysis_is_not_started_twice_unless_forced(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger)
    first = create(NEW, around)

    with pytest.raises(WorkstationError) as refused:
        run(NEW, around)
    assert (refused.value.code, refused.value.facts) == (ErrorCode.JOB_ACTIVE, {"name": first.id})
    assert run(replace(NEW, forced=True), around).job.state is JobState.DONE


def test_a_local_answer_without_a_basis_is_refused_and_kept(tmp_path: Path, ledger: Records) -> None:
    outcome = run(NEW, world(tmp_path, ledger, statuses=(done(basis=None),)))

    assert (outcome.job.state, outcome.job.error_code) == (JobState.FAILED, ErrorCode.NO_BASIS)
    assert FolderStore(tmp_path).objects == set()
    stored = ledger.answers.of_job(outcome.job.id)
    assert stored is not None
    assert "PROCESS_SUCCESS" in stored.raw


def test_a_failed_job_is_free_says_the_code_and_not_the_message(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger, statuses=(failed("Strange.Code"),), kind=ConnectionKind.ALIYUN)
    outcome = run(PAID, around)

    assert outcome.job.state is JobState.FAILED
    assert (outcome.job.error_code, outcome.job.error_facts) == (
        ErrorCode.JOB_FAILED,
        {"vendor_code": "Strange.Code", "request_id": "REQUEST-1"},
    )
    assert outcome.job.cost_yuan == 0
    assert ledger.calls.spent_yuan("2026-03") == 0
    assert FolderStore(tmp_path).objects == set()


def test_links_that_expired_are_made_anew_once_as_that_failure_is_free(tmp_path: Path, ledger: Records) -> None:
    expired = failed("InvalidImage.Download")
    outcome = run(NEW, world(tmp_path, ledger, statuses=(expired, done())))

    assert outcome.job.state is JobState.DONE
    assert len(FolderService(tmp_path).submits) == 2
    assert len(FolderStore(tmp_path).stored) == 3


def test_links_that_expire_again_end_the_job(tmp_path: Path, ledger: Records) -> None:
    outcome = run(NEW, world(tmp_path, ledger, statuses=(failed("InvalidImage.Download"),)))

    assert (outcome.job.state, outcome.job.error_code) == (JobState.FAILED, ErrorCode.LINK_EXPIRED)
    assert len(FolderService(tmp_path).submits) == 2


def test_a_job_that_takes_too_long_stops_and_goes_on_later(tmp_path: Path, ledger: Records) -> None:
    stopped = run(NEW, replace(world(tmp_path, ledger, statuses=(running(),)), deadline_s=30.0))
    assert (stopped.job.state, stopped.job.error_code) == (JobState.WAITING, ErrorCode.TIMED_OUT)
    assert stopped.job.state.resumable

    outcome = run(stopped.job.id, replace(world(tmp_path, ledger, statuses=(done(),)), prepare=None))

    assert (outcome.job.state, outcome.error) == (JobState.DONE, None)
    assert len(FolderService(tmp_path).submits) == 1


def test_nothing_leaves_without_consent(tmp_path: Path, ledger: Records) -> None:
    with pytest.raises(WorkstationError) as refused:
        run(replace(PAID, consent=None), world(tmp_path, ledger, kind=ConnectionKind.ALIYUN))

    assert refused.value.code is ErrorCode.NO_CONSENT
    assert ledger.jobs.rows() == ()


def test_a_call_above_its_limit_is_not_made(tmp_path: Path, ledger: Records) -> None:
    dear = replace(PAID, consent=replace(CONSENT, limit_yuan=2.0))
    with pytest.raises(WorkstationError) as refused:
        run(dear, world(tmp_path, ledger, kind=ConnectionKind.ALIYUN))

    assert (refused.value.code, refused.value.facts) == (ErrorCode.TOO_EXPENSIVE, {"cost": 2.4, "limit": 2.0})


def test_the_month_has_a_limit_of_its_own(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger, kind=ConnectionKind.ALIYUN)
    limited = replace(PAID, consent=replace(CONSENT, month_limit_yuan=4.0))
    assert run(limited, around).job.cost_yuan == 2.4

    with pytest.raises(WorkstationError) as refused:
        run(limited, around)

    assert (refused.value.code, refused.value.facts) == (ErrorCode.OVER_MONTH_LIMIT, {"total": 4.8, "limit": 4.0})


def test_a_part_that_failed_at_the_service_is_not_paid_for(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger, kind=ConnectionKind.ALIYUN)
    service = replace(ALIYUN_NODULES, uses=lambda _: 2, used=lambda _asked, answer: len(answer.findings))
    dear = replace(PAID, consent=replace(CONSENT, limit_yuan=5.0))
    outcome = run(dear, replace(around, service=service))

    assert len(outcome.placed().findings) == 1
    assert (outcome.job.cost_yuan, outcome.placed().job.cost_yuan) == (2.4, 2.4)
    assert [(call.outcome, call.cost_yuan, call.uses) for call in ledger.calls.of_job(outcome.job.id)] == [
        ("billed", 2.4, 1)
    ]


def test_the_price_falls_with_the_months_calls_at_the_service(tmp_path: Path, ledger: Records) -> None:
    around = world(tmp_path, ledger, kind=ConnectionKind.ALIYUN)
    first = run(PAID, around).job.id
    ledger.calls.bill(first, 1, 500)

    assert run(PAID, around).job.cost_yuan == 1.2
