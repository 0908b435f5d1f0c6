"""Which kind of picture a file is, by its first bytes; its name is asked only where it promises what is not there."""

from __future__ import annotations

from typing import Final

JPEG: Final = "jpg"
PNG: Final = "png"
BMP: Final = "bmp"
TIFF: Final = "tiff"
WEBP: Final = "webp"
HEIC: Final = "heic"
NAMES: Final = {JPEG: "JPEG", PNG: "PNG", BMP: "BMP", TIFF: "TIFF", WEBP: "WEBP", HEIC: "HEIF"}  # as Pillow calls them

_MARKS: Final = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),  # of more than 4 GiB, or ready to be
    (b"MM\0+", TIFF),
)
_ENDINGS: Final = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".heif")
_BMP_HEADERS: Final = frozenset({12, 40, 52, 56, 64, 108, 124})  # bytes of the second header, in all its editions
# HEVC in the box format of ISO 14496-12; the last two stand first where the kind is among the compatible brands
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})

_OTHERS: Final = (
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"8BPS", "Photoshop"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
)
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})


def other_form(head: bytes) -> str | None:
    """What people call a kind of picture that is not opened; None for any other file."""
    if head[4:8] == b"ftyp" and head[8:12] in _AVIF_BRANDS:
        return "AVIF"
    return next((name for mark, name in _OTHERS if head.startswith(mark)), None)


def picture_form(head: bytes) -> str | None:
    """The kind of a picture that starts with these bytes; None for any other file."""
    for mark, form in _MARKS:
        if head.startswith(mark):
            return form
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    two_letters = head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS
    return BMP if two_letters else None


def is_named_picture(path: str) -> bool:
    return path.lower().endswith(_ENDINGS)
