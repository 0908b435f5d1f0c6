"""Colours that files recommend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from workstation.domain.overlaid import Rgb


def rgb_of(lab: Sequence[float]) -> Rgb | None:
    """PS3.3 C.10.7.1.1: L* 0 … 100 and a*, b* -128 … 127, each over 0 … 65535; PCS white is D50 → sRGB."""
    if len(lab) != 3 or not all(0 <= value <= 65535 for value in lab):
        return None
    lightness, a, b = lab[0] / 65535 * 100, lab[1] / 65535 * 255 - 128, lab[2] / 65535 * 255 - 128
    fy = (lightness + 16) / 116
    cubes = [f**3 if f > 6 / 29 else 3 * (6 / 29) ** 2 * (f - 4 / 29) for f in (fy + a / 500, fy, fy - b / 200)]
    xyz = np.array(cubes) * (0.96422, 1.0, 0.82521)
    linear = np.clip(_D50_TO_SRGB @ xyz, 0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = np.rint(srgb * 255).astype(int).tolist()
    return (red, green, blue)


# Bradford-adapted, as in the ICC profile of sRGB.
_D50_TO_SRGB: Final = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)
