"""Measured values of others as colours over the slices: under all lines and masks, with what the colours stand for."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainterPath

from workstation.domain.overlaid import FileLook
from workstation.domain.projection import ViewPlane
from workstation.domain.value_map import Measured, ValueMap
from workstation.ui.viewport.brush import Drawable, Trace
from workstation.ui.viewport.luts import VIRIDIS


def map_trace(one: ValueMap, plane: ViewPlane) -> tuple[Trace, ...]:
    """Its colours on a plane; where nothing was measured the picture stays as it is."""
    measured = one.on(plane)
    if not np.isfinite(measured).any():
        return ()
    pixels = coloured(measured, one.low, one.high)
    rows, columns = pixels.shape
    fill = QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied).copy()
    return (Trace(QPainterPath(), fill=fill, fill_rect=QRectF(-0.5, -0.5, columns, rows)),)


def coloured(measured: Measured, low: float, high: float) -> np.ndarray[tuple[int, int], np.dtype[np.uint32]]:
    """0xAARRGGBB; clear where there is no value. What lies beyond the range has the colour of its end."""
    there = np.isfinite(measured)
    level = np.clip((np.where(there, measured, low) - low) / (high - low), 0, 1)
    pixels = VIRIDIS.pixels[np.rint(level * 255).astype(np.uint8)]
    pixels[~there] = 0
    return pixels


def map_drawable(traces: tuple[Trace, ...], look: FileLook) -> Drawable:
    return Drawable(finding_id="", label="", colour=QColor(), traces=traces, opacity=look.opacity)


def legend_of(one: ValueMap) -> tuple[tuple[str, ...], QImage]:
    """Values from the highest to the lowest, the unit with the first, and their colours."""
    colours = coloured(np.linspace(one.high, one.low, 256, dtype=np.float32)[:, None], one.low, one.high)
    image = QImage(colours.tobytes(), 1, 256, 4, QImage.Format.Format_ARGB32_Premultiplied).copy()
    return (one.said(one.high), one.figure((one.low + one.high) / 2), one.figure(one.low)), image
