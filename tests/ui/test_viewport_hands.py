"""Mouse and keys do what the table says."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.ui.scene import WINDOW, noise_volume, pixels, viewport
from workstation.domain.series import VoiWindow
from workstation.domain.volume import Volume
from workstation.ui.keys import BY_COMMAND, KEYS, Command, Scope, command_of
from workstation.ui.viewport.slice_view import SliceView

Key, Button, Modifier = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier
MIDDLE = QPoint(200, 250)


def drag(view: SliceView, button: Qt.MouseButton, way: QPoint, *, start: QPoint = MIDDLE) -> None:
    QTest.mousePress(view, button, pos=start)
    for share in (0.25, 0.5, 0.75, 1.0):
        at = QPointF(start + way * share)
        move(view, at, button)
    QTest.mouseRelease(view, button, pos=start + way)


def move(view: SliceView, at: QPointF, held: Qt.MouseButton) -> None:
    place = view.mapToGlobal(at)
    QApplication.sendEvent(
        view, QMouseEvent(QEvent.Type.MouseMove, at, place, Button.NoButton, held, Modifier.NoModifier)
    )


def wheel(view: SliceView, turned: int, at: QPointF, modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
    event = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(),
        QPoint(0, turned),
        Button.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_every_command_has_one_key_and_every_key_one_command() -> None:
    assert sorted(key.command for key in KEYS) == sorted(Command)
    assert len({key.key for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize("command", [key.command for key in KEYS if key.scope is Scope.VIEW])
def test_every_command_of_the_view_is_done_with_and_without_a_picture(qtbot: QtBot, command: Command) -> None:
    empty, full = viewport(qtbot), viewport(qtbot, noise_volume())

    assert empty.perform(command)
    assert full.perform(command)
    pixels(empty)
    pixels(full)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ([Key.Key_Down], 26),
        ([Key.Key_Up], 24),
        ([Key.Key_Home], 0),
        ([Key.Key_End], 49),
        ([Key.Key_End, Key.Key_Down], 49),
        ([Key.Key_Home, Key.Key_Down, Key.Key_Down], 2),
    ],
)
def test_arrows_home_and_end_move_through_the_slices(qtbot: QtBot, typed: list[Qt.Key], at: int) -> None:
    view = viewport(qtbot, noise_volume(50))

    for key in typed:
        qtbot.keyClick(view, key)

    assert view.slice_index == at


def test_shift_moves_ten_slices_and_the_new_slice_is_told_once(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume(50))
    told: list[int] = []
    view.slice_changed.connect(told.append)

    qtbot.keyClick(view, Key.Key_Down, Modifier.ShiftModifier)
    qtbot.keyClick(view, Key.Key_Up, Modifier.ShiftModifier)
    view.show_slice(3)

    assert told == [35, 25]


@pytest.mark.parametrize(
    ("key", "center", "width"),
    [
        (Key.Key_2, 40, 400),
        (Key.Key_3, -600, 1500),
        (Key.Key_4, 350, 2000),
        (Key.Key_5, 40, 80),
        (Key.Key_6, 40, 350),
        (Key.Key_7, 90, 150),
        (Key.Key_8, 200, 600),
        (Key.Key_9, 200, 600),
        (Key.Key_1, WINDOW.center, WINDOW.width),
    ],
)
def test_figure_keys_set_the_windows_of_the_table(qtbot: QtBot, key: Qt.Key, center: float, width: float) -> None:
    view = viewport(qtbot, noise_volume())
    view.show_window(VoiWindow(center=1, width=2))
    told: list[VoiWindow] = []
    view.window_changed.connect(told.append)

    qtbot.keyClick(view, key)

    assert view.window_shown == VoiWindow(center=center, width=width)
    assert told == [VoiWindow(center=center, width=width)]


def test_presets_do_nothing_on_values_that_are_not_in_hu(qtbot: QtBot) -> None:
    view = viewport(qtbot, Volume(values=noise_volume().values, geometry=None, unit=""))

    qtbot.keyClick(view, Key.Key_3)

    assert view.window_shown == WINDOW
    assert not view.possible(Command.WINDOW_LUNG)
    assert view.possible(Command.WINDOW_AUTO)


@pytest.mark.parametrize(
    ("key", "modifier", "command"),
    [
        (Key.Key_PageDown, Modifier.NoModifier, Command.NEXT_SERIES),
        (Key.Key_PageUp, Modifier.NoModifier, Command.PREVIOUS_SERIES),
        (Key.Key_A, Modifier.NoModifier, Command.ACCEPT),
        (Key.Key_N, Modifier.ShiftModifier, Command.PREVIOUS_FINDING),
    ],
)
def test_commands_of_others_are_asked_for(
    qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier, command: Command
) -> None:
    view = viewport(qtbot, noise_volume())
    asked: list[Command] = []
    view.command_asked.connect(asked.append)

    qtbot.keyClick(view, key, modifier)

    assert asked == [command]


def test_question_mark_and_plus_are_found_although_shift_makes_them() -> None:
    def typed(key: Qt.Key, text: str) -> Command | None:
        return command_of(QKeyEvent(QKeyEvent.Type.KeyPress, key, Modifier.ShiftModifier, text), Scope)

    assert typed(Key.Key_Question, "?") is Command.KEY_SHEET
    assert typed(Key.Key_Plus, "+") is Command.ZOOM_IN
    assert typed(Key.Key_W, "W") is None


def test_left_drag_to_the_right_widens_and_down_raises_the_level(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume())

    drag(view, Button.LeftButton, QPoint(50, 0))
    wider = view.window_shown
    drag(view, Button.LeftButton, QPoint(0, 50))

    assert wider is not None
    assert wider.center == WINDOW.center
    assert wider.width == pytest.approx(WINDOW.width + 0.1 * 980, rel=0.02)  # a tenth of the 1–99 % range
    assert view.window_shown is not None
    assert view.window_shown.center == pytest.approx(0.1 * 980, rel=0.02)
    assert view.window_shown.width == wider.width


def test_the_speed_of_the_window_drag_follows_the_datas_range(qtbot: QtBot) -> None:
    fine, coarse = viewport(qtbot, noise_volume()), viewport(qtbot, noise_volume(scale=20))

    for view in (fine, coarse):
        drag(view, Button.LeftButton, QPoint(50, 50))

    assert fine.window_shown is not None
    assert coarse.window_shown is not None
    assert coarse.window_shown.center == pytest.approx(20 * fine.window_shown.center, rel=0.01)
    wider = fine.window_shown.width - WINDOW.width
    assert coarse.window_shown.width - WINDOW.width == pytest.approx(20 * wider, rel=0.01)


def test_middle_drag_pans_and_right_drag_zooms(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume())
    before, zoom = view.to_widget().map(QPointF(10, 10)), view.camera.zoom

    drag(view, Button.MiddleButton, QPoint(30, -20))
    moved = view.to_widget().map(QPointF(10, 10)) - before
    drag(view, Button.RightButton, QPoint(0, -60))

    assert (moved.x(), moved.y()) == pytest.approx((30, -20), abs=1)
    assert view.camera.zoom > 1.3 * zoom
    assert not any(menu.isVisible() for menu in view.findChildren(QMenu))


@pytest.mark.qt_log_ignore("This plugin does not support")  # the off-screen one, raising windows
def test_a_right_click_opens_the_menu_with_every_key(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume())

    qtbot.mouseClick(view, Button.RightButton, pos=MIDDLE)

    (menu,) = view.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert menu.isVisible()
    assert "Window: lung\t3" in [action.text() for action in menu.actions()]
    menu.close()


def test_the_wheel_scrolls_and_with_ctrl_zooms_about_the_pointer(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume(50))
    at = QPointF(120, 333)

    wheel(view, -120, at)
    wheel(view, -60, at)
    half = view.slice_index
    wheel(view, -60, at)
    under = view.to_widget().inverted()[0].map(at)
    wheel(view, 240, at, Modifier.ControlModifier)

    assert (half, view.slice_index) == (26, 27)
    assert view.camera.zoom > 1.5 * 480 / 50
    back = view.to_widget().map(under) - at
    assert abs(back.x()) <= 1
    assert abs(back.y()) <= 1


def test_left_and_right_together_scroll_fast(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume(50))
    QTest.mousePress(view, Button.LeftButton, pos=MIDDLE)
    QTest.mousePress(view, Button.RightButton, pos=MIDDLE)

    move(view, QPointF(MIDDLE) + QPointF(0, 100), Button.LeftButton | Button.RightButton)
    QTest.mouseRelease(view, Button.RightButton, pos=MIDDLE)
    QTest.mouseRelease(view, Button.LeftButton, pos=MIDDLE)

    assert view.slice_index == 35
    assert view.window_shown == WINDOW


def test_the_bar_at_the_side_goes_to_a_slice(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume(50))
    told: list[int] = []
    view.slice_changed.connect(told.append)

    drag(view, Button.LeftButton, QPoint(0, -400), start=QPoint(488, 440))

    assert told[0] == 48
    assert view.slice_index == 0


def test_reset_brings_back_zoom_place_and_window(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume())
    before = view.camera
    drag(view, Button.LeftButton, QPoint(40, 40))
    drag(view, Button.MiddleButton, QPoint(40, 40))
    view.perform(Command.ZOOM_IN)

    qtbot.keyClick(view, Key.Key_R)

    assert view.camera == before
    assert view.window_shown == WINDOW


def test_the_cursor_tells_the_value_and_the_place_under_it(qtbot: QtBot) -> None:
    volume = noise_volume()
    assert volume.geometry is not None
    view = viewport(qtbot, volume)
    told: list[object] = []
    view.cursor_moved.connect(told.append)

    move(view, view.to_widget().map(QPointF(31, 7)), Button.NoButton)
    point = told[-1]
    move(view, QPointF(5, 2), Button.NoButton)

    start = volume.geometry.positions[2]
    assert (point.row, point.column, point.slice_index) == (7, 31, 2)  # type: ignore[attr-defined]
    assert point.value == volume.values[2, 7, 31]  # type: ignore[attr-defined]
    assert point.position == pytest.approx(tuple(start + np.array([31 * 0.7, 7 * 0.7, 0])))  # type: ignore[attr-defined]
    assert told[-1] is None


def test_the_focus_is_seen(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume())
    view.activateWindow()
    qtbot.waitUntil(view.hasFocus)
    focused = pixels(view)[0].mean()

    view.clearFocus()

    assert pixels(view)[0].mean() < focused - 30


def test_titles_of_commands_are_words_with_a_scope() -> None:
    assert all(str(BY_COMMAND[command].title) for command in Command)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_opens_again_after_it_did_something(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume())
    (menu,) = view.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)

    for _ in range(3):
        qtbot.mouseClick(view, Button.RightButton, pos=MIDDLE)
        invert = next(action for action in menu.actions() if action.text().startswith("Invert"))
        before = pixels(view)
        invert.trigger()
        menu.close()
        QApplication.processEvents()
        assert not np.array_equal(pixels(view), before)
