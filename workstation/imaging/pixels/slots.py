"""Shared memory that requests to workers borrow in turn, so that a volume can lie in memory of our own.

Fresh pages that two processes see cost more than most codecs do for what is written there (4 KiB at a time; private
memory comes 2 MiB at a time). A few places that are used again and again, and one copy, cost a tenth of that.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.imaging.worker import Block, SharedArray

MOST: Final = 24  # more than all workers have in their channels, with those that are asked again
_PAGE: Final = 4096
_KEPT: Final = 64 * 2**20  # bytes of memory to be kept for the next load; only the part that was touched is taken


class Slots:
    """Places for `frames` slices each. A place is only touched when all others are in use. raises MemoryError"""

    def __init__(self, frames: int, like: npt.NDArray[Any], colour: npt.NDArray[np.uint8] | None, count: int) -> None:
        """like [slice, row, column] and colour [slice, row, column, 3] are the arrays that slices go to in the end"""
        self._like, self._colour = like, colour
        self._gray_bytes = frames * like[0].nbytes
        needed = self._gray_bytes + (frames * colour[0].nbytes if colour is not None else 0)
        self._each = -(-needed // _PAGE) * _PAGE
        count = min(count, MOST)
        self.block = _block(self._each * count)
        self._free = list(range(count - 1, -1, -1))
        self._lent: dict[int, int] = {}

    def lend(self, request: int, frames: int) -> tuple[SharedArray, SharedArray | None]:
        """Where a request puts gray and colour of its slices; the same place when it is asked again."""
        if request not in self._lent:
            self._lent[request] = self._free.pop()
        start = self._lent[request] * self._each
        gray = self.block.part(self._like.dtype, (frames, *self._like.shape[1:]), start)
        if self._colour is None:
            return gray, None
        return gray, self.block.part(np.uint8, (frames, *self._colour.shape[1:]), start + self._gray_bytes)

    def take(self, request: int, places: list[int]) -> None:
        """The slices that a request made, to where they belong; its place is free again."""
        gray, colour = self.lend(request, len(places))
        values = self.block.array(gray)
        colours = self.block.array(colour) if colour is not None else None
        for at, k in enumerate(places):
            self._like[k] = values[at]
            if self._colour is not None and colours is not None:
                self._colour[k] = colours[at]
        self._free.append(self._lent.pop(request))

    def close(self) -> None:
        """Keep the memory for the next load, unless somebody may still write to it."""
        if self._lent or self.block.size > _KEPT or _spare:
            self.block.close()
        else:
            _spare.append(self.block)


_spare: Final[deque[Block]] = deque()


def _block(size: int) -> Block:
    try:
        block = _spare.pop()
    except IndexError:
        return Block(size, lent=True)
    if block.size >= size:
        return block
    block.close()
    return Block(size, lent=True)
