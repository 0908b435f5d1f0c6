"""A picture seen as cells, and the boxes around those that matter."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

CELL: Final = 16  # pixels
_AROUND: Final = 2  # cells: a sign is found by its neighbours
_NEARLY_ALL: Final = 0.6  # of the picture: then it is taken whole

Bits = npt.NDArray[np.bool_]
Box = tuple[int, int, int, int]  # top, left, bottom, right, in pixels


def cells_with(marked: Bits, fewest: int, cell: int = CELL) -> Bits:
    """[row of cells, column of cells]: whether so many pixels of a cell are marked; an incomplete one counts, too."""
    rows, columns = marked.shape
    padded = np.pad(marked, ((0, -rows % cell), (0, -columns % cell)))
    parts = padded.reshape(padded.shape[0] // cell, cell, padded.shape[1] // cell, cell)
    counted: Bits = parts.sum(axis=(1, 3)) >= fewest
    return counted


def boxes_of(cells: Bits, rows: int, columns: int, around: int = _AROUND) -> list[Box]:
    """Around cells that touch one another once each is widened; the whole of a picture that they nearly fill."""
    if not cells.any():
        return []
    from scipy import ndimage

    width = 2 * around + 1
    spread = ndimage.binary_dilation(cells, np.ones((width, width), dtype=bool))
    places, _ = ndimage.label(spread, np.ones((3, 3), dtype=bool))
    boxes = [
        (down.start * CELL, across.start * CELL, min(down.stop * CELL, rows), min(across.stop * CELL, columns))
        for down, across in ndimage.find_objects(places)
    ]
    if sum((bottom - top) * (right - left) for top, left, bottom, right in boxes) > _NEARLY_ALL * rows * columns:
        return [(0, 0, rows, columns)]
    return boxes
