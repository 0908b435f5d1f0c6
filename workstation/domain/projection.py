"""Shapes cut by a plane → marks in the plane's pixels: one table, so screen and report draw the same marks.

Mark coordinates are (x, y) = (column, row) of the view, the center of its first pixel at (0, 0).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.finding import Finding
from workstation.domain.geometry import Geometry, Points, Vector, cross, dot
from workstation.domain.mask_cut import labels_on
from workstation.domain.mask_slab import covers_on
from workstation.domain.shapes import (
    Angle,
    Box2D,
    Box3D,
    Contour,
    Label,
    Line,
    Mask,
    Point,
    Polyline,
    Shape,
    Sphere,
)
from workstation.domain.volume import LabelVolume

XY = tuple[float, float]
_EPSILON: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewPlane:
    """A picture's place in the patient, mm LPS.

    position   center of the first pixel
    right, down  unit vectors: the way the column and the row index grow
    spacing    between rows, between columns, mm
    thickness  of the slab that the picture stands for, mm
    reach      how far its outermost planes lie to either side, where it is made of several: masks are cut by all
    """

    position: Vector
    right: Vector
    down: Vector
    spacing: tuple[float, float]
    rows: int
    columns: int
    thickness: float
    reach: float = 0.0

    @property
    def normal(self) -> Points:
        return np.cross(np.array(self.right), np.array(self.down))

    def to_view(self, points: npt.ArrayLike) -> Points:
        """LPS mm [..., 3] → (x, y, distance from the plane in mm) [..., 3]."""
        at = np.asarray(points, dtype=np.float64) - np.array(self.position)
        x = at @ np.array(self.right) / self.spacing[1]
        y = at @ np.array(self.down) / self.spacing[0]
        return np.stack([x, y, at @ self.normal], axis=-1)

    def to_patient(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Points:
        """View pixels → LPS mm [..., 3]."""
        across = np.asarray(x, dtype=np.float64)[..., None] * (np.array(self.right) * self.spacing[1])
        along = np.asarray(y, dtype=np.float64)[..., None] * (np.array(self.down) * self.spacing[0])
        points: Points = np.array(self.position) + across + along
        return points


def slice_plane(geometry: Geometry, slice_index: int) -> ViewPlane:
    """The plane of one acquired slice."""
    x, y, z = geometry.positions[slice_index]
    return ViewPlane(
        position=(float(x), float(y), float(z)),
        right=geometry.row_cosine,
        down=geometry.column_cosine,
        spacing=geometry.spacing,
        rows=geometry.rows,
        columns=geometry.columns,
        thickness=geometry.step,
    )


def slab_plane(geometry: Geometry, slice_index: int, slab_mm: float) -> ViewPlane:
    """The plane of a slice in the middle of a slab: what lies within its thickness is marked. 0: only the slice."""
    plane = slice_plane(geometry, slice_index)
    reach = math.floor(slab_mm / 2 / plane.thickness + _EPSILON) * plane.thickness  # as `Slab.offsets`
    return replace(plane, thickness=max(plane.thickness, slab_mm), reach=reach)


@dataclass(frozen=True, slots=True)
class Ellipse:
    """A ball's cut; a circle in the patient, an ellipse where pixels are not square."""

    center: XY
    radius: XY


@dataclass(frozen=True, slots=True)
class Path:
    points: tuple[XY, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    at: XY


@dataclass(frozen=True, slots=True)
class Text:
    at: XY
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class LabelImage:
    """Where a mask covers the view: bool [row, column]."""

    covered: npt.NDArray[np.bool_]


Mark = Ellipse | Path | Dot | Text | LabelImage


def _sphere(shape: Sphere, plane: ViewPlane, masks: Sequence[LabelVolume]) -> tuple[Mark, ...]:
    """The largest cut of the ball within the slab: a ball between two slices is seen on the nearer ones."""
    x, y, distance = _seen(shape.center, plane)
    beyond = max(0.0, abs(distance) - plane.thickness / 2)
    if beyond >= shape.radius:
        return ()
    radius = math.sqrt(shape.radius**2 - beyond**2)
    return (Ellipse((x, y), (radius / plane.spacing[1], radius / plane.spacing[0])),)


def _point(shape: Point, plane: ViewPlane, masks: Sequence[LabelVolume]) -> tuple[Mark, ...]:
    x, y, distance = _seen(shape.at, plane)
    return (Dot((x, y)),) if _within(distance, plane) else ()


def _label(shape: Label, plane: ViewPlane, masks: Sequence[LabelVolume]) -> tuple[Mark, ...]:
    x, y, distance = _seen(shape.at, plane)
    return (Text((x, y), shape.text),) if _within(distance, plane) else ()


def _line(shape: Line, plane: ViewPlane, masks: Sequence[LabelVolume]) -> tuple[Mark, ...]:
    return _open_path((shape.start, shape.end), plane)


def _polyline(shape: Polyline, plane: ViewPlane, masks: Sequence[LabelVolume]) -> tuple[Mark, ...]:
    if len(shape.points) == 1:
        return _point(Point(at=shape.points[0]), plane, masks)
    return _open_path(shape.points, plane)


def _angle(shape: Angle, plane: ViewPlane, masks: Sequence[LabelVolume]) -> tuple[Mark, ...]:
    """Its arms, and at the vertex how wide it is."""
    arms = _open_path((shape.start, shape.vertex, shape.end), plane)
    return (*arms, *_label(Label(text=f"{angle_deg(shape):.1f}°", at=shape.vertex), plane, masks))


def angle_deg(shape: Angle) -> float:
    """Between the two arms, 0 … 180; 0 where an arm has no length."""
    vertex = np.array(shape.vertex)
    first, second = np.array(shape.start) - vertex, np.array(shape.end) - vertex
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(first, second)), first @ second)))


def _contour(shape: Contour, plane: ViewPlane, masks: Sequence[LabelVolume]) -> tuple[Mark, ...]:
    view = plane.to_view(shape.points)
    if all(_within(float(d), plane) for d in view[:, 2]):
        return (Path(_xy(view), closed=True),)
    return _open_path((*shape.points, shape.points[0]), plane)


def _box2d(shape: Box2D, plane: ViewPlane, masks: Sequence[LabelVolume]) -> tuple[Mark, ...]:
    return _contour(Contour(points=shape.corners), plane, masks)


_EDGES: Final = tuple((k, k | bit) for k in range(8) for bit in (1, 2, 4) if not k & bit)


def _box3d(shape: Box3D, plane: ViewPlane, masks: Sequence[LabelVolume]) -> tuple[Mark, ...]:
    """The box's cut by the plane: the crossed edges, in order around their middle."""
    view = [_seen(corner, plane) for corner in shape.corners]
    crossed: set[XY] = set()
    for a, b in _EDGES:
        (ax, ay, da), (bx, by, db) = view[a], view[b]
        if da * db <= 0 and da != db:
            share = da / (da - db)
            crossed.add((round(ax + (bx - ax) * share, 9), round(ay + (by - ay) * share, 9)))
    if len(crossed) < 3:
        return ()
    x, y = (sum(values) / len(crossed) for values in zip(*crossed, strict=True))
    around = sorted(crossed, key=lambda at: math.atan2(at[1] - y, at[0] - x))
    return (Path(tuple(around), closed=True),)


def _seen(point: Vector, plane: ViewPlane) -> Vector:
    """`ViewPlane.to_view` of one point, in plain numbers: numpy takes ten times as long, and a scroll asks this of
    every finding on every slice."""
    away = (point[0] - plane.position[0], point[1] - plane.position[1], point[2] - plane.position[2])
    x, y = dot(away, plane.right) / plane.spacing[1], dot(away, plane.down) / plane.spacing[0]
    return (x, y, dot(away, cross(plane.right, plane.down)))


def _mask(shape: Mask, plane: ViewPlane, masks: Sequence[LabelVolume]) -> tuple[Mark, ...]:
    """The nearest voxel's label under each pixel, on any of the planes that a slab is made of."""
    volume = next((mask for mask in masks if mask.name == shape.volume), None)
    if volume is None:
        return ()
    covered = covers_on(volume, plane).get(shape.label) if plane.reach else labels_on(volume, plane) == shape.label
    return (LabelImage(covered),) if covered is not None and covered.any() else ()


def _within(distance: float, plane: ViewPlane) -> bool:
    return abs(distance) <= plane.thickness / 2 + _EPSILON


def _xy(view: Points) -> tuple[XY, ...]:
    return tuple((float(p[0]), float(p[1])) for p in view)


def _open_path(points: Sequence[Vector], plane: ViewPlane) -> tuple[Mark, ...]:
    """The parts of a line that lie in the slab; where it only goes through, a dot."""
    half = plane.thickness / 2 + _EPSILON
    view = plane.to_view(points)
    runs: list[list[XY]] = []
    for a, b in itertools.pairwise(view):
        low, high = 0.0, 1.0
        way = b[2] - a[2]
        if way:
            first, second = sorted(((-half - a[2]) / way, (half - a[2]) / way))
            low, high = max(low, first), min(high, second)
        elif abs(a[2]) > half:
            low, high = 1.0, 0.0
        if low > high:
            continue
        start, end = _xy(np.array([a + (b - a) * low, a + (b - a) * high]))
        if runs and _apart(runs[-1][-1], start) < _EPSILON:
            runs[-1].append(end)
        else:
            runs.append([start, end])
    return tuple(_run(run) for run in runs)


def _run(points: Sequence[XY]) -> Mark:
    """A line of less than a pixel would not be seen."""
    if max(_apart(points[0], point) for point in points) < 1:
        return Dot(points[0])
    return Path(tuple(points))


def _apart(a: XY, b: XY) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


# The value type of one entry depends on its key, which the type system can't say; `project` is the typed door.
PROJECTORS: Final[Mapping[type[Shape], Callable[[Any, ViewPlane, Sequence[LabelVolume]], tuple[Mark, ...]]]] = (
    MappingProxyType(
        {
            Point: _point,
            Line: _line,
            Polyline: _polyline,
            Angle: _angle,
            Box2D: _box2d,
            Box3D: _box3d,
            Sphere: _sphere,
            Contour: _contour,
            Label: _label,
            Mask: _mask,
        }
    )
)


def project(shape: Shape, plane: ViewPlane, masks: Sequence[LabelVolume] = ()) -> tuple[Mark, ...]:
    """The marks of one shape on one plane; none where the plane does not meet it."""
    return PROJECTORS[type(shape)](shape, plane, masks)


def center_of(finding: Finding) -> Vector | None:
    """The middle of a finding's own points, mm; None where it has no place."""
    points: list[Vector] = []
    for shape in finding.shapes:
        match shape:
            case Sphere():
                points.append(shape.center)
            case Point() | Label():
                points.append(shape.at)
            case Line():
                points += [shape.start, shape.end]
            case Angle():
                points.append(shape.vertex)
            case Polyline() | Contour():
                points += shape.points
            case Box2D() | Box3D():
                points += shape.corners
            case Mask():
                pass
    if not points:
        return None
    x, y, z = np.mean(points, axis=0)
    return (float(x), float(y), float(z))


def slices_of(finding: Finding, geometry: Geometry, masks: Sequence[LabelVolume] = ()) -> tuple[int, int] | None:
    """First and last slice, from 0, on which the finding is seen; None where on none."""
    seen = [k for k, _ in _covers(finding, geometry, masks)]
    return (seen[0], seen[-1]) if seen else None


def widest_slice(finding: Finding, geometry: Geometry, masks: Sequence[LabelVolume]) -> int | None:
    """The slice, from 0, on which the finding's masks cover most; None where on none."""
    covers = [(voxels, -k) for k, voxels in _covers(finding, geometry, masks) if voxels]
    return -max(covers)[1] if covers else None


def _covers(finding: Finding, geometry: Geometry, masks: Sequence[LabelVolume]) -> Iterator[tuple[int, int]]:
    """Each slice on which the finding is seen, and how many pixels its masks cover there."""
    named = {mask.name: mask for mask in masks}
    drawn = tuple(shape for shape in finding.shapes if not isinstance(shape, Mask))
    covers = np.zeros(geometry.slices, dtype=np.int64)
    for shape in finding.shapes:
        if isinstance(shape, Mask) and shape.volume in named:
            covers += _mask_covers(named[shape.volume], shape, geometry)
    for k in range(geometry.slices):
        if covers[k] or any(project(shape, slice_plane(geometry, k)) for shape in drawn):
            yield k, int(covers[k])


def _mask_covers(mask: LabelVolume, shape: Mask, geometry: Geometry) -> npt.NDArray[np.int64]:
    """Pixels that a mask covers on each slice; where it lies on the slices' own grid, nothing is projected."""
    if mask.geometry.same_as(geometry):
        return mask.covers[:, shape.label].astype(np.int64)
    marks = (_mask(shape, slice_plane(geometry, k), (mask,)) for k in range(geometry.slices))
    return np.array([sum(int(m.covered.sum()) for m in found if isinstance(m, LabelImage)) for found in marks])
