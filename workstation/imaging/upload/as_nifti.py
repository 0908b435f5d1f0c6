"""A series as one NIfTI file that may leave this PC: values and where they lie, and nothing else of the originals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.answer import SentSeries
from workstation.domain.covering import NO_COVERING, Covering, covered_words
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.volume import Volume
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Progress, Reporter
from workstation.imaging.nifti.write import write
from workstation.imaging.redact.fill import cover_volume
from workstation.imaging.upload.burnt_in import must_not_be_sent
from workstation.imaging.upload.from_volume import made_slices, making_of
from workstation.imaging.upload.storing import storing_of
from workstation.imaging.upload.survivors import headers
from workstation.imaging.upload.write import make_folder

NAME: Final = "0001.nii.gz"
SENT_AS_NIFTI: Final = say("The series is sent as one NIfTI file.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedNifti:
    """`sent`: the grid of the file. It has no UIDs, so no answer can name one."""

    files: tuple[Path, ...]
    sent: SentSeries
    notes: tuple[Words, ...]
    uid_map: Mapping[str, str] = field(default_factory=dict)


def prepare_nifti(
    stack: Stack,
    folder: Path,
    repairs: frozenset[str],
    reporter: Reporter,
    cancel: CancelToken,
    largest: tuple[int, int] | None = None,
    covering: Covering = NO_COVERING,
) -> PreparedNifti:
    """Write a stack in canonical order; the originals are only read.

    repairs, largest, covering  as for `prepare`
    raises            BURNT_IN, NO_GEOMETRY, BAD_GEOMETRY (no affine holds its slices), what reading the originals
                      raises, NO_SPACE, CANNOT_WRITE, Cancelled; no file is left behind then
    """
    from workstation.imaging.pixels.load import load_volume

    if must_not_be_sent(stack, covering.reviewed) is not None:
        raise WorkstationError(ErrorCode.BURNT_IN)
    for _, original, _ in headers(stack, cancel):
        # a single slice that says so counts, also where the stack's first did not
        if original.burnt_in and not covering.reviewed:
            raise WorkstationError(ErrorCode.BURNT_IN)
    making = making_of(stack, repairs, largest)
    volume = load_volume(stack, reporter, cancel)
    if covering.hides:
        volume = cover_volume(volume, covering)
    storing = storing_of(volume)
    stored: npt.NDArray[Any] = np.stack(list(made_slices(volume, making, storing, cancel)))
    if (storing.slope, storing.intercept) != (1, 0):
        stored = (stored * storing.slope + storing.intercept).astype(np.float32)
    make_folder(folder)
    path = folder / NAME
    size = write(Volume(values=stored, geometry=making.grid, unit=volume.unit), path)
    reporter(Progress(1, 1, say("Removing the identity"), size))
    said = (storing.said,) if storing.said is not None else ()
    notes = (SENT_AS_NIFTI, *covered_words(covering), *making.notes, *said)
    return PreparedNifti(
        files=(path,),
        sent=SentSeries(
            geometry=making.grid,
            series_uid="",
            sop_instance_uids=(),
            original=stack.geometry if making.changed else None,
        ),
        notes=notes,
    )
