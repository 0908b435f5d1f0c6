"""The bar beside the picture: where in the stack the reader is, where findings are, which slices were looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from workstation.ui.theme import IMAGE_ACCENT, IMAGE_TEXT

WIDTH_PX: Final = 24.0  # what a click has to hit
_BAR_PX: Final = 8.0
_MARGIN_PX: Final = 52.0
_TRACK: Final = QColor(36, 39, 43)


@dataclass(frozen=True, slots=True)
class Tick:
    """A finding's place on the bar."""

    slice_index: int
    colour: QColor
    selected: bool


@dataclass(frozen=True, slots=True)
class Scrubber:
    """`rect` is the bar; slice 0 is at its top."""

    rect: QRectF
    count: int

    @staticmethod
    def beside(area: QRectF, count: int) -> Scrubber:
        """At the right end of the whole view."""
        height = max(16.0, area.height() - 2 * _MARGIN_PX)
        left = area.right() - (WIDTH_PX + _BAR_PX) / 2
        return Scrubber(QRectF(left, area.center().y() - height / 2, _BAR_PX, height), count)

    def hit_by(self, point: QPointF) -> bool:
        return self.count > 1 and self.rect.adjusted(-8, -4, 8, 4).contains(point)

    def slice_at(self, y: float) -> int:
        share = (y - self.rect.top()) / self.rect.height()
        return min(self.count - 1, max(0, int(share * self.count)))

    def top_of(self, slice_index: float) -> float:
        return self.rect.top() + self.rect.height() * slice_index / self.count

    def paint(self, painter: QPainter, slice_index: int, seen: npt.NDArray[np.bool_], ticks: Sequence[Tick]) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_TRACK)
        painter.drawRect(self.rect)
        painter.setBrush(QColor(IMAGE_ACCENT).darker(190))
        turns = np.flatnonzero(np.diff(np.pad(seen, 1).astype(np.int8)))
        for first, end in zip(turns[::2], turns[1::2], strict=True):
            top = self.top_of(int(first))
            painter.drawRect(QRectF(self.rect.left(), top, _BAR_PX, max(1.0, self.top_of(int(end)) - top)))
        for tick in ticks:
            wide = 8.0 if tick.selected else 5.0
            y = self.top_of(tick.slice_index + 0.5)
            painter.setBrush(tick.colour)
            painter.drawRect(QRectF(self.rect.left() - wide, y - 1.5, wide, 3))
        painter.setBrush(QColor(IMAGE_TEXT))
        painter.drawRect(QRectF(self.rect.left() - 3, self.top_of(slice_index + 0.5) - 1.5, _BAR_PX + 6, 3))
