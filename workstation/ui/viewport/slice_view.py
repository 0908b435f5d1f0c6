"""The viewport: a canvas with hands. Keys, mouse and menu move it, and say what the reader asks for.

`show_…` takes a value and emits nothing; a signal always means that the reader did something.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from workstation.domain.regrid import is_even
from workstation.domain.series import VoiWindow
from workstation.ui.keys import BY_COMMAND, Command, Scope, command_of
from workstation.ui.photo.drawing_canvas import DrawingCanvas
from workstation.ui.speech import Speech
from workstation.ui.viewport.cine import Cine
from workstation.ui.viewport.comparing import Look
from workstation.ui.viewport.gestures import Drag, Gesture, Tool
from workstation.ui.viewport.luts import GRAYS, next_colours
from workstation.ui.viewport.menu import fill_menu, fill_tables
from workstation.ui.viewport.picture import Picture, ToGray
from workstation.ui.viewport.scrubber import Scrubber
from workstation.ui.viewport.showing import Showing
from workstation.ui.viewport.slice_painter import SlicePainter, picture_area
from workstation.ui.viewport.windowing import WINDOW_COMMANDS

_STEPS: Final = {Command.NEXT_SLICE: 1, Command.PREVIOUS_SLICE: -1, Command.TEN_ON: 10, Command.TEN_BACK: -10}
_TOOLS: Final = {tool.value: tool for tool in Tool}
_ZOOMS: Final = (Command.ZOOM_IN, Command.ZOOM_OUT, Command.ONE_TO_ONE, Command.FIT, Command.RESET)
_ZOOM_STEP: Final = 1.25
_NOTCH: Final = 120  # wheel units of one step


class SliceView(DrawingCanvas):
    slice_changed = Signal(int)  # from 0
    window_changed = Signal(object)  # VoiWindow
    tool_changed = Signal(object)  # Tool
    finding_clicked = Signal(str)  # finding id
    cursor_moved = Signal(object)  # CursorPoint, or None when the pointer left the picture
    camera_moved = Signal(bool)  # nearer, further or elsewhere; True: this view alone
    command_asked = Signal(object)  # Command of another scope, typed while the view had the focus

    def __init__(self, speech: Speech, to_gray: ToGray, parent: QWidget | None = None) -> None:
        super().__init__(speech, to_gray, parent)
        self._to_gray = to_gray
        self._gesture = Gesture()
        self._menu = QMenu(self)
        self._tables = QMenu(self._menu)
        self._wheel = 0
        self._cine = Cine(self._play, self)
        self._film: Showing | None = None  # what plays
        self.presented.connect(self._frame_painted)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """A picture that nobody sees takes no memory: the next paint makes it again."""
        super().hideEvent(event)
        if not event.spontaneous():  # else it is only behind another window
            self._picture, self._painter = Picture(self._to_gray), SlicePainter()
            self._still.forget()
            if self._showing is not None:
                self._showing.stale, self._showing.pictured = True, None

    # Commands

    def perform(self, command: Command) -> bool:
        """Do what a key or a menu entry of scope VIEW says. False: not a command of this view."""
        if BY_COMMAND[command].scope is not Scope.VIEW:
            return False
        if command in _TOOLS:
            self._cancel_drawing()
            self.show_tool(_TOOLS[command])
            self.tool_changed.emit(self._tool)
        elif command is Command.SMOOTH:
            self._smooth = not self._smooth
        elif command is Command.INFO:
            self._info = not self._info
        elif self._showing is not None:
            self._perform_on(self._showing, command)
            if command in _ZOOMS:
                self.camera_moved.emit(False)
        self.update()
        return True

    def _perform_on(self, showing: Showing, command: Command) -> None:
        middle = picture_area(self.size()).center()
        match command:
            case _ if command in _STEPS:
                self._go_to(showing.k + _STEPS[command])
            case Command.FIRST_SLICE:
                self._go_to(0)
            case Command.LAST_SLICE:
                self._go_to(showing.source.count - 1)
            case _ if command in WINDOW_COMMANDS:
                self._set_window(showing.windowing.chosen(command))
            case Command.ZOOM_IN:
                self._zoom(_ZOOM_STEP, middle)
            case Command.ZOOM_OUT:
                self._zoom(1 / _ZOOM_STEP, middle)
            case Command.ONE_TO_ONE:
                self._zoom(1 / showing.camera.zoom, middle)
            case Command.FIT | Command.RESET:
                showing.fit = True
                self._refit()
                if command is Command.RESET:
                    showing.stale, showing.inverted, showing.colours = True, False, GRAYS
                    self._turn(showing, replace(showing.camera, pose=showing.upright))
                    self._set_window(showing.windowing.first)
            case Command.FLIP_ACROSS | Command.FLIP_DOWN:
                self._turn(showing, showing.camera.flipped(across=command is Command.FLIP_ACROSS))
            case Command.TURN_RIGHT | Command.TURN_LEFT:
                self._turn(showing, showing.camera.turned(1 if command is Command.TURN_RIGHT else -1))
            case Command.COLOURS:
                self.show_colours(next_colours(showing.colours))
            case Command.CINE:
                self._play_or_stop(showing)
            case Command.INVERT:
                showing.stale, showing.inverted = True, not showing.inverted
            case Command.FLICKER:
                showing.show_look(Look.THIS if showing.look is Look.OTHER else Look.OTHER)
            case Command.DIFFERENCE:
                showing.show_look(Look.THIS if showing.look is Look.DIFFERENCE else Look.DIFFERENCE)
            case Command.DELETE_MEASURE:
                self._delete_measure()

    def possible(self, command: Command) -> bool:
        """Whether a command would do something now; presets are in HU, so they need values in HU."""
        if self._showing is None:
            return command in _TOOLS
        if command in _TOOLS and _TOOLS[command].draws:
            return self.drawable
        if command in WINDOW_COMMANDS:
            return self._showing.windowing.possible(command)
        if command is Command.DELETE_MEASURE:
            return bool(self._deletable())
        if command is Command.CALIBRATE:
            return self._showing.source.geometry is None
        if command in (Command.FLICKER, Command.DIFFERENCE):
            return self._showing.other is not None
        if command is Command.COLOURS:
            return not self._showing.coloured
        if command is Command.CINE:
            return self._showing.source.count > 1
        if command is Command.STRAIGHTEN:
            geometry = self._showing.source.geometry
            return self._resampled or (geometry is not None and not is_even(geometry))
        return BY_COMMAND[command].scope is Scope.VIEW

    def open_menu(self, at: QPoint) -> None:
        """What the right button offers, at a place on the screen."""
        fill_menu(self._menu, self._speech, self.possible, self._perform_or_ask, self._tables)
        shown = self._showing.colours if self._showing is not None else GRAYS
        fill_tables(self._tables, self._speech, shown, self.show_colours)
        self._menu.popup(at)

    def _perform_or_ask(self, command: Command) -> None:
        if not self.perform(command):
            self.command_asked.emit(command)

    def _set_window(self, window: VoiWindow | None) -> None:
        """The reader's own choice."""
        if window is not None and window != self.window_shown:
            self.show_window(window)
            self.window_changed.emit(window)

    def _go_to(self, k: int) -> None:
        before = self.slice_index
        self.show_slice(k)
        if self.slice_index != before:
            self._cine.follow(self.slice_index)
            self.slice_changed.emit(self.slice_index)

    # Playing

    def _play_or_stop(self, showing: Showing) -> None:
        playing = self._film is showing
        self._stop()
        if not playing:
            self._film = showing
            self._cine.start(showing.traits.film, showing.source.count, showing.k)
            showing.played = self._cine.played
            if showing.played is None:
                self._stop()

    def _stop(self) -> None:
        """What played is let go of: this view may show another series now, or none."""
        self._cine.stop()
        if self._film is not None:
            self._film.played = None
        self._film = None

    def _play(self, k: int) -> bool:
        showing = self._showing
        if showing is None or showing is not self._film or not self.isVisible():
            self._stop()
            return True
        if showing.pixels.slice_values(k) is None:
            return False
        showing.played = self._cine.played
        self.show_slice(k)
        self.slice_changed.emit(k)
        return True

    def _frame_painted(self) -> None:
        if self._showing is not None and self._showing.loaded:
            self._cine.frame_painted()

    # What is in the hand while something else is asked for

    @property
    def holds(self) -> bool:
        """Whether something is half drawn or being pulled, with the button down or between two clicks."""
        return self._drawing_in_hand() or self._measure_in_hand()

    def finish(self) -> None:
        """As if the button came up where the pointer is. What needs more than that is still held then."""
        drag, at = self._gesture.drag, self._gesture.last
        at = self._pointer if self._pointer is not None else at
        self._gesture.end()
        if drag is Drag.DRAW:
            self._release_drawing(at)
        elif drag is Drag.MEASURE and self._tool is not Tool.TEXT:
            self._release_measure(at, straight=False)

    def leave(self) -> None:
        """Nothing is held any more, and nothing comes of it."""
        self._cancel_drawing()
        self._cancel_measure()

    # The pointer

    def _scrubber(self, showing: Showing) -> Scrubber:
        return Scrubber.beside(QRectF(self.rect()), showing.source.count)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at, showing = event.position(), self._showing
        on_scrubber = showing is not None and self._scrubber(showing).hit_by(at)
        self._gesture.press(event.button(), event.buttons(), at, self._tool, on_scrubber)
        if showing is not None and self._gesture.drag is Drag.SCRUB:
            self._go_to(self._scrubber(showing).slice_at(at.y()))
        elif self._gesture.drag is Drag.SCROLL:
            self._cancel_measure()
            self._cancel_drawing()
        elif self._gesture.drag is Drag.DRAW:
            self._press_drawing(at)
        elif event.button() == Qt.MouseButton.LeftButton and self._press_measure(at, straight=_shift(event)):
            self._gesture.measure()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        way = self._gesture.move(at)
        if self._tool.draws:
            self._move_drawing(at)
        if self._gesture.drag in (Drag.NONE, Drag.MEASURE):
            self._move_measure(at, straight=_shift(event))
        elif way is not None and self._showing is not None:
            self._drag(self._showing, way, at)
            if self._gesture.drag in (Drag.PAN, Drag.ZOOM):
                self.camera_moved.emit(_shift(event))
        self._point(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag = self._gesture.drag
        clicked = self._gesture.release(event.buttons())
        if drag is Drag.DRAW:
            if event.button() == Qt.MouseButton.LeftButton:
                self._release_drawing(event.position())
        elif drag is Drag.MEASURE:
            if event.button() == Qt.MouseButton.LeftButton:
                self._release_measure(event.position(), straight=_shift(event))
        elif clicked and event.button() == Qt.MouseButton.LeftButton:
            self._click(event.position())
        elif clicked and event.button() == Qt.MouseButton.RightButton:
            self.open_menu(event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._tool is Tool.POLYGON:
            self._end_polygon()
        elif left and self._tool.draws:
            self.mousePressEvent(event)
        elif not (left and self._double_click_measure(event.position())):
            super().mouseDoubleClickEvent(event)

    def _drag(self, showing: Showing, way: QPointF, at: QPointF) -> None:
        match self._gesture.drag:
            case Drag.WINDOW:
                self._set_window(showing.windowing.dragged(way, self.size()))
            case Drag.PAN:
                self._pan(way)
            case Drag.ZOOM:
                self._zoom(float(np.exp(-way.y() / 150)), self._gesture.start)
            case Drag.SCRUB:
                self._go_to(self._scrubber(showing).slice_at(at.y()))
            case Drag.SCROLL:
                self._scroll_by(way.y() / max(1, self.height()) * showing.source.count)
            case Drag.NONE | Drag.MEASURE | Drag.DRAW:
                pass
        self.update()

    def _scroll_by(self, slices: float) -> None:
        """Fractions of a slice add up."""
        self._wheel += round(slices * _NOTCH)
        steps = int(self._wheel / _NOTCH)
        self._wheel -= steps * _NOTCH
        if steps:
            self._go_to(self.slice_index + steps)

    def _click(self, at: QPointF) -> None:
        hits = [painted for painted in self._painted if painted.hit_by(at)]
        if self._showing is not None and self._showing.board.content.selected:
            self.measure_selected.emit("")
        if hits:
            # The smallest one under the pointer: a nodule inside a lobe's mask stays within reach.
            smallest = min(hits, key=lambda p: p.bounds.width() * p.bounds.height())
            self.finding_clicked.emit(smallest.finding_id)

    def _point(self, at: QPointF | None) -> None:
        self._pointer = at
        self.cursor_moved.emit(self._cursor_point())
        if self._tool.draws:
            self.update()
        half = self.rect().width() // 2
        self.update(QRect(0, self.height() - 48, half, 48))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(_ZOOM_STEP ** (turned / _NOTCH), event.position())
            self.camera_moved.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif self._tool.brush and self.drawable:
            self._size_brush(turned / _NOTCH)
        else:
            self._scroll_by(-turned / _NOTCH)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The mouse opens the menu on release, so that a right drag can zoom; the menu key opens it here."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.open_menu(self.mapToGlobal(QPoint(self.width() // 2, self.height() // 2)))
        event.accept()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self._cancel_drawing() or self._cancel_measure()):
            return
        command = command_of(event, Scope)
        if self.takes_key(command):
            return
        if command is None:
            super().keyPressEvent(event)
        else:
            self._perform_or_ask(command)


def _shift(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
