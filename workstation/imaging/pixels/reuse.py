"""Memory of a volume that was just dropped, kept for a moment for the next one.

A system gives memory page by page, each emptied when it is first written to. For a large volume that takes half as long
as reading its pixels. Who goes from series to series drops about as much as he asks for next.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_LEAST: Final = 2**25  # bytes of a volume, below which a new one costs next to nothing
_MOST: Final = 2**30  # above which the system may need it at once
_KEPT_S: Final = 3.0  # then it goes back to the system

Bytes = npt.NDArray[np.uint8]


class Reuse:
    """Keeps one piece at most, of `least` bytes or more. Safe in threads, and where arrays are dropped: anywhere."""

    def __init__(self, least: int = _LEAST, kept_s: float = _KEPT_S) -> None:
        self._least, self._kept_s = least, kept_s
        self._lock = threading.RLock()  # an array may be dropped by the very thread that asks for another
        self._kept: Bytes | None = None
        self._dropped = 0

    def again(self, shape: tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[Any] | None:
        """An array with anything in it, in memory that was dropped; None where there is none large enough.

        What is too small or left over goes back to the system first: nothing is held besides what is asked for.
        """
        dtype = np.dtype(kind)
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        if size < self._least:
            return None
        with self._lock:
            memory, self._kept = self._kept, None
        if memory is None or memory.nbytes < size:
            return None
        memory.resize(size, refcheck=False)
        return self._leased(memory, shape, dtype)

    def new(self, shape: tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[Any]:
        """The same in new memory, which is kept when the array is dropped. raises MemoryError"""
        dtype = np.dtype(kind)
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        if not self._least <= size <= _MOST:
            return np.empty(shape, dtype)
        return self._leased(np.empty(size, np.uint8), shape, dtype)

    def _leased(self, memory: Bytes, shape: tuple[int, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        lease = _Lease(memory, shape, dtype)
        weakref.finalize(lease, self._give_back, memory).atexit = False
        return np.asarray(lease)

    def _give_back(self, memory: Bytes) -> None:
        with self._lock:
            self._kept = memory
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

    def __init__(self, memory: Bytes, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.__array_interface__ = {
            "data": (memory.ctypes.data, False),
            "shape": shape,
            "typestr": dtype.str,
            "version": 3,
        }


VOLUMES: Final = Reuse()
