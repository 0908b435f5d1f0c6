"""What a widget painted last, for paints that only what lies over it asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter

from workstation.ui.theme import IMAGE_BACKGROUND

Draw = Callable[[QPainter], None]


class Still:
    """Widgets that lie over another one, such as the lines of a crosshair, make it paint itself whenever they move.

    The first such paint is kept as an image, and the others show that. A picture after one that was asked for again is
    painted as an image at once: it will be asked for again, too.
    """

    def __init__(self) -> None:
        self._image: QImage | None = None
        self._painted: tuple[object, ...] | None = None  # what the last paint went by
        self._again = False

    def forget(self) -> None:
        """The widget shows something else now."""
        self._image = self._painted = None

    def paint(self, painter: QPainter, size: QSize, ratio: float, draw: Draw, *by: object) -> None:
        """`draw` the widget, or show how that looked.

        by  what its looks depend on besides: with anything else it is drawn again
        """
        painted = (size.width(), size.height(), ratio, *by)
        at_once = self._again
        self._again = painted == self._painted
        if not self._again:
            self._painted, self._image = painted, None
        if not ratio.is_integer() or not (self._again or at_once):  # at 125 % it would not lie pixel on pixel
            draw(painter)
            return
        if self._image is None:
            self._image = _drawn(painter, size, ratio, draw)
        painter.drawImage(0, 0, self._image)


def _drawn(like: QPainter, size: QSize, ratio: float, draw: Draw) -> QImage:
    image = QImage(size * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(IMAGE_BACKGROUND))  # a rim may be covered in part only
    painter = QPainter(image)
    painter.setFont(like.font())
    painter.setPen(like.pen())
    painter.setRenderHints(like.renderHints())
    draw(painter)
    painter.end()
    return image
