"""Balls of a phantom's truth on the grid of the series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.lungs import Mask
from workstation.localcloud.engine.volume import CtVolume


@dataclass(frozen=True, slots=True, eq=False)
class Ball:
    """`middle`: fractional (slice, row, column) from 0."""

    middle: npt.NDArray[np.float64]
    radius_mm: float

    @classmethod
    def drawn(cls, entry: Mapping[str, Any]) -> Ball:
        """One entry of `truth.json`: `index` and `diameter_mm`."""
        return cls(np.array(entry["index"], np.float64), float(entry["diameter_mm"]) / 2)

    def paint(self, labels: npt.NDArray[Any], volume: CtVolume, label: int) -> None:
        """Write `label` [slice, row, column] wherever a voxel's center lies in the ball."""
        spacing = np.array(volume.spacing_mm)
        low = np.maximum(np.floor(self.middle - self.radius_mm / spacing).astype(int), 0)
        high = np.minimum(np.ceil(self.middle + self.radius_mm / spacing).astype(int) + 1, labels.shape)
        box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        offset = np.stack(np.meshgrid(*(np.arange(a, b) for a, b in zip(low, high, strict=True)), indexing="ij"), -1)
        labels[box][np.linalg.norm((offset - self.middle) * spacing, axis=-1) <= self.radius_mm] = label


def balls_in(volume: CtVolume, balls: Iterable[Mapping[str, Any]]) -> Mask:
    """bool [slice, row, column]: voxels whose center lies in a ball."""
    inside = np.zeros(volume.hu.shape, np.uint8)
    for entry in balls:
        Ball.drawn(entry).paint(inside, volume, 1)
    return inside > 0
