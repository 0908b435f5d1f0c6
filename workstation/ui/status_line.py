"""The line at the bottom: where work goes, what leaves this PC, what it cost, how much was read."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from workstation.domain.words import say, say_count
from workstation.domain.work import Progress
from workstation.ui.reader_words import who
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.speech import Speech
from workstation.ui.theme import STATUS_HEIGHT
from workstation.workspace.cards import ConnectionView
from workstation.workspace.intents import DeskStatus
from workstation.workspace.state import Reader, Workspace

_LONGEST_READER: Final = 20  # characters


class StatusLine(QWidget):
    """reader_asked: the person wants to say who reads."""

    reader_asked = Signal()

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(STATUS_HEIGHT)
        self._dot = QLabel()
        self._dot.setProperty("role", "dot")
        self._dot.setFixedSize(8, 8)
        self._connection = SaidLabel(speech, role="second")
        self._leaves = SaidLabel(speech, role="second")
        self._cost = SaidLabel(speech, role="second")
        self._files = SaidLabel(speech, role="second")
        self._memory = SaidLabel(speech, role="second")
        self._loading = SaidLabel(speech, role="second")
        self._reader = SaidButton(speech, say("Who reads?"), kind="link", tip=say("Who decides and signs"))
        self._reader.clicked.connect(self.reader_asked)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(6)
        row.addWidget(self._dot)
        row.addWidget(self._connection)
        row.addSpacing(14)
        row.addWidget(self._leaves)
        row.addSpacing(14)
        row.addWidget(self._cost)
        row.addSpacing(14)
        row.addWidget(self._reader)
        row.addStretch(1)
        row.addWidget(self._loading)
        row.addSpacing(14)
        row.addWidget(SaidLabel(speech, say("Research use, not a medical device"), role="second"))
        row.addSpacing(14)
        row.addWidget(self._files)
        row.addSpacing(14)
        row.addWidget(self._memory)
        speech.changed.connect(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """A narrow window leaves out what matters least; never who reads, nor what leaves this PC."""
        spare = (self._memory, self._files, self._cost)
        for label in spare:
            label.show()
        for label in spare:
            if self._row.sizeHint().width() <= self.width():
                break
            label.hide()

    def show_connection(self, connection: ConnectionView | None) -> None:
        self._dot.setVisible(connection is not None)
        if connection is None:
            self._connection.say(say("No connection"))
            self._leaves.say()
            return
        self._connection.say(connection.title)
        if connection.local:
            self._leaves.say(say("Nothing leaves this PC"))
        else:
            self._leaves.say(say("Series leave this PC only after you agree"))
        self._fit()

    def show_reader(self, reader: Reader) -> None:
        """In a few words; the tool tip has all of them."""
        if not reader.name:
            self._reader.say(say("Who reads?"), say("Who decides and signs"))
            return
        whole = say("Reader: {who}", who=who(reader.name, reader.role))
        short = len(reader.name) + len(reader.role) <= _LONGEST_READER
        name = reader.name if len(reader.name) <= _LONGEST_READER else f"{reader.name[:_LONGEST_READER]}…"
        self._reader.say(whole if short else say("Reader: {who}", who=name), whole)
        self._fit()

    def show_status(self, status: DeskStatus) -> None:
        self._cost.say(
            say_count(
                "This month ¥{yuan:.2f} · {count} call",
                "This month ¥{yuan:.2f} · {count} calls",
                status.month_calls,
                yuan=status.month_yuan,
            )
        )
        self._memory.say(say("Memory {mb:.0f} MB", mb=status.memory_bytes / 1e6))
        self._fit()

    def show_loading(self, progress: Progress | None) -> None:
        """How much of the series looked at is in memory; None: all of it."""
        if progress is None:
            self._loading.say()
        else:
            self._loading.say(say("Loading {percent:.0f} %", percent=100 * progress.fraction))

    def show_scanned(self, state: Workspace) -> None:
        if not state.files:
            self._files.say()
            return
        self._files.say(
            say_count("{count} file · {s:.2f} s", "{count} files · {s:.2f} s", state.files, s=state.seconds)
        )
        self._fit()
