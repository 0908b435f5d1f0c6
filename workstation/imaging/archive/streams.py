"""Seekable views of bytes inside archives: stored as they are, compressed, or part of a stream that runs once."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from workstation.domain.error import ErrorCode, WorkstationError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK: Final = 1 << 16
_BUFFER: Final = 1 << 14  # a header; more would be expanded for nothing


class Decompressor(Protocol):
    """What bz2, lzma and isal have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class Forward(Protocol):
    """Bytes that are read from start to end."""

    def read(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, /) -> int: ...


class View(io.RawIOBase):
    """Bytes of a known size. A seek costs nothing; what it asks for happens at the next read."""

    name = ""  # pydicom asks for one

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self._at = 0

    def _fill(self, at: int, out: memoryview) -> int:
        """Put bytes from offset `at` on into `out`; how many."""
        raise NotImplementedError

    def readinto(self, buffer: WriteableBuffer) -> int:
        with memoryview(buffer).cast("B") as whole:
            out = whole[: max(0, self.size - self._at)]
            count = self._fill(self._at, out) if len(out) else 0
        self._at += count
        return count

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise OSError("before the start")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


def buffered(view: View) -> BinaryIO:
    """A view with a buffer in front, for readers that take a few bytes at a time."""
    return io.BufferedReader(view, _BUFFER)


class Part(View):
    """A run of bytes of another file, which is closed with it only if `owned`."""

    def __init__(self, file: BinaryIO, offset: int, size: int, *, owned: bool = False) -> None:
        super().__init__(size)
        self._file, self._offset, self._owned = file, offset, owned

    def _fill(self, at: int, out: memoryview) -> int:
        self._file.seek(self._offset + at)
        data = self._file.read(len(out))
        if not data:
            raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=self.size - at)
        out[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if self._owned:
            self._file.close()
        super().close()


class Expanded(View):
    """A compressed run of bytes, expanded as it is read; a seek back starts anew, so nothing is kept.

    size  what the archive says; more is never given out
    crc   of the whole, checked when it has been read from start to end
    raises DAMAGED_ARCHIVE, TRUNCATED while reading
    """

    def __init__(self, packed: View, make: Callable[[], Decompressor], size: int, crc: int | None) -> None:
        super().__init__(size)
        self._packed, self._make, self._crc = packed, make, crc
        self._start()

    def _start(self) -> None:
        self._packed.seek(0)
        self._decompressor = self._make()
        self._done = 0
        self._sum = 0

    def _fill(self, at: int, out: memoryview) -> int:
        if at < self._done:
            self._start()
        while self._done < at:
            self._next(min(_CHUNK, at - self._done))
        data = self._next(len(out))
        out[: len(data)] = data
        return len(data)

    def _next(self, most: int) -> bytes:
        from isal import igzip_lib, isal_zlib

        decompressor = self._decompressor
        data = b""
        while not data:
            fresh = (self._packed.read(min(_CHUNK, max(most, 4096))) or b"") if decompressor.needs_input else b""
            if decompressor.eof or (decompressor.needs_input and not fresh):
                if decompressor.eof or self._packed.tell() == self._packed.size:  # all of it is there, and is too short
                    raise WorkstationError(ErrorCode.DAMAGED_ARCHIVE)
                raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=self.size - self._done)
            try:
                data = decompressor.decompress(fresh, most)
            except (OSError, ValueError, igzip_lib.IsalError):  # type: ignore[misc]
                raise WorkstationError(ErrorCode.DAMAGED_ARCHIVE) from None
        self._done += len(data)
        self._sum = isal_zlib.crc32(data, self._sum)
        if self._done == self.size and self._crc is not None and self._sum != self._crc:
            raise WorkstationError(ErrorCode.DAMAGED_ARCHIVE)
        return data

    def close(self) -> None:
        self._packed.close()
        super().close()


class Held:
    """What was read so far of bytes that come only once; any number of views may look at it."""

    def __init__(self, read: Callable[[int], bytes], size: int) -> None:
        self.size = size
        self._read = read
        self._bytes = bytearray()

    @property
    def known(self) -> bytes:
        return bytes(self._bytes)

    def upto(self, end: int) -> memoryview:
        """The first bytes, at least up to `end`. raises TRUNCATED, DAMAGED_ARCHIVE"""
        while len(self._bytes) < end:
            data = self._read(min(max(_CHUNK, end - len(self._bytes)), self.size - len(self._bytes)))
            if not data:
                raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=self.size - len(self._bytes))
            self._bytes += data
        return memoryview(self._bytes)


class HeldView(View):
    def __init__(self, held: Held) -> None:
        super().__init__(held.size)
        self._held = held

    def _fill(self, at: int, out: memoryview) -> int:
        with self._held.upto(at + len(out)) as known:
            out[:] = known[at : at + len(out)]
        return len(out)


class Again(View):
    """The bytes of a stream that can be opened again: a seek back starts anew, so nothing is kept."""

    def __init__(self, make: Callable[[], Forward], size: int) -> None:
        super().__init__(size)
        self._make = make
        self._stream, self._done = make(), 0

    def _fill(self, at: int, out: memoryview) -> int:
        if at < self._done:
            self._stream, self._done = self._make(), 0
        self._stream.seek(at)
        data = self._stream.read(len(out))
        if not data:
            raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=self.size - at)
        out[: len(data)] = data
        self._done = at + len(data)
        return len(data)
