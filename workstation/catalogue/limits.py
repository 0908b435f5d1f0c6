"""What an operation asks of a series; each figure says whether the documents demand it or we do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

from workstation.domain.geometry import Plane
from workstation.domain.words import Words

T = TypeVar("T")


class LimitSource(StrEnum):
    DOCUMENTED = "documented"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Limit(Generic[T]):
    value: T
    source: LimitSource


def documented(value: T) -> Limit[T]:
    return Limit(value, LimitSource.DOCUMENTED)


def ours(value: T) -> Limit[T]:
    return Limit(value, LimitSource.OURS)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the body, and the words by which headers and descriptions call it."""

    name: Words
    words: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """None: no such limit. Ranges are (least, most), both inclusive.

    part   a header that names another part of the body misses it; one that names none does not
    png_color  a PNG must have three or four channels of 8 bits
    whole  no gap, no differing duplicates, equal steps, no tilt: a volume that indices can be counted in
    """

    modality: Limit[tuple[str, ...]] | None = None
    plane: Limit[Plane] | None = None
    part: Limit[Part] | None = None
    slices: Limit[tuple[int, int]] | None = None
    forms: Limit[tuple[str, ...]] | None = None  # of a picture: jpg, png, bmp, dcm
    largest: Limit[tuple[int, int]] | None = None  # rows, columns
    smallest: Limit[tuple[int, int]] | None = None
    short_side: Limit[int] | None = None  # of a picture: its shorter side at most
    long_side: Limit[tuple[int, int]] | None = None  # of a picture: its longer side
    pixels: Limit[int] | None = None  # of a picture: fewer than
    aspect: Limit[tuple[float, float]] | None = None  # of a picture: columns for each row
    file_bytes: Limit[int] | None = None
    step_mm: Limit[tuple[float, float]] | None = None
    url_length: Limit[int] | None = None
    png_color: bool = False
    whole: bool = True


NO_LIMITS: Final = Limits(whole=False)
