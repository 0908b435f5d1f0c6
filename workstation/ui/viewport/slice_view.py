"""The viewport: shows slices of one source with window, zoom, words and marks; says what the reader asks for.

`show_…` takes a value and emits nothing; a signal always means that the reader did something.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
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
from workstation.domain.decision import OPEN, Decision, DecisionState
from workstation.domain.finding import Basis, Finding
from workstation.domain.projection import center_of, slice_plane
from workstation.domain.series import VoiWindow
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words, say
from workstation.ui.keys import BY_COMMAND, Command, Scope, command_of, key_text
from workstation.ui.speech import Speech
from workstation.ui.theme import IMAGE_TEXT, IMAGE_WARNING, finding_colour
from workstation.ui.viewport import captions
from workstation.ui.viewport.brush import Painted, colour_of
from workstation.ui.viewport.camera import Camera
from workstation.ui.viewport.captions import CursorPoint
from workstation.ui.viewport.corner import Corner, CornerLine, edge_letters
from workstation.ui.viewport.gestures import Drag, Gesture, Tool
from workstation.ui.viewport.menu import fill_menu
from workstation.ui.viewport.overlay import Overlay, OverlayTracer, center_slice, number_of
from workstation.ui.viewport.picture import Picture, ToGray
from workstation.ui.viewport.ruler import Length
from workstation.ui.viewport.scrubber import Scrubber, Tick
from workstation.ui.viewport.slice_painter import Scene, SlicePainter, picture_area
from workstation.ui.viewport.source import SliceSource
from workstation.ui.viewport.windowing import WINDOW_COMMANDS, Windowing

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
        self._source: SliceSource | None = None
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
        self._lengths: dict[int, list[Length]] = {}
        self._drawn: Length | None = None
        self._k = 0
        self._shown: int | None = None  # the slice whose pixels are in the picture
        self._stale = True
        self._windowing: Windowing | None = None
        self._inverted = False
        self._camera = Camera(rows=1, columns=1)
        self._fit = True
        self._pointer: QPointF | None = None
        self._texts = ("", "")
        self._seen = np.zeros(0, dtype=np.bool_)

    # What is shown

    def show_slice_source(
        self,
        source: SliceSource,
        *,
        patient: str = "",
        series: str = "",
        window: VoiWindow | None = None,
        file_window: VoiWindow | None = None,
        slice_index: int | None = None,
    ) -> None:
        """Another series, fitted, at its middle slice. Findings, lengths and inversion of the one before are gone.

        window       the reader's last one for this series; else the file's, else the 1st to 99th percentile
        """
        self._clear()
        self._source, self._message, self._failed = source, None, False
        self._texts = (patient, series)
        self._windowing = Windowing(source, window, file_window)
        self._camera = Camera.of(source.rows, source.columns, source.spacing)
        self._seen = np.zeros(source.count, dtype=np.bool_)
        self._k = min(source.count - 1, max(0, source.count // 2 if slice_index is None else slice_index))
        self._refit()
        self._load()

    def show_arrived(self, k: int) -> None:
        """Slice k of the same source is loaded now."""
        if k == self._k or self._shown is None:
            self._load()

    def show_slice(self, k: int) -> None:
        """Slice k, from 0; beyond the ends: the last one there is."""
        if self._source is not None:
            self._k = min(self._source.count - 1, max(0, k))
            self._load()

    def show_window(self, window: VoiWindow) -> None:
        if self._windowing is not None:
            self._windowing.shown = window
            self._stale = True
            self.update()

    def show_texts(self, patient: str, series: str) -> None:
        self._texts = (patient, series)
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
        self._tracer.show(overlay, self._source.geometry if self._source is not None else None)
        self.update()

    def show_finding(self, finding_id: str) -> bool:
        """Go to the slice of a finding's middle and bring it into view. False where it has no place here."""
        source, overlay = self._source, self._tracer.overlay
        finding = next((f for f in overlay.findings if f.id == finding_id), None)
        if source is None or source.geometry is None or finding is None or overlay.placement is None:
            return False
        k = center_slice(finding, source.geometry, overlay.masks) if overlay.placement.state.painted else None
        if k is None:
            return False
        self.show_slice(k)
        center = center_of(finding)
        if center is not None:
            x, y, _ = slice_plane(source.geometry, k).to_view(center)
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
        self._source, self._message, self._failed = None, words, failed
        self._say_again()

    # What it is now

    @property
    def slice_index(self) -> int:
        return self._k

    @property
    def window_shown(self) -> VoiWindow | None:
        return self._windowing.shown if self._windowing is not None else None

    @property
    def tool(self) -> Tool:
        return self._tool

    @property
    def camera(self) -> Camera:
        return self._camera

    @property
    def painted(self) -> tuple[Painted, ...]:
        """The marks of the last paint, in widget pixels."""
        return self._painted

    @property
    def seen(self) -> int:
        """How many slices of this series were on the screen."""
        return int(self._seen.sum())

    def lengths(self, k: int) -> tuple[Length, ...]:
        return tuple(self._lengths.get(k, ()))

    def to_widget(self) -> QTransform:
        """Slice pixels (column, row; centers whole) → widget pixels."""
        return self._camera.transform(picture_area(self.size()), self.devicePixelRatioF())

    def sizeHint(self) -> QSize:
        return QSize(640, 640)

    # Commands

    def perform(self, command: Command) -> bool:
        """Do what a key or a menu entry of scope VIEW says. False: not a command of this view."""
        if BY_COMMAND[command].scope is not Scope.VIEW:
            return False
        if command in _STEPS:
            self._go_to(self._k + _STEPS[command])
        elif command in _TOOLS:
            self.show_tool(_TOOLS[command])
            self.tool_changed.emit(self._tool)
        elif command in WINDOW_COMMANDS:
            self._set_window(self._windowing.chosen(command) if self._windowing is not None else None)
        else:
            self._perform_rest(command)
        return True

    def _perform_rest(self, command: Command) -> None:
        match command:
            case Command.FIRST_SLICE:
                self._go_to(0)
            case Command.LAST_SLICE:
                self._go_to(self._source.count - 1 if self._source is not None else 0)
            case Command.ZOOM_IN | Command.ZOOM_OUT:
                factor = _ZOOM_STEP if command is Command.ZOOM_IN else 1 / _ZOOM_STEP
                self._zoom(factor, picture_area(self.size()).center())
            case Command.ONE_TO_ONE:
                self._zoom(1 / self._camera.zoom, picture_area(self.size()).center())
            case Command.FIT:
                self._fit = True
                self._refit()
            case Command.RESET:
                self._inverted, self._fit = False, True
                self._refit()
                self._set_window(self._windowing.first if self._windowing is not None else None)
            case Command.INVERT:
                self._inverted = not self._inverted
                self._stale = True
            case Command.SMOOTH:
                self._smooth = not self._smooth
            case Command.INFO:
                self._info = not self._info
            case Command.DELETE_LENGTH if self._lengths.get(self._k):
                self._lengths[self._k].pop()
            case _:
                pass
        self.update()

    def possible(self, command: Command) -> bool:
        """Whether a command would do something now; presets are in HU, so they need values in HU."""
        if self._windowing is None:
            return command in _TOOLS
        if command in WINDOW_COMMANDS:
            return self._windowing.possible(command)
        if command is Command.DELETE_LENGTH:
            return bool(self._lengths.get(self._k))
        return BY_COMMAND[command].scope is Scope.VIEW

    def open_menu(self, at: QPoint) -> None:
        """What the right button offers, at a place on the screen."""
        fill_menu(self._menu, self._speech, self.possible, self.perform)
        self._menu.popup(at)

    def _set_window(self, window: VoiWindow | None) -> None:
        """The reader's own choice."""
        if window is not None and window != self.window_shown:
            self.show_window(window)
            self.window_changed.emit(window)

    def _go_to(self, k: int) -> None:
        before = self._k
        self.show_slice(k)
        if self._k != before:
            self.slice_changed.emit(self._k)

    def _load(self) -> None:
        """Bring slice k into the picture if it is there; else the picture before stays, and the words say so."""
        self._stale = True
        self._drawn = None
        self._describe()
        self.update()

    def _refit(self) -> None:
        if self._fit:
            self._camera = self._camera.fitted(picture_area(self.size()), self.devicePixelRatioF())

    def _zoom(self, factor: float, at: QPointF) -> None:
        self._fit = False
        self._camera = self._camera.zoomed(factor, at, picture_area(self.size()), self.devicePixelRatioF())
        self.update()

    def _bring_into_view(self, point: QPointF) -> None:
        at, area = self.to_widget().map(point), picture_area(self.size())
        if not area.adjusted(40, 40, -40, -40).contains(at):
            way = area.center() - at
            self._fit = False
            self._camera = self._camera.panned(way.x(), way.y(), self.devicePixelRatioF())
            self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._painted = self._painter.paint(painter, self._scene(), self.size())
        painter.end()

    def _scene(self) -> Scene:
        source, windowing, ratio = self._source, self._windowing, self.devicePixelRatioF()
        transform = self.to_widget()
        if source is None or windowing is None or not self._fill_picture(source, windowing):
            words, second = self._message or captions.LOADING, self._second_sentence()
            return Scene(
                ratio=ratio,
                focused=self.hasFocus(),
                to_widget=transform,
                seen=self._seen,
                message=(self._speech.tr(words), second),
                message_colour=IMAGE_WARNING if self._failed else IMAGE_TEXT,
            )
        loaded = self._shown == self._k
        drawn = (self._drawn,) if self._drawn is not None else ()
        return Scene(
            ratio=ratio,
            focused=self.hasFocus(),
            image=self._picture.image,
            to_widget=transform,
            zoom=self._camera.zoom,
            smooth=self._smooth,
            drawables=self._tracer.drawables(self._k) if loaded else (),
            simulated=self._tracer.overlay.simulated,
            lengths=(*self.lengths(self._k), *drawn) if loaded else (),
            spacing=source.spacing,
            corners=self._corners(source, loaded),
            letters=edge_letters(source.geometry) if source.geometry is not None else None,
            slice_index=self._k,
            seen=self._seen,
            ticks=self._ticks(),
        )

    def _second_sentence(self) -> str:
        if self._failed:
            return self._speech.tr(captions.FAILED_SECOND)
        if self._message is captions.EMPTY:
            return self._speech.tr(captions.how_to_open(key_text(Command.OPEN)))
        return ""

    def _fill_picture(self, source: SliceSource, windowing: Windowing) -> bool:
        """Whether there is a picture to paint, be it the one before."""
        if self._stale:
            values = source.slice_values(self._k)
            if values is not None:
                self._picture.show(values, windowing.settle(), self._inverted != source.inverted, source.padding)
                self._painter.picture_changed()
                self._shown, self._stale = self._k, False
                self._seen[self._k] = True
        return self._shown is not None

    def _corners(self, source: SliceSource, loaded: bool) -> tuple[tuple[Corner, tuple[CornerLine, ...]], ...]:
        speech, overlay = self._speech, self._tracer.overlay
        marks = captions.overlay_lines(speech, overlay)
        if not self._info:
            # What the marks are worth is never hidden with the rest of the text.
            return ((Corner.BOTTOM_RIGHT, tuple(marks)),)
        tool = self._tool.title if self._tool is not Tool.WINDOW else None
        place = captions.place_lines(speech, *self._texts, source, self._k, loaded)
        shown = captions.display_lines(speech, self.window_shown, self._inverted, self._camera.zoom, tool)
        below = (captions.cursor_text(speech, self._cursor_point()), captions.grid_text(speech, source))
        return (
            (Corner.TOP_LEFT, tuple(place)),
            (Corner.TOP_RIGHT, tuple(shown)),
            (Corner.BOTTOM_LEFT, tuple(CornerLine(text) for text in below)),
            (Corner.BOTTOM_RIGHT, tuple(marks)),
        )

    def _ticks(self) -> tuple[Tick, ...]:
        overlay = self._tracer.overlay
        numbers = {finding.id: number_of(finding, place) for place, finding in enumerate(overlay.findings, start=1)}
        ticks = []
        for finding_id, k in self._tracer.ticks:
            rejected = overlay.decisions.get(finding_id, OPEN).state is DecisionState.REJECTED
            colour = QColor(colour_of(finding_colour(numbers[finding_id]), rejected))
            ticks.append(Tick(k, colour, finding_id == overlay.selected))
        return tuple(ticks)

    def _scrubber(self) -> Scrubber:
        return Scrubber.beside(QRectF(self.rect()), len(self._seen))

    # The pointer

    def _slice_point(self, at: QPointF) -> tuple[float, float]:
        """Slice pixels (column, row) under a widget point."""
        inverse, _ = self.to_widget().inverted()
        point = inverse.map(at)
        return (point.x(), point.y())

    def _cursor_point(self) -> CursorPoint | None:
        source = self._source
        if source is None or self._pointer is None:
            return None
        x, y = self._slice_point(self._pointer)
        column, row = round(x), round(y)
        values = source.slice_values(self._k)
        if values is None or not (0 <= row < source.rows and 0 <= column < source.columns):
            return None
        position = None
        if source.geometry is not None:
            px, py, pz = source.geometry.to_patient((self._k, row, column))
            position = (float(px), float(py), float(pz))
        return CursorPoint(
            slice_index=self._k,
            row=row,
            column=column,
            value=float(values[row, column]),
            unit=source.unit,
            position=position,
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        on_scrubber = self._source is not None and self._scrubber().hit_by(at)
        self._gesture.press(event.button(), event.buttons(), at, self._tool, on_scrubber)
        self._drawn = None
        if self._gesture.drag is Drag.SCRUB:
            self._go_to(self._scrubber().slice_at(at.y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        way = self._gesture.move(at)
        if way is not None and self._source is not None:
            self._drag(way, at)
        self._point(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag = self._gesture.drag
        clicked = self._gesture.release(event.buttons())
        if clicked and event.button() == Qt.MouseButton.LeftButton:
            self._click(event.position())
        elif clicked and event.button() == Qt.MouseButton.RightButton:
            self.open_menu(event.globalPosition().toPoint())
        elif drag is Drag.LENGTH and self._drawn is not None:
            self._lengths.setdefault(self._k, []).append(self._drawn)
            self._drawn = None
            self.update()

    def _drag(self, way: QPointF, at: QPointF) -> None:
        match self._gesture.drag:
            case Drag.WINDOW:
                self._set_window(self._windowing.dragged(way, self.size()) if self._windowing is not None else None)
            case Drag.PAN:
                self._fit = False
                self._camera = self._camera.panned(way.x(), way.y(), self.devicePixelRatioF())
            case Drag.ZOOM:
                self._zoom(float(np.exp(-way.y() / 150)), self._gesture.start)
            case Drag.LENGTH:
                self._drawn = Length(self._slice_point(self._gesture.start), self._slice_point(at))
            case Drag.SCRUB:
                self._go_to(self._scrubber().slice_at(at.y()))
            case Drag.SCROLL:
                self._scroll_by(way.y() / max(1, self.height()) * len(self._seen))
            case Drag.NONE:
                pass
        self.update()

    def _scroll_by(self, slices: float) -> None:
        """Fractions of a slice add up."""
        self._wheel += round(slices * _NOTCH)
        steps = int(self._wheel / _NOTCH)
        self._wheel -= steps * _NOTCH
        if steps:
            self._go_to(self._k + steps)

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
        elif not self.perform(command):
            self.command_asked.emit(command)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()

    def _say_again(self) -> None:
        self.setAccessibleName(self._speech.tr(say("Picture")))
        self._describe()
        self.update()

    def _describe(self) -> None:
        """For screen readers: what the corner says of the slice."""
        if self._source is None:
            self.setAccessibleDescription(self._speech.tr(self._message or captions.LOADING))
            return
        lines = captions.place_lines(self._speech, *self._texts, self._source, self._k, loaded=True)
        self.setAccessibleDescription(", ".join(line.text for line in lines))
