"""A canvas that is drawn on: the hand's strokes in pixels of the picture, whatever its zoom, turn and flip.

It knows no masks: who hears of a stroke makes one of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from workstation.domain.drawn_mask import DrawnMask
from workstation.domain.overlaid import FileLook
from workstation.ui.keys import Command
from workstation.ui.photo.pencil import STEP, Pencil, Stroke, first_diameter
from workstation.ui.viewport.gestures import Tool
from workstation.ui.viewport.measuring_canvas import MeasuringCanvas

_LEAST: Final = 1.0  # pixels of the picture
_MOST: Final = 0.5  # of its longer side
_BY_KEY: Final = {Command.TURN_RIGHT: 1, Command.TURN_LEFT: -1}  # ] and [, while a brush is in the hand


class DrawingCanvas(MeasuringCanvas):
    stroke_drawn = Signal(object)  # Stroke
    brush_sized = Signal(float)  # its diameter, in pixels of the picture
    drawing_refused = Signal()  # what is shown can't be drawn on

    def _clear(self) -> None:
        super()._clear()
        self._pencil = Pencil()  # half a polygon would go on with on another picture
        self._tracer.drawn.show(())

    def show_drawn(self, masks: Sequence[tuple[DrawnMask, FileLook]]) -> None:
        """What was drawn on this picture, from the back, and how it is painted."""
        self._tracer.drawn.show(masks if self.drawable else ())
        self.update()

    def show_pencil(self, colour: QColor, diameter: float) -> None:
        """The colour of the mask that is drawn, and the brush; 0: as large as suits the picture."""
        self._pencil.colour, self._pencil.diameter = colour, diameter
        self.update()

    @property
    def drawable(self) -> bool:
        """Whether it shows a single picture without a place in a patient."""
        source = self._showing.source if self._showing is not None else None
        return source is not None and source.count == 1 and source.geometry is None

    @property
    def brush_diameter(self) -> float:
        """In pixels of the picture."""
        return self._sized()

    def _sized(self) -> float:
        source = self._showing.source if self._showing is not None else None
        if not self._pencil.diameter and source is not None:
            self._pencil.diameter = first_diameter(source.rows, source.columns)
        return self._pencil.diameter

    def _press_drawing(self, at: QPointF) -> None:
        if not self.drawable:
            self.drawing_refused.emit()
            return
        self._sized()
        if self._tool is Tool.POLYGON and self._pencil.closes(at, self.to_widget()):
            self._end_polygon()
        else:
            self._pencil.press(self._tool, self._slice_point(at))
        self.update()

    def _move_drawing(self, at: QPointF) -> None:
        """The pointer went on, held down or not: the brush is shown where it is."""
        self._pencil.move(self._tool, self._slice_point(at))
        self.update()

    def _release_drawing(self, at: QPointF) -> None:
        if self._pencil.held:
            self._tell(self._pencil.release(self._tool, self._slice_point(at)))
            self.update()

    def _drawing_in_hand(self) -> bool:
        """Whether a stroke or the corners of a polygon are not part of a mask yet."""
        return bool(self._pencil.points)

    def _end_polygon(self) -> None:
        self._tell(self._pencil.close())
        self.update()

    def _cancel_drawing(self) -> bool:
        """Leave what is half drawn. Whether there was anything."""
        self.update()
        return self._pencil.let_go()

    def _size_brush(self, steps: float) -> None:
        source = self._showing.source if self._showing is not None else None
        if source is not None:
            most = _MOST * max(source.rows, source.columns)
            self._pencil.diameter = min(max(self._sized() * STEP**steps, _LEAST), most)
            self.brush_sized.emit(self._pencil.diameter)
            self.update()

    def takes_key(self, command: Command | None) -> bool:
        """The keys that turn the picture ([ and ]) size the brush while it is in the hand. Whether this did so."""
        if command not in _BY_KEY or not self._tool.brush or not self.drawable:
            return False
        self._size_brush(_BY_KEY[command])
        return True

    def _tell(self, stroke: Stroke | None) -> None:
        if stroke is not None:
            self.stroke_drawn.emit(stroke)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._tool.draws and self.drawable:
            self._sized()
            painter = QPainter(self)
            self._pencil.paint(painter, self._tool, self.to_widget(), self._pointer)
            painter.end()
