"""Lengths measured with the ruler: kept for each slice, in patient millimetres where the picture tells a size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from workstation.domain.projection import XY
from workstation.ui.theme import IMAGE_ACCENT
from workstation.ui.viewport.lettering import draw_text, text_size
from workstation.ui.viewport.source import Spacing

_END_PX: Final = 5.0


@dataclass(frozen=True, slots=True)
class Length:
    """From start to end, slice pixels (column, row)."""

    start: XY
    end: XY

    def measured(self, spacing: Spacing | None) -> tuple[float, str]:
        """Length and its unit: mm with both spacings, px where there is none. spacing: between rows, columns, mm."""
        across, along = self.end[0] - self.start[0], self.end[1] - self.start[1]
        if spacing is None:
            return math.hypot(across, along), "px"
        return math.hypot(across * spacing[1], along * spacing[0]), "mm"


def text_of(length: Length, spacing: Spacing | None) -> str:
    value, unit = length.measured(spacing)
    return f"{value:.1f} {unit}"


def label_rect(length: Length, spacing: Spacing | None, to_widget: QTransform, area: QRectF) -> QRectF:
    """Beside the end of the line, kept inside the view."""
    start, end = to_widget.map(QPointF(*length.start)), to_widget.map(QPointF(*length.end))
    size = text_size(text_of(length, spacing))
    left = end.x() + 8 if end.x() >= start.x() else end.x() - 8 - size.width()
    top = end.y() + 2 if end.y() >= start.y() else end.y() - 2 - size.height()
    left = min(max(left, area.left()), area.right() - size.width())
    top = min(max(top, area.top()), area.bottom() - size.height())
    return QRectF(left, top, size.width(), size.height())


def paint_length(
    painter: QPainter, length: Length, spacing: Spacing | None, to_widget: QTransform, area: QRectF
) -> None:
    line = QLineF(to_widget.map(QPointF(*length.start)), to_widget.map(QPointF(*length.end)))
    lines = [line]
    if line.length() > 0:
        across = line.normalVector().unitVector()
        step = QPointF(across.dx(), across.dy()) * _END_PX
        lines += [QLineF(line.p1() - step, line.p1() + step), QLineF(line.p2() - step, line.p2() + step)]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen in (QPen(QColor(0, 0, 0, 170), 3.5), QPen(QColor(IMAGE_ACCENT), 1.5)):
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLines(lines)
    rect = label_rect(length, spacing, to_widget, area)
    draw_text(painter, rect, text_of(length, spacing), QColor(IMAGE_ACCENT))
    painter.restore()
