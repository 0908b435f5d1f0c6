"""A small cube beside the 3-D picture, turned as the patient is: each face has its side's letter, and leads there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF, QTransform

from workstation.domain.geometry import Vector, dot
from workstation.imaging.rendering.scene import Camera
from workstation.ui.viewport.lettering import corner_font

SIDES: Final[dict[str, Vector]] = {
    "L": (1.0, 0.0, 0.0),
    "R": (-1.0, 0.0, 0.0),
    "P": (0.0, 1.0, 0.0),
    "A": (0.0, -1.0, 0.0),
    "H": (0.0, 0.0, 1.0),
    "F": (0.0, 0.0, -1.0),
}
SIZE_PX: Final = 64.0  # of the square that it turns in
_HALF: Final = SIZE_PX / 3.6  # of an edge: a cube seen along its diagonal stays within
_READABLE: Final = 0.25  # a face nearer to the edge has no letter


def paint_cube(painter: QPainter, square: QRectF, camera: Camera) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for letter, side in SIDES.items():
        facing = dot(side, camera.toward)
        if facing <= 0:
            continue
        tone = round(70 + 110 * facing)
        painter.setPen(QPen(QColor(15, 18, 22), 1.0))
        painter.setBrush(QColor(tone, tone + 6, tone + 12))
        painter.drawPolygon(_face(side, square, camera))
        if facing > _READABLE:
            _letter(painter, letter, side, square, camera)
    painter.restore()


def side_at(at: QPointF, square: QRectF, camera: Camera) -> str:
    """The letter of the face there; "" for none."""
    seen = [letter for letter, side in SIDES.items() if dot(side, camera.toward) > 0]
    inside = [one for one in seen if _face(SIDES[one], square, camera).containsPoint(at, Qt.FillRule.WindingFill)]
    return inside[0] if inside else ""


def _ways(side: Vector) -> tuple[Vector, Vector]:
    """Right and down on a face, as it is read from before it."""
    seen = Camera(at=(0.0, 0.0, 0.0)).seen_from(side)
    return seen.right, (-seen.up[0], -seen.up[1], -seen.up[2])


def _face(side: Vector, square: QRectF, camera: Camera) -> QPolygonF:
    right, down = _ways(side)
    return QPolygonF(
        [
            _on_screen(tuple(s + a * r + b * d for s, r, d in zip(side, right, down, strict=True)), square, camera)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]
    )


def _on_screen(point: tuple[float, ...], square: QRectF, camera: Camera) -> QPointF:
    at = (point[0], point[1], point[2])
    middle = square.center()
    return QPointF(middle.x() + _HALF * dot(at, camera.right), middle.y() - _HALF * dot(at, camera.up))


def _letter(painter: QPainter, letter: str, side: Vector, square: QRectF, camera: Camera) -> None:
    """It lies on its face."""
    right, down = _ways(side)
    x, y = _on_screen(right, square, camera) - square.center(), _on_screen(down, square, camera) - square.center()
    middle = _on_screen(side, square, camera)
    turn = QTransform(x.x() / _HALF, x.y() / _HALF, y.x() / _HALF, y.y() / _HALF, middle.x(), middle.y())
    painter.save()
    painter.setTransform(turn, True)
    font = QFont(corner_font())  # that one is everybody's
    font.setBold(True)
    font.setPixelSize(round(_HALF * 1.25))
    painter.setFont(font)
    painter.setPen(QColor(10, 12, 16))
    painter.drawText(QRectF(-_HALF, -_HALF, 2 * _HALF, 2 * _HALF), Qt.AlignmentFlag.AlignCenter, letter)
    painter.restore()
