"""One table of keys; the reader's own choice over it holds at once, and never gives one key to two commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import FakeDesk
from tests.ui.scene import noise_volume, viewport
from tests.ui.window import offscreen_dialog, open_study, press, said, window_on
from workstation.domain.series import VoiWindow
from workstation.domain.words import Language
from workstation.imaging.pixels.voi import preset
from workstation.ui.key_map import KeyMap, chosen_key, native
from workstation.ui.key_sheet import KeySheet
from workstation.ui.keys import BY_COMMAND, DEFAULTS, KEYS, Command, Hands, Scope, command_of, key_text, use_hands
from workstation.ui.main_window import MainWindow
from workstation.ui.palette import Palette
from workstation.ui.speech import Speech
from workstation.ui.toolbar import Toolbar

Key = Qt.Key
Modifier = Qt.KeyboardModifier


@pytest.fixture(autouse=True)
def the_keys_of_the_program() -> Iterator[None]:
    use_hands(Hands())
    yield
    use_hands(Hands())


def sheet_of(window: MainWindow, qtbot: QtBot) -> KeySheet:
    window.perform(Command.KEY_SHEET)
    sheet = window.dialogs.current
    assert isinstance(sheet, KeySheet)
    return sheet


def choose_key(sheet: KeySheet, qtbot: QtBot, command: Command, key: Qt.Key, modifier: Modifier | None = None) -> None:
    field = sheet.row(command).field
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    qtbot.keyClick(field, key, modifier or Modifier.NoModifier)


def typed(key: Qt.Key, text: str = "", modifier: Modifier = Modifier.NoModifier) -> QKeyEvent:
    return QKeyEvent(QKeyEvent.Type.KeyPress, key, modifier, text)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.command.value)
def test_every_key_is_one_that_can_be_pressed(key: object) -> None:
    assert QKeySequence(getattr(key, "key", "")).count() == 1


def test_no_key_is_a_sign_with_shift_beside_it() -> None:
    """On one keyboard Shift makes the sign, on another it doesn't: both mean the sign."""
    signs = [key.key for key in KEYS if key.key.startswith("Shift+") and not key.key[len("Shift+") :].isalnum()]

    assert signs == []


def test_a_chosen_key_takes_it_from_the_command_that_had_it() -> None:
    keys = KeyMap({"a": "A", "b": "B"}).with_key("a", "B")

    assert keys.keys == {"a": "B", "b": ""}
    assert keys.commands == {"B": "a"}


def test_the_way_back_takes_the_key_again() -> None:
    keys = KeyMap({"a": "A", "b": "B"}).with_key("a", "B").with_default("b")

    assert keys.keys == {"a": "", "b": "B"}
    assert keys.with_default("a").keys == {"a": "A", "b": "B"}
    assert keys.with_default("a").own == {}


def test_all_keys_as_at_first() -> None:
    keys = KeyMap({"a": "A", "b": "B"}).with_key("a", "B").with_defaults()

    assert keys.keys == {"a": "A", "b": "B"}


def test_a_key_can_be_taken_away() -> None:
    assert KeyMap({"a": "A"}).with_key("a", "").keys == {"a": ""}


def test_a_reader_s_key_outlives_a_new_command_with_the_same_default() -> None:
    before = KeyMap({"a": "A"}).with_key("a", "B")

    after = KeyMap({"a": "A", "new": "B"}, before.own)

    assert after.keys == {"a": "B", "new": ""}


def test_settings_that_give_one_key_twice_or_to_unknown_commands_do_no_harm() -> None:
    keys = KeyMap({"a": "A", "b": "B"}, {"gone": "A", "a": "X", "b": "x"})

    assert keys.keys == {"a": "X", "b": ""}


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (typed(Key.Key_Question, "?", Modifier.ShiftModifier), "?"),
        (typed(Key.Key_A, "A", Modifier.ShiftModifier), "Shift+A"),
        (typed(Key.Key_5, "5", Modifier.KeypadModifier), "5"),
        (typed(Key.Key_Enter, "\r", Modifier.KeypadModifier), "Return"),
        (typed(Key.Key_Shift, "", Modifier.ShiftModifier), ""),
        (typed(Key.Key_Escape, "\x1b"), ""),
        (typed(Key.Key_Space, " "), "Space"),
        (typed(Key.Key_F5), "F5"),
    ],
)
def test_what_was_pressed_is_what_is_chosen(event: QKeyEvent, key: str) -> None:
    assert chosen_key(event) == key


@pytest.mark.skipif(sys.platform == "darwin", reason="this platform writes keys as signs")
@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("Shift+Up", "Shift+↑"),
        ("Return", "Enter"),
        ("Ctrl+Shift+P", "Ctrl+Shift+P"),
        ("+", "+"),
        ("Ctrl++", "Ctrl++"),
        ("Space", "Space"),
        ("", ""),
    ],
)
def test_keys_are_written_as_they_are_printed_on_the_keyboard(key: str, written: str) -> None:
    assert native(key) == written


def test_a_command_hears_its_new_key_and_not_its_old_one() -> None:
    use_hands(Hands(KeyMap(DEFAULTS).with_key(Command.INVERT.value, "F5")))

    assert command_of(typed(Key.Key_F5), Scope) is Command.INVERT
    assert command_of(typed(Key.Key_I, "i"), Scope) is None
    assert key_text(Command.INVERT) == "F5"


@offscreen_dialog
def test_a_key_chosen_on_the_sheet_works_at_once_and_is_kept(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        sheet = sheet_of(window, qtbot)
        choose_key(sheet, qtbot, Command.FOLD_LEFT, Key.Key_F5)
        sheet.accept()
        assert not window.browser.visibleRegion().isEmpty()

        qtbot.keyClick(window.view, Key.Key_F7)
        assert not window.browser.visibleRegion().isEmpty()
        qtbot.keyClick(window.view, Key.Key_F5)
        assert window.browser.visibleRegion().isEmpty()
        tips = [button.toolTip() for button in window.toolbar.findChildren(QAbstractButton)]
        assert any("(F5)" in tip for tip in tips)
        qtbot.waitUntil(lambda: bool(desk.kept) and desk.kept[-1].keys == {"fold-left": "F5"})


@offscreen_dialog
def test_the_keys_of_the_settings_hold_from_the_start(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.start = replace(desk.start, keys={"fold-left": "F5", "no-such-command": "F4"})
    with window_on(desk, qtbot) as window:
        qtbot.keyClick(window.view, Key.Key_F5)

        assert window.browser.visibleRegion().isEmpty()


@offscreen_dialog
def test_a_key_that_is_taken_is_asked_about_and_moves_only_on_a_yes(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        sheet = sheet_of(window, qtbot)
        choose_key(sheet, qtbot, Command.FOLD_LEFT, Key.Key_I)
        assert "I belongs to “Invert”" in said(sheet)
        assert key_text(Command.INVERT) == "I"

        press(sheet, qtbot, "Leave it there")
        assert key_text(Command.FOLD_LEFT) == "F7"

        choose_key(sheet, qtbot, Command.FOLD_LEFT, Key.Key_I)
        press(sheet, qtbot, "Take the key")
        assert key_text(Command.FOLD_LEFT) == "I"
        assert key_text(Command.INVERT) == ""

        sheet.row(Command.INVERT).back.click()
        assert "I belongs to “" in said(sheet)
        assert key_text(Command.FOLD_LEFT) == "I"
        press(sheet, qtbot, "Take the key")
        assert key_text(Command.INVERT) == "I"
        assert key_text(Command.FOLD_LEFT) == ""
        press(sheet, qtbot, "All keys as at first")
        assert [key.command for key in KEYS if key_text(key.command) != native(key.key)] == []


@offscreen_dialog
def test_escape_while_choosing_leaves_the_key_and_the_sheet(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        sheet = sheet_of(window, qtbot)
        choose_key(sheet, qtbot, Command.FOLD_LEFT, Key.Key_Escape)

        assert sheet.isVisible()
        assert key_text(Command.FOLD_LEFT) == "F7"
        choose_key(sheet, qtbot, Command.FOLD_LEFT, Key.Key_Backspace)
        assert key_text(Command.FOLD_LEFT) == ""


@offscreen_dialog
@pytest.mark.parametrize("language", Language)
def test_the_sheet_finds_commands_by_word_and_by_key(qtbot: QtBot, language: Language) -> None:
    desk = FakeDesk()
    desk.start = replace(desk.start, language=language)
    with window_on(desk, qtbot) as window:
        sheet = sheet_of(window, qtbot)
        sheet.search.setText(Speech(language).tr(BY_COMMAND[Command.INVERT].title))
        assert sheet.row(Command.INVERT).isVisible()
        assert not sheet.row(Command.OPEN).isVisible()

        sheet.search.setText("ctrl+o")
        assert sheet.row(Command.OPEN).isVisible()
        assert not sheet.row(Command.INVERT).isVisible()


@offscreen_dialog
def test_a_command_is_found_by_its_name_and_done(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        qtbot.keyClick(window.view, Key.Key_P, Modifier.ControlModifier | Modifier.ShiftModifier)
        palette = window.dialogs.current
        assert isinstance(palette, Palette)

        qtbot.keyClicks(palette.search, "hide the studies")
        qtbot.keyClick(palette.search, Key.Key_Return)

        assert window.browser.visibleRegion().isEmpty()
        assert window.dialogs.current is None


@pytest.mark.parametrize(
    ("own", "across", "down"), [(Hands(), 1, 1), (Hands(narrows_right=True), -1, 1), (Hands(lowers_down=True), 1, -1)]
)
def test_the_ways_of_the_window_drag_can_be_turned(qtbot: QtBot, own: Hands, across: int, down: int) -> None:
    view = viewport(qtbot, noise_volume())
    before = view.window_shown
    use_hands(own)

    start = view.rect().center()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, start + QPoint(40, 40))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 40))
    after = view.window_shown

    assert before is not None
    assert after is not None
    assert (after.width > before.width) is (across > 0)
    assert (after.center > before.center) is (down > 0)


def test_f6_walks_through_the_parts_of_the_window(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        window.activateWindow()
        window.view.setFocus()
        seen: list[str] = []
        while "view" not in seen and len(seen) < 6:
            window.perform(Command.NEXT_PART)
            focus = window.focusWidget()
            assert focus is not None
            seen.append(
                next(name for name, part in parts_of(window).items() if part is focus or part.isAncestorOf(focus))
            )

        assert {"toolbar", "browser", "tabs", "view"} <= set(seen)
        assert len(set(seen)) == len(seen)


def parts_of(window: MainWindow) -> dict[str, QWidget]:
    return {
        "toolbar": window.toolbar,
        "browser": window.browser,
        "view": window.view,
        "tabs": window.findChild(QTabWidget),
        "jobs": window.jobs_strip,
    }


@offscreen_dialog
def test_a_bar_without_room_keeps_everything_within_reach(qtbot: QtBot) -> None:
    asked: list[Command] = []
    bar = Toolbar(Speech())
    bar.command_asked.connect(asked.append)
    qtbot.addWidget(bar)
    bar.resize(700, 40)
    bar.show()
    hidden = bar.row.hidden
    assert hidden

    menu = bar.row.menu()
    menu.aboutToShow.emit()
    by_name = {action.text().partition("\t")[0]: action for action in menu.actions()}
    assert [button.accessibleName() for button in hidden if button.accessibleName() not in by_name] == []
    by_name["MPR"].trigger()

    assert asked == [Command.LAYOUT_MPR]
    bar.resize(2000, 40)
    qtbot.waitUntil(lambda: not bar.row.hidden)


def test_a_dragged_window_is_named_at_once_and_as_it_is_in_the_end(qtbot: QtBot) -> None:
    bar = Toolbar(Speech())
    qtbot.addWidget(bar)

    def named() -> list[str]:
        names = [button.accessibleName() for button in bar.findChildren(QAbstractButton)]
        return [name for name in names if name.startswith(("Window ", "Lung "))]

    for center in (11, 12, 13):
        bar.show_window(VoiWindow(center=center, width=100))
    assert named() == ["Window 11/100"]
    qtbot.waitUntil(lambda: named() == ["Window 13/100"])
    bar.show_window(VoiWindow(center=14, width=100))
    bar.show_window(preset("lung"))
    assert named() == ["Lung −600/1500"]
    qtbot.wait(150)
    assert named() == ["Lung −600/1500"]


@offscreen_dialog
def test_a_dialog_is_no_shortcut_for_the_window(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        sheet = sheet_of(window, qtbot)
        qtbot.keyClick(sheet, Key.Key_F7)

        assert not window.browser.visibleRegion().isEmpty()


@offscreen_dialog
def test_the_settings_lead_to_the_keys(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        window.perform(Command.SETTINGS)
        settings = window.dialogs.current
        assert settings is not None
        press(settings, qtbot, "Keys and mouse…")

        assert isinstance(window.dialogs.current, KeySheet)


@offscreen_dialog
def test_the_layout_in_use_is_marked_whatever_was_pressed(qtbot: QtBot) -> None:
    bar = Toolbar(Speech())
    qtbot.addWidget(bar)
    bar.resize(2000, 40)
    bar.show()
    marked = {button.accessibleName(): button for button in bar.findChildren(QAbstractButton)}

    qtbot.mouseClick(marked["MPR"], Qt.MouseButton.LeftButton)
    assert marked["1×1"].isChecked()
    assert not marked["MPR"].isChecked()
    bar.show_layout("mpr")
    assert not marked["1×1"].isChecked()
    assert marked["MPR"].isChecked()


def test_the_layout_of_photographs_is_in_the_menu_and_marked_there(qtbot: QtBot) -> None:
    bar = Toolbar(Speech())
    qtbot.addWidget(bar)
    action = next(one for one in bar.findChildren(QAction) if one.text().startswith("Photograph with its masks"))
    asked: list[Command] = []
    bar.command_asked.connect(asked.append)

    action.trigger()
    assert (asked, action.isChecked()) == ([Command.LAYOUT_PHOTO], False)  # marked when the grid took it
    bar.show_layout("photo")
    assert action.isChecked()
