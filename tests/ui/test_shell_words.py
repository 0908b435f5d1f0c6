"""Language, names for screen readers, layout, start."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QSlider, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import FakeDesk
from tests.ui.window import analyse, offscreen_dialog, open_study, press, said, window_on
from workstation.domain.words import Language, render, say
from workstation.ui.heartbeat import Heartbeat
from workstation.ui.key_sheet import KeySheet
from workstation.ui.keys import KEYS
from workstation.ui.settings_dialog import SettingsDialog
from workstation.workspace.state import Reader

HEAVY = ("pydicom", "SimpleITK", "vtk", "highdicom", "scipy", "oss2", "httpx", "typst", "pydantic", "keyring", "PIL")


def in_chinese(text: str) -> str:
    translated = render(say(text), Language.CHINESE)
    assert translated != text
    return translated


def test_the_language_button_says_everything_again_and_is_remembered(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        press(window.toolbar, qtbot, "中 / EN")

        assert in_chinese("Provenance") in said(window.findings_panel)
        assert in_chinese("Nothing leaves this PC") in said(window.status_line)
        assert in_chinese("Window") in said(window.toolbar)
        tabs = window.findChild(QTabWidget)
        assert tabs.tabText(2) == in_chinese("Report")
        qtbot.waitUntil(lambda: bool(desk.kept))
        assert desk.kept[-1].language is Language.CHINESE


def test_the_window_speaks_the_language_of_its_settings(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.start = replace(desk.start, language=Language.CHINESE)
    with window_on(desk, qtbot) as window:
        assert in_chinese("Nothing leaves this PC") in said(window.status_line)


def unnamed(inside: QWidget) -> list[str]:
    """Widgets that can be reached by the keyboard and tell a screen reader nothing."""
    kinds = (QAbstractButton, QComboBox, QLineEdit, QSlider)
    silent = []
    for widget in inside.findChildren(QWidget):
        reachable = isinstance(widget, kinds) and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        inner = isinstance(widget.parentWidget(), QComboBox) or widget.objectName().startswith("qt_")
        if reachable and widget.isVisible() and not inner and not (text or widget.accessibleName()):
            silent.append(type(widget).__name__)
    return silent


def test_whatever_the_keyboard_reaches_has_a_name(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        tabs = window.findChild(QTabWidget)
        for place in range(tabs.count()):
            tabs.setCurrentIndex(place)
            assert unnamed(window) == []


def cut_labels(inside: QWidget) -> list[str]:
    """Labels of one line whose text is wider than they are."""
    return [
        label.text()
        for label in inside.findChildren(QLabel)
        if label.text() and label.isVisible() and not label.wordWrap() and label.width() + 1 < label.sizeHint().width()
    ]


def test_nothing_is_cut_in_a_small_window_in_either_language(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        window.resize(1366, 768)
        open_study(window, qtbot)
        analyse(window, qtbot)
        tabs = window.findChild(QTabWidget)
        for _ in Language:
            press(window.toolbar, qtbot, "中 / EN")
            for place in range(tabs.count()):
                tabs.setCurrentIndex(place)
                qtbot.wait(10)
                assert cut_labels(window) == []
        assert (window.width(), window.height()) == (1366, 768)


@offscreen_dialog
def test_question_mark_opens_the_sheet_of_every_key(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        qtbot.keyClick(window.view, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
        sheet = window.dialogs.current
        assert isinstance(sheet, KeySheet)
        words = said(sheet)

        assert [key.title.message for key in KEYS if key.title.message not in words] == []


@offscreen_dialog
def test_settings_are_written_and_take_effect(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        press(window.toolbar, qtbot, "Settings")
        dialog = window.dialogs.current
        assert isinstance(dialog, SettingsDialog)
        dialog.reader_box.setText("Li")
        press(dialog, qtbot, "Save")
        qtbot.waitUntil(lambda: bool(desk.kept))

        assert desk.kept[-1].reader.name == "Li"
        assert window.sitting.state.reader.name == "Li"


def test_the_layout_is_remembered(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        press(window.toolbar, qtbot, "Show or hide the studies")
        assert window.browser.visibleRegion().isEmpty()
    again = FakeDesk()
    again.start = desk.kept[-1]
    with window_on(again, qtbot) as window:
        assert window.browser.visibleRegion().isEmpty()
        press(window.toolbar, qtbot, "Show or hide the studies")
        assert window.browser.width() >= 190


def test_a_broken_layout_text_does_no_harm(qtbot: QtBot) -> None:
    desk = FakeDesk()
    desk.start = replace(desk.start, geometry="{broken")
    with window_on(desk, qtbot) as window:
        assert window.isVisible()


def test_the_window_imports_nothing_heavy() -> None:
    code = "import sys, workstation.ui.main_window; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in ran.stdout.split()}

    assert loaded & set(HEAVY) == set()


def test_the_heartbeat_measures_a_blocked_thread(qtbot: QtBot) -> None:
    import time

    heart = Heartbeat()
    heart.start()
    qtbot.wait(40)
    time.sleep(0.15)
    qtbot.wait(40)
    latency = heart.stop()

    assert latency.beats > 3
    assert latency.max_ms >= 100


def test_qt_s_own_words_follow_the_language(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        english = QCoreApplication.translate("QFileDialog", "Look in:")
        press(window.toolbar, qtbot, "中 / EN")
        chinese = QCoreApplication.translate("QFileDialog", "Look in:")
        press(window.toolbar, qtbot, "中 / EN")

        assert english == "Look in:"
        assert chinese not in ("", english)
        assert QCoreApplication.translate("QFileDialog", "Look in:") == english


def test_the_report_is_in_the_window_s_language_until_the_reader_says_which(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        combo = window.report_panel.findChild(QComboBox)
        assert window.report_panel.report_language is Language.ENGLISH
        press(window.toolbar, qtbot, "中 / EN")
        assert window.report_panel.report_language is Language.CHINESE

        combo.setCurrentIndex(combo.findData(Language.ENGLISH))
        combo.activated.emit(combo.currentIndex())
        press(window.toolbar, qtbot, "中 / EN")
        press(window.toolbar, qtbot, "中 / EN")
        assert window.report_panel.report_language is Language.ENGLISH


def test_what_was_asked_for_is_named_as_on_the_card(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)

        assert "Lowest confidence 0.60" in said(window.findings_panel)
        press(window.toolbar, qtbot, "中 / EN")
        assert f"{in_chinese('Lowest confidence')} 0.60" in said(window.findings_panel)


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.CHINESE])
def test_the_status_line_cuts_no_words_in_a_narrow_window(qtbot: QtBot, language: Language) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        window.sitting.speech.set_language(language)
        window.report_panel.reader_changed.emit(Reader("Ouyang Xiuwen", "chief radiologist"))

        def labels() -> list[QLabel]:
            return [one for one in window.status_line.findChildren(QLabel) if one.isVisible() and one.text()]

        for width in (1600, 960, 1600):
            window.resize(width, 600)
            qtbot.waitUntil(lambda: all(one.width() >= one.sizeHint().width() for one in labels()))
            texts = {one.text() for one in labels()}
            assert any("MB" in text for text in texts) == (width == 1600 or language is Language.CHINESE)
            assert window.sitting.speech.tr(say("Nothing leaves this PC")) in texts
