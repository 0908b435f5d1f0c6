"""Before anything is written: what would leave this PC."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from workstation.domain.series import Instance, Stack
from workstation.domain.words import Words, say
from workstation.imaging.pixels.rescale import padding_of
from workstation.imaging.upload.deidentify import Elements
from workstation.imaging.upload.deidentify_table import RULES
from workstation.imaging.upload.from_volume import (
    assumptions,
    common_elements,
    expected_storing,
    is_made,
    made_elements,
    making_of,
)
from workstation.imaging.upload.storing import Storing
from workstation.imaging.upload.survivors import OVERLAY_CUT, Counts, headers

_HEADER_BYTES: Final = 1_500  # of a copy, roughly

STAYS: Final = (
    say("Name, number, birth date, sex, age and everything else about the person"),
    say("Every date and time"),
    say("Hospital, department, physicians, operators, station and device numbers"),
    say("All descriptions, comments, protocol names and other free text"),
    say("All original UIDs; what leaves has new ones that can't be traced back"),
    say("Private and unknown attributes, sequences, overlays, curves and preview pictures"),
)


@dataclass(frozen=True, slots=True)
class LeavingTag:
    """One attribute that leaves: its DICOM keyword and its value; where slices differ, the first and the last value."""

    keyword: str
    value: str
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """For the consent panel: what would leave this PC.

    slices, total_bytes  how many files, and how large together (headers of the copies estimated)
    tags                 every attribute that leaves with a value from the original, over all slices
    stays                the kinds of things that don't leave
    kept, removed, private  attributes of the first slice: leaving, staying, and private among those that stay
    notes                what is done to the pixels or taken for granted, in words
    changed              gray values, or where they lie, are not those of the original
    """

    slices: int
    total_bytes: int
    tags: tuple[LeavingTag, ...]
    stays: tuple[Words, ...]
    kept: int
    removed: int
    private: int
    notes: tuple[Words, ...] = ()
    changed: bool = False


def describe_leaving(
    stack: Stack, repairs: frozenset[str] = frozenset(), largest: tuple[int, int] | None = None
) -> Leaving:
    """Read the headers of a stack and say what would leave; writes nothing.

    repairs, largest  as for `prepare`
    raises            TRUNCATED_SLICE, FILE_CHANGED, UNREADABLE, NOT_FOUND, NO_GEOMETRY
    """
    counts, cut = Counts(), False
    found: dict[int, Elements] = {}
    for place, original, survivors in headers(stack):
        if place == 0:
            counts.add(original, survivors)
        found[place] = survivors
        cut |= original.overlay_cut
    every = [found[place] for place in sorted(found)]
    notes, changed = (OVERLAY_CUT,) if cut else (), False
    if is_made(stack, repairs):
        making = making_of(stack, repairs, largest)
        common, padding = common_elements(every), padding_of(stack.instances[0])
        ends = (0, making.grid.slices - 1)
        every = [made_elements(stack, making, at, common, Storing(), padding) for at in ends]
        counts.kept = len(every[0])
        slices = making.grid.slices
        total = slices * making.grid.rows * making.grid.columns * 2
        changed = making.changed or bool(expected_storing(stack))
        notes = (*notes, *making.notes, *assumptions(stack), *expected_storing(stack))
    else:
        slices, total = stack.slices, sum(_pixel_bytes(instance) for instance in stack.instances)
    seen: dict[str, tuple[str, str]] = {}
    for elements in every:
        for key, (vr, value) in sorted(elements.items()):
            if not value:
                continue
            text = _readable(vr, value)
            keyword = RULES[key].keyword
            seen[keyword] = (seen[keyword][0] if keyword in seen else text, text)
    return Leaving(
        slices=slices,
        total_bytes=total + slices * _HEADER_BYTES,
        tags=tuple(LeavingTag(name, first, last if last != first else "") for name, (first, last) in seen.items()),
        stays=STAYS,
        kept=counts.kept,
        removed=counts.removed,
        private=counts.private,
        notes=notes,
        changed=changed,
    )


def _pixel_bytes(instance: Instance) -> int:
    pixels = instance.pixels
    if instance.pixel_offset is None:
        return instance.file_bytes
    return pixels.rows * pixels.columns * pixels.samples * pixels.bits_allocated // 8


def _readable(vr: bytes, value: bytes) -> str:
    if vr in (b"US", b"SS"):
        return str(int.from_bytes(value, "little", signed=vr == b"SS"))
    if vr == b"FD":
        return f"{struct.unpack('<d', value)[0]:g}"
    return value.decode("ascii", "replace").strip()
