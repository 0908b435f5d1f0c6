"""How long, how wide, how large a measure is, and in which unit that may be said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workstation.domain.calibration import IN_PATIENT, Calibration, Spacing, area_unit, length_unit
from workstation.domain.geometry import Points
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What the pixels of a series are worth.

    spacing      between rows, between columns, mm; None where not known
    calibration  where those millimetres are true
    aspect       height and width of a pixel to one another, where only that is known
    """

    spacing: Spacing | None = None
    calibration: Calibration = IN_PATIENT
    aspect: Spacing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Lengths in `length_unit`, areas in `area_unit`, angles in degrees; None: this kind has none.

    in_mm  whether the unit is some kind of millimetre
    """

    length: float | None = None
    angle_deg: float | None = None
    area: float | None = None
    perimeter: float | None = None
    length_unit: Words
    area_unit: Words
    in_mm: bool


def figures_of(measure: Measure, scale: Scale) -> Figures:
    """The figures of one measure, from its points alone: the zoom and the plane it is seen on don't matter."""
    spacing = scale.spacing
    points = np.array(measure.points, dtype=np.float64)
    if not measure.in_pixels:
        spacing = measure.plane.spacing  # points are in millimetres already
        straight = points
    else:
        spacing = scale.calibration.spacing_at(spacing, [(float(x), float(y)) for x, y, _ in points])
        points[:, 2] = 0
        # Without a size an angle still needs the shape of a pixel; a length is counted in pixels.
        straight = points * _factors(spacing or scale.aspect)
        points = points * _factors(spacing)
    length = angle = area = perimeter = None
    match measure.kind:
        case MeasureKind.LENGTH:
            length = distance(points[0], points[1])
        case MeasureKind.ANGLE:
            angle = angle_deg(straight[0] - straight[1], straight[2] - straight[1])
        case MeasureKind.COBB:
            angle = cobb_deg(straight[1] - straight[0], straight[3] - straight[2])
        case MeasureKind.ELLIPSE:
            area, perimeter = ellipse_size(distance(points[0], points[1]), distance(points[0], points[3]))
        case MeasureKind.RECTANGLE | MeasureKind.FREEHAND:
            area, perimeter = polygon_size(points)
        case MeasureKind.PROBE | MeasureKind.ARROW | MeasureKind.TEXT:
            pass
    return Figures(
        length=length,
        angle_deg=angle,
        area=area,
        perimeter=perimeter,
        length_unit=length_unit(spacing, scale.calibration),
        area_unit=area_unit(spacing, scale.calibration),
        in_mm=spacing is not None,
    )


def _factors(spacing: Spacing | None) -> Points:
    return np.array([spacing[1], spacing[0], 1.0]) if spacing is not None else np.ones(3)


def distance(a: Points, b: Points) -> float:
    return float(np.linalg.norm(b - a))


def angle_deg(first: Points, second: Points) -> float:
    """Between two arms [3], 0 … 180°; 0 where one has no length."""
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(first, second)), float(first @ second))))


def cobb_deg(first: Points, second: Points) -> float:
    """Between two lines [3], 0 … 90°: a line has no direction, so it doesn't matter from which end it was drawn."""
    between = angle_deg(first, second)
    return min(between, 180 - between)


def ellipse_size(width: float, height: float) -> tuple[float, float]:
    """Area, and perimeter by Ramanujan's second formula (off by less than 0.05 % up to 20 : 1), from the diameters."""
    a, b = width / 2, height / 2
    if a + b == 0:
        return 0.0, 0.0
    h = ((a - b) / (a + b)) ** 2
    perimeter = np.pi * (a + b) * (1 + 3 * h / (10 + np.sqrt(4 - 3 * h)))
    return float(np.pi * a * b), float(perimeter)


def polygon_size(corners: Points) -> tuple[float, float]:
    """Area and perimeter of a closed flat polygon [n, 3] in any plane (Newell's vector area)."""
    following = np.roll(corners, -1, axis=0)
    middle = corners.mean(axis=0)  # small figures: the patient's millimetres are far from their origin
    area = float(np.linalg.norm(np.cross(corners - middle, following - middle).sum(axis=0))) / 2
    return area, float(np.linalg.norm(following - corners, axis=1).sum())
