"""What files from elsewhere show over the series looked at: which, how, what it measures, and where to find it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QSizePolicy, QSlider, QVBoxLayout, QWidget

from workstation.domain.answer import PlacementState
from workstation.domain.finding import Finding
from workstation.domain.object_words import kind_words
from workstation.domain.overlaid import FileLook, Overlaid
from workstation.domain.words import say
from workstation.ui.finding_words import measurement_words
from workstation.ui.mask_look import MaskLook, swatch, told_below
from workstation.ui.said import ElidedLabel, SaidButton, SaidLabel
from workstation.ui.speech import Speech
from workstation.ui.tick_box import TickBox
from workstation.ui.viewport.file_marks import part_colour
from workstation.workspace.overlaid import look_of
from workstation.workspace.state import Workspace

_MOST_PARTS: Final = 6  # listed before the others are asked for
_MOST_SLICES: Final = 40


class ObjectList(QWidget):
    """Signals carry the object's id, and the part's.

    shown_asked    object, whether it is to be painted; part_asked: object, part, whether
    opacity_asked  object, 0 … 1; outline_asked: object, whether masks are without their fill
    jump_asked     object, part; slice_asked: slice, from 0
    author_asked   object, whether the picture is to be shown as its author wants it
    """

    shown_asked = Signal(str, bool)
    part_asked = Signal(str, str, bool)
    opacity_asked = Signal(str, float)
    outline_asked = Signal(str, bool)
    jump_asked = Signal(str, str)
    slice_asked = Signal(int)
    author_asked = Signal(str, bool)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._listed: tuple[Overlaid, ...] = ()
        self._cards: dict[str, ObjectCard] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 8, 10, 0)
        self._column.setSpacing(6)
        self._column.addWidget(SaidLabel(speech, say("From files"), role="title"))
        self.hide()

    def show_state(self, state: Workspace) -> None:
        """Cards stay where only a look changed."""
        overlaid = state.overlaid.get(state.chosen, ())
        if overlaid != self._listed:
            self._list_again(overlaid)
        for one in overlaid:
            self._cards[one.id].show_look(look_of(state, state.chosen, one))
        self.setVisible(bool(overlaid))

    def card(self, object_id: str) -> ObjectCard:
        return self._cards[object_id]

    def _list_again(self, overlaid: tuple[Overlaid, ...]) -> None:
        for card in self._cards.values():
            card.hide()
            card.deleteLater()
        self._listed, self._cards = overlaid, {}
        for one in overlaid:
            card = ObjectCard(self._speech, one)
            card.shown_asked.connect(self.shown_asked)
            card.part_asked.connect(self.part_asked)
            card.opacity_asked.connect(self.opacity_asked)
            card.outline_asked.connect(self.outline_asked)
            card.jump_asked.connect(self.jump_asked)
            card.slice_asked.connect(self.slice_asked)
            card.author_asked.connect(self.author_asked)
            self._column.addWidget(card)
            self._cards[one.id] = card


class ObjectCard(QFrame):
    """One object. Signals as those of the list."""

    shown_asked = Signal(str, bool)
    part_asked = Signal(str, str, bool)
    opacity_asked = Signal(str, float)
    outline_asked = Signal(str, bool)
    jump_asked = Signal(str, str)
    slice_asked = Signal(int)
    author_asked = Signal(str, bool)

    def __init__(self, speech: Speech, overlaid: Overlaid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._overlaid = speech, overlaid
        self._parts: dict[str, QCheckBox] = {}
        self._rows: list[QWidget] = []
        tip = say("Window, turn, flip, part and shutter of this file")
        self._author = SaidButton(speech, say("Show as its author did"), kind="link", tip=tip)
        self._usual = SaidButton(speech, say("Show as usual"), kind="link", tip=say("Window, turn and zoom as before"))
        self._author.clicked.connect(lambda: self.author_asked.emit(self._overlaid.id, True))
        self._usual.clicked.connect(lambda: self.author_asked.emit(self._overlaid.id, False))
        self._first = 0  # of the rows that are only shown when asked for; 0: none is
        self.setProperty("surface", "card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 9, 12, 9)
        self._column.setSpacing(3)
        self._add_head()
        self._add_words()
        self._add_look()
        for place, finding in enumerate(overlaid.findings, start=1):
            self._add_part(place, finding)
        self._add_more()
        self._add_slices()
        self._add_texts()
        speech.changed.connect(self._render)
        self._render()

    @property
    def shown_box(self) -> QCheckBox:
        return self._shown

    @property
    def opacity_slider(self) -> QSlider:
        return self._look.opacity_slider

    @property
    def outline_box(self) -> QCheckBox:
        return self._look.outline_box

    def part_box(self, part: str) -> QCheckBox:
        return self._parts[part]

    def show_look(self, look: FileLook) -> None:
        with QSignalBlocker(self._shown):
            self._shown.setChecked(look.shown)
        self._look.show_look(look.opacity, look.outline, painted=look.shown)
        offered = bool(self._overlaid.presentations)
        self._author.setVisible(offered and not look.author)
        self._usual.setVisible(offered and look.author)
        for part, box in self._parts.items():
            with QSignalBlocker(box):
                box.setChecked(part not in look.hidden)
            box.setEnabled(look.shown)

    def _add_head(self) -> None:
        self._shown = TickBox()
        self._shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._shown.setEnabled(self._overlaid.paints)
        self._shown.toggled.connect(lambda on: self.shown_asked.emit(self._overlaid.id, on))
        head = QHBoxLayout()
        head.addWidget(self._shown, 1)
        if not any(map(self._overlaid.has_place, self._overlaid.findings)):  # nothing that could be ticked
            self._shown.hide()
            head.addWidget(ElidedLabel(self._speech, self._overlaid.title), 1)
        head.addWidget(SaidLabel(self._speech, kind_words(self._overlaid.kind), role="second"))
        self._column.addLayout(head)

    def _add_words(self) -> None:
        """What is wrong with it, how sure its place is where that is not proven, and what could not be shown."""
        overlaid = self._overlaid
        if overlaid.fault is not None:
            self._column.addWidget(SaidLabel(self._speech, overlaid.fault, role="bad", wrap=True))
            return
        state = overlaid.placement.state
        if state in (PlacementState.CONTRADICTED, PlacementState.ASSUMED):
            role = "bad" if state is PlacementState.CONTRADICTED else "warning"
            self._column.addWidget(SaidLabel(self._speech, overlaid.placement.sentence, role=role, wrap=True))
        for note in overlaid.notes:
            self._column.addWidget(SaidLabel(self._speech, note, role="second", wrap=True))

    def _add_look(self) -> None:
        """Opacity is about masks and maps, outline about masks."""
        self._look = MaskLook(self._speech, say("Opacity of {name}", name=self._overlaid.title))
        self._look.opacity_asked.connect(lambda value: self.opacity_asked.emit(self._overlaid.id, value))
        self._look.outline_asked.connect(lambda on: self.outline_asked.emit(self._overlaid.id, on))
        self._column.addWidget(self._look)
        self._look.setVisible(bool(self._overlaid.masks or self._overlaid.maps))
        self._look.outline_box.setVisible(bool(self._overlaid.masks))

    def _add_part(self, place: int, finding: Finding) -> None:
        if place == _MOST_PARTS + 1:
            self._first = len(self._rows)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        colour = swatch(part_colour(self._overlaid, place))
        box = TickBox()
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.toggled.connect(lambda on: self.part_asked.emit(self._overlaid.id, finding.id, on))
        line.addWidget(colour)
        colour.setVisible(not self._overlaid.maps)  # maps have a legend
        line.addWidget(box, 1)
        if self._overlaid.has_place(finding):
            self._parts[finding.id] = box
        else:
            box.setEnabled(False)
        if finding.shapes:
            jump = SaidButton(self._speech, say("Show"), kind="link", tip=say("Go to its slice"))
            jump.clicked.connect(lambda: self.jump_asked.emit(self._overlaid.id, finding.id))
            line.addWidget(jump)
        self._rows.append(row)
        self._column.addWidget(row)
        if finding.measurements:
            facts = told_below(self._speech, [measurement_words(one) for one in finding.measurements[:4]])
            self._rows.append(facts)
            self._column.addWidget(facts)
        box.setProperty("part", finding.id)
        self._named(box, finding)

    def _named(self, box: QCheckBox, finding: Finding) -> None:
        name = self._speech.tr(finding.label)
        box.setText(name.replace("&", "&&"))
        box.setToolTip(name)
        box.setAccessibleName(self._speech.tr(say("Paint {name}", name=name)))

    def _add_more(self) -> None:
        self._more = SaidButton(self._speech, say("All {count}", count=len(self._overlaid.findings)), kind="link")
        self._more.clicked.connect(self._show_all)
        self._column.addWidget(self._more)
        hidden = self._rows[self._first :] if self._first else []
        for row in hidden:
            row.hide()
        self._more.setVisible(bool(hidden))

    def _show_all(self) -> None:
        for row in self._rows:
            row.show()
        self._more.hide()

    def _add_slices(self) -> None:
        """Marked slices, by their number from 1."""
        slices = self._overlaid.slices[:_MOST_SLICES]
        for start in range(0, len(slices), 6):
            line = QHBoxLayout()
            line.setSpacing(4)
            for k in slices[start : start + 6]:
                words = say("Slice {number}", number=k + 1) if start == 0 and k == slices[0] else None
                button = SaidButton(
                    self._speech,
                    words or say("{number}", number=k + 1),
                    kind="link",
                    tip=say("Go to slice {number}", number=k + 1),
                )
                button.clicked.connect(lambda _checked=False, k=k: self.slice_asked.emit(k))
                line.addWidget(button)
            line.addStretch(1)
            self._column.addLayout(line)

    def _add_texts(self) -> None:
        """What it says in words, when asked for; and how its author wants the picture shown."""
        overlaid = self._overlaid
        row = QHBoxLayout()
        if overlaid.presentations:
            row.addWidget(self._author)
            row.addWidget(self._usual)
        if overlaid.texts:
            read = SaidButton(self._speech, say("Read"), kind="link", tip=say("What the file says in words"))
            text = SaidLabel(self._speech, say("{text}", text="\n".join(overlaid.texts)), role="second", wrap=True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.hide()
            read.clicked.connect(lambda: text.setVisible(text.isHidden()))
            row.addWidget(read)
            self._column.addLayout(row)
            self._column.addWidget(text)
        else:
            self._column.addLayout(row)
        row.addStretch(1)

    def _render(self) -> None:
        title = self._speech.tr(self._overlaid.title)
        self._shown.setText(title.replace("&", "&&"))
        self._shown.setToolTip(title)
        self._shown.setAccessibleName(self._speech.tr(say("Paint {name}", name=title)))
        for finding in self._overlaid.findings:
            if finding.id in self._parts:
                self._named(self._parts[finding.id], finding)
