"""Asks what a finding of the reader's own is: from a short list, or in the reader's words. Enter keeps it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workstation.domain.own_finding import KINDS, LONGEST, OTHER
from workstation.domain.words import Words, say
from workstation.ui.notice_bar import OverBottom
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.signs import SignCombo
from workstation.ui.speech import Speech


class OwnAsk(OverBottom):
    """named: code, and the reader's words where the code is OTHER. left: the focus is free again."""

    named = Signal(str, str)
    left = Signal()

    def __init__(self, speech: Speech, under: QWidget, parent: QWidget) -> None:
        super().__init__(under, parent)
        self._speech = speech
        self._of = SaidLabel(speech, role="second", wrap=True)
        self.kind = SignCombo()
        self._line = QLineEdit()
        self.kind.setEditable(True)
        self.kind.setLineEdit(self._line)
        self.kind.setInsertPolicy(SignCombo.InsertPolicy.NoInsert)
        self._line.setMaxLength(LONGEST)
        self._line.installEventFilter(self)
        keep = SaidButton(speech, say("Keep"), kind="primary")
        keep.clicked.connect(self._keep)
        self.kind.editTextChanged.connect(lambda text: keep.setEnabled(bool(text.strip())))
        cancel = SaidButton(speech, say("Cancel"), kind="flat")
        cancel.clicked.connect(self._leave)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addWidget(SaidLabel(speech, say("A finding of your own: what is it?"), role="title"))
        lines.addWidget(self._of)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addLayout(lines, 2)
        row.addWidget(self.kind, 1)
        for button in (keep, cancel):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        speech.changed.connect(self._say)
        self._say()
        self.hide()

    def ask(self, of: Words, text: str = "") -> None:
        """`of`: what it is made of; `text`: the reader's words so far."""
        self._of.say(of)
        self.kind.setCurrentIndex(0)
        if text:
            self.kind.setEditText(text[:LONGEST])
        self.show()
        self.place()
        self.raise_()
        self.kind.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._line and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._keep()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._leave()
                return True
        return super().eventFilter(watched, event)

    def _keep(self) -> None:
        text = self.kind.currentText().strip()
        if not text:
            return
        named = {self._speech.tr(words).casefold(): code for code, words in KINDS.items()}
        code = named.get(text.casefold(), OTHER)
        self._leave()
        self.named.emit(code, "" if code in KINDS else text)

    def _leave(self) -> None:
        self.hide()
        self.left.emit()

    def _say(self) -> None:
        chosen, text = self.kind.currentIndex(), self._line.text()
        own = self.kind.count() > 0 and text != self.kind.itemText(chosen)  # words that no list has stay as they are
        with QSignalBlocker(self.kind):
            self.kind.clear()
            self.kind.addItems([self._speech.tr(words) for words in KINDS.values()])
            self.kind.setCurrentIndex(max(0, chosen))
            if own:
                self.kind.setEditText(text)
        self.kind.setAccessibleName(self._speech.tr(say("What it is")))
