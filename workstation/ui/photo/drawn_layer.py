"""The masks drawn on the picture of a view, made ready to be painted.

A stroke changes a small part of a large photograph: only that part of the fill, and the tiles of the border that it
touches, are made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainterPath

from workstation.domain.drawn_mask import Covered, DrawnMask
from workstation.domain.overlaid import FileLook, Rgb
from workstation.ui.viewport.brush import Drawable, Trace, border_runs, runs_path

TILE: Final = 256  # pixels of the picture each way
_CLEAR: Final = 0  # in the table of colours; what is covered is 1
_EMPTY: Final = QPainterPath()


class DrawnTracer:
    """Keeps what it made of each mask that is shown; a stroke, a step back or another colour goes on with that."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._shown: tuple[tuple[str, FileLook], ...] = ()

    def show(self, masks: Sequence[tuple[DrawnMask, FileLook]]) -> None:
        """From the back, in the order drawn."""
        there = {mask.id for mask, _ in masks}
        self._kept = {id_: kept for id_, kept in self._kept.items() if id_ in there}
        for mask, _ in masks:
            kept = self._kept.get(mask.id)
            if kept is None or kept.size != (mask.rows, mask.columns):
                kept = self._kept[mask.id] = _Kept(mask.rows, mask.columns)
            kept.take(mask)
        self._shown = tuple((mask.id, look) for mask, look in masks)

    def drawables(self, k: int) -> tuple[Drawable, ...]:
        """On slice k: a picture that is drawn on has one alone."""
        if k != 0:
            return ()
        found = ((self._kept[id_].drawable, look) for id_, look in self._shown)
        return tuple(drawable(look) for drawable, look in found)


class _Kept:
    """One mask: a byte a pixel, which is its fill, and its border in tiles."""

    def __init__(self, rows: int, columns: int) -> None:
        self.size = rows, columns
        self._fill = QImage(columns, rows, QImage.Format.Format_Indexed8)
        self._fill.setColorTable([_CLEAR, _CLEAR])
        self._fill.fill(_CLEAR)
        self._tiles: dict[tuple[int, int], QPainterPath] = {}
        self._mask: DrawnMask | None = None
        self._colour = QColor()

    def take(self, mask: DrawnMask) -> None:
        """What has become of it."""
        before, self._mask = self._mask, mask
        if before is None or before.colour != mask.colour:
            self._paint_in(mask.colour)
        if before is None or before.packed != mask.packed:
            self._cover(mask.covered)

    def drawable(self, look: FileLook) -> Drawable:
        rows, columns = self.size
        traced = Trace(
            _EMPTY,
            fill=self._fill,
            fill_rect=QRectF(-0.5, -0.5, columns, rows),
            edges=tuple(self._tiles.values()),
            edge_colour=self._colour,
        )
        return Drawable(
            finding_id="",
            label="",
            colour=self._colour,
            traces=(traced,),
            opacity=0.0 if look.outline else look.opacity,
        )

    def _paint_in(self, colour: Rgb) -> None:
        self._colour = QColor(*colour)
        self._fill.setColorTable([_CLEAR, self._colour.rgba()])

    def _cover(self, covered: Covered) -> None:
        bits = self._bits()
        changed = bits != covered.view(np.uint8)
        rows = np.flatnonzero(changed.any(axis=1))
        if not len(rows):
            return
        first, last = int(rows[0]), int(rows[-1]) + 1
        columns = np.flatnonzero(changed[first:last].any(axis=0))
        left, right = int(columns[0]), int(columns[-1]) + 1
        bits[first:last, left:right] = covered[first:last, left:right]
        # A tile has the border above and left of its pixels: what changes below and right of it makes it anew too.
        for row in range(first // TILE, min(last, bits.shape[0] - 1) // TILE + 1):
            for column in range(left // TILE, min(right, bits.shape[1] - 1) // TILE + 1):
                near = np.s_[max(0, row * TILE - 1) : (row + 1) * TILE, max(0, column * TILE - 1) : (column + 1) * TILE]
                if changed[near].any():
                    self._make_tile(row, column, bits[near])

    def _bits(self) -> npt.NDArray[np.uint8]:
        """The bytes of the fill [row, column]: to write them changes it."""
        rows, columns = self.size
        width = self._fill.bytesPerLine()
        return np.frombuffer(self._fill.bits(), dtype=np.uint8).reshape(rows, width)[:, :columns]

    def _make_tile(self, row: int, column: int, part: npt.NDArray[np.uint8]) -> None:
        """The border within a tile, from its pixels and those above and left of it."""
        rows, columns = self.size
        top, left = row * TILE, column * TILE
        # Outside of the picture nothing is covered; beyond the tile's other edges begins the next one.
        pad = ((int(not top), int(top + TILE >= rows)), (int(not left), int(left + TILE >= columns)))
        self._tiles.pop((row, column), None)
        runs = border_runs(np.pad(part, pad).view(np.bool_))
        if len(runs):
            self._tiles[row, column] = runs_path(runs + np.array([left, top, left, top]) - 0.5)
