"""Where labels stand on a key picture: beside their marks, over no other label, inside the picture."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

Area = tuple[float, float, float, float]  # left, top, right, bottom; fractions of the picture

_HEIGHT_PT: Final = 10.0
_NARROW_PT: Final = 4.4  # of a letter at 7.5 pt; others are twice as wide
_EDGE_PT: Final = 3.0
_GAP_PT: Final = 4.0
_STEPS_PT: Final = (0.0, 10.0, 22.0, 36.0, 52.0)
_FAR_PT: Final = 8.0


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """`at`: its upper left corner; `leader` joins a label that had to move away with its mark: x, y, x, y."""

    at: tuple[float, float]
    leader: tuple[float, float, float, float] | None


def label_places(labels: Sequence[tuple[Area, str]], size_pt: tuple[float, float]) -> list[PlacedLabel]:
    """One place for each text beside its area, in order; the first that hides nothing, else what hides least."""
    width, height = size_pt
    shapes = [(a * width, b * height, c * width, d * height) for (a, b, c, d), _ in labels]
    small = [s for s in shapes if s[2] - s[0] < width / 2 and s[3] - s[1] < height / 2]
    placed: list[Area] = []
    made = []
    for shape, (_, text) in zip(shapes, labels, strict=True):
        places = list(_candidates(shape, (_width_pt(text), _HEIGHT_PT)))
        best = places[int(np.argmin([_hidden(at, placed, small, size_pt) for at in places]))]
        placed.append(best)
        made.append(PlacedLabel((best[0] / width, best[1] / height), _leader(shape, best, size_pt)))
    return made


def labels_cover(texts: Sequence[str], size_pt: tuple[float, float]) -> float:
    """The share of the picture that labels with these texts take."""
    return sum(_width_pt(text) for text in texts) * _HEIGHT_PT / (size_pt[0] * size_pt[1])


def _hidden(at: Area, labels: Sequence[Area], shapes: Sequence[Area], size_pt: tuple[float, float]) -> float:
    """How much a label there would lie outside the picture, over others, over marks; the worst counts most."""
    outside = (at[2] - at[0]) * (at[3] - at[1]) - _overlap(at, (0.0, 0.0, *size_pt))
    over = 2 * sum(_overlap(at, other) for other in labels) + sum(_overlap(at, other) for other in shapes)
    return round(4 * outside + over, 3)


def _width_pt(text: str) -> float:
    return 2 * _EDGE_PT + sum(_NARROW_PT * (2 if unicodedata.east_asian_width(c) in "WF" else 1) for c in text)


def _candidates(shape: Area, size: tuple[float, float]) -> Iterator[Area]:
    """Right, left, above, below, then the corners; then the same further away."""
    width, height = size
    middle_x, middle_y = (shape[0] + shape[2]) / 2, (shape[1] + shape[3]) / 2
    for step in _STEPS_PT:
        right, left = shape[2] + _GAP_PT + step, shape[0] - _GAP_PT - step - width
        above, below = shape[1] - _GAP_PT - step - height, shape[3] + _GAP_PT + step
        beside = middle_y - height / 2
        places = (
            (right, beside), (left, beside), (middle_x - width / 2, above), (middle_x - width / 2, below),
            (right, above), (right, below), (left, above), (left, below),
        )  # fmt: skip
        for x, y in places:
            yield (x, y, x + width, y + height)


def _overlap(a: Area, b: Area) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _leader(shape: Area, label: Area, size_pt: tuple[float, float]) -> tuple[float, float, float, float] | None:
    x = min(max((shape[0] + shape[2]) / 2, label[0]), label[2])
    y = min(max((shape[1] + shape[3]) / 2, label[1]), label[3])
    to_x, to_y = min(max(x, shape[0]), shape[2]), min(max(y, shape[1]), shape[3])
    if max(abs(x - to_x), abs(y - to_y)) <= _FAR_PT:
        return None
    return (x / size_pt[0], y / size_pt[1], to_x / size_pt[0], to_y / size_pt[1])
