"""A few large figures side by side, each with its label and unit."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workstation.domain.block_words import Bases
from workstation.domain.blocks import FiguresBlock
from workstation.domain.figures import unit_text, value_text
from workstation.ui.blocks.parts import PaintedBlock, draw_line, line_height, second_font, text_width
from workstation.ui.speech import Speech
from workstation.ui.theme import current_theme, font

_LARGE_PX: Final = 22.0
_GAP: Final = 12.0
_LEAST_PX: Final = 96.0
_MOST: Final = 3


class FiguresView(PaintedBlock[FiguresBlock]):
    def __init__(self, speech: Speech, block: FiguresBlock, bases: Bases, parent: QWidget | None = None) -> None:
        super().__init__(speech, block, bases, parent)
        self._items = [
            (
                self._marked(self._tr(measured.label), measured.basis),
                value_text(measured, speech.language),
                unit_text(measured.unit),
            )
            for measured in block.figures
        ]
        self.setAccessibleName(", ".join(f"{label} {value} {unit}".strip() for label, value, unit in self._items))

    def _across(self, width: float) -> int:
        """As many as fit without cutting a figure or a label."""
        small, large = QFontMetricsF(second_font()), QFontMetricsF(font(_LARGE_PX, bold=True))
        needed = max(
            (
                max(
                    small.horizontalAdvance(label), large.horizontalAdvance(f"{value} ") + small.horizontalAdvance(unit)
                )
                for label, value, unit in self._items
            ),
            default=_LEAST_PX,
        )
        fitting = int((width + _GAP) // (max(needed, _LEAST_PX) + _GAP))
        return max(1, min(_MOST, fitting, len(self._items)))

    def _row_height(self) -> float:
        return line_height(second_font()) + line_height(font(_LARGE_PX, bold=True)) + 2

    def _height_at(self, width: int) -> int:
        across = self._across(width)
        rows = -(-len(self._items) // across)
        return round(rows * (self._row_height() + _GAP) - _GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, small, large = current_theme(), second_font(), font(_LARGE_PX, bold=True)
        painter = QPainter(self)
        across = self._across(self.width())
        width = (self.width() + _GAP) / across - _GAP
        for place, (label, value, unit) in enumerate(self._items):
            left = (place % across) * (width + _GAP)
            top = (place // across) * (self._row_height() + _GAP)
            draw_line(painter, QRectF(left, top, width, line_height(small)), label, theme.second, small)
            below = QRectF(left, top + line_height(small) + 2, width, line_height(large))
            draw_line(painter, below, value, theme.text, large)
            taken = text_width(value, large) + 5
            beside = QRectF(left + taken, below.top() + 3, max(0.0, width - taken), below.height())
            draw_line(painter, beside, unit, theme.second, small)
        painter.end()
