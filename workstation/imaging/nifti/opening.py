"""NIfTI and Analyze files of the disk or of an archive, plain or compressed; what is read is bounded by the header."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.archive.gzip_parts import inflating
from workstation.imaging.archive.member import open_binary
from workstation.imaging.nifti.gzipped import MAGIC, broken, inflated_length
from workstation.imaging.nifti.header import LARGE, SMALL, Header, Kind, kind_of_head, parse

_MOST_INFLATED: Final = 1032  # times its size, at most, is what deflate makes of data
_SAMPLE: Final = 2**20
_MOST_LABELS: Final = 500  # atlases have some hundred
_FEW: Final = 16
_VARIED: Final = 1 / 3  # a map's labels go on from voxel to voxel: one step in a hundred; images: 0.6 to 1
_MOST_SAMPLED: Final = 2**29
_CHUNK: Final = 2**20
_ENDINGS: Final = (".nii", ".hdr", ".img")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the first voxels that aren't all alike tell, about a megabyte of them; in rescaled values.

    low, air    the lowest, and the share at or below -900
    whole       all are whole numbers
    two_valued  all voxels of the file are 0 or one other stored value: a mask
    varied      of whole numbers from 0 on: more values than labels have, or many that change from voxel to voxel
    """

    low: float
    air: float
    whole: bool
    two_valued: bool
    varied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NiftiFile:
    """What is known of one file (or pair) before its voxels are read.

    path        the file that was asked for; of a pair, the header
    voxels      the file that holds the voxels; `path` if it is no pair
    file_bytes  size of `voxels` as it lies there
    compressed  `voxels` is a gzip file
    digest      of the header and the file's own name, wherever it lies
    """

    path: str
    voxels: str
    file_bytes: int
    compressed: bool
    digest: str
    header: Header
    sample: Sample


def stem(path: str) -> str:
    """The name of a file without its folder and without .nii, .nii.gz, .hdr and so on."""
    name = os.path.basename(path)  # noqa: PTH119  also of members of archives
    for ending in (".gz", *_ENDINGS):
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    return name


def is_named_nifti(path: str) -> bool:
    """Whether the name says NIfTI or Analyze. `.img` may be anything: it is asked only if nothing else can read it."""
    return _ending(path) in _ENDINGS


def is_nifti(head: bytes) -> bool:
    """Whether a file with these first bytes (inflated, 540 or all) says that it is NIfTI."""
    found = kind_of_head(head)
    return found is not None and found[0] is not Kind.ANALYZE


def partner(path: str) -> str | None:
    """The other file of a .hdr/.img pair if it is there, compressed or not; None for other names."""
    ending = _ending(path)
    if ending not in (".hdr", ".img"):
        return None
    bare = path[: -len(".gz")] if path.lower().endswith(".gz") else path
    other = {".hdr": ".img", ".img": ".hdr", ".HDR": ".IMG", ".IMG": ".HDR"}.get(bare[-4:])
    if other is None:
        return None
    same = path[len(bare) :]
    for end in dict.fromkeys((same, "", ".gz")):
        if _exists(bare[:-4] + other + end):
            return bare[:-4] + other + end
    return None


def _ending(path: str) -> str:
    name = path[-len(".nii.gz") :].lower()
    return (name[: -len(".gz")] if name.endswith(".gz") else name)[-4:]


def _exists(path: str) -> bool:
    try:
        open_binary(path).close()
    except WorkstationError:
        return False
    return True


@contextmanager
def opened(path: str) -> Iterator[tuple[BinaryIO, int, bool]]:
    """The file's content, inflated if it is compressed; its size as it lies there; and whether it is compressed.

    raises NOT_FOUND, UNREADABLE, also for damage that is met while reading
    """
    with open_binary(path) as file:
        try:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            compressed = file.read(2) == MAGIC
            file.seek(0)
            if not compressed:
                yield file, size, False
                return
            with inflating(file) as inflated:
                yield inflated, size, True
        except (OSError, EOFError, zlib.error, broken()):
            raise WorkstationError(ErrorCode.UNREADABLE) from None


def read_header(path: str) -> tuple[Header, str]:
    """The header of a file or pair, whichever of the two is named, and the file that holds the voxels.

    raises NOT_NIFTI, PARTNER_MISSING, TRUNCATED, NO_PIXELS, VALUE_TYPE, TOO_MANY_FRAMES, UNREADABLE, NOT_FOUND
    """
    header, voxels, _, _ = _read_header(path)
    return header, voxels


def read_file(path: str) -> NiftiFile:
    """What a file is that is, or is named like, NIfTI or Analyze; either file of a pair tells of both.

    Reads the header and the first megabyte of voxels; of a mask, and where a compressed file's own count contradicts
    the header, all.
    raises as `read_header`
    """
    header, voxels, path, head = _read_header(path)
    with opened(voxels) as (file, size, compressed):
        _check_length(voxels, header, size, compressed)
        sample = _sample(file, header)
    name = os.path.basename(path)  # noqa: PTH119
    content = head[: LARGE if header.kind in (Kind.NIFTI2, Kind.NIFTI2_PAIR) else SMALL] + name.encode(
        "utf-8", "replace"
    )
    return NiftiFile(
        path=path,
        voxels=voxels,
        file_bytes=size,
        compressed=compressed,
        digest=hashlib.sha256(content).hexdigest()[:16],
        header=header,
        sample=sample,
    )


def _read_header(path: str) -> tuple[Header, str, str, bytes]:
    """Header, file of the voxels, file of the header, and the bytes of that."""
    if _ending(path) == ".img":
        other = partner(path)
        if other is None:
            raise WorkstationError(ErrorCode.PARTNER_MISSING, name=".hdr")
        path = other
    head = _head(path)
    found = kind_of_head(head)
    if found is None or (found[0] is Kind.ANALYZE and _ending(path) != ".hdr"):
        if len(head) < SMALL:
            raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=SMALL - len(head))
        raise WorkstationError(ErrorCode.NOT_NIFTI)
    header = parse(head)
    if not header.kind.pair:
        return header, path, path, head
    other = partner(path)
    if other is None:
        raise WorkstationError(ErrorCode.PARTNER_MISSING, name=".img")
    return header, other, path, head


def _head(path: str) -> bytes:
    head = b""
    with opened(path) as (file, _, _), suppress(EOFError):
        while len(head) < LARGE and (more := file.read(LARGE - len(head))):
            head += more
    return head


def _check_length(path: str, header: Header, size: int, compressed: bool) -> None:
    """raises TRUNCATED when the file can't hold what its header claims"""
    needed = header.offset + header.data_bytes
    if not compressed:
        missing = needed - size
    elif needed > size * _MOST_INFLATED:
        missing = needed - size * _MOST_INFLATED
    elif _stated_length(path) == needed % 2**32:
        return
    else:
        missing = needed - _inflated_length(path, needed)
    if missing > 0:
        raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=missing)


def _stated_length(path: str) -> int:
    """What the last four bytes of a gzip file count: its inflated length, if it has one part (RFC 1952)."""
    with open_binary(path) as file:
        file.seek(-4, os.SEEK_END)
        return int.from_bytes(file.read(4), "little")


def _inflated_length(path: str, enough: int) -> int:
    with open_binary(path) as file:
        return inflated_length(file, enough)


def skip(file: BinaryIO, count: int, compressed: bool) -> None:
    """Go on by `count` bytes. raises TRUNCATED"""
    if not compressed:
        file.seek(count, os.SEEK_CUR)
        return
    while count > 0:
        got = len(file.read(min(_CHUNK, count)))
        if not got:
            raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=count)
        count -= got


def _sample(file: BinaryIO, header: Header) -> Sample:
    """Reads on as long as all is 0 or one other value, which an image soon isn't."""
    skip(file, header.offset, True)
    left = min(header.data_bytes, _MOST_SAMPLED)
    other: float | None = None
    while left and (data := file.read(min(_SAMPLE, left) // header.voxel_bytes * header.voxel_bytes)):
        left -= len(data)
        stored = np.frombuffer(data, dtype=header.dtype)
        ends = {float(end) for end in (stored.min(), stored.max())} - {0.0}
        if not ends:
            continue
        if header.samples > 1 or len(ends) > 1 or other not in (None, *ends):
            return _told_by(stored, header)
        other = ends.pop()
        if not ((stored == 0) | (stored == other)).all():
            return _told_by(stored, header)
    value = (other or 0.0) * header.slope + header.intercept
    mask = other is not None and header.data_bytes <= _MOST_SAMPLED
    return Sample(low=min(value, header.intercept), air=0.0, whole=value.is_integer(), two_valued=mask)


def _told_by(stored: npt.NDArray[Any], header: Header) -> Sample:
    with np.errstate(all="ignore"):
        distinct, counts = _counted(stored)
        values = distinct.astype(np.float64) * header.slope + header.intercept
        finite = np.isfinite(values)
        values, counts = values[finite], counts[finite]
    if not values.size:
        return Sample(low=0.0, air=0.0, whole=False, two_valued=False)
    low, whole = float(values.min()), bool((values == np.rint(values)).all())
    return Sample(
        low=low,
        air=float(counts[values <= -900].sum() / counts.sum()),
        whole=whole,
        two_valued=False,
        varied=whole and low >= 0 and _varied(stored, distinct),  # else no map of labels, however it is called
    )


def _counted(stored: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Each value and how often it is there; of wide ones, where that takes long, every voxel by itself."""
    kind = stored.dtype
    if kind.kind not in "iu" or kind.itemsize > 2:
        return stored, np.broadcast_to(np.int64(1), stored.shape)
    bits = np.dtype(f"u{kind.itemsize}")  # the same bytes, whatever their order and sign
    counts = np.bincount(stored.view(bits))
    found = np.flatnonzero(counts)
    return found.astype(bits).view(kind), counts[found]


def _varied(stored: npt.NDArray[Any], distinct: npt.NDArray[Any]) -> bool:
    """Background is left out of what changes: labels may be single points in it."""
    count = len(np.unique(distinct))
    if not _FEW < count <= _MOST_LABELS:
        return count > _MOST_LABELS
    one, other = stored[:-1], stored[1:]
    inside = (one != 0) & (other != 0)
    return bool(np.count_nonzero(inside & (one != other)) > _VARIED * np.count_nonzero(inside))
