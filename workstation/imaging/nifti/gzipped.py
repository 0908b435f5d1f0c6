"""The fast gzip of ISA-L, in types; its own stubs are wrong about its classes."""

from __future__ import annotations

import importlib
from typing import Any, BinaryIO, Final, Protocol

from workstation.imaging.archive.gzip_parts import Ahead

CHUNK: Final = 2**20  # bytes


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


def _module(name: str) -> Any:
    return importlib.import_module(f"isal.{name}")
