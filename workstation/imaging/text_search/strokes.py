"""Where in a picture letters can be: only where it has strokes."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.imaging.text_search.cells import CELL, Box, boxes_of, cells_with

_WIDEST: Final = 9  # pixels: wider ones are looked for in the picture at half its size
_FAINTEST: Final = 16  # gray levels between ink and ground; the noise of radiographs has less
_FEWEST: Final = 12  # pixels of ink in a cell; a sign of 12 pixels has twice that


def parts_with_strokes(picture: npt.NDArray[np.uint8]) -> list[Box]:
    """Boxes around what is thin, and brighter or darker than all around it in any channel. [row, column, 3]"""
    import cv2

    rows, columns = picture.shape[:2]
    cells = cells_with(_strokes(picture), _FEWEST)
    half = np.asarray(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    wide = cells_with(_strokes(half), _FEWEST, CELL // 2)[: cells.shape[0], : cells.shape[1]]
    cells[: wide.shape[0], : wide.shape[1]] |= wide
    return boxes_of(cells, rows, columns)


def _strokes(picture: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    import cv2

    around = cv2.getStructuringElement(cv2.MORPH_RECT, (_WIDEST, _WIDEST))
    ways = (cv2.morphologyEx(picture, way, around) for way in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT))
    bright, dark = (np.asarray(strokes).max(axis=2) >= _FAINTEST for strokes in ways)
    marked: npt.NDArray[np.bool_] = bright | dark
    return marked
