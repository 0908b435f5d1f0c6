"""Where a slice lies on a view: fitted, nearer, moved, turned, and which point of it is under the pointer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QFocusEvent, QResizeEvent, QTransform
from PySide6.QtWidgets import QWidget

from workstation.domain.geometry import Vector
from workstation.domain.projection import XY, ViewPlane, slice_plane
from workstation.domain.radiographs import Lying
from workstation.ui.viewport.aiming import Aim, aim_of, camera_aimed
from workstation.ui.viewport.camera import Camera, Framing
from workstation.ui.viewport.captions import CursorPoint
from workstation.ui.viewport.showing import Showing
from workstation.ui.viewport.slice_painter import picture_area


class CameraCanvas(QWidget):
    """A widget that one source at most is shown on; what it shows of it and paints is `SliceCanvas`'."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._showing: Showing | None = None
        self._pointer: QPointF | None = None

    def sizeHint(self) -> QSize:
        return QSize(640, 640)

    @property
    def slice_index(self) -> int:
        return self._showing.k if self._showing is not None else 0

    @property
    def camera(self) -> Camera:
        return self._showing.camera if self._showing is not None else Camera(rows=1, columns=1)

    @property
    def zoom_shown(self) -> float | None:
        """Device pixels per pixel of the picture; None where it is fitted to the view."""
        return self._showing.camera.zoom if self._showing is not None and not self._showing.fit else None

    def show_zoom(self, zoom: float) -> None:
        """Device pixels per pixel of the picture, about the middle."""
        if self._showing is not None:
            self._zoom(zoom / self._showing.camera.zoom, picture_area(self.size()).center())

    def show_part(self, first: XY, last: XY, zoom: float | None = None) -> None:
        """Bring the part between two pixels (column, row) into the middle: as large as fits, or in this zoom."""
        if self._showing is None:
            return
        area, part = picture_area(self.size()), QRectF(QPointF(*first), QPointF(*last)).adjusted(-0.5, -0.5, 0.5, 0.5)
        seen = self.to_widget().mapRect(part)
        fitting = min(area.width() / seen.width(), area.height() / seen.height())
        self._zoom(fitting if zoom is None else zoom / self._showing.camera.zoom, area.center())
        self._pan(area.center() - self.to_widget().mapRect(part).center())

    def show_lying(self, lying: Lying) -> None:
        """How the picture is laid at first, and after a reset."""
        showing = self._showing
        if showing is not None and showing.lying != lying:
            showing.lying = lying
            self._turn(showing, replace(showing.camera, pose=showing.upright))

    @property
    def framing(self) -> Framing | None:
        """None: the picture lies as it does at first, or there is none."""
        showing = self._showing
        if showing is None or (showing.fit and showing.camera.pose == showing.upright):
            return None
        return Framing(zoom=self.zoom_shown, middle=showing.camera.middle, pose=showing.camera.pose)

    def show_framing(self, framing: Framing) -> None:
        """As a reader looked at this picture before."""
        showing = self._showing
        if showing is None:
            return
        self._turn(showing, replace(showing.camera, pose=framing.pose))
        if framing.zoom is not None:
            camera = showing.camera.zoomed_to(framing.zoom)
            showing.camera, showing.fit = replace(camera, pan=camera.pan_to(framing.middle)), False
        self.update()

    @property
    def aim(self) -> Aim | None:
        """None: what is shown has no place, or nothing is."""
        return aim_of(self._showing) if self._showing is not None else None

    def show_aim(self, aim: Aim | None) -> None:
        """That place at that size; None: the whole slice."""
        showing = self._showing
        if showing is not None:
            showing.fit = aim is None
            showing.camera = camera_aimed(showing, aim) if aim is not None else showing.camera
            self._refit()
            self.update()

    @property
    def plane_shown(self) -> ViewPlane | None:
        """Where the slice that is shown lies in the patient; None: it has no place, or there is none."""
        geometry = self._showing.source.geometry if self._showing is not None else None
        return slice_plane(geometry, self.slice_index) if geometry is not None else None

    def to_widget(self) -> QTransform:
        """Slice pixels (column, row; centers whole) → widget pixels."""
        return self.camera.transform(picture_area(self.size()), self.devicePixelRatioF())

    def _widget_point(self, showing: Showing, point: Vector) -> QPointF | None:
        geometry = showing.source.geometry
        if geometry is None:
            return None
        x, y, _ = slice_plane(geometry, showing.k).to_view(point)
        transform = showing.camera.transform(picture_area(self.size()), self.devicePixelRatioF())
        return transform.map(QPointF(float(x), float(y)))

    def _slice_point(self, at: QPointF) -> tuple[float, float]:
        """Slice pixels (column, row) under a widget point."""
        inverse, _ = self.to_widget().inverted()
        point = inverse.map(at)
        return (point.x(), point.y())

    def _cursor_point(self) -> CursorPoint | None:
        if self._showing is None or self._pointer is None:
            return None
        return self._showing.cursor_point(self._slice_point(self._pointer))

    def _refit(self) -> None:
        showing = self._showing
        if showing is not None and showing.fit:
            area, ratio = picture_area(self.size()), self.devicePixelRatioF()
            showing.camera = showing.camera.fitted(area, ratio, showing.lying.wall)

    def _zoom(self, factor: float, at: QPointF) -> None:
        if self._showing is not None:
            area, ratio = picture_area(self.size()), self.devicePixelRatioF()
            self._showing.camera = self._showing.camera.zoomed(factor, at, area, ratio)
            self._showing.fit = False
            self.update()

    def _pan(self, way: QPointF) -> None:
        if self._showing is not None:
            self._showing.camera = self._showing.camera.panned(way.x(), way.y(), self.devicePixelRatioF())
            self._showing.fit = False
            self.update()

    def _turn(self, showing: Showing, camera: Camera) -> None:
        """Turned or flipped as it lies there; what is as large as the view stays so."""
        showing.turn(camera)
        self._refit()

    def _bring_into_view(self, point: QPointF) -> None:
        at, area = self.to_widget().map(point), picture_area(self.size())
        if not area.adjusted(40, 40, -40, -40).contains(at):
            self._pan(area.center() - at)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:  # the window went to another screen
            self._refit()
            self.update()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()
