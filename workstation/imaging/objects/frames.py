"""Stored values of the frames of one object, whatever they are packed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance, PixelFormat
from workstation.imaging.archive.member import open_binary
from workstation.imaging.dicom.fallback import read_dataset
from workstation.imaging.objects.file import syntax_of
from workstation.imaging.pixels.decode import FrameReader
from workstation.imaging.pixels.stored import each_stored
from workstation.imaging.worker import more_time

if TYPE_CHECKING:
    from pydicom import Dataset

_AT_ONCE: Final = 256


def stored_frames(path: str, dataset: Dataset, wanted: Iterable[int]) -> Iterator[tuple[int, npt.NDArray[Any]]]:
    """Integers [row, column] of these frames, in the order of the file. raises what decoding raises"""
    bits = int(dataset.get("BitsAllocated") or 1)
    pixels = PixelFormat(
        rows=int(dataset.Rows),
        columns=int(dataset.Columns),
        bits_allocated=bits,
        bits_stored=int(dataset.get("BitsStored") or bits),
        high_bit=int(dataset.get("HighBit") or bits - 1),
        signed=dataset.get("PixelRepresentation") == 1,
    )
    syntax = syntax_of(dataset)
    with open_binary(path) as file:
        size = file.seek(0, 2)
    ordered = sorted(wanted)
    for start in range(0, len(ordered), _AT_ONCE):
        more_time(2.0)
        some = ordered[start : start + _AT_ONCE]
        instances = [_instance(path, frame, pixels, syntax, size) for frame in some]
        for places, stored in each_stored(instances):
            reader = FrameReader(stored)
            for place in places:
                values, _ = reader.stored(instances[place])
                yield some[place], values


def real_frames(path: str, dataset: Dataset, wanted: Iterable[int]) -> Iterator[tuple[int, npt.NDArray[np.float64]]]:
    """The same where pixels are real numbers of 32 or 64 bits, which are never compressed. raises UNREADABLE"""
    shape = (int(dataset.Rows), int(dataset.Columns))
    width = int(dataset.get("BitsAllocated") or 32) // 8
    with open_binary(path) as file:
        _, place = read_dataset(file)
        if place is None or place[1] < 0 or width not in (4, 8):
            raise WorkstationError(ErrorCode.UNREADABLE)
        kind = np.dtype(f"{'<' if dataset.original_encoding[1] else '>'}f{width}")
        for frame in sorted(wanted):
            file.seek(place[0] + frame * shape[0] * shape[1] * width)
            data = file.read(shape[0] * shape[1] * width)
            if len(data) != shape[0] * shape[1] * width:
                raise WorkstationError(ErrorCode.UNREADABLE)
            yield frame, np.frombuffer(data, dtype=kind).reshape(shape).astype(np.float64)


def _instance(path: str, frame: int, pixels: PixelFormat, syntax: str, size: int) -> Instance:
    return Instance(
        path=path,
        frame=frame,
        file_bytes=size,
        sop_class_uid="",
        sop_instance_uid="",
        transfer_syntax=syntax,
        pixels=pixels,
    )
