"""A folder that is watched: what arrives is added, and nothing moves under the reader's eyes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import LUNG, SOFT, FakeDesk
from tests.ui.window import buttons, offscreen_dialog, open_study, press, said, window_on
from tests.workspace.sitting import scan, stack
from workstation.ui.keys import Command
from workstation.workspace.watch import Arrived

LATE = stack("5.5#0", study="5", description="Late")
MORE = stack(LUNG.id, number=2, slices=33)


def test_watching_is_offered_once_something_is_open_and_says_so_until_it_is_stopped(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        assert not buttons(window.browser, "Watch this folder")
        open_study(window, qtbot)
        press(window.browser, qtbot, "Watch this folder")
        assert "Watching study" in said(window.browser)

        press(window.browser, qtbot, "Stop watching")
        assert "Watching" not in said(window.browser)


def test_watching_is_not_offered_for_a_file_alone(qtbot: QtBot, tmp_path: Path) -> None:
    archive = tmp_path / "chat.zip"
    archive.write_bytes(b"")
    with window_on(FakeDesk(), qtbot) as window:
        window.open([archive])
        qtbot.waitUntil(lambda: bool(window.sitting.state.stacks))
        assert not buttons(window.browser, "Watch this folder")


def test_a_series_that_arrives_is_listed_and_the_one_looked_at_stays(qtbot: QtBot) -> None:
    desk = FakeDesk(LUNG, SOFT)
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        press(window.browser, qtbot, "Watch this folder")
        desk.arriving.append(Arrived((LATE,), scan(LUNG, SOFT, LATE)))
        qtbot.waitUntil(lambda: len(window.sitting.state.stacks) == 3)

        assert window.sitting.state.chosen == LUNG.id
        assert window.loaded


def test_slices_that_arrive_for_the_series_looked_at_are_said_and_loaded_when_asked_for(qtbot: QtBot) -> None:
    desk = FakeDesk(LUNG, SOFT)
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        press(window.browser, qtbot, "Watch this folder")
        desk.arriving.append(Arrived((MORE,), scan(MORE, SOFT)))
        qtbot.waitUntil(lambda: "3 new slices arrived." in said(window.browser))
        assert "/ 30" in window.view.accessibleDescription()

        press(window.browser, qtbot, "Reload")
        qtbot.waitUntil(lambda: window.loaded and "/ 33" in window.view.accessibleDescription())
        assert "arrived" not in said(window.browser)


@offscreen_dialog
def test_what_scans_kept_is_deleted_from_the_settings(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        window.perform(Command.SETTINGS)
        dialog = window.dialogs.current
        assert isinstance(dialog, QDialog)
        press(dialog, qtbot, "Delete now")

        qtbot.waitUntil(lambda: desk.forgotten)
        dialog.reject()
