"""ZIP: the central directory, or what is whole of an archive that is cut (APPNOTE.TXT 6.3)."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.archive.entries import BZIP2, DEFLATED, MOST_MEMBERS, STORED, Entry, most_expanded
from workstation.imaging.archive.names import Unique, check_name, encoding_of, shown
from workstation.imaging.archive.streams import Decompressor, Expanded, Part, View, buffered

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_END64: Final = struct.Struct("<4sQ2H2I4Q")
_LOCATOR: Final = struct.Struct("<4sIQI")
_MOST_ENDS: Final = 100  # that are looked at
_LARGEST_DIRECTORY: Final = 64 * 2**20  # bytes of it that are read
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 1, 8, 0x800
_AES: Final = 99
_METHODS: Final = {0: STORED, 8: DEFLATED, 12: BZIP2}
_OTHERS: Final = {1: "Shrink", 6: "Implode", 9: "Deflate64", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}


@dataclass(slots=True)
class _Raw:
    """A member as its header has it."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    mode: int = 0  # of Unix, 0 where it was packed elsewhere
    cut: int = 0  # bytes that are missing


def entries(file: BinaryIO, size: int) -> tuple[Iterator[Entry], WorkstationError | None]:
    """All files of the archive, one after the other, and what is wrong with it as a whole. raises DAMAGED_ARCHIVE"""
    fault: WorkstationError | None = None
    try:
        raws = list(islice(_directory(file, size), MOST_MEMBERS + 1))
    except (struct.error, _NoDirectoryError):
        raws = list(islice(_headers(file, size), MOST_MEMBERS + 1))
        fault = WorkstationError(ErrorCode.ARCHIVE_CUT)
    unsaid = encoding_of(raw.name for raw in raws if not raw.flags & _UTF8)
    unique = Unique()
    return (_entry(raw, unsaid, unique) for raw in raws if not raw.name.endswith((b"/", b"\\"))), fault


def open_entry(file: BinaryIO, entry: Entry, *, owned: bool = False) -> BinaryIO:
    """The member's bytes. raises DAMAGED_ARCHIVE, and what `Expanded` raises while they are read"""
    file.seek(entry.offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise WorkstationError(ErrorCode.DAMAGED_ARCHIVE)
    name, extra = _LOCAL.unpack(head)[-2:]
    view: View = Part(file, entry.offset + _LOCAL.size + name + extra, entry.packed, owned=owned)
    if entry.method != STORED:
        view = Expanded(view, inflater if entry.method == DEFLATED else _bzip2, entry.size, entry.crc)
    return buffered(view)


def inflater() -> Decompressor:
    from isal import igzip_lib

    made: Decompressor = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_DEFLATE)
    return made


def _bzip2() -> Decompressor:
    import bz2

    return bz2.BZ2Decompressor()


def _entry(raw: _Raw, unsaid: str, unique: Unique) -> Entry:
    name = unique.name(shown(raw.name.decode("utf-8" if raw.flags & _UTF8 else unsaid, "replace")))
    method = _METHODS.get(raw.method, STORED)
    refused = check_name(name)
    if refused is None and stat.S_IFMT(raw.mode) not in (0, stat.S_IFREG):
        refused = WorkstationError(ErrorCode.NOT_A_FILE)
    if refused is None and (raw.flags & _ENCRYPTED or raw.method == _AES):
        refused = WorkstationError(ErrorCode.ENCRYPTED)
    if refused is None and raw.method not in _METHODS:
        refused = WorkstationError(ErrorCode.NO_UNPACKER, method=_OTHERS.get(raw.method, f"ZIP {raw.method}"))
    if refused is None and raw.cut:
        refused = WorkstationError(ErrorCode.TRUNCATED, missing_bytes=raw.cut)
    if refused is None and method == STORED and raw.packed != raw.size:
        refused = WorkstationError(ErrorCode.DAMAGED_ARCHIVE)
    return Entry(name, raw.offset, raw.packed, raw.size, method, raw.crc, refused)


class _NoDirectoryError(Exception):
    """The archive has no usable central directory: it ends too early."""


def _directory(file: BinaryIO, size: int) -> Iterator[_Raw]:
    count, length, offset, end = _end(file, size)
    # Whatever stands before the archive (a program that unpacks itself) shifts all offsets.
    shift = end - length - offset
    file.seek(end - length)
    directory = file.read(min(length, _LARGEST_DIRECTORY))
    at = 0
    for _ in range(count):
        try:
            raw, at = _central(directory, at, shift)
        except struct.error:
            if length > len(directory):
                return
            raise
        yield raw


def _end(file: BinaryIO, size: int) -> tuple[int, int, int, int]:
    """count, length and told offset of the central directory, and where it ends.

    By the last end record that a directory stands before: a comment may hold what looks like one.
    """
    tail_at = max(0, size - 0xFFFF - _END.size - _LOCATOR.size)
    file.seek(tail_at)
    tail = file.read(size - tail_at)
    at = len(tail)
    for _ in range(_MOST_ENDS):
        at = tail.rfind(b"PK\x05\x06", 0, at)
        if at < 0:
            break
        with suppress(struct.error, _NoDirectoryError):
            return _believed_end(file, tail, at, tail_at)
    raise _NoDirectoryError


def _believed_end(file: BinaryIO, tail: bytes, at: int, tail_at: int) -> tuple[int, int, int, int]:
    _, _, _, _, count, length, offset, _ = _END.unpack_from(tail, at)
    end = tail_at + at
    if 0xFFFFFFFF in (length, offset) or count == 0xFFFF:
        locator = tail[at - _LOCATOR.size : at] if at >= _LOCATOR.size else b""
        if locator.startswith(b"PK\x06\x07"):
            count, length, offset, end = _end64(file, _LOCATOR.unpack(locator)[2], end - _LOCATOR.size - _END64.size)
    if length + offset > end or (not count and end):  # an empty archive is nothing but its end
        raise _NoDirectoryError
    file.seek(end - length)
    if count and file.read(4) != b"PK\x01\x02":
        raise _NoDirectoryError
    return count, length, offset, end


def _end64(file: BinaryIO, told: int, usual: int) -> tuple[int, int, int, int]:
    """count, length, offset, and where the central directory ends"""
    for at in (told, usual):
        file.seek(max(0, at))
        record = file.read(_END64.size)
        if len(record) == _END64.size and record.startswith(b"PK\x06\x06"):
            count, length, offset = _END64.unpack(record)[-3:]
            return count, length, offset, at
    raise _NoDirectoryError


def _central(directory: bytes, at: int, shift: int) -> tuple[_Raw, int]:
    mark, made, _, flags, method, _, _, crc, packed, size, name, extra, comment, _, _, mode, offset = (
        _CENTRAL.unpack_from(directory, at)
    )
    if mark != b"PK\x01\x02":
        raise _NoDirectoryError
    at += _CENTRAL.size
    raw = _Raw(directory[at : at + name], flags, method, crc, packed, size, offset)
    _widen(raw, directory[at + name : at + name + extra])
    raw.offset += shift
    if made >> 8 == 3:
        raw.mode = mode >> 16
    return raw, at + name + extra + comment


def _widen(raw: _Raw, extra: bytes) -> None:
    """Take sizes above 4 GiB and a Unicode name from the extra field (APPNOTE 4.5.3, 4.6.9)."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        at += 4
        part = extra[at : at + length]
        if kind == 1:
            values = list(struct.unpack(f"<{len(part) // 8}Q", part[: len(part) // 8 * 8]))
            for field in ("size", "packed", "offset"):
                if getattr(raw, field) == 0xFFFFFFFF and values:
                    setattr(raw, field, values.pop(0))
        elif kind == 0x7075 and part[:1] == b"\x01":
            raw.name = part[5:]
            raw.flags |= _UTF8
        at += length


def _headers(file: BinaryIO, size: int) -> Iterator[_Raw]:
    """Every member from its own header, one after the other, as far as the archive goes."""
    at, left = 0, most_expanded(size)
    while at + _LOCAL.size <= size:
        file.seek(at)
        head = file.read(_LOCAL.size)
        if not head.startswith(b"PK\x03\x04"):
            return
        _, _, flags, method, _, _, crc, packed, length, name, extra = _LOCAL.unpack(head)
        raw = _Raw(file.read(name), flags, method, crc, packed, length, at)
        if len(raw.name) < name:
            return
        _widen(raw, file.read(extra))
        start = at + _LOCAL.size + name + extra
        if flags & _SIZES_FOLLOW and not packed:
            after = _measure(file, raw, start, size, left)
            if after is None:
                return
            at = after
            left -= raw.size
        else:
            at = start + raw.packed
            raw.cut = max(0, at - size)
        yield raw


def _measure(file: BinaryIO, raw: _Raw, start: int, size: int, most: int) -> int | None:
    """Sizes of a member that stand behind it, found by expanding it to `most` bytes; where the next one starts."""
    from isal import igzip_lib

    if raw.method != 8:
        return None
    decompressor = inflater()
    file.seek(start)
    data = b""
    while not decompressor.eof:
        if decompressor.needs_input:
            data = file.read(1 << 16)
            if not data:
                raw.packed, raw.cut = size - start, 1
                return size
        else:
            data = b""
        try:
            expanded = decompressor.decompress(data, 1 << 20)
        except igzip_lib.IsalError:  # type: ignore[misc]
            return None
        raw.size += len(expanded)
        if raw.size > most:
            return None
    unused: bytes = getattr(decompressor, "unused_data", b"")
    end = file.tell() - len(unused)
    raw.packed = end - start
    file.seek(end)
    follows = file.read(24)
    has_mark = follows.startswith(b"PK\x07\x08")
    raw.crc = int.from_bytes(follows[4:8] if has_mark else follows[:4], "little")
    end += 4 * has_mark + 4
    for width in (4, 8):
        if int.from_bytes(follows[4 * has_mark + 4 : 4 * has_mark + 4 + width], "little") == raw.packed:
            file.seek(end + 2 * width)
            if file.read(2) in (b"PK", b""):
                return end + 2 * width
    return None if len(follows) == 24 else size


def file_size(file: BinaryIO) -> int:
    """The size of any seekable file, in bytes."""
    return file.seek(0, os.SEEK_END)
