"""Blocks beside the list of findings say what the row laid out, and where each value comes from."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLabel, QTableView
from pytestqt.qtbot import QtBot

from tests.blocks import ALL, BARS, CURVE, DIALOGUE, FIGURES, FILES, PALETTE, STRIP, TABLE, TEXTS
from tests.ui.fake_desk import FakeDesk
from tests.ui.window import analyse, offscreen_dialog, open_study, press, window_on
from workstation.domain.block_words import Bases, ticks
from workstation.domain.blocks import Block, Column, Row, TableBlock
from workstation.domain.finding import Basis
from workstation.domain.words import Language, say
from workstation.ui.blocks.block_list import VIEWS, BlockList
from workstation.ui.blocks.parts import BlockView
from workstation.ui.blocks.strip import StripView
from workstation.ui.blocks.table import TableView
from workstation.ui.speech import Speech

pytestmark = offscreen_dialog
BASES = Bases(Basis.ALGORITHM, {"job1/1": Basis.ALGORITHM, "job1/2": Basis.SIMULATED})


def shown(
    qtbot: QtBot, *blocks: Block, width: int = 372, bases: Bases = BASES, language: Language = Language.ENGLISH
) -> BlockList:
    made = BlockList(Speech(language))
    qtbot.addWidget(made)
    made.resize(width, 900)
    made.show_blocks(blocks, bases)
    with qtbot.waitExposed(made):
        made.show()
    return made


def told(view: BlockView[Any]) -> str:
    """What a screen reader gets of a block: its name, its labels, its cells."""
    parts = [view.accessibleName(), *(label.text() for label in view.findChildren(QLabel))]
    for table in view.findChildren(QTableView):
        model = table.model()
        parts += [str(model.headerData(c, Qt.Orientation.Horizontal)) for c in range(model.columnCount())]
        parts += [str(model.index(r, c).data()) for r in range(model.rowCount()) for c in range(model.columnCount())]
    return "\n".join(parts)


def chips(blocks: BlockList) -> list[str]:
    return [
        label.text() for label in blocks.findChildren(QLabel) if label.property("chip") and label.isVisibleTo(blocks)
    ]


def test_every_kind_of_block_has_a_widget() -> None:
    assert set(VIEWS) == set(get_args(Block))


@pytest.mark.parametrize(
    ("block", "parts"),
    [
        (TABLE, ("Volume mm³", "Left anterior descending artery", "112", "98.4", "–", "Total")),
        (BARS, ("COVID-19", "12.0 %", "Other pneumonia", "71.0 %")),
        (PALETTE, ("red #5a0014  62.0\u00a0%", "white (simulated) #f0f0f0  30.0\u00a0%")),
        (FIGURES, ("Involved share 12.3 %", "Lung volume 4321 ml", "Severity", "2")),
        (CURVE, ("Aorta · 42.5\u00a0mm (60\u00a0mm)", "Pulmonary artery")),
        (STRIP, ("L3 normal height", "L3-4 bulging disc · narrowed", "L5 wedge")),
        (TEXTS, ("Chinese", "磨玻璃结节", "English", "ground-glass nodule")),
        (DIALOGUE, ("您哪里不舒服？", "皮肤瘙痒三天。", "Picture arm.jpg")),
        (FILES, ("moved.nii.gz", "brought onto this one")),
    ],
)
def test_a_block_says_all_of_its_values(qtbot: QtBot, block: Block, parts: tuple[str, ...]) -> None:
    made = shown(qtbot, block)
    text = told(made.views[0])

    assert all(part in text for part in parts)


@pytest.mark.parametrize("block", ALL)
@pytest.mark.parametrize("width", [300, 372, 900])
def test_a_block_paints_within_its_own_height_at_any_width(qtbot: QtBot, block: Block, width: int) -> None:
    made = shown(qtbot, block, width=width)
    view = made.views[0]

    assert view.grab().toImage().height() > 0
    assert view.sizeHint().height() <= view.height()
    assert view.width() <= width


NODULES = TableBlock(
    columns=(
        Column(label=say("No."), decimals=0),
        Column(label=say("Place")),
        Column(label=say("Diameter"), unit="mm"),
        Column(label=say("Volume"), unit="mm3", decimals=0),
        Column(label=say("Density"), unit="HU", decimals=0),
        Column(label=say("Type")),
    ),
    rows=(
        Row(cells=(1, say("nodule in the right lung"), 15.3, 1871.0, -411.0, say("ground-glass")), finding="job1/1"),
        Row(cells=(12, say("nodule in the left lung"), 6.1, 117.0, -152.0, say("part-solid")), finding="job1/2"),
    ),
)


def least_widths(table: QTableView) -> list[float]:
    """What the longest word of each column takes in the letters that it is written in; 6 are Qt's own margins."""
    model, across = table.model(), Qt.Orientation.Horizontal
    found = []
    for column in range(model.columnCount()):
        head = str(model.headerData(column, across)), model.headerData(column, across, Qt.ItemDataRole.FontRole)
        indexes = [model.index(row, column) for row in range(model.rowCount())]
        cells = [(str(index.data()), index.data(Qt.ItemDataRole.FontRole)) for index in indexes]
        words = [(word, face) for text, face in (head, *cells) for word in text.replace("-", "- ").split()]
        found.append(max(QFontMetricsF(face).horizontalAdvance(word) for word, face in words) + 6)
    return found


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("width", "bases"),
    [(300, Bases(Basis.ALGORITHM, {})), (318, Bases(Basis.ALGORITHM, {})), (372, BASES), (480, BASES)],
    ids=["300", "318", "372", "480"],
)
def test_no_column_of_a_table_is_cut(qtbot: QtBot, width: int, bases: Bases, language: Language) -> None:
    made = shown(qtbot, NODULES, width=width, bases=bases, language=language)
    table = made.views[0].findChild(QTableView)
    widths = [table.columnWidth(column) for column in range(6)]

    assert sum(widths) <= table.viewport().width()
    assert [place for place, least in enumerate(least_widths(table)) if widths[place] < least] == []


def test_a_table_of_too_many_columns_scrolls(qtbot: QtBot) -> None:
    columns = tuple(Column(label=say("Circumference"), decimals=0) for _ in range(9))
    made = shown(qtbot, TableBlock(columns=columns, rows=(Row(cells=(1.0,) * 9),)), width=300)
    table = made.views[0].findChild(QTableView)
    bar = table.horizontalScrollBar()
    bar.setValue(bar.maximum())
    last = table.visualRect(table.model().index(0, 8))

    assert bar.isVisible()
    assert table.viewport().rect().contains(last)


def test_simulated_values_among_others_are_marked_one_by_one(qtbot: QtBot) -> None:
    made = shown(qtbot, BARS, FIGURES, TABLE)

    bars, figures, table = (told(view) for view in made.views)
    assert "COVID-19 (simulated)" in bars
    assert "Other pneumonia (" not in bars
    assert "Severity (simulated)" in figures
    assert "Right coronary artery (simulated)" in table
    assert "Total (" not in table
    assert chips(made) == ["simulated", "simulated", "simulated"]


def test_a_block_of_simulated_values_alone_says_it_in_its_head(qtbot: QtBot) -> None:
    made = shown(qtbot, TEXTS, STRIP, bases=Bases(Basis.SIMULATED, {}))

    assert chips(made) == ["simulated", "simulated"]
    assert "(simulated)" not in told(made.views[1])


def test_values_of_the_vendor_need_no_chip(qtbot: QtBot) -> None:
    assert chips(shown(qtbot, TEXTS, bases=Bases(Basis.VENDOR, {}))) == []


def test_a_row_of_a_table_selects_its_finding_and_shows_it_selected(qtbot: QtBot) -> None:
    made = shown(qtbot, TABLE)
    (view,) = made.views
    assert isinstance(view, TableView)
    table = view.findChild(QTableView)
    asked: list[str] = []
    made.finding_asked.connect(asked.append)
    for row in (1, 2):  # the total is about no finding
        at = table.visualRect(table.model().index(row, 0)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    made.show_selected("job1/1")

    assert asked == ["job1/2"]
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]


def test_a_long_table_shows_its_first_rows_and_the_selected_one(qtbot: QtBot) -> None:
    rows = tuple(Row(cells=(f"lesion {n}",), finding=f"job1/{n}") for n in range(1, 31))
    made = shown(qtbot, TableBlock(columns=(Column(label=say("Lesion")),), rows=rows, total=Row(cells=("total",))))
    table = made.views[0].findChild(QTableView)
    height = made.views[0].height()

    assert [row for row in range(31) if not table.isRowHidden(row)] == [*range(8), 30]
    made.show_selected("job1/20")
    assert [row for row in range(31) if not table.isRowHidden(row)] == [*range(8), 19, 30]
    made.show_selected("job1/2")
    assert [row for row in range(31) if not table.isRowHidden(row)] == [*range(8), 30]
    assert made.views[0].height() == height

    press(made, qtbot, "All 30")
    assert not any(table.isRowHidden(row) for row in range(31))
    assert made.views[0].height() > 2 * height


def test_a_place_of_the_strip_selects_its_finding(qtbot: QtBot) -> None:
    made = shown(qtbot, STRIP)
    (view,) = made.views
    assert isinstance(view, StripView)
    asked: list[str] = []
    made.finding_asked.connect(asked.append)
    for place in (2, 3):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.item_rect(place).center().toPoint() + QPoint(3, 0))

    assert asked == ["job1/2"]


def test_blocks_speak_the_readers_language(qtbot: QtBot) -> None:
    speech = Speech(Language.ENGLISH)
    made = BlockList(speech)
    qtbot.addWidget(made)
    made.show_blocks((TABLE,), Bases(Basis.SIMULATED, {}))
    made.show()
    speech.set_language(Language.CHINESE)

    assert "体积 mm³" in told(made.views[0])
    qtbot.waitUntil(lambda: chips(made) == ["模拟"])


def test_the_nodules_of_a_result_stand_in_a_table_and_follow_the_selection(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        (view,) = window.findings_panel.findChild(BlockList).views
        assert isinstance(view, TableView)
        table = view.findChild(QTableView)
        at = table.visualRect(table.model().index(1, 1)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)

        assert window.sitting.state.selected == "job1/2"
        assert (view.text(1, 0), view.text(1, 2)) == ("2", "6.0")


@pytest.mark.parametrize(
    ("low", "high", "least"), [(0, 1, 0.0), (23.1, 44.8, 20.0), (5, 5, 5.0), (-3, 1200, -500.0), (0, 0.003, 0.0)]
)
def test_ticks_are_round_and_take_in_both_ends(low: float, high: float, least: float) -> None:
    made = ticks(low, high)

    assert made[0] == least
    assert made[0] <= low <= high <= made[-1]
    assert 2 <= len(made) <= 7
