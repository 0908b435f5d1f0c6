"""What hangs where: the series looked at stays, new cells are filled from its study, a prior is compared with."""

from __future__ import annotations

from dataclasses import replace

from tests.workspace.sitting import stack
from workstation.domain.geometry import Plane
from workstation.domain.series import Stack
from workstation.workspace import hanging
from workstation.workspace.layouts import Cell, Layout
from workstation.workspace.opening import add_found, choose_stack
from workstation.workspace.state import Changed, Workspace

LUNG = stack("1.2.3#0", number=2)
SOFT = stack("1.2.4#0", number=3, description="Mediastinum 3.0")
BONE = stack("1.2.5#0", number=4, description="Bone")


def _open(*stacks: Stack) -> Workspace:
    return add_found(Workspace(), stacks)[0]


def _hung(state: Workspace) -> tuple[str, ...]:
    return tuple(cell.stack_id for cell in state.hanging.cells)


def test_new_cells_are_filled_with_the_series_that_follow_in_the_study() -> None:
    state = choose_stack(_open(LUNG, SOFT, BONE), SOFT.id)[0]

    four, changed = hanging.lay_out(state, Layout.FOUR)

    assert changed == Changed.LAYOUT
    assert _hung(four) == (SOFT.id, BONE.id, LUNG.id, "")
    assert four.chosen == SOFT.id


def test_series_that_hang_already_keep_hanging_in_a_larger_layout() -> None:
    state = hanging.lay_out(_open(LUNG, SOFT, BONE), Layout.TWO)[0]
    state = choose_stack(hanging.activate(state, 1)[0], BONE.id)[0]

    assert _hung(hanging.lay_out(state, Layout.FOUR)[0]) == (BONE.id, LUNG.id, SOFT.id, "")


def test_mpr_shows_one_series_in_three_planes_and_another_one_in_all_of_them() -> None:
    state = hanging.lay_out(_open(LUNG, SOFT), Layout.MPR)[0]
    assert [cell.plane for cell in state.hanging.cells] == [Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL]

    assert set(_hung(choose_stack(state, SOFT.id)[0])) == {SOFT.id}


def test_a_radiograph_is_shown_as_it_is_where_three_planes_hang() -> None:
    radiograph = replace(SOFT, geometry=None)
    state = hanging.lay_out(_open(LUNG, radiograph), Layout.MPR)[0]
    shown = choose_stack(state, radiograph.id)[0].hanging.cells
    again = choose_stack(choose_stack(state, radiograph.id)[0], LUNG.id)[0].hanging.cells

    assert shown[0] == Cell(radiograph.id)
    assert again == state.hanging.cells


def test_another_cell_is_another_series_looked_at() -> None:
    state = hanging.lay_out(_open(LUNG, SOFT), Layout.TWO)[0]

    there, changed = hanging.activate(state, 1)

    assert there.chosen == SOFT.id
    assert Changed.CHOSEN in changed
    assert hanging.activate(there, 1) == (there, Changed.NOTHING)


def test_a_chosen_series_hangs_in_the_active_cell_only() -> None:
    state = hanging.activate(hanging.lay_out(_open(LUNG, SOFT, BONE), Layout.TWO)[0], 1)[0]

    assert choose_stack(state, BONE.id)[0].hanging.cells == (Cell(LUNG.id), Cell(BONE.id))


def test_one_cell_again_shows_what_was_looked_at() -> None:
    state = hanging.activate(hanging.lay_out(_open(LUNG, SOFT), Layout.TWO)[0], 1)[0]

    assert _hung(hanging.lay_out(state, Layout.ONE)[0]) == (SOFT.id,)


def test_the_active_cell_takes_the_room_and_gives_it_back() -> None:
    state = hanging.lay_out(_open(LUNG, SOFT), Layout.TWO)[0]
    large = hanging.maximise(state)[0]

    assert large.hanging.maximised
    assert hanging.maximise(large)[0] == state
    assert hanging.maximise(_open(LUNG))[1] is Changed.NOTHING


def test_a_series_is_compared_with_the_same_one_of_the_latest_earlier_study() -> None:
    now = replace(LUNG, study=replace(LUNG.study, uid="5", date="20260301"))
    soft_now = replace(SOFT, study=now.study)
    old = replace(LUNG, id="7#0", study=replace(LUNG.study, uid="6", date="20250301"))
    soft_old = replace(SOFT, id="8#0", kernel="B31f", study=old.study)
    old, now = replace(old, kernel="B60f"), replace(now, kernel="B60f")

    state = choose_stack(_open(now, soft_now, soft_old, old), now.id)[0]

    assert _hung(hanging.lay_out(state, Layout.COMPARE)[0]) == (now.id, old.id)


def test_without_an_earlier_study_another_series_in_the_same_plane_is_compared() -> None:
    state = hanging.lay_out(_open(LUNG, SOFT), Layout.COMPARE)[0]

    assert _hung(state) == (LUNG.id, SOFT.id)


def test_nobody_is_compared_with_another_patient() -> None:
    other = stack("9.9.1#0", study="9.9", patient="TEST^TWO", patient_id="2")

    assert _hung(hanging.lay_out(_open(LUNG, other), Layout.COMPARE)[0]) == (LUNG.id, "")
