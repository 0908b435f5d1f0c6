"""What is new in each picture of a row of them: only that is read."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.imaging.text_search.pieces import Piece, pieces_of
from workstation.imaging.text_search.rendering import Gray

_CELL: Final = 16  # pixels
_LEVELS: Final = 12  # gray levels: more than what lossy compression adds to what stands still
_PIXELS: Final = 4  # of a cell: one stroke of the smallest letters changes more
_AROUND: Final = 2  # cells: a sign is found by its neighbours
_NEARLY_ALL: Final = 0.6  # of the picture: then it is read whole

Box = tuple[int, int, int, int]  # top, left, bottom, right, in pixels


class News:
    """Remembers of each place what it looked like when it was last read, so that slow changes add up."""

    def __init__(self) -> None:
        self._known: Gray | None = None

    def pieces_of(self, picture: Gray) -> tuple[Piece, ...]:
        """What has to be read of the next picture: nothing where it shows what was read before."""
        whole: Box = (0, 0, picture.shape[0], picture.shape[1])
        if self._known is None or self._known.shape != picture.shape:
            self._known = picture.copy()
            boxes = [whole]
        else:
            boxes = _boxes(_changed(picture, self._known), whole)
            if sum((bottom - top) * (right - left) for top, left, bottom, right in boxes) > _NEARLY_ALL * (
                whole[2] * whole[3]
            ):
                boxes = [whole]
        pieces: list[Piece] = []
        for top, left, bottom, right in boxes:
            part = picture[top:bottom, left:right]
            self._known[top:bottom, left:right] = part
            pieces += [replace(piece, top=piece.top + top, left=piece.left + left) for piece in pieces_of(part)]
        return tuple(pieces)


def _changed(picture: Gray, known: Gray) -> npt.NDArray[np.bool_]:
    """[row of cells, column of cells]"""
    differs = np.abs(picture.astype(np.int16) - known) > _LEVELS
    if differs.ndim == 3:
        differs = differs.any(axis=2)
    rows, columns = differs.shape
    padded = np.pad(differs, ((0, -rows % _CELL), (0, -columns % _CELL)))
    cells = padded.reshape(padded.shape[0] // _CELL, _CELL, padded.shape[1] // _CELL, _CELL)
    counted: npt.NDArray[np.bool_] = cells.sum(axis=(1, 3)) >= _PIXELS
    return counted


def _boxes(cells: npt.NDArray[np.bool_], whole: Box) -> list[Box]:
    """Around cells that touch one another when each is widened by what is around it."""
    if not cells.any():
        return []
    from scipy import ndimage

    width = 2 * _AROUND + 1
    spread = ndimage.binary_dilation(cells, np.ones((width, width), dtype=bool))
    places, _ = ndimage.label(spread, np.ones((3, 3), dtype=bool))
    return [
        (
            down.start * _CELL,
            across.start * _CELL,
            min(down.stop * _CELL, whole[2]),
            min(across.stop * _CELL, whole[3]),
        )
        for down, across in ndimage.find_objects(places)
    ]
