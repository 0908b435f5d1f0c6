"""The crosshair over one view: lines of the two other planes, and the hand that moves and turns them.

A layer of its own above the view: it takes a press only where it has something to take hold of, and the view below gets
all others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QWidget

from workstation.domain.crosshair import Crosshair, directions, lines_on, moved, turned
from workstation.domain.geometry import Plane, Vector, dot
from workstation.domain.projection import ViewPlane
from workstation.domain.words import Words, say
from workstation.ui.speech import Speech
from workstation.ui.viewport.lettering import draw_text, text_size
from workstation.ui.viewport.slice_painter import picture_area
from workstation.ui.viewport.slice_view import SliceView

TITLES: Final[dict[Plane, Words]] = {
    Plane.AXIAL: say("axial"),
    Plane.CORONAL: say("coronal"),
    Plane.SAGITTAL: say("sagittal"),
}
COLOURS: Final[dict[Plane, str]] = {
    Plane.AXIAL: "#ff7f6e",
    Plane.CORONAL: "#6fd08c",
    Plane.SAGITTAL: "#f2dc6b",
}
# Colour alone says nothing to one reader in twenty.
DASHES: Final[dict[Plane, tuple[float, ...]]] = {
    Plane.AXIAL: (),
    Plane.CORONAL: (7.0, 4.0),
    Plane.SAGITTAL: (10.0, 3.0, 2.0, 3.0),
}
GAP_PX: Final = 22.0  # around the point: what it points at stays free
HANDLE_PX: Final = 5.0
_NEAR_PX: Final = 6.0
_EDGE_PX: Final = 26.0  # where the letters of the directions stand
_HANDLE_AT: Final = 0.78  # of the way to the edge
_TITLE_LEFT: Final = 36.0  # of the name, from the stroke that is before it
_TITLE_AT: Final = (0.62, 0.68, 0.74, 0.56, 0.8, 0.42, 0.36, 0.3)  # of the height: clear of corners and letters
_OUTLINE: Final = QColor(0, 0, 0, 150)


class Grip(Enum):
    """What of a crosshair the hand holds."""

    POINT = "point"
    LINE = "line"
    HANDLE = "handle"


@dataclass(frozen=True, slots=True)
class Arm:
    """One plane's line on the widget. ends: at the edges of the picture area; handles: where it is turned."""

    plane: Plane
    ends: tuple[QPointF, QPointF]
    handles: tuple[QPointF, ...]

    def distance(self, at: QPointF) -> float:
        way = self.ends[1] - self.ends[0]
        size = math.hypot(way.x(), way.y())
        beside = at - self.ends[0]
        return abs(way.x() * beside.y() - way.y() * beside.x()) / size


@dataclass(frozen=True, slots=True)
class Drawn:
    """A crosshair in widget pixels."""

    center: QPointF
    arms: tuple[Arm, ...]

    @staticmethod
    def of(crosshair: Crosshair, shown: Plane, view: ViewPlane, to_widget: QTransform, area: QRectF) -> Drawn:
        x, y, _ = view.to_view(crosshair.at)
        center = to_widget.map(QPointF(float(x), float(y)))
        arms = []
        for plane, line in lines_on(crosshair, view, shown).items():
            start = to_widget.map(QPointF(*line.through))
            there = to_widget.map(QPointF(line.through[0] + line.way[0], line.through[1] + line.way[1]))
            ends = _across(area, start, there - start)
            if ends is not None:
                arms.append(Arm(plane, ends, tuple(_handles(center, ends, area))))
        return Drawn(center, tuple(arms))

    def grip(self, at: QPointF) -> tuple[Grip, Plane | None] | None:
        """What is under the pointer; the plane whose line it is."""
        if _apart(at, self.center) <= GAP_PX / 2:
            return (Grip.POINT, None)
        for arm in self.arms:
            if any(_apart(at, handle) <= HANDLE_PX + _NEAR_PX / 2 for handle in arm.handles):
                return (Grip.HANDLE, arm.plane)
        near = [arm for arm in self.arms if arm.distance(at) <= _NEAR_PX and _apart(at, self.center) > GAP_PX]
        return (Grip.LINE, min(near, key=lambda arm: arm.distance(at)).plane) if near else None


def dragged(
    crosshair: Crosshair, grip: Grip, plane: Plane | None, shown: Plane, start: Vector, end: Vector
) -> Crosshair:
    """After the hand went from one point of the patient to another, in the view of the plane `shown`."""
    way = (end[0] - start[0], end[1] - start[1], end[2] - start[2])
    at = crosshair.at
    if grip is Grip.HANDLE:
        right, down = directions(crosshair, shown)
        first, second = (_bearing(at, point, right, down) for point in (start, end))
        return turned(crosshair, shown, second - first)
    if grip is Grip.LINE and plane is not None:
        normal = crosshair.normal(plane)
        along = dot(way, normal)
        way = (normal[0] * along, normal[1] * along, normal[2] * along)
    return moved(crosshair, (at[0] + way[0], at[1] + way[1], at[2] + way[2]))


class CrosshairLayer(QWidget):
    """
    moved    Crosshair: by the reader's hand, which still holds it
    settled  the hand let go
    """

    moved = Signal(object)
    settled = Signal()

    def __init__(self, view: SliceView, speech: Speech) -> None:
        super().__init__(view)
        self._view, self._speech = view, speech
        self._plane: Plane | None = None
        self._seen: ViewPlane | None = None
        self._crosshair: Crosshair | None = None
        self._held: tuple[Grip, Plane | None, Vector, Crosshair] | None = None
        self._pointed = False
        self._title = QRectF()
        self._drawn: tuple[tuple[object, ...], Drawn] | None = None  # where it is painted, and what that was made of
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        view.installEventFilter(self)
        speech.changed.connect(self.update)

    def show_crosshair(self, crosshair: Crosshair | None, plane: Plane | None, seen: ViewPlane | None) -> None:
        """
        crosshair  None: the view only says which plane it is
        plane      of the view; None: it belongs to no three planes
        seen       where the picture lies that is on the screen
        """
        before = (self._plane, self._straight, self.drawn)
        self._crosshair, self._plane, self._seen = crosshair, plane, seen
        if plane is None:
            self._let_go()
        self.setGeometry(self._view.rect())
        self.setVisible(plane is not None)
        if (plane, self._straight, self.drawn) != before:  # painting it paints the whole view
            self.update()

    @property
    def _straight(self) -> bool:
        """Whether the view's own plane runs along the volume's grid."""
        return self._crosshair is None or self._plane is None or self._crosshair.straight(self._plane)

    @property
    def crosshair(self) -> Crosshair | None:
        return self._crosshair

    @property
    def held(self) -> bool:
        return self._held is not None

    @property
    def drawn(self) -> Drawn | None:
        """Where it is painted; None: it is not."""
        if self._crosshair is None or self._plane is None or self._seen is None:
            return None
        size, to_widget = self._view.size(), self._view.to_widget()
        made_of = (self._crosshair, self._plane, self._seen, to_widget, size)
        if self._drawn is None or self._drawn[0] != made_of:
            area = picture_area(size).adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX)
            self._drawn = made_of, Drawn.of(self._crosshair, self._plane, self._seen, to_widget, area)
        return self._drawn[1]

    # The hand

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._view.rect())
        if not isinstance(event, QMouseEvent) or self._crosshair is None or not self.isVisible():
            return super().eventFilter(watched, event)
        match event.type():
            case QEvent.Type.MouseButtonPress:
                return self._press(event, self._crosshair)
            case QEvent.Type.MouseMove if self._held is not None:
                self._drag(event.position())
                return True
            case QEvent.Type.MouseMove:
                self._point(event)
            case QEvent.Type.MouseButtonRelease if self._held is not None:
                self._let_go()
                self.settled.emit()
                return True
        return super().eventFilter(watched, event)

    def _press(self, event: QMouseEvent, crosshair: Crosshair) -> bool:
        left = Qt.MouseButton.LeftButton
        if self._view.tool.measure is not None:
            return False  # a measure may begin on a line of the crosshair
        drawn, here = self.drawn, self._patient(event.position())
        if event.button() is not left or event.buttons() != left or drawn is None or here is None:
            return self._held is not None
        grip = drawn.grip(event.position())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            crosshair = moved(crosshair, here)
            self._held = (Grip.POINT, None, here, crosshair)
            self._move(crosshair)
            return True
        if grip is None:
            return False
        self._held = (*grip, here, crosshair)
        return True

    def _drag(self, at: QPointF) -> None:
        here = self._patient(at)
        if self._held is not None and here is not None and self._plane is not None:
            grip, plane, start, before = self._held
            self._move(dragged(before, grip, plane, self._plane, start, here))

    def _move(self, crosshair: Crosshair) -> None:
        self._crosshair = crosshair
        self.update()
        self.moved.emit(crosshair)

    def _let_go(self) -> None:
        self._held = None

    def _point(self, event: QMouseEvent) -> None:
        """The cursor says what can be taken hold of; elsewhere it is the view's own."""
        drawn = self.drawn
        grip = drawn.grip(event.position()) if drawn is not None and not event.buttons() else None
        if grip is not None:
            shapes = {Grip.POINT: Qt.CursorShape.SizeAllCursor, Grip.LINE: Qt.CursorShape.OpenHandCursor}
            self._view.setCursor(shapes.get(grip[0], Qt.CursorShape.PointingHandCursor))
        elif self._pointed:
            self._view.show_tool(self._view.tool)
        self._pointed = grip is not None

    def _patient(self, at: QPointF) -> Vector | None:
        """The point of the picture under the pointer, LPS mm."""
        if self._seen is None:
            return None
        inverse, there = self._view.to_widget().inverted()
        point = inverse.map(at)
        x, y, z = self._seen.to_patient(point.x(), point.y())
        return (float(x), float(y), float(z)) if there else None

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._plane is None:
            return
        painter = QPainter(self)
        area = picture_area(self._view.size())
        self._paint_title(painter, self._plane, area)
        drawn = self.drawn
        for arm in drawn.arms if drawn is not None else ():
            assert drawn is not None
            for start, end in _outside_gap(drawn.center, arm.ends):
                _stroke(painter, QLineF(start, end), arm.plane)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for handle in arm.handles:
                painter.setPen(QPen(_OUTLINE, 3.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(handle, HANDLE_PX, HANDLE_PX)
                painter.setPen(QPen(QColor(COLOURS[arm.plane]), 1.5))
                painter.drawEllipse(handle, HANDLE_PX, HANDLE_PX)
        painter.end()

    @property
    def title_area(self) -> QRectF:
        """Where the name of the plane stood in the last paint; empty where there was no room for it."""
        return self._title

    def _paint_title(self, painter: QPainter, plane: Plane, area: QRectF) -> None:
        """The view's own plane, in the colour and dashes that its line has in the two others."""
        painter.fillRect(QRectF(0, 0, area.width(), 2), QColor(COLOURS[plane]))
        text = self._speech.tr(TITLES[plane])
        if not self._straight:
            text = self._speech.tr(say("{plane}, turned", plane=TITLES[plane]))
        size = text_size(text)
        self._title = rect = self._free(QSizeF(_TITLE_LEFT + size.width(), size.height()), area)
        if rect.isEmpty():  # the stroke above still tells which plane it is
            return
        top = rect.center().y()
        _stroke(painter, QLineF(rect.left(), top, rect.left() + 28, top), plane)
        draw_text(painter, rect.adjusted(_TITLE_LEFT, 0, 0, 0), text, QColor(COLOURS[plane]))

    def _free(self, size: QSizeF, area: QRectF) -> QRectF:
        """At the left edge, where no words stand and no measure is drawn; empty where there is no such place."""
        measures, marks = self._view.painted_measures, self._view.painted
        figures = [*self._view.painted_words, *(one.label for one in measures), *(one.label for one in marks)]
        for share in _TITLE_AT:
            rect = QRectF(QPointF(12, area.height() * share - size.height() / 2), size)
            drawn = any(one.outline.intersects(rect) for one in measures)
            if not drawn and not any(figure.intersects(rect) for figure in figures):
                return rect
        return QRectF()


def _stroke(painter: QPainter, line: QLineF, plane: Plane) -> None:
    slanting = abs(line.dx()) > 0.5 and abs(line.dy()) > 0.5
    painter.setRenderHint(
        QPainter.RenderHint.Antialiasing, slanting
    )  # costs most of the time, and blurs what is upright
    painter.setPen(QPen(_OUTLINE, 3.0))
    painter.drawLine(line)
    pen = QPen(QColor(COLOURS[plane]), 1.3)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if DASHES[plane]:
        pen.setDashPattern([length / 1.3 for length in DASHES[plane]])
    painter.setPen(pen)
    painter.drawLine(line)


def _across(area: QRectF, start: QPointF, way: QPointF) -> tuple[QPointF, QPointF] | None:
    """The part of an endless line that lies in the area; None: it passes by."""
    low, high = -math.inf, math.inf
    for at, step, near, far in (
        (start.x(), way.x(), area.left(), area.right()),
        (start.y(), way.y(), area.top(), area.bottom()),
    ):
        if abs(step) < 1e-9:
            if not near <= at <= far:
                return None
            continue
        first, second = sorted(((near - at) / step, (far - at) / step))
        low, high = max(low, first), min(high, second)
    return (start + way * low, start + way * high) if low < high < math.inf else None


def _handles(center: QPointF, ends: tuple[QPointF, QPointF], area: QRectF) -> list[QPointF]:
    """One on either side, away from the point and from the edge's letters."""
    if not area.contains(center):
        return []
    ways = ((end - center) for end in ends)
    return [center + way * _HANDLE_AT for way in ways if math.hypot(way.x(), way.y()) * _HANDLE_AT > 2 * GAP_PX]


def _outside_gap(center: QPointF, ends: tuple[QPointF, QPointF]) -> list[tuple[QPointF, QPointF]]:
    """The two parts of a line beside the gap around the point; all of it where the point lies elsewhere."""
    way = ends[1] - ends[0]
    size = math.hypot(way.x(), way.y())
    unit = way / size
    middle = float(np.dot([center.x() - ends[0].x(), center.y() - ends[0].y()], [unit.x(), unit.y()]))
    parts = ((0.0, min(size, middle - GAP_PX)), (max(0.0, middle + GAP_PX), size))
    return [(ends[0] + unit * a, ends[0] + unit * b) for a, b in parts if a < b]


def _bearing(center: Vector, point: Vector, right: Vector, down: Vector) -> float:
    """Where a point lies around the middle of a view, radians, clockwise from the right."""
    way = (point[0] - center[0], point[1] - center[1], point[2] - center[2])
    return math.atan2(dot(way, down), dot(way, right))


def _apart(a: QPointF, b: QPointF) -> float:
    return math.hypot(a.x() - b.x(), a.y() - b.y())
