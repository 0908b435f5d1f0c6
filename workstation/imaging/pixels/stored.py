"""The bytes of single frames out of one file: found once, read one frame at a time, whatever the file's encoding."""

from __future__ import annotations

import os
import struct
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance, PixelFormat
from workstation.imaging.archive import member
from workstation.imaging.damage import as_error
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.fallback import inflate_file, read_dataset
from workstation.imaging.dicom.header import HeaderReader, NeedsWorker
from workstation.imaging.dicom.text import integer
from workstation.imaging.dicom.walk import BIG_ENDIAN, BIG_PIXELS, DEFLATED, EXPLICIT, IMPLICIT
from workstation.imaging.pixels.fragments import Piece, frame_pieces
from workstation.imaging.pixels.layout import frame_span

if TYPE_CHECKING:
    from pydicom import Dataset

_KEPT: Final = 8  # files whose tables of frames are remembered
_NATIVE: Final = frozenset({IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED})
_REAL: Final = frozenset(
    {tags.FLOAT_PIXELS, tags.DOUBLE_PIXELS, b"\x7f\xe0\x00\x08", b"\x7f\xe0\x00\x09"}
)  # and as they stand in a big endian file
_MOST_BEFORE: Final = 16 * 2**20  # bytes of a deflated header
_Key = tuple[str, int, int]  # path, size, time of change


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the pixels of one file lie.

    start    offset of native pixels or of the first item
    length   of the pixel data; -1: encapsulated
    pieces   of each frame, where encapsulated
    little, words, real  native pixels: byte order; bytes lie in 16-bit words (OW); float or double
    """

    start: int
    length: int
    pieces: list[list[Piece]] | None = None
    little: bool = True
    words: bool = False
    real: bool = False


_own = threading.local()
_places: OrderedDict[_Key, _Place] = OrderedDict()
_lock: Final = threading.Lock()


class StoredFile:
    """One open file. `dataset` is its header in pydicom's form, read only when something asks for it."""

    def __init__(self, file: BinaryIO, instance: Instance) -> None:
        """raises FILE_CHANGED, UNREADABLE, DECODE_FAILED"""
        self._file = file
        self._bytes = file.seek(0, os.SEEK_END)
        self._instance = instance
        self._dataset: Dataset | None = None
        if self._bytes != instance.file_bytes:
            raise WorkstationError(ErrorCode.FILE_CHANGED)
        if instance.transfer_syntax == DEFLATED:
            self._inflate(instance.frame)
        self._place = self._remembered()

    @property
    def native(self) -> bool:
        """Whether pixels lie uncompressed and outside of items."""
        return self._place.pieces is None

    @property
    def little(self) -> bool:
        return self._place.little

    @property
    def real(self) -> bool:
        """float or double pixels"""
        return self._place.real

    @property
    def dataset(self) -> Dataset:
        """All elements before the pixels. raises UNREADABLE"""
        if self._dataset is None:
            self._file.seek(0)
            self._dataset, _ = read_dataset(self._file)
        return self._dataset

    def frame(self, index: int, pixels: PixelFormat) -> tuple[bytes, int]:
        """The bytes of one frame, and the bit of the first byte where it begins. raises TRUNCATED"""
        place = self._place
        if place.pieces is None:
            first, count, bit = frame_span(pixels, index)
            missing = first + count - place.length
            if missing > 0:
                raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=missing)
            swapped = place.words and pixels.bits_allocated <= 8
            if not swapped:
                return self._exactly(place.start + first, count), bit
            odd = first % 2
            data = self._exactly(place.start + first - odd, count + odd + (count + odd) % 2)
            return _swap(data)[odd : odd + count], bit
        pieces = place.pieces[index] if index < len(place.pieces) else []
        if not pieces:
            raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=1)
        if len(pieces) == 1:
            return self._exactly(*pieces[0]), 0
        return b"".join([self._exactly(*piece) for piece in pieces]), 0

    def _exactly(self, offset: int, count: int) -> bytes:
        if offset + count > self._bytes:
            raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=offset + count - self._bytes)
        return self._read(offset, count)

    def _read(self, offset: int, count: int) -> bytes:
        self._file.seek(offset)
        data = self._file.read(count)
        while len(data) < count:  # an unbuffered file may give less than it has
            more = self._file.read(count - len(data))
            if not more:
                break
            data += more
        return data

    def _remembered(self) -> _Place:
        key = self._key()
        if key is None:
            return self._find()
        with _lock:
            place = _places.get(key)
        if place is None:
            place = self._find()
            with _lock:
                _places[key] = place
                while len(_places) > _KEPT:
                    _places.popitem(last=False)
        return place

    def _key(self) -> _Key | None:
        try:
            return self._instance.path, self._bytes, os.fstat(self._file.fileno()).st_mtime_ns
        except (OSError, AttributeError):  # in memory
            return None

    def _find(self) -> _Place:
        plain = self._walk()
        if plain is not None:
            (start, length), frames, real = plain
            extended: tuple[int, ...] = ()
            little, words = True, False
        else:
            self._file.seek(0)
            dataset, pixels = read_dataset(self._file)
            if pixels is None:
                raise WorkstationError(ErrorCode.NO_PIXELS)
            self._dataset = dataset
            start, length = pixels
            frames = int(dataset.get("NumberOfFrames") or 1)
            little = bool(dataset.original_encoding[1])
            before = self._read(start - 12, 12)
            words, real = not little and before[4:6] == b"OW", _is_real(before)
            extended = _extended(dataset)
        syntax = self._instance.transfer_syntax
        little = little and syntax != BIG_PIXELS
        if length >= 0:
            if syntax not in _NATIVE:  # the syntax is wrong, or the file is: bytes that fit exactly are native
                expected = sum(frame_span(self._instance.pixels, max(0, frames - 1))[:2])
                if length not in (expected, expected + expected % 2):
                    raise WorkstationError(ErrorCode.DECODE_FAILED)
            return _Place(start, length, None, little, words, real)
        pieces = frame_pieces(self._read, start, max(1, frames), self._bytes, extended)
        return _Place(start, length, pieces)

    def _walk(self) -> tuple[tuple[int, int], int, bool] | None:
        """Place of the pixels, number of frames, float or not, by our own walker; None where that is not sure."""
        try:
            header = _reader().read_stream(self._instance.path, self._file)
        except (NeedsWorker, WorkstationError):
            return None
        frames = integer(header.values.get(tags.FRAMES, b"1")) or 1
        if header.pixels is None or (frames > 1 and header.pixels[1] < 0):  # an extended table is pydicom's
            return None
        return header.pixels, frames, _is_real(self._read(header.pixels[0] - 12, 12))

    def _inflate(self, frame: int) -> None:
        first, count, _ = frame_span(self._instance.pixels, frame)
        plain = inflate_file(self._file, first + count + _MOST_BEFORE)
        self._file, self._bytes = BytesIO(plain), len(plain)


def each_stored(instances: Sequence[Instance]) -> Iterator[tuple[list[int], StoredFile]]:
    """The files of some frames one after the other, plain ones or members of one archive: which frames, open file.

    A file is closed when the next one is asked for. raises FILE_CHANGED, UNREADABLE, NOT_FOUND, DECODE_FAILED,
    NO_PIXELS, what `archive.member.each` raises
    """
    places: dict[str, list[int]] = {}
    for place, instance in enumerate(instances):
        places.setdefault(instance.path, []).append(place)
    for path, file in member.each(tuple(places)):
        frames = places[path]
        with as_error(ErrorCode.UNREADABLE):
            stored = StoredFile(file, max((instances[place] for place in frames), key=lambda one: one.frame))
        yield frames, stored


def _reader() -> HeaderReader:
    """This thread's, which learns what the files of a series have in common."""
    reader: HeaderReader | None = getattr(_own, "reader", None)
    if reader is None:
        reader = _own.reader = HeaderReader(plain_only=True)
    return reader


def _extended(dataset: Dataset) -> tuple[int, ...]:
    raw = dataset.get("ExtendedOffsetTable") or b""
    return struct.unpack(f"<{len(raw) // 8}Q", raw[: len(raw) // 8 * 8]) if isinstance(raw, bytes) else ()


def _is_real(before: bytes) -> bool:
    """Whether the 12 bytes before the pixels, which end with their element's header, announce float or double."""
    return before[:4] in _REAL or before[4:8] in _REAL


def _swap(data: bytes) -> bytes:
    return np.frombuffer(data, dtype=np.uint16).byteswap().tobytes()
