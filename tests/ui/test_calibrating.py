"""The whole window: a line along a ruler and its length turn a photograph's pixels into millimetres, also tomorrow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.drawn import disc, mask, picture
from tests.ui.fake_desk import LUNG, FakeDesk
from tests.ui.window import buttons, choose, open_study, press, said, window_on
from workstation.domain.calibration import Calibration, SpacingKind
from workstation.domain.measure import Measure, MeasureKind, picture_plane
from workstation.domain.work import SystemClock
from workstation.records import Records
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.workspace.drawings import Drawings
from workstation.workspace.measures import select_measure
from workstation.workspace.state import Reader

ROWS, COLUMNS = 300, 400
PHOTO = picture("photo#0", rows=ROWS, columns=COLUMNS)
NOON = mask(disc(ROWS, COLUMNS, (1, 1), 1)).at


def measure(kind: MeasureKind, *points: tuple[float, float], name: str) -> Measure:
    placed = tuple((x, y, 0.0) for x, y in points)
    plane = picture_plane(ROWS, COLUMNS, 0)
    return Measure(id=name, stack_id=PHOTO.id, kind=kind, points=placed, plane=plane, in_pixels=True, at=NOON)


RULER = measure(MeasureKind.LENGTH, (50, 50), (150, 50), name="m1")
BOX = measure(MeasureKind.RECTANGLE, (200, 100), (240, 100), (240, 120), (200, 120), name="m2")


def desk_with_mask() -> FakeDesk:
    desk = FakeDesk(PHOTO, LUNG)
    desk.drawings.earlier = {PHOTO.id: (mask(disc(ROWS, COLUMNS, (120, 90), 40), stack_id=PHOTO.id),)}
    return desk


def shown(window: MainWindow, qtbot: QtBot, *measures: Measure) -> None:
    open_study(window, qtbot)
    choose(window, qtbot, PHOTO.id)
    qtbot.waitUntil(lambda: window.loaded and PHOTO.id in window.sitting.state.kept_rulers)
    for one in measures:
        window.sitting.put_measure(one)


def lines(window: MainWindow) -> str:
    window.view.grab()
    return "\n".join(line for one in window.view.painted_measures for line in one.lines).replace("\u00a0", " ")


def corners(window: MainWindow) -> set[str]:
    return {line.text for _, of in window.view._scene().corners for line in of}


def masks(window: MainWindow) -> str:
    return said(window.findings_panel.masks).replace("\u00a0", " ")


def calibrate(window: MainWindow, qtbot: QtBot, typed: str) -> None:
    qtbot.keyClick(window.view, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert window.ruler_ask.isVisible()
    window.ruler_ask.length.clear()
    qtbot.keyClicks(window.ruler_ask.length, typed)
    qtbot.keyClick(window.ruler_ask.length, Qt.Key.Key_Return)


def test_a_line_of_100_px_that_is_50_mm_long_turns_measures_and_masks_into_millimetres(qtbot: QtBot) -> None:
    with window_on(desk_with_mask(), qtbot) as window:
        shown(window, qtbot, RULER, BOX)
        qtbot.waitUntil(lambda: bool(window.sitting.state.drawn.get(PHOTO.id)))
        window.perform(Command.ZOOM_IN)
        before, drawn, at = lines(window), masks(window), window.view.to_widget()
        calibrate(window, qtbot, "50")
        after, drawn_after = lines(window), masks(window)
        scene = window.view._scene()
        stayed = window.view.to_widget() == at
        window.perform(Command.UNDO)
        undone = lines(window), masks(window)

    assert "100.0 px" in before
    assert "800.0 px²" in before
    assert "mm" not in before
    assert "50.0 mm, calibrated by hand" in after
    assert "200.0 mm², calibrated by hand" in after
    assert "mm²" not in drawn
    assert "mm² · calibrated by hand" in drawn_after
    assert "calibrated by hand" in [line.text for _, of in scene.corners for line in of]
    assert scene.scale is not None
    assert (scene.scale.spacing, scene.scale.note) == ((0.5, 0.5), "calibrated by hand")
    assert stayed
    assert undone == (before, drawn)


@pytest.mark.parametrize("command", [Command.TOOL_LENGTH, Command.CALIBRATE])
def test_two_clicks_on_a_ruler_and_its_length_calibrate(command: Command, qtbot: QtBot) -> None:
    """Without a line the key to calibrate gives the tool for it."""
    with window_on(desk_with_mask(), qtbot) as window:
        shown(window, qtbot)
        window.perform(command)
        window.view.grab()
        for x in (50, 250):
            at = window.view.to_widget().map(QPointF(x, 150)).toPoint()
            qtbot.mouseMove(window.view, at)
            qtbot.mouseClick(window.view, Qt.MouseButton.LeftButton, pos=at)
        calibrate(window, qtbot, "50")
        ruler = window.sitting.state.rulers.get(PHOTO.id)

    assert ruler is not None
    assert ruler.mm_per_pixel == pytest.approx(0.25, rel=0.01)


def test_a_calibration_holds_after_a_restart_until_it_is_removed(qtbot: QtBot, tmp_path: Path) -> None:
    with Records(tmp_path / "records.db") as records:
        desk = desk_with_mask()
        desk.drawings = Drawings(records, SystemClock())  # type: ignore[assignment]
        desk.start = replace(desk.start, reader=Reader("Li"))
        with window_on(desk, qtbot) as window:
            shown(window, qtbot, RULER)
            calibrate(window, qtbot, "12,5")
        kept = records.rulers.of_stack(PHOTO.id)

        again = desk_with_mask()
        again.drawings = desk.drawings
        with window_on(again, qtbot) as window:
            shown(window, qtbot, BOX)
            reopened = lines(window)
            window.perform(Command.CALIBRATE)
            press(window.ruler_ask, qtbot, "Remove")
            removed = lines(window)
        gone = records.rulers.of_stack(PHOTO.id)

    assert kept is not None
    assert (kept.mm_per_pixel, kept.by) == (0.125, "Li")
    assert "mm², calibrated by hand" in reopened
    assert "px²" in removed
    assert gone is None


@pytest.mark.parametrize(
    ("kind", "unit"),
    [(SpacingKind.DETECTOR, "mm at the detector"), (SpacingKind.UNSTATED, "mm, calibration not stated")],
)
def test_a_radiograph_is_calibrated_by_a_ball_in_it_also_tomorrow_until_that_is_removed(
    qtbot: QtBot, tmp_path: Path, kind: SpacingKind, unit: str
) -> None:
    sized = replace(PHOTO.instances[0], spacing=(0.2, 0.2), calibration=Calibration(kind=kind))
    radiograph = replace(PHOTO, modality="DX", instances=(sized,))
    with Records(tmp_path / "records.db") as records:
        desk, again = FakeDesk(radiograph, LUNG), FakeDesk(radiograph, LUNG)
        desk.drawings = again.drawings = Drawings(records, SystemClock())  # type: ignore[assignment]
        with window_on(desk, qtbot) as window:
            shown(window, qtbot, RULER)
            before, corner = lines(window), corners(window)
            calibrate(window, qtbot, "25")
            after, by_hand = lines(window), corners(window)
            window.perform(Command.UNDO)
            undone = lines(window), corners(window)
            window.perform(Command.REDO)
        with window_on(again, qtbot) as window:
            shown(window, qtbot, RULER)
            reopened = lines(window)
            window.perform(Command.CALIBRATE)
            press(window.ruler_ask, qtbot, "Remove")
            removed = lines(window), corners(window)

    assert f"20.0 {unit}" in before
    assert "0.20 × 0.20 mm" in corner
    assert "25.0 mm, calibrated by hand" in after
    assert {"0.25 × 0.25 mm", "calibrated by hand"} <= by_hand
    assert undone == removed == (before, corner)
    assert reopened == after


@pytest.mark.parametrize("typed", ["", "0", "-3", "abc", "nan", "1e9"])
def test_what_is_no_length_is_not_taken(qtbot: QtBot, typed: str) -> None:
    with window_on(desk_with_mask(), qtbot) as window:
        shown(window, qtbot, RULER)
        calibrate(window, qtbot, typed)
        still_asked, usable = window.ruler_ask.isVisible(), buttons(window.ruler_ask, "Keep")[0].isEnabled()
        told = said(window.ruler_ask)
        rulers = window.sitting.state.rulers

    assert still_asked
    assert not usable
    assert rulers == {}
    assert not typed or "A number from 0.01 to 10000." in told


def test_it_says_why_a_picture_can_not_be_calibrated(qtbot: QtBot) -> None:
    first, detector = PHOTO.instances[0], Calibration(kind=SpacingKind.DETECTOR)
    coarse, fine, oblong = (
        replace(first, spacing=size, calibration=detector) for size in ((0.2, 0.2), (0.1, 0.1), (0.2, 0.1))
    )
    reasons = {
        "calibrated#0": "This picture has millimetres of its own.",
        "oblong#0": "The pixels of this picture are not square.",
        "several#0": "The pictures of this series have pixels of several sizes.",
    }
    in_patient = replace(coarse, calibration=Calibration(kind=SpacingKind.CALIBRATED))
    others = [replace(PHOTO, id=id_, modality="DX") for id_ in reasons]
    pictures = ((in_patient,), (oblong,), (coarse, fine))
    desk = desk_with_mask()
    desk.stacks += tuple(replace(one, instances=of) for one, of in zip(others, pictures, strict=True))
    with window_on(desk, qtbot) as window:
        shown(window, qtbot)
        window.perform(Command.CALIBRATE)
        without_line = said(window.notice_bar)
        window.sitting.put_measure(measure(MeasureKind.LENGTH, (5, 5), (7, 5), name="m9"))
        window.perform(Command.CALIBRATE)
        short = said(window.notice_bar)
        choose(window, qtbot, LUNG.id)
        window.perform(Command.CALIBRATE)
        sized = said(window.notice_bar)
        for one, says in reasons.items():
            choose(window, qtbot, one)
            window.perform(Command.CALIBRATE)
            assert says in said(window.notice_bar)
        asked = window.ruler_ask.isVisible()

    assert "Click the two ends of a known length" in without_line
    assert "The line is too short to calibrate by." in short
    assert "This picture has millimetres of its own." in sized
    assert not asked


def test_the_bar_goes_with_its_picture_and_its_line(qtbot: QtBot) -> None:
    with window_on(desk_with_mask(), qtbot) as window:
        shown(window, qtbot, RULER)
        window.sitting.apply(select_measure(window.sitting.state, "m1"))
        window.perform(Command.CALIBRATE)
        window.sitting.delete_measure("m1")
        after_line = window.ruler_ask.isVisible()
        window.sitting.undo()
        window.perform(Command.CALIBRATE)
        asked = window.ruler_ask.isVisible()
        choose(window, qtbot, LUNG.id)
        after_picture = window.ruler_ask.isVisible()

    assert (after_line, asked, after_picture) == (False, True, False)
