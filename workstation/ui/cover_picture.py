"""The picture within the consent, dark where its copy is solid, on which boxes are drawn by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from workstation.domain.covering import Covering, Region, Subject, box
from workstation.ui.theme import IMAGE_ACCENT
from workstation.workspace.cards import CoverView

_PICTURE: Final = QSize(440, 264)
_LEAST_HEIGHT: Final = 140
_MARK: Final = QColor("#e5534b")
_CHOSEN: Final = QColor(IMAGE_ACCENT)
_DARK: Final = QColor(0, 0, 0, 200)
_GROUND: Final = QColor("#101214")
_DRAG_PX: Final = 4  # less is a click
_CORNER_PX: Final = 9.0
_FIRST: Final = 0.2  # of what is seen: how large a box is that comes by key
_STEP: Final = 0.01  # of the longer side, an arrow key
_MOST_ZOOM: Final = 8.0
_ZOOM: Final = 1.25
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_NEW: Final = (Qt.Key.Key_B, Qt.Key.Key_Insert, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_AWAY: Final = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


@dataclass(frozen=True, slots=True)
class HandBox:
    """What a person covers by hand, in pixels of the picture, whole at a pixel's center; in order."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def region(self) -> Region:
        return box(Subject.DRAWN, self.left, self.top, self.right, self.bottom)

    def holds(self, at: QPointF) -> bool:
        return self.left <= at.x() <= self.right and self.top <= at.y() <= self.bottom


class CoverPicture(QWidget):
    """`boxes_changed`: one was drawn, moved, or taken away; `boxes` and `chosen` say what is there now.

    Mouse: drag on the picture draws a box, drag in one moves it, at a corner sizes it; wheel enlarges. Keys: B new box,
    arrows move it, with Shift they size it, Delete takes it away, N the next one; + − 0 enlarge.
    """

    boxes_changed = Signal()

    def __init__(self, view: CoverView) -> None:
        super().__init__()
        rgb = np.ascontiguousarray(view.picture)
        rows, columns = rgb.shape[:2]
        self._image = QImage(rgb.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
        self._found: tuple[Region, ...] = ()
        self._covered: tuple[Region, ...] = ()
        self._mask: QImage | None = None
        self.boxes: tuple[HandBox, ...] = ()
        self.chosen = -1
        self._zoom, self._middle = 1.0, QPointF(columns / 2, rows / 2)
        self._pressed: QPointF | None = None
        self._fixed: QPointF | None = None  # the corner that stays while one is drawn or sized
        self._grip: HandBox | None = None  # as it was when it was taken to be moved
        self._pan: QPoint | None = None
        self.setFixedSize(_PICTURE)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def lessen(self, by: int) -> None:
        """Give so many lines to what stands below it, where a screen is low."""
        self.setFixedHeight(max(self.height() - by, _LEAST_HEIGHT))

    def show_covering(self, covering: Covering, found: tuple[Region, ...]) -> None:
        """What is covered beside the boxes drawn here; outlines of what was found, covered or not."""
        self._covered, self._found = covering.regions, found
        self._mask = _shade(covering) if covering.masks else None
        self.update()

    def keep(self, boxes: tuple[HandBox, ...]) -> None:
        """These boxes and no others."""
        self.boxes, self.chosen = boxes, min(self.chosen, len(boxes) - 1)
        self.update()
        self.boxes_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._point(event.position())
        if event.button() is Qt.MouseButton.MiddleButton:
            self._pan = event.position().toPoint()
        elif event.button() is Qt.MouseButton.RightButton:
            self._take_away(self._under(at))
        elif event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            self.chosen = self._under(at)
            self._fixed, self._grip = self._corner(event.position()), None
            if self._fixed is None and self.chosen >= 0:
                self._grip = self.boxes[self.chosen]
            self.update()
            self.boxes_changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan is not None:
            way, self._pan = event.position().toPoint() - self._pan, event.position().toPoint()
            self._look_at(self._middle - QPointF(way) / self._scale)
            return
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        start, at = self._point(self._pressed), self._point(event.position())
        if self._grip is not None:
            self._put(self._moved(self._grip, at.x() - start.x(), at.y() - start.y()))
        elif self._fixed is not None:
            self._put(self._between(self._fixed, at))
        elif (event.position() - self._pressed).manhattanLength() >= _DRAG_PX:
            self.boxes, self.chosen = (*self.boxes, self._between(start, at)), len(self.boxes)
            self._fixed = start
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        busy = self._pressed is not None
        self._pressed = self._fixed = self._grip = self._pan = None
        if busy:
            self.boxes_changed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._enlarge(_ZOOM if event.angleDelta().y() > 0 else 1 / _ZOOM, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._takes(event):
            super().keyPressEvent(event)

    def _takes(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        middle = QPointF(self.width() / 2, self.height() / 2)
        if key in _NEW:
            self._add_by_key()
        elif key in _ARROWS:
            self._arrow(_ARROWS[key], event.modifiers())
        elif key in _AWAY:
            self._take_away(self.chosen)
        elif key is Qt.Key.Key_N and self.boxes:
            self.chosen = (self.chosen + 1) % len(self.boxes)
            self.boxes_changed.emit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._enlarge(_ZOOM, middle)
        elif key is Qt.Key.Key_Minus:
            self._enlarge(1 / _ZOOM, middle)
        elif key is Qt.Key.Key_0:
            self._enlarge(0.0, middle)
        else:
            return False
        self.update()
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    @property
    def _scale(self) -> float:
        """Widget pixels per pixel of the picture."""
        fit = min(self.width() / self._image.width(), self.height() / self._image.height())
        return fit * self._zoom

    @property
    def _corner_at(self) -> QPointF:
        """Where the picture's upper left corner is."""
        return QPointF(self.width() / 2, self.height() / 2) - self._middle * self._scale

    def _point(self, at: QPointF) -> QPointF:
        """In pixels of the picture, within it."""
        point = (at - self._corner_at) / self._scale
        return QPointF(
            min(max(point.x(), 0.0), self._image.width()) - 0.5, min(max(point.y(), 0.0), self._image.height()) - 0.5
        )

    def place_of(self, x: float, y: float) -> QPointF:
        """Where a point of the picture, in its pixels, is on the widget."""
        return self._corner_at + QPointF(x + 0.5, y + 0.5) * self._scale

    def _rect(self, one: HandBox) -> QRectF:
        return QRectF(self.place_of(one.left, one.top), self.place_of(one.right, one.bottom))

    def _under(self, at: QPointF) -> int:
        return next((n for n in reversed(range(len(self.boxes))) if self.boxes[n].holds(at)), -1)

    def _corner(self, at: QPointF) -> QPointF | None:
        """Of the box whose corner is under the pointer, which becomes the chosen one: the corner across."""
        for number in reversed(range(len(self.boxes))):
            one = self.boxes[number]
            corners = [QPointF(x, y) for x in (one.left, one.right) for y in (one.top, one.bottom)]
            for corner, across in zip(corners, reversed(corners), strict=True):
                if (self.place_of(corner.x(), corner.y()) - at).manhattanLength() <= _CORNER_PX:
                    self.chosen = number
                    return across
        return None

    def _between(self, one: QPointF, other: QPointF) -> HandBox:
        xs, ys = sorted((one.x(), other.x())), sorted((one.y(), other.y()))
        return HandBox(xs[0], ys[0], xs[1], ys[1])

    def _moved(self, one: HandBox, x: float, y: float) -> HandBox:
        x = min(max(x, -0.5 - one.left), self._image.width() - 0.5 - one.right)
        y = min(max(y, -0.5 - one.top), self._image.height() - 0.5 - one.bottom)
        return HandBox(one.left + x, one.top + y, one.right + x, one.bottom + y)

    def _put(self, one: HandBox) -> None:
        self.boxes = (*self.boxes[: self.chosen], one, *self.boxes[self.chosen + 1 :])
        self.update()

    def _take_away(self, number: int) -> None:
        if 0 <= number < len(self.boxes):
            self.keep((*self.boxes[:number], *self.boxes[number + 1 :]))

    def _add_by_key(self) -> None:
        """In the middle of what is seen."""
        half = QPointF(self.width(), self.height()) * (_FIRST / 2)
        middle = QPointF(self.width() / 2, self.height() / 2)
        self.chosen = len(self.boxes)
        self.keep((*self.boxes, self._between(self._point(middle - half), self._point(middle + half))))

    def _arrow(self, way: tuple[int, int], modifiers: Qt.KeyboardModifier) -> None:
        fine = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        step = 1.0 if fine else max(1.0, _STEP * max(self._image.width(), self._image.height()))
        x, y = way[0] * step, way[1] * step
        if self.chosen < 0:
            self._look_at(self._middle + QPointF(x, y) * 4)
            return
        one = self.boxes[self.chosen]
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            right = min(max(one.right + x, one.left + 1), self._image.width() - 0.5)
            bottom = min(max(one.bottom + y, one.top + 1), self._image.height() - 0.5)
            self._put(replace(one, right=right, bottom=bottom))
        else:
            self._put(self._moved(one, x, y))
        self.boxes_changed.emit()

    def _enlarge(self, factor: float, at: QPointF) -> None:
        """About a point that stays where it is; 0: the whole picture."""
        before = (at - self._corner_at) / self._scale
        self._zoom = min(max(self._zoom * factor, 1.0), _MOST_ZOOM)
        self._look_at(self._middle + before - (at - self._corner_at) / self._scale)

    def _look_at(self, middle: QPointF) -> None:
        """Nothing beside the picture is looked at where there is more of it to be seen."""
        sides = []
        size = (self._image.width(), self._image.height())
        for value, side, room in zip((middle.x(), middle.y()), size, (self.width(), self.height()), strict=True):
            half = room / self._scale / 2
            sides.append(side / 2 if 2 * half >= side else min(max(value, half), side - half))
        self._middle = QPointF(*sides)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), _GROUND)
        size = QSize(self._image.size())
        place = QRectF(self._corner_at, self._corner_at + QPointF(size.width(), size.height()) * self._scale)
        painter.drawImage(place, self._image)
        if self._mask is not None:
            painter.drawImage(place, self._mask)
        painter.setPen(QPen(_MARK, 1.5))
        for regions, brush in ((self._covered, _DARK), (self._found, Qt.BrushStyle.NoBrush)):
            painter.setBrush(brush)
            for region in regions:
                painter.drawPolygon(QPolygonF([self.place_of(x, y) for x, y in region.corners]))
        painter.setBrush(_DARK)
        for number, one in enumerate(self.boxes):
            chosen = number == self.chosen
            painter.setPen(QPen(_CHOSEN if chosen else _MARK, 2.0 if chosen else 1.5))
            painter.drawRect(self._rect(one))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(_CHOSEN, 2.0))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()


def _shade(covering: Covering) -> QImage:
    """What drawn masks cover, dark."""
    hidden = np.logical_or.reduce([mask.hidden for mask in covering.masks])
    shade = np.zeros((*hidden.shape, 4), np.uint8)
    shade[hidden, 3] = _DARK.alpha()
    rows, columns = hidden.shape
    return QImage(shade.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_ARGB32).copy()
