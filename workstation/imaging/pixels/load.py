"""A stack → one volume of rescaled values. Uncompressed slices are read straight into their place, RLE is unpacked."""

from __future__ import annotations

import itertools
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance, Stack
from workstation.domain.volume import Colour, SlicePixels, Values, Volume
from workstation.domain.words import say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.imaging.nifti.read import HEADER_ROOM
from workstation.imaging.pixels.by_workers import decode, decode_in_parts, in_small_parts
from workstation.imaging.pixels.decode import check_size
from workstation.imaging.pixels.memory import available_bytes
from workstation.imaging.pixels.readinto import read_into
from workstation.imaging.pixels.rescale import DoesNotFitError, fits_int16, padding_of, rescale, rescale_in_place
from workstation.imaging.pixels.reuse import VOLUMES
from workstation.imaging.pixels.rle_slice import RleReader, is_quick_rle, may_join
from workstation.imaging.series.scan import scan
from workstation.imaging.worker import Block, SharedArray

LARGEST_VOLUME: Final = 16 * 2**30  # bytes
_CHUNK: Final = 8  # slices between two looks at cancel and progress
_FEW: Final = 5  # RLE slices that one thread unpacks and joins together
_ASK_ABOVE: Final = 2**25  # bytes of a volume, below which nobody asks how much memory is left
THREADS: Final = min(4, max(2, os.cpu_count() or 2))
THREADS_BESIDE: Final = max(1, min(4, (os.cpu_count() or 2) - 1))  # leaves a processor to a window

Slice = npt.NDArray[Any]  # int16 or float32 [row, column], rescaled


def load_volume(
    stack: Stack,
    reporter: Reporter = silent,
    cancel: CancelToken | None = None,
    *,
    threads: int = THREADS,
) -> Volume:
    """All slices of a stack, [slice, row, column], after the Modality LUT.

    int16 where slope and intercept are integers and every value fits (CT), else float32. Of coloured pictures these
    are the luma, and the volume has their colour besides.
    threads  that read slices which need no worker
    raises   TRUNCATED, NO_CODEC, DECODE_FAILED, TOO_LARGE, FILE_CHANGED, NOT_FOUND, UNREADABLE (each with the fact
             `slice`, from 0), OUT_OF_MEMORY, Cancelled
    """
    kinds: list[type[np.int16] | type[np.float32]] = [np.float32]
    if fits_int16(stack.instances):
        kinds.insert(0, np.int16)
    for kind in kinds:
        try:
            values, colour = _load(stack, kind, reporter, cancel, threads)
        except DoesNotFitError:
            continue
        return Volume(
            values=values,
            geometry=stack.geometry,
            unit=stack.unit,
            padding=padding_of(stack.instances[0]),
            inverted=stack.instances[0].pixels.photometric == "MONOCHROME1",
            colour=colour,
        )
    raise WorkstationError(ErrorCode.DECODE_FAILED)


def load_slice(stack: Stack, index: int, cancel: CancelToken | None = None) -> Slice:
    """One slice, [row, column], rescaled as `load_volume` does it. raises as `load_volume`, NO_SUCH_SLICE"""
    return load_pixels(stack, index, cancel).values


def load_pixels(stack: Stack, index: int, cancel: CancelToken | None = None) -> SlicePixels:
    """The same with its colour."""
    if not 0 <= index < stack.slices:
        raise WorkstationError(ErrorCode.NO_SUCH_SLICE, slice=index, slices=stack.slices)
    instance = stack.instances[index]
    check_size(instance)
    kinds: list[type[np.int16] | type[np.float32]] = [np.float32]
    if fits_int16((instance,)):
        kinds.insert(0, np.int16)
    for kind in kinds:
        target = _Target((instance,), kind, (1, stack.rows, stack.columns))
        try:
            target.read([0], silent, cancel)
        except DoesNotFitError:
            continue
        except WorkstationError as error:
            raise _of_slice(error, index) from None
        finally:
            target.close()
        return SlicePixels(target.values[0], target.colour[0] if target.colour is not None else None)
    raise WorkstationError(ErrorCode.DECODE_FAILED)


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
    threads: int,
) -> tuple[Values, Colour | None]:
    instances = stack.instances
    shape = (len(instances), stack.rows, stack.columns)
    for instance in instances:
        check_size(instance)
    target = _Target(instances, kind, shape)
    try:
        target.read(range(shape[0]), reporter, cancel, threads)
    finally:
        target.close()
    return target.values, target.colour


class _Target:
    """An array for some slices: of our own memory, or one that workers can fill from end to end.

    raises TOO_LARGE, OUT_OF_MEMORY
    """

    def __init__(
        self, instances: Sequence[Instance], kind: type[np.int16] | type[np.float32], shape: tuple[int, int, int]
    ) -> None:
        self._instances = instances
        gray = shape[0] * shape[1] * shape[2] * np.dtype(kind).itemsize
        coloured = all(instance.pixels.coloured for instance in instances)
        needed = gray + (3 * shape[0] * shape[1] * shape[2] if coloured else 0)
        if needed > LARGEST_VOLUME:
            raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=needed // 2**20, limit_mb=LARGEST_VOLUME // 2**20)
        elsewhere = [instance for instance in instances if not _is_read_here(instance)]
        private = not elsewhere or in_small_parts(elsewhere)
        again = VOLUMES.again(shape, kind) if private else None
        free = available_bytes() if again is None and needed > _ASK_ABOVE else None
        if free is not None and needed > free:
            raise WorkstationError(ErrorCode.OUT_OF_MEMORY, needed_mb=needed // 2**20)
        self._block: Block | None = None
        self._rgb: SharedArray | None = None
        self.colour: Colour | None = None
        try:
            if private:
                self.values: Slice = VOLUMES.new(shape, kind) if again is None else again
                if coloured and elsewhere:
                    self.colour = np.empty((*shape, 3), dtype=np.uint8)
            else:
                self._block = Block(HEADER_ROOM + needed)
                self._gray = self._block.part(kind, shape, HEADER_ROOM)
                self.values = self._block.array(self._gray)
                if coloured:
                    self._rgb = self._block.part(np.uint8, (*shape, 3), HEADER_ROOM + gray)
                    self.colour = self._block.array(self._rgb)
        except MemoryError:
            raise WorkstationError(ErrorCode.OUT_OF_MEMORY, needed_mb=needed // 2**20) from None

    def close(self) -> None:
        if self._block is not None:
            self._block.close()

    def read(
        self, indexes: Sequence[int], reporter: Reporter, cancel: CancelToken | None, threads: int = THREADS
    ) -> None:
        """Slices into their places. raises as `load_volume`"""
        here = [k for k in indexes if _is_read_here(self._instances[k])]
        elsewhere = [k for k in indexes if not _is_read_here(self._instances[k])]
        done, total, each = 0, len(indexes), self.values[0].nbytes
        for count in itertools.chain(self._read_here(here, threads), self._decode(elsewhere, cancel)):
            done += count
            if cancel is not None:
                cancel.check()
            reporter(Progress(done, total, say("Loading"), done * each, total * each))

    def _read_here(self, indexes: Sequence[int], threads: int) -> Iterator[int]:
        """A few slices at a time in a few threads, this one among them: it would cost as much to wait for the others.

        Of several failures that of the lowest slice is raised. Leaving early ends the others.
        """
        native = all(self._instances[k].pixel_offset is not None for k in indexes)
        size = _CHUNK if native else _FEW  # of slices that take longer, so that all threads end at about the same time
        waiting = [indexes[start : start + size] for start in range(0, len(indexes), size)]
        waiting.reverse()
        done: deque[int] = deque()
        failed: dict[int, Exception] = {}
        stop = threading.Event()

        def next_few(packed: RleReader) -> bool:
            """False when there is nothing left to begin with."""
            try:
                few = waiting.pop()
            except IndexError:
                return False
            k, instances = few[0], [self._instances[k] for k in few]
            together = not native and few[-1] - few[0] == len(few) - 1 and all(map(is_quick_rle, instances))
            together = together and may_join(instances, self.values.dtype)
            try:
                for place, k in enumerate(few) if not stop.is_set() else ():
                    if together:
                        _unpack(k, self._instances[k], packed, place, len(few))
                    else:
                        _read(k, self._instances[k], self.values[k], packed)
                if together and not stop.is_set():
                    packed.join(instances[0], self.values[few[0] : few[-1] + 1])
            except (WorkstationError, DoesNotFitError) as error:
                failed[k] = error
                waiting.clear()  # all that come before were begun
            done.append(len(few))
            return True

        def others() -> None:
            packed = RleReader()
            while next_few(packed):
                pass

        with ThreadPoolExecutor(threads) as pool:
            helpers = [pool.submit(others) for _ in range(min(threads, len(waiting)) - 1)]
            try:
                packed = RleReader()
                while next_few(packed):
                    yield sum(done.popleft() for _ in range(len(done)))
                for helper in helpers:
                    helper.result()
            finally:
                waiting.clear()
                stop.set()
        if failed:
            raise failed[min(failed)]
        if done:
            yield sum(done)

    def _decode(self, indexes: Sequence[int], cancel: CancelToken | None) -> Iterator[int]:
        if indexes and self._block is not None:
            yield from decode(self._instances, indexes, self._block, self._gray, self._rgb, cancel)
        elif indexes:
            yield from decode_in_parts(self._instances, indexes, self.values, self.colour, cancel)


def _is_read_here(instance: Instance) -> bool:
    """Whether a slice needs no worker."""
    return instance.pixel_offset is not None or is_quick_rle(instance)


def _unpack(index: int, instance: Instance, packed: RleReader, place: int, of: int) -> None:
    """One slice of RLE that is joined with others later."""
    try:
        packed.unpack(instance, place, of)
    except WorkstationError as error:
        raise _of_slice(error, index) from None


def _read(index: int, instance: Instance, out: Slice, packed: RleReader) -> None:
    """One slice that is uncompressed, or RLE, into its place."""
    pixels = instance.pixels
    try:
        if instance.pixel_offset is None:
            packed.read(instance, out)
            return
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


def _of_slice(error: WorkstationError, index: int) -> WorkstationError:
    """The same error, saying which slice it was."""
    return WorkstationError(error.code, **(error.facts | {"slice": index}))
