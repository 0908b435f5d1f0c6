"""Multi-frame files of compressed frames, laid out by hand: what a test is about is where the frames lie."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pydicom

from tests.imaging.made import write_slice

ITEM, END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0\0\0\0\0"


def item(data: bytes) -> bytes:
    return ITEM + struct.pack("<I", len(data)) + data


def even(data: bytes) -> bytes:
    return data + b"\0" * (len(data) % 2)


def _renamed(head: bytes, syntax: str) -> bytes:
    """The same explicit little endian file under another transfer syntax, also one that pydicom doesn't know."""
    at = head.index(b"\x02\x00\x10\x00UI") + 6
    length = int.from_bytes(head[at : at + 2], "little")
    name = even(syntax.encode())
    group = int.from_bytes(head[140:144], "little") + len(name) - length
    renamed = head[:at] + struct.pack("<H", len(name)) + name + head[at + 2 + length :]
    return renamed[:140] + struct.pack("<I", group) + renamed[144:]


def write_frames(
    path: Path,
    frames: Sequence[Sequence[bytes]],
    syntax: str,
    *,
    table: Sequence[int] | None = None,
    extended: bool = False,
    **elements: Any,
) -> Path:
    """One file with the fragments of each frame. table: the basic offset table, None: empty; extended: with one."""
    write_slice(path, **elements)
    dataset = pydicom.dcmread(path)
    if len(frames) > 1:
        dataset.NumberOfFrames = len(frames)
    if extended:
        starts, at = [], 0
        for fragments in frames:
            starts.append(at)
            at += sum(8 + len(even(fragment)) for fragment in fragments)
        dataset.ExtendedOffsetTable = struct.pack(f"<{len(starts)}Q", *starts)
        dataset.ExtendedOffsetTableLengths = struct.pack(f"<{len(starts)}Q", *[len(f[0]) for f in frames])
    del dataset.PixelData
    dataset.save_as(path)
    head = _renamed(path.read_bytes(), syntax)
    body = item(struct.pack(f"<{len(table or ())}I", *(table or ())))
    body += b"".join(item(even(fragment)) for fragments in frames for fragment in fragments)
    path.write_bytes(head + b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff" + body + END)
    return path
