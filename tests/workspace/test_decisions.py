"""Decisions, and taking them back."""

from __future__ import annotations

from tests.workspace.sitting import LATER, NOON, result, scan, stack
from workstation.domain.decision import OPEN, Decision, DecisionState
from workstation.workspace.decisions import (
    accept,
    changed_decisions,
    comment,
    open_findings,
    reject,
    set_reader,
    take_back,
)
from workstation.workspace.findings import add_result, set_threshold
from workstation.workspace.history import redo, undo
from workstation.workspace.opening import add_scan, choose_stack
from workstation.workspace.state import Changed, Reader, Workspace

LUNG, SOFT = stack("1.2.3#0"), stack("1.2.4#0")


def reading() -> Workspace:
    state, _ = add_scan(Workspace(), scan(LUNG, SOFT))
    state, _ = set_reader(choose_stack(state, LUNG.id)[0], Reader("Li", "radiologist"))
    return add_result(state, result(LUNG.id), {})[0]


def test_a_decision_says_who_and_when() -> None:
    state, changed = accept(reading(), "job1/1", NOON)

    assert state.decision("job1/1") == Decision(state=DecisionState.ACCEPTED, by="Li", role="radiologist", at=NOON)
    assert changed == Changed.DECISIONS
    assert open_findings(state) == 2


def test_accepting_twice_changes_nothing() -> None:
    once, _ = accept(reading(), "job1/1", NOON)

    assert accept(once, "job1/1", LATER) == (once, Changed.NOTHING)


def test_a_comment_keeps_the_decision() -> None:
    state, _ = comment(reject(reading(), "job1/1", NOON)[0], "job1/1", " vessel ", LATER)

    assert state.decision("job1/1").state is DecisionState.REJECTED
    assert state.decision("job1/1").comment == "vessel"


def test_nothing_is_decided_about_a_finding_that_no_result_holds() -> None:
    state = reading()

    assert accept(state, "job9/1", NOON) == (state, Changed.NOTHING)


def test_undo_and_redo_go_through_the_same_values() -> None:
    start = reading()
    accepted, _ = accept(start, "job1/1", NOON)
    rejected, _ = reject(accepted, "job1/1", LATER)
    back, _ = undo(rejected)
    twice, _ = undo(back)

    assert back.decision("job1/1") == accepted.decision("job1/1")
    assert twice.decision("job1/1") == OPEN
    assert redo(redo(twice)[0])[0].decisions == rejected.decisions
    assert undo(start) == (start, Changed.NOTHING)


def test_a_new_decision_ends_what_could_be_redone() -> None:
    back, _ = undo(accept(reading(), "job1/1", NOON)[0])
    other, _ = reject(back, "job1/2", LATER)

    assert redo(other) == (other, Changed.NOTHING)


def test_undo_leaves_decisions_that_came_with_a_later_result() -> None:
    accepted, _ = accept(reading(), "job1/1", NOON)
    kept = Decision(state=DecisionState.REJECTED, by="Wang", at=NOON)
    joined, _ = add_result(accepted, result(LUNG.id, job="job2"), {"job2/1": kept})
    back, _ = undo(joined)

    assert changed_decisions(joined, back) == {"job1/1": OPEN}
    assert back.decision("job2/1") == kept


def test_undo_goes_to_the_series_and_finding_that_it_changes() -> None:
    accepted, _ = accept(reading(), "job1/2", NOON)
    away, _ = choose_stack(accepted, SOFT.id)
    back, changed = undo(away)

    assert (back.chosen, back.selected) == (LUNG.id, "job1/2")
    assert Changed.CHOSEN in changed


def test_undo_brings_back_what_the_confidence_hides() -> None:
    state, _ = accept(reading(), "job1/1", NOON)
    confidence = 0.5 * (1 + max(f.confidence or 0 for f in state.visible_findings))
    state, _ = set_threshold(state, confidence)
    assert not state.visible_findings

    state, changed = undo(state)

    assert state.decision("job1/1").state is DecisionState.OPEN
    assert state.selected == "job1/1"
    assert "job1/1" in [finding.id for finding in state.visible_findings]
    assert Changed.FILTER in changed


def test_a_name_given_later_stands_beside_what_was_decided_in_this_sitting() -> None:
    state, _ = set_reader(reading(), Reader())
    state, _ = accept(state, "job1/1", NOON)
    named, changed = set_reader(state, Reader("Li", "radiologist"))
    other, _ = set_reader(named, Reader("Wang"))

    assert named.decision("job1/1") == Decision(state=DecisionState.ACCEPTED, by="Li", role="radiologist", at=NOON)
    assert changed == Changed.READER | Changed.DECISIONS
    assert other.decision("job1/1").by == "Li"


def test_a_decision_that_could_not_be_written_is_taken_back_unless_another_followed() -> None:
    state, _ = accept(reading(), "job1/1", NOON)
    failed = state.decision("job1/1")
    back, _ = take_back(state, "job1/1", failed, OPEN)
    later, _ = reject(state, "job1/1", LATER)

    assert (back.decision("job1/1"), back.history.past) == (OPEN, ())
    assert take_back(later, "job1/1", failed, OPEN) == (later, Changed.NOTHING)
