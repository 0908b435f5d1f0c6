"""How the process asks the system for memory, so that what is let go of goes back."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from typing import Final

_TRIM_THRESHOLD: Final = -1  # mallopt(3)
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
_LARGE_BYTES: Final = 2**22  # a picture of 1024 pixels square: what is larger leaves holes that nothing small fills
_END_BYTES: Final = 2**25  # free at the end of a heap before they go back: what a frame needs for a moment is less
_ARENAS: Final = 2


def keep_tidy() -> None:
    """What has 4 MB or more lies for itself, and threads share two heaps.

    As it comes, glibc gives each thread a heap and puts arrays of up to 32 MB into them: after a day of pictures, holes
    that nobody uses take more than what is in use. Elsewhere than on glibc nothing is done.
    """
    heap = _heap()
    if heap is not None:
        heap.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        heap.mallopt(_TRIM_THRESHOLD, _END_BYTES)
        heap.mallopt(_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Free pages between what is in use go back to the system, which takes about 1 ms, and 5 for 100 MB.

    glibc does that by itself at the end of a heap only: after 10,000 steps of a reader its holes took 120 MB.
    """
    heap = _heap()
    if heap is not None:
        heap.malloc_trim(0)


def _heap() -> ctypes.CDLL | None:
    """None for another C library than glibc."""
    if sys.platform != "linux":
        return None
    with suppress(OSError):
        heap = ctypes.CDLL(None)
        if hasattr(heap, "mallopt") and hasattr(heap, "malloc_trim"):
            return heap
    return None
