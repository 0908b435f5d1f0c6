"""Masks drawn with the mouse in the whole window: what they cover, undone, kept, painted where they lie, cut out."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.drawn import RED, disc, mask, overlap, picture
from tests.ui.fake_desk import LUNG, FakeDesk
from tests.ui.window import choose, open_study, press, said, window_on
from tests.workspace.sitting import result
from workstation.domain.answer import Placement, PlacementState
from workstation.domain.drawn_mask import Covered
from workstation.domain.finding import Basis, Finding
from workstation.domain.geometry import pixel_grid
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.domain.words import say
from workstation.domain.work import SystemClock
from workstation.records import Records
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.panes import FINDINGS
from workstation.workspace.drawings import Drawings
from workstation.workspace.intents import EarlierResult

ROWS, COLUMNS = 300, 400
PHOTO = picture("photo#0", rows=ROWS, columns=COLUMNS)
OTHER = picture("other#0", rows=ROWS, columns=COLUMNS)
Button = Qt.MouseButton
WAYS = [
    (),
    (Command.ZOOM_IN, Command.ZOOM_IN),
    (Command.TURN_RIGHT,),
    (Command.TURN_LEFT, Command.FLIP_ACROSS),
    (Command.FLIP_DOWN, Command.ZOOM_OUT),
]


def shown(window: MainWindow, qtbot: QtBot, stack_id: str = PHOTO.id) -> None:
    open_study(window, qtbot)
    choose(window, qtbot, stack_id)
    qtbot.waitUntil(lambda: window.loaded)
    window.view.grab()


def at(window: MainWindow, x: float, y: float) -> QPoint:
    return window.view.to_widget().map(QPointF(x, y)).toPoint()


def stroke(window: MainWindow, *points: tuple[float, float]) -> None:
    view = window.view
    QTest.mousePress(view, Button.LeftButton, pos=at(window, *points[0]))
    for point in points[1:]:
        QTest.mouseMove(view, at(window, *point))
    QTest.mouseRelease(view, Button.LeftButton, pos=at(window, *points[-1]))


def clicks(window: MainWindow, *points: tuple[float, float]) -> None:
    for point in points:
        QTest.mouseClick(window.view, Button.LeftButton, pos=at(window, *point))


def drawn(window: MainWindow, stack_id: str = PHOTO.id) -> list[Covered]:
    return [one.covered for one in window.sitting.state.drawn.get(stack_id, ())]


def brush(window: MainWindow, diameter: float, tool: Command = Command.TOOL_BRUSH) -> None:
    window.perform(tool)
    window.view.show_pencil(window.view.palette().text().color(), diameter)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: ", ".join(way) or "upright")
def test_the_brush_covers_the_pixels_under_it_however_the_picture_lies(qtbot: QtBot, way: tuple[Command, ...]) -> None:
    with window_on(FakeDesk(PHOTO), qtbot) as window:
        shown(window, qtbot)
        for command in way:
            window.perform(command)
        brush(window, 60)
        stroke(window, (200, 150), (200, 150))

        (covered,) = drawn(window)
        assert overlap(covered, disc(ROWS, COLUMNS, (200, 150), 30)) >= 0.9
        assert covered.sum() == pytest.approx(math.pi * 30**2, rel=0.02)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: ", ".join(way) or "upright")
def test_a_mask_is_painted_over_its_own_pixels_however_the_picture_lies(qtbot: QtBot, way: tuple[Command, ...]) -> None:
    desk = FakeDesk(PHOTO)
    desk.drawings.earlier = {PHOTO.id: (mask(disc(ROWS, COLUMNS, (120, 90), 40), stack_id=PHOTO.id),)}
    with window_on(desk, qtbot) as window:
        shown(window, qtbot)
        qtbot.waitUntil(lambda: bool(drawn(window)))
        for command in way:
            window.perform(command)
        image = window.view.grab().toImage()
        ratio = image.devicePixelRatio()

        def reddish(x: float, y: float) -> bool:
            colour = image.pixelColor(at(window, x, y) * ratio)
            return colour.red() > colour.blue() + 20

        inside = [(120 + 36 * math.cos(a), 90 + 36 * math.sin(a)) for a in np.linspace(0, 6, 12)]
        outside = [(120 + 44 * math.cos(a), 90 + 44 * math.sin(a)) for a in np.linspace(0, 6, 12)]
        assert all(reddish(*point) for point in inside)
        assert not any(reddish(*point) for point in outside)


def test_the_eraser_and_the_next_stroke_change_the_same_mask(qtbot: QtBot) -> None:
    with window_on(FakeDesk(PHOTO), qtbot) as window:
        shown(window, qtbot)
        brush(window, 100)
        stroke(window, (150, 150), (250, 150))
        brush(window, 40, Command.TOOL_ERASER)
        stroke(window, (200, 150), (200, 150))

        (covered,) = drawn(window)
        truth = disc(ROWS, COLUMNS, (150, 150), 50) | disc(ROWS, COLUMNS, (250, 150), 50)
        truth[100:201, 150:251] = True
        assert overlap(covered, truth & ~disc(ROWS, COLUMNS, (200, 150), 20)) >= 0.95


def test_a_polygon_closes_on_its_first_corner_and_has_the_area_of_its_corners(qtbot: QtBot) -> None:
    with window_on(FakeDesk(PHOTO), qtbot) as window:
        shown(window, qtbot)
        window.perform(Command.TOOL_POLYGON)
        clicks(window, (100, 60), (300, 80), (260, 240), (90, 200), (100, 60))

        (covered,) = drawn(window)
        x, y = np.array([(100, 60), (300, 80), (260, 240), (90, 200)], dtype=float).T
        assert covered.sum() == pytest.approx(abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2, rel=0.02)


def test_escape_leaves_half_a_polygon(qtbot: QtBot) -> None:
    with window_on(FakeDesk(PHOTO), qtbot) as window:
        shown(window, qtbot)
        window.perform(Command.TOOL_POLYGON)
        clicks(window, (100, 60), (300, 80), (260, 240))
        QTest.keyClick(window.view, Qt.Key.Key_Escape)
        QTest.mouseDClick(window.view, Button.LeftButton, pos=at(window, 200, 150))

        assert drawn(window) == []


def test_undo_and_redo_go_stroke_by_stroke_and_records_follow(qtbot: QtBot) -> None:
    desk = FakeDesk(PHOTO)
    with window_on(desk, qtbot) as window:
        shown(window, qtbot)
        brush(window, 60)
        stroke(window, (100, 100), (100, 100))
        first = drawn(window)[0].sum()
        brush(window, 60)
        stroke(window, (250, 150), (250, 150))
        window.perform(Command.UNDO)
        assert drawn(window)[0].sum() == first
        window.perform(Command.UNDO)
        assert drawn(window) == []
        window.perform(Command.REDO)

        qtbot.waitUntil(lambda: [kept.covered.sum() for kept in desk.drawings.kept.values()] == [first])


def test_masks_are_there_again_after_a_restart(qtbot: QtBot, tmp_path: Path) -> None:
    with Records(tmp_path / "records.sqlite") as records:
        desk = FakeDesk(PHOTO)
        desk.drawings = Drawings(records, SystemClock())  # type: ignore[assignment]
        with window_on(desk, qtbot) as window:
            shown(window, qtbot)
            brush(window, 60)
            stroke(window, (100, 100), (250, 200))
            before = drawn(window)
    with Records(tmp_path / "records.sqlite") as records:
        again = FakeDesk(PHOTO, OTHER)
        again.drawings = Drawings(records, SystemClock())  # type: ignore[assignment]
        with window_on(again, qtbot) as window:
            shown(window, qtbot)
            qtbot.waitUntil(lambda: bool(drawn(window)))

            assert np.array_equal(drawn(window)[0], before[0])
            assert drawn(window, OTHER.id) == []


def test_wheel_and_brackets_size_the_brush_and_turn_nothing(qtbot: QtBot) -> None:
    with window_on(FakeDesk(PHOTO), qtbot) as window:
        shown(window, qtbot)
        brush(window, 20)
        pose = window.view.camera.pose
        QTest.keyClick(window.view, Qt.Key.Key_BracketRight)
        larger = window.view.brush_diameter
        QTest.keyClick(window.view, Qt.Key.Key_BracketLeft)

        assert larger == pytest.approx(25)
        assert window.view.brush_diameter == pytest.approx(20)
        assert window.view.camera.pose == pose

        window.perform(Command.TOOL_PAN)
        QTest.keyClick(window.view, Qt.Key.Key_BracketRight)
        assert window.view.camera.pose != pose


def test_slices_are_not_drawn_on(qtbot: QtBot) -> None:
    with window_on(FakeDesk(LUNG), qtbot) as window:
        shown(window, qtbot, LUNG.id)
        brush(window, 10)
        stroke(window, (10, 10), (20, 20))

        assert drawn(window, LUNG.id) == []
        assert "single pictures" in said(window.notice_bar)


def test_a_name_and_holes_are_changed_from_the_panel(qtbot: QtBot) -> None:
    ring = disc(ROWS, COLUMNS, (200, 150), 80) & ~disc(ROWS, COLUMNS, (200, 150), 30)
    desk = FakeDesk(PHOTO)
    desk.drawings.earlier = {PHOTO.id: (mask(ring, stack_id=PHOTO.id),)}
    with window_on(desk, qtbot) as window:
        shown(window, qtbot)
        panel = window.findings_panel.masks
        qtbot.waitUntil(lambda: bool(drawn(window)))
        panel.row("m1").name_box.setText("wound")
        panel.row("m1").name_box.editingFinished.emit()
        window.perform(Command.FILL_HOLES)

        assert window.sitting.state.drawn[PHOTO.id][0].name == "wound"
        assert np.array_equal(drawn(window)[0], disc(ROWS, COLUMNS, (200, 150), 80))
        assert f"{disc(ROWS, COLUMNS, (200, 150), 80).sum()}" in panel.row("m1").area_label.accessibleName()


def test_a_name_that_is_being_typed_is_kept_when_another_picture_is_chosen(qtbot: QtBot) -> None:
    covered = disc(ROWS, COLUMNS, (200, 150), 80)
    desk = FakeDesk(PHOTO, OTHER)
    masks = tuple(replace(mask(covered, stack_id=PHOTO.id), id=one) for one in ("m1", "m2", "m3"))
    desk.drawings.earlier = {PHOTO.id: masks, OTHER.id: (replace(mask(covered, stack_id=OTHER.id), id="other"),)}
    with window_on(desk, qtbot) as window:
        shown(window, qtbot)
        window.activateWindow()
        window._panes.show_tab(FINDINGS)
        panel = window.findings_panel.masks
        qtbot.waitUntil(lambda: len(drawn(window)) == 3)
        name = panel.row("m1").name_box
        qtbot.waitUntil(name.isVisible)  # before that it can't lose the keys
        name.setFocus()
        assert name.hasFocus()
        qtbot.keyClicks(name, "wound")
        choose(window, qtbot, OTHER.id)
        qtbot.waitUntil(lambda: bool(drawn(window, OTHER.id)))

        assert [one.name for one in window.sitting.state.drawn[PHOTO.id]] == ["wound", "", ""]
        qtbot.waitUntil(lambda: panel.row("other").isVisible())
        with pytest.raises(KeyError):
            panel.row("m1")


def test_a_mask_of_the_result_is_kept_as_a_drawn_one(qtbot: QtBot) -> None:
    covered = disc(ROWS, COLUMNS, (220, 140), 60)
    body = Finding(
        id="job1/1",
        code="body",
        label=say("Body"),
        shapes=(Mask(volume="body", label=1),),
        measurements=(),
        confidence=None,
        basis=Basis.ALGORITHM,
    )
    volume = LabelVolume(name="body", values=covered.astype(np.uint8)[None], geometry=pixel_grid(ROWS, COLUMNS))
    made = replace(
        result(PHOTO.id), study_uid="7.1", findings=(body,), masks=(volume,), in_pixels=True, operation="segment-body"
    )
    desk = FakeDesk(PHOTO)
    desk.earlier = {PHOTO.id: (EarlierResult(made, {}),)}
    with window_on(desk, qtbot) as window:
        shown(window, qtbot)
        qtbot.waitUntil(lambda: window.sitting.state.shown_result is not None)
        window.findings_panel.masks.keep_button("body", 1).click()

        (kept,) = window.sitting.state.drawn[PHOTO.id]
        assert np.array_equal(kept.covered, covered)
        assert kept.name == "Body"
        assert kept.colour != RED


def test_a_drawn_mask_goes_with_the_picture_to_what_refines_it_and_to_nothing_else(qtbot: QtBot) -> None:
    desk = FakeDesk(PHOTO)
    desk.drawings.earlier = {PHOTO.id: (mask(disc(ROWS, COLUMNS, (120, 90), 40), stack_id=PHOTO.id),)}
    with window_on(desk, qtbot) as window:
        shown(window, qtbot)
        qtbot.waitUntil(lambda: bool(drawn(window)))
        analyses = window.analysis_side.analyses
        for operation in ("refine-mask", "segment-body"):
            analyses.ask(operation, {}, repair=False)
            qtbot.waitUntil(lambda name=operation: name in [one.operation for one in desk.asked])  # type: ignore[misc]

        refined, cut = desk.asked
        assert refined.mask is not None
        assert np.array_equal(refined.mask.covered, disc(ROWS, COLUMNS, (120, 90), 40))
        assert cut.mask is None


def test_a_picture_that_was_only_drawn_on_makes_a_report_of_its_own(qtbot: QtBot, tmp_path: Path) -> None:
    desk = FakeDesk(PHOTO)
    with window_on(desk, qtbot) as window:
        shown(window, qtbot)
        brush(window, 60)
        stroke(window, (100, 100), (100, 100))
        window.perform(Command.SHOW_REPORT)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(window.dialogs, "ask_folder", lambda _title, _start, then: then((tmp_path,)))
            press(window.report_panel, qtbot, "Write report…")
        qtbot.waitUntil(lambda: bool(desk.reports))

        (request,) = desk.reports
        assert [one.covered.sum() for one in request.noted.drawn] == [drawn(window)[0].sum()]
        assert request.result.findings == ()


def tags(stack_id: str, count: int) -> EarlierResult:
    """What was said of a picture as a whole."""
    every = tuple(
        Finding(
            id=f"job1/{number}",
            code="tag",
            label=say("Body"),
            shapes=(),
            measurements=(),
            confidence=0.5,
            basis=Basis.SIMULATED,
        )
        for number in range(1, count + 1)
    )
    placement = Placement(PlacementState.NOT_APPLICABLE, say("The answer names no place."))
    return EarlierResult(
        replace(result(stack_id), study_uid="7.1", findings=every, placement=placement, operation="tag-image"), {}
    )


def test_a_finding_about_the_whole_picture_is_listed_with_that_picture(qtbot: QtBot) -> None:
    desk = FakeDesk(PHOTO)
    desk.earlier = {PHOTO.id: (tags(PHOTO.id, 1),)}
    with window_on(desk, qtbot) as window:
        shown(window, qtbot)
        window._panes.show_tab(FINDINGS)
        pictures = window.findings_panel.list._pictures

        qtbot.waitUntil(lambda: pictures.picture("job1/1") is not None)


def test_the_masks_come_into_sight_below_many_findings_once_a_brush_is_in_the_hand(qtbot: QtBot) -> None:
    desk = FakeDesk(PHOTO, OTHER)
    desk.earlier = {OTHER.id: (tags(OTHER.id, 40),)}
    with window_on(desk, qtbot) as window:
        window.resize(1366, 768)
        shown(window, qtbot)
        window._panes.show_tab(FINDINGS)
        masks = window.findings_panel.masks
        qtbot.waitUntil(lambda: len(window.findings_panel.list.lines.entries) == 40)

        window.perform(Command.TOOL_BRUSH)
        qtbot.waitUntil(lambda: not masks.visibleRegion().isEmpty())
        stroke(window, (200, 150), (220, 150))
        row = masks.row(window.sitting.state.selected_drawn)
        qtbot.waitUntil(lambda: row.visibleRegion().boundingRect().height() == row.height())


def test_how_masks_are_painted_is_remembered_for_the_next_sitting(qtbot: QtBot) -> None:
    desk = FakeDesk(PHOTO)
    with window_on(desk, qtbot) as window:
        shown(window, qtbot)
        brush(window, 60)
        stroke(window, (200, 150), (200, 150))
        window.findings_panel.masks.opacity_slider.setValue(70)
        qtbot.waitUntil(lambda: any(kept.mask_opacity == 0.7 for kept in desk.kept))

    desk.start = desk.kept[-1]
    with window_on(desk, qtbot) as window:
        assert window.sitting.state.mask_look.opacity == 0.7
