"""Small signs drawn by the program itself: no font has to have them, and they are sharp on any screen."""

from __future__ import annotations

from enum import Enum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QToolButton, QWidget

from workstation.domain.words import Words
from workstation.ui.keys import Command
from workstation.ui.said import keyed, plain_tip
from workstation.ui.speech import Speech
from workstation.ui.theme import TARGET, current_theme


class Sign(Enum):
    """Lines in a unit square, y down."""

    CHECK = (((0.12, 0.55), (0.40, 0.82), (0.90, 0.20)),)
    CROSS = (((0.18, 0.18), (0.82, 0.82)), ((0.82, 0.18), (0.18, 0.82)))
    DOWN = (((0.15, 0.35), (0.50, 0.70), (0.85, 0.35)),)
    LEFT_PANEL = (((0.0, 0.1), (1.0, 0.1), (1.0, 0.9), (0.0, 0.9), (0.0, 0.1)), ((0.36, 0.1), (0.36, 0.9)))
    BACK = (
        ((0.35, 0.1), (0.08, 0.38), (0.35, 0.66)),
        ((0.08, 0.38), (0.65, 0.38), (0.9, 0.6), (0.65, 0.88), (0.3, 0.88)),
    )
    FLOAT = (
        ((0.55, 0.08), (0.92, 0.08), (0.92, 0.45)),
        ((0.92, 0.08), (0.5, 0.5)),
        ((0.35, 0.2), (0.08, 0.2), (0.08, 0.92), (0.8, 0.92), (0.8, 0.65)),
    )
    PAGE = (
        ((0.15, 0.0), (0.65, 0.0), (0.85, 0.22), (0.85, 1.0), (0.15, 1.0), (0.15, 0.0)),
        ((0.35, 0.48), (0.65, 0.48)),
        ((0.35, 0.72), (0.65, 0.72)),
    )
    OUTLINE = (((0.28, 0.05), (0.75, 0.12), (0.98, 0.5), (0.7, 0.95), (0.22, 0.85), (0.03, 0.42), (0.28, 0.05)),)
    MARKS = (((0.0, 1.0), (0.55, 0.45)), ((0.55, 0.12), (0.88, 0.12), (0.88, 0.45), (0.55, 0.45), (0.55, 0.12)))
    TARGET = (
        ((0.5, 0.0), (0.5, 0.3)), ((0.5, 0.7), (0.5, 1.0)), ((0.0, 0.5), (0.3, 0.5)), ((0.7, 0.5), (1.0, 0.5)),
        ((0.5, 0.12), (0.88, 0.5), (0.5, 0.88), (0.12, 0.5), (0.5, 0.12)),
    )  # fmt: skip
    GRID = (
        ((0.05, 0.05), (0.95, 0.05), (0.95, 0.95), (0.05, 0.95), (0.05, 0.05)),
        ((0.05, 0.5), (0.95, 0.5)),
        ((0.5, 0.05), (0.5, 0.95)),
    )
    BOX = (
        ((0.0, 0.1), (1.0, 0.1), (1.0, 0.38), (0.0, 0.38), (0.0, 0.1)),
        ((0.1, 0.38), (0.1, 0.95), (0.9, 0.95), (0.9, 0.38)),
        ((0.38, 0.6), (0.62, 0.6)),
    )
    RIGHT_PANEL = (((0.0, 0.1), (1.0, 0.1), (1.0, 0.9), (0.0, 0.9), (0.0, 0.1)), ((0.64, 0.1), (0.64, 0.9)))


# What an object of each kind is like; all others are like a page of text.
OBJECT_SIGNS: Final = {
    "archive": Sign.BOX,
    "dicomdir": Sign.BOX,
    "seg": Sign.OUTLINE,
    "nifti-labels": Sign.OUTLINE,
    "surface-seg": Sign.OUTLINE,
    "surface-scan": Sign.OUTLINE,
    "mesh": Sign.OUTLINE,
    "tractography": Sign.OUTLINE,
    "rt-structure": Sign.OUTLINE,
    "rt-dose": Sign.TARGET,
    "rt-plan": Sign.TARGET,
    "rt": Sign.TARGET,
    "presentation-state": Sign.MARKS,
    "annotation": Sign.MARKS,
    "key-object": Sign.MARKS,
    "fiducials": Sign.MARKS,
    "parametric-map": Sign.GRID,
    "real-world-map": Sign.GRID,
    "registration": Sign.GRID,
}


def paint_sign(painter: QPainter, sign: Sign, area: QRectF, colour: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in sign.value:
        points = [QPointF(area.left() + x * area.width(), area.top() + y * area.height()) for x, y in line]
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        painter.drawPath(path)


class SignButton(QToolButton):
    """A button with a sign. It never stands without words: they are its tool tip and its accessible name."""

    def __init__(
        self,
        speech: Speech,
        sign: Sign,
        words: Words,
        *,
        kind: str = "sign",
        command: Command | None = None,
        size: int = TARGET,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._speech, self._sign, self._words, self._command = speech, sign, words, command
        self.setProperty("kind", kind)
        self.setFixedSize(size, size)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        speech.changed.connect(self._render)
        self._render()

    def say(self, words: Words) -> None:
        self._words = words
        self._render()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = current_theme()
        kind = self.property("kind")
        chosen = {"accept": theme.good, "reject": theme.bad}.get(kind, theme.text) if self.isChecked() else theme.second
        painter = QPainter(self)
        side = 12 if kind == "sign" else 11
        area = QRectF(0, 0, side, side)
        area.moveCenter(QRectF(self.rect()).center())
        paint_sign(
            painter, self._sign, area, QColor(theme.text if self.underMouse() and not self.isChecked() else chosen)
        )
        painter.end()

    def _render(self) -> None:
        said = self._speech.tr(self._words)
        self.setAccessibleName(said)
        self.setToolTip(plain_tip(keyed(said, self._command)))


class SignCombo(QComboBox):
    """A list to choose from; its arrow is ours, so that it looks alike everywhere."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        area = QRectF(self.width() - 18, self.height() / 2 - 4, 8, 8)
        paint_sign(painter, Sign.DOWN, area, QColor(current_theme().second))
        painter.end()


class SignMark(QWidget):
    """A sign beside words, such as the arrow of a button that opens a menu."""

    def __init__(self, sign: Sign, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(QSize(9, 12))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_sign(painter, self._sign, QRectF(1, 2, 7, 7), QColor(current_theme().second))
        painter.end()
