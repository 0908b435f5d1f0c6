"""Where a NIfTI array lies in the patient, and how its axes become slices, rows and columns.

The header's frame is RAS; everything that leaves this module is LPS, millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import WorkstationError
from workstation.domain.geometry import Vector, ascending_normal
from workstation.imaging.nifti.header import Header, Kind

Affine = npt.NDArray[np.float64]  # [4, 4], array index → mm

CLEARLY_THICKER: Final = 1.5  # slices go along the axis whose spacing is this much larger than the next
_RAS_TO_LPS: Final = np.diag([-1.0, -1.0, 1.0, 1.0])
_LONGEST_MM: Final = 1e6
_SHORTEST_MM: Final = 1e-6
_UNIT_LENGTH: Final = 1e-5  # how far above 1 a stored quaternion may be (single precision)
_HALF_TURN: Final = 1e-7  # nearer to 1 than this its length is 1 but for rounding, as nifti1_io.c has it
# Patient axes are 0 (to the left), 1 (to the back), 2 (to the head). By slice axis: (row index axis, its direction),
# (column index axis, its direction), as a radiologist looks at such a slice.
_READING: Final = {
    2: ((1, 1), (0, 1)),
    0: ((2, -1), (1, 1)),
    1: ((2, -1), (0, 1)),
}


class Told(StrEnum):
    """Who says where the voxels lie."""

    SFORM = "sform"
    QFORM = "qform"
    ASSUMED = "assumed"  # NIfTI's method 1: sizes only
    NOBODY = "nobody"  # Analyze; or what is said is no place (not finite, flat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An array as a stack [slice, row, column].

    axes      which array axis is slice, row and column
    flips     whether slice, row and column run against that axis
    told      who says so
    skewed    the axes within the slices are not at right angles, so no place can be given
    positions LPS mm [slices, 3], center of each slice's first pixel; None without a place
    row_cosine, column_cosine  as in `Geometry`; None without a place
    spacing   between rows, between columns, mm; None where the file says nothing usable
    step      along the slice axis, mm, likewise
    """

    axes: tuple[int, int, int]
    flips: tuple[bool, bool, bool]
    told: Told
    skewed: bool
    positions: tuple[Vector, ...] | None
    row_cosine: Vector | None
    column_cosine: Vector | None
    spacing: tuple[float, float] | None
    step: float | None


def affine_of(header: Header) -> tuple[Affine, Told]:
    """Array index → RAS mm, and who says so: sform before qform before sizes alone, as nibabel decides it.

    Of sizes alone the place is NIfTI's method 1 as SPM and nibabel fill it: the first axis runs to the patient's left,
    the center of the array is the origin.
    """
    if header.kind is not Kind.ANALYZE:
        if header.sform_code > 0:
            return np.array([*header.srow, 0, 0, 0, 1], dtype=np.float64).reshape(4, 4), Told.SFORM
        if header.qform_code > 0:
            return _quaternion_affine(header), Told.QFORM
    zooms = np.array(header.zooms) * (-1, 1, 1)
    affine = np.diag([*zooms, 1.0])
    affine[:3, 3] = -zooms * (np.array(header.shape[:3]) - 1) / 2
    return affine, Told.NOBODY if header.kind is Kind.ANALYZE else Told.ASSUMED


def _quaternion_affine(header: Header) -> Affine:
    """NIfTI's method 2 (nifti1.h). Not a number where the quaternion is none."""
    vector = np.array(header.quaternion, dtype=np.float64)
    square = float(vector @ vector)
    if square > 1 + _UNIT_LENGTH:
        return np.full((4, 4), np.nan)
    rest = 1.0 - square
    b, c, d = vector / np.sqrt(square) if rest < _HALF_TURN else vector
    a = np.sqrt(rest) if rest >= _HALF_TURN else 0.0
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    affine = np.eye(4)
    affine[:3, :3] = rotation * (np.array(header.zooms) * (1, 1, header.qfac))
    affine[:3, 3] = header.shift
    return affine


def place_of(header: Header) -> Place:
    """The stack that a reader expects of this array, whatever order its axes are stored in.

    Slices go along the axis whose spacing is clearly larger than the others', else along that nearest to head and
    feet; rows and columns as in the radiological convention. Slices that a sheared affine shifts keep their places; an
    array whose rows and columns are not at right angles gets none.
    """
    with np.errstate(all="ignore"):  # damaged headers hold any number
        ras, told = affine_of(header)
        lps = _RAS_TO_LPS @ ras
        sizes = np.linalg.norm(lps[:3, :3], axis=0)
        usable = bool(np.isfinite(lps).all()) and _sane(sizes) and abs(np.linalg.det(lps[:3, :3] / sizes)) > 1e-3
    if told is Told.NOBODY or not usable:
        return _placeless(header)
    directions = lps[:3, :3] / sizes
    nearest = _nearest(directions)
    for slice_axis in _candidates(header.shape, sizes, nearest):
        axes, flips = _reading(slice_axis, nearest, directions)
        rows, columns = (directions[:, axes[i]] * (-1.0 if flips[i] else 1.0) for i in (1, 2))
        row_cosine, column_cosine = _vector(columns), _vector(rows)
        try:
            normal = np.array(ascending_normal(row_cosine, column_cosine))
        except WorkstationError:
            continue
        flips = (bool(directions[:, axes[0]] @ normal < 0), *flips[1:])
        return Place(
            axes=axes,
            flips=flips,
            told=told,
            skewed=False,
            positions=_positions(lps, header.shape, axes, flips),
            row_cosine=row_cosine,
            column_cosine=column_cosine,
            spacing=(float(sizes[axes[1]]), float(sizes[axes[2]])),
            step=float(sizes[axes[0]]),
        )
    return _placeless(header, skewed=True)


def _sane(sizes: npt.NDArray[np.float64]) -> bool:
    return bool(np.isfinite(sizes).all() and sizes.min() > _SHORTEST_MM and sizes.max() < _LONGEST_MM)


def _placeless(header: Header, *, skewed: bool = False) -> Place:
    """Slices along the third axis, rows turned as if the array ran to left, front and head."""
    zooms = np.array(header.zooms)
    return Place(
        axes=(2, 1, 0),
        flips=(False, True, False),
        told=Told.NOBODY,
        skewed=skewed,
        positions=None,
        row_cosine=None,
        column_cosine=None,
        spacing=(header.zooms[1], header.zooms[0]) if _sane(zooms) else None,
        step=header.zooms[2] if _sane(zooms) else None,
    )


def _nearest(directions: npt.NDArray[np.float64]) -> tuple[int, int, int]:
    """For each array axis the patient axis that it is nearest to, each patient axis once."""
    best = max(permutations(range(3)), key=lambda order: sum(abs(directions[p, a]) for a, p in enumerate(order)))
    return (best[0], best[1], best[2])


def _candidates(
    shape: tuple[int, ...], sizes: npt.NDArray[np.float64], nearest: tuple[int, int, int]
) -> tuple[int, ...]:
    """Array axes that slices may go along, the best one first."""
    axial = nearest.index(2)
    order = [axial, *(axis for axis in range(3) if axis != axial)]
    single = [axis for axis in range(3) if shape[axis] == 1]
    thickest = int(np.argmax(sizes))
    if len(single) == 1:
        first = single[0]
    elif sizes[thickest] > CLEARLY_THICKER * np.sort(sizes)[1]:
        first = thickest
    else:
        first = axial
    return (first, *(axis for axis in order if axis != first))


def _reading(
    slice_axis: int, nearest: tuple[int, int, int], directions: npt.NDArray[np.float64]
) -> tuple[tuple[int, int, int], tuple[bool, bool, bool]]:
    (row_patient, row_way), (column_patient, column_way) = _READING[nearest[slice_axis]]
    row, column = nearest.index(row_patient), nearest.index(column_patient)
    flips = (
        False,
        bool(directions[row_patient, row] * row_way < 0),
        bool(directions[column_patient, column] * column_way < 0),
    )
    return (slice_axis, row, column), flips


def _positions(
    lps: Affine, shape: tuple[int, ...], axes: tuple[int, int, int], flips: tuple[bool, bool, bool]
) -> tuple[Vector, ...]:
    first = np.zeros(4)
    first[3] = 1
    for axis, flip in zip(axes, flips, strict=True):
        first[axis] = shape[axis] - 1 if flip else 0
    origin = (lps @ first)[:3]
    step = lps[:3, axes[0]] * (-1.0 if flips[0] else 1.0)
    return tuple(_vector(position) for position in origin + np.arange(shape[axes[0]])[:, None] * step)


def _vector(three: npt.NDArray[np.float64]) -> Vector:
    x, y, z = three.tolist()
    return (x, y, z)
