"""Where an original file's raw values and its pixels stand: found by our own walker, or by pydicom where it refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.bounded import bounded
from workstation.imaging.dicom.fallback import inflate_file
from workstation.imaging.dicom.walk import BIG_ENDIAN, DEFLATED, Odd, Short, walk
from workstation.imaging.upload.deidentify import FRAMES
from workstation.imaging.upload.deidentify_table import IDENTITY, RULES, Key

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

INSTANCE: Final[Key] = (0x0008, 0x0018)
SEQUENCE_END: Final = b"\xfe\xff\xdd\xe0\0\0\0\0"
_FIRST_BYTES: Final = 65_536
_ROOM: Final = 2**24  # for a header
_WORDS: Final = frozenset({b"US", b"SS"})
_READ: Final = frozenset({*RULES, *IDENTITY, INSTANCE, FRAMES})
_OVERLAY_BIT: Final = 0x0102  # in each group 60xx: the bit of the pixels that holds the overlay; 0: none does


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One opened file, taken apart.

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


def walked_source(file: BinaryIO, size: int) -> Source:
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
    return Source(
        values=values,
        elements=count,
        private=private,
        pixels=walked.pixels,
        overlay_bits=frozenset(overlay_bits - {0}),
    )


def source_by_pydicom(file: BinaryIO, instance: Instance) -> Source:
    """Big endian, deflated, without preamble, odd nests. raises UNREADABLE, NO_PIXELS, TOO_LARGE"""
    from pydicom import dcmread

    file.seek(0)
    if instance.transfer_syntax == DEFLATED:  # may claim any size: no more is unpacked than the frame needs
        file = BytesIO(inflate_file(file, stored_frame_bytes(instance) * (instance.frame + 1) + _ROOM))
    with as_error(ErrorCode.UNREADABLE):
        dataset = dcmread(bounded(file), force=True)
        if "PixelData" not in dataset:
            raise WorkstationError(ErrorCode.NO_PIXELS)
        little = dataset.original_encoding[1] is not False
        values: dict[Key, bytes] = {}
        tags = [(tag.group, tag.element) for tag in dataset.keys()]  # noqa: SIM118 - iterating decodes every value
        for key in _READ.intersection(tags):
            values[key] = _raw(dataset, key, little)
        overlay_bits = frozenset(int(dataset[key].value or 0) for key in tags if _is_overlay_bit(key)) - {0}
    private = sum(group % 2 for group, _ in tags)
    return Source(
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


def stored_frame_bytes(instance: Instance) -> int:
    pixels = instance.pixels
    samples = 2 if pixels.photometric == "YBR_FULL_422" and pixels.samples == 3 else pixels.samples
    return (pixels.rows * pixels.columns * samples * pixels.bits_allocated + 7) // 8


def native_frame(file: BinaryIO, source: Source, instance: Instance) -> bytes:
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


def fragments_of_frames(file: BinaryIO, source: Source) -> list[list[bytes]]:
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
    if stream[at : at + 4] != SEQUENCE_END[:4]:
        raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=max(1, at + 8 - end))


def _frames(source: Source) -> int:
    raw = source.values.get(FRAMES, b"").strip(b" \0")
    return int(raw) if raw.isdigit() and int(raw) > 0 else 1
