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
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance, PixelFormat
from workstation.imaging.dicom.attributes import frame_bytes
from workstation.imaging.pixels.fragments import frame_pieces
from workstation.imaging.pixels.readinto import read_into
from workstation.imaging.pixels.rescale import rescale, rescale_in_place
from workstation.imaging.pixels.rle import decode_rle, joined, unpack_rle

_LARGEST: Final = 32 * 2**20  # bytes of a frame: a radiograph of 16 bits
_BESIDES: Final = 2**16  # bytes in the file: headers, items, padding behind them


def is_quick_rle(instance: Instance) -> bool:
    """Whether `RleReader` may read it: packed bytes are at most a little more than the frame's."""
    frame = frame_bytes(instance.pixels)
    start = instance.items_offset
    return start is not None and frame <= _LARGEST and instance.file_bytes - start <= 2 * frame + _BESIDES


def may_join(instances: Sequence[Instance], kind: np.dtype[Any]) -> bool:
    """Whether these slices may be unpacked together: 16 bits into int16, rescaled alike."""
    first = instances[0]
    alike = all(
        (one.pixels, one.slope, one.intercept) == (first.pixels, first.slope, first.intercept) for one in instances
    )
    return alike and kind == np.int16 and first.pixels.bits_allocated == 16 and first.pixels.samples == 1


class RleReader:
    """Reads slices into memory that is used again: fresh pages hold up all threads. One for each thread.

    Several slices are joined and rescaled at once, as each call of numpy has to wait for the other threads' calls.
    """

    def __init__(self) -> None:
        self._packed = np.empty(0, dtype=np.uint8)
        self._room = np.empty(0, dtype=np.uint8)

    def read(self, instance: Instance, out: npt.NDArray[Any]) -> None:
        """
        out     int16 or float32 [row, column], values after the Modality LUT
        raises  DoesNotFitError where a value needs float32; what `unpack` raises
        """
        if may_join([instance], out.dtype) and out.flags.c_contiguous:
            self.unpack(instance, 0, 1)
            self.join(instance, out[None])
            return
        pixels = instance.pixels
        frame = self._frame_of(instance)
        try:
            stored = decode_rle(frame, pixels, room=self._planes(pixels, 1))
        except (ValueError, struct.error):
            raise WorkstationError(ErrorCode.DECODE_FAILED) from None
        rescale(stored, instance, out)

    def unpack(self, instance: Instance, place: int, of: int) -> None:
        """One of `of` slices that are joined later.

        raises TRUNCATED, DECODE_FAILED, FILE_CHANGED, NOT_FOUND, UNREADABLE
        """
        frame = self._frame_of(instance)
        try:
            unpack_rle(frame, instance.pixels, self._planes(instance.pixels, of).reshape(2, of, -1)[:, place])
        except (ValueError, struct.error):
            raise WorkstationError(ErrorCode.DECODE_FAILED) from None

    def join(self, instance: Instance, out: npt.NDArray[np.int16]) -> None:
        """All slices that were unpacked → rescaled values int16 [slice, row, column]. raises DoesNotFitError"""
        planes = self._planes(instance.pixels, len(out)).reshape(2, -1)
        joined(planes, out.view(np.uint16).reshape(-1))
        rescale_in_place(out, instance)

    def _planes(self, pixels: PixelFormat, of: int) -> npt.NDArray[np.uint8]:
        size = frame_bytes(pixels) * of
        if len(self._room) < size:
            self._room = np.empty(size, dtype=np.uint8)
        return self._room[:size]

    def _frame_of(self, instance: Instance) -> bytes | memoryview:
        start = instance.items_offset
        assert start is not None
        size = instance.file_bytes - start
        if len(self._packed) < size:
            self._packed = np.empty(size + size // 4, dtype=np.uint8)  # the next one may be a little longer
        packed = self._packed[:size]
        try:
            read_into(instance.path, start, packed, instance.file_bytes)
        except WorkstationError as error:
            short = error.code is ErrorCode.TRUNCATED  # of all that was there when it was scanned
            raise WorkstationError(ErrorCode.FILE_CHANGED) if short else error from None
        try:
            return _frame(packed.data, start)
        except (ValueError, struct.error):
            raise WorkstationError(ErrorCode.DECODE_FAILED) from None


def _frame(data: memoryview, start: int) -> bytes | memoryview:
    """The one frame in the items that begin at `start` of their file and go on to its end. raises TRUNCATED"""
    end = start + len(data)
    (pieces,) = frame_pieces(lambda at, count: bytes(data[at - start : at - start + count]), start, 1, end)
    missing = pieces[-1][0] + pieces[-1][1] - end if pieces else 1
    if missing > 0:
        raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=missing)
    parts = [data[at - start : at - start + length] for at, length in pieces]
    return parts[0] if len(parts) == 1 else b"".join(parts)
