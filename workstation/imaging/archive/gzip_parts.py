"""A gzip file of one part or several, whatever follows its last part.

Other programs stop at the end of the data; downloads and transfers append what is no gzip (RFC 1952 is silent on it).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK: Final = 2**20
_BUFFER: Final = 2**17
_PIECE: Final = 2**13
_AHEAD: Final = 2**19  # bytes of the file that ISA-L reads at once; more is not faster
_MOST_PARTS: Final = 2**15  # each of bgzip holds 64 kilobytes
_MAGIC: Final = b"\x1f\x8b\x08"


class _Reader(Protocol):
    def readinto(self, buffer: memoryview, /) -> int: ...


def inflating(file: BinaryIO) -> BinaryIO:
    """What the gzip file holds, from its start. Reading raises OSError, EOFError and `isal.igzip_lib.IsalError`."""
    inflated: BinaryIO = _Inflated(file)  # type: ignore[assignment]  # all of BinaryIO but names
    return inflated


class _Inflated(io.RawIOBase):
    """Only when the library refuses what follows a part, the end of the parts is looked for."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._stream = _opened(file)
        self._given = 0
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fills the buffer; less only at the end."""
        from isal import igzip_lib

        out, filled = memoryview(buffer).cast("B"), 0
        while filled < len(out):
            try:
                count = self._stream.readinto(out[filled:])
            except (OSError, EOFError, igzip_lib.IsalError):  # type: ignore[misc]
                end = None if self._ended else end_of_parts(self._file)
                if end is None:
                    raise
                self._ended = True
                self._stream = _opened(io.BufferedReader(_Start(self._file, end), _BUFFER))
                self._pass_by(self._given + filled)
                continue
            if not count:
                break
            filled += count
        self._given += filled
        return filled

    def _pass_by(self, count: int) -> None:
        scratch = memoryview(bytearray(min(count, _CHUNK)))
        while count and (passed := self._stream.readinto(scratch[: min(count, _CHUNK)])):
            count -= passed


class _Start(io.RawIOBase):
    """The first bytes of a file."""

    def __init__(self, file: BinaryIO, end: int) -> None:
        super().__init__()
        self._file, self._left = file, end
        file.seek(0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        out = memoryview(buffer).cast("B")
        data = self._file.read(min(len(out), self._left))
        out[: len(data)] = data
        self._left -= len(data)
        return len(data)


class Ahead:
    """Bytes of a file one piece after the other; none is copied often, however short the parts are.

    offset  of the next one
    """

    def __init__(self, file: BinaryIO) -> None:
        self.offset = 0
        self._file, self._data, self._at = file, b"", 0

    def piece(self) -> bytes:
        """What comes next; empty at the end."""
        if len(self._data) - self._at < _PIECE:
            self._data, self._at = self._data[self._at :] + self._file.read(_CHUNK), 0
        return self._data[self._at : self._at + _PIECE]

    def skip(self, count: int) -> None:
        self._at += count
        self.offset += count

    def skip_zeros(self) -> None:
        """Some writers fill up to a whole block."""
        while piece := self.piece():
            left = len(piece.lstrip(b"\0"))
            self.skip(len(piece) - left)
            if left:
                return


def end_of_parts(file: BinaryIO) -> int | None:
    """Where the last whole part ends, if what follows is no gzip; None where one is damaged or cut, or of too many."""
    from isal import igzip_lib, isal_zlib

    file.seek(0)
    ahead, part, parts = Ahead(file), isal_zlib.decompressobj(wbits=31), 1
    try:
        while parts <= _MOST_PARTS and (piece := ahead.piece()):
            part.decompress(piece, _CHUNK)
            ahead.skip(len(piece) - len(part.unused_data if part.eof else part.unconsumed_tail))
            if part.eof:
                end = ahead.offset
                ahead.skip_zeros()
                if not ahead.piece().startswith(_MAGIC):
                    return end
                part, parts = isal_zlib.decompressobj(wbits=31), parts + 1
    except igzip_lib.IsalError:  # type: ignore[misc]
        pass
    return None


def _opened(file: BinaryIO | io.BufferedReader) -> _Reader:
    """The reader inside of `isal.igzip.IGzipFile`, which itself would copy all that it reads twice."""
    from isal import isal_zlib

    reader: _Reader = isal_zlib._GzipReader(file, _AHEAD)
    return reader
