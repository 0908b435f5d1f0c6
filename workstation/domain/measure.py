"""What a reader measured or noted on a picture: points in the patient, and the plane that they were drawn on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import numpy as np

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Vector
from workstation.domain.projection import Dot, Mark, ViewPlane, project
from workstation.domain.shapes import Contour, Line, Point, Polyline, Shape
from workstation.domain.slab import NO_SLAB, Slab

_ROUND: Final = 96  # corners of the polygon that an ellipse is painted as
_SAME_WAY: Final = 1e-4  # of the cosine: planes that are parallel


class MeasureKind(StrEnum):
    LENGTH = "length"
    ANGLE = "angle"
    COBB = "cobb"
    ELLIPSE = "ellipse"
    RECTANGLE = "rectangle"
    FREEHAND = "freehand"
    PROBE = "probe"
    ARROW = "arrow"
    TEXT = "text"

    @property
    def region(self) -> bool:
        """Whether it holds pixels, of which there is a mean."""
        return self in (MeasureKind.ELLIPSE, MeasureKind.RECTANGLE, MeasureKind.FREEHAND)

    @property
    def valued(self) -> bool:
        """Whether it tells something of the pixels' values."""
        return self.region or self is MeasureKind.PROBE


POINTS: Final[Mapping[MeasureKind, int]] = {
    MeasureKind.LENGTH: 2,
    MeasureKind.ANGLE: 3,
    MeasureKind.COBB: 4,
    MeasureKind.ELLIPSE: 4,
    MeasureKind.RECTANGLE: 4,
    MeasureKind.PROBE: 1,
    MeasureKind.ARROW: 2,
    MeasureKind.TEXT: 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing measured on one series.

    stack_id   the series it is kept with
    points     LPS mm; where `in_pixels`, (column, row, number of the picture from 0). A line's ends; an angle's start,
               vertex and end; the ends of Cobb's first and second line; the corners, in order around it, of a
               rectangle or of the rectangle around an ellipse; the corners of a freehand region; an arrow's tip, then
               its tail
    plane      what it was drawn on, in the frame of its points
    in_pixels  the picture has no place in a patient
    slab       how much of the patient that plane stood for
    text       the reader's own words
    by         the reader's name; `at` aware, UTC

    raises BAD_GEOMETRY where a point is missing or not finite
    """

    id: str
    stack_id: str
    kind: MeasureKind
    points: tuple[Vector, ...]
    plane: ViewPlane
    in_pixels: bool = False
    slab: Slab = NO_SLAB
    text: str = ""
    by: str = ""
    at: datetime

    def __post_init__(self) -> None:
        count = len(self.points)
        wanted = POINTS.get(self.kind)
        if count < 3 if wanted is None else count != wanted:
            raise WorkstationError(ErrorCode.BAD_GEOMETRY)
        if not all(math.isfinite(value) for point in self.points for value in point):
            raise WorkstationError(ErrorCode.BAD_GEOMETRY)


def picture_plane(rows: int, columns: int, number: int) -> ViewPlane:
    """The plane of a picture without a place in a patient: x is its column, y its row, z its number from 0."""
    return ViewPlane(
        position=(0.0, 0.0, float(number)),
        right=(1.0, 0.0, 0.0),
        down=(0.0, 1.0, 0.0),
        spacing=(1.0, 1.0),
        rows=rows,
        columns=columns,
        thickness=1.0 - 1e-3,  # the pictures before and after it are others
    )


def outline(measure: Measure) -> tuple[Vector, ...]:
    """The corners of a region's border, in the frame of its points; an ellipse as a polygon with the same middle."""
    if measure.kind is not MeasureKind.ELLIPSE:
        return measure.points
    corners = np.array(measure.points)
    middle = corners.mean(axis=0)
    across, along = (corners[1] - corners[0]) / 2, (corners[3] - corners[0]) / 2
    turn = np.linspace(0, 2 * np.pi, _ROUND, endpoint=False)[:, None]
    return tuple((float(x), float(y), float(z)) for x, y, z in middle + np.cos(turn) * across + np.sin(turn) * along)


def shapes_of(measure: Measure) -> tuple[Shape, ...]:
    """The same as shapes of findings, so that one projection cuts both."""
    points = measure.points
    match measure.kind:
        case MeasureKind.LENGTH | MeasureKind.ARROW:
            return (Line(start=points[0], end=points[1]),)
        case MeasureKind.ANGLE:
            return (Polyline(points=points),)
        case MeasureKind.COBB:
            return (Line(start=points[0], end=points[1]), Line(start=points[2], end=points[3]))
        case MeasureKind.ELLIPSE | MeasureKind.RECTANGLE | MeasureKind.FREEHAND:
            return (Contour(points=outline(measure)),)
        case MeasureKind.PROBE | MeasureKind.TEXT:
            return (Point(at=points[0]),)


def marks_of(measure: Measure, plane: ViewPlane) -> tuple[Mark, ...]:
    """What of it lies on a plane of the same series."""
    return tuple(mark for shape in shapes_of(measure) for mark in project(shape, plane))


def lies_on(measure: Measure, plane: ViewPlane) -> bool:
    """Whether all of it lies on this plane: there it can be moved and shaped."""
    way = np.array([float(np.dot(measure.plane.normal, plane.normal))])
    if abs(abs(float(way[0])) - 1) > _SAME_WAY:
        return measure.kind in (MeasureKind.PROBE, MeasureKind.TEXT) and _is_seen(measure, plane)
    distance = plane.to_view(measure.points)[:, 2]
    return bool((np.abs(distance) <= plane.thickness / 2 + 1e-6).all())


def _is_seen(measure: Measure, plane: ViewPlane) -> bool:
    return any(isinstance(mark, Dot) for mark in marks_of(measure, plane))
