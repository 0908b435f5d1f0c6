"""The fast gzip of ISA-L, in types, as its own stubs are wrong about its classes; and of libdeflate."""

from __future__ import annotations

import importlib
import os
from typing import Any, BinaryIO, Final, Protocol

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.archive.gzip_parts import Ahead
from workstation.imaging.archive.member import open_binary

CHUNK: Final = 2**20  # bytes
MAGIC: Final = b"\x1f\x8b"
_MOST_PACKED: Final = 2**27  # bytes that are held at once


class Compressor(Protocol):
    def compress(self, data: bytes | memoryview, /) -> bytes: ...

    def flush(self) -> bytes: ...


def compressor() -> Compressor:
    """Makes one gzip file, without name and time: the same content gives the same bytes."""
    made: Compressor = _module("isal_zlib").compressobj(level=1, wbits=31)
    return made


def broken() -> type[Exception]:
    """What ISA-L raises for damaged data."""
    error: type[Exception] = _module("igzip_lib").IsalError
    return error


def inflated_length(file: BinaryIO, enough: int) -> int:
    """How many bytes a gzip file really holds, counted up to `enough`; damage and a missing end stop the count."""
    fresh = _module("isal_zlib").decompressobj
    count, ahead, part = 0, Ahead(file), fresh(wbits=31)
    try:
        while count < enough and (piece := ahead.piece()):
            count += len(part.decompress(piece, CHUNK))
            ahead.skip(len(piece) - len(part.unused_data if part.eof else part.unconsumed_tail))
            if part.eof:  # compressed in several parts
                ahead.skip_zeros()
                part = fresh(wbits=31)
    except broken():
        pass
    return count


def inflate_at_once(path: str, size: int, out: npt.NDArray[np.uint8]) -> bool:
    """All that a gzip file of one part holds, if it just fills `out`; else False, also for a damaged one.

    size    that the file must have, bytes; they are held besides, and where there is no memory for them: False
    raises  FILE_CHANGED, NOT_FOUND, UNREADABLE
    """
    import imagecodecs

    decode = imagecodecs.gzip_decode  # loaded before the file, which may leave no room for it
    try:
        with open_binary(path) as file:
            if file.seek(0, os.SEEK_END) != size:
                raise WorkstationError(ErrorCode.FILE_CHANGED)
            file.seek(0)
            if size > _MOST_PACKED or file.read(2) != MAGIC:
                return False
            file.seek(0)
            packed = file.read(size)
        if int.from_bytes(packed[-4:], "little") != len(out):  # the length as the last part states it (RFC 1952)
            return False
        return len(decode(packed, out=out.data)) == len(out)
    except (imagecodecs.DeflateError, MemoryError):
        return False


def _module(name: str) -> Any:
    return importlib.import_module(f"isal.{name}")
