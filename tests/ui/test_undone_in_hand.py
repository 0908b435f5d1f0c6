"""Undo and redo while the mouse is in the middle of something: nothing is lost without a word."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import LUNG, FakeDesk
from tests.ui.test_drawing import PHOTO, at, brush, clicks, drawn, shown, stroke
from tests.ui.window import analyse, open_study, said, window_on
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


def pull(window: MainWindow, *points: QPoint) -> None:
    """The button goes down, and stays down."""
    QTest.mousePress(window.view, LEFT, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(window.view, point)


def test_a_stroke_is_taken_back_whole_and_can_be_done_again(qtbot: QtBot) -> None:
    with window_on(FakeDesk(PHOTO), qtbot) as window:
        shown(window, qtbot)
        brush(window, 40)
        stroke(window, (100, 100), (120, 100))
        first = drawn(window)[0].sum()
        brush(window, 40)
        pull(window, at(window, 200, 200), at(window, 260, 200), at(window, 300, 200))
        window.perform(Command.UNDO)
        undone = drawn(window)[0].sum()
        QTest.mouseRelease(window.view, LEFT, pos=at(window, 320, 200))
        released = drawn(window)[0].sum()
        window.perform(Command.REDO)

        assert undone == released == first
        assert drawn(window)[0].sum() > first + 100 * 40 * 0.8


def test_corners_of_a_polygon_are_all_that_undo_takes_back_and_it_says_so(qtbot: QtBot) -> None:
    with window_on(FakeDesk(PHOTO), qtbot) as window:
        shown(window, qtbot)
        brush(window, 40)
        stroke(window, (100, 100), (120, 100))
        window.perform(Command.TOOL_POLYGON)
        clicks(window, (200, 50), (300, 50))
        window.perform(Command.REDO)
        assert "Something is half drawn." in said(window.notice_bar)
        window.perform(Command.UNDO)

        assert "What was half drawn is gone." in said(window.notice_bar)
        assert len(drawn(window)) == 1
        window.perform(Command.UNDO)
        assert drawn(window) == []


def test_a_measure_under_the_hand_is_finished_and_taken_back(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        window.view.grab()
        window.perform(Command.TOOL_LENGTH)
        pull(window, at(window, 5, 5), at(window, 15, 5), at(window, 25, 5))
        window.perform(Command.UNDO)
        QTest.mouseRelease(window.view, LEFT, pos=at(window, 30, 5))
        assert not window.sitting.state.measures.get(LUNG.id)
        window.perform(Command.REDO)

        assert len(window.sitting.state.measures[LUNG.id]) == 1


def test_a_measure_that_was_only_taken_is_not_brought_back_by_the_hand(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        window.view.grab()
        window.perform(Command.TOOL_LENGTH)
        pull(window, at(window, 5, 5), at(window, 25, 5))
        QTest.mouseRelease(window.view, LEFT, pos=at(window, 25, 5))
        window.perform(Command.TOOL_WINDOW)
        window.view.grab()
        pull(window, at(window, 15, 5))
        window.perform(Command.UNDO)
        QTest.mouseMove(window.view, at(window, 15, 25))
        QTest.mouseRelease(window.view, LEFT, pos=at(window, 15, 25))

        assert not window.sitting.state.measures.get(LUNG.id)


def test_a_handle_under_the_hand_is_let_go_first(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        window.perform(Command.NEXT_FINDING)
        window.perform(Command.EDIT_SHAPE)
        window.view.grab()
        (layer,) = window.shape_side.layers
        start = layer.handles[1][1].toPoint()
        pull(window, start, start + QPoint(20, 0), start + QPoint(40, 0))
        window.perform(Command.UNDO)
        QTest.mouseMove(window.view, start + QPoint(60, 0))
        QTest.mouseRelease(window.view, LEFT, pos=start + QPoint(60, 0))
        undone = window.sitting.state.decision("job1/1").shapes
        window.perform(Command.REDO)

        assert undone is None
        assert window.sitting.state.decision("job1/1").shapes is not None
