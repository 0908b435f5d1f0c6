"""Regions as pixels, and pixels covered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from workstation.domain.covering import Covering, Region
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.volume import Volume

Bits = npt.NDArray[np.bool_]


def covered(regions: Iterable[Region], rows: int, columns: int) -> Bits:
    """[row, column]: whether a pixel, or any part of it, lies in a region."""
    from PIL import Image, ImageDraw

    sheet = Image.new("1", (columns, rows), 0)
    draw = ImageDraw.Draw(sheet)
    for region in regions:
        draw.polygon([(x, y) for x, y in region.corners], fill=1, outline=1, width=2)
    return np.array(sheet, dtype=np.bool_)


def hidden_by(covering: Covering, rows: int, columns: int) -> Bits:
    """[row, column]: all that it covers. raises MASK_SIZE where a drawn mask is none of pictures of this size"""
    hidden = covered(covering.regions, rows, columns)
    for mask in covering.masks:
        if (mask.rows, mask.columns) != (rows, columns):
            sizes = {"mask": f"{mask.columns} × {mask.rows}", "picture": f"{columns} × {rows}"}
            raise WorkstationError(ErrorCode.MASK_SIZE, **sizes)
        hidden |= mask.hidden
    return hidden


def cover_volume(volume: Volume, covering: Covering) -> Volume:
    """The same with every slice covered: the lowest value, the highest where low values are bright; black in colour."""
    hidden = hidden_by(covering, *volume.values.shape[1:3])
    values = volume.values.copy()
    values[:, hidden] = values.max() if volume.inverted else values.min()
    colour = None if volume.colour is None else volume.colour.copy()
    if colour is not None:
        colour[:, hidden] = 0
    return replace(volume, values=values, colour=colour)
