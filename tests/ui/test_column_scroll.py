"""A column keeps its width, however high it is."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.blocks import TABLE
from tests.ui.scene import rgb
from tests.ui.test_blocks import BASES
from tests.ui.window import offscreen_dialog
from workstation.domain.words import Language
from workstation.ui.blocks.result_section import ResultSection
from workstation.ui.column_scroll import ColumnScroll
from workstation.ui.speech import Speech
from workstation.ui.theme import DARK, style_sheet

pytestmark = offscreen_dialog


class Higher(QWidget):
    """Needs more height where it has more width, as a table does that shows larger letters then."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(300 if event.size().width() > 200 else 200)


def test_what_is_higher_when_it_is_wider_comes_to_rest(qtbot: QtBot) -> None:
    column = QWidget()
    inside = Higher()
    QVBoxLayout(column).addWidget(inside)
    scroll = ColumnScroll(column)
    qtbot.addWidget(scroll)
    scroll.resize(400, 400)
    with qtbot.waitExposed(scroll):
        scroll.show()
    width = scroll.viewport().width()
    for height in range(150, 400, 5):
        scroll.resize(400, height)
        qtbot.wait(1)
        assert scroll.viewport().width() == width  # before that is so, it is not tried where it might never rest
    for edge in range(150, 300):
        scroll.resize(edge, 250)
        qtbot.wait(1)

        assert scroll.viewport().height() <= 250
        assert inside.height() == (300 if inside.width() > 200 else 200)


def test_the_bar_is_painted_where_there_is_something_to_scroll(qtbot: QtBot) -> None:
    column = QWidget()
    column.setFixedHeight(300)
    scroll = ColumnScroll(column)
    qtbot.addWidget(scroll)
    scroll.setStyleSheet(style_sheet(DARK))
    with qtbot.waitExposed(scroll):
        scroll.show()

    def shades(height: int) -> int:
        scroll.resize(200, height)
        qtbot.wait(1)
        return len(np.unique(rgb(scroll.verticalScrollBar().grab().toImage()).reshape(-1, 3), axis=0))

    assert shades(400) == 1
    assert shades(200) > 1
    assert shades(400) == 1


@pytest.mark.parametrize("more", [0, 1, 99, 500])
def test_the_bar_can_be_used_where_there_is_something_to_scroll(qtbot: QtBot, more: int) -> None:
    column = QWidget()
    scroll = ColumnScroll(column)
    qtbot.addWidget(scroll)
    scroll.resize(200, 200)
    column.setFixedHeight(scroll.maximumViewportSize().height() + more)
    with qtbot.waitExposed(scroll):
        scroll.show()

    assert scroll.verticalScrollBar().maximum() == more
    assert scroll.verticalScrollBar().isEnabled() == bool(more)


@pytest.mark.parametrize("width", range(170, 460, 29))
def test_blocks_of_a_result_are_as_wide_in_any_height(qtbot: QtBot, width: int) -> None:
    section = ResultSection(Speech(Language.ENGLISH))
    qtbot.addWidget(section)
    section.show_blocks((TABLE,), BASES)
    section.show()
    widths = set()
    for height in range(60, 400, 4):
        section.setMaximumHeight(height)
        section.resize(width, height)
        qtbot.wait(1)
        widths.add(section.blocks.width())

    assert len(widths) == 1
    assert all(isinstance(area, ColumnScroll) for area in section.findChildren(QScrollArea))
