"""Frames that are parts of larger pictures: segments cut out one by one, or tiles (DICOM PS3.3 C.7.6.16.2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import DUPLICATE_MM, Geometry, Points, Vector, ascending_normal, orthonormal

_WHOLE: Final = 0.1  # of a pixel: frames lie on one lattice of pixels up to that
_STRAIGHT: Final = 1.0  # pixels: what a stack of whole frames drifts at most
_MOST: Final = 200  # sheets of one lattice
_FARTHEST: Final = 1e9  # pixels
_LARGEST: Final = 2**27  # pixels of all slices of one sheet; what is larger has a stray frame

_Cells = npt.NDArray[np.float64]  # [n, 2]: rows and columns from somewhere


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Frames of one lattice of pixels.

    frames     their places among those that were given
    positions  center of the first pixel of the whole sheet on the plane of each frame, mm [n, 3]
    shape      of the sheet: rows, columns
    """

    frames: npt.NDArray[np.intp]
    positions: Points
    shape: tuple[int, int]


def sheets_of(
    positions: Points,
    cosines: tuple[Vector, Vector],
    spacing: tuple[float, float],
    shape: tuple[int, int],
    beside: Geometry | None,
) -> list[Sheet]:
    """Of frames of one orientation and size, as few sheets as hold them all where they are.

    positions  of the first pixel of each, mm [n, 3]
    beside     the series, where its slices are parallel: frames drawn on it lean and drift as its slices do
    raises     BAD_GEOMETRY, BAD_SPACING
    """
    if min(spacing) <= 0:
        raise WorkstationError(ErrorCode.BAD_SPACING, spacing_mm=min(spacing))
    ways = orthonormal(*cosines)
    along = positions @ np.array(ascending_normal(*cosines))
    references = [positions[:1] + np.outer(along - along[0], ascending_normal(*ways))]
    if beside is not None:
        index = beside.to_index(positions) * (1.0, 0.0, 0.0)
        references.insert(0, beside.to_patient(index))
    cells = [_cells(positions - reference, ways, spacing) for reference in references]
    if not all((np.abs(found) < _FARTHEST).all() for found in cells):
        raise WorkstationError(ErrorCode.BAD_GEOMETRY)
    everything = np.arange(len(positions))
    for found in cells:
        if _on_lattice(found).all():
            return _cut(everything, found, positions, along, ways, spacing, shape)
    if _one_each(along, cells[-1]) and _straight(positions, along, ways, spacing, cells):
        return [Sheet(everything, positions, shape)]
    return [
        sheet
        for frames in _lattices(cells[0])
        for sheet in _cut(frames, cells[0][frames], positions[frames], along[frames], ways, spacing, shape)
    ]


def _cells(away: Points, ways: tuple[Vector, Vector], spacing: tuple[float, float]) -> _Cells:
    row, column = ways
    return np.column_stack([away @ np.array(column) / spacing[0], away @ np.array(row) / spacing[1]])


def _on_lattice(cells: _Cells) -> npt.NDArray[np.bool_]:
    """Which frames lie whole pixels away from the first one."""
    away = cells - cells[0]
    whole: npt.NDArray[np.bool_] = (np.abs(away - np.rint(away)) <= _WHOLE).all(axis=1)
    return whole


def _lattices(cells: _Cells) -> list[npt.NDArray[np.intp]]:
    """Which frames lie whole pixels apart from one another: no more than a hundred kinds."""
    left = np.arange(len(cells))
    found: list[npt.NDArray[np.intp]] = []
    while len(left):
        whole = _on_lattice(cells[left])
        found.append(left[whole])
        left = left[~whole]
    return found


def _one_each(along: npt.NDArray[np.float64], cells: _Cells) -> bool:
    """Whether there is one place for frames on each plane."""
    order = np.argsort(along, kind="stable")
    same = np.diff(along[order]) <= DUPLICATE_MM
    return bool((np.abs(np.diff(cells[order], axis=0)).max(axis=1)[same] <= _WHOLE).all())


def _straight(
    positions: Points,
    along: npt.NDArray[np.float64],
    ways: tuple[Vector, Vector],
    spacing: tuple[float, float],
    cells: Sequence[_Cells],
) -> bool:
    """Whether whole frames follow the series, the normal, or one line that leans: they drift less than a pixel."""
    low, high = positions[along.argmin()], positions[along.argmax()]
    part = (along - along.min()) / max(float(np.ptp(along)), DUPLICATE_MM)
    leaning = _cells(positions - low - part[:, None] * (high - low), ways, spacing)
    return any(float(np.ptp(found, axis=0).max()) <= _STRAIGHT for found in (*cells, leaning))


def _cut(
    frames: npt.NDArray[np.intp],
    cells: _Cells,
    positions: Points,
    along: npt.NDArray[np.float64],
    ways: tuple[Vector, Vector],
    spacing: tuple[float, float],
    shape: tuple[int, int],
) -> list[Sheet]:
    """The one sheet of frames of one lattice; one for each corner that they have where it would be too large.

    raises BAD_GEOMETRY for too many of these
    """
    corners = np.rint(cells - cells[0]).astype(np.int64)
    corners -= corners.min(axis=0)
    rows, columns = (corners.max(axis=0) + shape).tolist()
    planes = 1 + int((np.diff(np.sort(along)) > DUPLICATE_MM).sum())
    if (rows, columns) != shape and rows * columns * planes > _LARGEST:
        kinds, which = np.unique(corners, axis=0, return_inverse=True)
        if len(kinds) > _MOST:
            raise WorkstationError(ErrorCode.BAD_GEOMETRY)
        groups = [which.ravel() == kind for kind in range(len(kinds))]
        return [Sheet(frames[group], positions[group], shape) for group in groups]
    row, column = np.array(ways[0]), np.array(ways[1])
    away = corners[:, :1] * spacing[0] * column + corners[:, 1:] * spacing[1] * row
    return [Sheet(frames, positions - away, (rows, columns))]
