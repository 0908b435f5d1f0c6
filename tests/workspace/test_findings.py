"""Whose result is shown, and which findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workspace.sitting import NOON, result, scan, stack
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.workspace.findings import add_result, next_finding, select_finding, set_threshold, show_result
from workstation.workspace.opening import add_scan, choose_stack
from workstation.workspace.state import Changed, Workspace

LUNG, SOFT = stack("1.2.3#0"), stack("1.2.4#0")


def reading() -> Workspace:
    state, _ = add_scan(Workspace(), scan(LUNG, SOFT))
    chosen, _ = choose_stack(state, LUNG.id)
    return add_result(chosen, result(LUNG.id), {})[0]


def test_a_result_of_another_study_is_refused() -> None:
    with pytest.raises(WorkstationError) as refused:
        add_result(reading(), result(LUNG.id, study="another"), {})

    assert refused.value.code is ErrorCode.WRONG_STUDY


def test_a_result_of_a_series_that_is_not_open_is_refused() -> None:
    with pytest.raises(WorkstationError) as refused:
        add_result(reading(), result("8.8#0"), {})

    assert refused.value.code is ErrorCode.WRONG_STUDY


def test_a_result_is_shown_over_its_own_series_only() -> None:
    on_soft, _ = choose_stack(reading(), SOFT.id)

    assert on_soft.shown_result is None
    assert on_soft.visible_findings == ()


def test_the_newest_result_is_shown_and_an_older_one_on_request() -> None:
    newer, _ = add_result(reading(), result(LUNG.id, job="job2"), {})
    older, _ = show_result(newer, "job1")

    assert newer.shown_result is not None
    assert newer.shown_result.job.id == "job2"
    assert older.shown_result is not None
    assert older.shown_result.job.id == "job1"


def test_a_result_that_comes_leaves_the_one_of_which_a_finding_is_selected() -> None:
    state, _ = select_finding(reading(), "job1/2")
    newer, _ = add_result(state, result(LUNG.id, job="job2"), {})
    again, _ = add_result(newer, result(LUNG.id, job="job1"), {})
    fewer, _ = add_result(newer, result(LUNG.id, job="job1", confidences=(0.9,)), {})
    on_soft = replace(choose_stack(state, SOFT.id)[0], selected="job1/2")
    elsewhere, _ = add_result(on_soft, result(SOFT.id, job="job3"), {})

    assert newer.shown_result is not None
    assert (newer.shown_result.job.id, newer.selected) == ("job1", "job1/2")
    assert again.shown_result is not None
    assert (again.shown_result.job.id, again.selected) == ("job1", "job1/2")
    assert fewer.selected == ""  # it was fetched anew, and the finding is gone
    assert elsewhere.shown_result is not None
    assert (elsewhere.shown_result.job.id, elsewhere.selected) == ("job3", "")
    assert SOFT.id not in elsewhere.shown_job


def test_what_was_decided_while_a_result_was_read_again_stands() -> None:
    before = Decision(state=DecisionState.ACCEPTED, at=NOON)
    since = Decision(state=DecisionState.REJECTED, at=NOON + timedelta(seconds=1))
    state = replace(reading(), decisions={"job1/1": since, "job1/2": before})
    again, _ = add_result(state, result(LUNG.id), {"job1/1": before, "job1/2": since})

    assert again.decisions == {"job1/1": since, "job1/2": since}


def test_earlier_decisions_come_back_with_the_result() -> None:
    accepted = Decision(state=DecisionState.ACCEPTED, by="Li", at=NOON)
    state, _ = add_result(reading(), result(LUNG.id, job="job2"), {"job2/1": accepted})

    assert state.decision("job2/1") == accepted


def test_findings_below_the_threshold_are_hidden_and_counted() -> None:
    state, _ = set_threshold(reading(), 0.6)

    assert [f.id for f in state.visible_findings] == ["job1/1", "job1/2"]
    assert state.hidden == 1


def test_a_finding_without_confidence_is_never_hidden() -> None:
    state, _ = add_result(reading(), result(LUNG.id, job="job2", confidences=(None,)), {})

    assert len(set_threshold(state, 1.0)[0].visible_findings) == 1


def test_a_selected_finding_that_gets_hidden_is_let_go() -> None:
    state, _ = select_finding(reading(), "job1/3")
    after, changed = set_threshold(state, 0.6)

    assert after.selected == ""
    assert Changed.SELECTION in changed


def test_next_goes_round_the_visible_findings() -> None:
    state, _ = set_threshold(reading(), 0.6)
    first, _ = next_finding(state, 1)
    second, _ = next_finding(first, 1)

    assert (first.selected, second.selected) == ("job1/1", "job1/2")
    assert next_finding(second, 1)[0].selected == "job1/1"
    assert next_finding(state, -1)[0].selected == "job1/2"


def test_selecting_a_finding_of_another_series_goes_there() -> None:
    on_soft, _ = choose_stack(reading(), SOFT.id)
    there, changed = select_finding(on_soft, "job1/1")

    assert (there.chosen, there.selected) == (LUNG.id, "job1/1")
    assert changed == Changed.CHOSEN | Changed.SELECTION
    assert select_finding(there, "job9/1") == (there, Changed.NOTHING)


def test_selecting_a_finding_of_another_result_shows_that_one() -> None:
    newer, _ = add_result(reading(), result(LUNG.id, job="job2"), {})
    older, changed = select_finding(newer, "job1/2")

    assert older.shown_result is not None
    assert (older.shown_result.job.id, older.selected) == ("job1", "job1/2")
    assert Changed.RESULTS in changed


def test_next_goes_on_into_the_next_series_and_its_results() -> None:
    both, _ = add_result(reading(), result(SOFT.id, job="job2", confidences=(0.9,)), {})
    last, _ = select_finding(both, "job1/3")
    over, _ = next_finding(last, 1)
    round_, _ = next_finding(over, 1)

    assert (over.chosen, over.selected) == (SOFT.id, "job2/1")
    assert (round_.chosen, round_.selected) == (LUNG.id, "job1/1")


def test_next_begins_on_the_series_that_is_looked_at() -> None:
    both, _ = add_result(reading(), result(SOFT.id, job="job2", confidences=(0.9,)), {})
    on_soft, _ = choose_stack(both, SOFT.id)

    assert next_finding(on_soft, 1)[0].selected == "job2/1"
