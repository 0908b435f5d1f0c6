"""DICOM's RLE: every byte of a value is a plane of its own, most significant first, packed as PackBits.

Each plane is unpacked by itself and two of them are joined by arithmetic; that takes 3/5 of the time of a codec that
writes every second byte, and shows a plane that ends early, which would leave what lay there before.
source: DICOM PS3.5 annex G
"""

from __future__ import annotations

import struct
from contextlib import suppress
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import PixelFormat
from workstation.imaging.pixels.layout import Stored, without_spare_bits

_HEADER: Final = 64  # bytes
_PADDING: Final = 3  # bytes behind a plane's last run, at most
_Planes = npt.NDArray[np.uint8]  # [byte, value]


def decode_rle(
    frame: bytes | memoryview,
    pixels: PixelFormat,
    out: npt.NDArray[np.uint16] | None = None,
    room: npt.NDArray[np.uint8] | None = None,
) -> Stored:
    """Stored values [row, column] or [row, column, sample] of one frame.

    out     where 16-bit gray goes to, if it is; then its spare bits are as they are
    room    uint8 [byte], as many as the frame's, where its planes may lie meanwhile
    raises  DECODE_FAILED
    """
    size = pixels.bits_allocated // 8
    shape = (size * pixels.samples, pixels.rows * pixels.columns)
    planes = np.empty(shape, dtype=np.uint8) if room is None else room.reshape(shape)
    unpack_rle(frame, pixels, planes)
    if out is not None and size == 2 and pixels.samples == 1:
        return joined(planes, out.reshape(-1)).reshape(out.shape)
    values = np.empty((pixels.samples, planes.shape[1]), dtype=f"u{size}")
    for sample, value in enumerate(values):
        joined(planes[sample * size : (sample + 1) * size], value)
    stored: Stored = values.view(f"i{size}") if pixels.signed else values
    stored = without_spare_bits(stored, pixels).reshape(pixels.samples, pixels.rows, pixels.columns)
    return np.moveaxis(stored, 0, 2) if pixels.samples > 1 else stored[0]


def _segments(frame: bytes | memoryview) -> list[memoryview] | None:
    """The packed planes; None where the header is none."""
    if len(frame) < _HEADER:
        return None
    count, *starts = struct.unpack_from("<16I", frame)
    if not 1 <= count <= 15 or starts[0] != _HEADER:
        return None
    bounds = [*starts[:count], len(frame)]
    if any(start >= end for start, end in pairwise(bounds)):
        return None
    whole = memoryview(frame)
    return [whole[start:end] for start, end in pairwise(bounds)]


def unpack_rle(frame: bytes | memoryview, pixels: PixelFormat, planes: _Planes) -> None:
    """The planes of one frame into `planes`, each of which is contiguous. raises DECODE_FAILED"""
    size, rest = divmod(pixels.bits_allocated, 8)
    segments = _segments(frame)
    if rest or size not in (1, 2, 4, 8) or segments is None or len(segments) != size * pixels.samples:
        raise WorkstationError(ErrorCode.DECODE_FAILED)
    if not all(_fills(segment, plane) for segment, plane in zip(segments, planes, strict=True)):
        raise WorkstationError(ErrorCode.DECODE_FAILED)


def _fills(segment: memoryview, plane: npt.NDArray[np.uint8]) -> bool:
    """Unpack one plane. The codec may take padding behind the last run for a run that is cut, and give up."""
    import imagecodecs

    for end in range(len(segment), max(0, len(segment) - _PADDING - 1), -1):
        with suppress(RuntimeError):
            unpacked = imagecodecs.packbits_decode(segment[:end], out=plane.data)  # type: ignore[arg-type]  # any buffer
            return len(unpacked) == len(plane)
    return False


def joined(planes: _Planes, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The bytes of each value, put together in `values` [value]."""
    if len(planes) == 1:
        values[...] = planes[0]
        return values
    np.multiply(planes[0], values.dtype.type(256), out=values, dtype=values.dtype)  # faster than shifting
    np.add(values, planes[1], out=values)
    for plane in planes[2:]:
        np.left_shift(values, 8, out=values)
        np.add(values, plane, out=values)
    return values
