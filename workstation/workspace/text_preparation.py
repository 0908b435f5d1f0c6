"""The copies that a job sends that belongs to no series: none for a text, pictures for a turn of a dialogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from workstation.catalogue.operation import PICTURE, Operation
from workstation.domain.answer import SentSeries
from workstation.domain.request import Parameters
from workstation.domain.words import Words
from workstation.domain.work import CancelToken, Reporter
from workstation.jobs.ports import Prepare, Prepared


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NothingPrepared:
    """A text is a parameter of the call: nothing is uploaded."""

    files: tuple[Path, ...] = ()
    sent: SentSeries = field(default_factory=lambda: SentSeries(geometry=None, series_uid="", sop_instance_uids=()))
    uid_map: dict[str, str] = field(default_factory=dict)
    notes: tuple[Words, ...] = ()


def sending(operation: Operation, pictures: tuple[Path, ...]) -> Prepare:
    """Makes the copies of the pictures, encoded anew, in the folder of their role."""

    def fill(folder: Path, salt: bytes, reporter: Reporter, cancel: CancelToken) -> Prepared:
        if not pictures:
            return NothingPrepared()
        from workstation.imaging.upload.photos import PhotoLimits, prepare_photos

        smallest, largest, size = operation.limits.smallest, operation.limits.largest, operation.limits.file_bytes
        if smallest is None or largest is None or size is None:
            raise ValueError("an operation that takes pictures states their limits")
        limits = PhotoLimits(smallest=smallest.value, largest=largest.value, file_bytes=size.value)
        return prepare_photos(pictures, folder / PICTURE, limits, reporter, cancel)

    return fill


def sending_again(operation: Operation, parameters: Parameters) -> Prepare | None:
    """For a job of an earlier sitting; None where it needs pictures, whose places nobody wrote down."""
    return None if parameters.get("pictures", "[]") != "[]" else sending(operation, ())
