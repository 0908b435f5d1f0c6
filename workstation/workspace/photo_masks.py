"""A mask for an analysis of a photograph, read from a picture file, and whether it goes with the photograph."""

from __future__ import annotations

from pathlib import Path

from workstation.catalogue.operation import Operation
from workstation.catalogue.photo_segmentation.coverage import PictureKind, covered, samples_of
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.photo_mask import PhotoMask
from workstation.domain.series import Stack


def read_photo_mask(path: Path) -> PhotoMask:
    """What is white, or in a picture with transparency what is not transparent.

    raises NOT_FOUND, NOT_A_PICTURE, PICTURE_CUT, DECODE_FAILED, TOO_LARGE, UNREADABLE
    """
    from workstation.imaging.picture.answer_file import is_picture, read_answer_picture

    try:
        if not is_picture(path):
            raise WorkstationError(ErrorCode.NOT_A_PICTURE)
    except OSError:
        raise WorkstationError(ErrorCode.NOT_FOUND) from None
    samples = samples_of(read_answer_picture(path))
    if samples is None:
        raise WorkstationError(ErrorCode.NOT_A_PICTURE)
    return PhotoMask(covered=covered(samples, PictureKind.MASK)[0])


def check_photo_mask(mask: PhotoMask | None, stack: Stack, operation: Operation) -> None:
    """raises MASK_NEEDED; MASK_SIZE where it is none of this picture; MASK_EMPTY where it covers nothing, or all"""
    if not operation.drawn:
        return
    if mask is None:
        raise WorkstationError(ErrorCode.MASK_NEEDED, operation=operation.title)
    if mask.size != (stack.rows, stack.columns):
        raise WorkstationError(
            ErrorCode.MASK_SIZE,
            mask=f"{mask.size[1]} × {mask.size[0]}",
            picture=f"{stack.columns} × {stack.rows}",
        )
    if not mask.covered.any() or mask.covered.all():
        raise WorkstationError(ErrorCode.MASK_EMPTY)
