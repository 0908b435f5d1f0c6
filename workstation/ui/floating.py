"""A window of its own for the panels on the right, for a second monitor. The main window's keys work in it, too."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workstation.domain.words import say
from workstation.ui.speech import Speech


class Floating(QWidget):
    """closed: the reader closed it; what it holds is to go back to its place."""

    closed = Signal()

    def __init__(self, speech: Speech, panel: QWidget, window: QWidget) -> None:
        # Qt leaves a window's shortcuts working while a tool window of its is active
        super().__init__(window, Qt.WindowType.Tool)
        self._speech = speech
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(panel)
        speech.changed.connect(self._render)
        self._render()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)

    def _render(self) -> None:
        self.setWindowTitle(self._speech.tr(say("Analyses, findings and report")))
