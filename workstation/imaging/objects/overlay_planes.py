"""Overlay planes of the images themselves, groups 6000 to 601E (DICOM PS3.3 C.9.2; the kind in unused bits: 2004).

Origins are row and column from 1 and may be negative; bits are packed without padding, the lowest bit first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.answer import Placement, PlacementState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.overlaid import OVERLAY_PLANES, Overlaid
from workstation.domain.series import FileForm, Instance, Stack
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken
from workstation.imaging import worker
from workstation.imaging.archive import member
from workstation.imaging.damage import as_error
from workstation.imaging.objects.content import part
from workstation.imaging.objects.file import Texts, dataset_of
from workstation.imaging.objects.frame_places import Grid
from workstation.imaging.objects.label_layers import LabelLayers
from workstation.imaging.objects.placing import SeriesPlace
from workstation.imaging.pixels.stored import each_stored

if TYPE_CHECKING:
    from pydicom import Dataset

_GROUPS: Final = range(0x6000, 0x6020, 2)
_ROWS_ELEMENT: Final = re.compile(rb"[\x00\x02\x04\x06\x08\x0a\x0c\x0e\x10\x12\x14\x16\x18\x1a\x1c\x1e]\x60\x10\x00")
_ROWS_END: Final = b"\x60\x10\x00"  # found ten times as fast, and seldom there
_BIG: Final = re.compile(rb"\x60[\x00\x02\x04\x06\x08\x0a\x0c\x0e\x10\x12\x14\x16\x18\x1a\x1c\x1e]\x00\x10US")
_HEAD: Final = 2**20  # bytes that are looked through where it is not known where the pixels begin
_LARGEST: Final = 2**31
_MOST_BITS: Final = 2**31  # of one file's planes
_PROVEN: Final = Placement(PlacementState.PROVEN, say("Placement proven: it is part of these very images."))


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """One plane over one frame. bits: packed, of the image's size [row, column]; name: as the file calls it."""

    group: int
    name: str
    frame: int
    bits: npt.NDArray[np.uint8]


def read_planes(stack: Stack, cancel: CancelToken | None = None) -> Overlaid | None:
    """All planes of a series as one object; None where it has none. raises Cancelled"""
    paths = tuple(_with_planes(stack, cancel))
    if not paths:
        return None
    frames: dict[str, dict[int, int]] = {}
    for k, instance in enumerate(stack.instances):
        frames.setdefault(instance.path, {})[instance.frame] = k
    first = {instance.path: instance for instance in reversed(stack.instances)}
    series = SeriesPlace(stack)
    grid = Grid(series.geometry, series.geometry.offsets)
    layers = LabelLayers("overlay")
    names: dict[int, str] = {}
    unread = 0
    shape = (series.geometry.rows, series.geometry.columns)
    tasks = [worker.Task(planes_in, (first[path], tuple(frames[path])), path, 10.0) for path in paths]
    with closing(worker.run(tasks, cancel)) as answers:
        for at, answer in answers:
            if isinstance(answer, WorkstationError):
                unread += 1
                continue
            if isinstance(answer, Exception):
                raise answer
            for plane in answer:
                covered = np.unpackbits(plane.bits, count=shape[0] * shape[1]).reshape(shape)
                layers.put(grid, plane.group, covered, frames[paths[at]][plane.frame])
                names.setdefault(plane.group, plane.name)
    return _overlaid(stack, layers, names, unread, series.in_pixels)


def _overlaid(
    stack: Stack, layers: LabelLayers, names: dict[int, str], unread: int, in_pixels: bool
) -> Overlaid | None:
    masks, labels = layers.made({}, largest=None)
    if not labels and not unread:
        return None
    name = f"{stack.id}/{OVERLAY_PLANES}"
    findings = []
    for place, group in enumerate(sorted(labels), start=1):
        label = say("{text}", text=names[group]) if names[group] else say("Overlay {group}", group=f"{group:04X}")
        findings.append(part(name, place, "overlay", label, labels[group]))
    notes: tuple[Words, ...] = (say("Some planes can't be read."),) if unread else ()
    return Overlaid(
        id=name,
        kind=OVERLAY_PLANES,
        title=say("Overlay of the images"),
        placement=_PROVEN,
        findings=tuple(findings),
        masks=masks,
        in_pixels=in_pixels,
        notes=notes,
    )


def _with_planes(stack: Stack, cancel: CancelToken | None) -> Iterator[str]:
    """Files that seem to have planes: their headers are only looked through, nothing of them is parsed."""
    instances = {one.path: one for one in stack.instances if one.form is FileForm.DICOM}
    if not instances:
        return
    try:
        for path, file in member.each(tuple(instances)):
            if cancel is not None:
                cancel.check()
            head = _head(file, instances[path])
            if (_ROWS_END in head and _ROWS_ELEMENT.search(head)) or _BIG.search(head):
                yield path
    except (OSError, WorkstationError) as error:
        if isinstance(error, WorkstationError) and error.code is ErrorCode.CANCELLED:
            raise


def _head(file: BinaryIO, instance: Instance) -> bytes:
    size = instance.pixel_offset if instance.pixel_offset is not None and instance.frame == 0 else _HEAD
    return file.read(min(size, 16 * _HEAD))


def planes_in(instance: Instance, frames: Sequence[int]) -> list[Plane]:
    """In a worker: what one file has over these of its frames. raises UNREADABLE, TOO_LARGE"""
    with as_error(ErrorCode.UNREADABLE):
        dataset = dataset_of(instance.path, _LARGEST)
        texts = Texts(dataset)
        return [plane for group in _GROUPS for plane in _planes(dataset, texts, group, instance, frames)]


def _planes(dataset: Dataset, texts: Texts, group: int, instance: Instance, frames: Sequence[int]) -> Iterator[Plane]:
    rows, columns = _integer(dataset, group, 0x0010), _integer(dataset, group, 0x0011)
    if rows is None or columns is None or min(rows, columns) < 1:
        return
    count = _integer(dataset, group, 0x0015)
    if rows * columns * max(1, count or 1) > _MOST_BITS:
        raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=rows * columns >> 23, limit_mb=_MOST_BITS >> 23)
    origin = _integers(dataset, group, 0x0050) or (1, 1)
    name = texts.plain(dataset, (group, 0x1500)) or texts.plain(dataset, (group, 0x0022))
    shape = (instance.pixels.rows, instance.pixels.columns)
    start = (_integer(dataset, group, 0x0051) or 1) - 1
    for frame in frames:
        own = 0 if count is None else frame - start
        if count is not None and not 0 <= own < count:
            continue
        bits = _bits(dataset, group, own, rows * columns)
        if bits is None:
            bits = _embedded(dataset, group, instance, frame, rows * columns)
        if bits is not None:
            covered = _laid(bits.reshape(rows, columns), shape, (origin[0] - 1, origin[1] - 1))
            if covered.any():
                yield Plane(group, name, frame, np.packbits(covered))


def plane_over(dataset: Dataset, group: int, shape: tuple[int, int]) -> npt.NDArray[np.uint8] | None:
    """0 and 1 of a plane that stands in an object, over an image of this size [row, column]; None: it has none."""
    rows, columns = _integer(dataset, group, 0x0010), _integer(dataset, group, 0x0011)
    if rows is None or columns is None or min(rows, columns) < 1 or rows * columns > _MOST_BITS:
        return None
    bits = _bits(dataset, group, 0, rows * columns)
    origin = _integers(dataset, group, 0x0050) or (1, 1)
    return _laid(bits.reshape(rows, columns), shape, (origin[0] - 1, origin[1] - 1)) if bits is not None else None


def _laid(bits: npt.NDArray[np.uint8], shape: tuple[int, int], origin: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """A plane at its place over the image: what lies beyond its edges is cut off."""
    into = np.zeros(shape, dtype=np.uint8)
    ends = [(max(0, at), min(size, at + own)) for at, size, own in zip(origin, shape, bits.shape, strict=True)]
    (top, bottom), (left, right) = ends
    if top < bottom and left < right:
        into[top:bottom, left:right] = bits[top - origin[0] : bottom - origin[0], left - origin[1] : right - origin[1]]
    return into


def _bits(dataset: Dataset, group: int, frame: int, count: int) -> npt.NDArray[np.uint8] | None:
    """0 and 1 of one frame of a plane with data of its own; None where it has none, or too little."""
    if (group, 0x3000) not in dataset:
        return None
    data = dataset[group, 0x3000].value
    if not isinstance(data, bytes):
        return None
    packed = np.frombuffer(data, dtype=np.uint8)
    if not dataset.original_encoding[1] and dataset[group, 0x3000].VR == "OW":  # words, their bytes in order of file
        packed = packed[: len(packed) // 2 * 2].reshape(-1, 2)[:, ::-1].ravel()
    first = frame * count
    if len(packed) * 8 < first + count:
        return None
    around = packed[first // 8 : -(-(first + count) // 8)]
    return np.unpackbits(around, bitorder="little")[first % 8 : first % 8 + count]


def _embedded(dataset: Dataset, group: int, instance: Instance, frame: int, count: int) -> npt.NDArray[np.uint8] | None:
    """The bit of each pixel that the image itself has no use for (retired in 2004). Only of uncompressed 16 bits."""
    bit = _integer(dataset, group, 0x0102) or 0
    pixels = instance.pixels
    used = range(pixels.high_bit - pixels.bits_stored + 1, pixels.high_bit + 1)
    if pixels.bits_allocated != 16 or pixels.samples != 1 or bit in used or not 0 <= bit < 16:
        return None
    if count != pixels.rows * pixels.columns:
        return None
    for _, file in each_stored((instance,)):
        if file.native:
            data, _ = file.frame(frame, pixels)
            words = np.frombuffer(data, dtype="<u2" if file.little else ">u2", count=count)
            return np.asarray(words >> bit & 1, dtype=np.uint8)
    return None


def _integers(dataset: Dataset, group: int, element: int) -> tuple[int, ...]:
    if (group, element) not in dataset:
        return ()
    value = dataset[group, element].value
    values: Iterable[object] = value if isinstance(value, Iterable) and not isinstance(value, str | bytes) else (value,)
    return tuple(int(str(one)) for one in values if one not in (None, ""))


def _integer(dataset: Dataset, group: int, element: int) -> int | None:
    return next(iter(_integers(dataset, group, element)), None)
