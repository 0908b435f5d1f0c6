"""For every test with a window: the same letters and the same pointer, whatever machine and whichever test before."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

from workstation.ui.theme import load_fonts


@pytest.fixture(scope="session", autouse=True)
def fonts(qapp: QApplication) -> None:
    load_fonts()


@pytest.fixture(autouse=True)
def pointer(qapp: QApplication) -> None:
    """Out of the way: Qt says nothing of a pointer that is moved to where it is."""
    QCursor.setPos(0, 0)
