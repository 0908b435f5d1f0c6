"""The window over a fake desk, and the steps that several tests take with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import FakeDesk
from tests.ui.scene import to_gray
from workstation.domain.words import Language
from workstation.ui.main_window import MainWindow
from workstation.ui.speech import Speech

# The platform without a screen says this of every dialog; it is about that platform, not about us.
offscreen_dialog = pytest.mark.qt_log_ignore("This plugin does not support")
FOLDER = (Path("study"),)
_USUAL: Final = QSize(960, 760)  # the platform without a screen has one of 800 × 800, on which little has room


@contextmanager
def window_on(desk: FakeDesk, qtbot: QtBot) -> Iterator[MainWindow]:
    """Shown and started; closed at the end, so that no thread outlives the test."""
    window = MainWindow(desk, Speech(Language.ENGLISH), to_gray)
    qtbot.addWidget(window)
    window.resize(window.size().expandedTo(_USUAL))
    with qtbot.waitExposed(window):
        window.show()
    window.start()
    qtbot.waitUntil(lambda: bool(window.analysis_side.connections))
    try:
        yield window
    finally:
        desk.gate.set()
        window.close()


def open_study(window: MainWindow, qtbot: QtBot) -> None:
    window.open(FOLDER)
    qtbot.waitUntil(lambda: bool(window.sitting.state.stacks) and not window.sitting.state.scanning)


def choose(window: MainWindow, qtbot: QtBot, stack_id: str) -> None:
    window.browser.stack_asked.emit(stack_id)
    qtbot.waitUntil(lambda: window.sitting.state.chosen == stack_id)


def analyse(window: MainWindow, qtbot: QtBot) -> None:
    """Press the card's button and wait for the result."""
    qtbot.waitUntil(lambda: bool(buttons(window.analysis_panel, "Analyse")))
    press(window.analysis_panel, qtbot, "Analyse")
    qtbot.waitUntil(lambda: window.sitting.state.shown_result is not None)


def buttons(inside: QWidget, text: str) -> list[QAbstractButton]:
    """Visible buttons by what they say."""
    found = inside.findChildren(QAbstractButton)
    return [b for b in found if text in (b.text(), b.accessibleName()) and b.isVisibleTo(inside)]


def press(inside: QWidget, qtbot: QtBot, text: str) -> None:
    button = buttons(inside, text)[0]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def said(inside: QWidget) -> str:
    """All that the labels in a widget say now."""
    labels = (label for label in inside.findChildren(QLabel) if label.isVisibleTo(inside))
    return "\n".join(label.text() for label in labels if label.text())
