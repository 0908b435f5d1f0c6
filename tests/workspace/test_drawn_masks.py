"""Masks drawn on a picture: each stroke is a step of the one history."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.drawn import NOON, RED, disc, mask, picture
from tests.workspace.sitting import stack
from workstation.workspace.drawn_masks import (
    changed_drawn,
    delete_drawn,
    draw,
    drawn_over,
    select_drawn,
    set_looks,
    show_drawn,
    take_drawn,
)
from workstation.workspace.history import redo, undo
from workstation.workspace.layouts import Cell, Hanging
from workstation.workspace.state import Changed, Workspace

SMALL, LARGE = disc(60, 80, (30, 20), 9), disc(60, 80, (30, 20), 15)
OPEN = Workspace(stacks=(picture(), picture("q#0"), stack()), hanging=Hanging(cells=(Cell("p#0"),)))


def _two_strokes() -> Workspace:
    once, _ = draw(OPEN, SMALL, RED, NOON)
    twice, _ = draw(once, LARGE, RED, NOON, mask_id=once.selected_drawn)
    return twice


def test_the_first_stroke_makes_a_mask_and_the_next_one_goes_on_with_it() -> None:
    state = _two_strokes()

    (only,) = state.drawn["p#0"]
    assert np.array_equal(only.covered, LARGE)
    assert state.selected_drawn == only.id


def test_each_stroke_is_taken_back_and_done_again_by_itself() -> None:
    once, _ = undo(_two_strokes())
    none, _ = undo(once)
    again, changed = redo(none)

    assert np.array_equal(once.drawn["p#0"][0].covered, SMALL)
    assert none.drawn["p#0"] == ()
    assert np.array_equal(again.drawn["p#0"][0].covered, SMALL)
    assert Changed.DRAWN in changed


def test_undo_goes_to_the_picture_that_was_drawn_on() -> None:
    elsewhere = replace(_two_strokes(), hanging=Hanging(cells=(Cell("q#0"),)))

    back, _ = undo(elsewhere)

    assert back.chosen == "p#0"


def test_masks_are_numbered_as_they_are_drawn() -> None:
    first, _ = draw(OPEN, SMALL, RED, NOON)
    new, _ = select_drawn(first, "")
    second, _ = draw(new, LARGE, RED, NOON)

    assert [one.number for one in second.drawn["p#0"]] == [1, 2]


def test_a_series_of_slices_and_a_mask_of_another_size_are_left_alone() -> None:
    ct = replace(OPEN, hanging=Hanging(cells=(Cell(stack().id),)))

    assert draw(ct, np.ones((32, 32), dtype=np.bool_), RED, NOON) == (ct, Changed.NOTHING)
    assert draw(OPEN, np.ones((32, 32), dtype=np.bool_), RED, NOON) == (OPEN, Changed.NOTHING)


def test_an_eraser_on_nothing_makes_no_mask() -> None:
    assert draw(OPEN, np.zeros((60, 80), dtype=np.bool_), RED, NOON) == (OPEN, Changed.NOTHING)


def test_what_was_drawn_is_written_and_what_was_deleted_too() -> None:
    state = _two_strokes()
    gone, _ = delete_drawn(state, state.selected_drawn)
    mask_id = state.selected_drawn

    assert changed_drawn(OPEN, state) == {mask_id: ("p#0", state.drawn["p#0"][0])}
    assert changed_drawn(state, gone) == {mask_id: ("p#0", None)}


def test_kept_masks_join_those_drawn_since() -> None:
    state = _two_strokes()
    kept, changed = take_drawn(state, "p#0", (mask(SMALL, "old"),))
    again, _ = take_drawn(kept, "p#0", (mask(SMALL, "old"),))

    assert [one.id for one in kept.drawn["p#0"]] == ["old", state.selected_drawn]
    assert Changed.DRAWN in changed
    assert again is kept


def test_a_mask_is_painted_as_the_reader_wants_it() -> None:
    state = _two_strokes()
    quiet, _ = set_looks(state, opacity=0.1)
    hidden, _ = show_drawn(state, state.selected_drawn, False)

    assert [look.opacity for _, look in drawn_over(quiet, "p#0")] == [0.1]
    assert drawn_over(hidden, "p#0") == ()
    assert drawn_over(replace(state, overlays=False), "p#0") == ()
