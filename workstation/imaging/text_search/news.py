"""What is new in each picture of a row of them: only that is read."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from workstation.imaging.text_search.cells import Box, boxes_of, cells_with
from workstation.imaging.text_search.pieces import Piece, pieces_of
from workstation.imaging.text_search.rendering import Gray

_LEVELS: Final = 12  # gray levels: more than what lossy compression adds to what stands still
_PIXELS: Final = 4  # of a cell: one stroke of the smallest letters changes more


class News:
    """Remembers of each place what it looked like when it was last read, so that slow changes add up."""

    def __init__(self) -> None:
        self._known: Gray | None = None

    def pieces_of(self, picture: Gray) -> tuple[Piece, ...]:
        """What has to be read of the next picture: nothing where it shows what was read before."""
        known = self._known
        if known is None or known.shape != picture.shape:
            self._known = picture.copy()
            return tuple(pieces_of(picture))
        pieces: list[Piece] = []
        for top, left, bottom, right in _changed(picture, known):
            part = picture[top:bottom, left:right]
            known[top:bottom, left:right] = part
            pieces += [replace(piece, top=piece.top + top, left=piece.left + left) for piece in pieces_of(part)]
        return tuple(pieces)


def _changed(picture: Gray, known: Gray) -> list[Box]:
    differs = np.abs(picture.astype(np.int16) - known) > _LEVELS
    if differs.ndim == 3:
        differs = differs.any(axis=2)
    return boxes_of(cells_with(differs, _PIXELS), picture.shape[0], picture.shape[1])
