"""The viewport: shows slices of one source with window, zoom, words and marks; says what the reader asks for.

`show_…` takes a value and emits nothing; a signal always means that the reader did something.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from workstation.domain.answer import Placement
from workstation.domain.decision import Decision
from workstation.domain.finding import Basis, Finding
from workstation.domain.projection import center_of, slice_plane
from workstation.domain.regrid import is_even
from workstation.domain.series import VoiWindow
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words, say
from workstation.ui.keys import BY_COMMAND, Command, Scope, command_of, key_text
from workstation.ui.speech import Speech
from workstation.ui.theme import IMAGE_TEXT, IMAGE_WARNING
from workstation.ui.viewport import captions
from workstation.ui.viewport.brush import Painted
from workstation.ui.viewport.camera import Camera
from workstation.ui.viewport.captions import CursorPoint
from workstation.ui.viewport.composing import compose
from workstation.ui.viewport.gestures import Drag, Gesture, Tool
from workstation.ui.viewport.menu import fill_menu
from workstation.ui.viewport.overlay import Overlay, OverlayTracer, center_slice
from workstation.ui.viewport.picture import Picture, ToGray
from workstation.ui.viewport.ruler import Length
from workstation.ui.viewport.scrubber import Scrubber
from workstation.ui.viewport.showing import Showing
from workstation.ui.viewport.slice_painter import Scene, SlicePainter, picture_area
from workstation.ui.viewport.source import SliceSource, Spacing
from workstation.ui.viewport.windowing import WINDOW_COMMANDS

_STEPS: Final = {Command.NEXT_SLICE: 1, Command.PREVIOUS_SLICE: -1, Command.TEN_ON: 10, Command.TEN_BACK: -10}
_TOOLS: Final = {tool.value: tool for tool in Tool}
_ZOOM_STEP: Final = 1.25
_NOTCH: Final = 120  # wheel units of one step


class SliceView(QWidget):
    slice_changed = Signal(int)  # from 0
    window_changed = Signal(object)  # VoiWindow
    tool_changed = Signal(object)  # Tool
    finding_clicked = Signal(str)  # finding id
    cursor_moved = Signal(object)  # CursorPoint, or None when the pointer left the picture
    command_asked = Signal(object)  # Command of another scope, typed while the view had the focus

    def __init__(self, speech: Speech, to_gray: ToGray, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._picture = Picture(to_gray)
        self._painter = SlicePainter()
        self._tracer = OverlayTracer()
        self._gesture = Gesture()
        self._menu = QMenu(self)
        self._tool = Tool.WINDOW
        self._smooth = True
        self._info = True
        self._wheel = 0
        self._message: Words | None = captions.EMPTY
        self._failed = False
        self._clear()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 120)
        speech.changed.connect(self._say_again)
        self._say_again()

    def _clear(self) -> None:
        """Nothing of the series before may stay: a mark or a length over another patient's picture would be a lie."""
        self._tracer.show(Overlay(), None)
        self._painted: tuple[Painted, ...] = ()
        self._showing: Showing | None = None
        self._resampled = False
        self._pointer: QPointF | None = None

    # What is shown

    def show_slice_source(
        self,
        source: SliceSource,
        *,
        patient: str = "",
        series: str = "",
        window: VoiWindow | None = None,
        file_window: VoiWindow | None = None,
        more_windows: tuple[VoiWindow, ...] = (),
        slice_index: int | None = None,
        aspect: Spacing | None = None,
        resampled: bool = False,
    ) -> None:
        """Another series, fitted, at its middle slice. Findings, lengths and inversion of the one before are gone.

        window       the reader's last one for this series; else the file's, else the 1st to 99th percentile
        aspect       height and width of a pixel, where the source has no spacing
        resampled    these are not the slices as acquired; the way back is offered
        """
        self._clear()
        self._resampled = resampled
        self._message, self._failed = None, False
        file_windows = ((file_window,) if file_window is not None else ()) + more_windows
        self._showing = Showing(source, (patient, series), window, file_windows, slice_index, aspect)
        self._refit()
        self._load()

    def show_arrived(self, k: int) -> None:
        """Slice k of the same source is loaded now."""
        if self._showing is not None and (k == self._showing.k or self._showing.pictured is None):
            self._load()

    def show_slice(self, k: int) -> None:
        """Slice k, from 0; beyond the ends: the last one there is."""
        if self._showing is not None:
            self._showing.k = self._showing.within(k)
            self._load()

    def show_window(self, window: VoiWindow) -> None:
        if self._showing is not None:
            self._showing.windowing.shown = window
            self._showing.stale = True
            self.update()

    def show_texts(self, patient: str, series: str) -> None:
        if self._showing is not None:
            self._showing.texts = (patient, series)
            self._describe()
            self.update()

    def show_tool(self, tool: Tool) -> None:
        self._tool = tool
        self.setCursor(Qt.CursorShape.CrossCursor if tool is Tool.LENGTH else Qt.CursorShape.ArrowCursor)
        self.update()

    def show_findings(
        self,
        findings: Sequence[Finding],
        decisions: Mapping[str, Decision],
        selected: str = "",
        placement: Placement | None = None,
        visible: bool = True,
        *,
        masks: Sequence[LabelVolume] = (),
        basis: Basis | None = None,
        local: bool = False,
    ) -> None:
        """One result over the slices. Marks appear only where `placement` is proven or assumed; a simulated result
        always brings its watermark, also with marks hidden.

        placement  None: no result is shown
        basis      of the whole result; its findings' are looked at besides
        local      the result came from the local cloud
        """
        overlay = Overlay(
            findings=tuple(findings),
            decisions=decisions,
            selected=selected,
            placement=placement,
            visible=visible,
            masks=tuple(masks),
            basis=basis,
            local=local,
        )
        self._tracer.show(overlay, self._showing.source.geometry if self._showing is not None else None)
        self.update()

    def show_finding(self, finding_id: str) -> bool:
        """Go to the slice of a finding's middle and bring it into view. False where it has no place here."""
        overlay = self._tracer.overlay
        geometry = self._showing.source.geometry if self._showing is not None else None
        finding = next((f for f in overlay.findings if f.id == finding_id), None)
        if geometry is None or finding is None or overlay.placement is None:
            return False
        k = center_slice(finding, geometry, overlay.masks) if overlay.placement.state.painted else None
        if k is None:
            return False
        self.show_slice(k)
        center = center_of(finding)
        if center is not None:
            x, y, _ = slice_plane(geometry, k).to_view(center)
            self._bring_into_view(QPointF(float(x), float(y)))
        return True

    def show_empty(self) -> None:
        self._show_message(captions.EMPTY, failed=False)

    def show_loading(self, words: Words | None = None) -> None:
        self._show_message(words or captions.LOADING, failed=False)

    def show_failed(self, words: Words) -> None:
        self._show_message(words, failed=True)

    def _show_message(self, words: Words, *, failed: bool) -> None:
        self._clear()
        self._message, self._failed = words, failed
        self._say_again()

    # What it is now

    @property
    def slice_index(self) -> int:
        return self._showing.k if self._showing is not None else 0

    @property
    def window_shown(self) -> VoiWindow | None:
        return self._showing.windowing.shown if self._showing is not None else None

    @property
    def tool(self) -> Tool:
        return self._tool

    @property
    def camera(self) -> Camera:
        return self._showing.camera if self._showing is not None else Camera(rows=1, columns=1)

    @property
    def painted(self) -> tuple[Painted, ...]:
        """The marks of the last paint, in widget pixels."""
        return self._painted

    @property
    def seen(self) -> int:
        """How many slices of this series were on the screen."""
        return int(self._showing.seen.sum()) if self._showing is not None else 0

    def lengths(self, k: int) -> tuple[Length, ...]:
        return tuple(self._showing.lengths.get(k, ())) if self._showing is not None else ()

    def to_widget(self) -> QTransform:
        """Slice pixels (column, row; centers whole) → widget pixels."""
        return self.camera.transform(picture_area(self.size()), self.devicePixelRatioF())

    def sizeHint(self) -> QSize:
        return QSize(640, 640)

    # Commands

    def perform(self, command: Command) -> bool:
        """Do what a key or a menu entry of scope VIEW says. False: not a command of this view."""
        if BY_COMMAND[command].scope is not Scope.VIEW:
            return False
        if command in _TOOLS:
            self.show_tool(_TOOLS[command])
            self.tool_changed.emit(self._tool)
        elif command is Command.SMOOTH:
            self._smooth = not self._smooth
        elif command is Command.INFO:
            self._info = not self._info
        elif self._showing is not None:
            self._perform_on(self._showing, command)
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
                    showing.stale, showing.inverted = True, False
                    self._set_window(showing.windowing.first)
            case Command.INVERT:
                showing.stale, showing.inverted = True, not showing.inverted
            case Command.DELETE_LENGTH:
                showing.delete_length()

    def possible(self, command: Command) -> bool:
        """Whether a command would do something now; presets are in HU, so they need values in HU."""
        if self._showing is None:
            return command in _TOOLS
        if command in WINDOW_COMMANDS:
            return self._showing.windowing.possible(command)
        if command is Command.DELETE_LENGTH:
            return bool(self._showing.lengths.get(self._showing.k))
        if command is Command.STRAIGHTEN:
            geometry = self._showing.source.geometry
            return self._resampled or (geometry is not None and not is_even(geometry))
        return BY_COMMAND[command].scope is Scope.VIEW

    def open_menu(self, at: QPoint) -> None:
        """What the right button offers, at a place on the screen."""
        fill_menu(self._menu, self._speech, self.possible, self._perform_or_ask)
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
            self.slice_changed.emit(self.slice_index)

    def _load(self) -> None:
        """Bring slice k into the picture if it is there; else the picture before stays, and the words say so."""
        if self._showing is not None:
            self._showing.stale = True
            self._showing.drawn = None
        self._describe()
        self.update()

    def _refit(self) -> None:
        showing = self._showing
        if showing is not None and showing.fit:
            showing.camera = showing.camera.fitted(picture_area(self.size()), self.devicePixelRatioF())

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

    def _bring_into_view(self, point: QPointF) -> None:
        at, area = self.to_widget().map(point), picture_area(self.size())
        if not area.adjusted(40, 40, -40, -40).contains(at):
            self._pan(area.center() - at)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._painted = self._painter.paint(painter, self._scene(), self.size())
        painter.end()

    def _scene(self) -> Scene:
        showing = self._showing
        if showing is not None and showing.fill(self._picture):
            self._painter.picture_changed()
        if showing is None or showing.pictured is None:
            return Scene(
                ratio=self.devicePixelRatioF(),
                focused=self.hasFocus(),
                to_widget=self.to_widget(),
                seen=np.zeros(0, dtype=np.bool_),
                simulated=self._tracer.overlay.simulated,
                message=(self._speech.tr(self._message or captions.LOADING), self._second_sentence()),
                message_colour=IMAGE_WARNING if self._failed else IMAGE_TEXT,
            )
        return compose(
            showing,
            self._tracer,
            self._speech,
            image=self._picture.image,
            to_widget=self.to_widget(),
            ratio=self.devicePixelRatioF(),
            focused=self.hasFocus(),
            smooth=self._smooth,
            info=self._info,
            tool=self._tool.title if self._tool is not Tool.WINDOW else None,
            cursor=self._cursor_point(),
        )

    def _second_sentence(self) -> str:
        if self._failed:
            return self._speech.tr(captions.FAILED_SECOND)
        if self._message is captions.EMPTY:
            return self._speech.tr(captions.how_to_open(key_text(Command.OPEN)))
        return ""

    # The pointer

    def _slice_point(self, at: QPointF) -> tuple[float, float]:
        """Slice pixels (column, row) under a widget point."""
        inverse, _ = self.to_widget().inverted()
        point = inverse.map(at)
        return (point.x(), point.y())

    def _cursor_point(self) -> CursorPoint | None:
        if self._showing is None or self._pointer is None:
            return None
        return self._showing.cursor_point(self._slice_point(self._pointer))

    def _scrubber(self, showing: Showing) -> Scrubber:
        return Scrubber.beside(QRectF(self.rect()), showing.source.count)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at, showing = event.position(), self._showing
        on_scrubber = showing is not None and self._scrubber(showing).hit_by(at)
        self._gesture.press(event.button(), event.buttons(), at, self._tool, on_scrubber)
        if showing is not None:
            showing.drawn = None
            if self._gesture.drag is Drag.SCRUB:
                self._go_to(self._scrubber(showing).slice_at(at.y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        way = self._gesture.move(at)
        if way is not None and self._showing is not None:
            self._drag(self._showing, way, at)
        self._point(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag = self._gesture.drag
        clicked = self._gesture.release(event.buttons())
        if clicked and event.button() == Qt.MouseButton.LeftButton:
            self._click(event.position())
        elif clicked and event.button() == Qt.MouseButton.RightButton:
            self.open_menu(event.globalPosition().toPoint())
        elif drag is Drag.LENGTH and self._showing is not None:
            self._showing.keep_length()
            self.update()

    def _drag(self, showing: Showing, way: QPointF, at: QPointF) -> None:
        match self._gesture.drag:
            case Drag.WINDOW:
                self._set_window(showing.windowing.dragged(way, self.size()))
            case Drag.PAN:
                self._pan(way)
            case Drag.ZOOM:
                self._zoom(float(np.exp(-way.y() / 150)), self._gesture.start)
            case Drag.LENGTH:
                showing.drawn = Length(self._slice_point(self._gesture.start), self._slice_point(at))
            case Drag.SCRUB:
                self._go_to(self._scrubber(showing).slice_at(at.y()))
            case Drag.SCROLL:
                self._scroll_by(way.y() / max(1, self.height()) * showing.source.count)
            case Drag.NONE:
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
        if hits:
            # The smallest one under the pointer: a nodule inside a lobe's mask stays within reach.
            smallest = min(hits, key=lambda p: p.bounds.width() * p.bounds.height())
            self.finding_clicked.emit(smallest.finding_id)

    def _point(self, at: QPointF | None) -> None:
        self._pointer = at
        self.cursor_moved.emit(self._cursor_point())
        half = self.rect().width() // 2
        self.update(QRect(0, self.height() - 48, half, 48))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(_ZOOM_STEP ** (turned / _NOTCH), event.position())
        else:
            self._scroll_by(-turned / _NOTCH)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The mouse opens the menu on release, so that a right drag can zoom; the menu key opens it here."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.open_menu(self.mapToGlobal(QPoint(self.width() // 2, self.height() // 2)))
        event.accept()

    # Keys, focus, size, language

    def keyPressEvent(self, event: QKeyEvent) -> None:
        command = command_of(event, Scope)
        if command is None:
            super().keyPressEvent(event)
        else:
            self._perform_or_ask(command)

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

    def _say_again(self) -> None:
        self.setAccessibleName(self._speech.tr(say("Picture")))
        self._describe()
        self.update()

    def _describe(self) -> None:
        """For screen readers: what the corner says of the slice."""
        if self._showing is None:
            self.setAccessibleDescription(self._speech.tr(self._message or captions.LOADING))
            return
        lines = captions.place_lines(
            self._speech, *self._showing.texts, self._showing.source, self._showing.k, loaded=True
        )
        self.setAccessibleDescription(", ".join(line.text for line in lines))
