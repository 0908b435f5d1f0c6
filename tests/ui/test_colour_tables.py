"""Colour tables are the standard's, the legend tells their values, and grays stay what they were."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pytest
from pydicom.pixels.processing import apply_color_lut
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.ui.scene import bare, noise_volume, pixels, rgb, to_gray, viewport
from workstation.domain.series import VoiWindow
from workstation.domain.volume import Volume
from workstation.ui.keys import Command
from workstation.ui.speech import Speech
from workstation.ui.viewport.arranging import arrange
from workstation.ui.viewport.captions import legend_texts
from workstation.ui.viewport.luts import COLOURS, GRAYS, HOT_IRON, PET, VIRIDIS, Colours, next_colours
from workstation.ui.viewport.picture import Picture
from workstation.ui.viewport.slice_painter import picture_area
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.viewport.source import VolumeSource

WINDOW = VoiWindow(center=100, width=200)
Levels = npt.NDArray[np.uint8]


def levels(colours: Colours) -> Levels:
    """[gray, RGB]"""
    return np.stack([colours.pixels >> shift & 0xFF for shift in (16, 8, 0)], axis=1).astype(np.uint8)


@pytest.mark.parametrize(("colours", "name"), [(HOT_IRON, "HOT_IRON"), (PET, "PET")])
def test_the_standards_palettes_are_the_standards(colours: Colours, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom takes the name for a UID at first
        theirs = apply_color_lut(np.arange(256, dtype=np.uint8), palette=name)

    assert np.array_equal(levels(colours), theirs)


def test_grays_are_gray() -> None:
    assert np.array_equal(levels(GRAYS), np.arange(256)[:, None].repeat(3, axis=1))


def test_a_table_for_the_colour_blind_grows_brighter_throughout() -> None:
    """Whoever sees no hue at all can still order the values."""
    linear = np.where(levels(VIRIDIS) <= 10, levels(VIRIDIS) / 3294.6, ((levels(VIRIDIS) / 255 + 0.055) / 1.055) ** 2.4)
    luminance = linear @ (0.2126, 0.7152, 0.0722)

    assert (np.diff(luminance) > -1e-3).all()
    assert (np.diff(luminance[::8]) > 0).all()


def test_tables_take_turns_and_come_back_to_gray() -> None:
    shown = [GRAYS]
    for _ in COLOURS:
        shown.append(next_colours(shown[-1]))

    assert shown[-1] is GRAYS
    assert len({colours.name for colours in shown}) == len(COLOURS)


@pytest.mark.parametrize("kind", [np.int16, np.float32])
@pytest.mark.parametrize("inverted", [False, True])
def test_every_gray_is_painted_in_its_colour_and_padding_black(kind: type, inverted: bool) -> None:
    values = np.arange(-50, 250, dtype=kind).reshape(20, 15)
    picture = Picture(to_gray)

    picture.show(values, WINDOW, inverted, (240, 249), colours=VIRIDIS)

    expected = levels(VIRIDIS)[to_gray(values, WINDOW, inverted, None)]
    expected[values >= 240] = 0
    assert np.array_equal(rgb(picture.image), expected)


@pytest.mark.parametrize("inverted", [False, True])
def test_the_legend_shows_the_colour_of_its_values(inverted: bool) -> None:
    legend = rgb(Picture(to_gray).legend(WINDOW, inverted, HOT_IRON))[:, 0]

    ends = levels(HOT_IRON)[[0, 255] if inverted else [255, 0]]
    assert np.array_equal(legend[[0, -1]], ends)
    middle = levels(HOT_IRON)[to_gray(np.array([100.0]), WINDOW, inverted, None)][0]
    assert np.abs(legend[128].astype(int) - middle).max() <= 4


def test_the_legend_says_its_values_with_their_unit() -> None:
    assert legend_texts(VoiWindow(center=40, width=400), "HU") == ("240 HU", "40", "−160")
    assert legend_texts(VoiWindow(center=0.5, width=1), "") == ("1.00", "0.50", "0.00")


def test_the_legend_is_on_the_view_as_long_as_there_are_colours(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume())
    view.perform(Command.COLOURS)
    painted = pixels(view)

    scene = view._scene()
    area = picture_area(view.size())
    place = arrange(scene.corners, scene.letters, scene.scale, scene.legend, scene.to_widget, area).legend
    assert place is not None
    bar = place.rect.toRect().adjusted(2, 3, -2, -3)
    column = painted[bar.top() : bar.bottom(), bar.center().x()].astype(int)
    assert (np.ptp(column[len(column) // 2 :], axis=1).max(axis=0) > 50).all()
    assert column[0].sum() > 700  # hot iron ends in white
    assert column[-1].sum() < 60

    for _ in range(len(COLOURS) - 1):
        view.perform(Command.COLOURS)
    assert not view._scene().legend


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_offers_every_table_by_name(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume())
    view.open_menu(view.mapToGlobal(view.rect().center()))
    (menu,) = view.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    tables = next(action.menu() for action in menu.actions() if action.text() == "Colour table")
    by_name = {action.text(): action for action in tables.actions()}

    assert [name for name, action in by_name.items() if action.isChecked()] == ["Gray"]
    by_name["PET"].trigger()
    menu.close()

    assert np.ptp(pixels(bare(view)).astype(int), axis=2).max() > 100


def test_a_picture_in_its_own_colours_keeps_them(qtbot: QtBot) -> None:
    colour = np.random.default_rng(3).integers(0, 256, (1, 40, 40, 3), dtype=np.uint8)
    view = bare(viewport(qtbot, Volume(values=np.zeros((1, 40, 40), np.int16), geometry=None, unit="", colour=colour)))
    before = pixels(view)

    view.perform(Command.COLOURS)

    assert np.array_equal(pixels(view), before)
    assert not view.possible(Command.COLOURS)


def test_another_series_is_gray_again(qtbot: QtBot) -> None:
    view = SliceView(Speech(), to_gray)
    qtbot.addWidget(view)
    view.show_slice_source(VolumeSource(noise_volume()))
    view.perform(Command.COLOURS)

    view.show_slice_source(VolumeSource(noise_volume()))

    assert not np.ptp(pixels(bare(view))[100:400, 100:400].astype(int), axis=2).any()
