"""Voxels of a NIfTI file → rescaled slices. The file is inflated once, block by block, into its place."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance
from workstation.imaging.nifti.gzipped import inflate_at_once
from workstation.imaging.nifti.header import Header
from workstation.imaging.nifti.opening import opened, read_header, skip
from workstation.imaging.nifti.place import Place, place_of
from workstation.imaging.pixels.rescale import DoesNotFitError

Slice = npt.NDArray[Any]  # int16 or float32 [row, column]
Block = npt.NDArray[Any]  # stored values [third axis, second axis, first axis], colour with a fourth

_CHUNK: Final = 2**20  # bytes of a block; in smaller ones handing over takes a tenth of the time
_TURNED_CHUNK: Final = 2**23  # where each block has a part of every slice
_BUFFERS: Final = 3  # one that is looked at, two that are read: a thread that waits for its next one loses time
_THREADS: Final = 2  # that move voxels within memory, which is what limits them
HEADER_ROOM: Final = 4096  # bytes before the first voxel; headers are 352 or 544 but for extensions
_MOST_AT_ONCE: Final = 2**29  # bytes inflated: a larger file shows how far it is
_LUMA: Final = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601
_INT16: Final = np.iinfo(np.int16)


def fill(
    instances: Sequence[Instance], gray: Sequence[Slice], colour: Sequence[npt.NDArray[np.uint8]] | None = None
) -> None:
    """Frames of one NIfTI file, rescaled into their places; memory beyond them is at most 24 megabytes, or two planes.

    gray    one array [row, column] for each instance, int16 or float32; colour as luma; what is no finite number
            becomes 0, what is too large for float32 its largest
    colour  one array uint8 [row, column, 3] for each, or None where nobody asks
    raises  DoesNotFitError where a value needs float32; TRUNCATED, FILE_CHANGED, UNREADABLE, NOT_FOUND, NOT_NIFTI,
            each with the fact `part` as `decode.fill` gives it
    """
    for _ in fill_step_by_step(instances, gray, colour):
        pass


def fill_step_by_step(
    instances: Sequence[Instance], gray: Sequence[Slice], colour: Sequence[npt.NDArray[np.uint8]] | None = None
) -> Iterator[int]:
    """The same, telling on the way how many slices' worth was done since."""
    try:
        yield from _steps(instances, gray, colour)
    except WorkstationError as error:
        raise WorkstationError(error.code, **error.facts, part=0) from None


def fill_at_once(instances: Sequence[Instance], values: Slice, memory: npt.NDArray[np.uint8]) -> bool:
    """The same of a compressed file whose voxels are as wide as ours: inflated where they stay, put in order there.

    A fifth faster than piece by piece: libdeflate, unlike ISA-L, need not be able to stop and go on anywhere.
    values  [slice, row, column], int16 or float32, for all instances
    memory  what lies right before the values, for the file's header, and they themselves
    False   where that can't be; then anything may be in the memory
    raises  as `fill`
    """
    try:
        return _at_once(instances, values, memory)
    except WorkstationError as error:
        raise WorkstationError(error.code, **error.facts, part=0) from None


def in_one_pass(path: str) -> bool:
    """Whether reaching one slice means reading all that is before it, so that slices are best read together."""
    try:
        with opened(path) as (_, _, compressed):
            if compressed:
                return True
        header, voxels = read_header(path)
        with opened(voxels) as (_, _, compressed):
            return compressed or place_of(header).axes[0] != 2
    except WorkstationError:
        return True


def _steps(
    instances: Sequence[Instance], gray: Sequence[Slice], colour: Sequence[npt.NDArray[np.uint8]] | None
) -> Iterator[int]:
    header, voxels = read_header(instances[0].path)
    place = place_of(header)
    with opened(voxels) as (file, file_bytes, compressed):
        if file_bytes != instances[0].file_bytes:
            raise WorkstationError(ErrorCode.FILE_CHANGED)
        at = 0
        untold, least = 0, min(len(instances), _CHUNK // _plane_bytes(header))
        for volume, wanted in sorted(_by_volume(instances, header, place).items()):
            first, last = _planes(header, place, [index for _, index in wanted])
            start = header.offset + volume * header.volume_bytes + first * _plane_bytes(header)
            skip(file, start - at, compressed)
            chunk = _CHUNK if place.axes[0] == 2 else _TURNED_CHUNK
            told = 0
            with closing(_blocks(file, header, first, last, chunk)) as blocks:
                for plane, block in blocks:
                    _scatter(block, plane, header, place, wanted, gray, colour)
                    done = len(wanted) * (plane + len(block) - first) // (last - first)
                    untold += done - told
                    told = done
                    if untold >= least:  # the smallest volumes are told of many at a time
                        yield untold
                        untold = 0
            at = start + (last - first) * _plane_bytes(header)
        if untold:
            yield untold


def _at_once(instances: Sequence[Instance], values: Slice, memory: npt.NDArray[np.uint8]) -> bool:
    header, path = read_header(instances[0].path)
    place = place_of(header)
    inflated = header.offset + values.nbytes
    if (
        place.axes != (2, 1, 0)
        or (header.samples, header.volumes, header.voxel_bytes) != (1, 1, values.itemsize)
        or header.shape[:3] != values.shape[::-1]
        or [one.frame for one in instances] != list(range(len(values)))
        or inflated > min(len(memory), _MOST_AT_ONCE)
    ):
        return False
    if not inflate_at_once(path, instances[0].file_bytes, memory[len(memory) - inflated :]):
        return False
    plain = header.slope == 1 and header.intercept == 0 and values.dtype == np.dtype(header.dtype)
    if any(place.flips) or not plain or values.dtype == np.float32:
        _put_in_order(values, header, place)
    return True


def _put_in_order(values: Slice, header: Header, place: Place) -> None:
    """Stored values to slices where they are, two that change places at a time."""
    stored = values.view(header.dtype)
    count = len(stored)
    pairs = [(k, count - 1 - k if place.flips[0] else k) for k in range((count + 1) // 2 if place.flips[0] else count)]

    def put(start: int) -> None:
        for one, other in pairs[start::_THREADS]:
            second = stored[other].copy()
            if one != other:
                _put(_window(values[other], place, 1, 0, None), stored[one], header)
            _put(_window(values[one], place, 1, 0, None), second, header)

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(put, range(_THREADS)))


def _by_volume(instances: Sequence[Instance], header: Header, place: Place) -> dict[int, list[tuple[int, int]]]:
    """Of each volume the wanted slices: (which of `instances`, index along the array's axis). raises FILE_CHANGED"""
    slices, *size = (header.shape[axis] for axis in place.axes)
    found: dict[int, list[tuple[int, int]]] = {}
    for number, instance in enumerate(instances):
        if [instance.pixels.rows, instance.pixels.columns] != size or instance.frame >= slices * header.volumes:
            raise WorkstationError(ErrorCode.FILE_CHANGED)
        volume, index = divmod(instance.frame, slices)
        found.setdefault(volume, []).append((number, slices - 1 - index if place.flips[0] else index))
    return found


def _plane_bytes(header: Header) -> int:
    return header.shape[0] * header.shape[1] * header.voxel_bytes


def _planes(header: Header, place: Place, indices: Sequence[int]) -> tuple[int, int]:
    """The planes of the third axis that hold these slices: first, and one past the last."""
    return (min(indices), max(indices) + 1) if place.axes[0] == 2 else (0, header.shape[2])


def _blocks(
    file: BinaryIO, header: Header, first: int, last: int, chunk: int
) -> Generator[tuple[int, Block], None, None]:
    """Whole planes, about `chunk` bytes at a time, with the number of the first. raises TRUNCATED

    A block is valid until the next one is asked for: meanwhile a thread reads what is after it into other buffers.
    """
    columns, rows, _ = header.shape[:3]
    count = max(1, min(last - first, chunk // _plane_bytes(header)))
    shape = (count, rows, columns) if header.samples == 1 else (count, rows, columns, header.samples)
    planes = range(first, last, count)
    most = _BUFFERS if _plane_bytes(header) <= _TURNED_CHUNK else 2  # three of the largest are more than a worker has
    buffers = [np.empty(shape, dtype=header.dtype) for _ in planes[:most]]
    coming: deque[Future[Block]] = deque()
    with ThreadPoolExecutor(1) as ahead:
        for number, plane in enumerate(planes):
            for later in range(number + len(coming), min(number + len(buffers), len(planes))):
                place = buffers[later % len(buffers)][: last - planes[later]]
                coming.append(ahead.submit(_read_block, file, place))
            yield plane, coming.popleft().result()


def _read_block(file: BinaryIO, block: Block) -> Block:
    target = block.reshape(-1).view(np.uint8).data
    filled = 0
    while filled < len(target):
        got = file.readinto(target[filled : filled + _CHUNK])  # type: ignore[attr-defined]  # typeshed: BinaryIO
        if not got:
            raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=len(target) - filled)
        filled += got
    return block


def _scatter(
    block: Block,
    plane: int,
    header: Header,
    place: Place,
    wanted: Sequence[tuple[int, int]],
    gray: Sequence[Slice],
    colour: Sequence[npt.NDArray[np.uint8]] | None,
) -> None:
    """A block's part of every wanted slice into its place."""
    slice_axis, row_axis, column_axis = place.axes
    for number, index in wanted:
        if slice_axis == 2:
            if not 0 <= index - plane < len(block):
                continue
            part, third = block[index - plane], None  # [second axis, first axis]
        else:
            # [third axis, the other one]
            part, third = (block[:, index] if slice_axis == 1 else block[:, :, index]), slice(plane, plane + len(block))
        _put(_window(gray[number], place, row_axis, column_axis, third), part, header)
        if colour is not None and header.samples > 1:
            _window(colour[number], place, row_axis, column_axis, third)[...] = part[..., :3]


def _window(target: Slice, place: Place, row_axis: int, column_axis: int, third: slice | None) -> Slice:
    """A slice [row, column] seen as the file stores it: the later axis first, all directions as there."""
    turned = target[:: -1 if place.flips[1] else 1, :: -1 if place.flips[2] else 1]
    if column_axis > row_axis:
        turned = turned.swapaxes(0, 1)
    return turned if third is None else turned[third]


def _put(target: Slice, stored: Block, header: Header) -> None:
    """Stored values, rescaled, into a slice of int16 or float32. raises DoesNotFitError"""
    if header.samples > 1:
        stored = np.rint(stored[..., :3].astype(np.float32) @ _LUMA).astype(np.uint8)
    plain = header.slope == 1 and header.intercept == 0
    if target.dtype == np.float32:
        with np.errstate(all="ignore"):
            if plain:
                np.copyto(target, stored, casting="unsafe")
            else:
                np.copyto(target, stored * header.slope + header.intercept, casting="unsafe")
        if not np.isfinite(target).all():
            np.nan_to_num(target, copy=False)  # infinite becomes float32's largest
            target[~np.isfinite(stored)] = 0
        return
    if header.dtype[1] == "f" or not float(header.slope).is_integer() or not float(header.intercept).is_integer():
        raise DoesNotFitError
    if plain and np.can_cast(stored.dtype, np.int16):
        target[...] = stored
        return
    low, high = (int(end) * int(header.slope) + int(header.intercept) for end in (stored.min(), stored.max()))
    if min(low, high) < _INT16.min or max(low, high) > _INT16.max:
        raise DoesNotFitError
    wide = stored.astype(np.int64) * int(header.slope) + int(header.intercept)
    target[...] = wide.astype(np.int16)
