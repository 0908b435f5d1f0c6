"""Which key performs which command: the program's choice and, over it, the reader's own. Commands go by their names.

No two commands ever share a key: the reader's own choice takes it, and the command that had it is left without one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

NO_KEY = ""
_REFUSED = frozenset({"Esc", "Menu"})  # they close dialogs and open the menu, whatever else a key does
_CAPS: Final = {"Up": "↑", "Down": "↓", "Left": "←", "Right": "→", "Return": "Enter"}
_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_Meta,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_unknown,
    }
)


@dataclass(frozen=True)
class KeyMap:
    """defaults  command → the program's key, as Qt's portable text
    own          command → the reader's key; "" takes the key away. Names that this program doesn't know do nothing
    """

    defaults: Mapping[str, str]
    own: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """Command → its key now, "" for none."""
        taken: set[str] = set()
        found: dict[str, str] = {}
        for command, key in self.own.items():
            if command in self.defaults:
                wanted = portable(key)
                found[command] = NO_KEY if wanted in taken else wanted
                taken.add(wanted)
        for command, key in self.defaults.items():
            if command not in found:
                wanted = portable(key)
                found[command] = NO_KEY if wanted in taken else wanted
                taken.add(wanted)
        return found

    @cached_property
    def commands(self) -> Mapping[str, str]:
        """Key → the command it performs."""
        return {key: command for command, key in self.keys.items() if key}

    def is_default(self, command: str) -> bool:
        return self.keys[command] == portable(self.defaults[command])

    def holder(self, command: str, key: str) -> str:
        """Another command that has this key now; "" for none."""
        other = self.commands.get(portable(key), "")
        return other if other != command else ""

    def with_key(self, command: str, key: str) -> KeyMap:
        """This key is the command's from now on; whoever had it is left without one."""
        holder = self.holder(command, key) if key else ""
        own = {name: kept for name, kept in self.own.items() if name != command}
        if holder:
            own[holder] = NO_KEY
        if portable(key) != portable(self.defaults[command]):
            own[command] = portable(key)
        return replace(self, own=own)

    def with_default(self, command: str) -> KeyMap:
        """The program's key again for this one."""
        return self.with_key(command, self.defaults[command])

    def with_defaults(self) -> KeyMap:
        """The program's keys again for all."""
        return replace(self, own={})


def portable(key: str) -> str:
    """One spelling for each key, the same on every platform."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def native(key: str) -> str:
    """The key as it is printed on this platform's keyboards ("Shift+N", "⇧N"), the same in every language.

    Qt's own words for keys are translated, some of them oddly: an arrow is clear to all.
    """
    if sys.platform == "darwin":
        return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    *held, last = portable(key).split("+") if not key.endswith("+") else (*portable(key)[:-2].split("+"), "+")
    return "+".join((*filter(None, held), _CAPS.get(last, last)))


def spellings(event: QKeyEvent) -> tuple[str, ...]:
    """How a pressed key may stand in the map, the likeliest first; the keypad counts as the same keys.

    Shift is part of signs such as `?` and `+`, not beside them.
    """
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key.Key_Return if event.key() == Qt.Key.Key_Enter else event.key()
    if Qt.Key(key) in _MODIFIERS:
        return ()
    if key == Qt.Key.Key_Backtab:
        key, modifiers = Qt.Key.Key_Tab, modifiers | Qt.KeyboardModifier.ShiftModifier
    exact = _spell(key, modifiers)
    if event.text().isprintable() and event.text() and not event.text().isalnum() and event.text() != " ":
        bare = _spell(key, modifiers & ~Qt.KeyboardModifier.ShiftModifier)
        return (exact, bare) if bare != exact else (exact,)
    return (exact,)


def chosen_key(event: QKeyEvent) -> str:
    """The key that a reader presses to choose it; "" for one that can't be a command's."""
    found = spellings(event)
    key = found[-1] if found else NO_KEY
    return NO_KEY if key in _REFUSED else key


def _spell(key: int, modifiers: Qt.KeyboardModifier) -> str:
    return QKeySequence(key | modifiers.value).toString(QKeySequence.SequenceFormat.PortableText)
