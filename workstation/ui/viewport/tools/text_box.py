"""The box that words of a measure are typed into, at its place on the view."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from workstation.domain.words import say
from workstation.ui.speech import Speech

_WIDTH_PX = 200
_LONGEST = 200


class TextBox(QLineEdit):
    """ended: what was typed, without spaces around it. Enter and leaving the box take it, Esc leaves all as it was."""

    ended = Signal(str)

    def __init__(self, speech: Speech, parent: QWidget) -> None:
        super().__init__(parent)
        self._speech, self._view = speech, parent
        self._before = ""
        self.setMaxLength(_LONGEST)
        self.setFixedWidth(_WIDTH_PX)
        self.returnPressed.connect(self._end)
        speech.changed.connect(self._say)
        self._say()
        self.hide()

    def open(self, at: QPoint, text: str) -> None:
        """Where the view has room for it."""
        room = QPoint(max(0, self._view.width() - self.width()), max(0, self._view.height() - self.sizeHint().height()))
        self.move(max(0, min(at.x(), room.x())), max(0, min(at.y(), room.y())))
        self._before = text
        self.setText(text)
        self.selectAll()
        self.show()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._before)
            self._end()
        else:
            super().keyPressEvent(event)
            event.accept()  # no key of a box is one of the picture's

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._end()

    def _end(self) -> None:
        if self.isVisible():
            self.hide()
            self._view.setFocus()
            self.ended.emit(self.text().strip())

    def _say(self) -> None:
        self.setAccessibleName(self._speech.tr(say("Words on the picture")))
        self.setPlaceholderText(self._speech.tr(say("Type, then Enter")))
