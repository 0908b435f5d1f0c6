"""The real window, unseen, with hands of its own: how long a reader waits for each frame, and how late the window's
thread is meanwhile. For measuring."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from workstation.domain.answer import AnalysisResult
from workstation.domain.crosshair import turned
from workstation.domain.geometry import Plane
from workstation.domain.series import Stack
from workstation.ui.heartbeat import Heartbeat, Latency
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.screen import application, rest, wait
from workstation.ui.viewport.slice_view import SliceView
from workstation.workspace.findings import add_result
from workstation.workspace.hanging import lay_out
from workstation.workspace.layouts import Layout

_SETTLE_S: Final = 1.5  # thumbnails, cards and coverage come last
_START_S: Final = 3.0  # until a program that was just started is at rest
_WARM: Final = 5  # frames that fill the caches
_PATIENCE_S: Final = 2.0
_NOTCH: Final = 120
_BEAT_MS: Final = 4


@dataclass(frozen=True, slots=True)
class Frame:
    """From what the hand did to the painted picture: seconds of the clock, and of the window's thread at work."""

    seconds: float
    working: float


@dataclass(frozen=True, slots=True)
class Scrolled:
    """asked, painted: slices; a slice that no paint showed was dropped."""

    asked: int
    painted: int
    latency: Latency

    @property
    def dropped(self) -> int:
        return self.asked - self.painted


class Rehearsal:
    """Made with a window that was not shown yet; `close` when done."""

    def __init__(self, make_window: Callable[[], MainWindow], paths: Sequence[Path]) -> None:
        self._app = application(offscreen=True)
        self._window = make_window()
        self._window.show()
        self._window.start()
        rest(_START_S)
        if paths:
            self._window.open(paths)
            wait(lambda: self._window.loaded and not self._window.sitting.state.scanning)
            rest(_SETTLE_S)

    def close(self) -> None:
        self._window.close()

    @property
    def stack(self) -> Stack:
        """raises TIMED_OUT before a series is open"""
        stack = self._window.sitting.state.chosen_stack
        assert stack is not None  # `loaded` was waited for
        return stack

    def show_result(self, result: AnalysisResult) -> None:
        sitting = self._window.sitting
        sitting.apply(add_result(sitting.state, result, {}))
        rest(_SETTLE_S)

    def lay_out(self, layout: Layout, side: int) -> None:
        """The series in every view of a layout; the views together `side` pixels high and wide."""
        window, sitting = self._window, self._window.sitting
        sitting.apply(lay_out(sitting.state, layout))
        if not layout.one_series:
            for at in range(layout.size):
                window.grid.series_dropped.emit(at, self.stack.id)
        for _ in range(2):
            grid = window.grid.size()
            window.resize(window.width() + side - grid.width(), window.height() + side - grid.height())
            rest(0.2)
        wait(lambda: all(cell.shown is not None for cell in window.reading_room.cells))
        rest(_SETTLE_S)

    def scroll(self, frames: int) -> list[Frame]:
        """One notch of the wheel after the other; a frame ends when every view that follows was painted."""
        self._to_first()
        last = max(1, self.stack.slices - 1)
        return self._frames(frames, lambda number: self._turn_wheel(1 if number // last % 2 == 0 else -1))

    def drag_window(self, frames: int) -> list[Frame]:
        """Window and level by a hand that draws circles."""
        view = self._window.view
        middle = QPointF(view.width() / 2, view.height() / 2)
        self._mouse(view, QEvent.Type.MouseButtonPress, middle)

        def move(number: int) -> None:
            way = QPointF(number % 40 - 20, (number * 3) % 50 - 25)
            self._mouse(view, QEvent.Type.MouseMove, middle + way * 3)

        made = self._frames(frames, move)
        self._mouse(view, QEvent.Type.MouseButtonRelease, middle)
        return made

    def scroll_at(self, rate: float, seconds: float) -> Scrolled:
        """Slices asked for at a rate, as a wheel does that does not wait for pictures."""
        view, last = self._window.view, max(1, self.stack.slices - 1)
        asked = 0
        shown: list[int] = [view.slice_index]
        clock = QElapsedTimer()

        def note() -> None:
            if view.slice_index != shown[-1]:
                shown.append(view.slice_index)

        def ask() -> None:
            nonlocal asked
            while asked < min(rate * seconds, clock.elapsed() / 1000 * rate):
                self._turn_wheel(1 if asked // last % 2 == 0 else -1)
                asked += 1

        self._to_first()
        shown[:] = [view.slice_index]
        view.presented.connect(note)
        timer = QTimer(self._window, interval=_BEAT_MS)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(ask)
        clock.start()
        timer.start()
        latency = self._while_beating(partial(rest, seconds + 0.3))
        timer.stop()
        view.presented.disconnect(note)
        return Scrolled(asked, len(shown) - 1, latency)

    def turn_plane(self, seconds: float) -> Latency:
        """A line of the crosshair turned sixty times a second, in the layout of three planes."""
        planes = self._window.reading_room.planes

        def turn() -> None:
            if planes.crosshair is not None:
                planes.follow_hand(turned(planes.crosshair, Plane.AXIAL, 0.02))

        timer = QTimer(self._window, interval=16)
        timer.timeout.connect(turn)
        timer.start()
        latency = self._while_beating(partial(rest, seconds))
        timer.stop()
        wait(lambda: planes.at_rest)
        return latency

    def rest(self, seconds: float) -> Latency:
        """Nobody does anything."""
        return self._while_beating(partial(rest, seconds))

    def load_into(self, layout: Layout, paths: Sequence[Path]) -> Latency:
        """Another folder scanned and its series put into the views of a layout as soon as they are found."""
        window, sitting = self._window, self._window.sitting
        known = {stack.id for stack in sitting.state.stacks}

        def load() -> None:
            window.open(paths)
            wait(lambda: not sitting.state.scanning)
            sitting.apply(lay_out(sitting.state, layout))
            fresh = [stack.id for stack in sitting.state.stacks if stack.id not in known]
            for at, stack_id in zip(range(layout.size), fresh, strict=False):
                window.grid.series_dropped.emit(at, stack_id)
            cells = window.reading_room.cells
            wait(lambda: all(cell.source is None or cell.source.loaded for cell in cells))

        return self._while_beating(load)

    def _while_beating(self, act: Callable[[], object]) -> Latency:
        heart = Heartbeat(self._window)
        heart.start()
        act()
        latency = heart.stop()
        heart.deleteLater()
        return latency

    def _frames(self, frames: int, act: Callable[[int], None]) -> list[Frame]:
        views = [view for view in self._window.grid.views if view.isVisible()]
        following = {view for view in views if view.plane_shown is not None}
        waiting: set[SliceView] = set()
        painted = [(view, partial(waiting.discard, view)) for view in views]
        for view, slot in painted:
            view.presented.connect(slot)
        made = []
        for number in range(frames + _WARM):
            waiting.update(following)
            clock, working = time.perf_counter(), time.thread_time()
            act(number)
            self._app.processEvents()
            while waiting and time.perf_counter() - clock < _PATIENCE_S:
                self._app.processEvents()
            if number >= _WARM:
                made.append(Frame(time.perf_counter() - clock, time.thread_time() - working))
        for view, slot in painted:
            view.presented.disconnect(slot)
        return made

    def _to_first(self) -> None:
        self._window.perform(Command.FIRST_SLICE)
        rest(0.3)

    def _turn_wheel(self, notches: int) -> None:
        view = self._window.view
        at = QPointF(view.width() / 2, view.height() / 2)
        turned_by = QPoint(0, -notches * _NOTCH)
        none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, view.mapToGlobal(at), QPoint(), turned_by, Qt.MouseButton.NoButton, none, phase, False)
        QApplication.sendEvent(view, event)

    def _mouse(self, view: SliceView, kind: QEvent.Type, at: QPointF) -> None:
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind is QEvent.Type.MouseMove else left
        held = none if kind is QEvent.Type.MouseButtonRelease else left
        event = QMouseEvent(kind, at, view.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view, event)
