"""Which kind of picture a file is, by its first bytes; its name is asked only where it promises what is not there."""

from __future__ import annotations

from typing import Final

JPEG: Final = "jpg"
PNG: Final = "png"
BMP: Final = "bmp"
NAMES: Final = {JPEG: "JPEG", PNG: "PNG", BMP: "BMP"}  # as people and Pillow call them

_MARKS: Final = ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))
_ENDINGS: Final = (".jpg", ".jpeg", ".png", ".bmp")
_BMP_HEADERS: Final = frozenset({12, 40, 52, 56, 64, 108, 124})  # bytes of the second header, in all its editions


def picture_form(head: bytes) -> str | None:
    """The kind of a picture that starts with these bytes; None for any other file."""
    for mark, form in _MARKS:
        if head.startswith(mark):
            return form
    two_letters = head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS
    return BMP if two_letters else None


def is_named_picture(path: str) -> bool:
    return path.lower().endswith(_ENDINGS)
