"""Whether two instances hold the same picture, byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

from workstation.domain.series import Instance
from workstation.imaging.dicom.attributes import frame_bytes

_BLOCK: Final = 2**20


def same_pixels(a: Instance, b: Instance) -> bool:
    """Equal stored pixels of two uncompressed instances; of others, equal files. False where one can't be read."""
    if a.pixels != b.pixels or a.transfer_syntax != b.transfer_syntax:
        return False
    if (a.slope, a.intercept) != (b.slope, b.intercept):
        return False
    native = a.pixel_offset is not None and b.pixel_offset is not None
    if not native and (a.file_bytes != b.file_bytes or a.frame != b.frame):
        return False
    count = frame_bytes(a.pixels) if native else a.file_bytes
    try:
        with Path(a.path).open("rb") as first, Path(b.path).open("rb") as second:
            first.seek(a.pixel_offset or 0)
            second.seek(b.pixel_offset or 0)
            return _equal(first, second, count)
    except OSError:
        return False


def _equal(first: BinaryIO, second: BinaryIO, count: int) -> bool:
    while count > 0:
        block = first.read(min(count, _BLOCK))
        if not block or block != second.read(len(block)):
            return False
        count -= len(block)
    return True
