"""Where the frames of encapsulated pixel data lie in their file: found by walking the items, without reading them.

source: DICOM PS3.5 A.4 (fragments, basic offset table), PS3.3 C.7.6.3.1.8 (extended offset table)
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError

Piece = tuple[int, int]  # offset in the file, length
ReadAt = Callable[[int, int], bytes]  # offset, length → as many bytes as there are

_ITEM: Final = 0xE000FFFE
_END: Final = 0xE0DDFFFE
_MOST_FRAGMENTS: Final = 500_000
_MOST_OF_ONE: Final = 100_000  # fragments of one frame; real ones have some thousands
_SMALL: Final = 2**12  # bytes; headers of smaller fragments are read many at a time
_WINDOW: Final = 2**16
_STARTS: Final = (b"\xff\xd8", b"\xff\x4f", b"\0\0\0\x0c")  # JPEG and JPEG-LS, JPEG 2000, JP2


def frame_pieces(
    read: ReadAt, start: int, frames: int, file_bytes: int, extended: Sequence[int] = ()
) -> list[list[Piece]]:
    """The pieces of each frame. A frame that the file no longer holds is an empty list.

    start     offset of the first item, the basic offset table
    extended  the extended offset table, where the file has one
    raises    DECODE_FAILED where fragments and frames can't be brought together
    """
    table, fragments = _walk(read, start, file_bytes, min(_MOST_FRAGMENTS, _MOST_OF_ONE * frames))
    groups = _groups(read, frames, table, fragments, extended)
    if max(map(len, groups)) > _MOST_OF_ONE:
        raise WorkstationError(ErrorCode.DECODE_FAILED)
    return groups


def _groups(
    read: ReadAt, frames: int, table: Sequence[int], fragments: list[Piece], extended: Sequence[int]
) -> list[list[Piece]]:
    if frames == 1:
        return [fragments]
    first = fragments[0][0] - 8 if fragments else 0
    for offsets in (extended, table):
        groups = _by_offsets([first + offset for offset in offsets], fragments, frames)
        if groups is not None:
            return groups
    if len(fragments) > frames:
        groups = _by_starts(read, fragments)
        if len(groups) != frames:
            raise WorkstationError(ErrorCode.DECODE_FAILED)
        return groups
    return [*([piece] for piece in fragments), *([] for _ in range(frames - len(fragments)))]


def _walk(read: ReadAt, start: int, file_bytes: int, most: int) -> tuple[Sequence[int], list[Piece]]:
    """The basic offset table and all fragments; the last one may reach beyond the file. raises DECODE_FAILED"""
    table: Sequence[int] = ()
    fragments: list[Piece] = []
    at, is_table = start, True
    window, window_start, small = b"", start, False
    while at + 8 <= file_bytes:
        if at + 8 > window_start + len(window):
            window, window_start = read(at, _WINDOW if small else 8), at
        tag, length = struct.unpack_from("<II", window, at - window_start)
        if tag == _END:
            break
        if tag != _ITEM or length == 0xFFFFFFFF or len(fragments) == most:
            raise WorkstationError(ErrorCode.DECODE_FAILED)
        at += 8
        if is_table:
            raw = read(at, min(length, 4 * _MOST_FRAGMENTS))
            table, is_table = struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]), False
        else:
            fragments.append((at, length))
            small = length < _SMALL
        at += length
    return table, fragments


def _by_offsets(items: Sequence[int], fragments: Sequence[Piece], frames: int) -> list[list[Piece]] | None:
    """Fragments grouped by where each frame's first item lies; None where that doesn't fit together."""
    places = {offset - 8: index for index, (offset, _) in enumerate(fragments)}
    if len(items) != frames or any(item not in places for item in items):
        return None
    begins = [places[item] for item in items]
    if begins[0] != 0 or any(later <= earlier for earlier, later in pairwise(begins)):
        return None
    ends = [*begins[1:], len(fragments)]
    return [list(fragments[begin:end]) for begin, end in zip(begins, ends, strict=True)]


def _by_starts(read: ReadAt, fragments: Sequence[Piece]) -> list[list[Piece]]:
    """A new frame wherever a fragment starts like a codestream."""
    groups: list[list[Piece]] = []
    for piece in fragments:
        if not groups or read(piece[0], min(4, piece[1])).startswith(_STARTS):
            groups.append([])
        groups[-1].append(piece)
    return groups
