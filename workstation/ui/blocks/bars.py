"""Shares as bars, one below the other: label and figure, and under them the bar."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workstation.domain.block_words import Bases
from workstation.domain.blocks import BarsBlock
from workstation.ui.blocks.parts import PaintedBlock, draw_line, line_height, second_font, text_width
from workstation.ui.speech import Speech
from workstation.ui.theme import current_theme, font

_BAR_PX: Final = 6.0
_GAP_PX: Final = 10.0


class BarsView(PaintedBlock[BarsBlock]):
    def __init__(self, speech: Speech, block: BarsBlock, bases: Bases, parent: QWidget | None = None) -> None:
        super().__init__(speech, block, bases, parent)
        self._lines = [(self._marked(self._tr(bar.label), bar.basis), bar.text, bar.share) for bar in block.bars]
        self.setAccessibleName(", ".join(f"{label} {text}" for label, text, _ in self._lines))

    def _height_at(self, width: int) -> int:
        return round(len(self._lines) * self._step() - _GAP_PX + 2)

    def _step(self) -> float:
        return line_height(second_font()) + 3 + _BAR_PX + _GAP_PX

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, face, bold = current_theme(), second_font(), font(12.0, bold=True)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, width = 0.0, float(self.width())
        for label, text, share in self._lines:
            height = line_height(face)
            figures = text_width(text, bold)
            draw_line(painter, QRectF(0, top, width - figures - 10, height), label, theme.text, face)
            right = Qt.AlignmentFlag.AlignRight
            draw_line(painter, QRectF(width - figures - 1, top, figures + 1, height), text, theme.text, bold, right)
            whole = QRectF(0, top + height + 3, width, _BAR_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.control))
            painter.drawRoundedRect(whole, 3, 3)
            part = QRectF(whole)
            part.setWidth(width * min(1.0, max(0.0, share)))
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(part, min(3.0, part.width() / 2), 3)
            top += self._step()
        painter.end()
