"""Whose result is shown, and which findings."""

from __future__ import annotations

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


def test_a_finding_of_another_series_can_not_be_selected() -> None:
    on_soft, _ = choose_stack(reading(), SOFT.id)

    assert select_finding(on_soft, "job1/1") == (on_soft, Changed.NOTHING)
