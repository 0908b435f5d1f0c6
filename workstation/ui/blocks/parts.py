"""What every block's widget is made from: the block, how it is said, and where its values come from."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workstation.domain.block_words import BASIS_CHIPS, Bases
from workstation.domain.blocks import Block, Level
from workstation.domain.finding import Basis
from workstation.domain.words import Words
from workstation.ui.speech import Speech
from workstation.ui.theme import Theme, font

B = TypeVar("B", bound=Block)


class BlockView(QWidget, Generic[B]):
    """One block for good: another language or result makes another one. finding_asked: id of the finding clicked."""

    finding_asked = Signal(str)

    def __init__(self, speech: Speech, block: B, bases: Bases, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._block, self._bases = speech, block, bases
        self._mixed = bases.mixed(block)
        self._selected = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_selected(self, finding_id: str) -> None:
        """The finding that is selected in the list and the picture; "" for none."""
        if finding_id != self._selected:
            self._selected = finding_id
            self.update()

    def _tr(self, words: Words) -> str:
        return self._speech.tr(words)

    def _marked(self, text: str, basis: Basis) -> str:
        """A simulated value among others says so itself."""
        if not self._mixed or basis is not Basis.SIMULATED:
            return text
        return f"{text} ({self._tr(BASIS_CHIPS[basis])})".strip()


class PaintedBlock(BlockView[B]):
    """A block painted by hand. It has the height that it needs at its width."""

    def _height_at(self, width: int) -> int:
        raise NotImplementedError

    def sizeHint(self) -> QSize:
        return QSize(280, self._height_at(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(self._height_at(event.size().width()))


def second_font() -> QFont:
    return font(12.0)


def line_height(face: QFont) -> float:
    return QFontMetricsF(face).height()


def text_width(text: str, face: QFont) -> float:
    return QFontMetricsF(face).horizontalAdvance(text)


def draw_line(
    painter: QPainter,
    area: QRectF,
    text: str,
    colour: str,
    face: QFont,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line of text, cut with … where there is no room."""
    painter.setFont(face)
    painter.setPen(QColor(colour))
    cut = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 0.5)
    painter.drawText(area, align | Qt.AlignmentFlag.AlignVCenter, cut)


def level_colour(level: Level, theme: Theme) -> str:
    return {Level.PLAIN: theme.text, Level.NOTED: theme.warning, Level.FADED: theme.second}[level]
