"""The picture size that a compressed frame itself claims, read before a codec allocates for it.

source: ISO/IEC 15444-1 A.5.1 (SIZ), ISO/IEC 10918-1 B.2.2 and 14495-1 C.2.2 (frame headers SOF)
"""

from __future__ import annotations

import struct
from typing import Final

_J2K: Final = b"\xff\x4f\xff\x51"
_JP2: Final = b"\0\0\0\x0cjP  "
_JPEG: Final = b"\xff\xd8"
# SOF0–SOF15 without DHT (C4), JPG (C8), DAC (CC); F7 is JPEG-LS.
_FRAME_HEADERS: Final = frozenset({*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC})


def claimed_size(frame: bytes) -> tuple[int, int] | None:
    """(rows, columns) of a JPEG, JPEG-LS or JPEG 2000 frame; None where it is another or can't be told."""
    try:
        if frame.startswith(_JPEG):
            return _jpeg(frame)
        if frame.startswith(_JP2):
            frame = frame[frame.index(_J2K) :]
        if frame.startswith(_J2K):
            right, bottom, left, top = struct.unpack_from(">4I", frame, 8)
            return bottom - top, right - left
    except (struct.error, ValueError):
        pass
    return None


def _jpeg(frame: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 4 <= len(frame):
        if frame[at] != 0xFF:
            return None
        marker = frame[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in _FRAME_HEADERS:
            rows, columns = struct.unpack_from(">2H", frame, at + 5)
            return rows, columns
        at += 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    return None
