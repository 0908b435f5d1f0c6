"""What is covered in the copy of a picture that leaves this PC: found text, a face, or what the reader drew."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NotRequired, TypedDict

from workstation.domain.drawn_mask import Covered, packed_pixels
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import FactCode, Stack
from workstation.domain.words import Words, say_count

_ALONG: Final = 0.8  # of a text's height
_ACROSS: Final = 0.25

Corner = tuple[float, float]  # column, row, in pixels of the original picture, whole at a pixel's center


class Subject(StrEnum):
    """What a region hides."""

    TEXT = "text"
    EYES = "eyes"
    FACE = "face"
    HEAD = "head"
    DRAWN = "drawn"


class FaceCover(StrEnum):
    """How much of a found face is covered."""

    NONE = "none"
    EYES = "eyes"
    FACE = "face"
    HEAD = "head"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundText:
    """Text in one picture. What it says is shown to the reader; it goes into no log, no record, no copy.

    frame       which picture of the series, from 0
    corners     of the quadrangle around it, in order
    confidence  0 … 1
    """

    frame: int
    corners: tuple[Corner, Corner, Corner, Corner]
    text: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A polygon that is covered in every picture of the series. raises BAD_GEOMETRY"""

    subject: Subject
    corners: tuple[Corner, ...]

    def __post_init__(self) -> None:
        if len(self.corners) < 3 or not all(math.isfinite(value) for corner in self.corners for value in corner):
            raise WorkstationError(ErrorCode.BAD_GEOMETRY)


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenPixels:
    """A mask as the reader drew it: exactly these pixels are covered in every picture of the series.

    packed  as `drawn_mask.pack` made it. raises BAD_GEOMETRY where that is no mask of this size
    """

    rows: int
    columns: int
    packed: bytes

    def __post_init__(self) -> None:
        packed_pixels(self.packed, self.rows, self.columns)

    @property
    def hidden(self) -> Covered:
        """[row, column]"""
        return packed_pixels(self.packed, self.rows, self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """
    regions   what is filled with one solid value
    masks     and these pixels
    reviewed  a person, or a search that found nothing more, says that no name is left to be seen
    others    the same of what goes along, in its order: the second series of a pair, further pictures of a dialogue
    """

    regions: tuple[Region, ...] = ()
    masks: tuple[HiddenPixels, ...] = ()
    reviewed: bool = False
    others: tuple[Covering, ...] = ()

    def of(self, place: int) -> Covering:
        """Of what is sent at this place; 0 is the series itself."""
        every = (replace(self, others=()), *self.others)
        return every[place] if place < len(every) else NO_COVERING

    @property
    def hides(self) -> bool:
        """Whether anything is made solid."""
        return bool(self.regions or self.masks)

    def count(self, *subjects: Subject) -> int:
        drawn = len(self.masks) if Subject.DRAWN in subjects else 0
        return drawn + sum(region.subject in subjects for region in self.regions)


NO_COVERING: Final = Covering()
# Facts of stacks in whose pixels a name may stand
NAMED_IN_PIXELS: Final = frozenset({FactCode.BURNT_IN, FactCode.SECONDARY})


def box(subject: Subject, left: float, top: float, right: float, bottom: float) -> Region:
    return Region(subject=subject, corners=((left, top), (right, top), (right, bottom), (left, bottom)))


def as_covered(stack: Stack, covering: Covering) -> Stack:
    """The stack as a check is to see it: reviewed, nothing that may name the person is left in its pixels."""
    if not covering.reviewed:
        return stack
    return replace(stack, facts=tuple(fact for fact in stack.facts if fact.code not in NAMED_IN_PIXELS))


def over_texts(found: Iterable[FoundText]) -> tuple[Region, ...]:
    """A region around each text, larger by shares of its height: the search may miss a line's first or last sign."""
    return tuple(Region(subject=Subject.TEXT, corners=_grown(one.corners)) for one in found)


def covered_words(covering: Covering) -> tuple[Words, ...]:
    """What stands with the result of a covered copy."""
    texts = covering.count(Subject.TEXT)
    faces = covering.count(Subject.EYES, Subject.FACE, Subject.HEAD)
    drawn = covering.count(Subject.DRAWN)
    words = (
        (texts, say_count("Covered in the copy: {count} text.", "Covered in the copy: {count} texts.", texts)),
        (faces, say_count("Covered in the copy: {count} face.", "Covered in the copy: {count} faces.", faces)),
        (drawn, say_count("Covered in the copy: {count} region.", "Covered in the copy: {count} regions.", drawn)),
    )
    return tuple(said for count, said in words if count)


def _grown(corners: tuple[Corner, Corner, Corner, Corner]) -> tuple[Corner, ...]:
    along, across = _unit(corners[0], corners[1]), _unit(corners[0], corners[3])
    height = math.dist(corners[0], corners[3])
    by_along, by_across = max(3.0, _ALONG * height), max(2.0, _ACROSS * height)
    signs = ((-by_along, -by_across), (by_along, -by_across), (by_along, by_across), (-by_along, by_across))
    return tuple(
        (x + a * along[0] + b * across[0], y + a * along[1] + b * across[1])
        for (x, y), (a, b) in zip(corners, signs, strict=True)
    )


def _unit(start: Corner, end: Corner) -> Corner:
    length = math.dist(start, end)
    return (0.0, 0.0) if length == 0 else ((end[0] - start[0]) / length, (end[1] - start[1]) / length)


def together(coverings: Iterable[Covering]) -> Covering:
    """One of all that is sent, in its order."""
    every = list(coverings)
    while every and every[-1] == NO_COVERING:
        every.pop()
    return replace(every[0], others=tuple(every[1:])) if every else NO_COVERING


def covering_json(covering: Covering) -> str:
    """ "" for nothing covered; equal coverings give equal text."""
    return "" if covering == NO_COVERING else json.dumps(_stored(covering))


class _Stored(TypedDict):
    regions: list[tuple[str, list[tuple[float, float]]]]
    reviewed: bool
    masks: NotRequired[list[tuple[int, int, str]]]
    others: NotRequired[list[_Stored]]


def _stored(covering: Covering) -> _Stored:
    regions = [
        (region.subject.value, [(round(x, 2), round(y, 2)) for x, y in region.corners]) for region in covering.regions
    ]
    stored: _Stored = {"regions": regions, "reviewed": covering.reviewed}
    if covering.masks:
        stored["masks"] = [
            (mask.rows, mask.columns, base64.b64encode(mask.packed).decode("ascii")) for mask in covering.masks
        ]
    if covering.others:
        stored["others"] = [_stored(other) for other in covering.others]
    return stored


def covering_from_json(text: str) -> Covering:
    """raises BAD_GEOMETRY for what is none"""
    if not text:
        return NO_COVERING
    try:
        stored: _Stored = json.loads(text)
        return _read(stored)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise WorkstationError(ErrorCode.BAD_GEOMETRY) from None


def _read(stored: _Stored) -> Covering:
    regions = tuple(
        Region(subject=Subject(subject), corners=tuple((float(x), float(y)) for x, y in corners))
        for subject, corners in stored["regions"]
    )
    masks = tuple(
        HiddenPixels(rows=int(rows), columns=int(columns), packed=base64.b64decode(packed, validate=True))
        for rows, columns, packed in stored.get("masks", ())
    )
    others = tuple(_read(other) for other in stored.get("others", ()))
    return Covering(regions=regions, masks=masks, reviewed=bool(stored["reviewed"]), others=others)
