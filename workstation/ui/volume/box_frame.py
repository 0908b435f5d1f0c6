"""The box that a volume is cut to, as hands take it: its edges, and a handle on each face."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from workstation.domain.geometry import Vector, dot
from workstation.imaging.rendering.scene import Box, Camera, Face
from workstation.ui.theme import IMAGE_ACCENT

FACES: Final = tuple(Face(axis, upper) for axis in range(3) for upper in (False, True))
_REACH_PX: Final = 12.0
_HANDLE_PX: Final = 5.0
_ALONG: Final = 0.2  # of its length, that a direction has to show for a hand to follow it
_EDGE: Final = QColor(255, 255, 255, 130)
_UNDER: Final = QColor(0, 0, 0, 200)

PlaceOf = Callable[[Vector], QPointF]


def middle_of(box: Box, face: Face) -> Vector:
    shares = [0.5, 0.5, 0.5]
    shares[face.axis] = float(face.upper)
    return box.point((shares[0], shares[1], shares[2]))


def outward(box: Box, face: Face) -> Vector:
    x, y, z = box.axes[face.axis]
    return (x, y, z) if face.upper else (-x, -y, -z)


def face_at(box: Box, at: QPointF, camera: Camera, place_of: PlaceOf) -> Face | None:
    """The face whose handle is under the hand; one that looks at the eye has none, for nobody could pull it."""
    near = [
        (QLineF(at, place_of(middle_of(box, face))).length(), number)
        for number, face in enumerate(FACES)
        if _shows(box, face, camera)
    ]
    distance, number = min(near, default=(_REACH_PX + 1, 0))
    return FACES[number] if distance <= _REACH_PX else None


def pulled_mm(box: Box, face: Face, way: QPointF, camera: Camera, mm_per_px: float) -> float:
    """How far outwards a hand that goes `way` on the screen takes a face."""
    across, along = dot(outward(box, face), camera.right), -dot(outward(box, face), camera.up)
    return (way.x() * across + way.y() * along) * mm_per_px / (across**2 + along**2)


def paint_box(painter: QPainter, box: Box, camera: Camera, place_of: PlaceOf, held: Face | None) -> None:
    ends = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
    edges = []
    for axis in range(3):
        for a, b in ends:
            sides = [[*[a, b][:axis], end, *[a, b][axis:]] for end in (0.0, 1.0)]
            first, last = (place_of(box.point((x, y, z))) for x, y, z in sides)
            edges.append(QLineF(first, last))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((_UNDER, 2.5), (_EDGE, 1.0)):
        painter.setPen(QPen(colour, width))
        painter.drawLines(edges)
    for face in FACES:
        if _shows(box, face, camera):
            painter.setPen(QPen(_UNDER, 1.5))
            painter.setBrush(QColor(IMAGE_ACCENT) if face == held else QColor(Qt.GlobalColor.white))
            painter.drawEllipse(place_of(middle_of(box, face)), _HANDLE_PX, _HANDLE_PX)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _shows(box: Box, face: Face, camera: Camera) -> bool:
    return dot(outward(box, face), camera.toward) ** 2 <= 1 - _ALONG**2
