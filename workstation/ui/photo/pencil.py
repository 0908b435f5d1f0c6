"""What is being drawn on a picture now: a stroke of the brush or the corners of a polygon, not yet part of a mask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from workstation.domain.projection import XY
from workstation.ui.viewport.gestures import Tool

STEP: Final = 1.25  # one notch of the wheel
_SHARE: Final = 0.04  # of the longer side: the first brush
_DENSITY: Final = 0.1  # of the brush: nearer points change nothing that is seen
_COVER: Final = 110  # alpha of what is drawn while it is under the hand
_CLOSE_PX: Final = 9.0
_UNDER: Final = QColor(0, 0, 0, 200)
_RIM: Final = QColor(255, 255, 255, 230)
_ERASER: Final = QColor(20, 20, 20, 150)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A finished one: where the hand went, in (column, row) of the picture, and how wide the brush was, in pixels."""

    tool: Tool
    points: tuple[XY, ...]
    diameter: float


def first_diameter(rows: int, columns: int) -> float:
    return max(3.0, round(_SHARE * max(rows, columns)))


@dataclass(slots=True)
class Pencil:
    """
    diameter  of the brush, in pixels of the picture; 0: not chosen yet
    colour    of the mask that is drawn
    points    of the stroke under the hand, or corners set so far; `held` while the button is down
    """

    diameter: float = 0.0
    colour: QColor = field(default_factory=lambda: QColor(Qt.GlobalColor.red))
    points: list[XY] = field(default_factory=list)
    held: bool = False

    def press(self, tool: Tool, point: XY) -> None:
        self.held = True
        if tool is not Tool.POLYGON:
            self.points.clear()
        self.points.append(point)

    def move(self, tool: Tool, point: XY) -> None:
        """With the button down. A polygon's border follows a hand that drags."""
        least = self.diameter * _DENSITY if tool is not Tool.POLYGON else 2.0
        if self.held and _apart(self.points[-1], point) >= max(least, 0.5):
            self.points.append(point)

    def release(self, tool: Tool, point: XY) -> Stroke | None:
        """The stroke that ends here; None where corners are still to come."""
        self.held = False
        if tool is Tool.POLYGON or not self.points:
            return None
        if point != self.points[-1]:
            self.points.append(point)
        return self._taken(tool)

    def closes(self, at: QPointF, to_widget: QTransform) -> bool:
        """Whether a press here is on the first corner of a polygon."""
        if len(self.points) < 3:
            return False
        way = to_widget.map(QPointF(*self.points[0])) - at
        return bool(way.manhattanLength() <= _CLOSE_PX)

    def close(self) -> Stroke | None:
        """The polygon from its corners; None where there are too few."""
        if len(self.points) < 3:
            return None
        return self._taken(Tool.POLYGON)

    def let_go(self) -> bool:
        """Leave what is half drawn. Whether there was anything."""
        busy, self.held = bool(self.points), False
        self.points.clear()
        return busy

    def _taken(self, tool: Tool) -> Stroke:
        stroke = Stroke(tool, tuple(self.points), self.diameter)
        self.let_go()
        return stroke

    def paint(self, painter: QPainter, tool: Tool, to_widget: QTransform, pointer: QPointF | None) -> None:
        """What is under the hand, and the brush itself as a circle."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if tool is Tool.POLYGON:
            self._paint_corners(painter, to_widget, pointer)
            return
        across = self.diameter * _scale(to_widget)
        if self.points:
            colour = QColor(_ERASER) if tool is Tool.ERASER else QColor(self.colour)
            if tool is Tool.BRUSH:
                colour.setAlpha(_COVER)
            pen = QPen(colour, across, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            if len(self.points) == 1:
                painter.drawPoint(to_widget.map(QPointF(*self.points[0])))
            else:
                painter.drawPath(to_widget.map(_line(self.points)))
        if pointer is not None:
            for colour, width in ((_UNDER, 3.0), (_RIM, 1.0)):
                painter.setPen(QPen(colour, width))
                painter.drawEllipse(pointer, across / 2, across / 2)

    def _paint_corners(self, painter: QPainter, to_widget: QTransform, pointer: QPointF | None) -> None:
        if not self.points:
            return
        path = to_widget.map(_line(self.points))
        if pointer is not None:
            path.lineTo(pointer)
        for colour, width in ((_UNDER, 4.0), (self.colour, 2.0)):
            painter.setPen(QPen(colour, width))
            painter.drawPath(path)
        painter.setPen(QPen(_RIM, 1.5))
        painter.drawEllipse(to_widget.map(QPointF(*self.points[0])), _CLOSE_PX / 2, _CLOSE_PX / 2)


def _line(points: list[XY]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    return path


def _scale(to_widget: QTransform) -> float:
    """Widget pixels per pixel of the picture."""
    way = to_widget.map(QPointF(1, 0)) - to_widget.map(QPointF(0, 0))
    return float((way.x() ** 2 + way.y() ** 2) ** 0.5)


def _apart(a: XY, b: XY) -> float:
    return float(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)
