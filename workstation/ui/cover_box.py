"""Within the consent: the picture as it would be sent, found text and faces boxed, and a tick for each."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from workstation.domain.covering import Covering, FaceCover, Region, over_texts
from workstation.domain.words import Words, say, say_count
from workstation.ui.said import SaidCheck, SaidLabel
from workstation.ui.speech import Speech
from workstation.workspace.cards import CoverView

_PICTURE: Final = QSize(300, 236)
_LIST_HEIGHT: Final = 132
_MARK: Final = QColor("#e5534b")
_DARK: Final = QColor(0, 0, 0, 190)
_NAMES: Final = {
    FaceCover.NONE: say("Cover nothing"),
    FaceCover.EYES: say("Cover the eyes"),
    FaceCover.FACE: say("Cover the face"),
    FaceCover.HEAD: say("Cover the head"),
}


class CoverBox(QFrame):
    """`changed`: another covering, or the person says that the picture was looked at."""

    changed = Signal()

    def __init__(self, speech: Speech, view: CoverView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        self._view = view
        self._picture = _CoveredPicture(view)
        self._regions = over_texts(view.texts)
        named = (say("{text} · slice {slice}", text=found.text, slice=found.frame + 1) for found in view.texts)
        self.ticks = [self._tick(speech, said) for said in named]
        self.faces = self._face_choice(speech)
        self.looked = SaidCheck(speech, say("I have looked at the picture: nothing in it names the person."))
        self.looked.toggled.connect(lambda _on: self.changed.emit())
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._picture)
        row.addLayout(self._choices(speech), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(SaidLabel(speech, say("Text found in the picture"), role="title"))
        column.addLayout(row)
        column.addWidget(self.looked)
        self._show()

    @property
    def covering(self) -> Covering:
        """What is ticked; reviewed once the person says so."""
        texts = tuple(region for region, tick in zip(self._regions, self.ticks, strict=True) if tick.isChecked())
        return Covering(regions=(*texts, *self._face_regions()), reviewed=self.looked.isChecked())

    def _tick(self, speech: Speech, said: Words) -> SaidCheck:
        tick = SaidCheck(speech, said)
        tick.setChecked(True)
        tick.toggled.connect(lambda _on: self._show())
        return tick

    def _face_choice(self, speech: Speech) -> QComboBox:
        choice = QComboBox()
        for much in (FaceCover.NONE, *(much for much, _ in self._view.faces)):
            choice.addItem(speech.tr(_NAMES[much]), much)
        choice.setAccessibleName(speech.tr(say("Face")))
        choice.setCurrentIndex(max(0, choice.findData(FaceCover.FACE)))
        choice.currentIndexChanged.connect(lambda _index: self._show())
        return choice

    def _choices(self, speech: Speech) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        if self.ticks:
            said = say("Covered in the copy that is sent. Untick what may be seen.")
            column.addWidget(SaidLabel(speech, said, role="second", wrap=True))
            column.addWidget(self._list())
        else:
            column.addWidget(SaidLabel(speech, say("No text was found in the picture."), role="second", wrap=True))
        if self._view.faces:
            count = len(self._view.faces[0][1].regions)
            found = say_count("{count} face is found", "{count} faces are found", count)
            column.addWidget(SaidLabel(speech, found, role="second"))
            column.addWidget(self.faces)
        column.addStretch(1)
        return column

    def _list(self) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        for tick in self.ticks:
            column.addWidget(tick)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setMaximumHeight(_LIST_HEIGHT)
        return area

    def _face_regions(self) -> tuple[Region, ...]:
        chosen = self.faces.currentData()
        return next((covering.regions for much, covering in self._view.faces if much == chosen), ())

    def _show(self) -> None:
        self._picture.show_regions(self.covering.regions)
        self.changed.emit()


class _CoveredPicture(QWidget):
    """Dark where the copy is solid, so that what is there can still be judged; outlined where text was found."""

    def __init__(self, view: CoverView) -> None:
        super().__init__()
        rgb = np.ascontiguousarray(view.picture)
        rows, columns = rgb.shape[:2]
        self._image = QImage(rgb.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
        self._found = over_texts(view.texts)
        self._regions: tuple[Region, ...] = ()
        self.setFixedSize(_PICTURE)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_regions(self, regions: tuple[Region, ...]) -> None:
        self._regions = regions
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = QSize(self._image.size()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF((self.width() - size.width()) / 2, 0, size.width(), size.height())
        painter.drawImage(place, self._image)
        scale = size.width() / self._image.width()
        for regions, brush in ((self._regions, _DARK), (self._found, Qt.BrushStyle.NoBrush)):
            painter.setBrush(brush)
            painter.setPen(QPen(_MARK, 1.5))
            for region in regions:
                corners = [QPointF(place.x() + (x + 0.5) * scale, (y + 0.5) * scale) for x, y in region.corners]
                painter.drawPolygon(QPolygonF(corners))
        painter.end()
