"""Colours as the eye tells them apart: CIE L*a*b* under D65, of sRGB."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# IEC 61966-2-1: linear sRGB to XYZ, and the white of D65.
_TO_XYZ: Final = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE: Final = np.array([0.95047, 1.0, 1.08883])
_LINEAR_BELOW: Final = (6 / 29) ** 3


def lab_of(rgb: npt.NDArray[np.uint8] | Floats) -> Floats:
    """sRGB 0 to 255, last axis of three → L* 0 to 100, a*, b*.

    source  CIE 15:2004, 8.2.1; IEC 61966-2-1 for the curve of sRGB
    """
    share = np.asarray(rgb, dtype=np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T / _WHITE
    f = np.where(xyz > _LINEAR_BELOW, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    lab: Floats = np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
    return lab
