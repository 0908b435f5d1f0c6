"""Slices that have to be decoded, by workers: a hostile file costs one error."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import FileForm, Instance
from workstation.domain.volume import Colour, Values
from workstation.domain.work import CancelToken
from workstation.imaging import worker
from workstation.imaging.archive.forms import HEAD_BYTES, INDEXED, form_of
from workstation.imaging.archive.member import MARK, split
from workstation.imaging.dicom.attributes import frame_bytes
from workstation.imaging.dicom.walk import DEFLATED, RLE
from workstation.imaging.nifti.read import fill_at_once, fill_step_by_step, in_one_pass
from workstation.imaging.pixels.slots import Slots
from workstation.imaging.series.facts import UNCOMPRESSED
from workstation.imaging.worker import Block, SharedArray, Task

_FRAMES: Final = 8  # of one file in one request, where each is decoded by itself
_TOGETHER: Final = 8 * 2**20  # bytes of them
_DECODED_A_SECOND: Final = 16e6  # bytes; what a slow computer manages of the slowest codec
_LARGE_FRAME: Final = 12 * 2**20  # bytes; codecs take a multiple of it
_READ_A_SECOND: Final = 10e6  # of the file, for each frame its part
_QUICK: Final = UNCOMPRESSED - {DEFLATED} | {RLE}
_QUICK_BYTES: Final = 2**20  # of a frame
_FILES: Final = 8  # of them in one request
_REQUESTS: Final = 4  # at least, so that all workers end at about the same time
_ENDED: Final = frozenset({ErrorCode.KILLED_READER, ErrorCode.TIMED_OUT_READING, ErrorCode.READING_MEMORY})
_Into = tuple[list[int], SharedArray, SharedArray | None]  # places in the arrays, gray, colour


def in_small_parts(instances: Sequence[Instance]) -> bool:
    """Whether every request is about a few slices only, so that these can go through a place that is used again."""
    first_of = {_source(instance.path): instance for instance in instances}
    return not any(one.form is FileForm.NIFTI or _in_one_pass(one) for one in first_of.values())


def decode(
    instances: Sequence[Instance],
    indexes: Sequence[int],
    block: Block,
    gray: SharedArray,
    colour: SharedArray | None,
    cancel: CancelToken | None,
) -> Iterator[int]:
    """Fill `gray[k]`, and `colour[k]`, for every k of `indexes`, in no certain order; yields how many were done now.

    gray    int16 or float32 [slice, row, column] in `block`; colour: uint8 [slice, row, column, 3] there
    raises  as `pixels.decode.fill` and `worker.call`, with the fact `slice`; Cancelled
    """
    runs = [list(run) for run in _runs(instances, indexes)]
    frames = Counter(instance.path for instance in instances)
    tasks = [_task([instances[k] for k in run], (run, gray, colour), block, frames) for run in runs]
    for number, count in _answered(tasks, runs, cancel):
        yield count if tasks[number].many else len(runs[number])


def decode_in_parts(
    instances: Sequence[Instance],
    indexes: Sequence[int],
    gray: Values,
    colour: Colour | None,
    cancel: CancelToken | None,
) -> Iterator[int]:
    """The same into memory of our own, for instances that are `in_small_parts`."""
    yield from _in_parts(instances, _joined(instances, _runs(instances, indexes)), gray, colour, cancel)


def _in_parts(
    instances: Sequence[Instance],
    runs: list[list[int]],
    gray: Values,
    colour: Colour | None,
    cancel: CancelToken | None,
) -> Iterator[int]:
    frames = Counter(instance.path for instance in instances)
    again: list[list[int]] = []
    with closing(Slots(max(map(len, runs)), gray, colour, len(runs))) as slots:
        tasks = [
            _task([instances[k] for k in run], partial(_lent, slots, number, len(run)), slots.block, frames)
            for number, run in enumerate(runs)
        ]
        for number, answer in _answered(tasks, runs, cancel):
            if isinstance(answer, WorkstationError):  # one of several files is to blame: the next time it is alone
                again += [[k] for k in runs[number]]
                continue
            slots.take(number, runs[number])
            yield len(runs[number])
    if again:
        yield from _in_parts(instances, again, gray, colour, cancel)


def _lent(slots: Slots, number: int, frames: int) -> tuple[list[int], SharedArray, SharedArray | None]:
    return (list(range(frames)), *slots.lend(number, frames))


def _answered(tasks: list[Task], runs: list[list[int]], cancel: CancelToken | None) -> Iterator[tuple[int, Any]]:
    """Which request was answered, and with what; errors are raised, saying which slice it was.

    Only the end of a worker that read several files is answered with: nobody knows which of them it was.
    """
    with closing(worker.run(tasks, cancel)) as answers:
        for number, answer in answers:
            run = runs[number]
            if isinstance(answer, WorkstationError) and not tasks[number].about and answer.code in _ENDED:
                yield number, answer
                continue
            if isinstance(answer, WorkstationError):
                facts = dict(answer.facts)
                part = facts.pop("part", 0)
                raise WorkstationError(answer.code, **facts, slice=run[part if isinstance(part, int) else 0])
            if isinstance(answer, Exception):
                raise answer
            yield number, answer


def _runs(instances: Sequence[Instance], indexes: Sequence[int]) -> Iterator[Sequence[int]]:
    """What one request is about: some frames of a source; all of one that is expanded from start to end."""
    source = {k: _source(instances[k].path) for k in indexes}
    ordered = sorted(indexes, key=lambda k: (source[k], instances[k].path, instances[k].frame))
    for _, run in itertools.groupby(ordered, key=source.__getitem__):
        slices = list(run)
        one = instances[slices[0]]
        most = len(slices) if one.form is FileForm.NIFTI else _FRAMES
        size = len(slices) if _in_one_pass(one) else max(1, min(most, _TOGETHER // frame_bytes(one.pixels)))
        for start in range(0, len(slices), size):
            yield slices[start : start + size]


def _joined(instances: Sequence[Instance], runs: Iterable[Sequence[int]]) -> list[list[int]]:
    """Small files that are quickly decoded several to a request: asking takes about as long as one of them."""
    alone: list[list[int]] = []
    quick: list[int] = []
    barred = worker.BARRIER.files
    for run in runs:
        one = instances[run[0]]
        if len(run) == 1 and _is_quick(one) and worker.reason(barred, one.path) is None:
            quick.append(run[0])
        else:
            alone.append(list(run))
    most = max(1, min(_FILES, len(quick) // _REQUESTS))
    return alone + [quick[start : start + most] for start in range(0, len(quick), most)]


def _is_quick(instance: Instance) -> bool:
    small = frame_bytes(instance.pixels) <= _QUICK_BYTES
    return small and instance.transfer_syntax in _QUICK and split(instance.path) is None


def _source(path: str) -> str:
    """The file, or the archive that holds it."""
    parts = split(path)
    return path if parts is None else parts[0]


def _in_one_pass(instance: Instance) -> bool:
    """Whether reaching one frame means expanding all that is before it."""
    parts = split(instance.path)
    if parts is None:
        return instance.form is FileForm.NIFTI and in_one_pass(instance.path)
    if MARK in parts[1] or instance.form is FileForm.NIFTI:  # a member is expanded from its start, whatever it holds
        return True
    try:
        with Path(parts[0]).open("rb") as archive:
            return form_of(archive.read(HEAD_BYTES)) not in INDEXED
    except OSError:
        return True


def _task(
    instances: list[Instance],
    into: _Into | Callable[[], _Into],
    block: Block,
    all_frames: Mapping[str, int],
) -> Task:
    decoded = sum(frame_bytes(instance.pixels) for instance in instances)
    stored = sum(instance.file_bytes / all_frames[instance.path] for instance in instances)
    nifti = instances[0].form is FileForm.NIFTI
    source = _source(instances[0].path)
    several = not nifti and source != _source(instances[-1].path)
    patience_s = worker.PATIENCE_S / 2 if several else worker.PATIENCE_S  # for there may be a second time
    return Task(
        _fill_from_nifti if nifti else _fill,
        partial(_with, instances, into) if callable(into) else (instances, *into),
        about="" if several else instances[0].path if len(instances) == 1 else source,
        patience_s=patience_s + decoded / _DECODED_A_SECOND + stored / _READ_A_SECOND,
        blocks=(block,),
        large=max(frame_bytes(instance.pixels) for instance in instances) > _LARGE_FRAME,
        many=nifti,
    )


def _with(instances: list[Instance], into: Callable[[], _Into]) -> tuple[list[Instance], *_Into]:
    return (instances, *into())


def _fill(instances: list[Instance], places: list[int], gray: SharedArray, colour: SharedArray | None) -> None:
    """In a worker."""
    from workstation.imaging.pixels.decode import fill

    values = worker.open_array(gray, len(places) == gray.shape[0])
    colours = worker.open_array(colour, len(places) == colour.shape[0]) if colour is not None else None
    fill(instances, [values[k] for k in places], [colours[k] for k in places] if colours is not None else None)


def _fill_from_nifti(
    instances: list[Instance], places: list[int], gray: SharedArray, colour: SharedArray | None
) -> Iterator[int]:
    """In a worker: tells how many slices' worth was done since."""
    whole = places == list(range(gray.shape[0]))
    values = worker.open_array(gray, whole)
    if whole and fill_at_once(instances, values, worker.open_before(gray)):
        yield len(places)
        return
    colours = worker.open_array(colour, whole) if colour is not None else None
    into = [colours[k] for k in places] if colours is not None else None
    yield from fill_step_by_step(instances, [values[k] for k in places], into)
