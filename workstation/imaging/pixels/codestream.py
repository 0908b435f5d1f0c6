"""What a compressed frame itself claims, read before a codec allocates for it: size, samples, bits, sign, colour.

source: ISO/IEC 15444-1 A.5.1 (SIZ), A.6.1 (COD), ISO/IEC 10918-1 B.2.2 and 14495-1 C.2.2 (frame headers SOF), C.2.3
(scan header of JPEG-LS)
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Final

_J2K: Final = b"\xff\x4f\xff\x51"
_JP2: Final = b"\0\0\0\x0cjP  "
_JPEG: Final = b"\xff\xd8"
_COD: Final = 0xFF52
_START_OF_TILE: Final = 0xFF90
_END: Final = b"\xff\xd9"
_TILE_PART: Final = b"\xff\x90\x00\x0a"
_COMMENT: Final = b"\xff\x64"
_SCAN: Final = 0xDA
_LS: Final = 0xF7
# SOF0–SOF15 without DHT (C4), JPG (C8), DAC (CC)
_FRAME_HEADERS: Final = frozenset({*range(0xC0, 0xD0), _LS} - {0xC4, 0xC8, 0xCC})
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_RGB_IDS: Final = (b"RGB", b"rgb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """
    rows, columns, samples  of the picture; bits of each sample (the precision); signed: only JPEG 2000 can say it
    lossless  whether the frame was made without loss, as far as its header tells
    ybr       the samples are luma and chroma (JFIF or Adobe mark) or are not (components named R, G, B); None: not told
    mixed     JPEG 2000 whose component transform the decoder undoes: what comes out is RGB
    """

    rows: int
    columns: int
    samples: int
    bits: int
    signed: bool = False
    lossless: bool = False
    ybr: bool | None = None
    mixed: bool = False


def claim_of(frame: bytes) -> Claim | None:
    """What a JPEG, JPEG-LS or JPEG 2000 frame says of itself; None where it is another or can't be told."""
    try:
        if frame.startswith(_JPEG):
            return _jpeg(frame)
        if frame.startswith(_JP2):
            frame = frame[frame.index(_J2K) :]
        if frame.startswith(_J2K):
            return _j2k(frame)
    except (struct.error, ValueError, IndexError):
        pass
    return None


def ends(frame: bytes) -> bool:
    """Whether a JPEG, JPEG-LS or JPEG 2000 frame has its end mark, near its end: zeros may follow it.

    Some codecs fill what is missing of a cut frame with gray: only this tells.
    """
    return _END in frame.rstrip(b"\0")[-64:]


def without_insert(frame: bytes) -> bytes | None:
    """A JPEG 2000 stream that ends with its last tile-part; None where it does, or lacks some.

    Some encoders fill it up with a comment before the end mark, which is allowed in headers only (A.9.2).
    """
    whole, end = _tile_parts(frame)
    filled = whole and frame.find(_END, end) > end
    return frame[:end] + _END if filled else None


def lacks_parts(frame: bytes) -> bool:
    """Whether a JPEG 2000 stream that can be followed to its end mark lacks a tile, or a part of one, or has its end
    mark within the last: codecs leave what is missing black, and are content."""
    whole, end = _tile_parts(frame)
    if whole:
        return frame.find(_END, max(end - len(_END), 0)) < 0  # some count the mark to the last part
    return frame.startswith((_END, _COMMENT), max(end, 0))


def _tile_parts(frame: bytes) -> tuple[bool, int]:
    """Whether all parts of all tiles of a JPEG 2000 stream are there, and where the last ends; -1 for another frame and
    one that can't be followed (A.4.2)."""
    start = 0 if frame.startswith(_J2K) else frame.find(_J2K) if frame.startswith(_JP2) else -1
    if start < 0 or start + 40 > len(frame):
        return False, -1
    right, bottom, _, _, wide, high, left, top = struct.unpack_from(">8I", frame, start + 8)
    at = start + 2
    while at + 4 <= len(frame) and not frame.startswith(_TILE_PART, at):
        at += 2 + max(2, int.from_bytes(frame[at + 2 : at + 4], "big"))
    found: dict[int, int] = {}  # tile → parts that are there
    told: dict[int, int] = {}  # tile → parts that it has, where a part tells
    while frame.startswith(_TILE_PART, at) and at + 12 <= len(frame):
        tile, length, _, parts = struct.unpack_from(">HIBB", frame, at + 4)
        found[tile] = found.get(tile, 0) + 1
        told[tile] = max(told.get(tile, 0), parts)
        at = at + length if length else frame.rfind(_END)  # 0: the last, up to the end mark
        if (length and length < len(_TILE_PART)) or at > len(frame):
            return False, -1
    tiles: int = -((left - right) // wide) * -((top - bottom) // high) if wide and high else 0
    return len(found) == tiles > 0 and all(found[tile] >= parts for tile, parts in told.items()), at


def _j2k(frame: bytes) -> Claim:
    right, bottom, left, top = struct.unpack_from(">4I", frame, 8)
    samples, depth = struct.unpack_from(">HB", frame, 40)
    mixed = lossless = False
    at = 4 + struct.unpack_from(">H", frame, 4)[0]
    while at + 4 <= len(frame):
        marker, length = struct.unpack_from(">HH", frame, at)
        if marker == _COD:
            mixed, lossless = frame[at + 8] == 1, frame[at + 13] == 1
        if marker in (_COD, _START_OF_TILE):
            break
        at += 2 + length
    return Claim(
        rows=bottom - top,
        columns=right - left,
        samples=samples,
        bits=(depth & 0x7F) + 1,
        signed=depth >= 0x80,
        lossless=lossless,
        mixed=mixed and samples >= 3,
    )


def _jpeg(frame: bytes) -> Claim | None:
    at = 2
    ybr: bool | None = None
    claim: Claim | None = None
    while at + 4 <= len(frame):
        if frame[at] != 0xFF:
            return None
        marker = frame[at + 1]
        if marker == 0xFF or marker in _ALONE:  # a fill byte, or nothing to skip
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(frame[at + 2 : at + 4], "big")
        body = frame[at + 4 : at + 2 + length]
        if marker == 0xE0 and body.startswith(b"JFIF"):
            ybr = True
        elif marker == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
            ybr = body[11] != 0
        elif marker in _FRAME_HEADERS:
            bits, rows, columns, samples = struct.unpack_from(">BHHB", body)
            if body[6 : 6 + 3 * samples : 3] in _RGB_IDS:
                ybr = False
            lossless = marker in (0xC3, 0xC7, 0xCB, 0xCF)
            claim = Claim(rows=rows, columns=columns, samples=samples, bits=bits, lossless=lossless, ybr=ybr)
            if marker != _LS:
                return claim
        elif marker == _SCAN and claim is not None:
            return replace(claim, lossless=body[1 + 2 * body[0]] == 0)  # NEAR: how far values may be off
        at += 2 + length
    return None
