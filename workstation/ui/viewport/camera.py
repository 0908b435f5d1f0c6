"""Where a slice lies on the widget: zoom, place, turn and the shape of a pixel."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from workstation.ui.viewport.pose import UPRIGHT, Pose

LEAST_ZOOM = 0.02
MOST_ZOOM = 64.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How a reader looks at a picture, whatever the size of the view.

    zoom    as a camera's; None: all of it, as large as the view
    middle  the slice's point (column, row) in the middle of the view
    """

    zoom: float | None
    middle: tuple[float, float]
    pose: Pose


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """From slice pixels to widget pixels. Slice coordinates are (x, y) = (column, row), a pixel's center whole.

    rows, columns  of the slice
    shape          height and width of one pixel, the smaller one 1
    zoom           device pixels per slice pixel along its smaller side: 1 is one to one on any screen
    pan            how far the slice's middle is from the area's middle, device pixels
    pose           turned by quarters, mirrored
    """

    rows: int
    columns: int
    shape: tuple[float, float] = (1.0, 1.0)
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)
    pose: Pose = UPRIGHT

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
        across, along = self._extent(width, height)
        left = round(area.center().x() * ratio + self.pan[0] - across / 2)
        top = round(area.center().y() * ratio + self.pan[1] - along / 2)
        column, row = self.pose.ways
        m11, m12, m21, m22 = column[0] * width, column[1] * width, row[0] * height, row[1] * height
        x, y = (self.columns - 1) / 2, (self.rows - 1) / 2
        dx, dy = left + across / 2 - m11 * x - m21 * y, top + along / 2 - m12 * x - m22 * y
        return QTransform(m11 / ratio, m12 / ratio, m21 / ratio, m22 / ratio, dx / ratio, dy / ratio)

    def _extent(self, width: float, height: float) -> tuple[float, float]:
        """How far the slice reaches across and down the screen, where a pixel of its own is so wide and high."""
        across, along = self.columns * width, self.rows * height
        return (along, across) if self.pose.lying else (across, along)

    def fitted(self, area: QRectF, ratio: float, wall: int = 0) -> Camera:
        """The whole slice, as large as the area allows.

        wall  its first (-1) or last (1) column is to lie at the area's edge, where that is at its left or right
        """
        across, along = self._extent(self.shape[1], self.shape[0])
        zoom = _within(min(area.width() * ratio / across, area.height() * ratio / along))
        aside = wall * self.pose.ways[0][0] * max(0.0, area.width() * ratio - across * zoom) / 2
        return replace(self, zoom=zoom, pan=(aside, 0.0))

    def zoomed(self, factor: float, at: QPointF, area: QRectF, ratio: float) -> Camera:
        """Closer or further, with the slice's point under `at` (widget pixels) staying there."""
        zoom = _within(self.zoom * factor)
        grown = zoom / self.zoom
        x = (at.x() - area.center().x()) * ratio
        y = (at.y() - area.center().y()) * ratio
        return replace(self, zoom=zoom, pan=(x + (self.pan[0] - x) * grown, y + (self.pan[1] - y) * grown))

    def zoomed_to(self, zoom: float) -> Camera:
        """So close, about the slice's middle."""
        return replace(self, zoom=_within(zoom))

    @property
    def middle(self) -> tuple[float, float]:
        """The slice's point (column, row) in the middle of the area."""
        column, row = self.pose.ways
        x = (self.pan[0] * column[0] + self.pan[1] * column[1]) / (self.zoom * self.shape[1])
        y = (self.pan[0] * row[0] + self.pan[1] * row[1]) / (self.zoom * self.shape[0])
        return ((self.columns - 1) / 2 - x, (self.rows - 1) / 2 - y)

    def pan_to(self, point: tuple[float, float]) -> tuple[float, float]:
        """The pan that brings a point of the slice (column, row) to the middle of the area."""
        column, row = self.pose.ways
        across = ((self.columns - 1) / 2 - point[0]) * self.zoom * self.shape[1]
        along = ((self.rows - 1) / 2 - point[1]) * self.zoom * self.shape[0]
        return (column[0] * across + row[0] * along, column[1] * across + row[1] * along)

    def panned(self, dx: float, dy: float, ratio: float) -> Camera:
        """Moved by widget pixels."""
        return replace(self, pan=(self.pan[0] + dx * ratio, self.pan[1] + dy * ratio))

    def turned(self, quarters: int) -> Camera:
        """Clockwise about the area's middle."""
        x, y = self.pan
        for _ in range(quarters % 4):
            x, y = -y, x
        return replace(self, pose=self.pose.turned(quarters), pan=(x, y))

    def flipped(self, *, across: bool) -> Camera:
        """Left and right of the area, or else top and bottom, in each other's place."""
        x, y = self.pan
        return replace(self, pose=self.pose.flipped(across=across), pan=(-x, y) if across else (x, -y))


def _within(zoom: float) -> float:
    return min(MOST_ZOOM, max(LEAST_ZOOM, zoom))
