"""The list of a study's findings in the window: filters by hand, across series, pictures, hundreds of rows."""

from __future__ import annotations

import re
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import LUNG, SOFT, FakeDesk
from tests.ui.window import open_study, press, said, window_on
from tests.workspace.sitting import result
from workstation.domain.decision import DecisionState
from workstation.ui.main_window import MainWindow
from workstation.ui.panes import FINDINGS
from workstation.workspace.intents import EarlierResult


def desk_of_two() -> FakeDesk:
    desk = FakeDesk()
    desk.earlier = {
        LUNG.id: (EarlierResult(result(LUNG.id), {}),),
        SOFT.id: (EarlierResult(result(SOFT.id, job="job2", confidences=(0.8, None)), {}),),
    }
    return desk


def opened(window: MainWindow, qtbot: QtBot, findings: int) -> None:
    open_study(window, qtbot)
    window._panes.show_tab(FINDINGS)
    qtbot.waitUntil(lambda: window.loaded and len(window.findings_panel.list.lines.entries) == findings)


def test_findings_of_all_series_stand_in_one_list_and_say_whose_they_are(qtbot: QtBot) -> None:
    with window_on(desk_of_two(), qtbot) as window:
        opened(window, qtbot, 5)
        rows = window.findings_panel.list

        assert "5 of 5 shown" in said(window.findings_panel)
        assert "Lung 1.0" in rows.text_of("job1/1")
        assert "Mediastinum 3.0" in rows.text_of("job2/1")


def test_n_goes_over_into_the_next_series(qtbot: QtBot) -> None:
    with window_on(desk_of_two(), qtbot) as window:
        opened(window, qtbot, 5)
        for _ in range(4):
            qtbot.keyClick(window.grid.active, Qt.Key.Key_N)

        assert (window.sitting.state.chosen, window.sitting.state.selected) == (SOFT.id, "job2/1")
        qtbot.waitUntil(lambda: window.view.slice_index == 10)


def test_typing_filters_and_one_click_shows_all_again(qtbot: QtBot) -> None:
    with window_on(desk_of_two(), qtbot) as window:
        opened(window, qtbot, 5)
        panel = window.findings_panel
        box = next(b for b in panel.findChildren(QLineEdit) if b.accessibleName() == "Find in the findings")
        qtbot.keyClicks(box, "mediastinum")
        assert [line.id for line in map(panel.list.lines.line, range(panel.list.lines.rowCount()))] == [
            "job2/1",
            "job2/2",
        ]
        assert "2 of 5 shown" in said(panel)

        press(panel, qtbot, "Show all")
        assert "5 of 5 shown" in said(panel)
        assert box.text() == ""


def test_what_is_typed_while_the_filter_is_folded_filters_and_is_seen(qtbot: QtBot) -> None:
    with window_on(desk_of_two(), qtbot) as window:
        opened(window, qtbot, 5)
        qtbot.waitUntil(lambda: len(window.sitting.state.slices) == 5)
        panel = window.findings_panel
        window.activateWindow()
        window._panes.show_tab(FINDINGS)
        press(panel, qtbot, "Filter and sort")
        slices = next(b for b in panel.findChildren(QLineEdit) if b.accessibleName() == "Slices")
        qtbot.waitUntil(slices.isVisible)
        slices.setFocus()
        assert slices.hasFocus()
        qtbot.keyClicks(slices, "3")
        panel.filter._more.click()

        assert not slices.isVisible()
        assert window.sitting.state.sifting.slices == (2, 2)
        assert slices.text() == "3"
        assert "0 of 5 shown" in said(panel)
        press(panel, qtbot, "Show all")
        assert "5 of 5 shown" in said(panel)


def test_this_slice_follows_the_view(qtbot: QtBot) -> None:
    with window_on(desk_of_two(), qtbot) as window:
        opened(window, qtbot, 5)
        qtbot.waitUntil(lambda: len(window.sitting.state.slices) == 5)
        window.findings_panel.this_slice_asked.emit(True)
        window.findings_panel.filter._here.setChecked(True)
        window.view._go_to(20)

        assert [one.finding.id for one in window.findings_panel.list.lines.entries] == ["job1/3"]
        window.view._go_to(10)
        assert [one.finding.id for one in window.findings_panel.list.lines.entries] == ["job1/1"]


def test_each_row_in_sight_gets_a_small_picture_with_its_mark(qtbot: QtBot) -> None:
    with window_on(desk_of_two(), qtbot) as window:
        opened(window, qtbot, 5)
        pictures = window.findings_panel.list._pictures
        qtbot.waitUntil(lambda: pictures.picture("job1/1") is not None)
        image = pictures.picture("job1/1")

    assert isinstance(image, QImage)
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert "#e69f00" in colours  # the first finding's
    assert len(colours) > 2


def test_hundreds_of_findings_need_no_widgets_and_pictures_only_in_sight(qtbot: QtBot) -> None:
    desk = FakeDesk(LUNG)
    desk.earlier = {LUNG.id: (EarlierResult(result(LUNG.id, confidences=(0.9,) * 600), {}),)}
    with window_on(desk, qtbot) as window:
        opened(window, qtbot, 600)
        rows = window.findings_panel.list
        qtbot.waitUntil(lambda: rows._pictures.picture("job1/1") is not None)
        qtbot.waitUntil(lambda: rows._pictures.at_rest)
        made = sum(rows._pictures.picture(f"job1/{n}") is not None for n in range(1, 601))

        assert len(rows.findChildren(QLineEdit)) == 1
        assert 1 <= made < 40
        assert rows.height() > 600 * 60


def test_arrows_move_in_the_list_and_letters_are_commands_there_too(qtbot: QtBot) -> None:
    with window_on(desk_of_two(), qtbot) as window:
        opened(window, qtbot, 5)
        rows = window.findings_panel.list
        rows.setFocus()
        qtbot.keyClick(rows, Qt.Key.Key_Down)
        qtbot.keyClick(rows, Qt.Key.Key_Down)
        qtbot.keyClick(rows, Qt.Key.Key_A)

        assert window.sitting.state.selected == "job1/2"
        assert window.sitting.state.decision("job1/2").state is DecisionState.ACCEPTED


def test_a_screen_reader_hears_all_that_a_row_says(qtbot: QtBot) -> None:
    with window_on(desk_of_two(), qtbot) as window:
        opened(window, qtbot, 5)
        lines = window.findings_panel.list.lines
        spoken = lines.data(lines.index(0), Qt.ItemDataRole.AccessibleTextRole)

        assert isinstance(spoken, str)
        assert "1 · Nodule" in spoken
        assert "0.92" in spoken


def talkative(desk: FakeDesk) -> FakeDesk:
    """A service with much to say of its findings."""
    words = replace(result(LUNG.id), texts=("A nodule in the right lung, of which a lot is to be said. " * 30,))
    desk.earlier = {LUNG.id: (EarlierResult(words, {}),)}
    return desk


def test_findings_are_in_sight_at_once_however_much_a_service_says(qtbot: QtBot) -> None:
    with window_on(talkative(FakeDesk(LUNG)), qtbot) as window:
        window.resize(1366, 768)
        opened(window, qtbot, 3)
        rows, panel = window.findings_panel.list, window.findings_panel
        qtbot.waitUntil(lambda: 100 < panel.result.height() <= panel.height() / 2)
        qtbot.waitUntil(lambda: rows.visibleRegion().boundingRect().contains(rows.row_area("job1/2")))
        open_height = rows.visibleRegion().boundingRect().height()

        press(panel, qtbot, "▼ Result")
        qtbot.waitUntil(lambda: rows.visibleRegion().boundingRect().height() > open_height)
        assert panel.result.height() < 60


def test_a_folded_result_stays_folded(qtbot: QtBot) -> None:
    desk = talkative(FakeDesk(LUNG))
    with window_on(desk, qtbot) as window:
        opened(window, qtbot, 3)
        assert not window.findings_panel.result.folded
        press(window.findings_panel, qtbot, "▼ Result")
    again = talkative(FakeDesk(LUNG))
    again.start = desk.kept[-1]
    with window_on(again, qtbot) as window:
        opened(window, qtbot, 3)

        assert window.findings_panel.result.folded


def test_rows_and_blocks_speak_another_language_when_the_reader_does(qtbot: QtBot) -> None:
    with window_on(desk_of_two(), qtbot) as window:
        opened(window, qtbot, 5)
        qtbot.keyClick(window.grid.active, Qt.Key.Key_N)
        qtbot.keyClick(window.grid.active, Qt.Key.Key_A)
        rows = window.findings_panel.list
        qtbot.waitUntil(lambda: all("slices" in rows.text_of(f"job1/{n}") for n in (1, 2, 3)))
        before = rows.viewport().grab().toImage()
        press(window.toolbar, qtbot, "中 / EN")
        ids = [one.finding.id for one in rows.lines.entries]
        own_names = ("Lung", "Mediastinum", "mm", "job")
        left = {
            word
            for finding_id in ids
            for word in re.findall(r"[A-Za-z]{2,}", rows.text_of(finding_id))
            if word not in own_names
        }

        assert left == set()
        assert rows.viewport().grab().toImage() != before


def test_rows_follow_one_another_whatever_a_decision_says_in_one_of_them(qtbot: QtBot) -> None:
    with window_on(desk_of_two(), qtbot) as window:
        opened(window, qtbot, 5)
        rows = window.findings_panel.list
        before = rows.row_area("job1/1").height()
        window.sitting.accept("job1/1")
        window.sitting.comment("job1/1", "as before, and nobody ever wrote so much about it " * 4)
        areas = [rows.row_area(line.id) for line in map(rows.lines.line, range(5))]

        assert areas[0].height() > before
        assert [area.bottom() + 1 for area in areas] == [*(area.top() for area in areas[1:]), rows.height()]
        window.sitting.undo()
        window.sitting.undo()
        assert rows.row_area("job1/1").height() == before
        assert rows.height() == rows.row_area("job2/2").bottom() + 1
