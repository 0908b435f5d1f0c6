"""Whether two instances hold the same picture: the same stored values, however they are encoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.series import Instance, PixelFormat
from workstation.domain.work import CancelToken
from workstation.imaging import worker
from workstation.imaging.archive.member import MARK, in_any_order, open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.attributes import frame_bytes
from workstation.imaging.dicom.header import HeaderReader, NeedsWorker
from workstation.imaging.dicom.walk import DEFLATED, RLE
from workstation.imaging.series.facts import UNCOMPRESSED

_BLOCK: Final = 2**20
_READ_A_SECOND: Final = 8e6  # bytes, on a slow computer
_MOST_DECODED: Final = 16 * 2**30  # bytes in one scan; what is beyond is not compared, and said to differ
_EXACT: Final = UNCOMPRESSED | {
    RLE,
    "1.2.840.10008.1.2.1.98",
    "1.2.840.10008.1.2.8.1",
    *(f"1.2.840.10008.1.2.4.{n}" for n in (57, 70, 80, 90, 110, 201, 202)),
}  # without loss whatever is in it


@dataclass(slots=True, eq=False)
class Comparison:
    """That of one scan: a file is summed up once, and a picture decoded once, however many it is compared with."""

    cancel: CancelToken | None = None
    _left: int = _MOST_DECODED
    _files: dict[str, int | None] = field(default_factory=dict)
    _values: dict[tuple[str, int], int | None] = field(default_factory=dict)

    def __call__(self, a: Instance, b: Instance) -> bool:
        """Equal stored values. Compressed ones that are equal as they stand, and equal members of archives, are the
        same; others are decoded, in a worker, if nothing is lost by that.

        False where one can't be read. raises Cancelled
        """
        if self.cancel is not None:
            self.cancel.check()
        if a.pixels != b.pixels or (a.slope, a.intercept) != (b.slope, b.intercept):
            return False
        try:
            if MARK in a.path or MARK in b.path:
                same = a.frame == b.frame and a.file_bytes == b.file_bytes and self._equal_files(a, b)
            elif a.pixel_offset is not None and b.pixel_offset is not None:
                return _equal_parts(a, b, a.pixel_offset, b.pixel_offset, frame_bytes(a.pixels))
            else:
                same = a.transfer_syntax == b.transfer_syntax and _equal_as_they_stand(a, b)
        except Cancelled:
            raise
        except (OSError, WorkstationError):
            return False
        return same or self._equal_values(a, b)

    def _equal_files(self, a: Instance, b: Instance) -> bool:
        first = self._file(a)
        return first is not None and first == self._file(b)

    def _file(self, instance: Instance) -> int | None:
        if instance.path not in self._files:
            known = instance.checksum is not None or MARK not in instance.path
            self._files[instance.path] = checksum(instance) if known else self._from_worker(checksum, instance)
        return self._files[instance.path]

    def _equal_values(self, a: Instance, b: Instance) -> bool:
        if not {a.transfer_syntax, b.transfer_syntax} <= _EXACT:
            return False
        first = self._value(a)
        return first is not None and first == self._value(b)

    def _value(self, instance: Instance) -> int | None:
        key = (instance.path, instance.frame)
        if key not in self._values:
            self._left -= frame_bytes(instance.pixels)
            if instance.transfer_syntax == DEFLATED or MARK in instance.path:
                self._left -= instance.file_bytes
            reachable = self._left >= 0 and in_any_order(instance.path)
            self._values[key] = self._from_worker(value_checksum, instance) if reachable else None
        return self._values[key]

    def _from_worker(self, function: Callable[[Instance], int], instance: Instance) -> int | None:
        patience_s = worker.PATIENCE_S + instance.file_bytes / _READ_A_SECOND
        try:
            return worker.call(function, instance, about=instance.path, patience_s=patience_s, cancel=self.cancel)
        except Cancelled:
            raise
        except (OSError, WorkstationError):
            return None


def _equal_as_they_stand(a: Instance, b: Instance) -> bool:
    """Of plain files that hold the same frame, compressed alike. raises as reading does"""
    starts = _pixel_start(a), _pixel_start(b)
    count = a.file_bytes - starts[0]
    return a.frame == b.frame and count == b.file_bytes - starts[1] and _equal_parts(a, b, *starts, count)


def _pixel_start(instance: Instance) -> int:
    """Where the compressed pixels of a plain file start; 0 where only the whole file can be compared."""
    try:
        pixels = HeaderReader(plain_only=True).read(instance.path).pixels
    except NeedsWorker:
        return 0
    return pixels[0] if pixels is not None else 0


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


def value_checksum(instance: Instance) -> int:
    """CRC-32 of the stored values of one frame. raises as decoding it does"""
    from isal import isal_zlib

    from workstation.imaging.pixels.decode import FrameReader, check_size
    from workstation.imaging.pixels.stored import each_stored

    check_size(instance)
    total = 0
    for _, file in each_stored([instance]):
        with as_error(ErrorCode.DECODE_FAILED):
            stored, _ = FrameReader(file).stored(instance)
            total = isal_zlib.crc32(_alike(stored, instance.pixels))
    return total


def _alike(stored: npt.NDArray[Any], pixels: PixelFormat) -> npt.NDArray[Any]:
    """Values as one type and byte order, whichever codec gave them."""
    if stored.dtype.kind == "f":
        kind = f"<f{stored.dtype.itemsize}"
    else:
        kind = f"<{'i' if pixels.signed else 'u'}{-(-pixels.bits_allocated // 8)}"
    return np.ascontiguousarray(stored, dtype=kind)


def _equal_parts(a: Instance, b: Instance, first_start: int, second_start: int, count: int) -> bool:
    with Path(a.path).open("rb") as first, Path(b.path).open("rb") as second:
        first.seek(first_start)
        second.seek(second_start)
        return _equal(first, second, count)


def _equal(first: BinaryIO, second: BinaryIO, count: int) -> bool:
    while count > 0:
        block = first.read(min(count, _BLOCK))
        if not block or block != second.read(len(block)):
            return False
        count -= len(block)
    return True
