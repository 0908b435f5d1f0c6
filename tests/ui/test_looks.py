"""In both languages and both looks, on small and large windows: all can be read, reached, named and pressed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import pytest
from PySide6.QtWidgets import QApplication, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from tests.ui import walk
from tests.ui.fake_desk import FakeDesk
from tests.ui.window import analyse, open_study, window_on
from workstation.domain.words import Language
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.texts.text_window import TextWindow
from workstation.ui.theme import load_fonts

# The platform without a screen says it of dialogs; it is about that platform, not about us.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LARGE, SMALL = (1600, 1000), (1366, 768)
CHECKS: Final[tuple[Callable[[QWidget], list[str]], ...]] = (
    walk.nameless,
    walk.unreachable,
    walk.signs_without_words,
    walk.small_targets,
    walk.clipped,
    walk.focus_unseen,
)
# Names, units, formats and keys; the last line is what the desk of these tests calls its series and connections.
KEPT_LATIN: Final = frozenset(
    walk.WORD.findall(
        "Yingtai MPR CT MR PET HU DICOM PDF PNG CSV SR SEG MB ID mm “yingtai connection add” switch to English EN"
        " MIP MinIP Ctrl Shift Alt Del Home End PgUp PgDown Tab Return Enter Space Esc DetectLungNodule"
        " Cobb job Lung Mediastinum Head CHEST Alibaba A service on this PC. A vendor's cloud. free"
    )
)
KEPT_CHINESE: Final = ("中 / EN", "Yingtai 影台", "中文")


@contextmanager
def dressed(qtbot: QtBot, theme: str, language: Language, size: tuple[int, int]) -> Iterator[MainWindow]:
    """A window with a study and its result. The language is switched while it is open."""
    load_fonts()
    desk = FakeDesk()
    desk.start = replace(desk.start, theme=theme, recent=(("/disk/ward/study",),))
    with window_on(desk, qtbot) as window:
        window.resize(*size)
        open_study(window, qtbot)
        analyse(window, qtbot)
        window.sitting.speech.set_language(language)
        yield window


def places(window: MainWindow, qtbot: QtBot) -> Iterator[tuple[str, QWidget]]:
    """The window with each of its tabs, then its dialogs one after the other."""
    tabs = window.findChild(QTabWidget)
    assert isinstance(tabs, QTabWidget)
    for place in range(tabs.count()):
        tabs.setCurrentIndex(place)
        qtbot.wait(30)
        yield f"tab {place}", window
    for command in (Command.KEY_SHEET, Command.PALETTE, Command.SETTINGS):
        window.perform(command)
        qtbot.wait(30)
        dialog = window.dialogs.current
        assert dialog is not None
        yield command.value, dialog
        dialog.reject()
    window.perform(Command.TEXTS)
    texts = window.findChild(TextWindow)
    assert texts is not None
    qtbot.waitUntil(texts.isVisible)
    yield "texts", texts


@pytest.mark.parametrize(
    ("language", "theme", "size"),
    [
        pytest.param(language, theme, size, id=f"{language.value}-{theme}-{size[0]}")
        for language, theme, size in (
            # Each two of them once; what is cut is cut by words and sizes, not by colours.
            (Language.CHINESE, "dark", SMALL),
            (Language.CHINESE, "light", LARGE),
            (Language.ENGLISH, "light", SMALL),
            (Language.ENGLISH, "dark", LARGE),
        )
    ],
)
def test_all_can_be_read_reached_named_and_pressed(
    qtbot: QtBot, language: Language, theme: str, size: tuple[int, int]
) -> None:
    with dressed(qtbot, theme, language, size) as window:
        found = [
            f"{place}: {check.__name__}: {what}"
            for place, inside in places(window, qtbot)
            for check in CHECKS
            for what in check(inside)
        ]

        assert found == []
        assert (window.width(), window.height()) == size


def test_no_english_is_left_once_the_language_is_switched(qtbot: QtBot) -> None:
    with dressed(qtbot, "dark", Language.CHINESE, LARGE) as window:
        left = {
            f"{place}: {text}"
            for place, inside in places(window, qtbot)
            for text in walk.english_in(walk.words_on(inside), KEPT_LATIN)
        }

        assert sorted(left) == []


def test_no_chinese_is_left_once_it_is_switched_back(qtbot: QtBot) -> None:
    with dressed(qtbot, "dark", Language.CHINESE, LARGE) as window:
        for _place, _inside in places(window, qtbot):
            pass
        window.sitting.speech.set_language(Language.ENGLISH)
        texts = walk.words_on(window)

    chinese = [text for text in texts if any("\u4e00" <= letter <= "\u9fff" for letter in text)]
    assert [text for text in chinese if text not in KEPT_CHINESE and "switch to Chinese" not in text] == []


def test_a_look_is_changed_while_the_window_is_open(qtbot: QtBot, qapp: QApplication) -> None:
    with dressed(qtbot, "dark", Language.ENGLISH, LARGE) as window:
        window.perform(Command.THEME)

        assert qapp.property("theme") == "light"
        assert walk.clipped(window) == []
        window.perform(Command.THEME)
        assert qapp.property("theme") == "dark"


@pytest.mark.parametrize("scale", ["1.25", "2"])
def test_nothing_is_cut_on_a_dense_screen(scale: str) -> None:
    """Qt takes the scale at its start only, so the walk is another process's."""
    names = "test_all_can_be_read_reached_named_and_pressed[zh-dark-1366]"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", f"{__file__}::{names}"],
        env=os.environ | {"QT_SCALE_FACTOR": scale},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout[-3000:]
