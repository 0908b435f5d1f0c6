"""For every test with a window: letters as wide as the program's, whatever fonts a machine has."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from workstation.ui.theme import load_fonts


@pytest.fixture(scope="session", autouse=True)
def fonts(qapp: QApplication) -> None:
    load_fonts()
