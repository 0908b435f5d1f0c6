"""Text on images: light with a dark outline, legible on lung and on bone."""

from __future__ import annotations

from functools import cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextLayout

from workstation.ui.theme import CORNER_PX, font

OUTLINE: Final = QColor(0, 0, 0, 200)
_AROUND: Final = ((-1, -1), (1, -1), (-1, 1), (1, 1))


@cache
def corner_font() -> QFont:
    return font(CORNER_PX)


@cache
def struck_font() -> QFont:
    struck = QFont(corner_font())
    struck.setStrikeOut(True)
    return struck


@cache
def watermark_font(size_px: int) -> QFont:
    return font(float(size_px), bold=True)


@cache
def metrics() -> QFontMetricsF:
    return QFontMetricsF(corner_font())


def text_size(text: str) -> QSizeF:
    return QSizeF(metrics().horizontalAdvance(text), metrics().height())


def draw_text(painter: QPainter, rect: QRectF, text: str, colour: QColor, *, struck: bool = False) -> None:
    """Outlined text, its left at the rectangle's left, centered in its height. A strike gets no outline of its own."""
    painter.setFont(corner_font())
    base = QPointF(rect.left(), rect.center().y() + (metrics().ascent() - metrics().descent()) / 2)
    painter.setPen(OUTLINE)
    for dx, dy in _AROUND:
        painter.drawText(base + QPointF(dx, dy), text)
    if struck:
        painter.setFont(struck_font())
    painter.setPen(colour)
    painter.drawText(base, text)


def wrapped(text: str, width: float) -> list[str]:
    """The text in lines no wider than this, broken where its script allows it."""
    layout = QTextLayout(text, corner_font())
    lines: list[str] = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        lines.append(text[line.textStart() : line.textStart() + line.textLength()].strip())
    layout.endLayout()
    return lines


def draw_message(painter: QPainter, area: QRectF, text: str, second: str, colour: QColor) -> None:
    """One sentence in the middle, and a quieter one below."""
    width = max(80.0, area.width() - 48)
    lines = [(line, colour) for line in wrapped(text, width)]
    lines += [(line, QColor(164, 168, 175)) for line in wrapped(second, width)] if second else []
    height = metrics().lineSpacing() + 4
    top = area.center().y() - height * len(lines) / 2
    painter.setFont(corner_font())
    for number, (line, pen) in enumerate(lines):
        painter.setPen(pen)
        painter.drawText(
            QRectF(area.left(), top + number * height, area.width(), height), Qt.AlignmentFlag.AlignCenter, line
        )
