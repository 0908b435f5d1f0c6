"""Asks once, kindly, who decides: a bar with two fields over the picture, never a box in the way."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workstation.domain.words import say
from workstation.ui.notice_bar import OverBottom
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.speech import Speech
from workstation.workspace.state import Reader

LONGEST = 80  # characters of a name or a role


class ReaderAsk(OverBottom):
    """reader_given: Reader. left: the focus is free again."""

    reader_given = Signal(object)
    left = Signal()

    def __init__(self, speech: Speech, under: QWidget, parent: QWidget) -> None:
        super().__init__(under, parent)
        self._speech = speech
        self.name, self.role = QLineEdit(), QLineEdit()
        for box in (self.name, self.role):
            box.setMaxLength(LONGEST)
            box.returnPressed.connect(self._keep)
        keep = SaidButton(speech, say("Keep"), kind="primary")
        keep.setEnabled(False)
        keep.clicked.connect(self._keep)
        self.name.textChanged.connect(lambda text: keep.setEnabled(bool(text.strip())))
        later = SaidButton(speech, say("Later"), kind="flat")
        later.clicked.connect(self._leave)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addWidget(SaidLabel(speech, say("Who decides?"), role="title"))
        why = say("Name and role stand beside each decision, and in the report.")
        lines.addWidget(SaidLabel(speech, why, role="second", wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addLayout(lines, 2)
        row.addWidget(self.name, 1)
        row.addWidget(self.role, 1)
        for button in (keep, later):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        speech.changed.connect(self._say)
        self._say()
        self.hide()

    def ask(self, reader: Reader, *, focus: bool) -> None:
        """`focus`: the person asked for it; else whoever decides by keys goes on with them."""
        self.name.setText(reader.name)
        self.role.setText(reader.role)
        self.show()
        self.place()
        self.raise_()
        if focus:
            self.name.setFocus()
            self.name.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _keep(self) -> None:
        name = self.name.text().strip()
        if name:
            self._leave()
            self.reader_given.emit(Reader(name, self.role.text().strip()))

    def _leave(self) -> None:
        self.hide()
        self.left.emit()

    def _say(self) -> None:
        for box, words in ((self.name, say("Your name")), (self.role, say("Role"))):
            box.setPlaceholderText(self._speech.tr(words))
            box.setAccessibleName(self._speech.tr(words))
