"""Bytes of a file straight into an array, without a copy in between."""

from __future__ import annotations

import os
from typing import Any

import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.dicom.header import READ_FLAGS


def read_into(path: str, offset: int, out: npt.NDArray[Any], file_bytes: int) -> None:
    """Fill a contiguous array from `offset` on, of a file that had `file_bytes` when it was scanned. Safe in threads.

    raises TRUNCATED, FILE_CHANGED, NOT_FOUND, UNREADABLE
    """
    buffer = out.data.cast("B")
    try:
        descriptor = os.open(path, READ_FLAGS)
        try:
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


def _fill(descriptor: int, offset: int, buffer: memoryview) -> int:
    done = 0
    if hasattr(os, "preadv"):
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
