"""Files that want to hurt a reader: bombs, absurd lengths, deep nests, polyglots, geometry that is none."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Final

EXPLICIT: Final = "1.2.840.10008.1.2.1"
IMPLICIT: Final = "1.2.840.10008.1.2"
BIG: Final = "1.2.840.10008.1.2.2"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
RLE: Final = "1.2.840.10008.1.2.5"
JPEG: Final = "1.2.840.10008.1.2.4.50"
JPEG_LOSSLESS: Final = "1.2.840.10008.1.2.4.70"
JPEG_LS: Final = "1.2.840.10008.1.2.4.80"
J2K: Final = "1.2.840.10008.1.2.4.90"
HTJ2K: Final = "1.2.840.10008.1.2.4.201"

_LONG: Final = frozenset({"OB", "OW", "SQ", "UN", "UT", "OF"})
_UNDEFINED: Final = 0xFFFFFFFF
_ITEM: Final = b"\xfe\xff\x00\xe0"
_ITEM_END: Final = b"\xfe\xff\x0d\xe0" + bytes(4)
_SEQUENCE_END: Final = b"\xfe\xff\xdd\xe0" + bytes(4)

Elements = dict[tuple[int, int], tuple[str, bytes]]


def element(tag: tuple[int, int], vr: str, value: bytes, length: int | None = None) -> bytes:
    """Explicit little endian; `length` may lie."""
    size = len(value) if length is None else length
    head = struct.pack("<HH", *tag) + vr.encode()
    return head + (struct.pack("<HI", 0, size) if vr in _LONG else struct.pack("<H", min(size, 0xFFFF))) + value


def text(value: str) -> bytes:
    raw = value.encode("latin-1")
    return raw + b" " * (len(raw) % 2)


def number(value: int) -> bytes:
    return struct.pack("<H", value)


def plain() -> Elements:
    """One good axial CT slice of 8 × 8."""
    return {
        (0x0008, 0x0016): ("UI", b"1.2.840.10008.5.1.4.1.1.2\0"),
        (0x0008, 0x0018): ("UI", b"1.2.3.4.5.6"),
        (0x0008, 0x0060): ("CS", b"CT"),
        (0x0010, 0x0010): ("PN", b"Hostile^File"),
        (0x0020, 0x000D): ("UI", b"1.2.3\0"),
        (0x0020, 0x000E): ("UI", b"1.2.3.66"),
        (0x0020, 0x0013): ("IS", b"1 "),
        (0x0020, 0x0032): ("DS", text("0\\0\\0")),
        (0x0020, 0x0037): ("DS", text("1\\0\\0\\0\\1\\0")),
        (0x0028, 0x0002): ("US", number(1)),
        (0x0028, 0x0004): ("CS", text("MONOCHROME2")),
        (0x0028, 0x0010): ("US", number(8)),
        (0x0028, 0x0011): ("US", number(8)),
        (0x0028, 0x0030): ("DS", text("1\\1")),
        (0x0028, 0x0100): ("US", number(16)),
        (0x0028, 0x0101): ("US", number(16)),
        (0x0028, 0x0102): ("US", number(15)),
        (0x0028, 0x0103): ("US", number(0)),
        (0x0028, 0x1052): ("DS", b"-1024 "),
        (0x0028, 0x1053): ("DS", b"1 "),
        (0x7FE0, 0x0010): ("OW", bytes(128)),
    }


def body(changes: Mapping[tuple[int, int], tuple[str, bytes] | bytes | None] | None = None) -> bytes:
    """`plain` with changes: a value of its VR, VR and value, or None to leave it out."""
    elements = plain()
    for tag, change in (changes or {}).items():
        if change is None:
            elements.pop(tag, None)
        else:
            elements[tag] = (elements[tag][0], change) if isinstance(change, bytes) else change
    return b"".join(element(tag, *elements[tag]) for tag in sorted(elements))


def file(data: bytes, syntax: str = EXPLICIT, preamble: bytes = bytes(128)) -> bytes:
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    meta = element((0x0002, 0x0010), "UI", uid)
    return preamble + b"DICM" + element((0x0002, 0x0000), "UL", struct.pack("<I", len(meta))) + meta + data


def encapsulated(stream: bytes, syntax: str, rows: int = 8, columns: int = 8, frames: int = 1, bits: int = 16) -> bytes:
    """A file whose one fragment is `stream`."""
    changes: dict[tuple[int, int], tuple[str, bytes] | bytes | None] = {
        (0x0028, 0x0010): number(rows),
        (0x0028, 0x0011): number(columns),
        (0x0028, 0x0100): number(bits),
        (0x0028, 0x0101): number(bits),
        (0x0028, 0x0102): number(bits - 1),
        (0x7FE0, 0x0010): None,
    }
    if frames != 1:
        changes[0x0028, 0x0008] = ("IS", text(str(frames)))
    stream += b"\0" * (len(stream) % 2)
    items = _ITEM + bytes(4) + _ITEM + struct.pack("<I", len(stream)) + stream + _SEQUENCE_END
    return file(body(changes) + element((0x7FE0, 0x0010), "OB", items, _UNDEFINED), syntax)


def nested(depth: int, defined: bool = False) -> bytes:
    """Sequences in sequences."""
    tag = (0x0008, 0x1140)
    if not defined:
        opening = element(tag, "SQ", b"", _UNDEFINED) + _ITEM + struct.pack("<I", _UNDEFINED)
        return opening * depth + (_ITEM_END + _SEQUENCE_END) * depth
    inner = b""
    for _ in range(depth):
        inner = element(tag, "SQ", _ITEM + struct.pack("<I", len(inner)) + inner)
    return inner


def with_nest(nest: bytes, syntax: str = EXPLICIT) -> bytes:
    good = body()
    at = good.index(struct.pack("<HH", 0x0010, 0x0010))
    return file(good[:at] + nest + good[at:], syntax)


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return file(packer.compress(data) + packer.flush(), DEFLATED)


def deflate_bomb(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    parts = [packer.compress(body({(0x7FE0, 0x0010): None}))]
    parts.append(packer.compress(element((0x7FE0, 0x0010), "OW", b"", mebibytes * 2**20)))
    parts += [packer.compress(bytes(2**20)) for _ in range(mebibytes)]
    return file(b"".join([*parts, packer.flush()]), DEFLATED)


def j2k(rows: int, columns: int, components: int = 1) -> bytes:
    siz = struct.pack(">HIIIIIIIIH", 0, columns, rows, 0, 0, columns, rows, 0, 0, components) + b"\x0f\1\1" * components
    cod = b"\0\0\0\1\0\5\4\4\0\1"
    return (
        b"\xff\x4f\xff\x51" + struct.pack(">H", len(siz) + 2) + siz
        + b"\xff\x52" + struct.pack(">H", len(cod) + 2) + cod
        + b"\xff\x5c\x00\x13\x40" + b"\x48" * 16
        + b"\xff\x90\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x01\xff\x93" + bytes(16) + b"\xff\xd9"
    )  # fmt: skip


def jpeg(marker: int, rows: int, columns: int, bits: int = 8) -> bytes:
    frame = struct.pack(">BHHB", bits, rows, columns, 1) + b"\1\x11\0"
    table = b"\0" + bytes(15) + b"\1" + b"\0"
    return (
        b"\xff\xd8" + b"\xff\xdb\x00\x43\x00" + b"\1" * 64
        + bytes([0xFF, marker]) + struct.pack(">H", len(frame) + 2) + frame
        + b"\xff\xc4" + struct.pack(">H", len(table) + 2) + table
        + b"\xff\xda\x00\x08\1\1\0\1\0\0" + bytes(64) + b"\xff\xd9"
    )  # fmt: skip


def rle(segments: int, offset: int, data: bytes = b"\x81\0" * 40) -> bytes:
    return struct.pack("<16I", segments, *[offset] * 15) + data


def nifti(axes: tuple[int, ...], kind: int = 4, bits: int = 16, data: bytes = b"") -> bytes:
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, len(axes), *axes, *[1] * (7 - len(axes)))
    struct.pack_into("<hh", header, 70, kind, bits)
    struct.pack_into("<8f", header, 76, 1, *[1.0] * 7)
    struct.pack_into("<f", header, 108, 352.0)
    header[344:348] = b"n+1\0"
    return bytes(header) + data


def _polyglot(start: bytes) -> bytes:
    return file(body(), preamble=start[:128].ljust(128, b"\0"))


def _geometry(position: str = "0\\0\\0", cosines: str = "1\\0\\0\\0\\1\\0", spacing: str = "1\\1") -> bytes:
    return file(
        body({(0x0020, 0x0032): text(position), (0x0020, 0x0037): text(cosines), (0x0028, 0x0030): text(spacing)})
    )


def _many_items(count: int) -> bytes:
    item = _ITEM + struct.pack("<I", 0)
    return file(
        body({(0x0028, 0x0008): ("IS", text(str(count))), (0x5200, 0x9230): ("SQ", item * count)})
    )  # fmt: skip


def _scale(slope: str, intercept: str) -> bytes:
    return file(body({(0x0028, 0x1053): text(slope), (0x0028, 0x1052): text(intercept)}))


# Files without an image in them, or with one that can't be shown: these may cost one sentence each.
HOSTILE: Final[Mapping[str, Callable[[], bytes]]] = {
    "deflate-bomb.dcm": lambda: deflate_bomb(400),
    "deflated-nest.dcm": lambda: deflated(nested(60_000) + body()),
    "deflated-cut.dcm": lambda: deflated(body())[:-20],
    "rle-claims-all.dcm": lambda: encapsulated(rle(2, 64), RLE, 65535, 65535),
    "rle-lies-about-segments.dcm": lambda: encapsulated(rle(4_000_000_000, 4_000_000_000), RLE),
    "rle-many-frames.dcm": lambda: encapsulated(rle(2, 64), RLE, 64, 64, frames=2_000_000_000),
    "j2k-claims-all.dcm": lambda: encapsulated(j2k(65535, 65535), J2K, 65535, 65535),
    "j2k-larger-inside.dcm": lambda: encapsulated(j2k(65535, 65535), J2K),
    "j2k-many-components.dcm": lambda: encapsulated(j2k(8, 8, 16384), J2K),
    "j2k-large-enough.dcm": lambda: encapsulated(j2k(2500, 2500), J2K, 2500, 2500),
    "htj2k-claims-all.dcm": lambda: encapsulated(j2k(65535, 65535), HTJ2K, 65535, 65535),
    "jpeg-claims-all.dcm": lambda: encapsulated(jpeg(0xC0, 65535, 65535), JPEG, 65535, 65535, bits=8),
    "jpeg-larger-inside.dcm": lambda: encapsulated(jpeg(0xC0, 65535, 65535), JPEG, bits=8),
    "jpeg-large-enough.dcm": lambda: encapsulated(jpeg(0xC0, 3500, 3500), JPEG, 3500, 3500, bits=8),
    "lossless-claims-all.dcm": lambda: encapsulated(jpeg(0xC3, 65535, 65535, 16), JPEG_LOSSLESS, 65535, 65535),
    "lossless-large-enough.dcm": lambda: encapsulated(jpeg(0xC3, 2500, 2500, 16), JPEG_LOSSLESS, 2500, 2500),
    "jls-claims-all.dcm": lambda: encapsulated(jpeg(0xF7, 65535, 65535, 16), JPEG_LS, 65535, 65535),
    "jls-large-enough.dcm": lambda: encapsulated(jpeg(0xF7, 2500, 2500, 16), JPEG_LS, 2500, 2500),
    "nest-undefined.dcm": lambda: with_nest(nested(200_000)),
    "nest-defined.dcm": lambda: with_nest(nested(3_000, defined=True)),
    "nest-big-endian-name.dcm": lambda: with_nest(nested(50_000), BIG),
    "nest-implicit-name.dcm": lambda: with_nest(nested(50_000), IMPLICIT),
    "length-of-4-gb.dcm": lambda: file(body()[:60] + element((0x0008, 0x1140), "SQ", b"", 0xFFFFFFFE)),
    "text-of-4-gb.dcm": lambda: file(element((0x0008, 0x0005), "UT", b"x", 0xFFFFFFF0)),
    "fragment-of-4-gb.dcm": lambda: file(
        body({(0x7FE0, 0x0010): None})
        + element((0x7FE0, 0x0010), "OB", _ITEM + bytes(4) + _ITEM + b"\xfe\xff\xff\xff" + bytes(64), _UNDEFINED),
        J2K,
    ),
    "offsets-outside.dcm": lambda: file(
        body({(0x7FE0, 0x0010): None, (0x0028, 0x0008): ("IS", b"3 ")})
        + element(
            (0x7FE0, 0x0010), "OB",
            _ITEM + struct.pack("<I3I", 12, 0, 0xFFFFFFF0, 8) + _ITEM + struct.pack("<I", 8) + bytes(8) + _SEQUENCE_END,
            _UNDEFINED,
        ),
        RLE,
    ),
    "many-fragments.dcm": lambda: file(
        body({(0x7FE0, 0x0010): None})
        + element((0x7FE0, 0x0010), "OB", (_ITEM + bytes(4)) * 300_000 + _SEQUENCE_END, _UNDEFINED),
        JPEG,
    ),
    "rows-without-data.dcm": lambda: file(body({(0x0028, 0x0010): number(65535), (0x0028, 0x0011): number(65535)})),
    "no-rows.dcm": lambda: file(body({(0x0028, 0x0010): number(0)})),
    "no-bits.dcm": lambda: file(body({(0x0028, 0x0100): number(0)})),
    "odd-bits.dcm": lambda: file(body({(0x0028, 0x0100): number(17)})),
    "many-samples.dcm": lambda: file(body({(0x0028, 0x0002): number(65535)})),
    "many-frames.dcm": lambda: file(body({(0x0028, 0x0008): ("IS", b"2147483647")})),
    "many-empty-groups.dcm": lambda: _many_items(100_000),
    "many-elements.dcm": lambda: file(element((0x0009, 0x0010), "LO", b"") * 3_000_000 + body()),
    "many-items.dcm": lambda: with_nest(
        element((0x0008, 0x1140), "SQ", (_ITEM + bytes(4)) * 3_000_000 + _SEQUENCE_END, _UNDEFINED)
    ),
    "nothing-but-mark.dcm": lambda: bytes(128) + b"DICM" + bytes(4096),
    "sequence-of-nothing.dcm": lambda: file(element((0x0008, 0x1140), "SQ", _ITEM * 100_000, _UNDEFINED)),
    "gzip-bomb.nii.gz": lambda: gzip.compress(nifti((4, 4, 4), data=bytes(100 * 2**20)), 9),
    "claims-all.nii": lambda: nifti((32767, 32767, 32767, 32767), data=bytes(64)),
    "claims-all.nii.gz": lambda: gzip.compress(nifti((32767, 32767, 4000), data=bytes(2**20))),
}  # fmt: skip

# Odd files with a good picture in them, or one that is shown without a place.
ODD: Final[Mapping[str, Callable[[], bytes]]] = {
    "windows-program.dcm": lambda: _polyglot(b"MZ\x90\0" + bytes(56) + b"\x80\0\0\0PE"),
    "zip.dcm": lambda: _polyglot(b"PK\x03\x04" + bytes(60)),
    "tiff.dcm": lambda: _polyglot(b"II*\0\x08\0\0\0"),
    "gzip.dcm": lambda: _polyglot(b"\x1f\x8b\x08"),
    "shell.dcm": lambda: _polyglot(b"#!/bin/sh\ntouch was-run\nexit\n"),
    "position-nan.dcm": lambda: _geometry(position="nan\\nan\\nan"),
    "position-infinite.dcm": lambda: _geometry(position="1e400\\-1e400\\0"),
    "position-absurd.dcm": lambda: _geometry(position="1e308\\1e308\\1e308"),
    "position-of-two.dcm": lambda: _geometry(position="1\\2"),
    "cosines-nan.dcm": lambda: _geometry(cosines="nan\\0\\0\\0\\1\\0"),
    "cosines-zero.dcm": lambda: _geometry(cosines="0\\0\\0\\0\\0\\0"),
    "cosines-parallel.dcm": lambda: _geometry(cosines="1\\0\\0\\1\\0\\0"),
    "cosines-skew.dcm": lambda: _geometry(cosines="1\\0\\0\\0.7\\0.7\\0"),
    "cosines-long.dcm": lambda: _geometry(cosines="9\\0\\0\\0\\9\\0"),
    "spacing-zero.dcm": lambda: _geometry(spacing="0\\0"),
    "spacing-negative.dcm": lambda: _geometry(spacing="-1\\-1"),
    "spacing-nan.dcm": lambda: _geometry(spacing="nan\\nan"),
    "spacing-infinite.dcm": lambda: _geometry(spacing="1e999\\1"),
    "spacing-tiny.dcm": lambda: _geometry(spacing="1e-320\\1e-320"),
    "slope-nan.dcm": lambda: _scale("nan", "nan"),
    "slope-infinite.dcm": lambda: _scale("1e999", "0"),
    "slope-absurd.dcm": lambda: _scale("1e308", "1e308"),
    "slope-zero.dcm": lambda: _scale("0", "0"),
    "window-nan.dcm": lambda: file(body({(0x0028, 0x1050): ("DS", b"nan "), (0x0028, 0x1051): ("DS", b"nan ")})),
    "long-name.dcm": lambda: file(body({(0x0010, 0x0010): text("A" * 65000)})),
    "many-charsets.dcm": lambda: file(body({(0x0008, 0x0005): ("CS", text("ISO 2022 IR 58\\" * 4000))})),
    "padding-odd.dcm": lambda: file(body({(0x0028, 0x0120): ("US", b"\x05")})),
}  # fmt: skip
