"""Shapes in a reader's hands: where they can be pulled on a slice, what becomes of them, and of their sizes.

Places on a slice are (column, row) of its plane. What is pulled keeps its distance from the slice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.geometry import Points, Vector
from workstation.domain.projection import XY, Ellipse, ViewPlane, angle_deg, project
from workstation.domain.shapes import Angle, Box2D, Box3D, Contour, Label, Line, Mask, Point, Polyline, Shape, Sphere

_LEAST_MM: Final = 0.5  # radius of a ball; a smaller one could not be taken hold of again
_MOST_HANDLES: Final = 64  # of a line; of one with more points every so many-th is offered


@dataclass(frozen=True, slots=True)
class Handle:
    """Where shape number `shape` of a finding can be pulled; `part` is a point of it, by its kind."""

    shape: int
    part: int
    at: XY


def editable(shapes: Sequence[Shape]) -> bool:
    """Masks are painted voxel by voxel, not pulled."""
    return any(not isinstance(shape, Mask) for shape in shapes)


def handles_on(shapes: Sequence[Shape], plane: ViewPlane) -> tuple[Handle, ...]:
    """Every place on this slice where one of the shapes can be pulled."""
    return tuple(Handle(number, part, at) for number, shape in enumerate(shapes) for part, at in _handles(shape, plane))


def pulled(shapes: Sequence[Shape], handle: Handle, to: XY, plane: ViewPlane) -> tuple[Shape, ...]:
    """The shapes with one handle somewhere else on the slice."""
    made = list(shapes)
    made[handle.shape] = _pulled(shapes[handle.shape], handle.part, to, plane)
    return tuple(made)


def _handles(shape: Shape, plane: ViewPlane) -> list[tuple[int, XY]]:
    match shape:
        case Sphere():
            cuts = [mark for mark in project(shape, plane) if isinstance(mark, Ellipse)]
            middle = [(0, cut.center) for cut in cuts]
            return middle + [(1, (cut.center[0] + cut.radius[0], cut.center[1])) for cut in cuts]
        case Box3D():
            return _box_handles(shape, plane)
        case Mask():
            return []
        case _:
            points = _points(shape)
            every = max(1, -(-len(points) // _MOST_HANDLES))
            view = plane.to_view(points)
            seen = np.abs(view[:, 2]) <= plane.thickness / 2 + 1e-6
            return [(k, (float(view[k, 0]), float(view[k, 1]))) for k in range(0, len(points), every) if seen[k]]


def _pulled(shape: Shape, part: int, to: XY, plane: ViewPlane) -> Shape:
    match shape:
        case Sphere():
            if part == 0:
                return replace(shape, center=_moved(shape.center, to, plane))
            at = np.array(plane.to_patient(*to))
            return replace(shape, radius=max(_LEAST_MM, float(np.linalg.norm(at - np.array(shape.center)))))
        case Box3D():
            return _box_pulled(shape, part, to, plane)
        case Box2D(corners=corners):
            return _rectangle_pulled(corners, part, _moved(corners[part], to, plane))
        case Mask():
            return shape
        case _:
            points = list(_points(shape))
            points[part] = _moved(points[part], to, plane)
            return _with_points(shape, points)


def _points(shape: Shape) -> tuple[Vector, ...]:
    match shape:
        case Point(at=at) | Label(at=at):
            return (at,)
        case Line(start=start, end=end):
            return (start, end)
        case Angle(start=start, vertex=vertex, end=end):
            return (start, vertex, end)
        case Polyline(points=points) | Contour(points=points):
            return points
        case Box2D(corners=corners):
            return corners
        case _:
            return ()


def _with_points(shape: Shape, points: list[Vector]) -> Shape:
    match shape:
        case Point() | Label():
            return replace(shape, at=points[0])
        case Line():
            return replace(shape, start=points[0], end=points[1])
        case Angle():
            return replace(shape, start=points[0], vertex=points[1], end=points[2])
        case Polyline() | Contour():
            return replace(shape, points=tuple(points))
        case _:
            return shape


def _moved(point: Vector, to: XY, plane: ViewPlane) -> Vector:
    """The place on the slice, as far from it as the point was."""
    away = float(plane.to_view(point)[2])
    return _vector(plane.to_patient(*to) + plane.normal * away)


def _rectangle_pulled(corners: tuple[Vector, Vector, Vector, Vector], part: int, to: Vector) -> Box2D:
    """The opposite corner stays, and the sides keep their directions."""
    points = [np.array(corner) for corner in corners]
    stays = points[(part + 2) % 4]
    after, before = (part + 1) % 4, (part + 3) % 4
    way = np.array(to) - stays
    sides = [_unit(points[one] - stays) for one in (before, after)]
    points[part] = stays + sum((side * float(way @ side) for side in sides), np.zeros(3))
    points[before] = stays + sides[0] * float(way @ sides[0])
    points[after] = stays + sides[1] * float(way @ sides[1])
    a, b, c, d = map(_vector, points)
    return Box2D(corners=(a, b, c, d))


def _box_axes(shape: Box3D, plane: ViewPlane) -> tuple[list[Points], tuple[int, int]]:
    """Its three edges (slice, row, column) from its first corner, and the two of them that lie most in the plane."""
    corners = np.array(shape.corners)
    edges = [corners[4] - corners[0], corners[2] - corners[0], corners[1] - corners[0]]
    through = [abs(float(_unit(edge) @ plane.normal)) for edge in edges]
    first, second = sorted(sorted(range(3), key=lambda axis: through[axis])[:2])
    return edges, (first, second)


def _box_handles(shape: Box3D, plane: ViewPlane) -> list[tuple[int, XY]]:
    """The four corners of its cut; part k takes the far end of the first or second axis where bit 1 or 0 is set."""
    if not project(shape, plane):
        return []
    edges, (first, second) = _box_axes(shape, plane)
    found = []
    for part in range(4):
        corner = np.array(shape.corners[0]) + edges[first] * (part >> 1) + edges[second] * (part & 1)
        x, y, _ = plane.to_view(_vector(corner))
        found.append((part, (float(x), float(y))))
    return found


def _box_pulled(shape: Box3D, part: int, to: XY, plane: ViewPlane) -> Box3D:
    """Whole voxels: the box keeps the edges of the series' grid."""
    edges, axes = _box_axes(shape, plane)
    first, last = list(shape.min_index), list(shape.max_index)
    base, steps = np.array(shape.corners[0]), []
    for axis, edge in enumerate(edges):
        steps.append(edge / (shape.max_index[axis] - shape.min_index[axis] + 1))
    way = plane.to_patient(*to) - base
    for axis, far in zip(axes, (part >> 1, part & 1), strict=True):
        step = steps[axis]
        border = shape.min_index[axis] + round(float(way @ step) / float(step @ step))  # before this voxel
        if far:
            last[axis] = max(first[axis], border - 1)
        else:
            first[axis] = max(0, min(last[axis], border))
    low = base + sum((steps[axis] * (first[axis] - shape.min_index[axis]) for axis in range(3)), np.zeros(3))
    whole = [steps[axis] * (last[axis] - first[axis] + 1) for axis in range(3)]
    a, b, c, d, e, f, g, h = (
        _vector(low + whole[0] * (k >> 2 & 1) + whole[1] * (k >> 1 & 1) + whole[2] * (k & 1)) for k in range(8)
    )
    return Box3D(
        min_index=(first[0], first[1], first[2]),
        max_index=(last[0], last[1], last[2]),
        corners=(a, b, c, d, e, f, g, h),
    )


def edited(finding: Finding, shapes: tuple[Shape, ...]) -> Finding:
    """The finding with shapes of the reader's hand. Sizes that follow from the shape are measured anew and are the
    reader's; all others stay, with the basis they had: they are of the original shape."""
    sizes = _sizes(shapes)
    measurements = tuple(
        replace(measured, value=sizes[measured.name], basis=Basis.READER)
        if measured.name in sizes and measured.unit == _UNITS[measured.name]
        else measured
        for measured in finding.measurements
    )
    return replace(finding, shapes=shapes, measurements=measurements)


def of_original(finding: Finding, measured: Measurement, shapes: tuple[Shape, ...] | None) -> bool:
    """Whether a figure of a finding that was changed is still about the shape before."""
    return shapes is not None and not finding.own and measured.basis is not Basis.READER and _is_figure(measured)


_UNITS: Final = {"diameter": "mm", "length": "mm", "angle": "deg"}


def _is_figure(measured: Measurement) -> bool:
    return isinstance(measured.value, int | float)


def _sizes(shapes: Sequence[Shape]) -> dict[str, float]:
    """By the name of the measurement: what the only shape of its kind says."""
    found: dict[str, float] = {}
    if len(shapes) != 1:
        return found
    match shapes[0]:
        case Sphere(radius=radius):
            found["diameter"] = 2 * radius
        case Line() | Polyline() as line:
            found["length"] = sum(_apart(a, b) for a, b in pairwise(_points(line)))
        case Angle() as angle:
            found["angle"] = angle_deg(angle)
        case _:
            pass
    return found


def _apart(a: Vector, b: Vector) -> float:
    return float(np.linalg.norm(np.array(b) - np.array(a)))


def _unit(way: Points) -> Points:
    length = float(np.linalg.norm(way))
    made: Points = way / length if length else way
    return made


def _vector(values: Points) -> Vector:
    x, y, z = values
    return (float(x), float(y), float(z))
