"""Text can be read in both themes, and colours of findings can be told apart."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionButton
from pytestqt.qtbot import QtBot

from tests.ui.window import offscreen_dialog
from workstation.domain.words import say
from workstation.ui.said import SaidCheck
from workstation.ui.speech import Speech
from workstation.ui.theme import (
    DARK,
    FINDING_COLOURS,
    IMAGE_LETTERS,
    IMAGE_REJECTED,
    IMAGE_TEXT,
    IMAGE_WARNING,
    LIGHT,
    THEMES,
    Theme,
    apply_theme,
    finding_colour,
    font,
    load_fonts,
    style_sheet,
)


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    levels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4 for level in levels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("back", ["window", "panel", "raised", "control"])
@pytest.mark.parametrize("role", ["text", "second"])
def test_needed_text_has_the_contrast_that_wcag_asks_for(theme: Theme, back: str, role: str) -> None:
    assert contrast(getattr(theme, role), getattr(theme, back)) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("back", ["window", "panel", "raised", "control"])
@pytest.mark.parametrize("role", ["accent", "good", "warning", "bad"])
def test_coloured_words_can_be_read_wherever_they_stand(theme: Theme, back: str, role: str) -> None:
    assert contrast(getattr(theme, role), getattr(theme, back)) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_dimmest_colour_is_for_edges_and_for_what_can_t_be_used_now(theme: Theme) -> None:
    sheet = style_sheet(theme)
    rules = [rule for rule in sheet.split("}") if f" color: {theme.third}" in rule]

    assert [rule for rule in rules if ":disabled" not in rule] == []
    assert contrast(theme.third, theme.raised) >= 3  # the edge of a box to tick


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("text", "line"),
        ("on_accent", "accent"),
        ("on_warning", "warning_back"),
        ("good", "good_back"),
        ("bad", "bad_back"),
    ],
)
def test_words_on_buttons_and_chips_can_be_read(theme: Theme, front: str, back: str) -> None:
    assert contrast(getattr(theme, front), getattr(theme, back)) >= 4.5


@pytest.mark.parametrize("colour", [IMAGE_TEXT, IMAGE_LETTERS, IMAGE_WARNING, IMAGE_REJECTED])
def test_words_on_images_stand_out_from_their_dark_outline(colour: str) -> None:
    assert contrast(colour, "#000000") >= 4.5


def test_colours_of_findings_come_in_order_and_again_from_the_start() -> None:
    assert finding_colour(1) == QColor("#E69F00")
    assert finding_colour(8) == finding_colour(1)
    assert len(set(FINDING_COLOURS)) == 7


def test_the_shipped_face_has_chinese_and_figures_of_one_width(qapp: QApplication) -> None:
    load_fonts()
    face = font()

    metrics = QFontMetricsF(face)

    assert QFontInfo(face).family() == "Yingtai Sans"
    assert all(metrics.inFontUcs4(ord(character)) for character in "影台窗宽肺结节龘")
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


@offscreen_dialog  # windows of earlier tests that are not gone yet take the sheet, too
@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_the_style_sheet_is_understood(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    before, style, face, palette = qapp.styleSheet(), qapp.style().objectName(), qapp.font(), qapp.palette()

    apply_theme(qapp, theme)  # a rule that Qt can't parse is a warning, and warnings fail

    assert qapp.palette().window().color() == QColor(theme.panel)
    qapp.setStyleSheet(before)
    qapp.setStyle(style)
    qapp.setFont(face)
    qapp.setPalette(palette)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_a_ticked_box_shows_its_tick_not_only_another_colour(theme: Theme, qtbot: QtBot) -> None:
    box = SaidCheck(Speech(), say("Outline"))
    qtbot.addWidget(box)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, theme)
    box.setChecked(True)
    box.resize(box.sizeHint())
    option = QStyleOptionButton()
    box.initStyleOption(option)
    inside = box.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, box)
    shown = box.grab(inside).toImage()
    apply_theme(application, DARK)

    colours = {shown.pixelColor(x, y).name() for x in range(shown.width()) for y in range(shown.height())}
    assert {theme.accent, theme.on_accent} <= colours
