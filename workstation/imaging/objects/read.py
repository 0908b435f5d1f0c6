"""Everything that refers to a series, read in workers: one value each, and one sentence for what can't be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.object_words import object_name
from workstation.domain.overlaid import Overlaid
from workstation.domain.sentences import sentence
from workstation.domain.series import FoundObject, Stack
from workstation.domain.work import CancelToken
from workstation.imaging import worker
from workstation.imaging.damage import as_error
from workstation.imaging.objects import (
    key_object,
    nifti_labels,
    parametric_map,
    presentation,
    report,
    segmentation,
    structures,
)
from workstation.imaging.objects.content import Content, PackedMask, for_the_way
from workstation.imaging.objects.overlay_planes import read_planes
from workstation.imaging.objects.placing import NOTHING_TO_PLACE, SeriesPlace

_Reader = Callable[[str, str, SeriesPlace], Content]
READERS: Final[Mapping[str, _Reader]] = MappingProxyType(
    {
        "seg": segmentation.read,
        "rt-structure": structures.read,
        "sr": report.read,
        "presentation-state": presentation.read,
        "key-object": key_object.read,
        "nifti-labels": nifti_labels.read,
        "parametric-map": parametric_map.read,
    }
)
_PATIENCE_S: Final = 10.0
_LARGE: Final = 8 * 2**20  # bytes of a file whose masks take a multiple
_READ_A_SECOND: Final = 4e6  # bytes: nested items take long


def tied_to(stack: Stack, objects: Iterable[FoundObject]) -> tuple[FoundObject, ...]:
    """Those that refer to this series and can be shown over it."""
    own = {stack.series_uid, stack.id} - {""}
    return tuple(found for found in objects if found.kind in READERS and own.intersection(found.refers_to))


def read_objects(
    stack: Stack, objects: Iterable[FoundObject], cancel: CancelToken | None = None
) -> tuple[Overlaid, ...]:
    """What each of these shows over the series, in their order, and the overlay planes of its own images at the end.

    One that can't be read has its fault. raises Cancelled
    """
    found = tied_to(stack, objects)
    sizes = [_bytes(one.path) for one in found]
    tasks = [
        worker.Task(
            read_one,
            (one.kind, one.path, one.uid or one.path, stack),
            one.path,
            _PATIENCE_S + size / _READ_A_SECOND,
            large=size > _LARGE,
        )
        for one, size in zip(found, sizes, strict=True)
    ]
    read: dict[int, Overlaid] = {}
    with closing(worker.run(tasks, cancel)) as answers:
        for place, answer in answers:
            one = found[place]
            if isinstance(answer, WorkstationError):
                read[place] = Overlaid(
                    id=one.uid or one.path,
                    kind=one.kind,
                    title=object_name(one),
                    placement=NOTHING_TO_PLACE,
                    fault=sentence(answer).says,
                )
            elif isinstance(answer, Exception):
                raise answer
            else:
                read[place] = _overlaid(one, *answer)
    planes = read_planes(stack, cancel)
    return (*(read[place] for place in sorted(read)), *((planes,) if planes is not None else ()))


def read_one(kind: str, path: str, name: str, stack: Stack) -> tuple[Content, tuple[PackedMask, ...]]:
    """In a worker. raises NOT_FOUND, UNREADABLE, TOO_LARGE, what decoding raises"""
    with as_error(ErrorCode.UNREADABLE):
        return for_the_way(READERS[kind](path, name, SeriesPlace(stack)))


def _overlaid(found: FoundObject, content: Content, masks: Iterable[PackedMask]) -> Overlaid:
    return Overlaid(
        id=found.uid or found.path,
        kind=found.kind,
        title=object_name(found),
        placement=content.placement,
        findings=content.findings,
        masks=tuple(mask.unpacked() for mask in masks),
        maps=content.maps,
        colours=content.colours,
        slices=content.slices,
        texts=content.texts,
        presentations=content.presentations,
        in_pixels=content.in_pixels,
        notes=content.notes,
    )


def _bytes(path: str) -> int:
    """0 for a member of an archive, which tells its size when it is read."""
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except OSError:
        return 0
