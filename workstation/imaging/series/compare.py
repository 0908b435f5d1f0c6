"""Whether two instances hold the same picture, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from workstation.domain.error import WorkstationError
from workstation.domain.series import Instance
from workstation.imaging import worker
from workstation.imaging.archive.member import MARK, in_any_order, open_binary
from workstation.imaging.dicom.attributes import frame_bytes
from workstation.imaging.dicom.header import HeaderReader, NeedsWorker
from workstation.imaging.dicom.walk import EXPLICIT, IMPLICIT

_BLOCK: Final = 2**20
_READ_A_SECOND: Final = 8e6  # bytes, on a slow computer


def same_pixels(a: Instance, b: Instance) -> bool:
    """Equal stored pixels, compressed ones as they stand; of members of archives, equal files or uncompressed pixels.

    False where one can't be read.
    """
    if a.pixels != b.pixels or a.transfer_syntax != b.transfer_syntax:
        return False
    if (a.slope, a.intercept) != (b.slope, b.intercept):
        return False
    native = a.pixel_offset is not None and b.pixel_offset is not None
    try:
        if MARK in a.path or MARK in b.path:
            return _same_members(a, b)
        if not native and a.frame != b.frame:
            return False
        starts = (a.pixel_offset or 0, b.pixel_offset or 0) if native else (_pixel_start(a), _pixel_start(b))
        counts = {one.file_bytes - start for one, start in zip((a, b), starts, strict=True)}
        if not native and len(counts) > 1:
            return False
        with Path(a.path).open("rb") as first, Path(b.path).open("rb") as second:
            first.seek(starts[0])
            second.seek(starts[1])
            return _equal(first, second, frame_bytes(a.pixels) if native else counts.pop())
    except (OSError, WorkstationError):
        return False


def _pixel_start(instance: Instance) -> int:
    """Where the compressed pixels of a plain file start; 0 where only the whole file can be compared."""
    try:
        pixels = HeaderReader(plain_only=True).read(instance.path).pixels
    except NeedsWorker:
        return 0
    return pixels[0] if pixels is not None else 0


def _same_members(a: Instance, b: Instance) -> bool:
    """The same where one of them lies in an archive: the files by their checksums, then the pixels by theirs."""
    if a.frame == b.frame and a.file_bytes == b.file_bytes and _file_checksum(a) == _file_checksum(b):
        return True
    if a.transfer_syntax not in (IMPLICIT, EXPLICIT) or not (in_any_order(a.path) and in_any_order(b.path)):
        return False
    return _in_worker(pixel_checksum, a) == _in_worker(pixel_checksum, b)


def _file_checksum(instance: Instance) -> int:
    known = instance.checksum is not None or MARK not in instance.path
    return checksum(instance) if known else _in_worker(checksum, instance)


def _in_worker(function: Callable[[Instance], int], instance: Instance) -> int:
    patience_s = worker.PATIENCE_S + instance.file_bytes / _READ_A_SECOND
    return worker.call(function, instance, about=instance.path, patience_s=patience_s)


def checksum(instance: Instance) -> int:
    """CRC-32 of a whole file or member of an archive. raises as reading it does"""
    from isal import isal_zlib

    if instance.checksum is not None:
        return instance.checksum
    total = 0
    with open_binary(instance.path) as file:
        while block := file.read(_BLOCK):
            total = isal_zlib.crc32(block, total)
    return total


def pixel_checksum(instance: Instance) -> int:
    """CRC-32 of one uncompressed frame as it is stored. raises as reading it does"""
    from isal import isal_zlib

    from workstation.imaging.pixels.stored import each_stored

    total = 0
    for _, stored in each_stored([instance]):
        total = isal_zlib.crc32(stored.frame(instance.frame, instance.pixels)[0])
    return total


def _equal(first: BinaryIO, second: BinaryIO, count: int) -> bool:
    while count > 0:
        block = first.read(min(count, _BLOCK))
        if not block or block != second.read(len(block)):
            return False
        count -= len(block)
    return True
