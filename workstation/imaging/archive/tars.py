"""Tar, in one pass from start to end: POSIX ustar and pax, GNU long names, and what is older (POSIX.1-2017 pax)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.archive.entries import MOST_MEMBERS, Entry
from workstation.imaging.archive.forms import is_tar
from workstation.imaging.archive.names import Unique, check_name, encoding_of, shown
from workstation.imaging.archive.streams import Forward

_BLOCK: Final = 512
_LONGEST_HEADER: Final = 2**20  # bytes of names and attributes that stand before a member
_LARGEST: Final = 2**60  # bytes of one member, of which no disc has so many
_MOST_HEADERS: Final = 16  # of them before one member
_MOST_RECORDS: Final = 1000  # in one of them; real ones hold a few dozen
_FILES: Final = b"0\0" + b"7"
_FOLDER, _LONG_NAME, _LONG_LINK, _PAX, _PAX_ALL, _SPARSE = b"5", b"L", b"K", b"x", b"g", b"S"


@dataclass(slots=True)
class _Before:
    """What headers before a member say of it."""

    name: bytes = b""
    size: int = -1
    sparse: bool = False
    headers: int = 0


def entries(file: Forward, size: int | None) -> Iterator[Entry]:
    """Every file of the archive. Between two of them the caller may read the member's bytes.

    size    of the archive, where it is known before it is read
    raises  ARCHIVE_CUT, DAMAGED_ARCHIVE after the last that is whole; TOO_MANY_MEMBERS for what are only folders
    """
    at, unique, before, folders = 0, Unique(), _Before(), 0
    while True:
        if size is not None and at > size:  # may be further than a file can be sought
            raise WorkstationError(ErrorCode.ARCHIVE_CUT)
        file.seek(at)
        head = file.read(_BLOCK)
        if len(head) == _BLOCK and not head.strip(b"\0"):
            return
        if len(head) < _BLOCK:
            raise WorkstationError(ErrorCode.ARCHIVE_CUT)
        if not is_tar(head):
            raise WorkstationError(ErrorCode.DAMAGED_ARCHIVE)
        kind, told = head[156:157], _number(head[124:136])
        at += _BLOCK
        if kind in (_LONG_NAME, _LONG_LINK, _PAX, _PAX_ALL):
            before.headers += 1
            if told > _LONGEST_HEADER or before.headers > _MOST_HEADERS:
                raise WorkstationError(ErrorCode.DAMAGED_ARCHIVE)
            text = file.read(told)
            if kind == _LONG_NAME:
                before.name = text.rstrip(b"\0")
            elif kind == _PAX:
                _read_pax(text, before)
        else:
            told = before.size if before.size >= 0 else told
            if kind not in _FILES and kind != _SPARSE:
                told = told if kind not in b"123456" else 0
            entry = _entry(head, kind, at, told, before, unique, size)
            if entry is not None:
                yield entry
            elif (folders := folders + 1) > MOST_MEMBERS:
                raise WorkstationError(ErrorCode.TOO_MANY_MEMBERS, limit=MOST_MEMBERS)
            before = _Before()
        at += -(-told // _BLOCK) * _BLOCK


def _entry(
    head: bytes, kind: bytes, at: int, told: int, before: _Before, unique: Unique, size: int | None
) -> Entry | None:
    raw = before.name or _name(head)
    if kind == _FOLDER or (kind in _FILES and raw.endswith(b"/")):
        return None
    name = raw.decode("ascii") if raw.isascii() else raw.decode(encoding_of([raw]), "replace")
    name = unique.name(_relative(shown(name)))
    refused = check_name(name)
    if (refused is None and kind == _SPARSE) or before.sparse:
        refused = WorkstationError(ErrorCode.NO_UNPACKER, method="sparse")
    elif refused is None and kind not in _FILES:
        refused = WorkstationError(ErrorCode.NOT_A_FILE)
    if refused is None and size is not None and at + told > size:
        refused = WorkstationError(ErrorCode.TRUNCATED, missing_bytes=at + told - size)
    return Entry(name, at, told, told, refused=refused)


def _relative(name: str) -> str:
    """`tar -C folder .` puts a harmless `./` in front."""
    while name.startswith("./"):
        name = name[2:]
    return name


def _name(head: bytes) -> bytes:
    name = head[:100].split(b"\0", 1)[0]
    prefix = head[345:500].split(b"\0", 1)[0] if head[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _number(raw: bytes) -> int:
    """An octal number, or a binary one with the highest bit set (GNU), not a negative one. raises DAMAGED_ARCHIVE"""
    digits = raw.strip(b"\0 ") or b"0"
    if raw[0] == 0x80:
        number = int.from_bytes(raw[1:], "big")
    elif digits.isdigit() and not set(digits) & {0x38, 0x39}:
        number = int(digits, 8)
    else:
        number = _LARGEST + 1
    if number > _LARGEST:
        raise WorkstationError(ErrorCode.DAMAGED_ARCHIVE)
    return number


def _read_pax(text: bytes, before: _Before) -> None:
    """Records `LENGTH KEY=VALUE\\n`; only the name, the size and what makes a file sparse matter."""
    at = 0
    for _ in range(_MOST_RECORDS):
        space = text.find(b" ", at, at + 8)
        told = text[at : max(at, space)]
        if not told.isdigit() or not space - at < int(told) <= len(text) - at:
            return
        end = at + int(told)
        key, _, value = text[space + 1 : end - 1].partition(b"=")
        if key == b"path":
            before.name = value
        elif key == b"size" and value.isdigit() and len(value) < 18:
            before.size = int(value)
        elif key.startswith(b"GNU.sparse."):
            before.sparse = True
        at = end
