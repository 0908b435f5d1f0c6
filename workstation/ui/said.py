"""Widgets that hold words rather than text, and say them again when the language changes. Always as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from workstation.domain.words import Words
from workstation.ui.keys import Command, key_text
from workstation.ui.speech import Speech
from workstation.ui.theme import TARGET, restyle
from workstation.ui.tick_box import TickBox

HINT_GAP: Final = 7
NO_BREAK: Final = "\u00a0"


class SaidLabel(QLabel):
    """A sentence or several. `role` and `chip` are those of the theme; `wrap`: over as many lines as it needs."""

    def __init__(
        self,
        speech: Speech,
        *words: Words,
        role: str = "",
        chip: str = "",
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._speech, self._words = speech, words
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if role:
            self.setProperty("role", role)
        if chip:
            self.setProperty("chip", chip)
            self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        speech.changed.connect(self._render)
        self._render()

    def say(self, *words: Words) -> None:
        """Say this instead."""
        self._words = words
        self._render()

    def look(self, *, role: str | None = None, chip: str | None = None) -> None:
        """Another role or kind of chip."""
        for name, value in (("role", role), ("chip", chip)):
            if value is not None and self.property(name) != value:
                self.setProperty(name, value)
                restyle(self)

    def _render(self) -> None:
        self.setText(self._speech.join(self._words))


class ElidedLabel(QLabel):
    """One line that gives way: it ends in … where there is no room, and its tool tip holds the whole."""

    def __init__(self, speech: Speech, *words: Words, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._words = speech, words
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if role:
            self.setProperty("role", role)
        speech.changed.connect(self._render)
        self._render()

    def say(self, *words: Words) -> None:
        self._words = words
        self._render()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._render()

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def _render(self) -> None:
        whole = self._speech.join(self._words)
        room = self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, max(0, self.width()))
        self.setText(room)
        self.setToolTip(plain_tip(whole) if room != whole else "")
        self.setAccessibleName(whole)


class SaidButton(QPushButton):
    """A button with words; `tip` says more than its face. `command`: the tool tip names its key, too."""

    def __init__(
        self,
        speech: Speech,
        words: Words,
        *,
        kind: str = "",
        tip: Words | None = None,
        command: Command | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._speech, self._words, self._tip, self._command = speech, words, tip, command
        if kind:
            self.setProperty("kind", kind)
        self.setMinimumHeight(TARGET)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the arrow keys to the picture
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        speech.changed.connect(self._render)
        self._render()

    def say(self, words: Words, tip: Words | None = None) -> None:
        self._words, self._tip = words, tip
        self._render()

    def _render(self) -> None:
        self.setText(self._speech.tr(self._words).replace("&", "&&"))
        tip = self._speech.tr(self._tip) if self._tip is not None else ""
        self.setToolTip(plain_tip(keyed(tip or self.text(), self._command) if self._command is not None else tip))


class SaidCheck(TickBox):
    """A box to tick, with words."""

    def __init__(self, speech: Speech, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._words = speech, words
        speech.changed.connect(self._render)
        self._render()

    def _render(self) -> None:
        self.setText(self._speech.tr(self._words).replace("&", "&&"))


class KeyButton(QToolButton):
    """A tool's button: its name and, dimmer, its key. The tool tip names both. `mark` stands behind the words."""

    def __init__(
        self,
        speech: Speech,
        words: Words,
        *,
        command: Command | None = None,
        tip: Words | None = None,
        hint: bool = True,
        mark: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._speech, self._words, self._tip = speech, words, tip
        self._command, self._hinted = command, hint
        self.setProperty("kind", "flat")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._face = QLabel(self)
        self._hint = QLabel(self)
        self._hint.setProperty("role", "hint")
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 0, 9, 0)
        row.setSpacing(HINT_GAP)
        for label in (self._face, self._hint):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            label.setTextFormat(Qt.TextFormat.PlainText)
            row.addWidget(label)
        if mark is not None:
            row.addWidget(mark)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        speech.changed.connect(self._render)
        self._render()

    @property
    def key(self) -> str:
        """The key of its command as this platform writes it; empty where it has none."""
        return key_text(self._command) if self._command is not None else ""

    def say(self, words: Words) -> None:
        self._words = words
        self._render()

    def sizeHint(self) -> QSize:
        layout = self.layout()
        width = layout.sizeHint().width() if layout is not None else 0
        return QSize(width, max(TARGET + 4, self.fontMetrics().height() + 10))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _render(self) -> None:
        name, key = self._speech.tr(self._words), self.key
        same = (name, key) == (self._face.text(), self._hint.text())
        self._face.setText(name)
        self._hint.setText(key)
        self._hint.setVisible(self._hinted and bool(key))
        self.setAccessibleName(name)
        tip = self._speech.tr(self._tip) if self._tip is not None else name
        self.setToolTip(plain_tip(keyed(tip, self._command)))
        if not same:  # else the whole window would be laid out again with each step of a drag
            self.updateGeometry()


def keyed(words: str, command: Command | None) -> str:
    """With the key of the command behind, if it has one."""
    key = key_text(command) if command is not None else ""
    return f"{words} ({key})" if key else words


def plain_tip(text: str) -> str:
    """Text for a tool tip, which Qt would read as HTML where it looks like it: names come from files."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    return f"<span>{escaped}</span>" if text else ""


def unbroken(text: str) -> str:
    """A figure stays with its unit when a line is broken."""
    return text.replace(" ", NO_BREAK)


def texts(speech: Speech, words: Sequence[Words], between: str = " · ") -> str:
    """Short facts in one line."""
    return between.join(filter(None, (speech.tr(part) for part in words)))
