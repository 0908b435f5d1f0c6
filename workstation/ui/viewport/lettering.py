"""Text on images: light with a dark outline, legible on lung and on bone."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QTextLayout, QTextOption

from workstation.ui.theme import CORNER_PX, font

OUTLINE: Final = QColor(0, 0, 0, 200)
_QUIET: Final = QColor(164, 168, 175)
_EDGE_PX: Final = 2
_SHADOW: Final = QColor(0, 0, 0, 60)  # laid over itself it is dark between letters too, so that white on white is read
_AROUND: Final = tuple((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y)
_FURTHER: Final = tuple((x, y) for x in (-2, -1, 0, 1, 2) for y in (-2, -1, 0, 1, 2) if max(abs(x), abs(y)) == 2)


@cache
def corner_font() -> QFont:
    return font(CORNER_PX)


@cache
def struck_font() -> QFont:
    struck = QFont(corner_font())
    struck.setStrikeOut(True)
    return struck


@cache
def message_font() -> QFont:
    return font(15.0)


@cache
def watermark_font(size_px: int) -> QFont:
    return font(float(size_px), bold=True)


@cache
def metrics() -> QFontMetricsF:
    return QFontMetricsF(corner_font())


@lru_cache(maxsize=2048)
def text_width(text: str) -> float:
    """Asked for every line of every frame, and mostly the same."""
    return metrics().horizontalAdvance(text)


def text_size(text: str) -> QSizeF:
    return QSizeF(text_width(text), metrics().height())


def draw_text(painter: QPainter, rect: QRectF, text: str, colour: QColor, *, struck: bool = False) -> None:
    """Outlined text, its left at the rectangle's left, centered in its height. A strike gets no outline of its own."""
    if text:
        ratio = painter.device().devicePixelRatioF()
        made = _written(text, colour.rgba(), struck, ratio)
        left, top = rect.left() - _EDGE_PX, rect.center().y() - made.deviceIndependentSize().height() / 2
        # On whole device pixels, or the letters would blur.
        painter.drawImage(QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio), made)


@lru_cache(maxsize=192)  # of 20 KB each; nine views have half as many
def _written(text: str, colour: int, struck: bool, ratio: float) -> QImage:
    """The outlined text as a picture: most of a view's words stay the same from frame to frame."""
    made = _clear(text, ratio)
    painter = QPainter(made)
    for shade, around in ((_SHADOW, _FURTHER), (OUTLINE, _AROUND)):
        written = _clear(text, ratio)  # a picture is laid down several times as fast as letters are
        _write(QPainter(written), text, corner_font(), shade)
        for dx, dy in around:
            painter.drawImage(QPointF(dx, dy), written)
    _write(painter, text, struck_font() if struck else corner_font(), QColor.fromRgba(colour))
    return made


def _clear(text: str, ratio: float) -> QImage:
    """Room for a text and its outline, with nothing in it."""
    size = text_size(text)
    width, height = math.ceil(size.width()) + 2 * _EDGE_PX, math.ceil(size.height()) + 2 * _EDGE_PX
    made = QImage(math.ceil(width * ratio), math.ceil(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made


def _write(painter: QPainter, text: str, face: QFont, pen: QColor) -> None:
    painter.setFont(face)
    painter.setPen(pen)
    painter.drawText(QPointF(_EDGE_PX, _EDGE_PX + metrics().ascent()), text)
    painter.end()


def wrapped(text: str, width: float, face: QFont) -> list[str]:
    """The text in lines no wider than this, broken where its script allows it, or else anywhere."""
    layout = QTextLayout(text, face)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)  # a long name has no place to break
    layout.setTextOption(option)
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
    lines = [(line, colour, message_font()) for line in wrapped(text, width, message_font())]
    lines += [(line, _QUIET, corner_font()) for line in wrapped(second, width, corner_font())] if second else []
    height = QFontMetricsF(message_font()).lineSpacing() + 4
    top = area.center().y() - height * len(lines) / 2
    for number, (line, pen, face) in enumerate(lines):
        painter.setFont(face)
        painter.setPen(pen)
        rect = QRectF(area.left(), top + number * height, area.width(), height)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, line)
