"""One command of the key sheet: its name, its key to click on and press another, and the way back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from workstation.domain.words import Words, say
from workstation.ui.key_map import NO_KEY, chosen_key, native
from workstation.ui.keys import Key
from workstation.ui.said import SaidLabel, plain_tip
from workstation.ui.signs import Sign, SignButton
from workstation.ui.speech import Speech
from workstation.ui.theme import TARGET, restyle

_TAKE_AWAY = (Qt.Key.Key_Backspace,)


class KeyField(QPushButton):
    """Says the key. Pressed, it waits for another: Esc leaves the old one, Backspace takes it away.

    key_chosen: the key in Qt's portable text; "" for none
    """

    key_chosen = Signal(str)

    def __init__(self, speech: Speech, title: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._title = speech, title
        self._shown, self._waiting = NO_KEY, False
        self.setMinimumSize(56, TARGET)
        self.setAutoDefault(False)
        self.setProperty("kind", "key")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._wait)
        speech.changed.connect(self._render)

    @property
    def key(self) -> str:
        """The key shown, as Qt's portable text."""
        return self._shown

    def show_key(self, key: str) -> None:
        self._shown = key
        self._render()

    def event(self, event: QEvent) -> bool:
        """While it waits, every key is its own: none moves the focus, closes the dialog or is a shortcut."""
        if self._waiting and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._pressed(event)
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._leave()
        super().focusOutEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(max(56, super().sizeHint().width()), TARGET)

    def _wait(self) -> None:
        self._waiting = True
        self.setFocus()
        self._render()

    def _leave(self) -> None:
        if self._waiting:
            self._waiting = False
            self._render()

    def _pressed(self, event: QKeyEvent) -> None:
        bare = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if bare and event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif bare and event.key() in _TAKE_AWAY:
            self._leave()
            self.key_chosen.emit(NO_KEY)
        elif key := chosen_key(event):
            self._leave()
            self.key_chosen.emit(key)

    def _render(self) -> None:
        waits = self._speech.tr(say("Press a key…"))
        key = native(self._shown) or "–"
        self.setText((waits if self._waiting else key).replace("&", "&&"))
        title = self._speech.tr(self._title)
        said = native(self._shown) or self._speech.tr(say("no key"))
        self.setAccessibleName(f"{title}: {waits if self._waiting else said}")
        self.setToolTip(plain_tip(self._speech.tr(say("Press another key; Esc leaves it, Backspace takes it away"))))
        if self.property("waiting") != self._waiting:
            self.setProperty("waiting", self._waiting)
            restyle(self)


class KeyRow(QWidget):
    """key_asked: command, key. default_asked: the program's own key again."""

    key_asked = Signal(object, str)
    default_asked = Signal()

    def __init__(self, speech: Speech, key: Key, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._key = speech, key
        self._title = SaidLabel(speech, key.title, role="second")
        self._title.setWordWrap(True)
        self.field = KeyField(speech, key.title)
        self.field.key_chosen.connect(lambda chosen: self.key_asked.emit(key.command, chosen))
        back = say("“{title}”: the key as at first, {key}", title=key.title, key=native(key.key))
        self.back = SignButton(speech, Sign.BACK, back)
        self.back.clicked.connect(self.default_asked)
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 1, 0, 1)
        row.setSpacing(4)
        row.addWidget(self._title, 1)
        row.addWidget(self.back)
        row.addWidget(self.field)

    @property
    def words(self) -> str:
        """What a search finds it by."""
        return f"{self._title.text()} {self.field.text()} {self.field.key}"

    def show_key(self, key: str, *, own: bool) -> None:
        self.field.show_key(key)
        self.back.setVisible(own)
