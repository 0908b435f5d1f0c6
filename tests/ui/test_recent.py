"""What was opened lately is offered again, opened at start only on wish, and forgotten on wish."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QMainWindow, QSplitter
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import FakeDesk
from tests.ui.scene import to_gray
from tests.ui.window import analyse, buttons, offscreen_dialog, open_study, press, said, window_on
from workstation.domain.words import Language
from workstation.ui.keys import Command
from workstation.ui.layout_memory import remember, restore
from workstation.ui.main_window import MainWindow
from workstation.ui.recent_list import name_of
from workstation.ui.speech import Speech
from workstation.workspace.intents import ReportFiles
from workstation.workspace.layouts import Layout


def test_what_was_opened_is_kept_once_the_last_first(qtbot: QtBot, tmp_path: Path) -> None:
    desk = FakeDesk()
    first, second = tmp_path / "first", tmp_path / "second"
    with window_on(desk, qtbot) as window:
        for path in (first, second, first):
            window.open([path])
    qtbot.waitUntil(lambda: bool(desk.kept))

    assert desk.kept[-1].recent == ((str(first),), (str(second),))


def test_where_nothing_is_open_a_recent_study_is_opened_by_its_button(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.start = replace(desk.start, recent=(("/disk/ward 3/study",),))
    with window_on(desk, qtbot) as window:
        press(window.browser, qtbot, "ward 3 / study")
        qtbot.waitUntil(lambda: bool(window.sitting.state.stacks) and not window.sitting.state.scanning)

        qtbot.waitUntil(lambda: not buttons(window.browser, "ward 3 / study"))


def test_a_drop_of_very_many_files_is_not_kept(qtbot: QtBot, tmp_path: Path) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        window.open([tmp_path / f"{number}.dcm" for number in range(500)])
    qtbot.waitUntil(lambda: bool(desk.kept))

    assert desk.kept[-1].recent == ()


def test_the_list_can_be_cleared(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.start = replace(desk.start, recent=(("/disk/ward/study",),))
    with window_on(desk, qtbot) as window:
        assert "Recent studies" in said(window.browser)
        press(window.browser, qtbot, "Clear the list")

        assert "Recent studies" not in said(window.browser)
        qtbot.waitUntil(lambda: bool(desk.kept))
        assert desk.kept[-1].recent == ()


def test_the_last_study_opens_at_start_only_for_who_wants_it(qtbot: QtBot, tmp_path: Path) -> None:
    desk = FakeDesk()
    desk.start = replace(desk.start, recent=((str(tmp_path),),))
    with window_on(desk, qtbot) as window:
        window.reopen()
        assert window.sitting.state.scanning == 0
        box = window.browser.recent.findChild(QCheckBox)
        assert box is not None
        box.click()
        qtbot.waitUntil(lambda: bool(desk.kept) and desk.kept[-1].reopen)

        window.reopen()
        qtbot.waitUntil(lambda: bool(window.sitting.state.stacks))


def test_a_study_that_is_gone_is_not_opened_at_start(qtbot: QtBot, tmp_path: Path) -> None:
    desk = FakeDesk()
    desk.start = replace(desk.start, recent=((str(tmp_path / "gone"),),), reopen=True)
    with window_on(desk, qtbot) as window:
        window.reopen()

        assert window.sitting.state.scanning == 0


def test_a_layout_chosen_by_hand_comes_back_at_start(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        window.perform(Command.LAYOUT_FOUR)
    again = FakeDesk()
    again.start = desk.kept[-1]
    with window_on(again, qtbot) as window:
        open_study(window, qtbot)

        assert window.sitting.state.hanging.layout is Layout.FOUR


def test_a_layout_that_the_program_chose_is_chosen_anew(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
    qtbot.waitUntil(lambda: bool(desk.kept))

    assert desk.kept[-1].layout == ""


def test_no_patient_is_named_by_the_list(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        patient = window.sitting.state.stacks[0].patient.name
    qtbot.waitUntil(lambda: bool(desk.kept))

    assert patient
    assert patient not in str(desk.kept[-1].recent)


def test_several_paths_are_one_entry() -> None:
    assert str(name_of(("/a/b/c", "/a/b/d"))) == "b / c and 1 more"


def test_a_window_whose_screen_is_gone_comes_back(qtbot: QtBot) -> None:
    before, after = QMainWindow(), QMainWindow()
    panels = QSplitter(), QSplitter()
    for window in (before, after):
        qtbot.addWidget(window)
    before.resize(600, 400)
    before.move(QPoint(20_000, 10_000))
    before.show()
    text = remember(before, panels[0])

    assert restore(text, after, panels[1])

    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    assert any(screen.contains(after.geometry().center()) for screen in screens)
    assert after.geometry().top() >= 0


def test_the_window_is_no_larger_than_its_screen(qtbot: QtBot) -> None:
    """Else the line that says who reads, and what leaves this PC, lies below the edge of a dense screen."""
    window = MainWindow(FakeDesk(), Speech(Language.ENGLISH), to_gray)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()

    room = window.screen().availableSize()
    assert room.width() < 960  # of the platform without a screen
    for size in (window.size(), window.minimumSize()):
        assert size.width() < room.width()
        assert size.height() <= room.height() - 40  # the title
    window.close()


def test_a_kept_size_leaves_room_for_the_title(qtbot: QtBot) -> None:
    before, after = QMainWindow(), QMainWindow()
    panels = QSplitter(), QSplitter()
    for window in (before, after):
        qtbot.addWidget(window)
    room = before.screen().availableSize()
    before.resize(room)
    before.show()

    assert restore(remember(before, panels[0]), after, panels[1])

    assert after.height() <= room.height() - 40


def test_what_is_in_the_window_has_room_on_a_low_screen(qtbot: QtBot) -> None:
    """1080 lines at 200 %, less the title: nothing is pressed into less than it needs."""
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        window.report_panel.show_files(ReportFiles((Path("/out/report.pdf"),), "\U0002a6a5"))
        for layout in (Command.LAYOUT_ONE, Command.LAYOUT_NINE):
            window.perform(layout)

            assert window.centralWidget().minimumSizeHint().height() <= 500


@offscreen_dialog
def test_the_right_panels_get_a_window_of_their_own_and_come_back(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        before = window.view.width()
        window.perform(Command.FLOAT_RIGHT)
        own = window.findings_panel.window()
        assert own is not window
        assert own.isVisible()
        assert window.findings_panel.isVisible()
        assert window.view.width() > before + 250

        own.close()
        assert window.findings_panel.window() is window
        assert window.findings_panel.isVisible()
        assert abs(window.view.width() - before) < 100
        window.perform(Command.FLOAT_RIGHT)
    again = FakeDesk()
    again.start = desk.kept[-1]
    with window_on(again, qtbot) as window:
        assert window.findings_panel.window() is not window
        window.perform(Command.FOLD_RIGHT)
        assert window.findings_panel.window() is window
