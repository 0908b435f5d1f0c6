"""The line below the study browser that offers to watch what was opened, says that it is watched, and what came."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workstation.domain.words import Words, say, say_count
from workstation.ui.said import ElidedLabel, SaidButton
from workstation.ui.speech import Speech
from workstation.workspace.state import Workspace

_DOT_PX: Final = 8
_LINK_PX: Final = 5  # a link's own margin


class WatchLine(QWidget):
    """watch_asked, stop_asked: begin and end. grown_asked: show the slices that came to the series looked at."""

    watch_asked = Signal()
    stop_asked = Signal()
    grown_asked = Signal()

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered = False
        self._dot = QLabel()
        self._dot.setProperty("role", "dot")
        self._dot.setFixedSize(_DOT_PX, _DOT_PX)
        self._watched = ElidedLabel(speech, role="second")
        self._begin = SaidButton(
            speech, say("Watch this folder"), kind="link", tip=say("Images that arrive in it are added by themselves")
        )
        self._stop = SaidButton(speech, say("Stop watching"), kind="link", tip=say("What arrived stays open"))
        self._came = ElidedLabel(speech)
        self._show_them = SaidButton(
            speech, say("Reload"), kind="link", tip=say("Load the series looked at again, with the slices that came")
        )
        self._begin.clicked.connect(self.watch_asked)
        self._stop.clicked.connect(self.stop_asked)
        self._show_them.clicked.connect(self.grown_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(12 - _LINK_PX, 2, 8, 2)
        column.setSpacing(0)
        self._grown = _row(self._came, self._show_them)
        column.addWidget(self._grown)
        column.addWidget(_row(self._dot, self._watched, self._stop))
        column.addWidget(self._begin)
        self._watching = self._more = False
        self.show_state(Workspace())

    def show_offer(self, offered: bool) -> None:
        """Whether there is something that can be watched."""
        self._offered = offered
        self._update_visibility()

    def show_state(self, state: Workspace) -> None:
        watching = bool(state.watched)
        for part in (self._dot, self._watched, self._stop):
            part.setVisible(watching)
        self._begin.setVisible(not watching)
        self._watched.say(say("Watching {name}", name=state.watched))
        words = _came(state)
        self._grown.setVisible(words is not None)
        if words is not None:
            self._came.say(words)
        self._watching, self._more = watching, words is not None
        self._update_visibility()

    def _update_visibility(self) -> None:
        self.setVisible(self._offered or self._watching or self._more)


def _came(state: Workspace) -> Words | None:
    stack = state.chosen_stack
    if state.grown is None or stack is None:
        return None
    more = state.grown.slices - stack.slices
    if more <= 0:
        return say("This series has changed on the disk.")
    return say_count("{count} new slice arrived.", "{count} new slices arrived.", more)


def _row(*widgets: QWidget) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(_LINK_PX, 0, 0, 0)
    row.setSpacing(6)
    for widget in widgets:
        row.addWidget(widget, 1 if isinstance(widget, ElidedLabel) else 0)
    return line
