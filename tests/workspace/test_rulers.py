"""A ruler in a picture: which line it is, how long, undone with all else, refused where it would tell nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.drawn import NOON, disc, mask, picture
from tests.measures import in_pixels
from tests.workspace.sitting import LATER, stack
from workstation.domain.calibration import Calibration, SpacingKind
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Measurement
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.ruler import RulerCalibration
from workstation.domain.series import Stack
from workstation.domain.words import Language, render
from workstation.domain.work import SystemClock
from workstation.records import Records
from workstation.workspace import history, rulers
from workstation.workspace.drawings import Drawings
from workstation.workspace.layouts import Cell, Hanging
from workstation.workspace.mask_areas import drawn_area, noted_on, pixel_size
from workstation.workspace.state import Changed, Reader, Workspace

PHOTO = picture("p#0", rows=200, columns=300)
KEPT = RulerCalibration(stack_id="p#0", mm_per_pixel=0.25, by="Li", at=NOON)


def line(*points: tuple[float, float], name: str = "m1", kind: MeasureKind = MeasureKind.LENGTH) -> Measure:
    return replace(in_pixels(kind, *points, name=name), stack_id="p#0")


RULER = line((10, 10), (70, 90))  # 60, 80: 100 px


def sitting(*measures: Measure, of: Stack = PHOTO) -> Workspace:
    hanging = Hanging(cells=(Cell(of.id),))
    return Workspace(stacks=(of,), hanging=hanging, measures={of.id: measures}, reader=Reader("Li"))


def area(state: Workspace) -> Measurement:
    return drawn_area(state, mask(disc(200, 300, (100, 100), 40)))[0]


def test_a_line_of_known_length_gives_areas_in_square_millimetres() -> None:
    pixels = area(sitting(RULER))
    state, changed = rulers.calibrate(sitting(RULER), "m1", 50, NOON)

    assert changed is Changed.RULERS
    assert state.rulers["p#0"] == RulerCalibration(stack_id="p#0", mm_per_pixel=0.5, by="Li", at=NOON)
    assert (area(state).value, area(state).unit) == (pytest.approx(pixels.value / 4), "mm2")
    assert noted_on(state, PHOTO).scale.spacing == (0.5, 0.5)
    assert state.stacks == (PHOTO,)  # what is analysed and sent is the picture as it was read


def test_the_table_of_the_report_is_in_millimetres() -> None:
    calibrated = rulers.calibrate(sitting(RULER), "m1", 50, NOON)[0]
    drawn = mask(disc(200, 300, (100, 100), 40), stack_id="p#0")
    table = noted_on(replace(calibrated, drawn={"p#0": (drawn,)}), PHOTO).table()

    assert table is not None
    said = [render(row.cells[1], Language.ENGLISH).replace("\u00a0", " ") for row in table.rows]
    assert "50.0 mm, calibrated by hand" in said[0]
    assert "mm², calibrated by hand" in said[1]


def test_the_selected_line_is_the_ruler_else_the_last_one() -> None:
    two = sitting(RULER, line((0, 0), (50, 0), name="m2"), line((1, 1), (2, 9), name="m3", kind=MeasureKind.ARROW))

    assert rulers.ruler_line(sitting()) is None
    assert (rulers.ruler_line(two) or RULER).id == "m2"
    assert (rulers.ruler_line(replace(two, selected_measure="m1")) or RULER).id == "m1"


def test_a_calibration_and_its_removal_are_undone_and_done_again() -> None:
    first = rulers.calibrate(sitting(RULER), "m1", 50, NOON)[0]
    removed = rulers.remove_ruler(first, "p#0")[0]
    back = history.undo(removed)[0]
    undone, changed = history.undo(back)

    assert pixel_size(removed, "p#0") is None
    assert back.rulers == first.rulers
    assert undone.rulers == {}
    assert Changed.RULERS in changed
    assert history.redo(undone)[0].rulers == first.rulers
    assert rulers.changed_rulers(back, undone) == {"p#0": None}
    assert rulers.changed_rulers(undone, back) == first.rulers


@pytest.mark.parametrize("millimetres", [0.0, -5.0, 1e9, float("nan"), float("inf")])
def test_no_sensible_length_is_refused(millimetres: float) -> None:
    with pytest.raises(WorkstationError) as refused:
        rulers.calibrate(sitting(RULER), "m1", millimetres, NOON)

    assert refused.value.code is ErrorCode.BAD_SPACING


def _sized(*kinds: SpacingKind, spacing: tuple[float, float] | None = (0.2, 0.2)) -> Stack:
    first = PHOTO.instances[0]
    told = [replace(first, spacing=spacing, calibration=Calibration(kind=kind)) for kind in kinds]
    return replace(PHOTO, instances=tuple(told))


def test_a_picture_that_knows_its_size_in_the_patient_or_has_oblong_pixels_is_not_calibrated() -> None:
    oblong = replace(PHOTO, instances=(replace(PHOTO.instances[0], aspect=(2.0, 1.0)),))
    sized = _sized(SpacingKind.PATIENT)
    refused_ones = [
        sized,
        oblong,
        stack(),
        _sized(SpacingKind.CALIBRATED),
        _sized(SpacingKind.DETECTOR, SpacingKind.CALIBRATED),
        _sized(SpacingKind.REGIONS, spacing=None),
        _sized(SpacingKind.DETECTOR, spacing=(0.2, 0.1)),
    ]

    assert rulers.can_calibrate(PHOTO)
    assert not any(map(rulers.can_calibrate, refused_ones))
    with pytest.raises(WorkstationError) as refused:
        rulers.calibrate(sitting(RULER, of=sized), "m1", 50, NOON)
    assert refused.value.code is ErrorCode.BAD_GEOMETRY


@pytest.mark.parametrize("kind", [SpacingKind.DETECTOR, SpacingKind.UNSTATED, SpacingKind.FILM, SpacingKind.ESTIMATED])
def test_a_radiograph_is_calibrated_by_a_ball_of_known_size_and_has_its_own_size_again_without(
    kind: SpacingKind,
) -> None:
    radiograph = replace(_sized(kind), modality="DX")
    before = sitting(RULER, of=radiograph)
    state = rulers.calibrate(before, "m1", 10, NOON)[0]
    table = noted_on(state, radiograph).table()
    undone = history.undo(state)[0]

    assert table is not None
    said = render(table.rows[0].cells[1], Language.ENGLISH).replace("\u00a0", " ")
    assert said == "10.0 mm, calibrated by hand"
    assert pixel_size(state, "p#0") == (0.1, 0.1)
    assert rulers.scale_of(undone, radiograph) == rulers.scale_of(before, radiograph)
    assert history.redo(undone)[0].rulers == state.rulers


def test_a_ruler_in_one_picture_tells_nothing_of_one_with_pixels_of_another_size() -> None:
    alike, other = _sized(SpacingKind.DETECTOR, SpacingKind.DETECTOR), _sized(SpacingKind.DETECTOR, spacing=(0.1, 0.1))

    assert rulers.can_calibrate(alike)
    assert not rulers.can_calibrate(replace(alike, instances=(*alike.instances, *other.instances)))
    assert not rulers.can_calibrate(replace(alike, instances=(*alike.instances, *PHOTO.instances)))


def test_what_an_earlier_sitting_said_holds_unless_something_was_done_since() -> None:
    taken, changed = rulers.take_ruler(sitting(RULER), "p#0", KEPT)
    done = rulers.calibrate(sitting(RULER), "m1", 50, LATER)[0]
    undone = history.undo(done)[0]

    assert (taken.rulers, changed) == ({"p#0": KEPT}, Changed.RULERS)
    assert taken.history.past == ()
    assert rulers.take_ruler(done, "p#0", KEPT)[0].rulers == done.rulers
    assert rulers.take_ruler(undone, "p#0", KEPT)[0].rulers == {}


def test_it_is_kept_with_the_picture_and_its_removal_too(tmp_path: Path) -> None:
    with Records(tmp_path / "records.db") as records:
        Drawings(records, SystemClock()).put_ruler("p#0", KEPT, "Li")
    with Records(tmp_path / "records.db") as records:
        drawings = Drawings(records, SystemClock())
        kept = drawings.ruler(PHOTO)
        drawings.put_ruler("p#0", None, "Wu")

        assert kept == KEPT
        assert drawings.ruler(PHOTO) is None
