"""The masks on a picture: those drawn here, with name, colour, area and what to do with them; and the result's."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from workstation.domain.drawn_mask import DrawnMask
from workstation.domain.finding import Measurement
from workstation.domain.layers import Layer
from workstation.domain.overlaid import FILL
from workstation.domain.words import Words, say
from workstation.ui.finding_words import measurement_words
from workstation.ui.keys import Command
from workstation.ui.mask_look import MaskLook, dotted, swatch, told_below
from workstation.ui.said import ElidedLabel, SaidButton, SaidLabel
from workstation.ui.speech import Speech
from workstation.ui.theme import finding_colour
from workstation.ui.tick_box import TickBox
from workstation.workspace.drawn_masks import can_draw, layer_pixels, look_of_drawn
from workstation.workspace.layouts import Layout
from workstation.workspace.mask_areas import area_note, drawn_area, layer_area, pixel_size
from workstation.workspace.state import Workspace

_MOST_LAYERS: Final = 12
_NAME: Final = 60
_MARGIN_PX: Final = 8


class MaskPanel(QWidget):
    """Signals carry ids of drawn masks, and mask and label of the result's.

    new_asked     the next stroke begins another mask
    shown_asked   id, whether it is painted; opacity_asked, outline_asked: of all drawn here
    """

    new_asked = Signal()
    select_asked = Signal(str)
    shown_asked = Signal(str, bool)
    opacity_asked = Signal(float)
    outline_asked = Signal(bool)
    name_asked = Signal(str, str)
    colour_asked = Signal(str)
    fill_asked = Signal(str)
    cut_out_asked = Signal(str)
    save_asked = Signal(str)
    delete_asked = Signal(str)
    keep_asked = Signal(str, int)
    layer_cut_asked = Signal(str, int)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._drawn: tuple[DrawnMask, ...] = ()
        self._layers: tuple[Layer, ...] = ()
        self._spacing: tuple[float, float] | None = None  # that their areas were told by
        self._rows: dict[str, MaskRow] = {}
        self._kept: list[QWidget] = []
        card = QFrame()
        card.setProperty("surface", "card")
        self._column = QVBoxLayout(card)
        self._column.setContentsMargins(12, 9, 12, 9)
        self._column.setSpacing(3)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(10, 0, 10, 8)
        outside.addWidget(card)
        self._add_head()
        self._hint = SaidLabel(
            speech, say("Brush and polygon draw a mask; wheel, [ and ] size the brush."), role="second", wrap=True
        )
        self._column.addWidget(self._hint)
        self._drawn_rows, self._layer_rows = QVBoxLayout(), QVBoxLayout()
        for rows in (self._drawn_rows, self._layer_rows):
            rows.setSpacing(3)
        self._column.addLayout(self._drawn_rows)
        self._of_result = SaidLabel(speech, say("Masks of the result"), role="title")
        self._column.addWidget(self._of_result)
        self._column.addLayout(self._layer_rows)
        self._drawing = False
        self._sight = QTimer(self, singleShot=True, interval=0)  # once everything has its new height
        self._sight.timeout.connect(self._bring_into_sight)
        self.hide()

    def show_state(self, state: Workspace, *, drawing: bool = False) -> None:
        """Of the picture looked at. `drawing`: a tool that draws is in the hand."""
        stack = state.chosen_stack
        drawn = state.drawn.get(state.chosen, ()) if can_draw(stack) else ()
        layers = tuple(one for one in state.layers if layer_pixels(state, *one.key) is not None)[:_MOST_LAYERS]
        if drawing and not (self._drawing and {one.id for one in drawn} <= set(self._rows)):
            self._sight.start()  # it may lie below the findings of many pictures
        self._drawing = drawing
        if [one.id for one in drawn] != [one.id for one in self._drawn]:
            self._list_again(drawn)
        self._drawn = drawn
        for mask in drawn:
            look = look_of_drawn(state, mask)
            areas = drawn_area(state, mask)
            told = _told(areas, area_note(state, mask.stack_id))
            self._rows[mask.id].show_mask(mask, told, shown=look.shown, selected=mask.id == state.selected_drawn)
        spacing = pixel_size(state, state.chosen)
        if layers != self._layers or spacing != self._spacing:
            self._layers, self._spacing = layers, spacing
            self._list_layers(state)
        self._look.setVisible(bool(drawn))
        self._hint.setVisible(not drawn)
        self._of_result.setVisible(bool(layers))
        self._show_look(state, drawn)
        asked = state.hanging.layout is Layout.PHOTO
        self.setVisible(can_draw(stack) and (asked or drawing or bool(drawn) or bool(layers)))

    def _bring_into_sight(self) -> None:
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None and self.isVisible():
            around.ensureWidgetVisible(self, 0, _MARGIN_PX)

    def row(self, mask_id: str) -> MaskRow:
        return self._rows[mask_id]

    @property
    def opacity_slider(self) -> QSlider:
        return self._look.opacity_slider

    @property
    def outline_box(self) -> QCheckBox:
        return self._look.outline_box

    def keep_button(self, volume: str, label: int) -> QPushButton:
        place = [layer.key for layer in self._layers].index((volume, label))
        button = self._kept[place].findChild(QPushButton)
        assert isinstance(button, QPushButton)
        return button

    def _show_look(self, state: Workspace, drawn: tuple[DrawnMask, ...]) -> None:
        looks = [look_of_drawn(state, mask) for mask in drawn]
        outline = bool(looks) and all(look.outline for look in looks)
        self._look.show_look(looks[0].opacity if looks else FILL, outline)

    def _add_head(self) -> None:
        head = QHBoxLayout()
        head.addWidget(SaidLabel(self._speech, say("Masks drawn here"), role="title"), 1)
        new = SaidButton(
            self._speech,
            say("New mask"),
            kind="link",
            tip=say("The next stroke begins another one"),
            command=Command.NEW_MASK,
        )
        new.clicked.connect(self.new_asked)
        head.addWidget(new)
        self._column.addLayout(head)
        self._look = MaskLook(self._speech, say("Opacity of the drawn masks"))
        self._look.opacity_asked.connect(self.opacity_asked)
        self._look.outline_asked.connect(self.outline_asked)
        self._column.addWidget(self._look)

    def _list_again(self, drawn: tuple[DrawnMask, ...]) -> None:
        """Rows of masks that are still there stay: a name may be under the keys."""
        there = {mask.id for mask in drawn}
        gone = [row for mask_id, row in self._rows.items() if mask_id not in there]
        self._rows = {mask_id: row for mask_id, row in self._rows.items() if mask_id in there}
        for row in gone:
            row.hide()  # a name that is under the keys is told now, and the state comes again before this returns
            row.deleteLater()
        for place, mask in enumerate(drawn):
            row = self._rows.get(mask.id) or self._new_row(mask.id)
            self._drawn_rows.insertWidget(place, row)

    def _new_row(self, mask_id: str) -> MaskRow:
        row = self._rows[mask_id] = MaskRow(self._speech)
        row.selected.connect(lambda: self.select_asked.emit(mask_id))
        row.shown.connect(lambda on: self.shown_asked.emit(mask_id, on))
        row.named.connect(lambda name: self.name_asked.emit(mask_id, name))
        row.colour_changed.connect(lambda: self.colour_asked.emit(mask_id))
        row.fill_asked.connect(lambda: self.fill_asked.emit(mask_id))
        row.cut_out_asked.connect(lambda: self.cut_out_asked.emit(mask_id))
        row.save_asked.connect(lambda: self.save_asked.emit(mask_id))
        row.delete_asked.connect(lambda: self.delete_asked.emit(mask_id))
        return row

    def _list_layers(self, state: Workspace) -> None:
        for row in self._kept:
            row.hide()
            row.deleteLater()
        note = area_note(state, state.chosen)
        self._kept = [self._layer_row(layer, _told(layer_area(state, layer), note)) for layer in self._layers]
        for row in self._kept:
            self._layer_rows.addWidget(row)

    def _layer_row(self, layer: Layer, told: tuple[Words, ...]) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(0)
        line = QHBoxLayout()
        line.setSpacing(8)
        keep = SaidButton(
            self._speech, say("Keep"), kind="link", tip=say("As a drawn mask, which can be changed and is kept")
        )
        keep.clicked.connect(lambda: self.keep_asked.emit(*layer.key))
        cut = SaidButton(
            self._speech, say("Cut out…"), kind="link", tip=say("Save what it covers as PNG with transparency")
        )
        cut.clicked.connect(lambda: self.layer_cut_asked.emit(*layer.key))
        line.addWidget(swatch(finding_colour(layer.colour)))
        line.addWidget(ElidedLabel(self._speech, layer.name), 1)
        line.addWidget(keep)
        line.addWidget(cut)
        column.addLayout(line)
        column.addWidget(told_below(self._speech, told))
        return row


class MaskRow(QFrame):
    """One drawn mask; what can be done with it stands below the one that is selected."""

    selected = Signal()
    shown = Signal(bool)
    named = Signal(str)
    colour_changed = Signal()
    fill_asked = Signal()
    cut_out_asked = Signal()
    save_asked = Signal()
    delete_asked = Signal()

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._title: Words = say("Mask {number}", number=1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(0)
        column.addLayout(self._make_line())
        self._areas = ElidedLabel(speech, role="second")
        inside = QHBoxLayout()
        inside.setContentsMargins(24, 0, 0, 0)
        inside.addWidget(self._areas)
        column.addLayout(inside)
        self._acts = self._make_acts()
        column.addWidget(self._acts)
        speech.changed.connect(self._render)
        self._render()

    @property
    def name_box(self) -> QLineEdit:
        return self._name

    @property
    def shown_box(self) -> QCheckBox:
        return self._shown

    @property
    def area_label(self) -> ElidedLabel:
        return self._areas

    def show_mask(self, mask: DrawnMask, told: tuple[Words, ...], *, shown: bool, selected: bool) -> None:
        self._title = mask.title
        with QSignalBlocker(self._shown), QSignalBlocker(self._name):
            self._shown.setChecked(shown)
            if not self._name.hasFocus():
                self._name.setText(mask.name)
        self._swatch.setStyleSheet(
            f"background: rgb{mask.colour}; border-radius: 3px; border: 1px solid rgba(128, 128, 128, 120);"
            "min-height: 0; min-width: 0; padding: 0; margin: 0;"
        )
        self._areas.say(*told)
        self._acts.setVisible(selected)
        self._draw.setVisible(not selected)
        font = self._name.font()
        font.setBold(selected)
        self._name.setFont(font)
        self._render()

    def _make_line(self) -> QHBoxLayout:
        self._shown = TickBox()
        self._shown.toggled.connect(self.shown)
        self._swatch = QPushButton()
        self._swatch.setFixedSize(18, 18)
        self._swatch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._swatch.clicked.connect(self.colour_changed)
        self._name = QLineEdit()
        self._name.setMaxLength(_NAME)
        self._name.setFrame(False)
        self._name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name.editingFinished.connect(lambda: self.named.emit(self._name.text().strip()))
        self._draw = SaidButton(
            self._speech, say("Draw on it"), kind="link", tip=say("The next stroke goes on with it")
        )
        self._draw.clicked.connect(self.selected)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for widget in (self._shown, self._swatch):
            line.addWidget(widget)
        line.addWidget(self._name, 1)
        line.addWidget(self._draw)
        return line

    def _make_acts(self) -> QWidget:
        acts = QWidget()
        row = QHBoxLayout(acts)
        row.setContentsMargins(18, 0, 0, 0)
        row.setSpacing(0)
        for words, tip, signal, command in (
            (say("Fill holes"), None, self.fill_asked, Command.FILL_HOLES),
            (say("Cut out…"), say("Save what it covers as PNG with transparency"), self.cut_out_asked, Command.CUT_OUT),
            (say("Save…"), say("Save the mask as a black and white PNG"), self.save_asked, None),
            (say("Delete"), None, self.delete_asked, None),
        ):
            button = SaidButton(self._speech, words, kind="link", tip=tip, command=command)
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addStretch(1)
        return acts

    def _render(self) -> None:
        title = self._speech.tr(self._title)
        self._name.setPlaceholderText(title)
        self._name.setAccessibleName(self._speech.tr(say("Name of the mask")))
        self._name.setToolTip(self._speech.tr(say("Type another name")))
        self._shown.setAccessibleName(self._speech.tr(say("Paint {name}", name=title)))
        self._shown.setToolTip(self._shown.accessibleName())
        self._swatch.setAccessibleName(self._speech.tr(say("Another colour")))
        self._swatch.setToolTip(self._swatch.accessibleName())


def _told(areas: tuple[Measurement, ...], note: Words | None) -> tuple[Words, ...]:
    """`Area 1 234 px · Share of the picture 3.2 %`; the note after the area"""
    said = [measurement_words(one) for one in areas]
    return dotted([*said[:1], *([note] if note is not None and said else []), *said[1:]])
