"""Nested sequences of a little endian header: the wanted elements of every item, what is not wanted is skipped.

A file of a thousand frames nests some ten thousand items; a library that keeps every element takes seconds for it.
source: DICOM PS3.5 7.5
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workstation.imaging.dicom.tags import Tag
from workstation.imaging.dicom.walk import ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, Odd, explicit_element, skip

_u32 = struct.Struct("<I").unpack_from
Wanted = Mapping[Tag, "Wanted | None"]  # sequence → what is wanted of its items; None: an element's own bytes


@dataclass(slots=True, eq=False)
class Item:
    """The wanted elements of one item."""

    values: dict[Tag, bytes] = field(default_factory=dict)
    items: dict[Tag, list[Item]] = field(default_factory=dict)

    def value(self, sequence: Tag, key: Tag) -> bytes:
        """An element of the first item of a sequence; b"" where it is missing."""
        inner = self.items.get(sequence)
        return inner[0].values.get(key, b"") if inner else b""


def read_items(data: bytes, at: int, end: int, *, explicit: bool, wanted: Wanted) -> list[Item]:
    """The items of the sequence whose value lies between `at` and `end`. raises Odd, struct.error"""
    return list(each_item(data, at, end, explicit=explicit, wanted=wanted))


def each_item(data: bytes, at: int, end: int, *, explicit: bool, wanted: Wanted) -> Iterator[Item]:
    """The same, one after the other."""
    return (item for item, _ in _items(data, at, end, explicit, wanted))


def _items(data: bytes, at: int, end: int, explicit: bool, wanted: Wanted) -> Iterator[tuple[Item, int]]:
    while at < end:
        key = data[at : at + 4]
        if key == SEQUENCE_END:
            return
        if key != ITEM:
            raise Odd
        (length,) = _u32(data, at + 4)
        item, at = _item(data, at + 8, end if length == UNDEFINED else min(end, at + 8 + length), explicit, wanted)
        yield item, at


def _item(data: bytes, at: int, end: int, explicit: bool, wanted: Wanted) -> tuple[Item, int]:
    """Elements up to `end` or the item's delimiter; and where the next item starts."""
    item = Item()
    while at < end:
        key = data[at : at + 4]
        if key == ITEM_END:
            return item, at + 8
        if explicit:
            value, length = explicit_element(data, at)[:2]
            inside = data[at + 4 : at + 6] != b"UN"
        else:
            value, length, inside = at + 8, _u32(data, at + 4)[0], False
        stop = skip(data, value, inside) if length == UNDEFINED else value + length
        if stop > end:
            raise Odd
        if key in wanted:
            inner = wanted[key]
            if inner is None:
                item.values[key] = data[value:stop]
            elif length:
                item.items[key] = [found for found, _ in _items(data, value, stop, inside, inner)]
        at = stop
    return item, at
