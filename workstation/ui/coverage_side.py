"""Slices that were looked at: told by the views, kept in the state, painted beside the scrubber, written at times."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from workstation.domain.coverage import Attention, Coverage, Glance
from workstation.domain.series import Stack
from workstation.ui.reading.cell_view import CellView
from workstation.ui.reading.room import ReadingRoom
from workstation.ui.sitting import Sitting
from workstation.ui.work_runner import WorkView
from workstation.workspace.coverage import (
    add_coverage,
    coverage_of,
    fitting_groups,
    forget_coverage,
    look,
)
from workstation.workspace.state import Changed

_TICK_MS: Final = 100
_WRITE_MS: Final = 2000
_SHOWN: Final = Changed.COVERAGE | Changed.CHOSEN | Changed.LAYOUT | Changed.STACKS | Changed.RESULTS | Changed.READER


def before_the_eyes(view: QWidget) -> bool:
    """Whether a person can be looking at it: shown, under no dialog of ours, and in the window that has the keyboard,
    or under the pointer (who dictates into another program still scrolls here)."""
    window = view.window().windowHandle()
    if not view.isVisible() or window is None or not window.isExposed() or QApplication.activeModalWidget() is not None:
        return False
    active = QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive
    return (active and view.window().isActiveWindow()) or view.underMouse()


class CoverageSide(QObject):
    """Call `show_changed` with every change, and `close` before the window goes: it writes what is not written yet."""

    def __init__(
        self,
        sitting: Sitting,
        room: ReadingRoom,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        in_sight: Callable[[QWidget], bool] = before_the_eyes,
    ) -> None:
        """`clock`: seconds, only forward. `in_sight`: whether a person can be looking at a view."""
        super().__init__(parent)
        self._sitting, self._room = sitting, room
        self.clock, self.in_sight = clock, in_sight
        self._attention: dict[CellView, Attention] = {}
        self._looked: list[Glance] = []
        self._masks: dict[CellView, npt.NDArray[np.bool_]] = {}
        self._reader = sitting.state.reader.name
        self._asked: set[str] = set()
        self._unwritten: set[str] = set()
        self._listening: set[CellView] = set()
        self._ticking = QTimer(self, interval=_TICK_MS)
        self._ticking.timeout.connect(self.tick)
        self._writing = QTimer(self, interval=_WRITE_MS)
        self._writing.timeout.connect(self.write)
        for timer in (self._ticking, self._writing):
            timer.start()

    def tick(self) -> None:
        """Look at the views, and tell the state of the slices that count by now."""
        for cell in self._room.cells:
            self._see(cell)
            if cell.acquired is not None and cell.view.coverage is not self._masks.get(cell):  # shown anew
                self._paint(cell, cell.acquired)
        state, changed = self._sitting.state, Changed.NOTHING
        for glance in self._looked:
            state, now = look(state, glance)
            changed |= now
            if now:
                self._unwritten.add(glance.stack_id)
        self._looked = []
        self._sitting.apply((state, changed))

    def write(self) -> None:
        """Write what was looked at since the last time."""
        sitting = self._sitting
        for stack_id in sorted(self._unwritten):
            coverage = sitting.state.coverage.get(stack_id)
            if coverage is not None:
                sitting.write(partial(sitting.desk.readings.look, stack_id, self._reader, coverage))
        self._unwritten.clear()

    def close(self) -> None:
        for timer in (self._ticking, self._writing):
            timer.stop()
        self.tick()
        self.write()

    def show_changed(self, changed: Changed) -> None:
        if Changed.READER in changed:
            self._take_reader()
        if not changed & _SHOWN:
            return
        if changed & (Changed.CHOSEN | Changed.LAYOUT):
            self.write()
        for cell in self._room.cells:
            if cell not in self._listening:
                self._listening.add(cell)
                cell.view.presented.connect(partial(self._see, cell))
            if cell.acquired is not None:
                self._ask(cell.acquired)
                self._paint(cell, cell.acquired)

    def _see(self, cell: CellView) -> None:
        """What stands in this view now. Called while it paints, too: the state is told at the next tick."""
        stack, place = cell.acquired, cell.view.in_sight
        glance = None
        if stack is not None and place is not None and self.in_sight(cell.view):
            glance = Glance(stack.id, *place)
        attention, looked = self._attention.get(cell, Attention()).at(glance, self.clock())
        self._attention[cell] = attention
        if looked is not None:
            self._looked.append(looked)

    def _paint(self, cell: CellView, stack: Stack) -> None:
        state = self._sitting.state
        mask = coverage_of(state, stack).mask(fitting_groups(stack, state.result_of(stack.id)))
        self._masks[cell] = mask
        cell.view.show_coverage(mask)

    def _take_reader(self) -> None:
        """Who was nobody gets a name: it is theirs what was looked at. Another reader begins anew."""
        name = self._sitting.state.reader.name
        if name == self._reader:
            return
        nobody = not self._reader
        if not nobody:
            self.write()
        self._reader = name
        self._asked.clear()
        if nobody:
            self._unwritten |= self._sitting.state.coverage.keys()
        else:
            self._looked = []
            self._sitting.apply(forget_coverage(self._sitting.state))

    def _ask(self, stack: Stack) -> None:
        """Once for each series and reader: what was looked at before, also a moment ago by who reads again."""
        if stack.id in self._asked:
            return
        self._asked.add(stack.id)
        desk, reader, runners = self._sitting.desk, self._reader, self._sitting.runners
        runners.when_written(
            lambda: runners.waiting.start(
                lambda _report, _cancel, _part: desk.readings.coverage(stack, reader),
                WorkView[Coverage, None](
                    finished=lambda earlier: self._take(stack.id, reader, earlier), failed=self._sitting.failed
                ),
            )
        )

    def _take(self, stack_id: str, reader: str, earlier: Coverage) -> None:
        if reader == self._reader:
            self._sitting.apply(add_coverage(self._sitting.state, stack_id, earlier))
