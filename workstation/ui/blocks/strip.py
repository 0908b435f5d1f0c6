"""A chain of places, such as vertebrae and the discs between them: box by box, what is said of each beside it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from workstation.domain.block_words import Bases
from workstation.domain.blocks import Level, StripBlock
from workstation.ui.blocks.parts import PaintedBlock, draw_line, level_colour, line_height, second_font, text_width
from workstation.ui.said import plain_tip
from workstation.ui.speech import Speech
from workstation.ui.theme import current_theme, font

_MAJOR_PX: Final = 24.0
_MINOR_PX: Final = 18.0
_GAP_PX: Final = 2.0
_LEAST_BOX_PX: Final = 44.0


class StripView(PaintedBlock[StripBlock]):
    def __init__(self, speech: Speech, block: StripBlock, bases: Bases, parent: QWidget | None = None) -> None:
        super().__init__(speech, block, bases, parent)
        self._words = [
            self._marked(" · ".join(self._tr(words) for words in item.words), bases.part(item)) for item in block.items
        ]
        face = font(12.0, bold=True)
        widest = max((text_width(item.label, face) for item in block.items), default=0.0)
        self._box_px = max(_LEAST_BOX_PX, widest + 16)
        self.setMouseTracking(True)
        told = (f"{item.label} {words}".strip() for item, words in zip(block.items, self._words, strict=True))
        self.setAccessibleName(", ".join(told))

    def _height_at(self, width: int) -> int:
        return round(sum(self._height(item.minor) + _GAP_PX for item in self._block.items))

    @staticmethod
    def _height(minor: bool) -> float:
        return max(_MINOR_PX if minor else _MAJOR_PX, line_height(second_font()))

    def item_rect(self, place: int) -> QRectF:
        """The whole line of one place."""
        top = sum(self._height(item.minor) + _GAP_PX for item in self._block.items[:place])
        return QRectF(0, top, self.width(), self._height(self._block.items[place].minor))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, face = current_theme(), second_font()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, (item, words) in enumerate(zip(self._block.items, self._words, strict=True)):
            line = self.item_rect(place)
            chosen = bool(item.finding) and item.finding == self._selected
            if chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.control))
                painter.drawRoundedRect(line, 4, 4)
            inset = self._box_px * 0.14 if item.minor else 0.0
            box = QRectF(line.left() + inset, line.top() + 1, self._box_px - 2 * inset, line.height() - 2)
            edge = theme.accent if chosen else theme.warning if item.level is Level.NOTED else theme.line
            painter.setPen(QPen(QColor(edge), 1.5 if item.level is Level.NOTED or chosen else 1.0))
            painter.setBrush(QColor(theme.panel if item.minor else theme.control))
            painter.drawRoundedRect(box, 7 if item.minor else 4, 7 if item.minor else 4)
            middle = Qt.AlignmentFlag.AlignHCenter
            label_face = face if item.minor else font(12.0, bold=True)
            faded = theme.second if item.minor or item.level is Level.FADED else theme.text
            draw_line(painter, box, item.label, faded, label_face, middle)
            said = QRectF(self._box_px + 10, line.top(), line.width() - self._box_px - 12, line.height())
            colour = theme.second if item.level is Level.PLAIN else level_colour(item.level, theme)
            draw_line(painter, said, words, colour, face)
        painter.end()

    def _place_at(self, y: float) -> int | None:
        places = range(len(self._block.items))
        return next((p for p in places if self.item_rect(p).top() <= y <= self.item_rect(p).bottom()), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().y())
        if place is not None and event.button() == Qt.MouseButton.LeftButton and self._block.items[place].finding:
            self.finding_asked.emit(self._block.items[place].finding)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position().y())
        there = place is not None and bool(self._block.items[place].finding)
        self.setCursor(Qt.CursorShape.PointingHandCursor if there else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        """Words that had no room are in the tool tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._place_at(event.pos().y())
            text = self._words[place] if place is not None else ""
            room = self.width() - self._box_px - 12
            if text and text_width(text, second_font()) > room:
                QToolTip.showText(event.globalPos(), plain_tip(text), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)
