"""Which window a series is shown with: the reader's, the file's, a preset, or what the values themselves ask for."""

from __future__ import annotations

import copy

from PySide6.QtCore import QPointF, QSize

from workstation.domain.series import VoiFunction, VoiWindow
from workstation.imaging.pixels.voi import EXACT_BELOW, preset
from workstation.ui.keys import Command, hands
from workstation.ui.viewport.presets import PRESETS, window_of_range
from workstation.ui.viewport.source import SliceSource, data_range

_FINEST = 1000  # of a small range of values so many windows lie side by side
WINDOW_COMMANDS = frozenset((Command.WINDOW_AUTO, Command.WINDOW_FILE, *PRESETS))


class Windowing:
    """The window of one source. `shown` is None as long as nothing said which and no slice is loaded."""

    def __init__(
        self, source: SliceSource, window: VoiWindow | None = None, file_windows: tuple[VoiWindow, ...] = ()
    ) -> None:
        self._source = source
        self._file = file_windows
        usual = preset("mediastinum") if source.unit == "HU" else None
        self._first = self.shown = window or (file_windows[0] if file_windows else usual)
        self._range: tuple[float, float] | None = None
        self._slice = 0

    @property
    def first(self) -> VoiWindow | None:
        """What the series was opened with."""
        return self._first

    @property
    def span(self) -> tuple[float, float] | None:
        """Nearly all values lie between these; None as long as nothing had to know."""
        return self._range

    def over(self, source: SliceSource) -> Windowing:
        """The same choice for another plane of the same volume."""
        there = copy.copy(self)
        there._source, there._slice = source, 0
        return there

    def settle(self, k: int) -> VoiWindow:
        """The window to paint slice k with, which is loaded."""
        self._slice = k
        if self.shown is None:
            self._first = self.shown = self.automatic()
        return self.shown or VoiWindow(center=0.0, width=1.0)

    def possible(self, command: Command) -> bool:
        """Presets are in HU, so they need values in HU."""
        if command is Command.WINDOW_FILE:
            return bool(self._file)
        return command is Command.WINDOW_AUTO or self._source.unit == "HU"

    def chosen(self, command: Command) -> VoiWindow | None:
        """The window of a command; None where it is not possible here. The file's windows take turns."""
        if not self.possible(command):
            return None
        if command is Command.WINDOW_FILE:
            at = self._file.index(self.shown) + 1 if self.shown in self._file else 0
            return self._file[at % len(self._file)]
        return PRESETS.get(command) or self.automatic()

    def automatic(self) -> VoiWindow | None:
        limits = self._limits()
        return window_of_range(*limits) if limits is not None else None

    def dragged(self, way: QPointF, size: QSize) -> VoiWindow | None:
        """Right is wider, down raises the level, unless the reader has it otherwise.

        The whole view is as wide as the data's own range, whatever unit.
        """
        limits = self._limits()
        if limits is None or self.shown is None:
            return None
        span = limits[1] - limits[0]
        small = 0 < span < EXACT_BELOW
        least, function = (span / _FINEST, VoiFunction.EXACT) if small else (1.0, VoiFunction.LINEAR)
        across, down = -1 if hands().narrows_right else 1, -1 if hands().lowers_down else 1
        width = max(least, self.shown.width + across * way.x() / max(1, size.width()) * span)
        center = self.shown.center + down * way.y() / max(1, size.height()) * span
        return VoiWindow(center=center, width=width, function=function)

    def _limits(self) -> tuple[float, float] | None:
        if self._range is None:
            self._range = data_range(self._source, self._slice)
        return self._range
