"""Files as libraries want them: with a preamble, and never with more than they hold, whatever an element claims."""

from __future__ import annotations

import io
import os
from typing import BinaryIO, Final, cast

from workstation.imaging.dicom.walk import data_start

_PREAMBLE: Final = 128
_MARK: Final = b"DICM"
_BELIEVED: Final = 2**16  # bytes asked for at once, up to which nobody looks


def bounded(file: BinaryIO) -> BinaryIO:
    """The same file, from where it stands; for libraries that ask for as many bytes as an element claims.

    A file that begins with the mark seems to have a preamble before it, though all its offsets are true.
    """
    return cast(BinaryIO, _Bounded(file))


class _Bounded(io.BufferedIOBase):
    """`read` of a buffered file allocates what is asked for before it reads."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        at = file.tell()
        self._end = file.seek(0, os.SEEK_END)
        file.seek(0)
        self._bare = data_start(file.read(_PREAMBLE + 4)) == len(_MARK)
        file.seek(at)

    def read(self, size: int | None = -1) -> bytes:
        if self._bare and size == _PREAMBLE and self._file.tell() == 0:
            self._bare = False
            return bytes(_PREAMBLE)
        if size is None or size < 0 or size > _BELIEVED:
            left = max(0, self._end - self._file.tell())
            size = left if size is None or size < 0 else min(size, left)
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True
