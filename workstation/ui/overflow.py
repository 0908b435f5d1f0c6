"""A row of buttons that gives way: those without room are found in a menu at its end, none is lost."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from workstation.domain.words import say
from workstation.ui.said import KeyButton
from workstation.ui.speech import Speech
from workstation.ui.theme import GRID

_RULE_WIDTH = 13


@dataclass(frozen=True, slots=True)
class _Item:
    """`stays`: the higher, the longer it is shown. A rule has no button."""

    widget: QWidget
    button: KeyButton | None
    stays: int


class OverflowRow(QWidget):
    """`add` and `rule` from left to right. What is hidden is clicked, or opens its menu, from the menu behind »."""

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._items: list[_Item] = []
        self._unfit: set[KeyButton] = set()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        self._more = KeyButton(speech, say("»"), tip=say("More tools"))
        self._menu = QMenu(self._more)
        self._menu.aboutToShow.connect(self._fill)
        self._more.setMenu(self._menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._row.addWidget(self._more)
        self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def add(self, button: KeyButton, stays: int = 0) -> KeyButton:
        self._insert(_Item(button, button, stays))
        return button

    def rule(self) -> None:
        """A thin line between two groups."""
        holder = QWidget()
        line = QFrame(holder)
        line.setProperty("surface", "rule")
        line.setGeometry(_RULE_WIDTH // 2, 0, 1, 18)
        holder.setFixedSize(_RULE_WIDTH, 18)
        self._insert(_Item(holder, None, 0))

    def offer(self, button: KeyButton, offered: bool) -> None:
        """Whether it is of use for what is looked at; else it is neither in the row nor in the menu."""
        unfit = self._unfit - {button} if offered else self._unfit | {button}
        if unfit != self._unfit:
            self._unfit = unfit
            self._share()

    @property
    def hidden(self) -> tuple[KeyButton, ...]:
        """The buttons that are only in the menu now."""
        return tuple(item.button for item in self._offered if item.button is not None and item.button.isHidden())

    def menu(self) -> QMenu:
        """What the menu behind » holds, once it is about to be shown."""
        return self._menu

    def sizeHint(self) -> QSize:
        return QSize(self._width(self._offered), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._more.sizeHint().width(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a button says something longer now
            self._share()
        return super().event(event)

    @property
    def _offered(self) -> list[_Item]:
        return [item for item in self._items if item.button not in self._unfit]

    def _insert(self, item: _Item) -> None:
        self._row.insertWidget(len(self._items), item.widget)
        self._items.append(item)

    def _width(self, items: list[_Item]) -> int:
        return sum(item.widget.sizeHint().width() if item.button else _RULE_WIDTH for item in items) + GRID * len(items)

    def _share(self) -> None:
        """Hide what stays least, the last of them first, until the rest has room."""
        shown = self._offered
        room = self.width()
        if self._width(shown) > room:
            room -= self._more.sizeHint().width() + GRID
            buttons = [item for item in reversed(shown) if item.button is not None]
            for item in sorted(buttons, key=lambda item: item.stays):  # stable: the last of equals comes first
                if self._width(shown) <= room:
                    break
                shown.remove(item)
        shown = _without_loose_rules(shown)
        for item in self._items:
            item.widget.setVisible(item in shown)
        self._more.setVisible(any(item.button is not None and item not in shown for item in self._offered))

    def _fill(self) -> None:
        self._menu.clear()
        for button in self.hidden:
            inner = button.menu()
            if inner is not None:
                inner.setTitle(button.accessibleName())
                self._menu.addMenu(inner)
                continue
            action = self._menu.addAction(f"{button.accessibleName()}\t{button.key}")
            action.setCheckable(button.isCheckable())
            action.setChecked(button.isChecked())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(button.click)


def _without_loose_rules(items: list[_Item]) -> list[_Item]:
    """No line at an end, nor two side by side."""
    kept: list[_Item] = []
    for item in items:
        if item.button is not None or (kept and kept[-1].button is not None):
            kept.append(item)
    return kept[:-1] if kept and kept[-1].button is None else kept
