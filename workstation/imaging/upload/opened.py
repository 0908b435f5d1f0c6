"""One original file, opened: its header's raw values and the pixel element of each frame, read and never written."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.bounded import bounded
from workstation.imaging.dicom.walk import BIG_ENDIAN, BIG_PIXELS, DEFLATED, EXPLICIT, IMPLICIT, Odd
from workstation.imaging.upload.deidentify import Elements, has_frames, item, pixel_lead
from workstation.imaging.upload.deidentify_table import Key
from workstation.imaging.upload.source import (
    INSTANCE,
    SEQUENCE_END,
    fragments_of_frames,
    native_frame,
    source_by_pydicom,
    walked_source,
)
from workstation.imaging.upload.write import encode_dataset

if TYPE_CHECKING:
    from workstation.imaging.pixels.decode import FrameReader

_NATIVE: Final = frozenset({IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED})
_BURNT_IN: Final[Key] = (0x0028, 0x0301)
_POSITION: Final[Key] = (0x0020, 0x0032)
_RGB: Final[Elements] = {
    (0x0028, 0x0002): (b"US", b"\3\0"),
    (0x0028, 0x0004): (b"CS", b"RGB"),
    (0x0028, 0x0006): (b"US", b"\0\0"),
    (0x0028, 0x0100): (b"US", b"\x08\0"),
    (0x0028, 0x0101): (b"US", b"\x08\0"),
    (0x0028, 0x0102): (b"US", b"\x07\0"),
    (0x0028, 0x0103): (b"US", b"\0\0"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What one slice of an original file holds that a copy is made of.

    values             listed and identifying elements, raw, little endian
    elements, private  how many the header has at top level
    burnt_in           something that may be text is in the pixels
    overlay_cut        an overlay stood in unused bits of the pixels (retired, PS3.5-1998 8.1.2); it is not in `pixels`
    syntax, pixels     transfer syntax of the copy and its whole pixel element; empty where only headers were read
    lut                content of the Modality LUT Sequence, with nothing but its table
    layout             elements of the pixel format that decoding changed
    """

    values: Mapping[Key, bytes]
    elements: int
    private: int
    burnt_in: bool
    overlay_cut: bool
    syntax: str = ""
    pixels: bytes = b""
    lut: bytes | None = None
    layout: Elements = field(default_factory=dict)


class OpenedOriginal:
    """One opened file: its header is walked once, and a compressed stream is taken apart once."""

    def __init__(self, file: BinaryIO, last: Instance, walked_only: bool = False) -> None:
        """
        last         of the frames that are wanted, the last one in the file
        walked_only  raise Odd where our walker refuses the header, or a codec is needed
        """
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size < last.file_bytes:
            raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=last.file_bytes - size)
        if size > last.file_bytes:
            raise WorkstationError(ErrorCode.FILE_CHANGED)
        self._file, self._last, self._walked_only = file, last, walked_only
        try:
            self._source = walked_source(file, size)
        except Odd:
            if walked_only:
                raise
            self._source = source_by_pydicom(file, last)
        self._lut = _lut_sequence(file) if last.slope is None else None
        self._fragments: list[list[bytes]] | None = None
        self._frames: FrameReader | None = None

    def original(self, instance: Instance, decompress: bool, headers_only: bool) -> Original:
        source = self._source
        _check_same(source.values, instance)
        pixels = instance.pixels
        spare = set(range(pixels.bits_allocated)).difference(
            range(pixels.high_bit + 1 - pixels.bits_stored, pixels.high_bit + 1)
        )
        cut = bool(source.overlay_bits)
        says_so = source.values.get(_BURNT_IN, b"").strip(b" \0").upper() == b"YES"
        burnt_in = says_so or not source.overlay_bits <= spare
        head = Original(
            values=source.values,
            elements=source.elements,
            private=source.private,
            burnt_in=burnt_in,
            overlay_cut=cut,
            lut=self._lut,
        )
        if headers_only:
            return head
        syntax, element, layout = self._pixels(instance, decompress or cut, cut)
        return replace(head, syntax=syntax, pixels=element, layout=layout)

    def _pixels(self, instance: Instance, decompress: bool, cut: bool) -> tuple[str, bytes, Elements]:
        """Transfer syntax of the copy, its pixel element, what of the pixel format is new: native pixels stay native,
        compressed ones as they are, a palette's colours become RGB."""
        layout: Elements = {}
        bits = instance.pixels.bits_allocated
        if instance.pixels.photometric == "PALETTE COLOR":
            raw, bits, layout = self._in_colour(instance), 8, _RGB
        elif instance.transfer_syntax in _NATIVE:
            raw = native_frame(self._file, self._source, instance)
        elif decompress or instance.transfer_syntax == BIG_PIXELS:
            values, photometric = self._decoded(instance)
            raw = values.tobytes()
            if photometric != instance.pixels.photometric:
                layout = {(0x0028, 0x0004): (b"CS", photometric.encode("ascii"))}
            if len(raw) != _values_of(instance):
                raise WorkstationError(ErrorCode.DECODE_FAILED)
        else:
            return instance.transfer_syntax, _encapsulated(self._compressed(instance)), layout
        if cut:
            raw = _without_overlay(raw, instance)
        lead = pixel_lead(len(raw) + len(raw) % 2, bits)
        return EXPLICIT, b"".join((lead, raw, b"\0" * (len(raw) % 2))), layout

    def _in_colour(self, instance: Instance) -> bytes:
        """The colours that a palette names, RGB of 8 bits: the palette itself stays here."""
        reader = self._reader(instance)
        with as_error(ErrorCode.DECODE_FAILED):
            return reader.through_palette(reader.stored(instance)[0]).tobytes()

    def _compressed(self, instance: Instance) -> list[bytes]:
        if self._fragments is None:
            self._fragments = fragments_of_frames(self._file, self._source)
        if instance.frame >= len(self._fragments):
            raise WorkstationError(ErrorCode.DECODE_FAILED)
        return self._fragments[instance.frame]

    def _decoded(self, instance: Instance) -> tuple[npt.NDArray[Any], str]:
        """What is shown of a compressed frame, as stored, and its photometric interpretation.

        raises DECODE_FAILED, NO_CODEC, TRUNCATED, TOO_LARGE
        """
        from workstation.imaging.pixels.colour import has_chroma, to_rgb

        pixels = instance.pixels
        with as_error(ErrorCode.DECODE_FAILED):
            stored, claim = self._reader(instance).stored(instance)
            kind = f"<{'i' if pixels.signed else 'u'}{(pixels.bits_allocated + 7) // 8}"
            values = np.ascontiguousarray(stored).astype(kind, copy=False)
        if pixels.samples != 3:
            return values, pixels.photometric
        if not has_chroma(pixels, claim):
            return values, "RGB"
        if pixels.photometric.startswith("YBR_PARTIAL"):  # retired: no native form of it is known everywhere
            return to_rgb(stored, pixels, claim), "RGB"
        return values, "YBR_FULL"

    def _reader(self, instance: Instance) -> FrameReader:
        """raises TOO_LARGE, UNREADABLE, DECODE_FAILED"""
        from workstation.imaging.pixels.decode import FrameReader, check_size
        from workstation.imaging.pixels.stored import StoredFile

        if self._walked_only:
            raise Odd
        check_size(instance)
        if self._frames is None:
            with as_error(ErrorCode.DECODE_FAILED):
                self._frames = FrameReader(StoredFile(self._file, self._last))
        return self._frames


def _values_of(instance: Instance) -> int:
    """Bytes of all values of a decoded frame."""
    pixels = instance.pixels
    return pixels.rows * pixels.columns * pixels.samples * ((pixels.bits_allocated + 7) // 8)


def _without_overlay(raw: bytes, instance: Instance) -> bytes:
    """Nothing but the stored bits; signed values keep their sign in the bits above."""
    pixels = instance.pixels
    width = pixels.bits_allocated
    values = np.frombuffer(raw, f"<{'i' if pixels.signed else 'u'}{width // 8}")
    clean: npt.NDArray[Any]
    if pixels.high_bit == pixels.bits_stored - 1:
        clean = np.right_shift(np.left_shift(values, width - pixels.bits_stored), width - pixels.bits_stored)
    else:
        mask = ((1 << pixels.bits_stored) - 1) << (pixels.high_bit + 1 - pixels.bits_stored)
        clean = values.view(f"<u{width // 8}") & mask
    whole: bytes = clean.tobytes()
    return whole


def _lut_sequence(file: BinaryIO) -> bytes | None:
    """The Modality LUT Sequence's content with nothing but its table: the explanation is free text."""
    from pydicom import dcmread
    from pydicom.dataset import Dataset

    tags = ("LUTDescriptor", "LUTData", "ModalityLUTType")
    file.seek(0)
    with warnings.catch_warnings(), as_error(ErrorCode.UNREADABLE):
        warnings.simplefilter("ignore")
        found = dcmread(bounded(file), force=True, specific_tags=["ModalityLUTSequence", "PixelRepresentation"])
        sequence = found.get("ModalityLUTSequence")
        if not sequence or not sequence[0].get("LUTDescriptor"):  # one that is left empty is none
            return None
        clean = Dataset()
        for keyword in tags:
            if keyword in sequence[0] and (keyword != "ModalityLUTType" or sequence[0][keyword].value in _LUT_TYPES):
                clean[keyword] = sequence[0][keyword]
        return item(encode_dataset(clean))


_LUT_TYPES: Final = frozenset({"HU", "US", "OD", "PCT", "HU_MOD"})


def _check_same(values: Mapping[Key, bytes], instance: Instance) -> None:
    """A file that was exchanged after the scan would send somebody else's slice. raises FILE_CHANGED"""
    uid = values.get(INSTANCE, b"").strip(b" \0").decode("ascii", "replace")
    same = uid == instance.sop_instance_uid or not uid
    raw = values.get(_POSITION)
    if same and raw and instance.position is not None and not has_frames(values):
        try:
            place = [float(value) for value in raw.strip(b" \0").split(b"\\")]
        except ValueError:
            place = []
        same = len(place) == 3 and all(abs(a - b) < 1e-4 for a, b in zip(place, instance.position, strict=True))
    if not same:
        raise WorkstationError(ErrorCode.FILE_CHANGED)


def _encapsulated(fragments: list[bytes]) -> bytes:
    """Encapsulated pixel data of one frame, with an empty offset table (PS3.5 A.4)."""
    lead = b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff"
    return b"".join((lead, item(b""), *map(item, fragments), SEQUENCE_END))
