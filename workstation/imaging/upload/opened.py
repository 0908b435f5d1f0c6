"""One original file, opened: its header's raw values and the pixel element of each frame, read and never written."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.fallback import inflate_file
from workstation.imaging.dicom.walk import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, Odd, Short, walk
from workstation.imaging.upload.deidentify import FRAMES, Elements, has_frames, item, pixel_lead
from workstation.imaging.upload.deidentify_table import IDENTITY, RULES, Key
from workstation.imaging.upload.write import encode_dataset

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_FIRST_BYTES: Final = 65_536
_ROOM: Final = 2**24  # for a header
_NATIVE: Final = frozenset({IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED})
_WORDS: Final = frozenset({b"US", b"SS"})
_SEQUENCE_END: Final = b"\xfe\xff\xdd\xe0\0\0\0\0"
_INSTANCE: Final[Key] = (0x0008, 0x0018)
_BURNT_IN: Final[Key] = (0x0028, 0x0301)
_READ: Final = frozenset({*RULES, *IDENTITY, _INSTANCE, FRAMES})
_OVERLAY_BIT: Final = 0x0102  # in each group 60xx: the bit of the pixels that holds the overlay; 0: none does
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """
    values, elements, private  as of `Original`
    pixels         offset and length in the file; length -1: encapsulated; None: `dataset` holds them
    overlay_bits   bits of each pixel that hold an overlay
    """

    values: Mapping[Key, bytes]
    elements: int
    private: int
    pixels: tuple[int, int] | None
    dataset: Dataset | None = None
    overlay_bits: frozenset[int] = frozenset()


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
        self._file, self._walked_only = file, walked_only
        try:
            self._source = _walked(file, size)
        except Odd:
            if walked_only:
                raise
            self._source = _by_pydicom(file, last)
        self._lut = _lut_sequence(file) if last.slope is None else None
        self._fragments: list[list[bytes]] | None = None
        self._whole: Dataset | None = None

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
        if headers_only or burnt_in:
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
            raw = _native_frame(self._file, self._source, instance)
        elif decompress:
            values, photometric = self._decoded(instance)
            raw = values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
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
        from pydicom.pixels.processing import apply_color_lut

        values, _ = self._decoded(instance)
        with as_error(ErrorCode.DECODE_FAILED):
            assert self._whole is not None
            colours = apply_color_lut(values, self._whole)
        wide = colours >> 8 if colours.dtype.itemsize > 1 else colours
        rgb: bytes = np.ascontiguousarray(wide[..., :3]).astype(np.uint8).tobytes()
        return rgb

    def _compressed(self, instance: Instance) -> list[bytes]:
        if self._fragments is None:
            self._fragments = _fragments_of_frames(self._file, self._source)
        if instance.frame >= len(self._fragments):
            raise WorkstationError(ErrorCode.DECODE_FAILED)
        return self._fragments[instance.frame]

    def _decoded(self, instance: Instance) -> tuple[npt.NDArray[Any], str]:
        """What the codec gives, and its photometric interpretation. raises DECODE_FAILED, NO_CODEC, TOO_LARGE"""
        from pydicom import dcmread
        from pydicom.pixels.decoders.base import get_decoder
        from pydicom.uid import UID

        from workstation.imaging.pixels.decode import check_size, set_up
        from workstation.imaging.series.facts import syntax_name

        if self._walked_only:
            raise Odd
        set_up()
        check_size(instance)
        missing = WorkstationError(ErrorCode.NO_CODEC, syntax=syntax_name(instance.transfer_syntax))
        with as_error(ErrorCode.DECODE_FAILED):
            if self._whole is None:
                self._file.seek(0)
                self._whole = dcmread(BytesIO(self._file.read()), force=True)
                if not getattr(self._whole.file_meta, "TransferSyntaxUID", None):
                    self._whole.file_meta.TransferSyntaxUID = UID(instance.transfer_syntax)
            try:
                decoder = get_decoder(self._whole.file_meta.TransferSyntaxUID)
            except NotImplementedError:
                raise missing from None
            if not decoder.is_available:
                raise missing
            values, made = decoder.as_array(self._whole, index=instance.frame, raw=True)
        photometric = str(made["photometric_interpretation"])
        # A decoder gives every pixel its own colour, whatever was stored of it.
        return np.ascontiguousarray(values), "YBR_FULL" if photometric == "YBR_FULL_422" else photometric


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
        found = dcmread(file, force=True, specific_tags=["ModalityLUTSequence", "PixelRepresentation"])
        sequence = found.get("ModalityLUTSequence")
        if not sequence:
            return None
        clean = Dataset()
        for keyword in tags:
            if keyword in sequence[0] and (keyword != "ModalityLUTType" or sequence[0][keyword].value in _LUT_TYPES):
                clean[keyword] = sequence[0][keyword]
        return item(encode_dataset(clean))


_LUT_TYPES: Final = frozenset({"HU", "US", "OD", "PCT", "HU_MOD"})


def _walked(file: BinaryIO, size: int) -> _Source:
    """By our own walker. raises Odd for the files that it leaves to pydicom; NO_PIXELS"""
    head = file.read(_FIRST_BYTES)
    while True:
        try:
            walked, elements = walk(head, size)
            break
        except Short:
            if len(head) >= size:
                raise Odd from None
            head += file.read(len(head) * 7)
    if walked.pixels is None:
        raise WorkstationError(ErrorCode.NO_PIXELS)
    values: dict[Key, bytes] = {}
    count = private = 0
    overlay_bits: set[int] = set()
    for one in elements:
        group = one.tag[0] | one.tag[1] << 8
        key = (group, one.tag[2] | one.tag[3] << 8)
        count += group != 0x0002
        private += group & 1
        if _is_overlay_bit(key):
            overlay_bits.add(int.from_bytes(head[one.value : one.end][:2], "little"))
        if key in _READ:
            if one.end > len(head):  # listed values are short; such a long one is refused by its rule anyway
                continue
            values[key] = head[one.value : one.end]
    return _Source(
        values=values,
        elements=count,
        private=private,
        pixels=walked.pixels,
        overlay_bits=frozenset(overlay_bits - {0}),
    )


def _by_pydicom(file: BinaryIO, instance: Instance) -> _Source:
    """Big endian, deflated, without preamble, odd nests. raises UNREADABLE, NO_PIXELS, TOO_LARGE"""
    from pydicom import dcmread

    file.seek(0)
    if instance.transfer_syntax == DEFLATED:  # may claim any size: no more is unpacked than the frame needs
        file = BytesIO(inflate_file(file, stored_frame_bytes(instance) * (instance.frame + 1) + _ROOM))
    with as_error(ErrorCode.UNREADABLE):
        dataset = dcmread(file, force=True)
        if "PixelData" not in dataset:
            raise WorkstationError(ErrorCode.NO_PIXELS)
        little = dataset.original_encoding[1] is not False
        values: dict[Key, bytes] = {}
        tags = [(tag.group, tag.element) for tag in dataset.keys()]  # noqa: SIM118 - iterating decodes every value
        for key in _READ.intersection(tags):
            values[key] = _raw(dataset, key, little)
        overlay_bits = frozenset(int(dataset[key].value or 0) for key in tags if _is_overlay_bit(key)) - {0}
    private = sum(group % 2 for group, _ in tags)
    return _Source(
        values=values,
        elements=len(tags),
        private=private,
        pixels=None,
        dataset=dataset,
        overlay_bits=overlay_bits,
    )


def _is_overlay_bit(key: Key) -> bool:
    return key[0] & 0xFF01 == 0x6000 and key[1] == _OVERLAY_BIT


def _raw(dataset: Dataset, key: Key, little: bool) -> bytes:
    """A value as it would stand in a little endian file."""
    stored = dataset.get_item(key)
    value = stored.value if stored is not None else None
    if isinstance(value, bytes):
        word = key in RULES and RULES[key].vr in _WORDS and len(value) == 2
        return value if little or not word else value[::-1]
    if value is None:
        return b""
    if isinstance(value, int) and key in RULES and RULES[key].vr in _WORDS:
        return (value & 0xFFFF).to_bytes(2, "little")
    parts = list(value) if isinstance(value, list | tuple) else [value]
    return "\\".join(map(str, parts)).encode("utf-8", "replace")


def _check_same(values: Mapping[Key, bytes], instance: Instance) -> None:
    """A file that was exchanged after the scan would send somebody else's slice. raises FILE_CHANGED"""
    uid = values.get(_INSTANCE, b"").strip(b" \0").decode("ascii", "replace")
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


def stored_frame_bytes(instance: Instance) -> int:
    pixels = instance.pixels
    samples = 2 if pixels.photometric == "YBR_FULL_422" and pixels.samples == 3 else pixels.samples
    return (pixels.rows * pixels.columns * samples * pixels.bits_allocated + 7) // 8


def _native_frame(file: BinaryIO, source: _Source, instance: Instance) -> bytes:
    """Exactly one frame; what a writer left behind it stays here. raises TRUNCATED"""
    needed = stored_frame_bytes(instance)
    if source.pixels is not None:
        offset, length = source.pixels
        start = offset + instance.frame * needed
        file.seek(start)
        raw = file.read(min(needed, max(0, offset + length - start)))
    else:
        assert source.dataset is not None
        whole = source.dataset.PixelData
        swapped = instance.transfer_syntax == BIG_ENDIAN
        if swapped and instance.pixels.bits_allocated == 8 and source.dataset["PixelData"].VR == "OW":
            whole = np.frombuffer(whole[: len(whole) // 2 * 2], "u2").byteswap().tobytes()  # PS3.5 8.1.1
        raw = bytes(whole[instance.frame * needed : (instance.frame + 1) * needed])
        if swapped and len(raw) == needed and instance.pixels.bits_allocated in (16, 32):
            raw = np.frombuffer(raw, f"u{instance.pixels.bits_allocated // 8}").byteswap().tobytes()
    if len(raw) < needed:
        raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=needed - len(raw))
    return raw


def _fragments_of_frames(file: BinaryIO, source: _Source) -> list[list[bytes]]:
    """The compressed fragments of each frame, as they are. raises TRUNCATED, DECODE_FAILED"""
    if source.pixels is not None:
        file.seek(source.pixels[0])
        stream = file.read()
    else:
        assert source.dataset is not None
        stream = bytes(source.dataset.PixelData)
    items = list(_items(stream))[1:]  # the first is the offset table
    frames = _frames(source)
    if not items:
        raise WorkstationError(ErrorCode.DECODE_FAILED)
    if frames == 1:
        return [items]
    if len(items) == frames:
        return [[item] for item in items]
    from pydicom.encaps import generate_fragmented_frames

    with as_error(ErrorCode.DECODE_FAILED):
        return [list(frame) for frame in generate_fragmented_frames(stream, number_of_frames=frames)]


def _items(stream: bytes) -> Iterator[bytes]:
    at, end = 0, len(stream)
    while at + 8 <= end and stream[at : at + 4] == b"\xfe\xff\x00\xe0":
        length = int.from_bytes(stream[at + 4 : at + 8], "little")
        if at + 8 + length > end:
            raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=at + 8 + length - end)
        yield stream[at + 8 : at + 8 + length]
        at += 8 + length
    if stream[at : at + 4] != _SEQUENCE_END[:4]:
        raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=max(1, at + 8 - end))


def _encapsulated(fragments: list[bytes]) -> bytes:
    """Encapsulated pixel data of one frame, with an empty offset table (PS3.5 A.4)."""
    lead = b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff"
    return b"".join((lead, item(b""), *map(item, fragments), _SEQUENCE_END))


def _frames(source: _Source) -> int:
    raw = source.values.get(FRAMES, b"").strip(b" \0")
    return int(raw) if raw.isdigit() and int(raw) > 0 else 1
