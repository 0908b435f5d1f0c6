"""A picture in pieces of the size in which letters are found best, and only those that can hold any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from workstation.imaging.text_search.rendering import Gray

MOST: Final = 640  # pixels of a side
_OVERLAP: Final = 96  # three lines of the largest usual letters: what is cut by one edge is whole in the next piece
_LARGER: Final = 2.0  # times its pieces: such a picture is seen as a whole as well, for letters larger than a piece


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Part of a picture.

    picture    [row, column] or [row, column, 3]
    top, left  where its first pixel lies in the whole
    shrunk     how many pixels of the whole one of its own is wide
    """

    picture: Gray
    top: int = 0
    left: int = 0
    shrunk: float = 1.0


def pieces_of(picture: Gray) -> Iterator[Piece]:
    """All of a picture, in overlapping parts; a large one at a glance, too."""
    rows, columns = picture.shape[:2]
    for top, bottom in _parts(rows):
        for left, right in _parts(columns):
            yield Piece(np.ascontiguousarray(picture[top:bottom, left:right]), top, left)
    if max(rows, columns) > _LARGER * MOST:
        step = -(-max(rows, columns) // MOST)
        yield Piece(_reduced(picture, step), shrunk=float(step))


def _parts(length: int) -> list[tuple[int, int]]:
    """As few parts as possible, all of one length."""
    count = max(1, -(-(length - _OVERLAP) // (MOST - _OVERLAP)))
    part = -(-(length + (count - 1) * _OVERLAP) // count)
    starts = [round(n * (length - part) / max(1, count - 1)) for n in range(count)]
    return [(start, start + part) for start in starts]


def _reduced(picture: Gray, step: int) -> Gray:
    """Means of step × step pixels; an incomplete last row or column is left out."""
    rows, columns = picture.shape[0] // step, picture.shape[1] // step
    cut = picture[: rows * step, : columns * step].reshape(rows, step, columns, step, -1)
    mean: Gray = cut.mean(axis=(1, 3)).astype(np.uint8)
    return mean.reshape(rows, columns) if picture.ndim == 2 else mean
