"""Bytes of a file straight into an array, without a copy in between."""

from __future__ import annotations

import os
from typing import Any, Final

import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.dicom.header import READ_FLAGS

_IN_PARTS: Final = hasattr(os, "preadv")
_SHORT: Final = 4096  # bytes after the pixels that are read to see where the file ends


def read_into(path: str, offset: int, out: npt.NDArray[Any], file_bytes: int) -> None:
    """Fill a contiguous array from `offset` on, of a file that had `file_bytes` when it was scanned. Safe in threads.

    raises TRUNCATED, FILE_CHANGED, NOT_FOUND, UNREADABLE
    """
    buffer = out.data.cast("B")
    rest = file_bytes - offset - len(buffer)
    try:
        descriptor = os.open(path, READ_FLAGS)
        try:
            if 0 <= rest < _SHORT and _IN_PARTS and _filled(descriptor, offset, buffer, rest):
                return
            done = _fill(descriptor, offset, buffer)
            size = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise WorkstationError(ErrorCode.NOT_FOUND) from None
    except OSError:
        raise WorkstationError(ErrorCode.UNREADABLE) from None
    if done < len(buffer):
        raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=len(buffer) - done)
    if size != file_bytes:
        raise WorkstationError(ErrorCode.FILE_CHANGED)


def _filled(descriptor: int, offset: int, buffer: memoryview, rest: int) -> bool:
    """Fill and see by the end of the file that it is as long as it was: one call where two would do the same.

    rest  bytes of the file after those that are wanted
    """
    return os.preadv(descriptor, [buffer, bytearray(rest + 1)], offset) == len(buffer) + rest


def _fill(descriptor: int, offset: int, buffer: memoryview) -> int:
    done = 0
    if _IN_PARTS:
        while done < len(buffer):
            count = os.preadv(descriptor, [buffer[done:]], offset + done)
            if count == 0:
                break
            done += count
        return done
    os.lseek(descriptor, offset, os.SEEK_SET)
    with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as file:
        while done < len(buffer):
            count = file.readinto(buffer[done:]) or 0
            if count == 0:
                break
            done += count
    return done
