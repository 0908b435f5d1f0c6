"""Compare in the window: a registration is found whichever series is looked at, and shown where it comes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import LUNG, FakeDesk
from tests.ui.window import buttons, choose, open_study, press, said, window_on
from tests.workspace.sitting import finding, result, stack
from workstation.domain.answer import AnalysisResult
from workstation.domain.series import VoiWindow
from workstation.domain.volume import ResultVolume
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.viewport.slice_view import SliceView
from workstation.workspace.intents import EarlierResult, WindowSettings
from workstation.workspace.layouts import Layout

BEFORE = replace(stack("7.1#0", study="7", date="20250314", slices=29), frame_of_reference_uid="7.9")
LINKED = "linked by registration"


def _registration() -> AnalysisResult:
    """The series before, brought onto the one of now."""
    affine = LUNG.geometry.affine() if LUNG.geometry is not None else None
    assert affine is not None
    moved = ResultVolume(name="m", values=np.full((32, 32, 30), 77, np.int16), to_patient=affine[:, [2, 1, 0, 3]])
    return replace(result(LUNG.id, confidences=()), moving_id=BEFORE.id, volumes=(moved,))


def _desk(*, known: bool) -> FakeDesk:
    """Its analysis is the registration; known: an earlier sitting made it already."""
    desk = FakeDesk(LUNG, BEFORE)
    desk.made = EarlierResult(_registration(), {})
    if known:
        desk.earlier = {LUNG.id: (desk.made,)}
    return desk


def _opened(window: MainWindow, qtbot: QtBot, stack_id: str = LUNG.id) -> None:
    open_study(window, qtbot)
    choose(window, qtbot, stack_id)
    qtbot.waitUntil(lambda: window.loaded)


def _analyse(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(buttons(window.analysis_panel, "Analyse")))
    press(window.analysis_panel, qtbot, "Analyse")


def _moved(window: MainWindow) -> list[bool]:
    return [bool(cell.cell.onto) for cell in window.reading_room.cells]


def _linked(window: MainWindow) -> bool:
    return all(view.note.startswith(LINKED) for view in window.grid.views)


def test_compare_from_the_moved_series_finds_what_an_earlier_sitting_made_of_the_other(qtbot: QtBot) -> None:
    with window_on(_desk(known=True), qtbot) as window:
        _opened(window, qtbot, BEFORE.id)
        window.view.perform(Command.WINDOW_BONE)
        window.perform(Command.LAYOUT_COMPARE)
        qtbot.waitUntil(lambda: _linked(window))
        first, second = window.grid.views

        assert _moved(window) == [True, False]
        assert window.sitting.state.chosen == BEFORE.id
        assert first.slice_index == second.slice_index
        assert first.window_shown == VoiWindow(center=350, width=2000)


def test_compare_that_is_restored_at_the_start_shows_an_earlier_registration(qtbot: QtBot) -> None:
    desk = _desk(known=True)
    desk.start = WindowSettings(layout=Layout.COMPARE.value)
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)

        qtbot.waitUntil(lambda: _linked(window))


def test_a_registration_that_ends_in_compare_is_shown_there_at_the_same_place(qtbot: QtBot) -> None:
    desk = _desk(known=False)
    with window_on(desk, qtbot) as window:
        _opened(window, qtbot)
        window.perform(Command.LAYOUT_COMPARE)
        first, second = window.grid.views
        first.show_slice(3)
        second.perform(Command.WINDOW_BONE)
        apart = _moved(window)
        _analyse(window, qtbot)
        qtbot.waitUntil(lambda: _linked(window))

        assert (apart, _moved(window)) == ([False, False], [False, True])
        assert (first.slice_index, second.slice_index) == (3, 3)
        assert second.window_shown == VoiWindow(center=350, width=2000)


def test_a_series_that_is_looked_at_as_acquired_is_not_taken_away_by_a_registration(qtbot: QtBot) -> None:
    desk = _desk(known=False)
    with window_on(desk, qtbot) as window:
        _opened(window, qtbot)
        window.perform(Command.LAYOUT_COMPARE)
        desk.gate.clear()
        _analyse(window, qtbot)
        qtbot.waitUntil(lambda: bool(desk.asked))
        qtbot.mouseClick(window.grid.views[1], Qt.MouseButton.LeftButton)
        desk.gate.set()
        qtbot.waitUntil(lambda: bool(window.sitting.state.results.get(LUNG.id)))
        waiting, told = _moved(window), said(window.notice_bar)
        window.perform(Command.LAYOUT_COMPARE)

        assert waiting == [False, False]
        assert "Ctrl+K" in told
        assert _moved(window) == [False, True]


def test_what_is_half_drawn_is_not_taken_out_of_a_hand_by_a_registration(qtbot: QtBot) -> None:
    desk = _desk(known=False)
    with window_on(desk, qtbot) as window:
        _opened(window, qtbot)
        window.perform(Command.LAYOUT_COMPARE)
        desk.gate.clear()
        _analyse(window, qtbot)
        qtbot.waitUntil(lambda: bool(desk.asked))
        window.perform(Command.TOOL_LENGTH)
        view = window.grid.views[0]
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(40, 100))
        QTest.mouseMove(view, QPoint(75, 120))
        desk.gate.set()
        qtbot.waitUntil(lambda: bool(window.sitting.state.results.get(LUNG.id)))

        assert view.holds
        assert _moved(window) == [False, False]


def test_a_series_chosen_into_compare_is_shown_as_it_was_brought_there(qtbot: QtBot) -> None:
    other = stack("1.2.5#0", number=4, description="Bone 2.0")
    desk = _desk(known=True)
    desk.stacks = (LUNG, other, BEFORE)
    with window_on(desk, qtbot) as window:
        _opened(window, qtbot)
        window.perform(Command.LAYOUT_COMPARE)
        qtbot.waitUntil(lambda: _linked(window))
        qtbot.mouseClick(window.grid.views[1], Qt.MouseButton.LeftButton)
        choose(window, qtbot, other.id)
        apart = _moved(window)
        choose(window, qtbot, BEFORE.id)

        assert (apart, _moved(window)) == ([False, False], [False, True])
        assert _linked(window)


@pytest.mark.parametrize("at", [0, 1])
def test_marks_of_a_moved_series_are_shown_on_its_own_slices_only(qtbot: QtBot, at: int) -> None:
    found = replace(result(BEFORE.id, study="7", job="job2"), findings=(finding("job2", 1, 0.9, slice_index=12),))
    desk = _desk(known=True)
    desk.earlier[BEFORE.id] = (EarlierResult(found, {}),)
    with window_on(desk, qtbot) as window:
        _opened(window, qtbot)
        window.perform(Command.LAYOUT_COMPARE)
        qtbot.waitUntil(lambda: _linked(window) and "job2/1" in _findings(window))
        second = window.grid.views[1]
        qtbot.mouseClick(window.grid.views[at], Qt.MouseButton.LeftButton)
        window.grid.views[0].show_slice(12)
        second.show_slice(12)
        second.repaint()
        moved = second.painted
        window.findings_panel.list.select_asked.emit("job2/1")
        qtbot.waitUntil(lambda: [mark.finding_id for mark in second.painted] == ["job2/1"])

        assert moved == ()
        assert _moved(window) == [False, False]


def _findings(window: MainWindow) -> set[str]:
    return {one.id for of in window.sitting.state.results.values() for found in of for one in found.findings}


def test_a_moved_series_says_so_in_both_languages(qtbot: QtBot) -> None:
    with window_on(_desk(known=True), qtbot) as window:
        _opened(window, qtbot)
        window.perform(Command.LAYOUT_COMPARE)
        qtbot.waitUntil(lambda: _linked(window))
        view = window.grid.views[1]
        english = view.accessibleDescription()
        window.perform(Command.LANGUAGE)

        assert "moved by registration" in english
        assert "已配准移动" in view.accessibleDescription()


def test_nothing_is_drawn_on_a_moved_series_and_why_is_said(qtbot: QtBot) -> None:
    with window_on(_desk(known=True), qtbot) as window:
        _opened(window, qtbot)
        window.perform(Command.LAYOUT_COMPARE)
        qtbot.waitUntil(lambda: _linked(window))
        fixed, moved = window.grid.views
        window.perform(Command.TOOL_LENGTH)
        for view in (fixed, moved):
            view.grab()
        _drag(fixed)
        _drag(moved)
        drawn, told = [view.painted_measures for view in (fixed, moved)], said(window.notice_bar)
        held = moved.holds
        window.notice_bar.hide()
        window.perform(Command.OWN_FINDING)
        found = said(window.notice_bar)
        window.perform(Command.LAYOUT_ONE)
        qtbot.waitUntil(lambda: window.loaded)
        window.notice_bar.hide()
        _drag(window.view)

        assert [len(of) for of in drawn] == [1, 0]
        assert not held
        assert "Ctrl+1" in told
        assert found == told
        assert [len(of) for of in window.sitting.state.measures.values()] == [1, 1]
        assert not window.notice_bar.isVisible()


def _drag(view: SliceView) -> None:
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(view, left, pos=QPoint(40, 150))
    QTest.mouseMove(view, QPoint(75, 180))
    QTest.mouseRelease(view, left, pos=QPoint(75, 180))
    view.grab()
