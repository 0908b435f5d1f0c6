"""Measured values over a series, in a unit: what a parametric map of others holds, and where."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workstation.domain.figures import figure
from workstation.domain.geometry import Geometry
from workstation.domain.mask_cut import nearest_on
from workstation.domain.projection import ViewPlane
from workstation.domain.words import Words

Measured = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ValueMap:
    """
    part       id of the finding that it is
    quantity   what was measured, as the file calls it
    unit       of the values: real-world ones, not stored ones; "" for none
    values     [slice, row, column]; not a number where nothing was measured, or the file says no meaning
    low, high  the range that its colours go over
    """

    part: str
    quantity: Words
    unit: str
    values: Measured
    geometry: Geometry
    low: float
    high: float

    def figure(self, value: float) -> str:
        """As fine as a hundredth of the range, without the unit."""
        return figure(value, max(0, math.ceil(-math.log10(self.high - self.low)) + 2))

    def said(self, value: float) -> str:
        return f"{self.figure(value)} {self.unit}".rstrip()

    def on(self, plane: ViewPlane) -> Measured:
        """The nearest voxel's value under each pixel [row, column]; not a number outside."""
        return nearest_on(self.values, self.geometry, plane, np.float32(np.nan))

    def at(self, plane: ViewPlane, x: float, y: float) -> float | None:
        """The value under one pixel (column, row); None where there is none."""
        k, row, column = np.rint(self.geometry.to_index(plane.to_patient(x, y))).astype(int).tolist()
        slices, rows, columns = self.values.shape
        if not (0 <= k < slices and 0 <= row < rows and 0 <= column < columns):
            return None
        value = float(self.values[k, row, column])
        return value if np.isfinite(value) else None
