"""What was measured and drawn until a reading was signed stays; what comes later is free, and no part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.drawn import disc, mask, picture
from tests.measures import in_pixels
from tests.workspace.sitting import LATER, NOON, result
from workstation.domain.answer import AnalysisResult
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.noted import Noted
from workstation.domain.signature import Signed
from workstation.workspace import drawn_masks, history, measures, rulers
from workstation.workspace.findings import add_result
from workstation.workspace.layouts import Cell, Hanging
from workstation.workspace.signing import sign, take_signed
from workstation.workspace.state import Changed, MeasureStep, Reader, Workspace

PHOTO, OTHER = picture("p#0", rows=200, columns=300), picture("q#0", rows=200, columns=300)
LAST = LATER + timedelta(minutes=5)
DISC = disc(200, 300, (100, 100), 40)
Step = tuple[Workspace, Changed]


def line(name: str, at: datetime = NOON, *, long: float = 100, on: str = PHOTO.id) -> Measure:
    drawn = in_pixels(MeasureKind.LENGTH, (10, 10), (10 + long, 10), name=name)
    return replace(drawn, stack_id=on, at=at)


def answer(job: str = "job1", stack_id: str = PHOTO.id) -> AnalysisResult:
    return replace(result(stack_id, job=job), study_uid="7.1", in_pixels=True)


def draft() -> Workspace:
    """A line and a mask were drawn at noon, and the line is 50 mm long; all of it can be taken back."""
    state = Workspace(stacks=(PHOTO, OTHER), hanging=Hanging(cells=(Cell(PHOTO.id),)), reader=Reader("Li"))
    state, _ = add_result(state, answer(), {})
    state, _ = measures.put_measure(state, line("m1"))
    state, _ = drawn_masks.put_drawn(state, mask(DISC, stack_id=PHOTO.id))
    return rulers.calibrate(state, "m1", 50, NOON)[0]


def signed() -> Workspace:
    return sign(draft(), LATER)[0]


CHANGES: dict[str, Callable[[Workspace], Step]] = {
    "move": lambda state: measures.put_measure(state, line("m1", LAST, long=90)),
    "words": lambda state: measures.put_measure(state, replace(line("m1", LAST), text="larger")),
    "delete": lambda state: measures.delete_measure(state, "m1"),
    "draw on": lambda state: drawn_masks.draw(state, ~DISC, (1, 2, 3), LAST, mask_id="m1"),
    "rename": lambda state: drawn_masks.rename(state, "m1", "wound", LAST),
    "recolour": lambda state: drawn_masks.recolour(state, "m1", (1, 2, 3), LAST),
    "delete mask": lambda state: drawn_masks.delete_drawn(state, "m1"),
    "calibrate": lambda state: rulers.calibrate(state, "m1", 60, LAST),
    "remove ruler": lambda state: rulers.remove_ruler(state, PHOTO.id),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_part_of_a_signed_reading_is_not_changed(change: Callable[[Workspace], Step]) -> None:
    assert change(draft())[1]
    with pytest.raises(WorkstationError) as refused:
        change(signed())

    assert refused.value.code is ErrorCode.READING_SIGNED


def test_nothing_of_it_is_taken_back_or_done_again() -> None:
    state, undone = signed(), sign(history.undo(history.undo(draft())[0])[0], LATER)[0]

    assert history.undo(state) == (state, Changed.NOTHING)
    assert history.redo(undone) == (undone, Changed.NOTHING)
    assert (undone.drawn[PHOTO.id], undone.rulers) == ((), {})


def test_what_is_measured_later_is_free_and_its_undo_ends_at_the_signature() -> None:
    state, _ = measures.put_measure(signed(), line("m2", LAST))
    state, _ = measures.put_measure(state, line("m2", LAST, long=70))
    state, _ = drawn_masks.draw(state, DISC, (1, 2, 3), LAST)
    assert [len(state.measures[PHOTO.id]), len(state.drawn[PHOTO.id])] == [2, 2]
    for _ in range(4):
        state, _ = history.undo(state)

    assert state.measures[PHOTO.id] == (line("m1"),)
    assert [one.id for one in state.drawn[PHOTO.id]] == ["m1"]
    assert state.rulers[PHOTO.id].mm_per_pixel == 0.5
    assert history.redo(state)[0].measures[PHOTO.id] == (line("m1"), line("m2", LAST))


def test_a_clock_that_was_set_back_makes_nothing_part_of_what_is_signed() -> None:
    state, _ = measures.put_measure(signed(), line("m2", NOON))
    state, _ = measures.put_measure(state, line("m2", NOON, long=70))
    state, _ = drawn_masks.draw(state, DISC, (1, 2, 3), NOON)
    noted = Noted(measures=state.measures[PHOTO.id], drawn=state.drawn[PHOTO.id])

    assert noted.signed(LATER).measures == (line("m1"),)
    assert noted.signed(LATER).later == 2
    assert measures.delete_measure(state, "m2")[1] is Changed.MEASURES


def test_a_picture_that_was_signed_in_pixels_stays_in_pixels() -> None:
    in_px = rulers.remove_ruler(draft(), PHOTO.id)[0]
    with pytest.raises(WorkstationError) as refused:
        rulers.calibrate(sign(in_px, LATER)[0], "m1", 50, LAST)

    assert refused.value.code is ErrorCode.READING_SIGNED


def test_a_draft_beside_a_signed_reading_holds_only_what_was_signed() -> None:
    """Two readings of one series: until each of them is signed, what came after the first stays free."""
    state, _ = add_result(signed(), answer("job2"), {})
    state, _ = measures.put_measure(state, line("m2", LAST))
    moved, _ = measures.put_measure(state, line("m2", LAST, long=70))
    both, _ = sign(moved, LAST)

    assert {"job1", "job2"} == set(both.signed)
    with pytest.raises(WorkstationError):
        measures.delete_measure(state, "m1")
    with pytest.raises(WorkstationError):
        measures.delete_measure(both, "m2")
    assert history.undo(both) == (both, Changed.NOTHING)


def test_another_series_is_not_held() -> None:
    state, _ = measures.put_measure(draft(), line("q1", on=OTHER.id))
    state, _ = sign(state, LATER)

    assert measures.delete_measure(state, "q1")[1] is Changed.MEASURES
    assert history.undo(state)[0].measure("q1") is None


def test_a_signature_that_is_read_from_the_records_holds_too() -> None:
    """Also what was done in the moments before it was read can't be taken back past it."""
    early = Workspace(stacks=(PHOTO,), hanging=Hanging(cells=(Cell(PHOTO.id),)), reader=Reader("Li"))
    early, _ = measures.take_measures(early, PHOTO.id, (line("m1"),))
    early, _ = measures.put_measure(early, line("m2", LAST))
    early = replace(
        early, history=replace(early.history, past=(MeasureStep(PHOTO.id, "m1", None, line("m1")), *early.history.past))
    )
    state, _ = add_result(early, answer(), {}, Signed(by="Li", at=LATER))

    assert [step.measure_id for step in state.history.past if isinstance(step, MeasureStep)] == ["m2"]
    with pytest.raises(WorkstationError):
        measures.delete_measure(state, "m1")
    assert measures.delete_measure(state, "m2")[1] is Changed.MEASURES


def test_a_signature_that_could_not_be_written_holds_nothing() -> None:
    state, _ = take_signed(signed(), "job1", None)

    assert measures.delete_measure(state, "m1")[1] is Changed.MEASURES


def test_what_is_noted_later_is_counted_and_left_out() -> None:
    first, later = mask(DISC), replace(mask(DISC, name="m2"), at=LAST)
    noted = Noted(measures=(line("m1"), line("m2", LAST)), drawn=(first, later))

    assert noted.signed(LATER) == Noted(measures=(line("m1"),), drawn=(first,), later=2)
    assert noted.signed(LAST) == noted
