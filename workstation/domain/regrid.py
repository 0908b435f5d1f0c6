"""Even, straight and coarser grids for stacks whose own grid can't be sent or cut: where their slices will lie.

Only places are computed here, so that a check can say beforehand what a repair leads to; values are made in `imaging`.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from workstation.domain.geometry import TILT_DEG, Geometry, Points

_HOLE: Final = 1.5  # a step of so many median ones leaves room for another slice
_SLACK_PX: Final = 0.05  # less than this beyond the picture's edge is no reason for another row
_DECIMALS: Final = 6  # of a position: what a DICOM header holds of it, so that the copy says the very same place


def is_even(geometry: Geometry) -> bool:
    """Equal steps, no shear, no slice beside the others: nothing to straighten."""
    return geometry.uniform and geometry.straight and geometry.shear_deg <= TILT_DEG


def has_holes(geometry: Geometry) -> bool:
    """Somewhere the next slice is so far that values between would be invented: for the eye, not for an analysis."""
    steps = np.diff(geometry.offsets)
    return bool(len(steps)) and float(steps.max()) >= _HOLE * geometry.step


def even_grid(geometry: Geometry) -> Geometry:
    """The straight stack of equal steps over the same room: each slice right above the one before.

    Cosines, pixel spacing and the first slice's pixel centers stay; rows and columns are added where sheared slices
    stick out, so that no pixel is lost. A stack that already is even comes back as it is.
    """
    if is_even(geometry):
        return geometry
    offsets = geometry.offsets
    span = float(offsets[-1] - offsets[0])
    count = geometry.slices if geometry.uniform else round(span / geometry.step) + 1
    row_way = np.array(geometry.column_cosine) * geometry.spacing[0]
    column_way = np.array(geometry.row_cosine) * geometry.spacing[1]
    away = geometry.positions - geometry.positions[0]
    above, below = _room(away @ np.array(geometry.column_cosine) / geometry.spacing[0])
    left, right = _room(away @ np.array(geometry.row_cosine) / geometry.spacing[1])
    first = geometry.positions[0] + above * row_way + left * column_way
    along = np.linspace(0.0, span, count)[:, None] * np.array(geometry.normal)
    return Geometry(
        positions=np.round(first + along, _DECIMALS),
        row_cosine=geometry.row_cosine,
        column_cosine=geometry.column_cosine,
        spacing=geometry.spacing,
        rows=geometry.rows + below - above,
        columns=geometry.columns + right - left,
        thickness=geometry.thickness,
    )


def coarser_grid(geometry: Geometry, largest: tuple[int, int]) -> Geometry:
    """The same slices with larger pixels, so that neither rows nor columns exceed `largest`.

    Both directions shrink by the same factor; the outer edges of the first row and column stay where they are.
    """
    factor = shrink_factor(geometry, largest)
    if factor <= 1:
        return geometry
    half = (factor - 1) / 2  # from the first pixel's center to that of the larger one, in pixels
    shift = (
        np.array(geometry.column_cosine) * geometry.spacing[0] + np.array(geometry.row_cosine) * geometry.spacing[1]
    ) * half
    return Geometry(
        positions=np.round(geometry.positions + shift, _DECIMALS),
        row_cosine=geometry.row_cosine,
        column_cosine=geometry.column_cosine,
        spacing=(geometry.spacing[0] * factor, geometry.spacing[1] * factor),
        rows=_shrunk(geometry.rows, factor),
        columns=_shrunk(geometry.columns, factor),
        thickness=geometry.thickness,
    )


def shrink_factor(geometry: Geometry, largest: tuple[int, int]) -> float:
    """How many pixels of a side become one; 1 where nothing has to shrink."""
    return max(1.0, geometry.rows / largest[0], geometry.columns / largest[1])


def _shrunk(size: int, factor: float) -> int:
    return max(1, math.ceil(size / factor - 1e-9))


def _room(shifts: Points) -> tuple[int, int]:
    """Whole pixels that slices stick out, below zero and above."""
    return math.floor(float(shifts.min()) + _SLACK_PX), math.ceil(float(shifts.max()) - _SLACK_PX)
