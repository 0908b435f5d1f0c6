"""Write DICOM Part 10 files (PS3.10) whole or not at all."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workstation.domain.error import ErrorCode, WorkstationError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

Chunk = bytes | memoryview

IMPLEMENTATION_CLASS_UID: Final = "2.25.290153327641526206437118290533107436021"  # ours, from a random UUID
IMPLEMENTATION_VERSION: Final = "YINGTAI_1"
EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
_FULL: Final = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})
_FULL_WINDOWS: Final = frozenset({39, 112})  # ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL


def write_whole(path: Path, chunks: Iterable[Chunk]) -> int:
    """Write a file under a temporary name, then give it its name; returns its size in bytes.

    raises NO_SPACE, CANNOT_WRITE; nothing is left behind then
    """
    part = path.with_name(path.name + ".part")
    size = 0
    try:
        with part.open("wb", buffering=0) as file:
            for chunk in chunks:
                rest = memoryview(chunk)
                while len(rest):  # an unbuffered write may take less than it was given
                    written = file.write(rest) or 0
                    size += written
                    rest = rest[written:]
        part.replace(path)
    except OSError as trouble:
        with contextlib.suppress(OSError):
            part.unlink()
        raise write_error(trouble) from None
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    return size


def write_error(trouble: OSError) -> WorkstationError:
    """A full disk, quota or file-size limit → NO_SPACE; anything else → CANNOT_WRITE."""
    full = trouble.errno in _FULL or getattr(trouble, "winerror", None) in _FULL_WINDOWS
    return WorkstationError(ErrorCode.NO_SPACE if full else ErrorCode.CANNOT_WRITE)


def make_folder(folder: Path) -> None:
    """raises NO_SPACE, CANNOT_WRITE"""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise write_error(trouble) from None


def part10_head(sop_class_uid: str, sop_instance_uid: str, transfer_syntax: str) -> bytes:
    """Preamble of zeros, prefix and file meta group (PS3.10 7.1): our own implementation UID, no AE title."""
    group = b"".join(
        (
            b"\x02\x00\x01\x00OB\x00\x00\x02\x00\x00\x00\x00\x01",
            element(0x0002, 0x0002, b"UI", sop_class_uid.encode("ascii"), b"\0"),
            element(0x0002, 0x0003, b"UI", sop_instance_uid.encode("ascii"), b"\0"),
            element(0x0002, 0x0010, b"UI", transfer_syntax.encode("ascii"), b"\0"),
            element(0x0002, 0x0012, b"UI", IMPLEMENTATION_CLASS_UID.encode("ascii"), b"\0"),
            element(0x0002, 0x0013, b"SH", IMPLEMENTATION_VERSION.encode("ascii")),
        )
    )
    return bytes(128) + b"DICM" + element(0x0002, 0x0000, b"UL", len(group).to_bytes(4, "little")) + group


def element(group: int, number: int, vr: bytes, value: bytes, pad: bytes = b" ") -> bytes:
    """One element in explicit VR little endian with a 16-bit length (PS3.5 7.1.2), padded to an even length."""
    value += pad * (len(value) % 2)
    return b"".join(
        (group.to_bytes(2, "little"), number.to_bytes(2, "little"), vr, len(value).to_bytes(2, "little"), value)
    )


def decimal(value: float) -> str:
    """A DS value: at most 16 characters, as exact as they allow."""
    for digits in range(15, 0, -1):
        text = f"{value:.{digits}g}"
        if len(text) <= 16:
            return text
    return "0"


def encode_dataset(dataset: Dataset, little_endian: bool = True) -> bytes:
    """The elements of a dataset in tag order, explicit VR; without file meta."""
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import write_dataset

    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = little_endian, False
    write_dataset(buffer, dataset)
    encoded: bytes = buffer.getvalue()
    return encoded


def write_part10(path: Path, dataset: Dataset) -> int:
    """Write a dataset with its `file_meta`, pixels included; returns bytes. raises NO_SPACE, CANNOT_WRITE"""
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return write_whole(path, [buffer.getbuffer()])
