"""Keys of the whole window: those that work wherever the focus is, and the way from one part of it to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from workstation.ui.keys import KEYS, LEFT_TO_WIDGETS, Command, key_of


class WindowKeys(QObject):
    """parts: from left to right and top to bottom, as F6 walks them; those that are folded away are left out."""

    def __init__(self, window: QWidget, parts: tuple[QWidget, ...], perform: Callable[[Command], None]) -> None:
        super().__init__(window)
        self._window, self._parts, self._perform = window, parts, perform
        self._shortcuts: list[QShortcut] = []
        self.bind()

    @property
    def commands(self) -> Mapping[Command, Callable[[], object]]:
        return {
            Command.NEXT_PART: lambda: self._walk(1),
            Command.PREVIOUS_PART: lambda: self._walk(-1),
            Command.TOOLBAR: lambda: enter(self._parts[0]),
        }

    def bind(self) -> None:
        """Take the keys as they are now. Keys that no widget needs for itself work wherever the focus is.

        Text boxes still get what is typed.
        """
        for old in self._shortcuts:
            old.setEnabled(False)
            old.deleteLater()
        bound = [key.command for key in KEYS if key_of(key.command) and key_of(key.command) not in LEFT_TO_WIDGETS]
        self._shortcuts = [self._shortcut(command) for command in bound]

    def _shortcut(self, command: Command) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key_of(command)), self._window)
        shortcut.activated.connect(lambda: self._perform(command))
        return shortcut

    def _walk(self, step: int) -> None:
        focus = QApplication.focusWidget()
        here = next((i for i, part in enumerate(self._parts) if focus is not None and _within(part, focus)), -1)
        count = len(self._parts)
        start = here if here >= 0 else (-1 if step > 0 else 0)
        for distance in range(1, count + 1):
            if enter(self._parts[(start + step * distance) % count]):
                return


def enter(part: QWidget) -> bool:
    """Give the focus to the first of its widgets that takes it from the keyboard. False: there is none."""
    # Not by `nextInFocusChain`: PySide would take the next widget for gone, with its menus, once this one is.
    first = next((widget for widget in (part, *part.findChildren(QWidget)) if _takes_focus(widget)), None)
    if first is None:
        return False
    first.setFocus(Qt.FocusReason.TabFocusReason)
    return True


def _within(part: QWidget, widget: QWidget) -> bool:
    return widget is part or part.isAncestorOf(widget)


def _takes_focus(widget: QWidget) -> bool:
    tabbed = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return tabbed and widget.isEnabled() and not widget.visibleRegion().isEmpty()
