"""The fixed header of a NIfTI-1, NIfTI-2 or Analyze 7.5 file → a typed value, in either byte order.

Fields and offsets: nifti1.h and nifti2.h of the NIfTI Data Format Working Group; Analyze 7.5: its file format of 1993.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError

SMALL: Final = 348  # bytes of a NIfTI-1 or Analyze header
LARGE: Final = 540  # of a NIfTI-2 header
_LONGEST: Final = 2**31
_MOST_AXES: Final = 7
MOST_FRAMES: Final = 200_000  # of a file; also what one axis may be long

_DTYPES: Final[Mapping[int, tuple[str, int]]] = MappingProxyType(
    {
        2: ("u1", 1),
        4: ("i2", 1),
        8: ("i4", 1),
        16: ("f4", 1),
        64: ("f8", 1),
        128: ("u1", 3),
        256: ("i1", 1),
        512: ("u2", 1),
        768: ("u4", 1),
        1024: ("i8", 1),
        1280: ("u8", 1),
        2304: ("u1", 4),
    }
)
_OTHER_TYPES: Final[Mapping[int, str]] = MappingProxyType(
    {1: "binary", 32: "complex64", 1536: "float128", 1792: "complex128", 2048: "complex256"}
)
_TO_MM: Final[Mapping[int, float]] = MappingProxyType({1: 1000.0, 2: 1.0, 3: 0.001})  # metre, millimetre, micrometre
INTENT_LABEL: Final = 1002


class Kind(StrEnum):
    """`*_PAIR`: the voxels are in a file of their own (.img)."""

    NIFTI1 = "nifti-1"
    NIFTI1_PAIR = "nifti-1-pair"
    NIFTI2 = "nifti-2"
    NIFTI2_PAIR = "nifti-2-pair"
    ANALYZE = "analyze"

    @property
    def pair(self) -> bool:
        return self in (Kind.NIFTI1_PAIR, Kind.NIFTI2_PAIR, Kind.ANALYZE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the fixed header says, with units in millimetres.

    shape      sizes of the array's axes, at least three; the first one varies fastest in the file
    dtype      numpy's name of the stored type with its byte order; `samples` of it make a voxel (3: RGB, 4: RGBA)
    offset     first byte of the voxels in the (inflated) file that holds them
    slope, intercept  value = stored × slope + intercept
    zooms      distances along the first three axes as `pixdim` gives them, mm; may be anything in a damaged file
    qfac       -1.0 turns the third axis round in the quaternion's frame
    quaternion, shift  the qform; `srow` the sform, row by row; both RAS, mm
    display    (low, high) in values that the writer suggests, None where it suggests nothing
    """

    kind: Kind
    shape: tuple[int, ...]
    dtype: str
    samples: int
    offset: int
    slope: float
    intercept: float
    zooms: tuple[float, float, float]
    qfac: float
    qform_code: int
    sform_code: int
    quaternion: tuple[float, float, float]
    shift: tuple[float, float, float]
    srow: tuple[float, ...]
    intent: int
    description: str
    display: tuple[float, float] | None

    @property
    def volumes(self) -> int:
        return math.prod(self.shape[3:])

    @property
    def voxel_bytes(self) -> int:
        return int(self.dtype[2:]) * self.samples

    @property
    def volume_bytes(self) -> int:
        return math.prod(self.shape[:3]) * self.voxel_bytes

    @property
    def data_bytes(self) -> int:
        return self.volume_bytes * self.volumes


@dataclass(frozen=True, slots=True)
class _Fields:
    """Where the wanted fields stand."""

    dim: tuple[int, str]
    datatype: int
    pixdim: tuple[int, str]
    offset: tuple[int, str]
    slope: tuple[int, str]
    cal: tuple[int, str]
    description: int
    codes: tuple[int, str]
    quaternion: tuple[int, str]
    srow: tuple[int, str]
    units: tuple[int, str]
    intent: tuple[int, str]


_FIELDS_1: Final = _Fields(
    dim=(40, "8h"),
    datatype=70,
    pixdim=(76, "8f"),
    offset=(108, "f"),
    slope=(112, "2f"),
    cal=(124, "2f"),
    description=148,
    codes=(252, "2h"),
    quaternion=(256, "6f"),
    srow=(280, "12f"),
    units=(123, "B"),
    intent=(68, "h"),
)
_FIELDS_2: Final = _Fields(
    dim=(16, "8q"),
    datatype=12,
    pixdim=(104, "8d"),
    offset=(168, "q"),
    slope=(176, "2d"),
    cal=(192, "2d"),
    description=240,
    codes=(344, "2i"),
    quaternion=(352, "6d"),
    srow=(400, "12d"),
    units=(500, "i"),
    intent=(504, "i"),
)


def kind_of_head(head: bytes) -> tuple[Kind, str] | None:
    """What a file's first bytes are, and their byte order ("<" or ">"); None: neither NIfTI nor Analyze."""
    if len(head) < SMALL:
        return None
    if head[4:8] in (b"n+2\0", b"ni2\0") and len(head) >= LARGE:
        order = _order(head, 16, "q")
        return (Kind.NIFTI2 if head[5:6] == b"+" else Kind.NIFTI2_PAIR, order) if order else None
    order = _order(head, 40, "h")
    if order is None:
        return None
    if head[344:348] in (b"n+1\0", b"ni1\0"):
        return (Kind.NIFTI1 if head[345:346] == b"+" else Kind.NIFTI1_PAIR, order)
    if struct.unpack_from(order + "i", head, 0)[0] == SMALL:
        return (Kind.ANALYZE, order)
    return None


def _order(head: bytes, at: int, kind: str) -> str | None:
    """The byte order in which the number of axes makes sense."""
    for order in "<>":
        if 1 <= struct.unpack_from(order + kind, head, at)[0] <= _MOST_AXES:
            return order
    return None


def parse(head: bytes) -> Header:
    """The first 540 bytes (or all 348 there are) of a header file → Header.

    raises NOT_NIFTI, VALUE_TYPE, NO_PIXELS (an axis of length 0, or but one voxel), UNREADABLE (an impossible axis),
           TOO_MANY_FRAMES
    """
    found = kind_of_head(head)
    if found is None:
        raise WorkstationError(ErrorCode.NOT_NIFTI)
    kind, order = found
    at = _FIELDS_2 if kind in (Kind.NIFTI2, Kind.NIFTI2_PAIR) else _FIELDS_1

    def read(field: tuple[int, str]) -> tuple[float, ...]:
        return struct.unpack_from(order + field[1], head, field[0])

    dim = struct.unpack_from(order + at.dim[1], head, at.dim[0])
    dtype, samples = _value_type(struct.unpack_from(order + "h", head, at.datatype)[0])
    analyze = kind is Kind.ANALYZE
    slope, intercept = _scaling(*read(at.slope)) if not analyze else (_analyze_slope(read(at.slope)[0]), 0.0)
    pixdim = read(at.pixdim)
    quaternion = read(at.quaternion)
    to_mm = 1.0 if analyze else _TO_MM.get(int(read(at.units)[0]) & 7, 1.0)
    codes = (0, 0) if analyze else struct.unpack_from(order + at.codes[1], head, at.codes[0])
    zooms = (abs(pixdim[1]) * to_mm, abs(pixdim[2]) * to_mm, abs(pixdim[3]) * to_mm)
    return Header(
        kind=kind,
        shape=_shape(dim),
        dtype=order + dtype,
        samples=samples,
        offset=_offset(kind, read(at.offset)[0]),
        slope=slope,
        intercept=intercept,
        zooms=zooms,
        qfac=-1.0 if pixdim[0] == -1 else 1.0,
        qform_code=codes[0],
        sform_code=codes[1],
        quaternion=(quaternion[0], quaternion[1], quaternion[2]),
        shift=(quaternion[3] * to_mm, quaternion[4] * to_mm, quaternion[5] * to_mm),
        srow=tuple(value * to_mm for value in read(at.srow)),
        intent=0 if analyze else int(read(at.intent)[0]),
        description=head[at.description : at.description + 80].split(b"\0")[0].decode("ascii", "replace").strip(),
        display=_display(*read(at.cal)),
    )


def _shape(dim: tuple[int, ...]) -> tuple[int, ...]:
    """Axes beyond the third that are 0 count as 1: some writers leave them empty."""
    axes = [*dim[1 : 1 + dim[0]], 1, 1][: max(3, dim[0])]
    axes[3:] = [axis or 1 for axis in axes[3:]]
    if 0 in axes or axes[:3] == [1, 1, 1]:  # values of points, such as those of a surface (CIFTI), are no picture
        raise WorkstationError(ErrorCode.NO_PIXELS)
    if min(axes) < 0 or max(axes) > _LONGEST:
        raise WorkstationError(ErrorCode.UNREADABLE)
    if max(axes[:3]) > MOST_FRAMES:
        raise WorkstationError(ErrorCode.TOO_MANY_FRAMES, frames=max(axes[:3]), limit=MOST_FRAMES)
    return tuple(axes)


def _value_type(code: int) -> tuple[str, int]:
    known = _DTYPES.get(code)
    if known is None:
        raise WorkstationError(ErrorCode.VALUE_TYPE, kind=_OTHER_TYPES.get(code, str(code)))
    return known


def _scaling(slope: float, intercept: float) -> tuple[float, float]:
    """Slope 0 means none; what is not finite means none as well."""
    if slope == 0 or not math.isfinite(slope) or not math.isfinite(intercept):
        return (1.0, 0.0)
    return (slope, intercept)


def _analyze_slope(slope: float) -> float:
    """SPM's own use of a field that Analyze left free."""
    return slope if slope and math.isfinite(slope) else 1.0


def _offset(kind: Kind, stated: float) -> int:
    """raises UNREADABLE"""
    least = {Kind.NIFTI1: SMALL + 4, Kind.NIFTI2: LARGE + 4}.get(kind, 0)
    if not math.isfinite(stated) or not 0 <= stated < _LONGEST:
        raise WorkstationError(ErrorCode.UNREADABLE)
    return max(int(stated), least)


def _display(high: float, low: float) -> tuple[float, float] | None:
    return (low, high) if math.isfinite(high) and math.isfinite(low) and high > low else None
