"""What the records keep, and how it comes back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.records.rows import JOB, LATER, NOON, call, job, sent
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.records import Records


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records(tmp_path / "records.db") as opened:
        yield opened


def test_a_job_comes_back_as_it_was_written(records: Records) -> None:
    whole = replace(JOB, final=True, submitted=NOON, finished=LATER, cost_yuan=2.5, cancel_asked=True, notes="[]")
    records.jobs.create(whole, forced=False)

    assert records.jobs.row(JOB.id) == whole


def test_a_step_changes_the_job_and_its_events_together(records: Records) -> None:
    records.jobs.create(JOB, forced=False)

    row = records.jobs.advance(JOB.id, LATER, "uploading", "uploading", '{"files": 3}', {"files_total": 3})

    assert (row.state, row.files_total, row.updated) == ("uploading", 3, LATER)
    assert [(e.state, e.what) for e in records.jobs.events(JOB.id)] == [
        ("created", "created"),
        ("uploading", "uploading"),
    ]


def test_the_same_analysis_is_refused_while_one_is_under_way(records: Records) -> None:
    records.jobs.create(JOB, forced=False)

    with pytest.raises(WorkstationError) as refused:
        records.jobs.create(replace(JOB, id="B"), forced=False)

    assert (refused.value.code, refused.value.facts) == (ErrorCode.JOB_ACTIVE, {"name": JOB.id})


def test_the_same_analysis_is_taken_when_forced_or_with_other_parameters_or_after_the_end(records: Records) -> None:
    records.jobs.create(JOB, forced=False)
    records.jobs.create(replace(JOB, id="B"), forced=True)
    records.jobs.create(replace(JOB, id="C", parameters='{"threshold": 0.7}'), forced=False)
    records.jobs.advance(JOB.id, LATER, "done", "done", changes={"final": True})
    records.jobs.advance("B", LATER, "done", "done", changes={"final": True})
    records.jobs.create(replace(JOB, id="D"), forced=False)

    assert [row.id for row in records.jobs.rows()] == [JOB.id, "B", "C", "D"]


def test_an_unknown_job_is_named(records: Records) -> None:
    with pytest.raises(WorkstationError) as refused:
        records.jobs.advance("NOPE", NOON, "done", "done")

    assert (refused.value.code, refused.value.facts) == (ErrorCode.NO_SUCH_JOB, {"name": "NOPE"})


def test_a_job_is_held_by_one_worker_and_free_after_it(records: Records) -> None:
    with records.hold("A"), pytest.raises(WorkstationError) as refused, records.hold("A"):
        pass
    assert refused.value.code is ErrorCode.JOB_BUSY
    assert not records.is_held("A")


def test_a_look_at_the_very_moment_does_not_pass_for_a_worker(records: Records) -> None:
    looker = records.hold("A")
    looker.__enter__()
    threading.Timer(0.05, looker.__exit__, (None, None, None)).start()

    with records.hold("A"):
        assert records.is_held("A")


def test_another_thread_sees_that_a_job_is_held(records: Records) -> None:
    seen: list[bool] = []
    with records.hold("A"):
        thread = threading.Thread(target=lambda: seen.append(records.is_held("A")))
        thread.start()
        thread.join()

    assert seen == [True]


def test_what_was_sent_says_when_it_arrived_and_when_it_was_deleted(records: Records) -> None:
    records.jobs.create(JOB, forced=False)
    one, two = sent(JOB.id, 1), sent(JOB.id, 2)
    records.sent.plan([one, two])
    records.sent.confirm(JOB.id, "studies", [one.key], LATER)
    records.sent.deleted(JOB.id, "studies", [one.key], LATER)

    assert records.sent.everything() == (replace(one, sent=LATER, deleted=LATER), two)
    assert records.sent.left(JOB.id) == (two,)


def test_only_ended_jobs_are_swept(records: Records) -> None:
    records.jobs.create(job("A"), forced=False)
    records.jobs.create(job("B"), forced=False)
    records.sent.plan([sent("A", 1), sent("B", 1)])
    records.jobs.advance("B", LATER, "failed", "failed", changes={"final": True})

    assert records.sent.jobs_to_sweep() == ("B",)


def test_the_month_counts_all_calls_but_the_free_ones(records: Records) -> None:
    for name in ("A", "B", "C"):
        records.jobs.create(job(name), forced=False)
        records.calls.begin(call(name))
    records.calls.settle("A", 1, "billed")
    records.calls.settle("B", 1, "free")
    records.calls.begin(call("A", 2, month="2026-04", yuan=9.0))

    assert records.calls.count("clinic", JOB.source, "2026-03") == 2
    assert records.calls.spent_yuan("2026-03") == 4.0
    assert records.calls.count("other", JOB.source, "2026-03") == 0
    assert [row.outcome for row in records.calls.of_job("B")] == ["free"]


def test_a_call_counts_as_often_as_the_price_list_says_and_as_its_answer_did(records: Records) -> None:
    for name in ("A", "B"):
        records.jobs.create(job(name), forced=False)
        records.calls.begin(replace(call(name, yuan=4.8), uses=2))
    records.calls.bill("A", 1, 1)

    assert records.calls.count("clinic", JOB.source, "2026-03") == 3
    assert records.calls.spent_yuan("2026-03") == pytest.approx(2.4 + 4.8)


def test_the_months_limit_is_that_of_all_connections_together(records: Records) -> None:
    for name in ("A", "B"):
        records.jobs.create(job(name), forced=False)
    records.calls.begin(replace(call("A"), connection="other"), 3.0)

    with pytest.raises(WorkstationError) as error:
        records.calls.begin(call("B"), 3.0)

    assert (error.value.code, error.value.facts) == (ErrorCode.OVER_MONTH_LIMIT, {"total": 4.0, "limit": 3.0})


def test_two_jobs_at_once_cannot_pass_the_months_limit_together(records: Records) -> None:
    for name in ("A", "B"):
        records.jobs.create(job(name), forced=False)
    records.calls.begin(call("A"), 3.0)
    records.calls.begin(call("A"), 3.0)  # the same attempt once more counts once

    with pytest.raises(WorkstationError) as error:
        records.calls.begin(call("B"), 3.0)

    assert error.value.code is ErrorCode.OVER_MONTH_LIMIT
    assert records.calls.of_job("B") == ()
    records.calls.settle("A", 1, "free")
    records.calls.begin(call("B"), 3.0)


def test_a_decision_keeps_its_history_and_the_newest_holds(records: Records) -> None:
    first = Decision(state=DecisionState.ACCEPTED, comment="6 mm", by="Dr. Li", at=NOON)
    second = Decision(state=DecisionState.REJECTED, comment="血管", by="Dr. Wang", at=LATER)
    records.decisions.add("J1/1", first)
    records.decisions.add("J1/1", second)
    records.decisions.add("J10/1", first)

    assert records.decisions.of_job("J1") == {"J1/1": second}
    assert records.decisions.history("J1/1") == (first, second)


def test_an_answer_keeps_its_raw_text_beside_the_result(records: Records) -> None:
    records.jobs.create(JOB, forced=False)
    records.answers.save(JOB.id, '{"Series": []}', '{"Data": {}}', NOON)
    records.answers.save_result(JOB.id, '{"schema": "yingtai-result/1"}')

    stored = records.answers.of_job(JOB.id)
    assert stored is not None
    assert (stored.answer, stored.raw, stored.result) == (
        '{"Series": []}',
        '{"Data": {}}',
        '{"schema": "yingtai-result/1"}',
    )
    assert records.answers.of_job("other") is None


def test_the_uid_map_is_replaced_as_a_whole(records: Records) -> None:
    records.jobs.create(JOB, forced=False)
    records.uids.save(JOB.id, {"1.2.3": "2.25.1", "1.2.4": "2.25.2"})
    records.uids.save(JOB.id, {"1.2.3": "2.25.1"})

    assert records.uids.of_job(JOB.id) == {"1.2.3": "2.25.1"}


def test_a_receipt_taken_before_the_call_holds_its_number(records: Records) -> None:
    records.receipts.open("A")
    empty = records.receipts.read("A")
    records.receipts.write("A", "0D9C-77")

    assert (empty, records.receipts.read("A")) == ("", "0D9C-77")
    records.receipts.close("A")
    assert records.receipts.read("A") == ""
