"""A mask that a reader drew on a picture: which of its own pixels it covers, and how that is counted."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.calibration import Spacing
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis, Measurement
from workstation.domain.overlaid import Rgb
from workstation.domain.photo_area import AREA, PIXELS, SHARE
from workstation.domain.words import Words, say

Covered = npt.NDArray[np.bool_]  # [row, column] of the whole picture

_FAST: Final = 1  # masks are long runs: more effort makes them hardly smaller


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMask:
    """
    stack_id  the picture that it is kept with, a series of one
    number    from 1 in the order drawn on this picture: its name, where the reader gave none
    colour    red, green, blue, 0 … 255
    packed    as `pack` made it
    by        the reader's name; `at` aware, UTC
    basis     of a mask that was kept from a result what that rested on, whatever the hand changed since

    raises BAD_GEOMETRY where what is packed is no mask of this size
    """

    id: str
    stack_id: str
    number: int
    name: str = ""
    colour: Rgb
    rows: int
    columns: int
    packed: bytes
    by: str = ""
    at: datetime
    basis: Basis = Basis.READER

    def __post_init__(self) -> None:
        _checked(self.packed, self.rows, self.columns)

    @property
    def covered(self) -> Covered:
        """A copy that may be written."""
        return packed_pixels(self.packed, self.rows, self.columns)

    @property
    def pixels(self) -> int:
        """How many it covers."""
        return int(np.bitwise_count(_bytes(self.packed)).sum())

    @property
    def title(self) -> Words:
        title = say("{text}", text=self.name) if self.name else say("Mask {number}", number=self.number)
        return say("{name} (simulated)", name=title) if self.basis is Basis.SIMULATED else title


def pack(covered: Covered) -> bytes:
    """A bit a pixel, row by row, compressed: a mask is kept with every step that can be taken back."""
    return zlib.compress(np.packbits(covered).tobytes(), _FAST)


def packed_pixels(packed: bytes, rows: int, columns: int) -> Covered:
    """What `pack` was given. raises BAD_GEOMETRY where it was no mask of this size"""
    return np.unpackbits(_checked(packed, rows, columns), count=rows * columns).view(np.bool_).reshape(rows, columns)


def _checked(packed: bytes, rows: int, columns: int) -> npt.NDArray[np.uint8]:
    content = _bytes(packed)
    if min(rows, columns) < 1 or content.size != -(-rows * columns // 8):
        raise WorkstationError(ErrorCode.BAD_GEOMETRY)
    return content


def _bytes(packed: bytes) -> npt.NDArray[np.uint8]:
    """Eight pixels in each, what is over at the end is 0."""
    try:
        return np.frombuffer(zlib.decompress(packed), dtype=np.uint8)
    except zlib.error:
        raise WorkstationError(ErrorCode.BAD_GEOMETRY) from None


def area_of(covered: int, size: int, spacing: Spacing | None, basis: Basis) -> tuple[Measurement, Measurement]:
    """Area and share of the picture.

    covered, size  pixels of the mask and of the picture
    spacing        between rows and columns, mm; None: the area is in pixels
    """
    value, unit = (float(covered), PIXELS) if spacing is None else (covered * spacing[0] * spacing[1], "mm2")
    return (
        Measurement(name=AREA, label=say("Area"), value=value, unit=unit, basis=basis),
        Measurement(name=SHARE, label=say("Share of the picture"), value=100 * covered / size, unit="%", basis=basis),
    )
