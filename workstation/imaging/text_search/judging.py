"""Which of the lines that were read are text, and not anatomy that looks like it; and each of them once."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

from workstation.domain.covering import FoundText

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
Read = tuple[Quad, str, float]  # corners (column, row) in the whole picture, text, confidence

SURE: Final = 0.62  # below it, what is read on clean pictures: edges of ribs, ends of tubes
_SURE_OF_PAIR: Final = 0.95  # of two signs that are not both Chinese
_SURE_BESIDE: Final = 0.35  # within a block of text everything is text, be it one sign
_BESIDE: Final = 2.5  # heights of a text that the next line is away at most
_TALLER: Final = 2.0  # times its height
_SIGNS: Final = re.compile(r"[0-9A-Za-z\u3400-\u9fff]")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_SAME: Final = 0.75  # share of the smaller one's bounding box
_SHAKE: Final = 0.2  # of a text's height: less than what is covered around it
_ALIKE: Final = 0.6


def texts_of(reads: Iterable[Read]) -> tuple[FoundText, ...]:
    """The texts of one picture, from its top."""
    found: list[FoundText] = []
    by_size = sorted(reads, key=lambda one: -_area(one[0]))  # the widest reading of each text stands
    sure = [one for one in by_size if _is_text(one[1], one[2])]
    unsure = [one for one in by_size if one not in sure and one[2] >= _SURE_BESIDE and _SIGNS.search(one[1])]
    sure += [one for one in unsure if any(_beside(one[0], other[0]) for other in sure)]
    for corners, text, confidence in sure:
        if not any(_same(corners, one.corners) for one in found):
            found.append(FoundText(frame=0, corners=corners, text=text, confidence=confidence))
    return tuple(sorted(found, key=lambda one: (one.corners[0][1], one.corners[0][0])))


def repeats(text: FoundText, earlier: FoundText) -> bool:
    """Whether an earlier picture has it, be it read a little differently: what covers that one covers it."""
    a, b = bounds(text.corners), bounds(earlier.corners)
    room = _SHAKE * max(math.dist(earlier.corners[0], earlier.corners[3]), 1.0)
    inside = a[0] >= b[0] - room and a[1] >= b[1] - room and a[2] <= b[2] + room and a[3] <= b[3] + room
    alike = text.text in earlier.text or SequenceMatcher(None, text.text, earlier.text).ratio() >= _ALIKE
    return inside and alike


def bounds(corners: Quad) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _is_text(text: str, confidence: float) -> bool:
    """Not what is read into anatomy: one sign alone is a side mark or an edge, two letters often are."""
    signs = len(_SIGNS.findall(text))
    pair = signs == 2 and len(_CHINESE.findall(text)) < 2
    return signs >= 2 and confidence >= (_SURE_OF_PAIR if pair else SURE)


def _beside(one: Quad, other: Quad) -> bool:
    a, b = bounds(one), bounds(other)
    height = max(math.dist(other[0], other[3]), 1.0)
    if math.dist(one[0], one[3]) > _TALLER * height:
        return False
    down = max(a[1], b[1]) - min(a[3], b[3])
    across = max(a[0], b[0]) - min(a[2], b[2])
    return down <= _BESIDE * height and across <= _BESIDE * height


def _same(one: Quad, other: Quad) -> bool:
    """Whether their bounding boxes share most of the smaller one."""
    a, b = bounds(one), bounds(other)
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return False
    return width * height >= _SAME * min(_area(one), _area(other))


def _area(corners: Quad) -> float:
    left, top, right, bottom = bounds(corners)
    return (right - left) * (bottom - top)
