"""Words over the picture: corner text, orientation letters, scale bar, watermark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from workstation.domain.geometry import Geometry, direction_letters
from workstation.ui.theme import IMAGE_LETTERS, IMAGE_TEXT
from workstation.ui.viewport.lettering import (
    OUTLINE,
    corner_font,
    draw_text,
    metrics,
    text_width,
    watermark_font,
    wrapped,
)
from workstation.ui.viewport.pose import UPRIGHT, Pose, Way

Letters = tuple[str, str, str, str]  # left, right, top, bottom
SIMULATED_LINES: Final = ("SIMULATED – NOT FOR DIAGNOSIS", "模拟结果 不可用于诊断")
MARGIN_PX: Final = 10.0
_APART: Final = " · "  # between two things that one line says
_BETWEEN_PX: Final = 26.0  # of half a view: the margin, and room for a letter in the middle
_OPPOSITE: Final = str.maketrans("LRAPHF", "RLPAFH")
_WATERMARK: Final = QColor(224, 96, 74, 80)
_WATERMARK_EDGE: Final = QColor(0, 0, 0, 60)


class Corner(Enum):
    """Whether a block of text stands left, and whether on top."""

    TOP_LEFT = (True, True)
    TOP_RIGHT = (False, True)
    BOTTOM_LEFT = (True, False)
    BOTTOM_RIGHT = (False, False)


@dataclass(frozen=True, slots=True)
class CornerLine:
    """`rank`: which lines give way where the view is small, the highest first; 0 stays whatever happens."""

    text: str
    colour: str = IMAGE_TEXT
    rank: int = 1


@dataclass(frozen=True, slots=True)
class PlacedLine:
    rect: QRectF
    line: CornerLine


def lay_out(corner: Corner, lines: Sequence[CornerLine], area: QRectF, *, whole: bool = False) -> list[PlacedLine]:
    """Lines from the corner inwards, broken where they are wider than half the view, or than the whole.

    They run over the whole, too, where half of it would tear a word that has to stay; the letter keeps its row then.
    """
    left, top = corner.value
    height = metrics().lineSpacing() + 1
    widest, away = area.width() - 2 * MARGIN_PX, 0.0
    if not whole:
        half = area.width() / 2 - _BETWEEN_PX
        tears = any(not line.rank and _tears(line, half) for line in lines)
        widest, away = (widest, height) if tears else (half, away)
    lines = [part for line in lines for part in _broken(line, widest)]
    start = area.top() + MARGIN_PX - 2 + away if top else area.bottom() - MARGIN_PX + 2 - away - height * len(lines)
    placed = []
    for number, line in enumerate(lines):
        width = text_width(line.text)
        x = area.left() + MARGIN_PX if left else area.right() - MARGIN_PX - width
        placed.append(PlacedLine(QRectF(x, start + number * height, width, height), line))
    return placed


def _broken(line: CornerLine, width: float) -> list[CornerLine]:
    """Between the things it says; one that is still too wide is broken where its script allows it, or else left out if
    the line can give way: a figure torn from its unit would be read wrongly."""
    if line.rank and _tears(line, width):
        return []
    return [replace(line, text=text) for part in _parts(line, width) for text in _wrapped(part, width)]


def _tears(line: CornerLine, width: float) -> bool:
    """Whether a word or a figure of it is wider than that."""
    return any(_torn(part, _wrapped(part, width)) for part in _parts(line, width))


def _parts(line: CornerLine, width: float) -> list[str]:
    """The things it says, as many in a line as there is room for."""
    parts: list[str] = []
    for said in line.text.split(_APART):
        longer = f"{parts[-1]}{_APART}{said}" if parts else said
        if parts and text_width(longer) <= width:
            parts[-1] = longer
        else:
            parts.append(said)
    return parts


def _torn(text: str, lines: Sequence[str]) -> bool:
    """Whether a word or a figure goes on in the next line; Chinese may break anywhere."""
    at = 0
    for line in lines[:-1]:
        at = text.index(line, at) + len(line)
        if text[at - 1 : at + 1].isascii() and not text[at].isspace():
            return True
    return False


def _wrapped(text: str, width: float) -> list[str]:
    if text_width(text) <= width:
        return [text]
    # A figure stays with its unit, and two with the sign between them.
    together = text.replace(" mm", "\u00a0mm").replace(" × ", "\u00a0×\u00a0")
    return [part.replace("\u00a0", " ") for part in wrapped(together, width, corner_font())]


def edge_letters(geometry: Geometry, pose: Pose = UPRIGHT) -> Letters:
    """Patient directions at the left, right, top and bottom edge of the screen, from the cosines."""
    return letters_of((direction_letters(geometry.row_cosine), direction_letters(geometry.column_cosine)), pose)


def letters_of(directions: tuple[str, str], pose: Pose = UPRIGHT) -> Letters:
    """The same from where rows and columns lead: ("L", "F") stands for a chest seen from the front."""
    at: dict[Way, str] = {}
    for letters, (right, down) in zip(directions, pose.ways, strict=True):
        at[(right, down)], at[(-right, -down)] = letters, letters.translate(_OPPOSITE)
    return (at[(-1, 0)], at[(1, 0)], at[(0, -1)], at[(0, 1)])


def letter_rects(letters: Letters, area: QRectF) -> list[QRectF]:
    height = metrics().height()
    rects = []
    for text, (x, y) in zip(letters, ((0.0, 0.5), (1.0, 0.5), (0.5, 0.0), (0.5, 1.0)), strict=True):
        width = text_width(text)
        left = area.left() + MARGIN_PX + x * (area.width() - 2 * MARGIN_PX - width)
        top = area.top() + MARGIN_PX - 2 + y * (area.height() - 2 * MARGIN_PX + 4 - height)
        rects.append(QRectF(left, top, width, height))
    return rects


def paint_letters(painter: QPainter, letters: Sequence[PlacedLine]) -> None:
    for placed in letters:
        draw_text(painter, placed.rect, placed.line.text, QColor(IMAGE_LETTERS))


def nice_length_mm(longest_mm: float) -> float:
    """The largest of 1, 2, 5 × a power of ten that is not longer."""
    power = 10.0 ** math.floor(math.log10(longest_mm))
    return max((step * power for step in (1, 2, 5) if step * power <= longest_mm * (1 + 1e-9)), default=power)


def length_text(length_mm: float) -> str:
    """`5 cm`, `5 mm`: centimetres from one on."""
    return f"{length_mm / 10:g} cm" if length_mm >= 10 else f"{length_mm:g} mm"


def paint_scale_bar(painter: QPainter, right: QPointF, length_px: float) -> None:
    """A bar with end ticks, ending at `right`."""
    x, y = round(right.x()), round(right.y())
    left = x - length_px
    for colour, width in ((OUTLINE, 3.0), (QColor(IMAGE_TEXT), 1.0)):
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        painter.drawLine(QPointF(left, y), QPointF(x, y))
        painter.drawLine(QPointF(left, y - 4), QPointF(left, y + 4))
        painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 4))


def paint_legend(painter: QPainter, rect: QRectF, texts: Sequence[PlacedLine], colours: QImage) -> None:
    """`colours`: from the highest value to the lowest, one pixel wide."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(rect, colours, QRectF(colours.rect()))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(OUTLINE, 3.0))
    painter.drawRect(rect.adjusted(-1.5, -1.5, 1.5, 1.5))
    painter.setPen(QPen(QColor(IMAGE_TEXT), 1.0))
    painter.drawRect(rect.adjusted(-1, -1, 1, 1))
    for placed in texts:
        draw_text(painter, placed.rect, placed.line.text, QColor(placed.line.colour))


def watermark(width: int, height: int, ratio: float) -> QImage:
    """The warning of simulated results, diagonal over the whole view in both languages, again and again."""
    made = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    size = max(14, min(width, height) // 26)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(watermark_font(size))
    painter.translate(width / 2, height / 2)
    painter.rotate(-30)
    reach = math.hypot(width, height)
    step = size * 7.0
    for band in range(-math.ceil(reach / step / 2), math.ceil(reach / step / 2) + 1):
        for number, text in enumerate(SIMULATED_LINES):
            rect = QRectF(-reach / 2, band * step + number * size * 1.7, reach, size * 1.7)
            for colour, offset in ((_WATERMARK_EDGE, 1.0), (_WATERMARK, 0.0)):
                painter.setPen(colour)
                painter.drawText(rect.translated(offset, offset), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return made
