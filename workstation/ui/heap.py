"""How the process asks the system for memory, so that what is let go of goes back."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from typing import Final

_TRIM_THRESHOLD: Final = -1  # mallopt(3)
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
_LARGE_BYTES: Final = 2**24  # what a frame needs for a moment is less: given back, its pages would be asked for anew
_ARENAS: Final = 2


def keep_tidy() -> None:
    """What has 16 MB or more lies for itself, and threads share two heaps.

    As it comes, glibc gives each thread a heap and puts arrays of up to 32 MB into them: after a day of pictures, holes
    that nobody uses take more than what is in use. Elsewhere than on glibc nothing is done.
    """
    if sys.platform != "linux":
        return
    with suppress(AttributeError, OSError):  # another C library
        heap = ctypes.CDLL(None)
        heap.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        heap.mallopt(_TRIM_THRESHOLD, 2 * _LARGE_BYTES)  # as glibc does by itself
        heap.mallopt(_ARENA_MAX, _ARENAS)
