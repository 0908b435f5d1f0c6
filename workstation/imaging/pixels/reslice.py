"""Coronal, sagittal and axial planes of a volume, right way up, with their place in the patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry, Plane, Vector
from workstation.domain.projection import ViewPlane
from workstation.domain.volume import Volume

_BLOCK: Final = 8  # planes read together where the values of one are far apart: those beside it lie in the same memory

# The main direction of the index, of the picture's right and of its down: axis (0 = x, to the left) and sign.
# Radiological convention: seen from the feet or the front the patient's left is at the right; sagittal: nose left.
_LAYOUT: Final[dict[Plane, tuple[int, tuple[int, int], tuple[int, int]]]] = {
    Plane.AXIAL: (2, (0, 1), (1, 1)),
    Plane.CORONAL: (1, (0, 1), (2, -1)),
    Plane.SAGITTAL: (0, (1, 1), (2, -1)),
}


@dataclass(frozen=True, slots=True)
class _Axes:
    """Which array axis the index, the rows and the columns of a view run along; `flip`: against the array's order."""

    index: int
    row: int
    column: int
    flip_index: bool
    flip_row: bool
    flip_column: bool


def plane_count(geometry: Geometry, plane: Plane) -> int:
    """How many planes of this kind the volume has. raises NO_GEOMETRY"""
    return geometry.shape[_axes(geometry, plane).index]


def plane_geometry(geometry: Geometry, plane: Plane) -> Geometry:
    """The stack of all planes of this kind: index k of `Planes` is its slice k. raises NO_GEOMETRY"""
    axes = _axes(geometry, plane)
    last = geometry.shape[axes.index] - 1
    first, end = (_view_plane(geometry, axes, at) for at in ((last, 0) if axes.flip_index else (0, last)))
    return Geometry(
        positions=np.linspace(first.position, end.position, last + 1),  # the grid is even, or there were no axes
        row_cosine=first.right,
        column_cosine=first.down,
        spacing=first.spacing,
        rows=first.rows,
        columns=first.columns,
        thickness=first.thickness,
    )


class Planes:
    """Planes of one kind along the volume's own grid, one after the other; no value is interpolated.

    plane   AXIAL, CORONAL or SAGITTAL; of the volume's three directions the one nearest to it
    raises  NO_GEOMETRY (uneven or sheared stacks have no such planes)
    """

    def __init__(self, volume: Volume, plane: Plane) -> None:
        if volume.geometry is None:
            raise WorkstationError(ErrorCode.NO_GEOMETRY)
        self._values, self._geometry = volume.values, volume.geometry
        self._axes = _axes(volume.geometry, plane)
        self._block: tuple[int, npt.NDArray[Any]] | None = None  # the first of those read together, and their values

    def values(self, index: int) -> npt.NDArray[Any]:
        """A copy [row, column] of one plane, head or front up.

        index   from 0, growing to the head (axial), the back (coronal), the left (sagittal)
        raises  NO_SUCH_SLICE
        """
        axes, at = self._axes, self._at(index)
        values = self._across(at) if axes.index == 2 else self._values[(slice(None),) * axes.index + (at,)]
        if axes.row > axes.column:
            values = values.T
        return values[:: -1 if axes.flip_row else 1, :: -1 if axes.flip_column else 1].copy()

    def place(self, index: int) -> ViewPlane:
        """Where it lies in the patient. raises NO_SUCH_SLICE"""
        return _view_plane(self._geometry, self._axes, self._at(index))

    def _at(self, index: int) -> int:
        count = self._geometry.shape[self._axes.index]
        if not 0 <= index < count:
            raise WorkstationError(ErrorCode.NO_SUCH_SLICE, slice=index, slices=count)
        return count - 1 - index if self._axes.flip_index else index

    def _across(self, at: int) -> npt.NDArray[Any]:
        first = at // _BLOCK * _BLOCK
        block = self._block
        if block is None or block[0] != first:
            self._block = block = (first, self._values[:, :, first : first + _BLOCK].copy())
        return block[1][:, :, at - first]


def _axes(geometry: Geometry, plane: Plane) -> _Axes:
    affine = geometry.affine()
    if affine is None or plane not in _LAYOUT:
        raise WorkstationError(ErrorCode.NO_GEOMETRY)
    directions = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    across, (right, right_sign), (down, down_sign) = _LAYOUT[plane]
    index = int(np.argmax(np.abs(directions[across])))
    rest = [axis for axis in range(3) if axis != index]
    column = max(rest, key=lambda axis: abs(directions[right, axis]))
    row = next(axis for axis in rest if axis != column)
    return _Axes(
        index=index,
        row=row,
        column=column,
        flip_index=bool(directions[across, index] < 0),
        flip_row=bool(directions[down, row] * down_sign < 0),
        flip_column=bool(directions[right, column] * right_sign < 0),
    )


def _view_plane(geometry: Geometry, axes: _Axes, at: int) -> ViewPlane:
    affine = geometry.affine()
    assert affine is not None
    corner = np.zeros(4)
    corner[3] = 1
    corner[axes.index] = at
    corner[axes.row] = geometry.shape[axes.row] - 1 if axes.flip_row else 0
    corner[axes.column] = geometry.shape[axes.column] - 1 if axes.flip_column else 0
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    return ViewPlane(
        position=_vector((affine @ corner)[:3]),
        right=_vector(affine[:3, axes.column] / spacing[axes.column] * (-1 if axes.flip_column else 1)),
        down=_vector(affine[:3, axes.row] / spacing[axes.row] * (-1 if axes.flip_row else 1)),
        spacing=(float(spacing[axes.row]), float(spacing[axes.column])),
        rows=geometry.shape[axes.row],
        columns=geometry.shape[axes.column],
        thickness=float(spacing[axes.index]),
    )


def _vector(values: npt.NDArray[np.float64]) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))
