"""A header walker for little endian files, explicit or implicit: collects the wanted elements, skips the rest.

It knows the plain cases only and refuses everything else with `Odd`, which sends the file to pydicom. Files of one
series differ in few elements, so what two neighbours have in common becomes a `Template`: the next file is then
compared in a few long pieces of bytes, and only what differs is read.
source: DICOM PS3.5 7.1 (data elements), 7.5 (sequences), PS3.10 7.1 (file meta information)
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter
from typing import Any, Final, Protocol

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.tags import Tag

IMPLICIT: Final = "1.2.840.10008.1.2"
EXPLICIT: Final = "1.2.840.10008.1.2.1"
BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
BIG_PIXELS: Final = "1.2.840.113619.5.2"  # private to GE: implicit little endian but for the pixels
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
RLE: Final = "1.2.840.10008.1.2.5"
_DISC_INDEX: Final = b"1.2.840.10008.1.3.10"
UNDEFINED: Final = 0xFFFFFFFF
_DEEPEST: Final = 64
# Beyond these no header is worth the seconds and the memory that a library would put into it.
_MOST: Final = 20_000  # top-level elements; real files stay below 1,000
_MOST_INSIDE: Final = 400_000  # elements and items in one sequence; 4 MB of a real one hold half as many
CODE_BYTES: Final = 1024  # of a sequence of codes; the first item is shorter
_MOST_SHAPES: Final = 4  # of one template that are tried before its elements are followed one by one
_LONG: Final = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_SHORT: Final = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())
_NEEDED: Final = frozenset({tags.ROWS, tags.COLUMNS, tags.BITS_ALLOCATED})
ITEM: Final = tags.tag(0xFFFE, 0xE000)
ITEM_END: Final = tags.tag(0xFFFE, 0xE00D)
SEQUENCE_END: Final = tags.tag(0xFFFE, 0xE0DD)
_u16: Final = struct.Struct("<H").unpack
_u32: Final = struct.Struct("<I").unpack


class Bytes(Protocol):
    """`bytes`, or what gives them where they are asked for."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> bytes: ...


class Short(Exception):
    """The bytes end before the header does: read more."""


class Odd(Exception):
    """Not one of the plain cases: read it with pydicom."""


@dataclass(frozen=True, slots=True)
class Element:
    """Where one top-level element lies: header from `start`, value from `value`. `lead`: header without length."""

    start: int
    value: int
    end: int
    tag: Tag
    lead: int
    width: int  # of the length field


@dataclass(slots=True, eq=False)
class Walked:
    """values: wanted tag → raw bytes, without those that the template fixes; pixels: offset and length of the pixel
    data, length -1: encapsulated."""

    values: dict[Tag, bytes]
    pixels: tuple[int, int] | None
    template: Template | None = None


def explicit_element(head: Bytes, at: int) -> tuple[int, int, int, int]:
    """value offset, length, bytes before the length field, width of the length field"""
    vr = head[at + 4 : at + 6]
    if vr in _SHORT:
        return at + 8, _u16(head[at + 6 : at + 8])[0], 6, 2
    if vr in _LONG:
        return at + 12, _u32(head[at + 8 : at + 12])[0], 8, 4
    raise Short if len(vr) < 2 else Odd


def data_start(head: Bytes) -> int:
    """Where the file meta information starts, behind the mark; 0 without one. Some files have no preamble before it."""
    return 132 if head[128:132] == b"DICM" else 4 if head[:6] == b"DICM\2\0" else 0


def walk(head: Bytes, size: int) -> tuple[Walked, list[Element]]:
    """Read the first bytes of a file of `size` bytes up to its pixel data. raises Short, Odd, UNREADABLE (too many)

    Of a file without preamble and mark only what is surely an image or an object is taken.
    """
    start = data_start(head)
    try:
        walked, elements = _walk(head, size, start)
    except struct.error:
        raise Short from None
    if not start and tags.SOP_CLASS not in walked.values:
        raise Odd
    return walked, elements


def _walk(head: Bytes, size: int, at: int) -> tuple[Walked, list[Element]]:
    values: dict[Tag, bytes] = {}
    elements: list[Element] = []
    have, wanted = len(head), tags.WANTED
    while head[at : at + 2] == b"\x02\x00":
        key = head[at : at + 4]
        value, length, lead, width = explicit_element(head, at)
        end = value + length
        if end > have:
            raise Short if end < size else Odd
        if key in wanted:
            values[key] = head[value:end]
        elements.append(Element(at, value, end, key, lead, width))
        at = end
    if at == 0 and head[:4] in (b"\x08\x00\x00\x00", b"\x08\x00\x05\x00", b"\x08\x00\x08\x00", b"\x08\x00\x16\x00"):
        # A bare data set, of which the first element tells the encoding.
        values[tags.SYNTAX] = (EXPLICIT if head[4:6] in _SHORT else IMPLICIT).encode()
    syntax = syntax_of(values)
    if syntax and values.get(tags.MEDIA_CLASS, b"").strip(b"\0 ") == _DISC_INDEX:
        return Walked(values, None), elements  # all that follows are its records
    if syntax in ("", BIG_ENDIAN, DEFLATED) or not syntax.startswith("1.2.840.10008.1.2"):
        raise Odd
    explicit = syntax != IMPLICIT
    pixels: tuple[int, int] | None = None
    if not explicit and head[at + 4 : at + 6] in _SHORT:
        raise Odd  # says implicit, looks explicit
    while at < size:
        if len(elements) > _MOST:
            raise WorkstationError(ErrorCode.UNREADABLE)
        key = head[at : at + 4]
        if explicit:
            value, length, lead, width = explicit_element(head, at)
        else:
            value, length, lead, width = at + 8, _u32(head[at + 4 : at + 8])[0], 4, 4
        if key in tags.PIXEL_TAGS:
            elements.append(Element(at, value, value, key, lead, width))
            pixels = pixels or (value, -1 if length == UNDEFINED else length)
            at = value + length
            if length == UNDEFINED or at >= size or not _goes_on(elements, values):
                return Walked(values, pixels), elements
            continue
        if length == UNDEFINED:
            unknown = explicit and head[at + 4 : at + 6] == b"UN"
            if explicit and not unknown and head[at + 4 : at + 6] != b"SQ":
                raise Odd
            end = skip(head, value, explicit and not unknown)
        else:
            end = value + length
            if end > size:
                raise Odd
        if key in wanted:
            if key == tags.ANATOMIC_REGION:
                end_of_code = min(end, value + CODE_BYTES)
                if end_of_code > have:
                    raise Short
                values[key] = head[value:end_of_code]
            elif end > have:
                raise Short
            elif key not in tags.SEQUENCES:
                values[key] = head[value:end]
            elif end - value > (8 if length == UNDEFINED else 0):  # an empty sequence is as good as none
                values[key] = b""
        elements.append(Element(at, value, end, key, lead, width))
        at = end
    if pixels is not None and not _told(values):
        raise Odd
    return Walked(values, pixels), elements


def _told(values: dict[Tag, bytes]) -> bool:
    """Whether nothing of what the pixels mean is looked up once more when they are read: before them only."""
    colour = values.get(tags.SAMPLES, b"\1\0") != b"\1\0" or values.get(tags.PHOTOMETRIC, b"").startswith(b"PALETTE")
    return not colour and tags.SEQUENCES.isdisjoint(values)


def _goes_on(elements: list[Element], values: dict[Tag, bytes]) -> bool:
    """Whether elements that belong before the pixels are behind them: some are missing, or others not in order."""
    if not values.keys() >= _NEEDED:
        return True
    keys = [(key[1], key[0], key[3], key[2]) for key in (one.tag for one in elements)]
    return keys != sorted(keys)


def syntax_of(values: dict[Tag, bytes]) -> str:
    """The transfer syntax; "" where it is missing."""
    return values.get(tags.SYNTAX, b"").strip(b"\0 ").decode("ascii", "replace")


def skip(head: Bytes, at: int, explicit: bool) -> int:
    """The offset after a sequence of undefined length, which starts at `at`. raises Short, Odd, UNREADABLE"""
    # One entry per open level: True inside an item (elements follow), False inside a sequence (items follow).
    levels = [(False, explicit)]
    for _ in repeat(None, _MOST_INSIDE):
        in_item, explicit = levels[-1]
        key = head[at : at + 4]
        if key == (ITEM_END if in_item else SEQUENCE_END):
            _u32(head[at + 4 : at + 8])
            at += 8
            levels.pop()
            if not levels:
                return at
        elif not in_item:
            if key != ITEM:
                raise Short if len(key) < 4 else Odd
            length = _u32(head[at + 4 : at + 8])[0]
            at += 8
            if length == UNDEFINED:
                levels.append((True, explicit))
            else:
                at += length
        else:
            value, length = explicit_element(head, at)[:2] if explicit else (at + 8, _u32(head[at + 4 : at + 8])[0])
            if length == UNDEFINED:
                levels.append((False, explicit and head[at + 4 : at + 6] != b"UN"))
            at = value if length == UNDEFINED else value + length
        if len(levels) > _DEEPEST:
            raise Odd
    raise WorkstationError(ErrorCode.UNREADABLE)


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """A template with lengths that one file had: everything lies at known places, and one call takes a header apart.

    shared  what all files of the template have in common, and the lengths
    """

    pixels: int
    unpack: Callable[[bytes], tuple[Any, ...]]
    take: Callable[[tuple[Any, ...]], object]
    shared: object
    own: tuple[tuple[Tag, int], ...]


@dataclass(slots=True, eq=False)
class Template:
    """What two files of a series have in common, and where they differ.

    parts   (bytes that both share up to the length of the next element that differs, their count, width of that
            length, its tag if wanted, whether it is explicit)
    ending  shared bytes from the last differing element up to the length of the pixel data
    fixed   wanted values that are shared; the transfer `syntax` is one of them
    """

    parts: tuple[tuple[bytes, int, int, Tag | None, bool], ...]
    ending: bytes
    fixed: dict[Tag, bytes]
    own: frozenset[Tag]
    syntax: str
    _shapes: list[_Shape] = field(default_factory=list)

    def match(self, head: bytes) -> Walked | None:
        """What another file of this form has of its own; None where it has another form."""
        have = len(head)
        for shape in self._shapes:
            if shape.pixels <= have:
                pieces = shape.unpack(head)
                if shape.take(pieces) == shape.shared:
                    length = pieces[-1]
                    values = {key: pieces[at] for key, at in shape.own}
                    return Walked(values, (shape.pixels, -1 if length == UNDEFINED else length), self)
        values = {}
        lengths: list[int] = []
        try:
            at, length = self._own_values(head, values, lengths)
        except (Odd, Short, IndexError, struct.error):
            return None
        if not at:
            return None
        if len(self._shapes) < _MOST_SHAPES and UNDEFINED not in lengths:
            self._shapes.append(self._shape(head, lengths))
        return Walked(values, (at, -1 if length == UNDEFINED else length), self)

    def _shape(self, head: bytes, lengths: list[int]) -> _Shape:
        layout, at = "<", 0  # of pieces
        shared: list[int] = []
        own: list[tuple[Tag, int]] = []
        for (_, count, width, key, _), length in zip(self.parts, lengths, strict=True):
            layout += f"{count + width}s{length}{'s' if key is not None else 'x'}"
            shared.append(at)
            if key is not None:
                own.append((key, at + 1))
            at += 1 + (key is not None)
        parts = struct.Struct(f"{layout}{len(self.ending)}sI")
        take = itemgetter(*shared, at)
        return _Shape(parts.size, parts.unpack_from, take, take(parts.unpack_from(head)), tuple(own))

    def _own_values(self, head: bytes, values: dict[Tag, bytes], lengths: list[int]) -> tuple[int, int]:
        """Adds what the file has of its own; offset and length of the pixel data, (0, 0) for another form."""
        at, have, matches = 0, len(head), head.startswith
        for shared, count, width, key, explicit in self.parts:
            if not matches(shared, at):
                return 0, 0
            at += count
            if width == 2:
                length = head[at] | head[at + 1] << 8
                at += 2
                end = at + length
            else:
                (length,) = _u32(head[at : at + 4])
                at += 4
                end = at + length if length != UNDEFINED else skip(head, at, explicit)
            if end > have:
                return 0, 0
            lengths.append(length)
            if key is not None:
                values[key] = head[at:end]
            at = end
        if not matches(self.ending, at):
            return 0, 0
        at += len(self.ending)
        return at + 4, _u32(head[at : at + 4])[0]


def learn(
    head: bytes, elements: list[Element], other_head: bytes, others: list[Element], values: dict[Tag, bytes]
) -> Template | None:
    """A template from two walked files with pixel data; None where the elements differ. `values`: those of `head`."""
    if not elements or elements[-1].tag not in tags.PIXEL_TAGS or len(elements) != len(others):
        return None
    if elements[-1].width != 4:  # a pixel element with a short length field is none of the plain cases
        return None
    parts: list[tuple[bytes, int, int, Tag | None, bool]] = []
    own: set[Tag] = set()
    start = 0
    if head[: elements[0].start] != other_head[: others[0].start]:
        return None
    for mine, theirs in zip(elements[:-1], others[:-1], strict=True):
        lead = head[mine.start : mine.start + mine.lead]
        if lead != other_head[theirs.start : theirs.start + theirs.lead]:
            return None
        if head[mine.start : mine.end] == other_head[theirs.start : theirs.end]:
            continue
        wanted = mine.tag in tags.WANTED
        if mine.tag in tags.SEQUENCES or mine.tag in (tags.SYNTAX, tags.ANATOMIC_REGION):
            return None
        explicit = mine.lead > 4 and not lead.endswith(b"UN\0\0")
        shared = head[start : mine.start + mine.lead]
        parts.append((shared, len(shared), mine.width, mine.tag if wanted else None, explicit))
        own.add(mine.tag)
        start = mine.end
    last = elements[-1]
    if head[last.start : last.start + last.lead] != other_head[others[-1].start : others[-1].start + last.lead]:
        return None
    fixed = {key: value for key, value in values.items() if key not in own}
    return Template(tuple(parts), head[start : last.start + last.lead], fixed, frozenset(own), syntax_of(values))
