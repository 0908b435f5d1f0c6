"""Where a slice lies on the widget: zoom, place and the shape of a pixel."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

LEAST_ZOOM = 0.02
MOST_ZOOM = 64.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """From slice pixels to widget pixels. Slice coordinates are (x, y) = (column, row), a pixel's center whole.

    rows, columns  of the slice
    shape          height and width of one pixel, the smaller one 1
    zoom           device pixels per slice pixel along its smaller side: 1 is one to one on any screen
    pan            how far the slice's middle is from the area's middle, device pixels
    """

    rows: int
    columns: int
    shape: tuple[float, float] = (1.0, 1.0)
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)

    @staticmethod
    def of(rows: int, columns: int, spacing: tuple[float, float] | None) -> Camera:
        """Pixels drawn by their size in millimetres, square where that is unknown."""
        if spacing is None:
            return Camera(rows=rows, columns=columns)
        small = min(spacing)
        return Camera(rows=rows, columns=columns, shape=(spacing[0] / small, spacing[1] / small))

    def transform(self, area: QRectF, ratio: float) -> QTransform:
        """Slice → widget (device-independent) pixels. The slice's edge falls on a whole device pixel, so that one to
        one shows every value in a pixel of its own.

        ratio  device pixels per widget pixel
        """
        width, height = self.zoom * self.shape[1], self.zoom * self.shape[0]
        left = round(area.center().x() * ratio + self.pan[0] - self.columns * width / 2)
        top = round(area.center().y() * ratio + self.pan[1] - self.rows * height / 2)
        return QTransform(width / ratio, 0, 0, height / ratio, (left + width / 2) / ratio, (top + height / 2) / ratio)

    def fitted(self, area: QRectF, ratio: float) -> Camera:
        """The whole slice, as large as the area allows."""
        across = area.width() * ratio / (self.columns * self.shape[1])
        along = area.height() * ratio / (self.rows * self.shape[0])
        return replace(self, zoom=_within(min(across, along)), pan=(0.0, 0.0))

    def zoomed(self, factor: float, at: QPointF, area: QRectF, ratio: float) -> Camera:
        """Closer or further, with the slice's point under `at` (widget pixels) staying there."""
        zoom = _within(self.zoom * factor)
        grown = zoom / self.zoom
        x = (at.x() - area.center().x()) * ratio
        y = (at.y() - area.center().y()) * ratio
        return replace(self, zoom=zoom, pan=(x + (self.pan[0] - x) * grown, y + (self.pan[1] - y) * grown))

    def panned(self, dx: float, dy: float, ratio: float) -> Camera:
        """Moved by widget pixels."""
        return replace(self, pan=(self.pan[0] + dx * ratio, self.pan[1] + dy * ratio))


def _within(zoom: float) -> float:
    return min(MOST_ZOOM, max(LEAST_ZOOM, zoom))
