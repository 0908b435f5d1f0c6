"""A stack → one volume of rescaled values. Uncompressed slices are read straight into their place."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.series import Instance, Stack
from workstation.domain.volume import Values, Volume
from workstation.domain.words import say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.imaging.pixels.decode import check_size, decode_frames, set_up
from workstation.imaging.pixels.memory import available_bytes
from workstation.imaging.pixels.readinto import read_into
from workstation.imaging.pixels.rescale import DoesNotFitError, fits_int16, padding_of, rescale, rescale_in_place
from workstation.imaging.series.scan import scan

LARGEST_VOLUME: Final = 16 * 2**30  # bytes
_CHUNK: Final = 8  # slices between two looks at cancel and progress
_THREADS: Final = min(4, max(2, os.cpu_count() or 2))

Slice = npt.NDArray[Any]  # int16 or float32 [row, column], rescaled
FirstSlice = Callable[[int, Slice], None]


def load_volume(
    stack: Stack, reporter: Reporter = silent, cancel: CancelToken | None = None, first: FirstSlice | None = None
) -> Volume:
    """All slices of a stack, [slice, row, column], after the Modality LUT.

    int16 where slope and intercept are integers and every value fits (CT), else float32. Colour becomes luma.
    first   is given the middle slice before the others are read
    raises  TRUNCATED, NO_CODEC, DECODE_FAILED, TOO_LARGE, FILE_CHANGED, NOT_FOUND, UNREADABLE (each with the fact
            `slice`, from 0), OUT_OF_MEMORY, Cancelled
    """
    kinds: list[type[np.int16] | type[np.float32]] = [np.float32]
    if fits_int16(stack.instances):
        kinds.insert(0, np.int16)
    for kind in kinds:
        try:
            values = _load(stack, kind, reporter, cancel, first)
        except DoesNotFitError:
            continue
        return Volume(
            values=values,
            geometry=stack.geometry,
            unit=stack.unit,
            padding=padding_of(stack.instances[0]),
            inverted=stack.instances[0].pixels.photometric == "MONOCHROME1",
        )
    raise WorkstationError(ErrorCode.DECODE_FAILED)


def load_slice(stack: Stack, index: int) -> Slice:
    """One slice, [row, column], rescaled as `load_volume` does it. raises as `load_volume`, NO_SUCH_SLICE"""
    if not 0 <= index < stack.slices:
        raise WorkstationError(ErrorCode.NO_SUCH_SLICE, slice=index, slices=stack.slices)
    instance = stack.instances[index]
    check_size(instance)
    shape = (stack.rows, stack.columns)
    if fits_int16((instance,)):
        whole = np.empty(shape, dtype=np.int16)
        try:
            _read(index, instance, whole)
        except DoesNotFitError:
            pass
        else:
            return whole
    values = np.empty(shape, dtype=np.float32)
    _read(index, instance, values)
    return values


@dataclass(frozen=True, slots=True, eq=False)
class First:
    """The first picture of a folder: its stack, the middle slice by position, and that slice's rescaled values."""

    stack: Stack
    index: int
    values: Slice


def first_slice(paths: Sequence[Path], cancel: CancelToken | None = None) -> First:
    """The middle slice of the largest stack, without loading the others. raises NOTHING_FOUND, as `load_slice`"""
    stacks = scan(paths, cancel=cancel).stacks
    if not stacks:
        raise WorkstationError(ErrorCode.NOTHING_FOUND)
    stack = max(stacks, key=lambda one: (one.geometry is not None, one.slices))
    index = stack.slices // 2
    return First(stack, index, load_slice(stack, index))


def _load(
    stack: Stack,
    kind: type[np.int16] | type[np.float32],
    reporter: Reporter,
    cancel: CancelToken | None,
    first: FirstSlice | None,
) -> Values:
    instances = stack.instances
    shape = (len(instances), stack.rows, stack.columns)
    needed = shape[0] * shape[1] * shape[2] * np.dtype(kind).itemsize
    if needed > LARGEST_VOLUME:
        raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=needed // 2**20, limit_mb=LARGEST_VOLUME // 2**20)
    free = available_bytes()
    if free is not None and needed > free:
        raise WorkstationError(ErrorCode.OUT_OF_MEMORY, needed_mb=needed // 2**20)
    for instance in instances:
        check_size(instance)
    try:
        values: Slice = np.empty(shape, dtype=kind)
    except MemoryError:
        raise WorkstationError(ErrorCode.OUT_OF_MEMORY, needed_mb=needed // 2**20) from None
    middle = shape[0] // 2
    native = all(instance.pixel_offset is not None for instance in instances)
    if not native:
        set_up()
    if first is not None:
        _read(middle, instances[middle], values[middle])
        first(middle, values[middle])
    chunks = list(_chunks(instances, native, middle if first is not None else None))
    _run(chunks, instances, values, reporter, cancel)
    return values


def _chunks(instances: Sequence[Instance], native: bool, done: int | None) -> Iterator[list[int]]:
    """Runs of slices for one thread: a few at a time; all frames of a compressed file together."""
    left = [index for index in range(len(instances)) if index != done]
    if native:
        for start in range(0, len(left), _CHUNK):
            yield left[start : start + _CHUNK]
    else:
        left.sort(key=lambda index: instances[index].path)
        for _, run in itertools.groupby(left, key=lambda index: instances[index].path):
            yield list(run)


def _run(
    chunks: Sequence[list[int]],
    instances: Sequence[Instance],
    values: Slice,
    reporter: Reporter,
    cancel: CancelToken | None,
) -> None:
    """Every chunk in a few threads; the first failure or a cancel ends the others."""
    stop = threading.Event()

    def work(chunk: list[int]) -> int:
        if not stop.is_set():
            if instances[chunk[0]].pixel_offset is None:
                _decode([(index, instances[index], values[index]) for index in chunk], stop)
            else:
                for index in chunk:
                    _read(index, instances[index], values[index])
        return len(chunk)

    bytes_each = values[0].nbytes
    done, total = 0, len(instances)
    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            for count in pool.map(work, chunks):
                done += count
                if cancel is not None and cancel.cancelled:
                    raise Cancelled
                reporter(Progress(done, total, say("Loading"), done * bytes_each, total * bytes_each))
        finally:
            stop.set()


def _read(index: int, instance: Instance, out: Slice) -> None:
    """One slice into its place."""
    pixels = instance.pixels
    if instance.pixel_offset is None:
        _decode([(index, instance, out)], None)
        return
    try:
        if pixels.bits_allocated == 16 and out.dtype == np.int16:
            read_into(instance.path, instance.pixel_offset, out, instance.file_bytes)
            rescale_in_place(out, instance)
            return
        kind = {(8, False): "u1", (8, True): "i1", (16, False): "<u2", (16, True): "<i2"}
        stored = np.empty(out.shape, dtype=kind[pixels.bits_allocated, pixels.signed])
        read_into(instance.path, instance.pixel_offset, stored, instance.file_bytes)
    except WorkstationError as error:
        raise _of_slice(error, index) from None
    rescale(_without_spare_bits(stored, instance), instance, out)


def _without_spare_bits(stored: npt.NDArray[Any], instance: Instance) -> npt.NDArray[Any]:
    pixels = instance.pixels
    spare = pixels.bits_allocated - pixels.bits_stored
    if not spare:
        return stored
    # Up to the top, then down again: cuts what lies above and below, and keeps the sign.
    above = pixels.bits_allocated - 1 - pixels.high_bit
    shifted: npt.NDArray[Any] = np.right_shift(np.left_shift(stored, above), spare)
    return shifted


def _decode(places: Sequence[tuple[int, Instance, Slice]], stop: threading.Event | None) -> None:
    """Frames of one file through the codecs into their places."""
    at = places[0][0]
    try:
        decoded = decode_frames([instance for _, instance, _ in places])
        for index, instance, out in places:
            at = index
            rescale(next(decoded), instance, out)
            if stop is not None and stop.is_set():
                return
    except WorkstationError as error:
        raise _of_slice(error, at) from None


def _of_slice(error: WorkstationError, index: int) -> WorkstationError:
    """The same error, saying which slice it was."""
    return WorkstationError(error.code, **error.facts, slice=index)
