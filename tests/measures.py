"""Measures for tests: drawn on slice k of a stack of slices, at (column, row) of its pixels."""

from __future__ import annotations

from datetime import UTC, datetime

from workstation.domain.geometry import Geometry
from workstation.domain.measure import Measure, MeasureKind, picture_plane
from workstation.domain.projection import slice_plane

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def drawn(
    kind: MeasureKind,
    grid: Geometry,
    k: int,
    *points: tuple[float, float],
    name: str = "m1",
    stack_id: str = "1.2.3#0",
    text: str = "",
) -> Measure:
    plane = slice_plane(grid, k)
    at = plane.to_patient([x for x, _ in points], [y for _, y in points]).tolist()
    placed = tuple((x, y, z) for x, y, z in at)
    return Measure(id=name, stack_id=stack_id, kind=kind, points=placed, plane=plane, text=text, at=NOON)


def in_pixels(kind: MeasureKind, *points: tuple[float, float], number: int = 0, name: str = "m1") -> Measure:
    plane = picture_plane(100, 100, number)
    placed = tuple((x, y, float(number)) for x, y in points)
    return Measure(id=name, stack_id="1.2.3#0", kind=kind, points=placed, plane=plane, in_pixels=True, at=NOON)
