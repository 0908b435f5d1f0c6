"""Handles of a finding's shapes over a view: pulled, they change the shape; everything else stays the view's own."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from workstation.domain.editing import Handle, handles_on, pulled
from workstation.domain.geometry import Geometry
from workstation.domain.projection import XY, ViewPlane, slice_plane
from workstation.domain.shapes import Shape
from workstation.ui.theme import IMAGE_ACCENT, IMAGE_TEXT
from workstation.ui.viewport.slice_view import SliceView

_REACH_PX: Final = 10.0
_HANDLE_PX: Final = 8.0


class ShapeLayer(QWidget):
    """
    shaping  shapes as they are under the hand
    shaped   shapes as the hand left them
    left     Escape: with nothing in hand
    """

    shaping = Signal(object)
    shaped = Signal(object)
    left = Signal()

    def __init__(self, view: SliceView) -> None:
        super().__init__(view)
        self._view = view
        self._shapes: tuple[Shape, ...] = ()
        self._grid: Geometry | None = None
        self._held: tuple[Handle, tuple[Shape, ...]] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        view.installEventFilter(self)

    def show_shapes(self, shapes: tuple[Shape, ...], grid: Geometry | None = None) -> None:
        """None of them: the layer is gone. `grid`: of a picture whose pixels the places are, not millimetres."""
        self._shapes, self._grid = shapes, grid
        if not shapes:
            self._held = None
        self.setGeometry(self._view.rect())
        self.setVisible(bool(shapes))
        self.update()

    @property
    def holds(self) -> bool:
        """Whether a handle is under a hand."""
        return self._held is not None

    def finish(self) -> None:
        """As if the button came up where the handle is."""
        if self._held is None:
            return
        _, before = self._held
        self._held = None
        self.update()
        if self._shapes != before:
            self.shaped.emit(self._shapes)

    def leave(self) -> None:
        """Nothing is held any more, and the shapes are as they were."""
        if self._held is not None:
            _, self._shapes = self._held
            self._held = None
            self.shaping.emit(self._shapes)
            self.update()

    @property
    def handles(self) -> tuple[tuple[Handle, QPointF], ...]:
        """Those on the slice in view, with their places in the view's pixels."""
        plane = self._plane
        if plane is None:
            return ()
        to_widget = self._view.to_widget()
        return tuple((one, to_widget.map(QPointF(*one.at))) for one in handles_on(self._shapes, plane))

    @property
    def _plane(self) -> ViewPlane | None:
        return slice_plane(self._grid, 0) if self._grid is not None else self._view.plane_shown

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._view.rect())
        if not self._shapes:
            return False
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(event)
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        half = QPointF(_HANDLE_PX / 2, _HANDLE_PX / 2)
        for handle, at in self.handles:
            held = self._held is not None and self._held[0].shape == handle.shape and self._held[0].part == handle.part
            painter.setPen(QPen(QColor(IMAGE_TEXT), 1.5))
            painter.setBrush(QColor(IMAGE_ACCENT) if held else QColor(0, 0, 0))
            painter.drawRect(QRectF(at - half, at + half))
        painter.end()

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Escape:
            return False
        if self.holds:
            self.leave()
        else:
            self.left.emit()
        return True

    def _mouse(self, event: QMouseEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseButtonPress if event.button() is Qt.MouseButton.LeftButton and self._held is None:
                near = [(self._apart(at, event.position()), one) for one, at in self.handles]
                near = [pair for pair in near if pair[0] <= _REACH_PX]
                if not near:
                    return False
                # Of two on the same place the rim, so that a small ball can still be grown.
                self._held = (min(near, key=lambda pair: (round(pair[0]), -pair[1].part))[1], self._shapes)
                self.update()
                return True
            case QEvent.Type.MouseMove if self._held is not None:
                self._pull(event.position())
                return True
            case QEvent.Type.MouseButtonRelease if self._held is not None:
                self.finish()
                return True
        return False

    def _pull(self, at: QPointF) -> None:
        plane, held = self._plane, self._held
        back, invertible = self._view.to_widget().inverted()
        if plane is None or held is None or not invertible:
            return
        point = back.map(at)
        to: XY = (point.x(), point.y())
        handle, before = held
        self._shapes = pulled(before, handle, to, plane)
        self.shaping.emit(self._shapes)
        self.update()

    @staticmethod
    def _apart(a: QPointF, b: QPointF) -> float:
        way = a - b
        return float((way.x() ** 2 + way.y() ** 2) ** 0.5)
