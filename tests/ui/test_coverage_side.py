"""Slices that were looked at: counted by a clock, painted beside the scrubber, written, brought back."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import HEAD, LUNG, SOFT, FakeDesk
from tests.ui.window import analyse, choose, offscreen_dialog, open_study, said, window_on
from workstation.domain.coverage import Coverage, WindowGroup
from workstation.domain.series import Stack
from workstation.domain.slab import Slab, SlabKind
from workstation.domain.volume import SlicePixels, Volume
from workstation.domain.work import CancelToken, Reporter
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.workspace.hanging import lay_out, set_slab
from workstation.workspace.layouts import Layout
from workstation.workspace.state import Reader

LUNG_ONLY = frozenset({WindowGroup.LUNG})


class Chests(FakeDesk):
    """Series with something to see in them."""

    def load(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume:
        ramp = np.linspace(-1000, 800, stack.rows * stack.columns).reshape(stack.rows, stack.columns)
        values = np.broadcast_to(ramp, (stack.slices, stack.rows, stack.columns)).astype(np.int16)
        return Volume(values=values, geometry=stack.geometry, unit=stack.unit)

    def first_slice(self, stack: Stack, slice_index: int) -> SlicePixels:
        return SlicePixels(self.load(stack, lambda _: None, CancelToken()).values[slice_index])


class Room:
    """The window, and a clock that only the test moves."""

    def __init__(self, window: MainWindow, desk: Chests) -> None:
        self.window, self.desk, self.now, self.side = window, desk, 0.0, window.coverage_side
        self.side.clock = lambda: self.now
        self.side.in_sight = lambda view: view.isVisible()

    def stay(self, seconds: float) -> None:
        """Look at what is there now."""
        self.window.view.repaint()
        self.now += seconds
        self.side.tick()

    def show(self, k: int, seconds: float) -> None:
        self.window.view.show_slice(k)
        self.stay(seconds)

    def seen(self, stack: Stack = LUNG) -> list[int]:
        coverage = self.window.sitting.state.coverage.get(stack.id, Coverage(stack.slices))
        return [k for k in range(stack.slices) if k not in set(coverage.unread(LUNG_ONLY))]


@pytest.fixture
def room(qtbot: QtBot) -> Iterator[Room]:
    desk = Chests()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        choose(window, qtbot, LUNG.id)
        qtbot.waitUntil(lambda: window.loaded)
        made = Room(window, desk)
        window.view.perform(Command.WINDOW_LUNG)
        made.show(29, 0.0)
        yield made


@offscreen_dialog
def test_slices_that_stay_and_slow_scrolling_count(room: Room) -> None:
    room.show(3, 0.2)
    for k in range(10, 16):
        room.show(k, 0.1)
    for k in range(20, 26):
        room.show(k, 0.05)

    assert room.seen() == [3, 10, 11, 12, 13, 14]


@offscreen_dialog
def test_a_window_that_shows_no_lung_does_not_count_for_lung(room: Room) -> None:
    room.window.view.perform(Command.WINDOW_BONE)
    room.show(3, 0.2)

    assert room.seen() == []
    assert "Looked at 0 of 30 slices" in said(room.window.findings_panel)


@offscreen_dialog
def test_nothing_counts_that_nobody_can_see(room: Room) -> None:
    room.side.in_sight = lambda _view: False
    room.show(3, 60.0)

    assert room.seen() == []


@offscreen_dialog
def test_a_picture_made_tiny_does_not_count(room: Room) -> None:
    room.window.view.perform(Command.FIT)
    for _ in range(12):
        room.window.view.perform(Command.ZOOM_OUT)
    room.show(3, 1.0)

    assert room.seen() == []


@offscreen_dialog
def test_other_planes_count_for_no_slice(room: Room, qtbot: QtBot) -> None:
    sitting = room.window.sitting
    sitting.apply(lay_out(sitting.state, Layout.MPR))
    axial, coronal, _ = room.window.grid.views
    qtbot.waitUntil(lambda: coronal.isVisible() and axial.isVisible())
    axial.show_slice(5)
    for view in room.window.grid.views:
        view.perform(Command.WINDOW_LUNG)
        view.repaint()
    room.now += 0.2
    coronal.show_slice(8)
    room.stay(0.2)
    coronal.repaint()
    room.stay(0.2)

    assert room.seen() == [5]


@offscreen_dialog
def test_a_thick_slab_counts_for_no_slice(room: Room, qtbot: QtBot) -> None:
    sitting = room.window.sitting
    sitting.apply(lay_out(sitting.state, Layout.MPR))
    axial = room.window.grid.views[0]
    axial.perform(Command.WINDOW_LUNG)
    sitting.apply(set_slab(sitting.state, Slab(SlabKind.MIP, 10.0)))
    qtbot.waitUntil(lambda: room.window.reading_room.cells[0].acquired is None)
    for _ in range(3):
        axial.repaint()
        room.stay(0.2)

    assert room.seen() == []


@offscreen_dialog
def test_the_bar_beside_the_picture_is_blue_where_slices_were_looked_at(room: Room) -> None:
    for k in range(10):
        room.show(k, 0.2)
    room.show(29, 0.0)
    view = room.window.view
    scrubber = view._scrubber(view._showing)
    image = view.grab().toImage()
    x = int(scrubber.rect.center().x())
    read, unread = (image.pixelColor(x, int(scrubber.top_of(k + 0.5))) for k in (4, 20))

    assert read.blue() > read.red() + 30
    assert abs(unread.blue() - unread.red()) < 15


@offscreen_dialog
def test_the_panel_counts_slices_and_findings(room: Room, qtbot: QtBot) -> None:
    room.show(3, 0.2)
    analyse(room.window, qtbot)

    assert "Looked at 1 of 30 slices · 3 findings undecided" in said(room.window.findings_panel)


@offscreen_dialog
def test_what_was_looked_at_is_written_and_joined_with_earlier_sittings(room: Room, qtbot: QtBot) -> None:
    room.show(3, 0.2)
    room.side.write()
    qtbot.waitUntil(lambda: bool(room.desk.readings.looked))
    stack_id, reader, written = room.desk.readings.looked[-1]
    room.desk.readings.earlier[(SOFT.id, "")] = Coverage(30, {WindowGroup.SOFT: 0b11, WindowGroup.LUNG: 0b100})
    choose(room.window, qtbot, SOFT.id)
    qtbot.waitUntil(lambda: room.seen(SOFT) == [2])

    assert (stack_id, reader, written.seen) == (LUNG.id, "", {WindowGroup.LUNG: 1 << 3})


@offscreen_dialog
def test_another_series_and_the_end_write_at_once(room: Room, qtbot: QtBot) -> None:
    room.show(3, 0.2)
    choose(room.window, qtbot, HEAD.id)
    qtbot.waitUntil(lambda: bool(room.desk.readings.looked))
    choose(room.window, qtbot, LUNG.id)
    qtbot.waitUntil(lambda: room.window.loaded)
    room.show(7, 0.2)
    room.window.close()

    assert room.desk.readings.looked[-1][2].seen == {WindowGroup.LUNG: 1 << 3 | 1 << 7}


@offscreen_dialog
def test_a_name_given_later_takes_what_was_looked_at_and_another_reader_does_not(room: Room, qtbot: QtBot) -> None:
    room.show(3, 0.2)
    room.window._preferences.take_reader(Reader("Li"))
    room.side.write()
    qtbot.waitUntil(lambda: bool(room.desk.readings.looked))
    kept = room.seen()
    room.window._preferences.take_reader(Reader("Wang"))

    assert room.desk.readings.looked[-1][1] == "Li"
    assert (kept, room.seen()) == ([3], [])


@offscreen_dialog
def test_a_reader_who_comes_back_at_once_has_what_they_looked_at(
    room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = room.desk.readings

    def slowly(stack_id: str, reader: str, coverage: Coverage) -> None:
        time.sleep(0.2)
        kept.earlier[(stack_id, reader)] = coverage

    monkeypatch.setattr(kept, "look", slowly)
    room.window._preferences.take_reader(Reader("Li"))
    room.show(3, 0.2)
    room.window._preferences.take_reader(Reader("Wang"))
    room.window._preferences.take_reader(Reader("Li"))

    qtbot.waitUntil(lambda: room.seen() == [3])
