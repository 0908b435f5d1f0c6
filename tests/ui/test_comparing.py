"""A moved series in the place of the one looked at: flicker and difference, on rendered pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.stacks import geometry
from tests.ui.scene import WINDOW, pixels, viewport
from workstation.domain.volume import ResultVolume, Values, Volume
from workstation.domain.words import Language, render
from workstation.imaging.pixels.on_grid import across, slices_on
from workstation.ui.keys import Command
from workstation.ui.viewport.comparing import DIFFERENCE_WINDOW, DifferenceSource, Look, legend
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.viewport.source import VolumeSource

GRID = geometry(3, rows=40, columns=40)
THIS = Volume(values=np.zeros(GRID.shape, np.int16), geometry=GRID, unit="HU")


def other(value: int = 100) -> Values:
    return np.full(GRID.shape, value, np.int16)


def compared(qtbot: QtBot, value: int = 100) -> SliceView:
    view = viewport(qtbot, THIS)
    view.show_window(WINDOW)
    moved = other(value)
    view.show_other(lambda k: moved[k])
    return view


def gray(view: SliceView) -> int:
    """In the picture, away from its words."""
    picture = pixels(view)
    return int(picture[picture.shape[0] // 2, picture.shape[1] // 3, 0])


def test_a_key_shows_the_moved_series_in_the_same_place_and_window_and_back(qtbot: QtBot) -> None:
    view = compared(qtbot)
    before = gray(view)
    QTest.keyClick(view, Qt.Key.Key_M)
    moved = gray(view)
    QTest.keyClick(view, Qt.Key.Key_M)

    assert view.window_shown == WINDOW
    assert (before, moved, gray(view)) == (128, 192, 128)  # 0 and 100 HU in −200 … 200


def test_the_difference_is_signed_and_mid_gray_where_nothing_differs(qtbot: QtBot) -> None:
    grays = []
    for value in (0, 250, -250):
        view = compared(qtbot, value)
        QTest.keyClick(view, Qt.Key.Key_D)
        grays.append(gray(view))

    assert grays == [128, 191, 64]  # the moved series denser: brighter


def test_the_difference_has_a_window_of_its_own(qtbot: QtBot) -> None:
    view = compared(qtbot)
    view.perform(Command.DIFFERENCE)

    assert view.window_shown == DIFFERENCE_WINDOW
    assert view.series_window == WINDOW
    assert not view.possible(Command.WINDOW_LUNG)  # a preset means nothing there
    view.perform(Command.DIFFERENCE)
    assert view.window_shown == WINDOW


def test_the_legend_says_what_black_and_white_are(qtbot: QtBot) -> None:
    said = legend(Look.DIFFERENCE, DIFFERENCE_WINDOW, False, "HU")
    inverted = legend(Look.DIFFERENCE, DIFFERENCE_WINDOW, True, "HU")

    this = render(legend(Look.THIS, WINDOW, False, "HU"), Language.ENGLISH)
    assert this == "M: moved series · D: difference"
    assert render(said, Language.ENGLISH) == "DIFFERENCE, moved − this: black −500, white 500 HU"
    assert "black 500, white −500" in render(inverted, Language.ENGLISH)


def test_without_a_moved_series_there_is_nothing_to_compare(qtbot: QtBot) -> None:
    view = viewport(qtbot, THIS)
    view.perform(Command.FLICKER)

    assert not view.possible(Command.FLICKER)
    assert view.look is Look.THIS


def test_another_result_shows_the_series_itself_again(qtbot: QtBot) -> None:
    view = compared(qtbot)
    view.perform(Command.FLICKER)
    view.show_other(None)

    assert view.look is Look.THIS
    assert not view.possible(Command.DIFFERENCE)


def test_nothing_differs_where_the_series_holds_no_measurement() -> None:
    values = np.array([[[-2000, 10]]], np.int16)
    this = replace(THIS, values=values, padding=(-2000.0, -2000.0), geometry=None)
    differing = DifferenceSource(VolumeSource(this), lambda _: np.array([[50, 50]], np.int16))

    assert np.array_equal(differing.slice_values(0), [[0, 40]])


def test_differences_beyond_16_bits_do_not_wrap() -> None:
    this = replace(THIS, values=np.array([[[-32768, 32767]]], np.int16), geometry=None)
    differing = DifferenceSource(VolumeSource(this), lambda _: np.array([[32767, -32768]], np.int16))

    assert np.array_equal(differing.slice_values(0), [[32767, -32768]])


def test_the_pixel_under_the_pointer_is_that_of_what_is_shown(qtbot: QtBot) -> None:
    view = compared(qtbot)
    view.perform(Command.DIFFERENCE)
    showing = view._showing
    assert showing is not None
    point = showing.cursor_point((5.0, 5.0))

    assert point is not None
    assert (point.value, point.unit) == (100.0, "Δ HU")


@pytest.mark.parametrize("flip", [(), (0,), (0, 1, 2)])
def test_an_image_on_the_grid_comes_slice_by_slice_however_its_axes_run(flip: tuple[int, ...]) -> None:
    values = np.random.default_rng(1).integers(-1000, 1000, GRID.shape).astype(np.int16)
    image = ResultVolume(name="m", values=values, to_patient=np.eye(4))
    to_patient = np.eye(4)
    step = GRID.to_patient(np.eye(3)) - GRID.to_patient(np.zeros(3))  # slice, row, column
    first = np.array([size - 1 if axis in flip else 0 for axis, size in enumerate(GRID.shape)], np.float64)
    for axis in range(3):
        to_patient[:3, 2 - axis] = step[axis] * (-1 if axis in flip else 1)
    to_patient[:3, 3] = GRID.to_patient(first)
    image = replace(image, values=np.flip(values, flip), to_patient=to_patient)
    found = slices_on(image, GRID)

    assert all(np.array_equal(found(k), values[k]) for k in range(len(values)))


def test_a_series_is_cut_by_another_grid_where_it_lies_in_the_patient() -> None:
    coarse = geometry(20, rows=20, columns=20, step=2.0, spacing=(2.0, 2.0))
    centers = coarse.to_patient(np.moveaxis(np.indices(coarse.shape), 0, -1))
    volume = Volume(values=centers[..., 0].astype(np.float32), geometry=coarse, unit="")  # each voxel holds its own x
    fine = geometry(30, rows=30, columns=30)
    found = across(volume, fine)(7)
    x = fine.to_patient(np.array([[(7, row, column) for column in range(30)] for row in range(30)], float))[..., 0]

    assert np.abs(found - x).max() < 1e-3
