"""Balls of a phantom's truth on the grid of the series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from workstation.localcloud.engine.lungs import Mask
from workstation.localcloud.engine.volume import CtVolume


def balls_in(volume: CtVolume, balls: Iterable[Mapping[str, Any]]) -> Mask:
    """bool [slice, row, column]: voxels whose center lies in a ball (`index`: its middle, `diameter_mm`)."""
    inside = np.zeros(volume.hu.shape, bool)
    spacing = np.array(volume.spacing_mm)
    for ball in balls:
        middle, radius = np.array(ball["index"], np.float64), float(ball["diameter_mm"]) / 2
        low = np.maximum(np.floor(middle - radius / spacing).astype(int), 0)
        high = np.minimum(np.ceil(middle + radius / spacing).astype(int) + 1, inside.shape)
        box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        offset = np.stack(np.meshgrid(*(np.arange(a, b) for a, b in zip(low, high, strict=True)), indexing="ij"), -1)
        inside[box] |= np.linalg.norm((offset - middle) * spacing, axis=-1) <= radius
    return inside
