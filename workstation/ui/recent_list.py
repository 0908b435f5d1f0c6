"""What was opened lately, to open it again: shown where nothing is open, and in the menu of “Open…”."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from workstation.domain.words import Words, say
from workstation.ui.said import SaidButton, SaidCheck, SaidLabel, plain_tip
from workstation.ui.speech import Speech
from workstation.ui.theme import TARGET

_PADDING = 10

Recent = tuple[tuple[str, ...], ...]


def name_of(opened: tuple[str, ...]) -> Words:
    """The last two parts of the first path, as folders are often called alike; and how many more there were."""
    path = Path(opened[0])
    name = " / ".join(path.parts[-2:]) if len(path.parts) > 2 else str(path)
    if len(opened) > 1:
        return say("{name} and {count} more", name=name, count=len(opened) - 1)
    return say("{name}", name=name)


class RecentList(QWidget):
    """open_asked: tuple[Path, ...]. reopen_asked: whether the last one is opened at start. Hidden while empty."""

    open_asked = Signal(object)
    clear_asked = Signal()
    reopen_asked = Signal(bool)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._lines: list[QWidget] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self._reopen = SaidCheck(speech, say("Open the last one at start"))
        self._reopen.clicked.connect(self.reopen_asked)
        clear = SaidButton(speech, say("Clear the list"), kind="link", tip=say("The studies themselves stay"))
        clear.clicked.connect(self.clear_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(4)
        column.addWidget(SaidLabel(speech, say("Recent studies"), role="title"))
        column.addLayout(self._list)
        column.addWidget(self._reopen)
        column.addWidget(clear)
        column.addStretch(1)
        self.hide()

    def show_recent(self, recent: Recent, reopen: bool) -> None:
        for line in self._lines:
            self._list.removeWidget(line)
            line.deleteLater()
        self._lines = [self._line(opened) for opened in recent]
        for line in self._lines:
            self._list.addWidget(line)
        self._reopen.setChecked(reopen)
        self.setVisible(bool(recent))

    def _line(self, opened: tuple[str, ...]) -> QWidget:
        line = RecentButton(self._speech, opened)
        line.clicked.connect(lambda: self.open_asked.emit(tuple(Path(path) for path in opened)))
        return line


class RecentButton(QPushButton):
    """One of them on one line that gives way in its middle; its tool tip holds the whole path."""

    def __init__(self, speech: Speech, opened: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._name = speech, name_of(opened)
        self.setProperty("kind", "recent")
        self.setMinimumHeight(TARGET)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(plain_tip("\n".join(opened)))
        speech.changed.connect(self._render)
        self._render()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._render()

    def minimumSizeHint(self) -> QSize:
        return QSize(TARGET, super().minimumSizeHint().height())

    def _render(self) -> None:
        whole = self._speech.tr(self._name)
        room = max(0, self.width() - 2 * _PADDING)
        self.setText(self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideMiddle, room).replace("&", "&&"))
        self.setAccessibleName(whole)


def fill_recent(menu: QMenu, speech: Speech, recent: Recent, then: Callable[[tuple[Path, ...]], None]) -> None:
    """Entries for a menu; nothing where nothing was opened yet."""
    for opened in recent:
        action = menu.addAction(speech.tr(name_of(opened)).replace("&", "&&"))
        action.triggered.connect(lambda _=False, paths=opened: then(tuple(Path(path) for path in paths)))
