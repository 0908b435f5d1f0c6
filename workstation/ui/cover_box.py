"""Within the consent: the picture as it would be sent, what was found or drawn in it, and a tick for each."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workstation.domain.covering import Covering, FaceCover, HiddenPixels, Region, over_texts
from workstation.domain.drawn_mask import DrawnMask
from workstation.domain.words import Words, say, say_count
from workstation.ui.cover_picture import CoverPicture
from workstation.ui.said import SaidButton, SaidCheck, SaidLabel
from workstation.ui.speech import Speech
from workstation.workspace.cards import CoverView

_LIST_HEIGHT: Final = 96
_NAMES: Final = {
    FaceCover.NONE: say("Cover nothing"),
    FaceCover.EYES: say("Cover the eyes"),
    FaceCover.FACE: say("Cover the face"),
    FaceCover.HEAD: say("Cover the head"),
}
_HANDS: Final = say(
    "Drag on the picture to cover more of it; the wheel enlarges. Keys: B, arrows, Shift+arrows, Delete."
)


class CoverBox(QFrame):
    """`changed`: another covering, or the person says that the picture was looked at."""

    changed = Signal()

    def __init__(self, speech: Speech, view: CoverView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        self._speech, self.view = speech, view
        self.picture = CoverPicture(view)
        self.picture.setAccessibleName(speech.tr(say("The picture as it is sent")))
        self.picture.setAccessibleDescription(speech.tr(_HANDS))
        self._regions = over_texts(view.texts)
        named = (say("{text} · slice {slice}", text=found.text, slice=found.frame + 1) for found in view.texts)
        self.ticks = [self._tick(said) for said in named]
        self.masks = [self._mask_tick(mask) for mask in view.masks]
        self.faces = self._face_choice()
        self.seen = SaidLabel(speech, role="second", wrap=True)
        self.seen.hide()
        self.drawn = SaidLabel(speech, role="second")
        self.away = SaidButton(
            speech, say("Take away"), kind="link", tip=say("Take away the box drawn last, or chosen")
        )
        self.away.clicked.connect(self._take_away)
        self.looked = SaidCheck(speech, say("I have looked at the picture: nothing in it names the person."))
        self.looked.toggled.connect(lambda _on: self.changed.emit())
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.picture)
        row.addLayout(self._choices(), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(SaidLabel(speech, self._title(), role="title"))
        column.addLayout(row)
        column.addWidget(SaidLabel(speech, _HANDS, role="second", wrap=True))
        column.addWidget(self.looked)
        self.picture.boxes_changed.connect(self._drew)
        self._show()
        self._say_drawn()

    @property
    def covering(self) -> Covering:
        """What is ticked and drawn; reviewed once the person says so."""
        found = self._found()
        return Covering(
            regions=(*found.regions, *(one.region for one in self.picture.boxes)),
            masks=found.masks,
            reviewed=self.looked.isChecked(),
        )

    def lessen(self, by: int) -> None:
        """Give so many lines of the picture away, and know at once how high it is then."""
        self.picture.lessen(by)
        layout = self.layout()
        if layout is not None:
            layout.invalidate()
            layout.activate()
        self.updateGeometry()

    def show_seen(self, faces: int | None) -> None:
        """How many faces a detector still finds in the copy; None: nobody looked."""
        self.seen.setVisible(faces is not None)
        if not faces:
            self.seen.look(role="second")
            self.seen.say(say("No face is found in the covered copy."))
        else:
            self.seen.look(role="warning")
            found = say_count(
                "{count} face is still found in the copy.", "{count} faces are still found in the copy.", faces
            )
            self.seen.say(found)

    def _found(self) -> Covering:
        """Without what is drawn here."""
        texts = tuple(region for region, tick in zip(self._regions, self.ticks, strict=True) if tick.isChecked())
        masks = tuple(
            HiddenPixels(rows=mask.rows, columns=mask.columns, packed=mask.packed)
            for mask, tick in zip(self.view.masks, self.masks, strict=True)
            if tick.isChecked()
        )
        return Covering(regions=(*texts, *self._face_regions()), masks=masks)

    def _title(self) -> Words:
        if self.view.pictures > 1:
            return say(
                "Covered in all {count} pictures; slice {slice} is shown",
                count=self.view.pictures,
                slice=self.view.frame + 1,
            )
        return say("Covered in the copy that is sent")

    def _tick(self, said: Words) -> SaidCheck:
        tick = SaidCheck(self._speech, said)
        tick.setChecked(True)
        tick.toggled.connect(lambda _on: self._show())
        return tick

    def _mask_tick(self, mask: DrawnMask) -> SaidCheck:
        """Unticked at first: most masks are drawn around what the picture is sent for."""
        tick = SaidCheck(self._speech, say("What “{mask}” covers", mask=mask.title))
        tick.toggled.connect(lambda _on: self._show())
        return tick

    def _face_choice(self) -> QComboBox:
        choice = QComboBox()
        for much in (FaceCover.NONE, *(much for much, _ in self.view.faces)):
            choice.addItem(self._speech.tr(_NAMES[much]), much)
        choice.setAccessibleName(self._speech.tr(say("Face")))
        choice.setCurrentIndex(max(0, choice.findData(self.view.first)))
        choice.currentIndexChanged.connect(lambda _index: self._show())
        return choice

    def _choices(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(SaidLabel(self._speech, self._found_words(), role="second", wrap=True))
        if self.view.texts_left:
            left = say("Text can still be read in the covered copy: cover the rest of it by hand.")
            column.addWidget(SaidLabel(self._speech, left, role="warning", wrap=True))
        if self.ticks or self.masks:
            column.addWidget(self._list())
        if self.view.faces:
            count = len(self.view.faces[0][1].regions)
            found = say_count("{count} face is found", "{count} faces are found", count)
            column.addWidget(SaidLabel(self._speech, found, role="second"))
            column.addWidget(self.faces)
        drawn = QHBoxLayout()
        drawn.addWidget(self.drawn, 1)
        drawn.addWidget(self.away)
        column.addLayout(drawn)
        column.addWidget(self.seen)
        column.addStretch(1)
        return column

    def _found_words(self) -> Words:
        if self.ticks:
            return say("Text was found. Untick what may be seen.")
        if self.view.searched:
            return say("No text was found in the picture.")
        return say("Nobody looked for text: cover what names the person.")

    def _list(self) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        for tick in (*self.ticks, *self.masks):
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
        return next((covering.regions for much, covering in self.view.faces if much == chosen), ())

    def _take_away(self) -> None:
        boxes, chosen = self.picture.boxes, self.picture.chosen
        if boxes:
            at = chosen if chosen >= 0 else len(boxes) - 1
            self.picture.keep((*boxes[:at], *boxes[at + 1 :]))

    def _drew(self) -> None:
        self._say_drawn()
        self.changed.emit()

    def _say_drawn(self) -> None:
        count = len(self.picture.boxes)
        self.away.setEnabled(bool(count))
        self.drawn.say(say_count("{count} box drawn by hand", "{count} boxes drawn by hand", count))

    def _show(self) -> None:
        self.picture.show_covering(self._found(), self._regions)
        self.changed.emit()
