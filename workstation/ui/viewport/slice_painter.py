"""Paints one viewport from a plain value: picture, marks, lengths, watermark, words, letters, scale, scrubber."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform

from workstation.ui.theme import IMAGE_ACCENT, IMAGE_BACKGROUND, IMAGE_TEXT
from workstation.ui.viewport.brush import Drawable, Painted, paint
from workstation.ui.viewport.corner import (
    MARGIN_PX,
    Corner,
    CornerLine,
    PlacedLine,
    lay_out,
    length_text,
    letter_rects,
    nice_length_mm,
    paint_letters,
    paint_scale_bar,
    watermark,
)
from workstation.ui.viewport.lettering import draw_message, draw_text, metrics
from workstation.ui.viewport.ruler import Length, label_rect, paint_length
from workstation.ui.viewport.scrubber import WIDTH_PX, Scrubber, Tick
from workstation.ui.viewport.source import Spacing

_COARSE: Final = 0.75  # below this zoom bilinear would skip pixels, so the picture is averaged down first


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """All that one paint needs.

    image      None: there is no picture, only a message
    to_widget  slice pixels → widget pixels
    zoom       device pixels per slice pixel
    letters    at the left, right, top and bottom edge; None without geometry
    spacing    between rows, between columns, mm
    message    in the middle, with a quieter second sentence
    """

    ratio: float
    focused: bool
    image: QImage | None = None
    to_widget: QTransform
    zoom: float = 1.0
    smooth: bool = True
    drawables: tuple[Drawable, ...] = ()
    simulated: bool = False
    lengths: tuple[Length, ...] = ()
    spacing: Spacing | None = None
    corners: tuple[tuple[Corner, tuple[CornerLine, ...]], ...] = ()
    letters: tuple[str, str, str, str] | None = None
    slice_index: int = 0
    seen: npt.NDArray[np.bool_]
    ticks: tuple[Tick, ...] = ()
    message: tuple[str, str] | None = None
    message_colour: str = IMAGE_TEXT


def picture_area(size: QSize) -> QRectF:
    """The view without the scrubber: where the picture is centered and words stand."""
    return QRectF(0, 0, max(1.0, size.width() - WIDTH_PX), max(1.0, float(size.height())))


class SlicePainter:
    """Keeps what is costly and changes rarely: the watermark, and a large picture averaged down."""

    def __init__(self) -> None:
        self._watermark = QImage()
        self._small = QImage()
        self._small_key: tuple[int, int, int] | None = None

    def picture_changed(self) -> None:
        """The pixels behind `Scene.image` are others now."""
        self._small_key = None

    def paint(self, painter: QPainter, scene: Scene, size: QSize) -> tuple[Painted, ...]:
        """Everything, from the back to the front; returns where marks were painted."""
        whole, area = QRectF(QPointF(0, 0), size.toSizeF()), picture_area(size)
        painter.fillRect(whole, QColor(IMAGE_BACKGROUND))
        painted: tuple[Painted, ...] = ()
        lines, bar = _corners(scene, area)
        if scene.image is not None:
            self._paint_picture(painter, scene, scene.image)
            painted = paint(painter, scene.drawables, scene.to_widget, area, _taken(scene, area, lines, bar))
            for length in scene.lengths:
                paint_length(painter, length, scene.spacing, scene.to_widget, area)
        if scene.simulated:
            self._paint_watermark(painter, size, scene.ratio)
        if scene.image is not None:
            self._paint_words(painter, scene, whole, lines, bar)
        if scene.message is not None:
            draw_message(painter, area, *scene.message, QColor(scene.message_colour))
        if scene.focused:
            painter.setPen(QPen(QColor(IMAGE_ACCENT), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(whole.adjusted(0.5, 0.5, -0.5, -0.5))
        return painted

    def _paint_words(
        self, painter: QPainter, scene: Scene, whole: QRectF, lines: Sequence[PlacedLine], bar: _Bar | None
    ) -> None:
        area = picture_area(whole.size().toSize())
        for placed in lines:
            draw_text(painter, placed.rect, placed.line.text, QColor(placed.line.colour))
        if bar is not None:
            paint_scale_bar(painter, bar.right, bar.length_px)
        if scene.letters is not None:
            paint_letters(painter, scene.letters, area)
        if len(scene.seen) > 1:
            Scrubber.beside(whole, len(scene.seen)).paint(painter, scene.slice_index, scene.seen, scene.ticks)

    def _paint_picture(self, painter: QPainter, scene: Scene, image: QImage) -> None:
        target = scene.to_widget.mapRect(QRectF(-0.5, -0.5, image.width(), image.height()))
        if scene.smooth and scene.zoom < _COARSE:
            image = self._averaged(image, target, scene.ratio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scene.smooth)
        painter.drawImage(target, image, QRectF(image.rect()))

    def _averaged(self, image: QImage, target: QRectF, ratio: float) -> QImage:
        width, height = max(1, round(target.width() * ratio)), max(1, round(target.height() * ratio))
        key = (width, height, image.cacheKey())
        if key != self._small_key:
            smooth = Qt.TransformationMode.SmoothTransformation
            self._small = image.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._small_key = key
        return self._small

    def _paint_watermark(self, painter: QPainter, size: QSize, ratio: float) -> None:
        if self._watermark.deviceIndependentSize() != size.toSizeF() or self._watermark.devicePixelRatio() != ratio:
            self._watermark = watermark(size.width(), size.height(), ratio)
        painter.drawImage(0, 0, self._watermark)


@dataclass(frozen=True, slots=True)
class _Bar:
    right: QPointF
    length_px: float
    rect: QRectF


def _corners(scene: Scene, area: QRectF) -> tuple[list[PlacedLine], _Bar | None]:
    """The placed text of all corners, and the scale bar left of its own text in the bottom right one."""
    lines = [line for corner, texts in scene.corners for line in lay_out(corner, texts, area)]
    if scene.spacing is None or not scene.corners:
        return lines, None
    px_per_mm = scene.to_widget.m11() / scene.spacing[1]
    length_mm = nice_length_mm(area.width() / 5 / px_per_mm)
    height = metrics().lineSpacing() + 1
    text = CornerLine(length_text(length_mm))
    width = metrics().horizontalAdvance(text.text)
    below = [line.rect.top() for line in lay_out(Corner.BOTTOM_RIGHT, dict(scene.corners)[Corner.BOTTOM_RIGHT], area)]
    top = min(below, default=area.bottom() - MARGIN_PX + 2) - height
    rect = QRectF(area.right() - MARGIN_PX - width, top, width, height)
    right = QPointF(rect.left() - 8, rect.center().y())
    length_px = length_mm * px_per_mm
    bar = _Bar(right, length_px, QRectF(right.x() - length_px, top, length_px + 8, height))
    return [*lines, PlacedLine(rect, text)], bar


def _taken(scene: Scene, area: QRectF, lines: Sequence[PlacedLine], bar: _Bar | None) -> list[QRectF]:
    """What labels keep free of."""
    taken = [placed.rect for placed in lines]
    if bar is not None:
        taken.append(bar.rect)
    if scene.letters is not None:
        taken += letter_rects(scene.letters, area)
    return [*taken, *(label_rect(length, scene.spacing, scene.to_widget, area) for length in scene.lengths)]
