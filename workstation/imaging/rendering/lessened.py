"""What is handed to the process that draws: a volume of at most 256 voxels in each direction, masks cut out and small.

More than that no screen shows, and the process keeps a limit of memory that way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry
from workstation.domain.volume import LabelVolume, Values, Volume
from workstation.domain.work import CancelToken
from workstation.imaging.rendering.scene import Matrix, Rgb

MOST: Final = 256  # voxels in each direction
_MARGIN: Final = 2  # voxels of nothing around a mask, so that its surface closes

Grid = tuple[float, float, float]
_Numbers = npt.NDArray[np.int16] | npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lessened:
    """A volume on a right-handed grid.

    values   int16 or float32 [slice, row, column]
    spacing  mm between columns, rows, slices
    matrix   the grid's millimetres (column, row, slice; from the first voxel's center) → LPS: turned and moved only
    factors  how many voxels of the series became one: along slices, rows, columns
    """

    values: _Numbers
    spacing: Grid
    matrix: Matrix
    factors: tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solid:
    """One label, cut out of its mask. values: uint8 [slice, row, column], 0 … 255 by the share that is in it.

    The surface lies where the share is a half.
    """

    values: npt.NDArray[np.uint8]
    spacing: Grid
    matrix: Matrix
    colour: Rgb
    opacity: float

    def painted(self, colour: Rgb, opacity: float) -> Solid:
        """The same in another colour."""
        return replace(self, colour=colour, opacity=opacity)


def lessen(volume: Volume, cancel: CancelToken | None = None) -> Lessened:
    """The mean of blocks, as small as they may be. What is left over at the far ends is let go: less than a block.

    raises  BAD_GEOMETRY where slices are not even (`straighten` first) or have no place; Cancelled
    """
    values, geometry = volume.values, volume.geometry
    if geometry is None or geometry.affine() is None:
        raise WorkstationError(ErrorCode.BAD_GEOMETRY)
    factors = _factors(values.shape)
    slices, rows, columns = (size // factor for size, factor in zip(values.shape, factors, strict=True))
    shape, whole = (slices, rows, columns), values.dtype == np.int16
    made: _Numbers = np.empty(shape, np.int16) if whole else np.empty(shape, np.float32)
    for k in range(slices):
        if cancel is not None:
            cancel.check()
        block = values[k * factors[0] : (k + 1) * factors[0], : rows * factors[1], : columns * factors[2]]
        if factors == (1, 1, 1):
            made[k] = block[0]
        else:
            mean = _mean(block, factors)
            made[k] = np.rint(mean) if whole else mean
    spacing, matrix, turned = _place(geometry, (0.0, 0.0, 0.0), factors, slices)
    if turned:
        made = made[::-1].copy()
    return Lessened(values=made, spacing=spacing, matrix=matrix, factors=factors)


def solid_of(
    mask: LabelVolume, label: int, colour: Rgb, opacity: float, cancel: CancelToken | None = None
) -> Solid | None:
    """One label of a mask, whatever its grid; None: it has no voxel, or slices that are not even. raises Cancelled"""
    if label not in mask.voxels or mask.geometry.affine() is None:
        return None
    present = np.flatnonzero(mask.covers[:, label])
    first, last = int(present[0]), int(present[-1])
    rows, columns = np.zeros(mask.geometry.rows, bool), np.zeros(mask.geometry.columns, bool)
    for k in range(first, last + 1):
        if cancel is not None:
            cancel.check()
        here = mask.values[k] == label
        rows |= here.any(axis=1)
        columns |= here.any(axis=0)
    top, bottom = int(rows.argmax()), len(rows) - int(rows[::-1].argmax())
    left, right = int(columns.argmax()), len(columns) - int(columns[::-1].argmax())
    size = (last + 1 - first, bottom - top, right - left)
    factors = _factors(size)
    shape = tuple(-(-length // factor) for length, factor in zip(size, factors, strict=True))
    made = np.zeros([length + 2 * _MARGIN for length in shape], np.uint8)
    padded = np.zeros((factors[0], shape[1] * factors[1], shape[2] * factors[2]), np.float32)
    for k in range(shape[0]):
        if cancel is not None:
            cancel.check()
        at = first + k * factors[0]
        block = mask.values[at : min(at + factors[0], last + 1), top:bottom, left:right] == label
        padded[:] = 0
        padded[: len(block), : size[1], : size[2]] = block
        made[_MARGIN + k, _MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = np.rint(_mean(padded, factors) * 255)
    origin = tuple(
        start - _MARGIN * factor for start, factor in zip((first, top, left), factors, strict=True)
    )  # of the block that is the first voxel
    spacing, matrix, turned = _place(mask.geometry, (origin[0], origin[1], origin[2]), factors, len(made))
    values = np.ascontiguousarray(made[::-1]) if turned else made
    return Solid(values=values, spacing=spacing, matrix=matrix, colour=colour, opacity=opacity)


def _factors(shape: tuple[int, ...]) -> tuple[int, int, int]:
    slices, rows, columns = (-(-size // MOST) for size in shape)
    return (slices, rows, columns)


def _mean(block: Values | npt.NDArray[np.bool_], factors: tuple[int, int, int]) -> npt.NDArray[np.float32]:
    """Of one row of blocks [factor, rows, columns]: strided sums, several times as fast as a mean over four axes."""
    total: npt.NDArray[np.float32] = np.zeros((block.shape[1] // factors[1], block.shape[2] // factors[2]), np.float32)
    for plane in block:
        for down in range(factors[1]):
            for right in range(factors[2]):
                total += plane[down :: factors[1], right :: factors[2]]
    total /= len(block) * factors[1] * factors[2]
    return total


def _place(
    geometry: Geometry, start: tuple[float, float, float], factors: tuple[int, int, int], slices: int
) -> tuple[Grid, Matrix, bool]:
    """Spacing and matrix of the grid whose first block begins at voxel `start`; whether its slices are turned round.

    They are where columns, rows and slices would make a left-handed frame: light would fall from inside there.
    """
    middle = [at + (factor - 1) / 2 for at, factor in zip(start, factors, strict=True)]
    affine = geometry.affine()
    assert affine is not None
    across, down, along = affine[:3, 2], affine[:3, 1], affine[:3, 0]
    first = affine[:3, :3] @ np.array(middle) + affine[:3, 3]
    turned = bool(np.cross(across, down) @ along < 0)
    if turned:
        first, along = first + along * factors[0] * (slices - 1), -along
    lengths = [float(np.linalg.norm(way)) for way in (across, down, along)]
    matrix = np.eye(4)
    for column, (way, length) in enumerate(zip((across, down, along), lengths, strict=True)):
        matrix[:3, column] = way / length
    matrix[:3, 3] = first
    spacing = (lengths[0] * factors[2], lengths[1] * factors[1], lengths[2] * factors[0])
    rows = tuple((float(row[0]), float(row[1]), float(row[2]), float(row[3])) for row in matrix)
    return spacing, rows, turned
