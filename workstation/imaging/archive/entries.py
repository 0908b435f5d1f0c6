"""What an archive says of its members, and how much of it is believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError

MOST_MEMBERS: Final = 200_000
LARGEST_MEMBER: Final = 4 * 2**30  # bytes
_FREE: Final = 512 * 2**20  # bytes that any archive may expand to
_FREE_SLOW: Final = 256 * 2**20  # where bytes of nothing cost time, too
_EXPANSION: Final = 100  # times its size; archives of black pictures reach about 50

STORED: Final = "stored"
DEFLATED: Final = "deflate"
BZIP2: Final = "bzip2"


@dataclass(frozen=True, slots=True)
class Entry:
    """One member. offset: of its header (zip) or its bytes (tar); packed, size: bytes in the archive, expanded."""

    name: str
    offset: int
    packed: int
    size: int
    method: str = STORED
    crc: int | None = None
    refused: WorkstationError | None = None


def most_expanded(archive_bytes: int, *, slow: bool = False) -> int:
    """How many bytes an archive of this size may expand to before it is taken for a bomb. `slow`: bzip2, xz"""
    return (_FREE_SLOW if slow else _FREE) + _EXPANSION * archive_bytes


def believed(entries: Iterable[Entry], archive_bytes: int) -> Iterator[Entry]:
    """The entries; those that claim too much are refused. raises TOO_MANY_MEMBERS after those that are allowed"""
    left = most_expanded(archive_bytes)
    for number, entry in enumerate(entries):
        if number >= MOST_MEMBERS:
            raise WorkstationError(ErrorCode.TOO_MANY_MEMBERS, limit=MOST_MEMBERS)
        if entry.refused is None and entry.size > min(left, LARGEST_MEMBER):
            limit = min(left, LARGEST_MEMBER) // 2**20
            entry = replace(entry, refused=WorkstationError(ErrorCode.EXPANDS_TOO_FAR, limit_mb=limit))
        elif entry.refused is None:
            left -= entry.size
        yield entry
