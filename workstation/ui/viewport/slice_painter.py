"""Paints one viewport from a plain value: picture, marks, measures, watermark, words, letters, scale, scrubber."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform

from workstation.ui.theme import IMAGE_ACCENT, IMAGE_BACKGROUND, IMAGE_TEXT
from workstation.ui.viewport.arranging import Arranged, Scale, arrange
from workstation.ui.viewport.brush import Drawable, Painted, paint
from workstation.ui.viewport.corner import (
    Corner,
    CornerLine,
    Letters,
    paint_legend,
    paint_letters,
    paint_scale_bar,
    watermark,
)
from workstation.ui.viewport.lettering import draw_message, draw_text
from workstation.ui.viewport.pose import Pose
from workstation.ui.viewport.scrubber import WIDTH_PX, Scrubber, Tick
from workstation.ui.viewport.tools.board import DrawnMeasure
from workstation.ui.viewport.tools.painting import PaintedMeasure, paint_measures

_COARSE: Final = 0.75  # below this zoom bilinear would skip pixels, so the picture is averaged down first


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """All that one paint needs.

    image      None: there is no picture, only a message
    to_widget  slice pixels → widget pixels
    zoom       device pixels per slice pixel
    letters    at the left, right, top and bottom edge; None without geometry
    scale      what the scale bar is made from
    legend     texts of a colour table from the highest value to the lowest, and its colours, one pixel wide
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
    measures: tuple[DrawnMeasure, ...] = ()
    scale: Scale | None = None
    legend: tuple[str, ...] = ()
    legend_image: QImage | None = None
    corners: tuple[tuple[Corner, tuple[CornerLine, ...]], ...] = ()
    letters: Letters | None = None
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
        self.measures: tuple[PaintedMeasure, ...] = ()  # of the last paint
        self.words: tuple[QRectF, ...] = ()  # where those of corners and edges stood then

    def picture_changed(self) -> None:
        """The pixels behind `Scene.image` are others now."""
        self._small_key = None

    def paint(self, painter: QPainter, scene: Scene, size: QSize) -> tuple[Painted, ...]:
        """Everything, from the back to the front; returns where marks were painted."""
        whole, area = QRectF(QPointF(0, 0), size.toSizeF()), picture_area(size)
        _paint_ground(painter, size, _picture_rect(scene))
        painted: tuple[Painted, ...] = ()
        self.measures = ()
        words = arrange(scene.corners, scene.letters, scene.scale, scene.legend, scene.to_widget, area)
        self.words = tuple(words.rects())
        if scene.image is not None:
            self._paint_picture(painter, scene, scene.image)
            taken = words.rects()
            painted = paint(painter, scene.drawables, scene.to_widget, area, taken)
            taken += [rect for mark in painted for rect in (mark.label, mark.bounds)]
            self.measures = paint_measures(painter, scene.measures, scene.to_widget, area, taken)
        if scene.simulated:
            self._paint_watermark(painter, size, scene.ratio)
        if scene.image is not None:
            self._paint_words(painter, scene, whole, words)
        if scene.message is not None:
            draw_message(painter, area, *scene.message, QColor(scene.message_colour))
        if scene.focused:
            painter.setPen(QPen(QColor(IMAGE_ACCENT), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(whole.adjusted(0.5, 0.5, -0.5, -0.5))
        return painted

    def _paint_words(self, painter: QPainter, scene: Scene, whole: QRectF, words: Arranged) -> None:
        for placed in words.lines:
            draw_text(painter, placed.rect, placed.line.text, QColor(placed.line.colour))
        if words.bar is not None:
            paint_scale_bar(painter, words.bar.right, words.bar.length_px)
        if words.legend is not None and scene.legend_image is not None:
            paint_legend(painter, words.legend.rect, words.legend.texts, scene.legend_image)
        paint_letters(painter, words.letters)
        if len(scene.seen) > 1:
            Scrubber.beside(whole, len(scene.seen)).paint(painter, scene.slice_index, scene.seen, scene.ticks)

    def _paint_picture(self, painter: QPainter, scene: Scene, image: QImage) -> None:
        target = _picture_rect(scene)
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


def _picture_rect(scene: Scene) -> QRectF:
    """Where the picture lies, widget pixels. It is made as it lies."""
    if scene.image is None:
        return QRectF()
    columns, rows = scene.image.width(), scene.image.height()
    if Pose.of(scene.to_widget).lying:
        columns, rows = rows, columns
    return scene.to_widget.mapRect(QRectF(-0.5, -0.5, columns, rows))


def _paint_ground(painter: QPainter, size: QSize, picture: QRectF) -> None:
    """Black wherever the picture does not lie: to fill a large view twice costs as much as its marks."""
    whole = QRect(QPoint(0, 0), size)
    inner = picture.toAlignedRect().adjusted(1, 1, -1, -1)  # its rim may cover only parts of pixels
    beside = [whole]
    if inner.isValid() and inner.intersects(whole):  # a rectangle turned inside out intersects, too
        inner &= whole
        beside = [QRect(whole), QRect(whole), QRect(whole), QRect(whole)]
        beside[0].setBottom(inner.top() - 1)
        beside[1].setTop(inner.bottom() + 1)
        beside[2].setRight(inner.left() - 1)
        beside[3].setLeft(inner.right() + 1)
    for rect in beside:
        painter.fillRect(rect, QColor(IMAGE_BACKGROUND))
