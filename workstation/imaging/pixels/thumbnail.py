"""A small picture of a stack: its middle slice in its own window, with the aspect of the patient."""

from __future__ import annotations

import numpy as np

from workstation.domain.series import Stack
from workstation.imaging.pixels.load import load_slice
from workstation.imaging.pixels.rescale import padding_of
from workstation.imaging.pixels.voi import Gray, GrayTable, auto_window, default_window


def thumbnail(stack: Stack, size_px: int) -> Gray:
    """Gray [row, column], uint8; the longer side is `size_px`. Pixels that are not square are stretched.

    raises  as `load_slice`
    """
    from PIL import Image

    index = stack.slices // 2
    instance = stack.instances[index]
    values = load_slice(stack, index)
    padding = padding_of(instance)
    inverted = instance.pixels.photometric == "MONOCHROME1"
    gray = GrayTable(default_window(stack, index, values, padding), inverted, padding).apply(values)
    if gray.min() == gray.max():  # a window that shows nothing of this slice
        gray = GrayTable(auto_window(values, padding), inverted, padding).apply(values)
    row_mm, column_mm = instance.spacing or (1.0, 1.0)
    height, width = stack.rows * row_mm, stack.columns * column_mm
    longer = max(height, width)
    size = (max(1, round(size_px * width / longer)), max(1, round(size_px * height / longer)))
    small = Image.fromarray(gray).resize(size, Image.Resampling.BOX if min(gray.shape) > size_px else None)
    return np.array(small, dtype=np.uint8)
