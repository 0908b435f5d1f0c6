"""Graphic types of reports and presentation states → shapes (DICOM PS3.3 C.18.6, C.18.9, C.10.5)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import Points
from workstation.domain.shapes import Contour, Line, Point, Polyline, Shape
from workstation.imaging.objects.placing import vectors

_AROUND: Final = 64  # points of a circle
_BETWEEN: Final = 12  # of a curve, from one given point to the next
_MOST: Final = 100_000  # points of one graphic

Flat = npt.NDArray[np.float64]  # [n, 2] or [n, 3]


def outline(kind: str, points: Flat) -> tuple[str, list[Flat]]:
    """What is drawn: ("points" | "open" | "closed", its lines), in the coordinates of the points; nothing for a type
    that is not known or has another number of points."""
    count = len(points)
    if count == 0 or count > _MOST:
        return ("points", [])
    match kind:
        case "POINT" | "MULTIPOINT":
            return ("points", [points])
        case "POLYLINE":
            if count > 3 and np.allclose(points[0], points[-1], atol=1e-3):
                return ("closed", [points[:-1]])
            return ("open" if count > 1 else "points", [points])
        case "POLYGON" if count > 2:
            closed = np.allclose(points[0], points[-1], atol=1e-3)
            return ("closed", [points[:-1] if closed else points])
        case "INTERPOLATED":
            return _interpolated(points)
        case "CIRCLE" if count == 2:
            radius = float(np.linalg.norm(points[1] - points[0]))
            across = np.zeros_like(points[0])
            across[0] = radius
            along = np.zeros_like(points[0])
            along[1] = radius
            return ("closed", [_ring(points[0], across, along)])
        case "ELLIPSE" if count == 4:
            center = points.mean(axis=0)
            return ("closed", [_ring(center, (points[1] - points[0]) / 2, (points[3] - points[2]) / 2)])
        case "ELLIPSOID" if count == 6:
            center = points.mean(axis=0)
            axes = [(points[at + 1] - points[at]) / 2 for at in (0, 2, 4)]
            return ("closed", [_ring(center, axes[a], axes[b]) for a, b in ((0, 1), (0, 2), (1, 2))])
    return ("points", [])


def shapes_of(kind: str, lines: list[Points]) -> list[Shape]:
    """`outline`'s lines once they are in millimetres."""
    found: list[Shape] = []
    for line in lines:
        at = vectors(line)
        if kind == "points":
            found += [Point(at=one) for one in at]
        elif kind == "closed" and len(at) > 2:
            found.append(Contour(points=at))
        elif len(at) == 2:
            found.append(Line(start=at[0], end=at[1]))
        else:
            found.append(Polyline(points=at))
    return found


def _ring(center: Flat, across: Flat, along: Flat) -> Flat:
    turn = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)[:, None]
    ring: Flat = center + np.cos(turn) * across + np.sin(turn) * along
    return ring


def _interpolated(points: Flat) -> tuple[str, list[Flat]]:
    """A smooth line through all points (Catmull-Rom; the standard leaves the way of interpolating open)."""
    if len(points) < 3:
        return ("open", [points])
    closed = bool(np.allclose(points[0], points[-1], atol=1e-3)) and len(points) > 3
    given = points[:-1] if closed else points
    before = np.roll(given, 1, axis=0) if closed else np.vstack([given[:1], given[:-1]])
    after = np.roll(given, -1, axis=0) if closed else np.vstack([given[1:], given[-1:]])
    later = np.roll(given, -2, axis=0) if closed else np.vstack([given[2:], given[-1:], given[-1:]])
    t = (np.arange(_BETWEEN) / _BETWEEN)[None, :, None]
    p0, p1, p2, p3 = (part[:, None, :] for part in (before, given, after, later))
    curve = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
    if closed:
        return ("closed", [curve.reshape(-1, points.shape[1])])
    return ("open", [np.vstack([curve[:-1].reshape(-1, points.shape[1]), given[-1:]])])
