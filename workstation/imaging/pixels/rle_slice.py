"""A gray RLE slice of a plain file into its place, in this process: the one compression that is left to no worker.

A worker costs more than PackBits does, and two threads unpack two slices at once. What a hostile file could reach here
is bounded at every step:
- The scan has walked the header; only the items behind it are looked at again, in Python.
- What is read is at most a few times the frame, which is itself at most `_LARGEST`.
- Each plane's packed bytes and its place are buffers of lengths known before. The one native call, imagecodecs'
  `imcd_packbits_decode`, compares every run with what is left of both before it touches either, allocates nothing, and
  ends after one pass; a plane that comes out short is an error. Tests lay both buffers against pages that nobody may
  touch.
"""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance
from workstation.imaging.dicom.attributes import frame_bytes
from workstation.imaging.pixels.fragments import frame_pieces
from workstation.imaging.pixels.readinto import read_into
from workstation.imaging.pixels.rescale import rescale, rescale_in_place
from workstation.imaging.pixels.rle import decode_rle

_LARGEST: Final = 32 * 2**20  # bytes of a frame: a radiograph of 16 bits
_BESIDES: Final = 2**16  # bytes in the file: headers, items, padding behind them


def is_quick_rle(instance: Instance) -> bool:
    """Whether `RleReader` may read it: packed bytes are at most a little more than the frame's."""
    frame = frame_bytes(instance.pixels)
    start = instance.items_offset
    return start is not None and frame <= _LARGEST and instance.file_bytes - start <= 2 * frame + _BESIDES


class RleReader:
    """Reads one slice after the other into the same memory: fresh pages hold up all threads. One for each thread."""

    def __init__(self) -> None:
        self._packed = np.empty(0, dtype=np.uint8)
        self._planes = np.empty(0, dtype=np.uint8)

    def read(self, instance: Instance, out: npt.NDArray[Any]) -> None:
        """
        out     int16 or float32 [row, column], values after the Modality LUT
        raises  DoesNotFitError where a value needs float32; TRUNCATED, DECODE_FAILED, FILE_CHANGED, NOT_FOUND,
                UNREADABLE
        """
        start = instance.items_offset
        assert start is not None
        size, pixels = instance.file_bytes - start, instance.pixels
        if len(self._packed) < size:
            self._packed = np.empty(size + size // 4, dtype=np.uint8)  # the next one may be a little longer
        if len(self._planes) != frame_bytes(pixels):
            self._planes = np.empty(frame_bytes(pixels), dtype=np.uint8)
        packed = self._packed[:size]
        try:
            read_into(instance.path, start, packed, instance.file_bytes)
        except WorkstationError as error:
            short = error.code is ErrorCode.TRUNCATED  # of all that was there when it was scanned
            raise WorkstationError(ErrorCode.FILE_CHANGED) if short else error from None
        straight = pixels.bits_allocated == 16 and out.dtype == np.int16 and out.flags.c_contiguous
        try:
            frame = _frame(packed.data, start)
            stored = decode_rle(frame, pixels, out.view(np.uint16) if straight else None, self._planes)
        except (RuntimeError, ValueError, struct.error):
            raise WorkstationError(ErrorCode.DECODE_FAILED) from None
        if straight:
            rescale_in_place(out, instance)
        else:
            rescale(stored, instance, out)


def _frame(data: memoryview, start: int) -> bytes | memoryview:
    """The one frame in the items that begin at `start` of their file and go on to its end. raises TRUNCATED"""
    end = start + len(data)
    (pieces,) = frame_pieces(lambda at, count: bytes(data[at - start : at - start + count]), start, 1, end)
    missing = pieces[-1][0] + pieces[-1][1] - end if pieces else 1
    if missing > 0:
        raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=missing)
    parts = [data[at - start : at - start + length] for at, length in pieces]
    return parts[0] if len(parts) == 1 else b"".join(parts)
