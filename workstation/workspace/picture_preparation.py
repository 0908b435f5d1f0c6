"""The copy that a job on one picture sends, and what is said of it before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workstation.catalogue.check import check
from workstation.catalogue.operation import MASK, PICTURE, Operation
from workstation.catalogue.picture_rules import DICOM, WRITTEN, fitting_size, sent_form
from workstation.catalogue.repairs import RepairCode
from workstation.domain.covering import NO_COVERING, Covering, as_covered
from workstation.domain.photo_mask import PhotoMask
from workstation.domain.series import Stack
from workstation.domain.words import say
from workstation.domain.work import CancelToken, Reporter
from workstation.jobs.ports import Prepare, Prepared
from workstation.workspace.covering import check_drawn_over_faces

if TYPE_CHECKING:
    from workstation.imaging.upload.leaving import Leaving
    from workstation.imaging.upload.picture import PictureTarget

_MASK_LEAVES: Final = say("The mask that was drawn over it: black and white, nothing else")


def picture_preparation(
    stack: Stack, operation: Operation, mask: PhotoMask | None = None, covering: Covering = NO_COVERING
) -> Prepare:
    """Makes the copy in the folder of its role, with all repairs that the check names and what is covered; and of the
    mask beside it."""

    def fill(folder: Path, salt: bytes, reporter: Reporter, cancel: CancelToken) -> Prepared:
        from workstation.imaging.upload.picture import prepare_dicom, prepare_mask, prepare_picture

        asked = as_covered(stack, covering)
        target, repairs = _target(asked, operation), _repairs(asked, operation)
        check_drawn_over_faces(stack, covering, cancel)
        if target is None:
            return prepare_dicom(stack, folder / PICTURE, salt, repairs, reporter, cancel, covering)
        prepared = prepare_picture(stack, folder / PICTURE, target, reporter, cancel, covering=covering)
        if mask is None or prepared.sent.geometry is None:
            return prepared
        size = (prepared.sent.geometry.rows, prepared.sent.geometry.columns)
        return replace(prepared, files=(*prepared.files, prepare_mask(mask, folder / MASK, size)))

    return fill


def picture_leaving(stack: Stack, operation: Operation) -> Leaving:
    """What would leave this PC."""
    from workstation.imaging.upload.leaving import describe_leaving
    from workstation.imaging.upload.picture import describe_picture

    target = _target(stack, operation)
    if target is None:
        return describe_leaving(stack, _repairs(stack, operation))
    leaving = describe_picture(stack, target)
    return replace(leaving, notes=(*leaving.notes, _MASK_LEAVES)) if operation.drawn else leaving


def _repairs(stack: Stack, operation: Operation) -> frozenset[str]:
    return frozenset(repair.code.value for repair in check(stack, operation).repairs)


def _target(stack: Stack, operation: Operation) -> PictureTarget | None:
    """None: it is sent as DICOM."""
    from workstation.imaging.upload.picture import PictureTarget

    limits = operation.limits
    form = sent_form(stack, limits) or WRITTEN[0]
    if form == DICOM:
        return None
    size = None
    if RepairCode.RESIZE.value in _repairs(stack, operation):
        size = fitting_size((stack.rows, stack.columns), limits)
    taken = limits.forms.value if limits.forms is not None else WRITTEN
    return PictureTarget(
        form=form,
        spare_form=WRITTEN[1] if WRITTEN[1] in taken else "",
        size=size,
        most_bytes=limits.file_bytes.value if limits.file_bytes is not None else None,
        color=limits.png_color,
    )
