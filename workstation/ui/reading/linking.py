"""Which slice of one series lies where a slice of another one does: how views follow one another."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from workstation.domain.geometry import Geometry, dot

PARALLEL_DEG: Final = 15.0  # planes further apart than this show other things: they don't follow


def slice_beside(geometry: Geometry, k: int, other: Geometry, shift_mm: float = 0.0) -> int | None:
    """The slice of `other` nearest to slice k of `geometry`; None where none is, or the planes are not near parallel.

    Both lie in one frame of reference. The middle of slice k is looked for, so that planes slightly turned against one
    another follow where the eye is.

    shift_mm  that the other series lies further along its own normal, as the reader linked them
    """
    if math.degrees(math.acos(min(1.0, abs(dot(geometry.normal, other.normal))))) > PARALLEL_DEG:
        return None
    middle = geometry.to_patient((k, (geometry.rows - 1) / 2, (geometry.columns - 1) / 2))
    offsets = other.offsets
    at = float(middle @ np.array(other.normal)) + shift_mm
    nearest = int(np.abs(offsets - at).argmin())
    return nearest if abs(float(offsets[nearest]) - at) <= other.step else None
