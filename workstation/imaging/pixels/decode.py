"""Compressed and unusual pixels through pydicom and its codecs, bounded before anything is allocated."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.attributes import frame_bytes
from workstation.imaging.dicom.fallback import inflate_file
from workstation.imaging.dicom.walk import DEFLATED
from workstation.imaging.pixels.codestream import claimed_size
from workstation.imaging.pixels.rescale import rescale
from workstation.imaging.series.facts import UNCOMPRESSED, syntax_name

if TYPE_CHECKING:
    from pydicom import Dataset

LARGEST_FRAME: Final = 2**30  # bytes
_MOST_EXPANSION: Final = 2000  # of compressed bytes; real images stay below 100
_SMALL: Final = 16 * 2**20
_SETTING_UP: Final = threading.Lock()
_LUMA: Final = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601

Slice = npt.NDArray[Any]  # int16 or float32 [row, column], rescaled
Decoded = npt.NDArray[Any]  # integer or float of any width, as the file has it


def set_up() -> None:
    """Give pydicom the decoders that it lacks; again and from any thread it does no harm."""
    with _SETTING_UP:  # `add_plugin` is not safe in threads
        _add_decoders()


def warm_up() -> None:
    """Import what reading compressed and odd files needs, before a reader's first drop has to wait for it."""
    import imagecodecs  # noqa: F401
    import pydicom.pixels  # noqa: F401

    set_up()


@cache
def _add_decoders() -> None:
    from pydicom import uid
    from pydicom.pixels.decoders.base import get_decoder

    for syntax in (uid.JPEGLossless, uid.JPEGLosslessSV1, uid.JPEGExtended12Bit):
        get_decoder(syntax).add_plugin("yingtai", ("workstation.imaging.pixels.jpeg_plugin", "decode_frame"))


def check_size(instance: Instance) -> None:
    """raises TOO_LARGE when a file claims more pixels than it can hold or we would open"""
    claimed = frame_bytes(instance.pixels)
    limit = LARGEST_FRAME
    if instance.transfer_syntax not in UNCOMPRESSED:
        limit = min(limit, instance.file_bytes * _MOST_EXPANSION + _SMALL)
    if claimed > limit:
        raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=claimed // 2**20, limit_mb=limit // 2**20)


def fill(
    instances: Sequence[Instance], gray: Sequence[Slice], colour: Sequence[npt.NDArray[np.uint8]] | None = None
) -> None:
    """Frames of one file (or of the members of one archive) decoded and rescaled into their places.

    gray    one array [row, column] for each instance, int16 or float32: values after the Modality LUT; colour as luma
    colour  one array uint8 [row, column, 3] for each, sRGB, or None where nobody asks
    raises  DoesNotFitError where a value needs float32; NO_CODEC, DECODE_FAILED, TRUNCATED, TOO_LARGE, FILE_CHANGED,
            UNREADABLE, NOT_FOUND, each with the fact `part`: which of `instances`
    """
    at = 0
    try:
        decoded = decode_frames(instances)
        for at, (instance, out) in enumerate(zip(instances, gray, strict=True)):
            rescale(next(decoded), instance, out)
    except WorkstationError as error:
        raise WorkstationError(error.code, **error.facts, part=at) from None


def decode_frames(instances: Sequence[Instance]) -> Iterator[Decoded]:
    """Gray values of frames of one file, [row, column], before rescaling; the file is read once.

    Where the file has a Modality LUT sequence (`slope` is None) the values are those after it. Colour becomes luma.
    raises NO_CODEC, DECODE_FAILED, TOO_LARGE, FILE_CHANGED, UNREADABLE, NOT_FOUND
    """
    set_up()
    for instance in instances:
        check_size(instance)
    dataset = _dataset(instances[0])
    for instance in instances:
        yield _frame(dataset, instance)


def _dataset(instance: Instance) -> Dataset:
    from pydicom import dcmread
    from pydicom.uid import UID

    with as_error(ErrorCode.UNREADABLE), Path(instance.path).open("rb") as file:
        if os.fstat(file.fileno()).st_size != instance.file_bytes:
            raise WorkstationError(ErrorCode.FILE_CHANGED)
        if instance.transfer_syntax != DEFLATED:
            dataset = dcmread(file, force=True)
        else:
            limit = frame_bytes(instance.pixels) * (instance.frame + 1) + _SMALL
            dataset = dcmread(BytesIO(inflate_file(file, limit)), force=True)
    if not getattr(dataset.file_meta, "TransferSyntaxUID", None):
        dataset.file_meta.TransferSyntaxUID = UID(instance.transfer_syntax)
    return dataset


def _frame(dataset: Dataset, instance: Instance) -> Decoded:
    from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
    from pydicom.pixels.utils import pixel_array

    with as_error(ErrorCode.DECODE_FAILED):
        syntax = str(dataset.file_meta.TransferSyntaxUID)
        if not _decodable(syntax):
            raise WorkstationError(ErrorCode.NO_CODEC, syntax=syntax_name(syntax))
        _check_codestream(dataset, instance)
        pixels: Decoded = pixel_array(dataset, index=instance.frame)
        if instance.pixels.photometric == "PALETTE COLOR":
            pixels = apply_color_lut(pixels, dataset)
        if instance.slope is None:
            pixels = apply_modality_lut(pixels, dataset)
    if pixels.ndim == 3:
        pixels = _luma(pixels)
    if pixels.shape != (instance.pixels.rows, instance.pixels.columns):
        raise WorkstationError(ErrorCode.DECODE_FAILED)
    return pixels


def _check_codestream(dataset: Dataset, instance: Instance) -> None:
    """A frame of another size than the header says: the codec would allocate what it claims. raises DECODE_FAILED"""
    from pydicom.encaps import get_frame

    if instance.transfer_syntax in UNCOMPRESSED:
        return
    frames = int(dataset.get("NumberOfFrames", 1) or 1)
    size = claimed_size(get_frame(dataset.PixelData, instance.frame, number_of_frames=frames))
    if size is not None and size != (instance.pixels.rows, instance.pixels.columns):
        raise WorkstationError(ErrorCode.DECODE_FAILED)


def _decodable(syntax: str) -> bool:
    from pydicom.pixels.decoders.base import get_decoder

    try:
        return get_decoder(syntax).is_available
    except NotImplementedError:
        return False


def _luma(pixels: Decoded) -> Decoded:
    """[row, column, 3 or more] → [row, column]; 16-bit palettes are brought to 8 bits."""
    if pixels.dtype == np.uint16 and pixels.max(initial=0) > 255:
        pixels = pixels >> 8
    luma: Decoded = np.rint(pixels[..., :3].astype(np.float32) @ _LUMA).astype(np.uint8)
    return luma
