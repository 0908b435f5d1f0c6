"""The originals of a stack's slices: plain files are read here, all others by workers that can be ended."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO, Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance
from workstation.domain.work import CancelToken
from workstation.imaging.dicom.walk import BIG_ENDIAN, DEFLATED, Odd
from workstation.imaging.upload.opened import OpenedOriginal, Original
from workstation.imaging.upload.source import stored_frame_bytes

if TYPE_CHECKING:
    from workstation.imaging.worker import Task

MEMBER: Final = "!/"  # between an archive and what lies in it
_BYTES_A_SECOND: Final = 4e6  # that a slow computer reads or decodes


def read_originals(
    instances: Sequence[Instance],
    decompress: bool = False,
    headers_only: bool = False,
    cancel: CancelToken | None = None,
) -> Iterator[tuple[int, Original]]:
    """The originals of slices, each with its place among `instances`, in no certain order.

    decompress    write what the codec gives instead of compressed pixels; the values stay, the bytes can't
    headers_only  no pixels

    A file is opened once for all its frames, an archive is gone through once. Each file is checked against what the
    scan saw. What is not plain is read by workers (`imaging.worker`).
    raises  NOT_FOUND, TRUNCATED_SLICE, FILE_CHANGED, UNREADABLE, NO_PIXELS, DECODE_FAILED, NO_CODEC, TOO_LARGE;
            as `worker.call`; Cancelled
    """
    odd: list[int] = []
    for _, run in itertools.groupby(range(len(instances)), key=lambda place: instances[place].path):
        left = list(run)
        if _is_plain([instances[place] for place in left], decompress, headers_only):
            with contextlib.suppress(Odd):
                for place, original in _read(list(left), instances, False, headers_only, walked_only=True):
                    if cancel is not None:
                        cancel.check()
                    left.remove(place)
                    yield place, original
        odd += left
    if not odd:
        return
    from workstation.imaging import worker

    tasks = [_task(run, instances, decompress, headers_only) for run in _runs(odd, instances)]
    with contextlib.closing(worker.run(tasks, cancel)) as answers:
        for _, answer in answers:
            if isinstance(answer, Exception):
                raise answer
            yield answer


def _is_plain(frames: Sequence[Instance], decompress: bool, headers_only: bool) -> bool:
    """Whether nothing of a file is asked for that needs more than our own walker."""
    first = frames[0]
    by_pydicom = first.slope is None or first.transfer_syntax in (BIG_ENDIAN, DEFLATED)
    if MEMBER in first.path or by_pydicom or first.pixels.photometric == "PALETTE COLOR":
        return False
    return headers_only or first.pixel_offset is not None or (not decompress and len(frames) == 1)


def _runs(places: Sequence[int], instances: Sequence[Instance]) -> Iterator[list[int]]:
    """What one request is about: all frames of a file, all members of an archive."""
    ordered = sorted(places, key=lambda place: (_source(instances[place]), place))
    for _, run in itertools.groupby(ordered, key=lambda place: _source(instances[place])):
        yield list(run)


def _source(instance: Instance) -> str:
    return instance.path.partition(MEMBER)[0]


def _task(run: list[int], instances: Sequence[Instance], decompress: bool, headers_only: bool) -> Task:
    from workstation.imaging.worker import PATIENCE_S, Task

    some = [instances[place] for place in run]
    room = max(one.file_bytes for one in some) + max(stored_frame_bytes(one) for one in some)
    return Task(
        _read_odd,
        (run, some, decompress, headers_only),
        about=_source(some[0]),
        patience_s=PATIENCE_S + room / _BYTES_A_SECOND,
        many=True,
    )


def _read_odd(
    places: list[int], instances: list[Instance], decompress: bool, headers_only: bool
) -> Iterator[tuple[int, Original]]:
    """In a worker: frames of one file, or members of one archive. `instances` are those of `places`."""
    yield from _read(places, dict(zip(places, instances, strict=True)), decompress, headers_only)


def _read(
    places: Sequence[int],
    instances: Sequence[Instance] | Mapping[int, Instance],
    decompress: bool,
    headers_only: bool,
    walked_only: bool = False,
) -> Iterator[tuple[int, Original]]:
    """raises also Odd, if `walked_only`, for what our walker and copying alone can't do"""
    by_path: dict[str, list[int]] = {}
    for place in places:
        by_path.setdefault(instances[place].path, []).append(place)
    with _of_slice(places[0]):
        for path, file in _each(list(by_path)):
            frames = by_path[path]
            last = max((instances[place] for place in frames), key=lambda instance: instance.frame)
            with _of_slice(frames[0]):
                opened = OpenedOriginal(file, last, walked_only)
            for place in frames:
                with _of_slice(place):
                    original = opened.original(instances[place], decompress, headers_only)
                yield place, original


def _each(paths: Sequence[str]) -> Iterator[tuple[str, BinaryIO]]:
    """One file after the other; members of an archive in its own order."""
    from workstation.imaging.archive.member import each, open_binary

    if MEMBER in paths[0]:
        yield from each(paths)
        return
    for path in paths:
        with open_binary(path) as file:
            yield path, file


@contextlib.contextmanager
def _of_slice(place: int) -> Iterator[None]:
    """Say which slice a file that ends too early belongs to, counted from 1 as people do."""
    try:
        yield
    except WorkstationError as error:
        if error.code is ErrorCode.TRUNCATED:
            raise WorkstationError(ErrorCode.TRUNCATED_SLICE, slice=place + 1, **error.facts) from None
        raise
    except OSError:
        raise WorkstationError(ErrorCode.UNREADABLE) from None
