"""Archives made for one test, of small slices."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from tests.imaging.made import write_slice

Files = Mapping[str, bytes]


def slices(folder: Path, count: int = 4) -> dict[str, bytes]:
    """`dir/0` … with their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    return {f"dir/{z}": write_slice(folder / f"slice{z}", z=z).read_bytes() for z in range(count)}


def zipped(path: Path, files: Files, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, files: Files, form: str = "", kind: int = tarfile.PAX_FORMAT) -> Path:
    """form: "", "gz", "bz2", "xz"."""
    with tarfile.open(path, f"w:{form}", format=kind) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def zip_by_hand(path: Path, files: list[tuple[bytes, bytes, int]], made: int = 0, mode: int = 0) -> Path:
    """A ZIP whose names are any bytes, stored; (name, content, flags). made: the system, mode: of Unix."""
    body, directory = b"", b""
    for name, content, flags in files:
        head = struct.pack("<5H3I2H", 20, flags, 0, 0, 0, zlib.crc32(content), len(content), len(content), len(name), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", made << 8 | 20) + head
        directory += struct.pack("<3H2I", 0, 0, 0, mode << 16, len(body)) + name
        body += b"PK\x03\x04" + head + name + content
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(files), len(files), len(directory), len(body), 0)
    path.write_bytes(body + directory + end)
    return path
