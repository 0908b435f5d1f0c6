"""What rows about masks have in common, wherever these come from: how they are painted, their colour, what is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSlider, QWidget

from workstation.domain.words import Words, say
from workstation.ui.said import ElidedLabel, SaidCheck, SaidLabel
from workstation.ui.speech import Speech
from workstation.ui.wheel import leave_wheel

_STEPS: Final = 100  # of the opacity slider


class MaskLook(QWidget):
    """opacity_asked: 0 … 1; outline_asked: whether masks are without their fill"""

    opacity_asked = Signal(float)
    outline_asked = Signal(bool)

    def __init__(self, speech: Speech, slider_name: Words, parent: QWidget | None = None) -> None:
        """`slider_name`: what screen readers call the slider."""
        super().__init__(parent)
        self._speech, self._slider_name = speech, slider_name
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._opacity = QSlider(Qt.Orientation.Horizontal)
        self._opacity.setRange(0, _STEPS)
        leave_wheel(self._opacity)
        self._opacity.valueChanged.connect(lambda value: self.opacity_asked.emit(value / _STEPS))
        self._outline = SaidCheck(speech, say("Outline"))
        self._outline.toggled.connect(self.outline_asked)
        row.addWidget(SaidLabel(speech, say("Opacity"), role="second"))
        row.addWidget(self._opacity, 1)
        row.addWidget(self._outline)
        speech.changed.connect(self._render)
        self._render()

    @property
    def opacity_slider(self) -> QSlider:
        return self._opacity

    @property
    def outline_box(self) -> QCheckBox:
        return self._outline

    def show_look(self, opacity: float, outline: bool, *, painted: bool = True) -> None:
        with QSignalBlocker(self._opacity), QSignalBlocker(self._outline):
            self._opacity.setValue(round(opacity * _STEPS))
            self._outline.setChecked(outline)
        self._opacity.setEnabled(painted and not outline)
        self._outline.setEnabled(painted)

    def _render(self) -> None:
        self._opacity.setAccessibleName(self._speech.tr(self._slider_name))
        self._outline.setToolTip(self._speech.tr(say("Borders of masks without their fill")))


def swatch(colour: QColor) -> QLabel:
    made = QLabel()
    made.setFixedSize(10, 10)
    made.setStyleSheet(f"background: {colour.name()}; border-radius: 2px;")
    return made


def told_below(speech: Speech, told: Sequence[Words]) -> QWidget:
    """A quieter line under a name, shortened where there is no room."""
    holder = QWidget()
    inside = QHBoxLayout(holder)
    inside.setContentsMargins(18, 0, 0, 0)
    inside.addWidget(ElidedLabel(speech, *dotted(told), role="second"))
    return holder


def dotted(told: Sequence[Words]) -> tuple[Words, ...]:
    """`12.3 mL · Tissue`"""
    if not told:
        return ()
    said = told[0]
    for one in told[1:]:
        said = say("{first} · {second}", first=said, second=one)
    return (said,)
