"""Paints measures over a slice: lines, handles, and labels that keep off the shapes and one another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QTransform

from workstation.domain.measure import MeasureKind
from workstation.ui.theme import IMAGE_ACCENT, IMAGE_TEXT
from workstation.ui.viewport.labels import place_labels
from workstation.ui.viewport.lettering import draw_text, metrics, text_size
from workstation.ui.viewport.tools.board import DrawnMeasure

HANDLE_PX: Final = 7.0
_LINE_PX: Final = 1.5
_HOVERED_PX: Final = 2.5
_END_PX: Final = 5.0
_TIP_PX: Final = 11.0
_TIP: Final = math.radians(24)
_DOT_PX: Final = 4.0
_COVERED_PX: Final = 12.0
_MOST_COVERED: Final = 24
_CROSS_PX: Final = 6.0
_UNDER: Final = QColor(0, 0, 0)  # opaque: blending under a smooth line costs four times as much
_SHADE: Final = QColor(0, 0, 0, 165)
_SHADE_PX: Final = 3.0
_COLOUR: Final = QColor(IMAGE_ACCENT)
_SELECTED: Final = QColor(IMAGE_TEXT)


@dataclass(frozen=True, slots=True, eq=False)
class PaintedMeasure:
    """Where a measure stands on the widget: for the pointer, and for tests. `lines` is what its label says."""

    id: str
    outline: QPainterPath
    label: QRectF
    lines: tuple[str, ...]


def paint_measures(
    painter: QPainter, drawn: Sequence[DrawnMeasure], to_widget: QTransform, area: QRectF, taken: Sequence[QRectF]
) -> tuple[PaintedMeasure, ...]:
    """From the back to the front, then every label.

    taken  rectangles that no label may cover (corner text, labels of findings)
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    outlines = [outline(one, to_widget) for one in drawn]
    for one, path in zip(drawn, outlines, strict=True):
        _paint_lines(painter, one, path)
        if one.selected and not one.held:
            _paint_handles(painter, one, to_widget)
    anchors = [_anchor(one, path, to_widget) for one, path in zip(drawn, outlines, strict=True)]
    covered = [rect for path in outlines for rect in _covered(path)]
    labels = place_labels(anchors, [_size(one.lines) for one in drawn], [*taken, *covered], area)
    for one, label in zip(drawn, labels, strict=True):
        if one.lines and label.leader is not None:
            _stroke(painter, QPainterPath(), [label.leader], _COLOUR, 1.0)
        _paint_label(painter, one, label.rect)
    painter.restore()
    return tuple(
        PaintedMeasure(one.id, path, label.rect if one.lines else QRectF(), one.lines)
        for one, path, label in zip(drawn, outlines, labels, strict=True)
    )


def outline(one: DrawnMeasure, to_widget: QTransform) -> QPainterPath:
    """All of its lines in widget pixels, ends and tips among them."""
    path = to_widget.map(one.path)
    for dot in one.dots:
        at = to_widget.map(dot)
        if one.kind in (MeasureKind.PROBE, MeasureKind.TEXT):
            for way in (QPointF(_CROSS_PX, 0), QPointF(0, _CROSS_PX)):
                path.moveTo(at - way)
                path.lineTo(at + way)
        else:
            path.addEllipse(at, _DOT_PX, _DOT_PX)
    points = _few_points(one, to_widget)
    if one.kind is MeasureKind.LENGTH and len(points) == 2:
        _add_ends(path, QLineF(points[0], points[1]))
    elif one.kind is MeasureKind.ARROW and len(points) == 2:
        _add_tip(path, QLineF(points[0], points[1]))
    elif one.kind is MeasureKind.ANGLE and len(points) == 3:
        _add_arc(path, points)
    elif one.kind is MeasureKind.COBB and len(points) == 4:
        path.moveTo((points[0] + points[1]) / 2)  # joins the two lines, so that they are seen to belong together
        path.lineTo((points[2] + points[3]) / 2)
    return path


def _few_points(one: DrawnMeasure, to_widget: QTransform) -> list[QPointF]:
    """On the widget; none of a freehand region, whose corners can be many."""
    if one.kind is MeasureKind.FREEHAND:
        return []
    return [to_widget.map(QPointF(*point)) for point in one.points]


def _anchor(one: DrawnMeasure, path: QPainterPath, to_widget: QTransform) -> QRectF:
    """What a label stands beside: a line's end, an angle's vertex, where Cobb's lines are joined; else all of it."""
    points = _few_points(one, to_widget)
    at = None
    if len(points) == 2 or (one.kind is MeasureKind.ANGLE and len(points) == 3):
        at = points[1]
    elif one.kind is MeasureKind.COBB and len(points) == 4:
        at = (points[0] + points[1] + points[2] + points[3]) / 4
    if at is None:
        return path.boundingRect()
    around = QPointF(_END_PX, _END_PX)
    return QRectF(at - around, at + around)


def _covered(path: QPainterPath) -> list[QRectF]:
    """Small rectangles along its lines, which no label may hide."""
    length = path.length()
    count = min(_MOST_COVERED, math.ceil(length / _COVERED_PX))
    side = max(_COVERED_PX, length / count) / 2 if count else 0
    half = QPointF(side, side)
    points = [path.pointAtPercent((number + 0.5) / count) for number in range(count)]
    return [QRectF(point - half, point + half) for point in points]


def _add_ends(path: QPainterPath, line: QLineF) -> None:
    if line.length() == 0:
        return
    across = line.normalVector().unitVector()
    step = QPointF(across.dx(), across.dy()) * _END_PX
    for end in (line.p1(), line.p2()):
        path.moveTo(end - step)
        path.lineTo(end + step)


def _add_tip(path: QPainterPath, line: QLineF) -> None:
    way = math.atan2(line.dy(), line.dx())
    for turn in (_TIP, -_TIP):
        path.moveTo(line.p1())
        path.lineTo(line.p1() + QPointF(math.cos(way + turn), math.sin(way + turn)) * _TIP_PX)


def _add_arc(path: QPainterPath, points: Sequence[QPointF]) -> None:
    """Between the arms, a third of the shorter one from the vertex."""
    first, second = QLineF(points[1], points[0]), QLineF(points[1], points[2])
    radius = min(first.length(), second.length()) / 3
    if radius < 1:
        return
    around = QRectF(points[1].x() - radius, points[1].y() - radius, 2 * radius, 2 * radius)
    sweep = (second.angle() - first.angle() + 180) % 360 - 180
    path.arcMoveTo(around, first.angle())
    path.arcTo(around, first.angle(), sweep)


def _paint_lines(painter: QPainter, one: DrawnMeasure, path: QPainterPath) -> None:
    width = _HOVERED_PX if one.hovered else _LINE_PX
    _stroke(painter, path, [], _SELECTED if one.selected else _COLOUR, width)


def _stroke(painter: QPainter, path: QPainterPath, lines: list[QLineF], colour: QColor, width: float) -> None:
    for pen in (QPen(_UNDER, width + 2), QPen(colour, width)):
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawPath(path)
        painter.drawLines(lines)


def _paint_handles(painter: QPainter, one: DrawnMeasure, to_widget: QTransform) -> None:
    painter.save()
    painter.setPen(QPen(_SELECTED, 1.0))
    painter.setBrush(_UNDER)
    half = QPointF(HANDLE_PX / 2, HANDLE_PX / 2)
    for handle in one.handles:
        at = to_widget.map(QPointF(*handle))
        painter.drawRect(QRectF(at - half, at + half))
    painter.restore()


def _size(lines: Sequence[str]) -> QSizeF:
    sizes = [text_size(line) for line in lines]
    return QSizeF(max((size.width() for size in sizes), default=0), metrics().lineSpacing() * len(lines))


def _paint_label(painter: QPainter, one: DrawnMeasure, rect: QRectF) -> None:
    if one.lines:
        ratio = painter.device().devicePixelRatioF()
        colour = _SELECTED if one.selected else _COLOUR
        made = _label(one.lines, colour.rgba(), ratio)
        left, top = round((rect.left() - _SHADE_PX) * ratio) / ratio, round(rect.top() * ratio) / ratio
        painter.drawImage(QPointF(left, top), made)


@lru_cache(maxsize=64)
def _label(lines: tuple[str, ...], colour: int, ratio: float) -> QImage:
    """Its lines on a shade of their own: figures have to be read on bone as well as on lung."""
    size = _size(lines)
    width, height = math.ceil(size.width() + 2 * _SHADE_PX), math.ceil(size.height())
    made = QImage(math.ceil(width * ratio), math.ceil(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    made.setDevicePixelRatio(ratio)
    made.fill(_SHADE)
    painter = QPainter(made)
    step = metrics().lineSpacing()
    for number, line in enumerate(lines):
        place = QRectF(_SHADE_PX, number * step, size.width(), step)
        draw_text(painter, place, line, QColor.fromRgba(colour))
    painter.end()
    return made
