"""A file as bytes that are read where they are asked for: a walk that leaps over gigabytes reads none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from workstation.imaging.dicom.walk import Odd

_PIECE: Final = 2**13  # bytes read at once; a walk goes on from where it is
_LONGEST: Final = 4 * 2**20  # bytes of one value; no element that is wanted has as many


class Leaping:
    """Slices are bytes; what lies beyond the end is left out of them, as `bytes` do.

    read  gives so many bytes from an offset
    """

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        self._read = read
        self._size = size
        self._start = 0
        self._piece = b""

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        """raises Odd for more than any wanted value has, and what `read` raises"""
        start, end, _ = part.indices(self._size)
        if end - start > _LONGEST:
            raise Odd
        at = start - self._start
        if at < 0 or end - self._start > len(self._piece):
            self._start, at = start, 0
            self._piece = self._read(max(_PIECE, end - start), start)
        return self._piece[at : at + max(0, end - start)]
