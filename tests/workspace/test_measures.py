"""Measures in the state, and taking them back together with decisions."""

from __future__ import annotations

from dataclasses import replace

from tests.measures import drawn
from tests.stacks import geometry
from tests.workspace.sitting import NOON, result, scan, stack
from workstation.domain.decision import OPEN
from workstation.domain.measure import Measure, MeasureKind
from workstation.workspace.decisions import accept, changed_decisions
from workstation.workspace.findings import add_result, select_finding
from workstation.workspace.hanging import lay_out
from workstation.workspace.history import redo, undo
from workstation.workspace.layouts import Layout
from workstation.workspace.measures import (
    changed_measures,
    delete_measure,
    put_measure,
    seek_measure,
    select_measure,
    take_measures,
)
from workstation.workspace.opening import add_scan, choose_stack
from workstation.workspace.state import Changed, Workspace

LUNG, SOFT = stack("1.2.3#0"), stack("1.2.4#0")


def length(name: str = "m1", end: float = 40, stack_id: str = LUNG.id) -> Measure:
    return drawn(MeasureKind.LENGTH, geometry(40), 20, (10, 10), (end, 10), name=name, stack_id=stack_id)


def reading() -> Workspace:
    state, _ = add_scan(Workspace(), scan(LUNG, SOFT))
    state, _ = choose_stack(state, LUNG.id)
    return add_result(state, result(LUNG.id), {})[0]


def test_a_measure_is_kept_with_its_series_and_selected() -> None:
    state, changed = put_measure(reading(), length())

    assert state.measures == {LUNG.id: (length(),)}
    assert state.selected_measure == "m1"
    assert changed == Changed.MEASURES


def test_decisions_and_measures_are_taken_back_in_one_order() -> None:
    drawn_first, _ = put_measure(reading(), length())
    decided, _ = accept(drawn_first, "job1/1", NOON)
    moved, _ = put_measure(decided, length(end=50))

    one, _ = undo(moved)
    two, _ = undo(one)
    three, _ = undo(two)

    assert (one.measure("m1"), one.decision("job1/1") == OPEN) == (length(), False)
    assert (two.measure("m1"), two.decision("job1/1")) == (length(), OPEN)
    assert three.measure("m1") is None
    assert undo(three) == (three, Changed.NOTHING)


def test_what_was_taken_back_is_done_again_until_something_new_is_done() -> None:
    state, _ = put_measure(reading(), length())
    state, _ = delete_measure(state, "m1")
    back, changed = undo(state)
    again, _ = redo(back)

    assert back.measures[LUNG.id] == (length(),)
    assert (back.selected_measure, back.sought) == ("m1", length())
    assert Changed.MEASURES | Changed.SOUGHT in changed
    assert again.measures[LUNG.id] == ()
    assert put_measure(back, length("m2"))[0].history.future == ()


def test_undo_looks_where_the_series_hangs_and_puts_no_other_one_away() -> None:
    state = put_measure(lay_out(reading(), Layout.TWO)[0], length(stack_id=SOFT.id))[0]
    back, changed = undo(state)

    assert [cell.stack_id for cell in back.hanging.cells] == [LUNG.id, SOFT.id]
    assert back.chosen == SOFT.id
    assert Changed.LAYOUT in changed
    found = select_finding(back, "job1/1")[0]
    assert ([cell.stack_id for cell in found.hanging.cells], found.chosen) == ([LUNG.id, SOFT.id], LUNG.id)


def test_undo_goes_to_the_series_where_it_was_drawn() -> None:
    state, _ = put_measure(reading(), length())
    elsewhere, _ = choose_stack(state, SOFT.id)

    back, changed = undo(elsewhere)

    assert back.chosen == LUNG.id
    assert Changed.CHOSEN in changed


def test_a_deleted_measure_is_said_to_the_records_as_gone() -> None:
    before, _ = put_measure(reading(), length())
    after, _ = delete_measure(before, "m1")

    assert changed_measures(before, after) == {"m1": (LUNG.id, None)}
    assert changed_measures(after, before) == {"m1": (LUNG.id, length())}
    assert changed_measures(before, accept(before, "job1/1", NOON)[0]) == {}
    assert changed_decisions(before, after) == {}


def test_measures_of_earlier_sittings_stand_beside_what_was_drawn_meanwhile() -> None:
    state, _ = put_measure(reading(), length("new"))
    kept = (length("old"), replace(length("new"), text="as first written"))

    there, changed = take_measures(state, LUNG.id, kept)

    assert [one.id for one in there.measures[LUNG.id]] == ["old", "new"]
    assert there.measure("new") == length("new")
    assert changed == Changed.MEASURES
    assert take_measures(there, LUNG.id, ()) == (there, Changed.NOTHING)


def test_a_measure_that_is_gone_does_not_come_back_with_those_of_earlier_sittings() -> None:
    state, _ = delete_measure(put_measure(reading(), length())[0], "m1")

    assert take_measures(state, LUNG.id, (length(),))[0].measures[LUNG.id] == ()


def test_a_measure_is_sought_on_its_own_series() -> None:
    state, _ = put_measure(reading(), length())
    state, _ = choose_stack(select_measure(state, "")[0], SOFT.id)

    there, changed = seek_measure(state, "m1")

    assert (there.chosen, there.selected_measure, there.sought) == (LUNG.id, "m1", length())
    assert Changed.SOUGHT in changed
    assert seek_measure(there, "gone") == (there, Changed.NOTHING)
