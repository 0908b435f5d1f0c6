"""Asks how long a ruler in the picture is: a bar with one field over the picture, never a box in the way."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workstation.domain.words import Words, say
from workstation.ui.notice_bar import OverBottom
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.speech import Speech
from workstation.workspace.rulers import LEAST_MM, MOST_MM

_LONGEST = 12  # characters of a number


class RulerAsk(OverBottom):
    """given: millimetres. removed: the calibration there is goes. left: the focus is free again."""

    given = Signal(float)
    removed = Signal()
    left = Signal()

    def __init__(self, speech: Speech, under: QWidget, parent: QWidget) -> None:
        super().__init__(under, parent)
        self._speech = speech
        self._pixels = 0.0
        self.length = QLineEdit()
        self.length.setMaxLength(_LONGEST)
        self.length.returnPressed.connect(self._keep)
        self.length.textChanged.connect(lambda _text: self._show())
        self._told = SaidLabel(speech, role="second", wrap=True)
        self._keep_it = SaidButton(speech, say("Keep"), kind="primary")
        self._keep_it.clicked.connect(self._keep)
        self._remove_it = SaidButton(speech, say("Remove"), kind="flat")
        self._remove_it.clicked.connect(self._remove)
        cancel = SaidButton(speech, say("Cancel"), kind="flat")
        cancel.clicked.connect(self.leave)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(12, 6, 8, 6)
        lines.setSpacing(2)
        lines.addWidget(SaidLabel(speech, say("How long is the line, in mm?"), role="title", wrap=True))
        lines.addWidget(self._told)
        row = QHBoxLayout()  # below the words: a photograph may hang in a narrow view
        row.setSpacing(8)
        lines.addLayout(row)
        row.addWidget(self.length, 1)
        for button in (self._keep_it, self._remove_it, cancel):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        speech.changed.connect(self._say)
        self._say()
        self.hide()

    def ask(self, pixels: float, millimetres: float | None) -> None:
        """Of a line of so many pixels, 0 where there is none; `millimetres`: as it was calibrated, None where it is
        not."""
        self._pixels = pixels
        self._remove_it.setVisible(millimetres is not None)
        self.length.setEnabled(pixels > 0)
        self.length.setText(f"{millimetres:.6g}" if millimetres else "")
        self._show()
        self.show()
        self.place()
        self.raise_()
        (self.length if pixels > 0 else self._remove_it).setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.length.selectAll()

    def leave(self) -> None:
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    @property
    def _millimetres(self) -> float | None:
        """What is typed; None: no sensible length."""
        try:
            typed = float(self.length.text().strip().replace(",", "."))
        except ValueError:
            return None
        return typed if LEAST_MM <= typed <= MOST_MM else None

    def _keep(self) -> None:
        typed = self._millimetres
        if typed is not None and self._pixels > 0:
            self.leave()
            self.given.emit(typed)

    def _remove(self) -> None:
        self.leave()
        self.removed.emit()

    def _show(self) -> None:
        typed = self._millimetres
        self._keep_it.setEnabled(typed is not None and self._pixels > 0)
        self._told.say(self._words(typed))
        if self.isVisible():
            self.place()

    def _words(self, typed: float | None) -> Words:
        """What would hold then: a comma that was meant for thousands shows itself."""
        if self._pixels == 0:
            return say("Draw a line along the ruler first.")
        pixels = f"{self._pixels:.1f}"
        if typed is not None:
            size = f"{typed / self._pixels:.4g}"
            return say(
                "{pixels} px for {length} mm: a pixel is {size} mm.", pixels=pixels, length=f"{typed:g}", size=size
            )
        if self.length.text().strip():
            return say("A number from {least} to {most}.", least=f"{LEAST_MM:g}", most=f"{MOST_MM:.0f}")
        return say("The line is {pixels} px long. Lengths are true in the plane of the ruler only.", pixels=pixels)

    def _say(self) -> None:
        self.length.setPlaceholderText(self._speech.tr(say("mm")))
        self.length.setAccessibleName(self._speech.tr(say("Length of the line in mm")))
