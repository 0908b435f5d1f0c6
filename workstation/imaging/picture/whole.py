"""Whether a picture file is there from its first to its last byte, told without decoding it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

from workstation.imaging.picture.forms import BMP, HEIC, JPEG, TIFF

if TYPE_CHECKING:
    from PIL.Image import Image

_TAIL: Final = 65_536
_JPEG_END: Final = b"\xff\xd9"
_MOST_BOXES: Final = 10_000
_OFFSETS: Final = ((273, 279), (324, 325))  # TIFF: where strips and tiles stand, and how long they are


def is_whole(file: BinaryIO, form: str, size: int, image: Image | None = None) -> bool:
    """Of a TIFF once it is opened; of a PNG ask `png_chunks`. Pillow's own place in the file is kept."""
    if form == TIFF:
        return _holds_every_strip(image, size)
    with _from(file, 0 if form == HEIC else 2 if form == BMP else 4 if form != JPEG else max(0, size - _TAIL)):
        if form == JPEG:
            return _JPEG_END in file.read()
        if form == HEIC:
            return _holds_every_box(file, size)
        claimed = int.from_bytes(file.read(4), "little")
        return size >= (claimed if form == BMP else claimed + 8)  # RIFF counts from behind its own size


def png_chunks(file: BinaryIO) -> dict[bytes, bytes]:
    """The kinds of chunks that are there from first to last byte, and the start of each kind's first one.

    Reading EXIF data otherwise decodes every PNG.
    """
    kinds: dict[bytes, bytes] = {}
    with _from(file, 8):
        while len(head := file.read(8)) == 8 and head[4:] != b"IEND":
            start = file.tell()
            kinds.setdefault(head[4:], file.read(min(16, int.from_bytes(head[:4], "big"))))
            file.seek(start + int.from_bytes(head[:4], "big") + 4)
        return kinds | {head[4:]: b""}


def _holds_every_strip(image: Image | None, size: int) -> bool:
    found = getattr(image, "tag_v2", {})
    for offsets, lengths in _OFFSETS:
        starts, counts = found.get(offsets, ()), found.get(lengths, ())
        if any(start + count > size for start, count in zip(starts, counts, strict=False)):
            return False
    return True


def _holds_every_box(file: BinaryIO, size: int) -> bool:
    """source: ISO 14496-12 4.2"""
    at, kinds = 0, set()
    for _ in range(_MOST_BOXES):
        if at + 8 > size:
            break
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:], "big")
        kinds.add(head[4:8])
        at = size if length == 0 else at + max(length, 8)
    return at == size and b"meta" in kinds


@contextmanager
def _from(file: BinaryIO, start: int) -> Iterator[None]:
    at = file.tell()
    file.seek(start, os.SEEK_SET)
    try:
        yield
    finally:
        file.seek(at)
