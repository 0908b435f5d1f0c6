"""A small picture of a stack: its middle slice in its own window or colours, with the aspect of the patient."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import PIL.ImageFile  # noqa: F401  else the first picture imports it
from PIL import Image

from workstation.domain.series import Stack
from workstation.domain.volume import Values
from workstation.imaging.pixels.load import load_pixels
from workstation.imaging.pixels.rescale import padding_of
from workstation.imaging.pixels.voi import Gray, GrayTable, auto_window, default_window


def thumbnail(stack: Stack, size_px: int) -> npt.NDArray[np.uint8]:
    """Gray [row, column] or sRGB [row, column, 3]; the longer side is `size_px`. Pixels that are not square are
    stretched.

    raises  as `load_slice`
    """
    index = stack.slices // 2
    pixels = load_pixels(stack, index)
    picture = pixels.colour if pixels.colour is not None else _gray(stack, index, pixels.values)
    instance = stack.instances[index]
    row_mm, column_mm = instance.spacing or instance.aspect or (1.0, 1.0)
    height, width = stack.rows * row_mm, stack.columns * column_mm
    longer = max(height, width)
    size = (max(1, round(size_px * width / longer)), max(1, round(size_px * height / longer)))
    averaged = min(stack.rows, stack.columns) > size_px
    small = Image.fromarray(picture).resize(size, Image.Resampling.BOX if averaged else None)
    return np.array(small, dtype=np.uint8)


def _gray(stack: Stack, index: int, values: Values) -> Gray:
    instance = stack.instances[index]
    padding, inverted = padding_of(instance), instance.pixels.photometric == "MONOCHROME1"
    gray = GrayTable(default_window(stack, index, values, padding), inverted, padding).apply(values)
    if gray.min() == gray.max():  # a window that shows nothing of this slice
        gray = GrayTable(auto_window(values, padding), inverted, padding).apply(values)
    return gray
