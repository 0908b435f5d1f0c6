"""Curves over one common axis, the marked point of each with its figure."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from workstation.domain.answer import Curve
from workstation.domain.block_words import Bases, marked_text, ticks
from workstation.domain.blocks import CurveBlock
from workstation.domain.figures import decimals_of, figure, unit_text
from workstation.ui.blocks.parts import PaintedBlock, draw_line, line_height, second_font, text_width
from workstation.ui.speech import Speech
from workstation.ui.theme import current_theme, finding_colour, font

_PLOT_PX: Final = 128.0
_RIGHT_PX: Final = 8.0


class CurveView(PaintedBlock[CurveBlock]):
    def __init__(self, speech: Speech, block: CurveBlock, bases: Bases, parent: QWidget | None = None) -> None:
        super().__init__(speech, block, bases, parent)
        self._curves = [curve for curve in block.curves if curve.x]
        self._legend = [
            " · ".join(filter(None, (self._marked(self._tr(curve.label), curve.basis), marked_text(curve))))
            for curve in self._curves
        ]
        xs = [x for curve in self._curves for x in curve.x]
        ys = [y for curve in self._curves for y in curve.y]
        self._x = ticks(min(xs, default=0.0), max(xs, default=1.0), 4)
        self._y = ticks(min([0.0, *ys]), max(ys, default=1.0), 4)
        self.setAccessibleName(", ".join(self._legend))

    def _height_at(self, width: int) -> int:
        return round((len(self._legend) + 2) * (line_height(second_font()) + 3) + _PLOT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = self._paint_legend(painter)
        face = second_font()
        height = line_height(face)
        labels = [figure(y, _decimals(self._y)) for y in self._y]
        left = max((text_width(label, face) for label in labels), default=0.0) + 8
        plot = QRectF(left, top + height + 3, self.width() - left - _RIGHT_PX, _PLOT_PX - height / 2)
        self._paint_axes(painter, plot, labels)
        for number, curve in enumerate(self._curves, start=1):
            self._paint_curve(painter, curve, plot, finding_colour(number))
        painter.end()

    def _paint_legend(self, painter: QPainter) -> float:
        theme, face = current_theme(), second_font()
        top, height = 0.0, line_height(face)
        for number, text in enumerate(self._legend, start=1):
            painter.setPen(QPen(finding_colour(number), 2))
            painter.drawLine(QPointF(0, top + height / 2), QPointF(14, top + height / 2))
            draw_line(painter, QRectF(20, top, self.width() - 20, height), text, theme.text, face)
            top += height + 3
        return top

    def _paint_axes(self, painter: QPainter, plot: QRectF, labels: list[str]) -> None:
        theme, face = current_theme(), second_font()
        height, right = line_height(face), Qt.AlignmentFlag.AlignRight
        for y, label in zip(self._y, labels, strict=True):
            at = self._at(self._x[0], y, plot).y()
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.drawLine(QPointF(plot.left(), at), QPointF(plot.right(), at))
            draw_line(painter, QRectF(0, at - height / 2, plot.left() - 6, height), label, theme.second, face, right)
        for place, x in enumerate(self._x):
            at = self._at(x, self._y[0], plot).x()
            text = figure(x, _decimals(self._x))
            wide = text_width(text, face) + 2
            start = min(max(0.0, at - wide / 2), self.width() - wide)
            if place % 2 == 0 or len(self._x) < 6:
                draw_line(painter, QRectF(start, plot.bottom() + 3, wide, height), text, theme.second, face)
        if self._curves:
            first = self._curves[0]
            y_unit, x_unit = unit_text(first.y_unit), unit_text(first.x_unit)
            above = QRectF(0, plot.top() - height - 3, plot.left() + 60, height)
            draw_line(painter, above, y_unit, theme.second, face)
            end = QRectF(plot.right() - 60, plot.bottom() - height - 1, 60, height)
            draw_line(painter, end, x_unit, theme.second, face, right)

    def _paint_curve(self, painter: QPainter, curve: Curve, plot: QRectF, colour: QColor) -> None:
        theme = current_theme()
        line = [self._at(x, y, plot) for x, y in zip(curve.x, curve.y, strict=False)]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2))
        painter.drawPolyline(QPolygonF(line))
        if curve.marked is None or not 0 <= curve.marked < len(line):
            return
        at = line[curve.marked]
        painter.setPen(QPen(QColor(theme.raised), 2))
        painter.setBrush(colour)
        painter.drawEllipse(at, 5, 5)
        y = curve.y[curve.marked]
        text, bold = figure(y, decimals_of(y, curve.y_unit)), font(12.0, bold=True)
        wide, height = text_width(text, bold) + 1, line_height(bold)
        start = min(max(plot.left(), at.x() - wide / 2), plot.right() - wide)
        draw_line(painter, QRectF(start, at.y() - height - 6, wide, height), text, theme.text, bold)

    def _at(self, x: float, y: float, plot: QRectF) -> QPointF:
        across = (x - self._x[0]) / (self._x[-1] - self._x[0])
        up = (y - self._y[0]) / (self._y[-1] - self._y[0])
        return QPointF(plot.left() + across * plot.width(), plot.bottom() - up * plot.height())


def _decimals(values: tuple[float, ...]) -> int:
    """As many as the step between ticks needs."""
    step = values[1] - values[0]
    return 0 if step >= 1 else 1 if step >= 0.1 else 2 if step >= 0.01 else 3
