"""Memory of volumes: in large pages, and what was just dropped is kept for a moment for the next one.

A system gives memory page by page, each emptied when it is first written to. For a large volume that takes half as long
as reading its pixels. Who goes from series to series drops about as much as he asks for next.
"""

from __future__ import annotations

import mmap
import sys
import threading
import weakref
from contextlib import suppress
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_LEAST: Final = 2**25  # bytes of a volume, below which a new one costs next to nothing
_MOST: Final = 2**30  # above which the system may need it at once
_KEPT_S: Final = 3.0  # then it goes back to the system


class Reuse:
    """Keeps one piece at most, of `least` bytes or more. Safe in threads, and where arrays are dropped: anywhere."""

    def __init__(self, least: int = _LEAST, kept_s: float = _KEPT_S) -> None:
        self._least, self._kept_s = least, kept_s
        self._lock = threading.RLock()  # an array may be dropped by the very thread that asks for another
        self._kept: mmap.mmap | None = None
        self._dropped = 0

    def again(self, shape: tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[Any] | None:
        """An array with anything in it, in memory that was dropped; None where there is none large enough.

        What is too small or left over goes back to the system first: nothing is held besides what is asked for.
        """
        dtype = np.dtype(kind)
        size = _bytes(shape, dtype)
        if size < self._least:
            return None
        with self._lock:
            pages, self._kept = self._kept, None
        if pages is None or len(pages) < size or not _give_back_from(pages, size):
            return None
        return self._leased(pages, shape, dtype)

    def new(self, shape: tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[Any]:
        """The same in new memory, which is kept when the array is dropped; what is kept goes. raises MemoryError"""
        dtype = np.dtype(kind)
        size = _bytes(shape, dtype)
        if size < self._least:
            return np.empty(shape, dtype)
        with self._lock:
            self._kept = None
        return self._leased(_pages(size), shape, dtype)

    def _leased(self, pages: mmap.mmap, shape: tuple[int, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        lease = _Lease(pages, shape, dtype)
        weakref.finalize(lease, self._give_back, pages).atexit = False
        return np.asarray(lease)

    def _give_back(self, pages: mmap.mmap) -> None:
        if len(pages) > _MOST:
            return
        with self._lock:
            self._kept = pages
            self._dropped += 1
            timer = threading.Timer(self._kept_s, self._forget, (self._dropped,))
        timer.daemon = True  # the end of the program does not wait for it
        timer.start()

    def _forget(self, dropped: int) -> None:
        """Unless another piece was dropped since, for which another timer runs."""
        with self._lock:
            if self._dropped == dropped:
                self._kept = None


class _Lease:
    """Stands for memory in the arrays made of it: it goes with the last of them."""

    def __init__(self, pages: mmap.mmap, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.__array_interface__ = {
            "data": (np.frombuffer(pages, np.uint8).ctypes.data, False),
            "shape": shape,
            "typestr": dtype.str,
            "version": 3,
        }


def _bytes(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    return int(np.prod(shape, dtype=np.int64)) * dtype.itemsize


def _pages(size: int) -> mmap.mmap:
    """Memory of the system, outside of every heap, in pages of 2 MB where it has them. raises MemoryError"""
    try:
        if sys.platform == "win32":
            return mmap.mmap(-1, size)
        pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError:
        raise MemoryError from None
    if sys.platform == "linux":
        with suppress(OSError):  # a system without them
            pages.madvise(mmap.MADV_HUGEPAGE)
    return pages


def _give_back_from(pages: mmap.mmap, size: int) -> bool:
    """What lies behind so many bytes goes back to the system. Whether that can be done."""
    start = -(-size // mmap.PAGESIZE) * mmap.PAGESIZE
    if start < len(pages) and sys.platform == "linux":
        pages.madvise(mmap.MADV_DONTNEED, start, len(pages) - start)
    return start >= len(pages) or sys.platform == "linux"


VOLUMES: Final = Reuse()
