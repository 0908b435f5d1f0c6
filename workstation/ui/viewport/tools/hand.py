"""The mouse on measures: draws new ones, selects, pulls and moves those there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QPointF, Signal
from PySide6.QtGui import QPainterPathStroker, QTransform

from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.projection import XY
from workstation.ui.viewport.source import Spacing
from workstation.ui.viewport.tools.board import DrawnMeasure, MeasureBoard
from workstation.ui.viewport.tools.drawing import Drawing, constrained
from workstation.ui.viewport.tools.painting import outline
from workstation.ui.viewport.tools.shaping import anchor_of, moved, reshaped

_REACH_PX: Final = 12.0  # width of the band around a line that grabs it
_HANDLE_PX: Final = 8.0
_DRAG_PX: Final = 4.0  # less is a click
_STEP_PX: Final = 3.0  # between corners of a freehand line
_LEAST_PX: Final = 3.0  # smaller than this was no measure but a trembling hand


@dataclass(frozen=True, slots=True)
class Look:
    """What the view shows now: the slice, and how it lies on the widget.

    kind   what the tool of the left button draws; None: another tool
    shape  height and width of a pixel
    """

    board: MeasureBoard
    kind: MeasureKind | None
    k: int
    drawn: tuple[DrawnMeasure, ...]
    to_widget: QTransform
    shape: Spacing

    def slice_point(self, at: QPointF) -> XY:
        inverse, _ = self.to_widget.inverted()
        point = inverse.map(at)
        return (point.x(), point.y())

    def widget_point(self, at: XY) -> QPointF:
        return self.to_widget.map(QPointF(*at))


@dataclass(frozen=True, slots=True)
class _Grip:
    """What is held: a handle of a measure, or (None) all of it; its points as they were, and where it was taken."""

    board: MeasureBoard
    k: int
    measure: Measure
    points: tuple[XY, ...]
    handle: int | None
    start: XY


class MeasureHand(QObject):
    """
    drawn     a measure that is finished, new or shaped anew
    shaping   a measure as it is under the hand, for figures that follow it
    selected  id; "" for none
    text_wanted  Measure: a place for words that are typed now
    """

    drawn = Signal(object)
    shaping = Signal(object)
    selected = Signal(str)
    text_wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held: _Grip | None = None
        self._start = QPointF()
        self._dragged = False

    def press(self, at: QPointF, look: Look, *, straight: bool) -> bool:
        """The left button went down. Whether the hand takes it."""
        self._start, self._dragged, self._held = at, False, None
        point = look.slice_point(at)
        if look.board.drawing is None:
            grip = self._grip_at(at, look)
            if grip is not None:
                self._held = grip
                self.selected.emit(grip.measure.id)
                return True
            if look.kind is None:
                return False
            look.board.begin(look.kind)
        if look.board.drawing is not None:
            look.board.drawing.press(self._set(look.board.drawing, point, look, straight=straight))
        return True

    def move(self, at: QPointF, look: Look, *, straight: bool) -> None:
        """The pointer went on, held down or not. straight: level, upright, diagonal; a square, a circle."""
        self._dragged = self._dragged or (at - self._start).manhattanLength() >= _DRAG_PX
        drawing, grip, point = look.board.drawing, self._grip(look), look.slice_point(at)
        if drawing is not None:
            point = self._set(drawing, point, look, straight=straight)
            last = drawing.anchors[-1] if drawing.anchors else point
            drawing.hover(point, far=_apart(look.widget_point(last), at) >= _STEP_PX)
            self._follow(look.board.made(drawing.preview, look.k))
        elif grip is not None:
            if self._dragged:
                look.board.shaped = self._pulled(grip, point, look, straight=straight)
                self._follow(look.board.shaped)
        else:
            held = self._grip_at(at, look)
            look.board.hovered = held.measure.id if held is not None else ""

    def release(self, at: QPointF, look: Look, *, straight: bool) -> bool:
        """The left button is up. Whether it was a click on nothing: then it is somebody else's."""
        drawing, grip = look.board.drawing, self._grip(look)
        if drawing is not None:
            self.move(at, look, straight=straight)
            point = drawing.pointer or look.slice_point(at)
            if drawing.release(point, dragged=self._dragged) or self._closed(at, look):
                self._finish(look)
            return False
        if grip is not None:
            shaped, look.board.shaped, self._held = look.board.shaped, None, None
            if shaped is not None:
                self.drawn.emit(shaped)
            return False
        self._held = None  # of a slice that is not the one in view any more
        return not self._dragged

    def double_click(self, at: QPointF, look: Look) -> bool:
        """Ends a region of corners, and opens the words of a measure. Whether it was one of them."""
        drawing = look.board.drawing
        if drawing is not None:
            if drawing.close():
                self._finish(look)
            return True
        measure = self._measure(self._hit(at, look), look)
        if measure is not None:
            self._held = None
            self.text_wanted.emit(measure)
        return measure is not None

    @property
    def holds(self) -> bool:
        """Whether a measure there is was taken."""
        return self._held is not None

    def cancel(self, board: MeasureBoard) -> bool:
        """Let go, and leave everything as it was. Whether there was anything."""
        held, self._held = self._held, None
        return board.let_go() or held is not None

    def _grip(self, look: Look) -> _Grip | None:
        """What is held, as long as its slice is the one that is shown."""
        held = self._held
        return held if held is not None and held.board is look.board and held.k == look.k else None

    def _finish(self, look: Look) -> None:
        drawing = look.board.drawing
        if drawing is None:
            return
        points = drawing.finished
        measure = look.board.made(points, look.k)
        look.board.drawing = None
        if measure is None or not _seen(measure.kind, points, look):
            return
        if measure.kind is MeasureKind.TEXT:
            self.text_wanted.emit(measure)
        else:
            self.drawn.emit(measure)

    def _set(self, drawing: Drawing, point: XY, look: Look, *, straight: bool) -> XY:
        free = not straight or drawing.last is None or drawing.kind is MeasureKind.FREEHAND
        return point if free or drawing.last is None else constrained(drawing.kind, drawing.last, point, look.shape)

    def _closed(self, at: QPointF, look: Look) -> bool:
        """A click on the first corner closes a region of corners."""
        drawing = look.board.drawing
        if drawing is None or self._dragged or len(drawing.anchors) < 2:
            return False
        if _apart(look.widget_point(drawing.anchors[0]), at) > _HANDLE_PX or drawing.kind is not MeasureKind.FREEHAND:
            return False
        drawing.anchors.pop()
        return drawing.close()

    def _pulled(self, grip: _Grip, point: XY, look: Look, *, straight: bool) -> Measure:
        if grip.handle is None:
            points = moved(grip.points, (point[0] - grip.start[0], point[1] - grip.start[1]))
        else:
            anchor = anchor_of(grip.measure.kind, grip.points, grip.handle) if straight else None
            if anchor is not None:
                point = constrained(grip.measure.kind, anchor, point, look.shape)
            points = reshaped(grip.measure.kind, grip.points, grip.handle, point)
            if not _seen(grip.measure.kind, points, look):
                return look.board.shaped or grip.measure  # of no size it could not be taken hold of again
        return look.board.reshape(grip.measure, points, look.k)

    def _follow(self, measure: Measure | None) -> None:
        if measure is not None and measure.kind.valued:
            self.shaping.emit(measure)

    def _grip_at(self, at: QPointF, look: Look) -> _Grip | None:
        """The selected one's handles first; then lines, the front one first.

        While a tool draws, only those handles: a line that begins on another one is a new one.
        """
        start = look.slice_point(at)
        for one in sorted(look.drawn, key=lambda one: not one.selected):
            measure = self._measure(one.id, look)
            if measure is None or not one.points or (look.kind is not None and not one.selected):
                continue
            for number, handle in enumerate(one.handles):
                if _apart(look.widget_point(handle), at) <= _HANDLE_PX:
                    return _Grip(look.board, look.k, measure, one.points, number, start)
        hit = self._hit(at, look) if look.kind is None else ""
        measure = self._measure(hit, look)
        points = next((one.points for one in look.drawn if one.id == hit), ())
        return _Grip(look.board, look.k, measure, points, None, start) if measure is not None and points else None

    def _hit(self, at: QPointF, look: Look) -> str:
        """Id of the measure whose line is under the pointer; "" for none."""
        stroker = QPainterPathStroker()
        stroker.setWidth(_REACH_PX)
        for one in reversed(look.drawn):
            path = outline(one, look.to_widget)
            near = path.boundingRect().adjusted(-_REACH_PX, -_REACH_PX, _REACH_PX, _REACH_PX).contains(at)
            if near and not one.unfinished and stroker.createStroke(path).contains(at):
                return one.id
        return ""

    def _measure(self, measure_id: str, look: Look) -> Measure | None:
        return next((one for one in look.board.content.measures if one.id == measure_id), None)


def _apart(a: QPointF, b: QPointF) -> float:
    way = a - b
    return float((way.x() ** 2 + way.y() ** 2) ** 0.5)


def _seen(kind: MeasureKind, points: tuple[XY, ...], look: Look) -> bool:
    """Whether its lines are long enough to be meant."""
    at = [look.widget_point(point) for point in points]
    if kind in (MeasureKind.PROBE, MeasureKind.TEXT):
        return True
    if kind is MeasureKind.COBB:
        return min(_apart(at[0], at[1]), _apart(at[2], at[3])) >= _LEAST_PX
    if kind is MeasureKind.ANGLE:
        return min(_apart(at[0], at[1]), _apart(at[1], at[2])) >= _LEAST_PX
    if kind in (MeasureKind.RECTANGLE, MeasureKind.ELLIPSE):
        return min(_apart(at[0], at[1]), _apart(at[0], at[3])) >= _LEAST_PX
    return max(_apart(at[0], other) for other in at) >= _LEAST_PX
