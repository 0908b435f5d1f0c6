"""The point that three planes share, and the ways they face: moved and turned by pure functions. LPS, mm.

`axes` are the normals of the sagittal, the coronal and the axial plane: toward the patient's left, back and head, as
far as the planes are not turned. A view's own right and down follow from its normal, so turning two planes in the third
one's view leaves that third picture still.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from workstation.domain.geometry import Geometry, Plane, Points, Vector, cross, dot, length, step_across
from workstation.domain.projection import XY, ViewPlane

Axes = tuple[Vector, Vector, Vector]  # orthonormal, right-handed

PATIENT: Final[Axes] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
THREE: Final = (Plane.SAGITTAL, Plane.CORONAL, Plane.AXIAL)  # in the order of the axes
_SAME: Final = 1e-6  # of a direction's component
_STEEP: Final = 0.05  # a direction that stands nearer to the normal says nothing of the plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Crosshair:
    """
    at    the shared point
    axes  normals of the sagittal, coronal and axial plane
    home  the same of planes that are not turned: the directions of the volume's own grid
    """

    at: Vector
    axes: Axes = PATIENT
    home: Axes = PATIENT

    def normal(self, plane: Plane) -> Vector:
        return self.axes[THREE.index(plane)]

    def straight(self, plane: Plane) -> bool:
        """Whether this plane runs along the volume's own grid."""
        at = THREE.index(plane)
        return all(abs(a - b) < _SAME for a, b in zip(self.axes[at], self.home[at], strict=True))


@dataclass(frozen=True, slots=True)
class ViewLine:
    """Where a plane meets a view: a point of it, and its direction, in the view's pixels (unit length there)."""

    through: XY
    way: XY


def crosshair_in(geometry: Geometry, at: Vector | None = None) -> Crosshair:
    """Planes along a volume's own grid, through a point or through its middle."""
    own = np.array([geometry.row_cosine, geometry.column_cosine, geometry.normal])
    turns = (
        np.array(signs)[:, None] * own[list(order)]
        for order in itertools.permutations(range(3))
        for signs in itertools.product((1.0, -1.0), repeat=3)
    )
    best = max((turn for turn in turns if np.linalg.det(turn) > 0), key=lambda turn: float(np.trace(turn)))
    axes = (_vector(best[0]), _vector(best[1]), _vector(best[2]))
    middle = geometry.to_patient((np.array(geometry.shape) - 1) / 2)
    return Crosshair(at=at if at is not None else _vector(middle), axes=axes, home=axes)


def moved(crosshair: Crosshair, at: Vector) -> Crosshair:
    return replace(crosshair, at=at)


def set_straight(crosshair: Crosshair) -> Crosshair:
    """All planes along the volume's grid again, through the same point."""
    return replace(crosshair, axes=crosshair.home)


def turned(crosshair: Crosshair, plane: Plane, angle: float) -> Crosshair:
    """The two other planes turned about this one's normal; `angle` in radians, clockwise as this view shows them."""
    right, down = directions(crosshair, plane)
    about, own = cross(right, down), THREE.index(plane)
    axes = [axis if at == own else _about(axis, about, angle) for at, axis in enumerate(crosshair.axes)]
    first = axes[(own + 1) % 3]
    second = cross(axes[own], first)  # many small turns must not add up to a skew
    axes[(own + 1) % 3], axes[(own + 2) % 3] = _unit(first), _unit(second)
    return replace(crosshair, axes=(axes[0], axes[1], axes[2]))


def directions(crosshair: Crosshair, plane: Plane) -> tuple[Vector, Vector]:
    """Right and down of a plane's view: seen from the feet, the front, the left side's left; head or front up.

    Turned planes keep their down as near to that as they can.
    """
    left, back, head = crosshair.home
    right, down = {
        Plane.AXIAL: (left, back),
        Plane.CORONAL: (left, _minus(head)),
        Plane.SAGITTAL: (back, _minus(head)),
    }[plane]
    normal = crosshair.normal(plane)
    # Right × down is against the axis for a sagittal view, along it for the others.
    facing = normal if plane is not Plane.SAGITTAL else _minus(normal)
    level = _within(down, facing)
    if level is not None:
        return cross(level, facing), level
    level = _within(right, facing)
    assert level is not None
    return level, cross(facing, level)


def lines_on(crosshair: Crosshair, view: ViewPlane, shown: Plane) -> dict[Plane, ViewLine]:
    """Where the two other planes meet the view of one; a plane that lies along the view leaves no line."""
    x, y, _ = view.to_view(crosshair.at)
    found = {}
    for plane in THREE:
        if plane is shown:
            continue
        normal = np.array(crosshair.normal(plane))
        steep = np.array(
            [normal @ np.array(view.right) * view.spacing[1], normal @ np.array(view.down) * view.spacing[0]]
        )
        size = float(np.linalg.norm(steep))
        if size < _STEEP * min(view.spacing):
            continue
        beyond = float(normal @ (view.to_patient(x, y) - np.array(crosshair.at)))
        foot = np.array([x, y]) - steep * beyond / size**2
        way = (float(-steep[1] / size), float(steep[0] / size))
        found[plane] = ViewLine((float(foot[0]), float(foot[1])), way)
    return found


def stack_across(geometry: Geometry, right: Vector, down: Vector) -> Geometry:
    """Planes with these directions through all of an even volume, square pixels as small as its smallest.

    One of them goes through the volume's middle, so that they stay where they are while a crosshair moves.
    """
    normal = cross(right, down)
    if max(normal, key=abs) < 0:
        normal = _minus(normal)
    pixel = min(geometry.spacing_zyx)
    step = step_across(geometry, normal)
    ends = np.array([(-0.5, size - 0.5) for size in geometry.shape])
    corners = geometry.to_patient(np.array(list(itertools.product(*ends))))
    middle = corners.mean(axis=0)
    half = np.abs((corners - middle) @ np.array([right, down, normal]).T).max(axis=0)
    columns, rows, beside = (
        max(1, math.ceil(2 * half[0] / pixel - _SAME)),
        max(1, math.ceil(2 * half[1] / pixel - _SAME)),
        math.floor(half[2] / step + _SAME),
    )
    corner = middle - (columns - 1) / 2 * pixel * np.array(right) - (rows - 1) / 2 * pixel * np.array(down)
    return Geometry(
        positions=corner + np.arange(-beside, beside + 1)[:, None] * step * np.array(normal),
        row_cosine=right,
        column_cosine=down,
        spacing=(pixel, pixel),
        rows=rows,
        columns=columns,
        thickness=step,
    )


def _about(way: Vector, axis: Vector, angle: float) -> Vector:
    """Rodrigues' formula: from right to down where `axis` is right × down."""
    turned_way = (
        np.array(way) * math.cos(angle)
        + np.cross(axis, way) * math.sin(angle)
        + np.array(axis) * dot(axis, way) * (1 - math.cos(angle))
    )
    return _vector(turned_way)


def _within(way: Vector, normal: Vector) -> Vector | None:
    """The part of a direction that lies in the plane, unit; None where there is hardly any."""
    over = dot(way, normal)
    part = (way[0] - over * normal[0], way[1] - over * normal[1], way[2] - over * normal[2])
    return _unit(part) if length(part) > _STEEP else None


def _unit(way: Vector) -> Vector:
    size = length(way)
    return (way[0] / size, way[1] / size, way[2] / size)


def _minus(way: Vector) -> Vector:
    return (-way[0], -way[1], -way[2])


def _vector(values: Points) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))
