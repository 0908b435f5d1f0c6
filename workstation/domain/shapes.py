"""The closed union of shapes a finding can have. Patient LPS millimetres unless a field says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.domain.geometry import Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    at: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    start: Vector
    end: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Polyline:
    points: tuple[Vector, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Angle:
    """Two arms that meet at the vertex."""

    start: Vector
    vertex: Vector
    end: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Box2D:
    """A rectangle on one slice; `corners` in order around it."""

    corners: tuple[Vector, Vector, Vector, Vector]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box3D:
    """A box along the axes of the series' grid.

    min_index, max_index  (slice, row, column) of the first and last voxel inside, both inclusive
    corners               its eight outer corners (index ± 0.5); corner k takes the maximum of slice, row, column
                          where bit 2, 1, 0 of k is set
    """

    min_index: tuple[int, int, int]
    max_index: tuple[int, int, int]
    corners: tuple[Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sphere:
    center: Vector
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Contour:
    """A closed line; the last point joins the first."""

    points: tuple[Vector, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    text: str
    at: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """The voxels with this value in the result's label volume named `volume`."""

    volume: str
    label: int


Shape = Point | Line | Polyline | Angle | Box2D | Box3D | Sphere | Contour | Label | Mask
