"""The copies that a job sends that belongs to no series: none for a text, pictures for a turn of a dialogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from workstation.catalogue.operation import PICTURE, Operation
from workstation.catalogue.picture_rules import WRITTEN, exceeds, smaller_size
from workstation.domain.answer import SentSeries
from workstation.domain.covering import NO_COVERING, Covering
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import Parameters
from workstation.domain.series import FileForm, Stack
from workstation.domain.words import Words
from workstation.domain.work import CancelToken, Reporter
from workstation.jobs.ports import Prepare, Prepared
from workstation.workspace.covering import check_drawn_over_faces

NOWHERE: Final = SentSeries(geometry=None, series_uid="", sop_instance_uids=())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedTurn:
    """Of a text nothing is uploaded; of pictures the answer does not say which one it means, unless it is only one."""

    files: Sequence[Path] = ()
    sent: SentSeries = NOWHERE
    uid_map: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Words, ...] = ()


def sending(operation: Operation, pictures: tuple[Path, ...], covering: Covering = NO_COVERING) -> Prepare:
    """Makes the copies of the pictures, covered and encoded anew, in the folder of their role.

    It raises NOT_A_PICTURE, PICTURE_CUT, PICTURE_TOO_SMALL, TOO_LARGE, FACE_LEFT, NOT_FOUND, NO_SPACE, Cancelled.
    """

    def fill(folder: Path, salt: bytes, reporter: Reporter, cancel: CancelToken) -> Prepared:
        copies = [
            _copy(picture, operation, folder / PICTURE, number, covering.of(number - 1), reporter, cancel)
            for number, picture in enumerate(pictures, start=1)
        ]
        return PreparedTurn(
            files=tuple(file for copy in copies for file in copy.files),
            sent=copies[0].sent if len(copies) == 1 else NOWHERE,
            notes=tuple(dict.fromkeys(note for copy in copies for note in copy.notes)),
        )

    return fill


def sending_again(operation: Operation, parameters: Parameters) -> Prepare | None:
    """For a job of an earlier sitting; None where it needs pictures, whose places nobody wrote down."""
    return None if parameters.get("pictures", "[]") != "[]" else sending(operation, ())


def picture_of(path: Path) -> Stack:
    """The first picture of a file as the scan finds it. raises NOT_A_PICTURE, PICTURE_CUT, TOO_LARGE, NOT_FOUND"""
    from workstation.imaging.series.scan import scan

    found = scan([path])
    for stack in found.stacks:
        if stack.instances[0].form is FileForm.PICTURE:
            return stack
    for left in found.left_out:
        raise WorkstationError(left.code, **dict(left.sentence.facts))
    raise WorkstationError(ErrorCode.NOT_A_PICTURE)


def _copy(
    path: Path,
    operation: Operation,
    folder: Path,
    number: int,
    covering: Covering,
    reporter: Reporter,
    cancel: CancelToken,
) -> Prepared:
    """One picture within the limits of the operation; made smaller where it is too large."""
    from workstation.imaging.upload.picture import PictureTarget, prepare_picture

    cancel.check()
    stack, limits = picture_of(path), operation.limits
    size = (stack.rows, stack.columns)
    if limits.largest is not None:
        size = smaller_size(size, limits.largest.value)
    if limits.smallest is not None and exceeds(limits.smallest.value, size):
        least = max(limits.smallest.value) - 1
        raise WorkstationError(
            ErrorCode.PICTURE_TOO_SMALL, width=stack.columns, height=stack.rows, least=least
        )  # also a strip so long that it can't be made smaller
    target = PictureTarget(
        form=WRITTEN[0],
        spare_form=WRITTEN[1],
        size=size if size != (stack.rows, stack.columns) else None,
        most_bytes=limits.file_bytes.value if limits.file_bytes is not None else None,
    )
    check_drawn_over_faces(stack, covering, cancel)
    return prepare_picture(stack, folder, target, reporter, cancel, number, covering)
