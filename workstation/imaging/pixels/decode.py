"""Frames that need decoding, into their places: any transfer syntax, gray and colour, bounded before it allocates."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import FileForm, Instance
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.attributes import frame_bytes
from workstation.imaging.dicom.windows import Entries, entries_of
from workstation.imaging.pixels import codecs
from workstation.imaging.pixels.codestream import Claim
from workstation.imaging.pixels.colour import PALETTE, Rgb, luma_of, palette_of, through_palette, to_rgb
from workstation.imaging.pixels.layout import Stored, unpack
from workstation.imaging.pixels.rescale import rescale, rescale_decoded, rescale_in_place
from workstation.imaging.pixels.stored import StoredFile, each_stored
from workstation.imaging.series.facts import UNCOMPRESSED, syntax_name

if TYPE_CHECKING:
    from pydicom import Dataset

LARGEST_FRAME: Final = 2**30  # bytes
_MOST_EXPANSION: Final = 2000  # of compressed bytes; real images stay below 100
_SMALL: Final = 16 * 2**20
_LARGE: Final = 4 * 2**20  # bytes of a frame that is worth several threads: radiographs come one at a time
_THREADS: Final = min(4, os.cpu_count() or 1)

Slice = npt.NDArray[Any]  # int16 or float32 [row, column], rescaled


def check_size(instance: Instance) -> None:
    """raises TOO_LARGE when a file claims more pixels than it can hold or we would open"""
    claimed = frame_bytes(instance.pixels)
    limit = LARGEST_FRAME
    if instance.transfer_syntax not in UNCOMPRESSED:
        limit = min(limit, instance.file_bytes * _MOST_EXPANSION + _SMALL)
    if claimed > limit:
        raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=claimed // 2**20, limit_mb=limit // 2**20)


def fill(instances: Sequence[Instance], gray: Sequence[Slice], colour: Sequence[Rgb] | None = None) -> None:
    """Frames decoded and rescaled into their places; those of one file should stand together.

    gray    one array [row, column] for each instance, int16 or float32: values after the Modality LUT; colour as luma
    colour  one array uint8 [row, column, 3] for each, sRGB; only pictures that are coloured are written
    raises  DoesNotFitError where a value needs float32; NO_CODEC, DECODE_FAILED, TRUNCATED, TOO_LARGE, FILE_CHANGED,
            UNREADABLE, NOT_FOUND, NO_PIXELS, each with the fact `part`: which of `instances`
    """
    if instances[0].form is FileForm.NIFTI:
        from workstation.imaging.nifti.read import fill as fill_from_nifti

        fill_from_nifti(instances, gray, colour)
        return
    if instances[0].form is FileForm.PICTURE:
        from workstation.imaging.picture.read import fill as fill_from_picture

        fill_from_picture(instances, gray, colour)
        return
    part = 0
    try:
        for part, instance in enumerate(instances):  # noqa: B007 - tells where it ended
            check_size(instance)
        left = list(range(len(instances)))
        part = 0
        for places, file in each_stored(instances):
            reader = FrameReader(file)
            for part in places:
                reader.fill(instances[part], gray[part], colour[part] if colour is not None else None)
                left.remove(part)
            part = left[0] if left else part
    except WorkstationError as error:
        raise WorkstationError(error.code, **error.facts, part=part) from None


class FrameReader:
    """The frames of one open file."""

    def __init__(self, file: StoredFile) -> None:
        self._file = file
        self._palette: tuple[Rgb, int] | None = None
        self._lut: tuple[int, Entries] | None = None

    def fill(self, instance: Instance, gray: Slice, colour: Rgb | None) -> None:
        with as_error(ErrorCode.DECODE_FAILED):
            rgb, values = self._decode(instance, gray)
            if values is None:
                return
            if values.shape != gray.shape:
                raise WorkstationError(ErrorCode.DECODE_FAILED)
            if rgb is None:
                rescale(values, instance, gray)
                return
            gray[...] = values
            if colour is not None:
                colour[...] = rgb

    def stored(self, instance: Instance, out: npt.NDArray[np.uint16] | None = None) -> tuple[Stored, Claim | None]:
        """Stored values [row, column] or [row, column, sample], as the file has them; `out` as for `codecs.decode`.

        raises NO_CODEC, TRUNCATED, DECODE_FAILED; what the codecs raise
        """
        pixels, file = instance.pixels, self._file
        if not file.native and not codecs.known(instance.transfer_syntax):
            raise WorkstationError(ErrorCode.NO_CODEC, syntax=codec_name(instance.transfer_syntax))
        data, bit = file.frame(instance.frame, pixels)
        laid_out = file.native or instance.transfer_syntax in codecs.LAID_OUT
        planar = laid_out and pixels.samples > 1 and file.dataset.get("PlanarConfiguration") == 1
        if file.native:
            return unpack(data, pixels, bit=bit, planar=planar, little=file.little, real=file.real), None
        threads = _THREADS if frame_bytes(pixels) >= _LARGE else 1
        return codecs.decode(data, instance.transfer_syntax, pixels, out, threads, planar=planar)

    def through_palette(self, stored: Stored) -> Rgb:
        """The colours that stored values stand for. raises what pydicom raises"""
        if self._palette is None:
            self._palette = palette_of(self._file.dataset)
        return through_palette(stored, *self._palette)

    def _decode(self, instance: Instance, gray: Slice) -> tuple[Rgb | None, Stored | None]:
        """sRGB of a coloured frame, and values before rescaling; None where they lie rescaled in `gray`."""
        pixels = instance.pixels
        plain = pixels.samples == 1 and pixels.photometric != PALETTE and instance.slope is not None
        straight = plain and pixels.bits_allocated == 16 and gray.dtype == np.int16 and gray.flags.c_contiguous
        out = gray.view(np.uint16) if straight else None
        stored, claim = self.stored(instance, out)
        if out is not None and stored.shape == out.shape and np.may_share_memory(stored, out):
            (rescale_in_place if claim is None else rescale_decoded)(gray, instance)
            return None, None
        if pixels.photometric == PALETTE:
            rgb = self.through_palette(stored)
            return rgb, luma_of(rgb)
        if stored.ndim == 3:
            rgb = to_rgb(stored, pixels, claim)
            return rgb, luma_of(rgb)
        return None, stored if plain else self._after_lut(stored)

    def _after_lut(self, stored: Stored) -> Stored:
        if self._lut is None:
            self._lut = _modality_lut(self._file.dataset)
        first, entries = self._lut
        if not len(entries):
            return _scaled(stored, self._file.dataset)
        if stored.dtype.kind == "i" and first >= 1 << 15:  # written without its sign
            first -= 1 << 16
        return entries[np.clip(stored.astype(np.int64) - first, 0, len(entries) - 1)]


def _modality_lut(dataset: Dataset) -> tuple[int, Entries]:
    """Which stored value the first entry is for, and all entries (PS3.3 C.11.1); none where it is left empty.

    raises DECODE_FAILED
    """
    items = dataset.get("ModalityLUTSequence")
    if not items or not items[0].get("LUTDescriptor"):
        return 0, np.empty(0, dtype=np.uint16)
    count, first, _ = (int(value) for value in items[0].LUTDescriptor)
    entries = entries_of(items[0].LUTData, count, bool(dataset.original_encoding[1]))
    if not len(entries):
        raise WorkstationError(ErrorCode.DECODE_FAILED)
    return first, entries


def _scaled(stored: Stored, dataset: Dataset) -> Stored:
    """By slope and intercept, which some files leave empty, too."""
    slope, intercept = dataset.get("RescaleSlope"), dataset.get("RescaleIntercept")
    values: Stored = stored * np.float32(slope or 1) + np.float32(intercept or 0)
    return values


def codec_name(syntax: str) -> str:
    """What people call a compression, also one that nothing here decodes; the UID where nobody gave it a name."""
    from pydicom.uid import UID

    name = syntax_name(syntax)
    return UID(syntax).name if name == syntax else name
