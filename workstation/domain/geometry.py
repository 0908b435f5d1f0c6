"""Where slices lie in the patient: LPS, millimetres (DICOM PS3.3 C.7.6.2). Indices are (slice, row, column)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError

Vector = tuple[float, float, float]
Points = npt.NDArray[np.float64]  # [..., 3]

DUPLICATE_MM: Final = 0.01  # closer than this along the normal: the same position
UNIFORM: Final = 0.02  # every step within this share of the median step
TILT_DEG: Final = 1.0  # more shear than this: a tilted gantry
OBLIQUE_DEG: Final = 10.0  # further than this from a main plane
SAME_MM: Final = 1e-3  # geometries closer than this are equal
_EXACT: Final = 1e-12  # of a unit: no more than arithmetic leaves
_ROUNDS: Final = 4  # each takes an error to less than its square


class Plane(StrEnum):
    AXIAL = "axial"
    SAGITTAL = "sagittal"
    CORONAL = "coronal"
    NONE = "none"


_PLANES: Final = (Plane.SAGITTAL, Plane.CORONAL, Plane.AXIAL)


def cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def length(a: Vector) -> float:
    return math.sqrt(dot(a, a))


def ascending_normal(row_cosine: Vector, column_cosine: Vector) -> Vector:
    """Unit normal, turned so that its largest component is positive (axial: feet to head).

    raises BAD_GEOMETRY when the cosines are not two finite, orthonormal directions (1e-3 per component)
    """
    normal = cross(row_cosine, column_cosine)
    size = length(normal)
    fine = all(map(math.isfinite, (*row_cosine, *column_cosine))) and abs(size - 1) < 5e-3
    if not fine or abs(length(row_cosine) - 1) > 5e-3 or abs(dot(row_cosine, column_cosine)) > 5e-3:
        raise WorkstationError(ErrorCode.BAD_GEOMETRY)
    sign = math.copysign(1.0, max(normal, key=abs)) / size
    return (normal[0] * sign, normal[1] * sign, normal[2] * sign)


def orthonormal(row_cosine: Vector, column_cosine: Vector) -> tuple[Vector, Vector]:
    """The nearest two unit directions at a right angle, for cosines that a file has rounded; exact ones as they are.

    Else a corner lies off by their error times the size of the slice, and the way back leads elsewhere.
    raises BAD_GEOMETRY as `ascending_normal`
    """
    ascending_normal(row_cosine, column_cosine)
    row, column = row_cosine, column_cosine
    for _ in range(_ROUNDS):
        both = dot(row, column)
        if max(abs(length(row) - 1), abs(length(column) - 1), abs(both)) < _EXACT:
            break
        row, column = _unit_less(row, both / 2, column), _unit_less(column, both / 2, row)
    return row, column


def _unit_less(way: Vector, share: float, other: Vector) -> Vector:
    x, y, z = (a - share * b for a, b in zip(way, other, strict=True))
    size = length((x, y, z))
    return (x / size, y / size, z / size)


def plane_of(normal: Vector) -> Plane:
    """The main plane by the largest component of a normal."""
    sizes = [abs(component) for component in normal]
    return _PLANES[sizes.index(max(sizes))]


def angle_off_plane_deg(normal: Vector) -> float:
    """Angle between a normal and the nearest main axis, degrees."""
    return math.degrees(math.acos(min(1.0, max(abs(component) for component in normal) / length(normal))))


def _median(values: npt.NDArray[np.float64]) -> float:
    """As numpy's, which takes ten times as long and, when first called, imports masked arrays while a window waits."""
    ordered = np.sort(values)
    count = len(ordered)
    return float(ordered[(count - 1) // 2] + ordered[count // 2]) / 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Geometry:
    """A stack of parallel slices in canonical order: one position per slice, ascending along the normal.

    positions      float64 [n, 3], center of each slice's first pixel, mm
    row_cosine     the way the column index grows, unit
    column_cosine  the way the row index grows, unit; both are made exact where a file has rounded them
    spacing        between rows, between columns, mm
    rows, columns  size of every slice
    thickness      the slice's own thickness, mm; the step of a stack of one slice. Never used as spacing otherwise
    step           median distance of neighbouring slices along the normal, mm
    drift_mm       how far a slice lies off the straight line from the first to the last, at most

    raises BAD_SPACING, BAD_GEOMETRY (not finite, not orthonormal, not strictly ascending)
    """

    positions: Points
    row_cosine: Vector
    column_cosine: Vector
    spacing: tuple[float, float]
    rows: int
    columns: int
    thickness: float = 1.0
    # Asked for a hundred times by checks and rows, and by every frame that is painted: worked out once.
    step: float = field(init=False)
    offsets: npt.NDArray[np.float64] = field(init=False, repr=False)
    drift_mm: float = field(init=False)

    def __post_init__(self) -> None:
        if not all(math.isfinite(s) and s > 0 for s in (*self.spacing, self.thickness)):
            raise WorkstationError(ErrorCode.BAD_SPACING, spacing_mm=min((*self.spacing, self.thickness)))
        row, column = orthonormal(self.row_cosine, self.column_cosine)
        object.__setattr__(self, "row_cosine", row)
        object.__setattr__(self, "column_cosine", column)
        positions = np.array(self.positions, dtype=np.float64).reshape(-1, 3)
        positions.setflags(write=False)
        object.__setattr__(self, "positions", positions)
        if not len(positions) or not np.isfinite(positions).all() or min(self.rows, self.columns) < 1:
            raise WorkstationError(ErrorCode.BAD_GEOMETRY)
        offsets = positions @ np.array(self.normal)
        offsets.setflags(write=False)
        object.__setattr__(self, "offsets", offsets)
        steps = np.diff(offsets)
        if (steps <= 0).any():
            raise WorkstationError(ErrorCode.BAD_GEOMETRY)
        object.__setattr__(self, "step", _median(steps) if len(steps) else self.thickness)
        object.__setattr__(self, "drift_mm", _drift(positions, offsets) if len(steps) > 1 else 0.0)

    @property
    def slices(self) -> int:
        return len(self.positions)

    @property
    def shape(self) -> tuple[int, int, int]:
        return (self.slices, self.rows, self.columns)

    @property
    def normal(self) -> Vector:
        return ascending_normal(self.row_cosine, self.column_cosine)

    @property
    def plane(self) -> Plane:
        return plane_of(self.normal)

    @property
    def uniform(self) -> bool:
        """Every step within 2 % of the median step."""
        steps = np.diff(self.offsets)
        return bool((np.abs(steps - self.step) <= UNIFORM * self.step + 1e-6).all())

    @property
    def straight(self) -> bool:
        """No slice lies further off the line from the first to the last than half a pixel."""
        return self.drift_mm <= min(self.spacing) / 2

    @property
    def shear_deg(self) -> float:
        """Angle between the line through first and last position and the normal, degrees."""
        if self.slices < 2:
            return 0.0
        way = self.positions[-1] - self.positions[0]
        along = float(way @ np.array(self.normal))
        return math.degrees(math.acos(min(1.0, along / float(np.linalg.norm(way)))))

    @property
    def spacing_zyx(self) -> tuple[float, float, float]:
        """(slice, row, column) spacing, mm."""
        return (self.step, *self.spacing)

    def affine(self) -> npt.NDArray[np.float64] | None:
        """4×4 from (slice, row, column, 1) to LPS mm; None unless the stack is uniform, straight and not
        sheared."""
        if not self.uniform or not self.straight or self.shear_deg > TILT_DEG:
            return None
        matrix = np.eye(4)
        span = max(1, self.slices - 1)
        step = (self.positions[-1] - self.positions[0]) / span
        matrix[:3, 0] = step if self.slices > 1 else np.array(self.normal) * self.step
        matrix[:3, 1] = np.array(self.column_cosine) * self.spacing[0]
        matrix[:3, 2] = np.array(self.row_cosine) * self.spacing[1]
        matrix[:3, 3] = self.positions[0]
        return matrix

    def to_patient(self, index: npt.ArrayLike) -> Points:
        """Indices [..., 3] (slice, row, column), fractional allowed, → LPS mm [..., 3].

        Between slices the position is interpolated; beyond the ends it goes on with the end step.
        """
        at = np.asarray(index, dtype=np.float64)
        start, way = self._between(at[..., 0])
        row = np.array(self.column_cosine) * self.spacing[0]
        column = np.array(self.row_cosine) * self.spacing[1]
        points: Points = start + way + at[..., 1, None] * row + at[..., 2, None] * column
        return points

    def to_index(self, points: npt.ArrayLike) -> Points:
        """LPS mm [..., 3] → fractional indices [..., 3] (slice, row, column). The inverse of `to_patient`."""
        at = np.asarray(points, dtype=np.float64)
        slice_index = self._slice_at(at @ np.array(self.normal))
        start, way = self._between(slice_index)
        rest = at - start - way
        row = rest @ np.array(self.column_cosine) / self.spacing[0]
        column = rest @ np.array(self.row_cosine) / self.spacing[1]
        return np.stack([slice_index, row, column], axis=-1)

    def _between(self, slice_index: npt.NDArray[np.float64]) -> tuple[Points, Points]:
        """Position of the slice below (or at) each fractional index, and the way from there."""
        if self.slices == 1:
            way = np.asarray(slice_index)[..., None] * (np.array(self.normal) * self.step)
            return np.broadcast_to(self.positions[0], way.shape), way
        low = np.clip(np.floor(slice_index), 0, self.slices - 2).astype(np.intp)
        step = self.positions[low + 1] - self.positions[low]
        return self.positions[low], (slice_index - low)[..., None] * step

    def _slice_at(self, offset: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        offsets = self.offsets
        if self.slices == 1:
            return np.asarray((offset - offsets[0]) / self.step)
        low = np.clip(np.searchsorted(offsets, offset, side="right") - 1, 0, self.slices - 2)
        return np.asarray(low + (offset - offsets[low]) / (offsets[low + 1] - offsets[low]))

    def same_as(self, other: Geometry) -> bool:
        """Equal size, and every slice's corners within 1e-3 mm."""
        if self.shape != other.shape:
            return False
        ends = np.array([[k, r, c] for k in range(self.slices) for r in (0, self.rows) for c in (0, self.columns)])
        return bool(np.abs(self.to_patient(ends) - other.to_patient(ends)).max() <= SAME_MM)


def _drift(positions: Points, offsets: npt.NDArray[np.float64]) -> float:
    along = (offsets - offsets[0]) / (offsets[-1] - offsets[0])
    line = positions[0] + along[:, None] * (positions[-1] - positions[0])
    return float(np.linalg.norm(positions - line, axis=1).max())


@lru_cache(maxsize=32)
def pixel_grid(rows: int, columns: int) -> Geometry:
    """The frame of a picture that has no place in a patient: x is the column, y the row, in pixels from 0.

    One and the same for pictures of one size.
    """
    return Geometry(
        positions=np.zeros((1, 3)),
        row_cosine=(1.0, 0.0, 0.0),
        column_cosine=(0.0, 1.0, 0.0),
        spacing=(1.0, 1.0),
        rows=rows,
        columns=columns,
    )


def step_across(geometry: Geometry, direction: Vector) -> float:
    """The distance between planes across a direction that leaves no voxel out, mm: the volume's own step along its own
    directions, in between for others."""
    own = (geometry.normal, geometry.column_cosine, geometry.row_cosine)
    return 1 / math.hypot(*(dot(direction, axis) / size for axis, size in zip(own, geometry.spacing_zyx, strict=True)))


def direction_letters(way: Vector) -> str:
    """The patient direction a vector points to: one letter of L R A P H F, two when oblique (> about 12°).

    source  DICOM PS3.3 C.7.6.1.1.1: +x left, +y posterior, +z head
    """
    size = length(way)
    if size == 0:
        return ""
    ranked = sorted(zip(way, ("LR", "PA", "HF"), strict=True), key=lambda item: -abs(item[0]))
    letters = [pair[0] if value > 0 else pair[1] for value, pair in ranked if abs(value) / size > 0.21]
    return "".join(letters[:2])
