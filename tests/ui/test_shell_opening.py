"""Opening studies and choosing series in the window."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QListView, QTreeWidget
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import HEAD, LUNG, SOFT, FakeDesk, unreadable
from tests.ui.window import FOLDER, choose, offscreen_dialog, open_study, press, said, window_on
from workstation.domain.error import ErrorCode
from workstation.domain.series import LeftOut
from workstation.domain.words import say
from workstation.workspace.opening import begin_scan, end_scan


def listed(view: QListView) -> list[str]:
    model = view.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_a_new_window_says_how_to_begin(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        assert "Drop a folder here" in said(window.browser)
        assert "No analysis is running" in said(window.jobs_strip)
        assert "Nothing leaves this PC" in said(window.status_line)


def test_a_dropped_folder_is_opened_and_its_series_are_listed(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile("/study")])
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        window.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, none))
        series = window.browser.findChild(QListView)
        qtbot.waitUntil(lambda: series.model().rowCount() == 7)

        assert listed(series)[0] == "TEST ONE"
        assert listed(series)[2].startswith("Lung 1.0, CT, axial, 30 slices, 1.0 mm")


def test_series_are_listed_while_the_scan_goes_on_and_the_first_is_shown(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.gate.clear()
    with window_on(desk, qtbot) as window:
        window.open(FOLDER)
        qtbot.waitUntil(lambda: len(window.sitting.state.stacks) == 3)

        assert window.sitting.state.scanning == 1
        assert window.sitting.state.chosen == LUNG.id
        qtbot.waitUntil(lambda: "Scanning" in said(window.browser))


def test_the_picture_says_that_it_is_scanning_until_a_series_is_found(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        window.sitting.apply(begin_scan(window.sitting.state))
        assert "Scanning" in window.view.accessibleDescription()

        window.sitting.apply(end_scan(window.sitting.state))
        assert "Drag a study folder here" in window.view.accessibleDescription()


def test_a_stopped_scan_keeps_what_was_found(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.gate.clear()
    with window_on(desk, qtbot) as window:
        window.open(FOLDER)
        qtbot.waitUntil(lambda: len(window.sitting.state.stacks) == 3)
        press(window.browser, qtbot, "Stop")

        assert window.sitting.state.scanning == 0
        assert len(window.sitting.state.stacks) == 3


def test_a_failed_scan_says_why_and_what_to_do(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.fault = unreadable()
    with window_on(desk, qtbot) as window:
        window.open(FOLDER)
        qtbot.waitUntil(window.notice_bar.isVisible)

        assert "The file can't be read." in said(window.notice_bar)
        assert "scan again" in said(window.notice_bar)
        press(window.notice_bar, qtbot, "Close")
        assert not window.notice_bar.isVisible()


def test_a_slice_is_shown_before_the_volume_is_in(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.gate.clear()
    with window_on(desk, qtbot) as window:
        window.open(FOLDER)
        qtbot.waitUntil(lambda: window.view.window_shown is not None)

        assert not window.loaded
        desk.gate.set()
        qtbot.waitUntil(lambda: window.loaded)


def test_a_series_that_can_not_be_loaded_says_so_in_its_place(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.load_fault = unreadable()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: "can't be read" in window.view.accessibleDescription())


def test_page_keys_go_through_the_series_wherever_the_focus_is(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        qtbot.keyClick(window.view, Qt.Key.Key_PageDown)
        assert window.sitting.state.chosen == SOFT.id
        series = window.browser.findChild(QListView)
        qtbot.keyClick(series, Qt.Key.Key_PageDown)
        assert window.sitting.state.chosen == HEAD.id
        qtbot.keyClick(window.analysis_panel, Qt.Key.Key_PageUp)
        assert window.sitting.state.chosen == SOFT.id


def test_a_click_on_a_row_chooses_its_series(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        series = window.browser.findChild(QListView)
        qtbot.waitUntil(lambda: series.model().rowCount() == 7)
        place = series.visualRect(series.model().index(3, 0)).center()
        qtbot.mouseClick(series.viewport(), Qt.MouseButton.LeftButton, pos=place)

        assert window.sitting.state.chosen == SOFT.id
        qtbot.mouseClick(series.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 5))  # a patient is no series
        assert window.sitting.state.chosen == SOFT.id


def test_search_leaves_matching_series_and_says_when_there_is_none(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        series = window.browser.findChild(QListView)
        search = window.browser.search
        qtbot.keyClicks(search, "head")
        assert series.model().rowCount() == 3
        qtbot.keyClicks(search, " xx")
        assert "No series matches “head xx”." in said(window.browser)
        assert window.sitting.state.chosen == LUNG.id


@offscreen_dialog
def test_left_out_files_are_counted_and_each_has_its_reason(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.left_out = (LeftOut("notes.txt", ErrorCode.NOT_DICOM, say("This is not a DICOM file.")),)
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        assert "1 of 90 files left out" in said(window.browser)
        press(window.browser, qtbot, "why?")
        dialog = window.dialogs.current
        assert dialog is not None
        tree = dialog.findChild(QTreeWidget)
        item = tree.topLevelItem(0)
        assert item is not None
        assert (item.text(0), item.text(1)) == ("notes.txt", "This is not a DICOM file.")


def test_the_reader_comes_back_to_the_slice_and_window_of_each_series(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        qtbot.keyClick(window.view, Qt.Key.Key_Home)
        qtbot.keyClick(window.view, Qt.Key.Key_4)
        bone = window.view.window_shown
        choose(window, qtbot, SOFT.id)
        assert window.view.slice_index == 15
        choose(window, qtbot, LUNG.id)

        assert window.view.slice_index == 0
        assert window.view.window_shown == bone


def test_markup_in_a_patient_name_is_shown_as_text(qtbot: QtBot) -> None:
    named = replace(LUNG, description="<img src=x>")
    with window_on(FakeDesk(named), qtbot) as window:
        open_study(window, qtbot)
        series = window.browser.findChild(QListView)
        qtbot.waitUntil(lambda: series.model().rowCount() == 3)

        assert listed(series)[2].startswith("<img src=x>")
        assert "&lt;img" in str(series.model().index(2, 0).data(Qt.ItemDataRole.ToolTipRole))
