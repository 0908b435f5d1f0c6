"""Every command by its name: type a few letters, choose, and it is done."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from workstation.domain.words import say
from workstation.ui.keys import KEYS, Command, key_text
from workstation.ui.speech import Speech

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Palette(QDialog):
    """command_asked: the Command that was chosen, once the dialog is closed."""

    command_asked = Signal(object)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self.setWindowTitle(speech.tr(say("All commands")))
        self.resize(480, 420)
        self._search = QLineEdit()
        self._search.setPlaceholderText(speech.tr(say("Find a command or a key…")))
        self._search.setAccessibleName(speech.tr(say("Find a command or a key")))
        self._search.textChanged.connect(self._list)
        self._search.installEventFilter(self)
        self._found = QListWidget()
        self._found.setAccessibleName(speech.tr(say("All commands")))
        self._found.itemActivated.connect(self._chosen)
        self._found.itemClicked.connect(self._chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self._search)
        column.addWidget(self._found, 1)
        self._list()
        self._search.setFocus()

    @property
    def search(self) -> QLineEdit:
        return self._search

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list, Return takes what is marked, while letters go on narrowing it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MOVES:
                self._found.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                item = self._found.currentItem()
                if item is not None:
                    self._chosen(item)
                return True
        return super().eventFilter(watched, event)

    def _list(self) -> None:
        wanted = self._search.text().casefold().split()
        self._found.clear()
        for key in KEYS:
            words = f"{self._speech.tr(key.title)}  {key_text(key.command)}"
            if key.command is not Command.PALETTE and all(part in words.casefold() for part in wanted):
                item = QListWidgetItem(words)
                item.setData(Qt.ItemDataRole.UserRole, key.command.value)
                self._found.addItem(item)
        self._found.setCurrentRow(0)

    def _chosen(self, item: QListWidgetItem) -> None:
        command = Command(item.data(Qt.ItemDataRole.UserRole))
        self.accept()
        self.command_asked.emit(command)
