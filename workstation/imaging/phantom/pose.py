"""How the patient lies in the scanner: the same chest a second time, as after months."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import Vector
from workstation.imaging.phantom.chest import CENTER
from workstation.imaging.phantom.paint import SlicePatch

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pose:
    """A turn about the middle of the chest, then a shift; angles about x, then y, then z (LPS), degrees."""

    shift_mm: Vector = (0.0, 0.0, 0.0)
    turn_deg: Vector = (0.0, 0.0, 0.0)

    def matrix(self) -> Matrix:
        """4×4: where a place in the patient (LPS mm of the first examination) lies now."""
        turn = np.eye(3)
        for axis, degrees in enumerate(self.turn_deg):
            a, b = (axis + 1) % 3, (axis + 2) % 3
            step = np.eye(3)
            step[a, a] = step[b, b] = math.cos(math.radians(degrees))
            step[b, a] = math.sin(math.radians(degrees))
            step[a, b] = -step[b, a]
            turn = step @ turn
        matrix = np.eye(4)
        matrix[:3, :3] = turn
        matrix[:3, 3] = np.array(CENTER) + np.array(self.shift_mm) - turn @ np.array(CENTER)
        return matrix

    def place(self, at: Vector) -> Vector:
        """Where a place in the patient lies now, mm."""
        matrix = self.matrix()
        return _vector(matrix[:3, :3] @ np.array(at) + matrix[:3, 3])

    def in_patient(self, patch: SlicePatch) -> SlicePatch:
        """The same slice as the patient, lying as at first, would be cut by it. Origins are relative to CENTER."""
        back = self.matrix()[:3, :3].T
        return replace(
            patch,
            origin=_vector(back @ (np.array(patch.origin) - np.array(self.shift_mm))),
            row_cosine=_vector(back @ np.array(patch.row_cosine)),
            column_cosine=_vector(back @ np.array(patch.column_cosine)),
            normal=_vector(back @ np.array(patch.normal)),
        )


AS_FIRST: Final = Pose()
FOLLOW_UP: Final = Pose(shift_mm=(11.0, -7.0, 16.0), turn_deg=(3.0, -2.0, 4.0))


def _vector(values: Matrix) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))
