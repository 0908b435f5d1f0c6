"""Headers that our walker refuses, through pydicom: big endian, deflated, no preamble, odd nests, damage."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.archive.member import open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.bounded import bounded
from workstation.imaging.dicom.header import FIRST_BYTES, LARGEST_HEADER, Header
from workstation.imaging.dicom.tags import Tag
from workstation.imaging.dicom.walk import (
    BIG_ENDIAN,
    CODE_BYTES,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    Odd,
    Short,
    data_start,
    walk,
)

if TYPE_CHECKING:
    from pydicom import Dataset

_INFLATED_HEADER: Final = 2**22


def read_header(path: str) -> Header:
    """raises NOT_DICOM, UNREADABLE, TOO_LARGE"""
    with as_error(ErrorCode.UNREADABLE), open_binary(path) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        head = file.read(FIRST_BYTES)
        if _syntax_hint(head) == DEFLATED:
            return _deflated(path, size, file)
        file.seek(0)
        dataset, pixels = read_dataset(file)
        meta = getattr(dataset, "file_meta", None)
        implicit, little = dataset.original_encoding
        values = _raw_values(dataset, bool(little))
        if meta is not None:
            values |= {key: value for key, value in _raw_values(meta, True).items() if key[:2] == b"\x02\x00"}
    header = Header(path, size, values, "", pixels)
    if not data_start(head) and not header.sop_class and not values.get(tags.ROWS):
        raise WorkstationError(ErrorCode.NOT_DICOM)
    header.syntax = header.text(tags.SYNTAX) or (IMPLICIT if implicit else EXPLICIT if little else BIG_ENDIAN)
    values.setdefault(tags.SYNTAX, header.syntax.encode())
    return header


def read_dataset(file: BinaryIO) -> tuple[Dataset, tuple[int, int] | None]:
    """The data set up to its pixel data, and offset and length (-1: encapsulated) of that. raises UNREADABLE"""
    from pydicom import filereader

    pixels: tuple[int, int] | None = None

    def at_pixels(key: int, vr: str | None, length: int) -> bool:
        nonlocal pixels
        if key not in (0x7FE00008, 0x7FE00009, 0x7FE00010):
            return False
        # The reader stands at the value, whichever way the header before it is written; then it steps back.
        pixels = file.tell(), -1 if length == 0xFFFFFFFF else length
        return True

    with as_error(ErrorCode.UNREADABLE):
        dataset = filereader.read_partial(bounded(file), stop_when=at_pixels, force=True)
    return dataset, pixels


def _raw_values(dataset: Dataset, little: bool) -> dict[Tag, bytes]:
    """The wanted elements as they would stand in a little endian file."""
    values: dict[Tag, bytes] = {}
    for key in tags.WANTED:
        group, element = tags.number(key)
        item = dataset.get_item((group, element))
        if key == tags.ANATOMIC_REGION:
            if item is not None:
                values[key] = _code(dataset, item.value, little)
        elif item is not None and (item.value or key not in tags.SEQUENCES):  # an empty sequence is as good as none
            values[key] = b"" if key in tags.SEQUENCES else _raw(item.value, key, little)
    return values


def _code(dataset: Dataset, value: object, little: bool) -> bytes:
    """The region's code, or the meaning of it alone as it would stand in a little endian file."""
    from pydicom import Dataset

    if isinstance(value, bytes) and little:
        return value[:CODE_BYTES]
    with suppress(WorkstationError), as_error(ErrorCode.UNREADABLE):
        items = dataset["AnatomicRegionSequence"].value
        meaning = items[0].get_item("CodeMeaning") if items and isinstance(items[0], Dataset) else None
        if meaning is not None and meaning.value:
            text = _raw(meaning.value, tags.CODE_MEANING, little=True)[:CODE_BYTES]
            return tags.CODE_MEANING + b"LO" + len(text).to_bytes(2, "little") + text
    return b""


def _raw(value: object, key: Tag, little: bool) -> bytes:
    width = 2 if key in tags.BINARY else tags.FLOATS.get(key, 0)
    if isinstance(value, bytes):
        if little or not width:
            return value
        return b"".join(value[at : at + width][::-1] for at in range(0, len(value), width))
    if key in tags.BINARY and isinstance(value, int):
        return (value & 0xFFFF).to_bytes(2, "little")
    if value is None:
        return b""
    parts = [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
    return "\\".join(str(part) for part in parts).encode("utf-8", "replace")


def _syntax_hint(head: bytes) -> str:
    """The transfer syntax in the file meta information, found without parsing."""
    at = head.find(tags.SYNTAX + b"UI", data_start(head))
    length = int.from_bytes(head[at + 6 : at + 8], "little")
    return head[at + 8 : at + 8 + length].strip(b"\0 ").decode("ascii", "replace") if at > 0 else ""


def inflate_file(file: BinaryIO, limit: int) -> bytes:
    """The first `limit` bytes of a deflated file's data set, behind a preamble and mark as an explicit file would have.

    raises UNREADABLE, TOO_LARGE
    """
    file.seek(0)
    data = file.read(LARGEST_HEADER + 1)
    if len(data) > LARGEST_HEADER:
        raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=len(data) // 2**20, limit_mb=LARGEST_HEADER // 2**20)
    at = data_start(data)
    if data[at : at + 6] != b"\x02\x00\x00\x00UL":  # PS3.10 7.1: the meta information says how long it is
        raise WorkstationError(ErrorCode.UNREADABLE)
    start = at + 12 + int.from_bytes(data[at + 8 : at + 12], "little")
    try:
        plain = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[start:], limit)
    except zlib.error:
        raise WorkstationError(ErrorCode.UNREADABLE) from None
    uid = EXPLICIT.encode() + b"\0"
    return bytes(128) + b"DICM" + tags.SYNTAX + b"UI" + len(uid).to_bytes(2, "little") + uid + plain


def _deflated(path: str, size: int, file: BinaryIO) -> Header:
    head = inflate_file(file, _INFLATED_HEADER)
    try:
        walked, _ = walk(head, len(head) if len(head) < _INFLATED_HEADER else 2**40)
    except (Odd, Short):
        raise WorkstationError(ErrorCode.UNREADABLE) from None
    walked.values[tags.SYNTAX] = DEFLATED.encode()
    return Header(path, size, walked.values, DEFLATED, (0, walked.pixels[1]) if walked.pixels else None)
