"""The 3-D view: a picture that comes from elsewhere, what is painted over it, and what hands ask of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.geometry import Vector, direction_letters
from workstation.domain.words import Words, say
from workstation.imaging.rendering.renderer import MOST_PIXELS, Picture
from workstation.imaging.rendering.scene import Box, Camera, Face
from workstation.ui.keys import Command, Scope, command_of
from workstation.ui.said import SaidCheck
from workstation.ui.speech import Speech
from workstation.ui.theme import IMAGE_ACCENT, IMAGE_BACKGROUND, IMAGE_LETTERS, IMAGE_TEXT, IMAGE_WARNING
from workstation.ui.viewport.corner import letter_rects, watermark
from workstation.ui.viewport.lettering import draw_message, draw_text, metrics, text_size
from workstation.ui.volume.box_frame import face_at, paint_box, pulled_mm
from workstation.ui.volume.cube import SIDES, SIZE_PX, paint_cube, side_at
from workstation.ui.volume.looks import BY_COMMAND, Preset, presets_of
from workstation.ui.volume.solids import Spot

_DEGREES_PX: Final = 0.4  # a hand across the view turns it about once
_STEP_DEG: Final = 5.0
_ZOOM: Final = 1.15
_CLICK_PX: Final = 4
_NEAR_PX: Final = 12.0  # of a finding, for a click
_REST_MS: Final = 150  # without a move the picture is made in full
_MARGIN_PX: Final = 10
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}  # fmt: skip
_CONTROL: Final = Qt.KeyboardModifier.ControlModifier
_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
# Which face of the box is meant: to the right, up, to the eye.
_FACES: Final = {
    Qt.Key.Key_Left: (-1, 0, 0), Qt.Key.Key_Right: (1, 0, 0), Qt.Key.Key_Up: (0, 1, 0), Qt.Key.Key_Down: (0, -1, 0),
    Qt.Key.Key_PageUp: (0, 0, 1), Qt.Key.Key_PageDown: (0, 0, -1),
}  # fmt: skip
_OWN: Final[frozenset[Command | None]] = frozenset(
    {Command.ZOOM_IN, Command.ZOOM_OUT, Command.RESET, Command.FIT, *BY_COMMAND}
)


class VolumeView(QWidget):
    """
    picture_wanted   another side, size or look; True: quickly, for a hand still moves
    finding_clicked  id
    again_asked      a click, where a message says that the picture could not be made
    """

    picture_wanted = Signal(bool)
    finding_clicked = Signal(str)
    again_asked = Signal()

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._first = self._camera = Camera(at=(0.0, 0.0, 0.0))
        self._drawn = self._camera  # what the picture shows
        self._size_mm = self._first.height_mm  # of the volume, where it is longest
        self._fitted = True  # all of it is seen: also after the view was given another shape
        self._image: QImage | None = None
        self._spots: tuple[Spot, ...] = ()
        self._simulated = False
        self._lines: tuple[Words, ...] = ()
        self._message: tuple[Words, Words | None] | None = None
        self._failed = False
        self._watermark = QImage()
        self._whole: Box | None = None  # all of the volume
        self._box: Box | None = None
        self._held: Face | None = None  # of the box, by a hand
        self._pressed: QPointF | None = None
        self._at: QPointF | None = None
        self._presets: tuple[Preset, ...] = ()
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(lambda: self.picture_wanted.emit(False))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 120)
        self._add_controls()
        speech.changed.connect(self._say)
        self._say()

    # What is shown

    @property
    def camera(self) -> Camera:
        return self._camera

    @property
    def preset(self) -> Preset | None:
        at = self.presets.currentIndex()
        return self._presets[at] if 0 <= at < len(self._presets) else None

    @property
    def image(self) -> QImage | None:
        return self._image

    @property
    def message(self) -> str:
        """What is said in place of a picture; "" where there is one."""
        return self._speech.tr(self._message[0]) if self._message is not None else ""

    @property
    def box(self) -> Box | None:
        """What of the volume is to be drawn; None: all."""
        return self._box if self.boxed.isChecked() else None

    def picture_size(self, share: float) -> tuple[int, int]:
        """Width and height: this share of the device's pixels, never more than can be drawn."""
        width, height = self.width() * self.devicePixelRatioF(), self.height() * self.devicePixelRatioF()
        share *= min(1.0, (MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        return max(16, int(width * share)), max(16, int(height * share))

    def show_scene(self, middle: Vector, size_mm: float, unit: str, whole: Box) -> None:
        """Another series: seen from the front, all of it. size_mm: of what has to be seen, in any direction"""
        self._whole = self._box = whole
        self._size_mm, self._fitted = size_mm, True
        self._first = Camera(at=middle, height_mm=size_mm)
        self._camera = self._all_seen(self._first)
        self._image = None
        before = self.preset.code if self.preset is not None else ""
        self._presets = presets_of(unit)
        with QSignalBlocker(self.presets):
            self.presets.clear()
            self.presets.addItems([self._speech.tr(preset.name) for preset in self._presets])
            codes = [preset.code for preset in self._presets]
            self.presets.setCurrentIndex(codes.index(before) if before in codes else 0)
        self.update()

    def show_picture(self, picture: Picture, camera: Camera) -> None:
        """As it was asked for; the words go by it."""
        height, width, _ = picture.shape
        self._image = QImage(np.ascontiguousarray(picture).data, width, height, 3 * width, QImage.Format.Format_RGB888)
        self._image = self._image.copy()  # the memory is the array's
        self._drawn, self._message, self._failed = camera, None, False
        self.update()

    def show_things(self, spots: tuple[Spot, ...], *, simulated: bool, lines: tuple[Words, ...]) -> None:
        """Findings, whether anything of what is shown was made up, and what has to be known besides."""
        self._spots, self._simulated, self._lines = spots, simulated, lines
        self.update()

    def show_message(self, says: Words, remedy: Words | None = None, *, failed: bool = False) -> None:
        """In place of the picture. failed: a click tries again"""
        self._image, self._message, self._failed = None, (says, remedy), failed
        self.setAccessibleDescription(self.message)
        self.update()

    def spot_at(self, at: QPointF) -> str:
        """Id of the finding there, the one nearest to the eye; "" for none."""
        near = []
        for spot in self._spots:
            point, radius, depth = self._painted(spot)
            if (point - at).manhattanLength() <= 1.5 * max(radius, _NEAR_PX):
                near.append((depth, spot.finding_id))
        return max(near)[1] if near else ""

    def place_of(self, point: Vector) -> QPointF:
        """Where a point of the patient is painted."""
        right, up, _ = self._drawn.place(point)
        scale = self.height() / self._drawn.height_mm
        return QPointF(self.width() / 2 + right * scale, self.height() / 2 - up * scale)

    def rest(self) -> None:
        """Something else moves what is seen: in full once that rests."""
        self._rest.start()

    def perform(self, command: Command) -> bool:
        """Those that mean something here."""
        match command:
            case Command.ZOOM_IN:
                self._move(self._camera.zoomed(_ZOOM))
            case Command.ZOOM_OUT:
                self._move(self._camera.zoomed(1 / _ZOOM))
            case Command.RESET:
                self._box = self._whole
                self._fit(self._first)
            case Command.FIT:
                self._fit(self._camera)
            case _ if command in BY_COMMAND:
                codes = [preset.code for preset in self._presets]
                if BY_COMMAND[command] in codes:
                    self.presets.setCurrentIndex(codes.index(BY_COMMAND[command]))
            case _:
                return False
        return True

    # Hands

    def event(self, event: QEvent) -> bool:
        """Keys that would do something else in the rest of the window are this view's while it has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        return super().event(event)

    def _takes(self, event: QKeyEvent) -> bool:
        controlled = bool(event.modifiers() & _CONTROL)
        if controlled and self.box is not None and event.key() in _FACES:
            return True
        return (event.key() in _ARROWS and not controlled) or command_of(event, (Scope.VIEW,)) in _OWN

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        command = command_of(event, (Scope.VIEW,))
        if event.key() in _ARROWS and plain:
            right, up = _ARROWS[Qt.Key(event.key())]
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._move(self._camera.moved(right * self._camera.height_mm / 20, up * self._camera.height_mm / 20))
            else:
                self._move(self._camera.turned(right * _STEP_DEG, up * _STEP_DEG))
        elif self.box is not None and event.key() in _FACES and event.modifiers() & _CONTROL:
            self._push(_FACES[Qt.Key(event.key())], outwards=bool(event.modifiers() & _SHIFT))
        elif self._failed and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return):
            self.again_asked.emit()
        elif command is None or not self.perform(command):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed = self._at = event.position()
        box = self.box
        self._held = face_at(box, event.position(), self._drawn, self.place_of) if box is not None else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._at is None:
            return
        way = event.position() - self._at
        self._at = event.position()
        if self._held is not None and self._box is not None:
            mm = pulled_mm(self._box, self._held, way, self._camera, self._camera.height_mm / max(1, self.height()))
            self._pull(self._held, mm)
        elif event.buttons() & Qt.MouseButton.LeftButton and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._move(self._camera.turned(way.x() * _DEGREES_PX, -way.y() * _DEGREES_PX))
        else:
            scale = self._camera.height_mm / max(1, self.height())
            self._move(self._camera.moved(way.x() * scale, -way.y() * scale))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed, self._at = self._pressed, None, None
        if self._held is not None:
            self._held = None
            self.update()
            return
        if pressed is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        if (event.position() - pressed).manhattanLength() > _CLICK_PX:
            return
        side = side_at(event.position(), self._cube_square(), self._drawn) if self._image is not None else ""
        if self._failed:
            self.again_asked.emit()
        elif side:
            self._move(self._camera.seen_from(SIDES[side]))
        elif found := self.spot_at(event.position()):
            self.finding_clicked.emit(found)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._move(self._camera.zoomed(_ZOOM ** (event.angleDelta().y() / 120)))
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self._camera = self._all_seen(self._camera)
        self._ask_quickly()

    def _push(self, way: tuple[int, int, int], *, outwards: bool) -> None:
        """The face of the box that looks right, up and to the eye as `way` says: one step."""
        box, camera = self.box, self._camera
        if box is not None:
            sides = zip(camera.right, camera.up, camera.toward, strict=True)
            x, y, z = (way[0] * right + way[1] * up + way[2] * toward for right, up, toward in sides)
            self._pull(box.facing((x, y, z)), self._size_mm / 40 * (1 if outwards else -1))

    def _pull(self, face: Face, mm: float) -> None:
        if self._box is not None and self._whole is not None:
            self._box = self._box.moved(face, mm, self._whole)
            self.update()
            self._ask_quickly()

    def _cube_square(self) -> QRectF:
        return QRectF(self.width() - _MARGIN_PX - SIZE_PX, self.height() - _MARGIN_PX - SIZE_PX, SIZE_PX, SIZE_PX)

    def _move(self, camera: Camera) -> None:
        """What is turned stays fitted; what is moved or zoomed does not."""
        self._fitted &= (camera.at, camera.height_mm) == (self._camera.at, self._camera.height_mm)
        self._camera = camera
        self._ask_quickly()

    def _fit(self, camera: Camera) -> None:
        self._move(self._all_seen(camera))
        self._fitted = True

    def _all_seen(self, camera: Camera) -> Camera:
        """From the same side, with all of the volume between the edges: in a narrow view the width decides."""
        tall = self.height() / max(1, self.width())
        return replace(camera, at=self._first.at, height_mm=self._size_mm * max(1.0, tall))

    def _ask_quickly(self) -> None:
        self.picture_wanted.emit(True)
        self._rest.start()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect())
        painter.fillRect(area, QColor(IMAGE_BACKGROUND))
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self._image)
            self._paint_spots(painter)
            if self.box is not None:
                paint_box(painter, self.box, self._drawn, self.place_of, self._held)
        if self._simulated:
            self._paint_watermark(painter)
        if self._image is not None:
            self._paint_words(painter, area)
        if self._message is not None:
            says, remedy = self._message
            second = self._speech.tr(remedy) if remedy is not None else ""
            draw_message(painter, area, self._speech.tr(says), second, QColor(IMAGE_TEXT))
        if self.hasFocus():
            painter.setPen(QPen(QColor(IMAGE_ACCENT), 1))
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_spots(self, painter: QPainter) -> None:
        """A ring around each, also where bone or skin hides the ball itself."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for spot in self._spots:
            point, radius, _ = self._painted(spot)
            around = max(radius + 3, 7.0)
            colours = ((QColor(0, 0, 0, 180), 4.0), (QColor(spot.colour), 3.0 if spot.selected else 1.5))
            for colour, width in colours:
                painter.setPen(QPen(colour, width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(point, around, around)
            text = str(spot.number)
            size = text_size(text)
            rect = QRectF(
                point.x() + around * 0.75, point.y() - around - size.height() / 2, size.width(), size.height()
            )
            draw_text(painter, rect, text, QColor(spot.colour), struck=spot.rejected)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _painted(self, spot: Spot) -> tuple[QPointF, float, float]:
        """Middle and radius in pixels, and how near to the eye."""
        scale = self.height() / self._drawn.height_mm
        return self.place_of(spot.at), spot.radius_mm * scale, self._drawn.place(spot.at)[2]

    def _paint_words(self, painter: QPainter, area: QRectF) -> None:
        camera = self._drawn
        left, below = _against(camera.right), _against(camera.up)
        letters = (left, camera.right, camera.up, below)
        texts = tuple(direction_letters(way) for way in letters)
        free = area.adjusted(0, self._controls.geometry().bottom() + 2, 0, 0)
        for rect, text in zip(letter_rects((texts[0], texts[1], texts[2], texts[3]), free), texts, strict=True):
            draw_text(painter, rect, text, QColor(IMAGE_LETTERS))
        paint_cube(painter, self._cube_square(), camera)
        step = metrics().lineSpacing() + 1
        for number, words in enumerate(reversed(self._lines), start=1):
            rect = QRectF(_MARGIN_PX, area.bottom() - _MARGIN_PX - number * step, area.width() - 2 * _MARGIN_PX, step)
            draw_text(painter, rect, self._speech.tr(words), QColor(IMAGE_WARNING))

    def _paint_watermark(self, painter: QPainter) -> None:
        ratio = self.devicePixelRatioF()
        size: QSize = self.size()
        if self._watermark.deviceIndependentSize() != size.toSizeF() or self._watermark.devicePixelRatio() != ratio:
            self._watermark = watermark(size.width(), size.height(), ratio)
        painter.drawImage(0, 0, self._watermark)

    # Controls and words

    def _add_controls(self) -> None:
        self.presets = QComboBox()
        self.presets.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.presets.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)  # in either language
        self.presets.currentIndexChanged.connect(lambda _at: self._ask_quickly())
        self.cut = SaidCheck(self._speech, say("Cut open at the crosshair"))
        self.cut.setStyleSheet(f"color: {IMAGE_TEXT};")  # it stands on black in the bright theme too
        self.cut.toggled.connect(lambda _on: self._ask_quickly())
        self.boxed = SaidCheck(self._speech, say("Box"))
        self.boxed.setStyleSheet(f"color: {IMAGE_TEXT};")
        self.boxed.toggled.connect(lambda _on: self._ask_quickly())
        self._controls = row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.presets)
        row.addWidget(self.cut)
        row.addWidget(self.boxed)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        column.addLayout(row)
        column.addStretch(1)

    def _say(self) -> None:
        tr = self._speech.tr
        self.setAccessibleName(tr(say("3-D view")))
        self.setToolTip("")
        self.presets.setAccessibleName(tr(say("What is seen in 3-D")))
        self.presets.setToolTip(tr(say("What is seen in 3-D")))
        self.cut.setToolTip(tr(say("Leaves out what lies before the plane of the crosshair that faces you")))
        self.boxed.setToolTip(
            tr(
                say(
                    "Draws what lies in a box. Pull its handles, or press Ctrl and an arrow for that side, Page Up for "
                    "the front, Page Down for the back; with Shift it grows. R brings all back."
                )
            )
        )
        with QSignalBlocker(self.presets):
            for at, preset in enumerate(self._presets):
                self.presets.setItemText(at, tr(preset.name))
        self.update()


def _against(way: Vector) -> Vector:
    return (-way[0], -way[1], -way[2])
