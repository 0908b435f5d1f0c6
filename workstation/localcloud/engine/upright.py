"""A volume seen as the patient stands: axes head-ward, back-ward, left-ward, however it was stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.volume import CtVolume

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Upright:
    """
    order  stored axis (0 slice, 1 row, 2 column) that runs along head, back, left
    flips  whether it runs the other way
    """

    order: tuple[int, int, int]
    flips: tuple[bool, bool, bool]

    @classmethod
    def of(cls, volume: CtVolume) -> Upright:
        """By the largest component of each direction: slices are axial, so the first axis stays the first."""
        axes = volume.axes_lps
        row_is_back = abs(axes[1, 1]) >= abs(axes[2, 1])
        order = (0, 1, 2) if row_is_back else (0, 2, 1)
        back, left = bool(axes[order[1], 1] < 0), bool(axes[order[2], 0] < 0)
        return cls(order, (bool(axes[0, 2] < 0), back, left))

    def view(self, stored: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
        """[head, back, left] of an array [slice, row, column]; no copy, so what is written into it is stored."""
        return stored.transpose(self.order)[tuple(slice(None, None, -1 if flip else 1) for flip in self.flips)]

    def spacing(self, stored: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Of three figures by slice, row, column: those along head, back, left."""
        return stored[list(self.order)]
