"""Colours: all of them side by side as wide as their shares, and below each with its code and share."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from workstation.domain.block_words import Bases, share_text
from workstation.domain.blocks import PaletteBlock
from workstation.ui.blocks.parts import PaintedBlock, draw_line, line_height, second_font, text_width
from workstation.ui.speech import Speech
from workstation.ui.theme import current_theme, font

_STRIP_PX: Final = 22.0
_GAP_PX: Final = 8.0
_SWATCH_PX: Final = 26.0


class PaletteView(PaintedBlock[PaletteBlock]):
    def __init__(self, speech: Speech, block: PaletteBlock, bases: Bases, parent: QWidget | None = None) -> None:
        super().__init__(speech, block, bases, parent)
        self._lines = [
            (swatch, self._marked(self._tr(swatch.label), swatch.basis), share_text(swatch))
            for swatch in block.swatches
        ]
        self.setAccessibleName(", ".join(f"{label} {text}" for _, label, text in self._lines))

    def _height_at(self, width: int) -> int:
        return round(_STRIP_PX + _GAP_PX + len(self._lines) * self._step() + 2)

    def _step(self) -> float:
        return line_height(second_font()) + 5

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = int((event.position().y() - _STRIP_PX - _GAP_PX) // self._step())
        if 0 <= place < len(self._lines) and self._lines[place][0].finding:
            self.finding_asked.emit(self._lines[place][0].finding)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, face, bold = current_theme(), second_font(), font(12.0, bold=True)
        edge = QPen(QColor(theme.control), 1.0)  # a colour like the card's own still has a frame
        painter = QPainter(self)
        painter.setPen(edge)
        width = float(self.width()) - 1
        whole = sum(swatch.share for swatch, _, _ in self._lines) or 1.0
        left = 0.0
        for swatch, _, _ in self._lines:
            across = width * swatch.share / whole
            painter.setBrush(QColor(swatch.colour))
            painter.drawRect(QRectF(left, 0, across, _STRIP_PX))
            left += across
        top, height = _STRIP_PX + _GAP_PX, line_height(face)
        for swatch, label, text in self._lines:
            painter.setPen(edge)
            painter.setBrush(QColor(swatch.colour))
            painter.drawRect(QRectF(0, top + 1, _SWATCH_PX, height - 2))
            chosen = bool(swatch.finding) and swatch.finding == self._selected
            tint, figures = theme.accent if chosen else theme.text, text_width(text, bold)
            room = QRectF(_SWATCH_PX + 8, top, width - _SWATCH_PX - 8 - figures - 10, height)
            draw_line(painter, room, label, tint, face)
            right = Qt.AlignmentFlag.AlignRight
            draw_line(painter, QRectF(width - figures - 1, top, figures + 1, height), text, tint, bold, right)
            top += self._step()
        painter.end()
