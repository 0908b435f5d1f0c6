"""A mask that a reader drew on a picture: which of its own pixels it covers, and how that is painted and counted."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.answer import Placement, PlacementState
from workstation.domain.calibration import Spacing
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.geometry import Geometry
from workstation.domain.overlaid import Overlaid, Rgb
from workstation.domain.photo_area import AREA, PIXELS, SHARE
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words, say

Covered = npt.NDArray[np.bool_]  # [row, column] of the whole picture

DRAWN: Final = "drawn-mask"  # kind of what is painted over the picture, and code of its only part
_FAST: Final = 1  # masks are long runs: more effort makes them hardly smaller
_KEPT: Final = 24  # masks made ready to be painted: one of a large photograph takes as many bytes as that has pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMask:
    """
    stack_id  the picture that it is kept with, a series of one
    number    from 1 in the order drawn on this picture: its name, where the reader gave none
    colour    red, green, blue, 0 … 255
    packed    as `pack` made it
    by        the reader's name; `at` aware, UTC

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

    def __post_init__(self) -> None:
        packed_pixels(self.packed, self.rows, self.columns)

    @property
    def covered(self) -> Covered:
        """A copy that may be written."""
        return packed_pixels(self.packed, self.rows, self.columns)

    @property
    def title(self) -> Words:
        return say("{text}", text=self.name) if self.name else say("Mask {number}", number=self.number)


def pack(covered: Covered) -> bytes:
    """A bit a pixel, row by row, compressed: a mask is kept with every step that can be taken back."""
    return zlib.compress(np.packbits(covered).tobytes(), _FAST)


def packed_pixels(packed: bytes, rows: int, columns: int) -> Covered:
    """What `pack` was given. raises BAD_GEOMETRY where it was no mask of this size"""
    try:
        content = np.frombuffer(zlib.decompress(packed), dtype=np.uint8)
    except zlib.error:
        raise WorkstationError(ErrorCode.BAD_GEOMETRY) from None
    if min(rows, columns) < 1 or content.size != -(-rows * columns // 8):
        raise WorkstationError(ErrorCode.BAD_GEOMETRY)
    return np.unpackbits(content, count=rows * columns).view(np.bool_).reshape(rows, columns)


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


@lru_cache(maxsize=_KEPT)
def painted(mask: DrawnMask) -> Overlaid:
    """The mask as it is laid over its picture: one and the same for one state of it, so that its cuts are kept."""
    volume = _label_volume(mask)
    finding = Finding(
        id=mask.id,
        code=DRAWN,
        label=mask.title,
        shapes=(Mask(volume=mask.id, label=1),) if volume is not None else (),
        measurements=(),
        confidence=None,
        basis=Basis.READER,
    )
    return Overlaid(
        id=mask.id,
        kind=DRAWN,
        title=mask.title,
        placement=Placement(PlacementState.PROVEN, say("Drawn by the reader on this picture.")),
        findings=(finding,),
        masks=(volume,) if volume is not None else (),
        colours={mask.id: mask.colour},
        in_pixels=True,
    )


def _label_volume(mask: DrawnMask) -> LabelVolume | None:
    """Only the part that holds the mask: of a large picture little is drawn on; None where nothing is."""
    covered = mask.covered
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(columns[0])
    part = covered[top : rows[-1] + 1, left : columns[-1] + 1]
    geometry = Geometry(
        positions=np.array([[float(left), float(top), 0.0]]),
        row_cosine=(1.0, 0.0, 0.0),
        column_cosine=(0.0, 1.0, 0.0),
        spacing=(1.0, 1.0),
        rows=part.shape[0],
        columns=part.shape[1],
    )
    return LabelVolume(name=mask.id, values=part.astype(np.uint8)[None], geometry=geometry)
