"""Memory that the program and its workers see at once, so that decoded pixels are written where they stay."""

from __future__ import annotations

import itertools
import mmap
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_POPULATE_WRITE: Final = 23  # MADV_POPULATE_WRITE of madvise(2), which Python has no name for
_AT_ONCE: Final = 2**20  # bytes
_MANY: Final = 2**23
_MOST_AHEAD: Final = 2**30  # for nobody knows yet whether the file holds what it claims
_NUMBERS: Final = itertools.count(1)


@dataclass(frozen=True, slots=True)
class SharedArray:
    """How a worker finds an array: block, NumPy type, shape, offset in bytes."""

    block: int
    dtype: str
    shape: tuple[int, ...]
    offset: int = 0


@dataclass(slots=True, eq=False)
class Block:
    """`size` bytes of zeros. Arrays made of it keep the memory; `close` only ends that workers can be given it.

    Linux: an anonymous file of the memory (never /dev/shm, which containers keep at 64 MB); Windows: a named section;
    elsewhere: a file without a name.
    lent    it is used for one load after the other: a worker may keep it between them, but has it only while it works
            on a request about it
    raises  MemoryError
    """

    size: int
    lent: bool = False
    number: int = field(default_factory=lambda: next(_NUMBERS))
    name: str = field(default_factory=lambda: f"yingtai-{os.urandom(16).hex()}")
    descriptor: int = -1
    closed: bool = False
    _memory: mmap.mmap = field(init=False)

    def __post_init__(self) -> None:
        try:
            if sys.platform == "win32":
                self._memory = mmap.mmap(-1, self.size, tagname=self.name)
            else:
                self.descriptor = _nameless_file(self.size)
                self._memory = mmap.mmap(self.descriptor, self.size)
        except OSError:
            self.close()
            raise MemoryError from None

    def array(self, shared: SharedArray) -> npt.NDArray[Any]:
        return as_array(self._memory, shared)

    def part(self, dtype: npt.DTypeLike, shape: tuple[int, ...], offset: int = 0) -> SharedArray:
        return SharedArray(self.number, np.dtype(dtype).str, shape, offset)

    def close(self) -> None:
        self.closed = True
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def as_array(memory: mmap.mmap, shared: SharedArray) -> npt.NDArray[Any]:
    kind = np.dtype(shared.dtype)
    count = int(np.prod(shared.shape, dtype=np.int64))
    flat: npt.NDArray[Any] = np.frombuffer(memory, dtype=kind, count=count, offset=shared.offset)
    return flat.reshape(shared.shape)


def make_pages(array: npt.NDArray[Any]) -> Callable[[], None]:
    """Have all pages of an array of shared memory; one by one, where they are written, they cost much more.

    Those of a large one are made in a thread, ahead of what is decoded. Only on Linux, from 5.14 on: an older one
    refuses, and where there is no memory that is found out by the one who writes.
    returns  what ends it and lets go of the memory
    """
    if sys.platform != "linux":
        return _nothing
    import ctypes

    madvise = ctypes.CDLL(None).madvise  # the method of mmap keeps other threads from running
    start = array.ctypes.data // mmap.PAGESIZE * mmap.PAGESIZE
    end = array.ctypes.data + min(array.nbytes, _MOST_AHEAD)
    enough = threading.Event()

    def make() -> None:
        for at in range(start, end, _AT_ONCE):
            size = min(_AT_ONCE, end - at)
            if enough.is_set() or madvise(ctypes.c_void_p(at), ctypes.c_size_t(size), _POPULATE_WRITE):
                return
        array.shape  # noqa: B018  the memory stays where it is until here

    if array.nbytes <= _MANY:
        make()
        return _nothing
    ahead = threading.Thread(target=make, daemon=True)
    ahead.start()

    def let_go() -> None:
        enough.set()
        ahead.join()

    return let_go


def _nothing() -> None:
    """Nothing is left to end."""


def map_block(size: int, name: str, descriptor: int) -> mmap.mmap:
    """The same memory in the worker; the descriptor is used up."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=name)
    try:
        return mmap.mmap(descriptor, size)
    finally:
        os.close(descriptor)


def _nameless_file(size: int) -> int:
    if sys.platform == "linux":
        descriptor = os.memfd_create("yingtai", os.MFD_CLOEXEC)
    else:
        import tempfile

        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    try:
        os.ftruncate(descriptor, size)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
