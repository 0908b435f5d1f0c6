"""A file that never gives, and never makes room for, more than it holds: a length of 4 GB costs nothing then."""

from __future__ import annotations

import io
import os
from typing import BinaryIO, Final, cast

_BELIEVED: Final = 2**16  # bytes asked for at once, up to which nobody looks


def bounded(file: BinaryIO) -> BinaryIO:
    """The same file, from where it stands; for libraries that ask for as many bytes as an element claims."""
    return cast(BinaryIO, _Bounded(file))


class _Bounded(io.BufferedIOBase):
    """`read` of a buffered file allocates what is asked for before it reads."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        at = file.tell()
        self._end = file.seek(0, os.SEEK_END)
        file.seek(at)

    def read(self, size: int | None = -1) -> bytes:
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
