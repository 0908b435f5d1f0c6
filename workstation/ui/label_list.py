"""The labels of a result's masks: which colour is what, how large it is, and whether it is painted."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from workstation.domain.block_words import BASIS_CHIPS
from workstation.domain.figures import decimals_of, figure, with_unit
from workstation.domain.finding import Basis
from workstation.domain.layers import Layer
from workstation.domain.photo_area import PIXELS
from workstation.domain.words import say
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.speech import Speech
from workstation.ui.theme import finding_colour
from workstation.ui.tick_box import TickBox

_MOST: Final = 6  # labels listed before the others are asked for


class LabelList(QWidget):
    """shown_asked: mask, label, whether it is to be painted."""

    shown_asked = Signal(str, int, bool)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._layers: tuple[Layer, ...] = ()
        self._boxes: dict[tuple[str, int], QCheckBox] = {}
        self._rows: list[QWidget] = []
        card = QFrame()
        card.setProperty("surface", "card")
        self._column = QVBoxLayout(card)
        self._column.setContentsMargins(12, 9, 12, 9)
        self._column.setSpacing(2)
        self._more = SaidButton(speech, say("All {count}", count=0), kind="link")
        self._more.clicked.connect(self._show_all)
        head = QHBoxLayout()
        head.addWidget(SaidLabel(speech, say("Shown on the picture"), role="title"), 1)
        head.addWidget(self._more)
        self._column.addLayout(head)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(10, 0, 10, 8)
        outside.addWidget(card)
        speech.changed.connect(self._render)
        self.hide()

    def show_layers(self, layers: tuple[Layer, ...], shown: tuple[Layer, ...]) -> None:
        """`shown`: those that are painted. One label that a finding is about needs no list of its own."""
        if layers != self._layers:
            self._layers = layers
            self._make()
        painted = {layer.key for layer in shown}
        for key, box in self._boxes.items():
            with QSignalBlocker(box):
                box.setChecked(key in painted)
        self.setVisible(len(layers) > 1 or any(not layer.finding for layer in layers))

    def box(self, mask: str, label: int) -> QCheckBox:
        return self._boxes[mask, label]

    def _make(self) -> None:
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows, self._boxes = [], {}
        for layer in self._layers:
            self._add(layer)
        owners = [layer.finding for layer in self._layers]
        # Where each label is one finding's own, the list of findings says the same.
        most = 0 if all(owners) and len(set(owners)) == len(owners) else _MOST
        for row in self._rows[most:]:
            row.hide()
        count = len(self._layers)
        self._more.setVisible(count > most)
        self._more.say(say("All {count}", count=count))
        self._render()

    def _show_all(self) -> None:
        for row in self._rows:
            row.show()
        self._more.hide()

    def _add(self, layer: Layer) -> None:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        swatch = QLabel()
        swatch.setFixedSize(10, 10)
        swatch.setStyleSheet(f"background: {finding_colour(layer.colour).name()}; border-radius: 2px;")
        box = TickBox()
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.toggled.connect(lambda on, layer=layer: self.shown_asked.emit(layer.mask, layer.label, on))
        line.addWidget(swatch)
        line.addWidget(box, 1)
        if layer.basis is Basis.SIMULATED:
            line.addWidget(SaidLabel(self._speech, BASIS_CHIPS[layer.basis], chip="bad"))
        line.addWidget(SaidLabel(self._speech, say("{text}", text=_size(layer)), role="second"))
        self._boxes[layer.key] = box
        self._rows.append(row)
        self._column.addWidget(row)

    def _render(self) -> None:
        for layer in self._layers:
            name = self._speech.tr(layer.name)
            box = self._boxes[layer.key]
            box.setText(name.replace("&", "&&"))
            box.setAccessibleName(self._speech.tr(say("Paint {name}", name=name)))


def _size(layer: Layer) -> str:
    if layer.volume_ml is None:
        return with_unit(figure(layer.voxels), PIXELS)
    return with_unit(figure(layer.volume_ml, decimals_of(layer.volume_ml, "mL")), "mL")
