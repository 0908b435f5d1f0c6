"""Compare shows two series as a registration brought them together, however they came to hang there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.workspace.sitting import LATER, finding, result, scan, stack
from workstation.domain.answer import AnalysisResult, PlacementState
from workstation.domain.volume import ResultVolume
from workstation.workspace import hanging
from workstation.workspace.findings import add_result, select_finding
from workstation.workspace.layouts import Cell, Layout
from workstation.workspace.opening import add_found, add_scan, begin_scan, choose_stack
from workstation.workspace.registered import show_registered
from workstation.workspace.state import Changed, Workspace

NOW = replace(stack("1.2.3#0", number=2), frame_of_reference_uid="1.9")
SOFT = replace(stack("1.2.4#0", number=3, description="Mediastinum 3.0"), frame_of_reference_uid="1.9")
BEFORE = replace(stack("7.1#0", study="7", date="20250314"), frame_of_reference_uid="7.9")
OLDER = replace(stack("6.1#0", study="6", date="20240314"), frame_of_reference_uid="6.9")
MOVED = ResultVolume(name="moved", values=np.zeros((32, 32, 30), np.int16), to_patient=np.eye(4)[:3])
BROUGHT = (Cell(NOW.id), Cell(BEFORE.id, onto=NOW.id))


def _registration(moving: str = BEFORE.id, onto: str = NOW.id, job: str = "job1") -> AnalysisResult:
    study = {one.id: one.study.uid for one in (NOW, SOFT, BEFORE, OLDER)}[onto]
    return replace(result(onto, study=study, job=job, confidences=()), moving_id=moving, volumes=(MOVED,))


def _open(*results: AnalysisResult) -> Workspace:
    state = add_found(Workspace(), (NOW, SOFT, BEFORE, OLDER))[0]
    for one in results:
        state = add_result(state, one, {})[0]
    return state


def _compare(state: Workspace, stack_id: str = NOW.id) -> Workspace:
    return hanging.lay_out(choose_stack(state, stack_id)[0], Layout.COMPARE)[0]


def test_the_series_that_was_moved_is_compared_like_the_one_it_was_moved_onto() -> None:
    from_now, from_before = _compare(_open(_registration())), _compare(_open(_registration()), BEFORE.id)

    assert from_now.hanging.cells == BROUGHT
    assert from_before.hanging.cells == BROUGHT[::-1]
    assert from_before.chosen == BEFORE.id


def test_of_several_series_that_one_was_moved_onto_the_newest_is_beside_it() -> None:
    first, second = _registration(BEFORE.id, OLDER.id), _registration(job="job2")
    second = replace(second, job=replace(second.job, submitted=LATER))

    assert _compare(_open(second, first), BEFORE.id).hanging.cells == BROUGHT[::-1]


def test_compare_once_more_takes_a_registration_that_came_since() -> None:
    state = _compare(_open())
    apart = state.hanging.cells
    state = add_result(state, _registration(), {})[0]

    again, changed = hanging.lay_out(state, Layout.COMPARE)

    assert apart == (Cell(NOW.id), Cell(BEFORE.id))
    assert again.hanging.cells == BROUGHT
    assert changed == Changed.LAYOUT
    assert hanging.lay_out(again, Layout.COMPARE)[1] is Changed.NOTHING


def test_compare_once_more_in_the_second_cell_leaves_it_its_series() -> None:
    state = hanging.activate(_compare(_open()), 1)[0]
    state = add_result(state, _registration(), {})[0]

    again = hanging.lay_out(state, Layout.COMPARE)[0]

    assert again.hanging.cells == BROUGHT
    assert again.hanging.active == 1


def test_compare_once_more_goes_to_the_series_of_a_registration_where_another_one_hangs() -> None:
    state = add_result(_compare(_open()), _registration(OLDER.id), {})[0]

    assert hanging.lay_out(state, Layout.COMPARE)[0].hanging.cells == (Cell(NOW.id), Cell(OLDER.id, onto=NOW.id))


def test_compare_once_more_keeps_two_series_that_nothing_brought_together() -> None:
    state = choose_stack(hanging.activate(_compare(_open()), 1)[0], OLDER.id)[0]

    assert hanging.lay_out(state, Layout.COMPARE)[0].hanging.cells == (Cell(NOW.id), Cell(OLDER.id))


def test_a_result_brings_together_what_hangs_in_compare_and_nothing_else() -> None:
    registration = _registration()
    there = add_result(_compare(_open()), registration, {})[0]
    elsewhere = add_result(choose_stack(_compare(_open()), SOFT.id)[0], registration, {})[0]
    two = add_result(hanging.lay_out(_open(), Layout.TWO)[0], registration, {})[0]

    shown, changed = show_registered(there, registration)

    assert shown.hanging.cells == BROUGHT
    assert changed == Changed.LAYOUT
    assert show_registered(shown, registration)[1] is Changed.NOTHING
    assert show_registered(elsewhere, registration) == (elsewhere, Changed.NOTHING)
    assert show_registered(two, registration) == (two, Changed.NOTHING)


@pytest.mark.parametrize("state", [state for state in PlacementState if not state.painted])
def test_a_place_that_is_not_proven_brings_nothing_together(state: PlacementState) -> None:
    registration = _registration()
    doubtful = replace(registration, placement=replace(registration.placement, state=state))

    for chosen in (NOW, BEFORE):
        assert not any(cell.onto for cell in _compare(_open(doubtful), chosen.id).hanging.cells)


def test_a_series_chosen_into_compare_hangs_as_it_was_brought_to_the_other() -> None:
    state = choose_stack(hanging.activate(_compare(_open(_registration())), 1)[0], OLDER.id)[0]

    apart, together = state.hanging.cells, choose_stack(state, BEFORE.id)[0].hanging.cells

    assert apart == (Cell(NOW.id), Cell(OLDER.id))
    assert together == BROUGHT


def test_a_moved_series_stays_moved_beside_one_that_shares_the_places_and_no_other() -> None:
    state = _compare(_open(_registration()))

    assert choose_stack(state, SOFT.id)[0].hanging.cells == (Cell(SOFT.id), Cell(BEFORE.id, onto=NOW.id))
    assert choose_stack(state, OLDER.id)[0].hanging.cells == (Cell(OLDER.id), Cell(BEFORE.id))
    assert choose_stack(state, BEFORE.id)[0].hanging.cells == (Cell(BEFORE.id), Cell(BEFORE.id))


def test_compare_that_was_there_before_the_studies_is_filled_with_what_was_brought_together() -> None:
    state = hanging.lay_out(Workspace(), Layout.COMPARE)[0]
    state = replace(state, results={NOW.id: (_registration(),)})

    filled = add_scan(begin_scan(state)[0], scan(NOW, BEFORE))[0]

    assert {cell.stack_id for cell in filled.hanging.cells} == {NOW.id, BEFORE.id}
    assert Cell(BEFORE.id, onto=NOW.id) in filled.hanging.cells


def test_an_empty_cell_of_compare_was_brought_to_nothing() -> None:
    state = hanging.lay_out(Workspace(), Layout.COMPARE)[0]
    state = replace(add_found(state, (NOW, BEFORE))[0], hanging=state.hanging)
    state = add_result(state, _registration(), {})[0]

    assert hanging.lay_out(state, Layout.COMPARE)[0].hanging.cells == (Cell(), Cell())


@pytest.mark.parametrize("active", [0, 1])
def test_a_finding_of_a_moved_series_is_sought_on_its_own_slices(active: int) -> None:
    found = replace(result(BEFORE.id, study="7", job="job2"), findings=(finding("job2", 1, 0.9),))
    state = hanging.activate(_compare(_open(_registration(), found)), active)[0]

    there, changed = select_finding(state, "job2/1")

    assert there.hanging.cells == (Cell(NOW.id), Cell(BEFORE.id))
    assert there.hanging.active == 1
    assert Changed.LAYOUT in changed
