"""Traps of showing pictures that other viewers fell into, each on rendered pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize
from pytestqt.qtbot import QtBot

from tests.stacks import geometry
from tests.ui.fake_desk import LUNG
from tests.ui.scene import WINDOW, Arriving, bare, noise_volume, pixels, rgb, to_pixels, viewport
from tests.ui.scene import to_gray as linear
from workstation.domain.series import VoiTable, VoiWindow
from workstation.domain.volume import Volume
from workstation.ui.keys import Command
from workstation.ui.screen import to_gray
from workstation.ui.speech import Speech
from workstation.ui.viewport.picture import Picture
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.viewport.source import VolumeSource
from workstation.ui.viewport.traits import Traits, traits_of
from workstation.ui.viewport.windowing import Windowing

RAMP = np.arange(-300, 300, dtype=np.int16).reshape(1, 20, 30)
LUT = VoiWindow(center=128, width=256, table=VoiTable(first=0, gray=bytes(255 - n for n in range(256))))


def shown(view: SliceView) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The slice at one to one, without words."""
    view.perform(Command.ONE_TO_ONE)
    corner = to_pixels(view).map(QPointF(-0.5, -0.5)).toPoint()
    return pixels(view)[corner.y() : corner.y() + 20, corner.x() : corner.x() + 30, 0]


def test_monochrome1_is_turned_round_last_and_the_invert_key_on_top_of_it(qtbot: QtBot) -> None:
    view = bare(viewport(qtbot, Volume(values=RAMP, geometry=None, unit="", inverted=True)))

    first = shown(view)
    view.perform(Command.INVERT)

    assert np.array_equal(first, 255 - linear(RAMP[0], WINDOW, False, None))
    assert np.array_equal(shown(view), linear(RAMP[0], WINDOW, False, None))


def test_a_drag_from_a_voi_lut_starts_at_the_window_that_spans_it() -> None:
    source = VolumeSource(Volume(values=RAMP, geometry=None, unit=""))
    windowing = Windowing(source, None, (LUT,))
    windowing.settle(0)

    dragged = windowing.dragged(QPointF(0, 0), QSize(600, 600))

    assert dragged == VoiWindow(center=128, width=256)
    assert dragged is not None
    assert dragged.table is None


def test_a_voi_lut_is_painted_and_turned_round_by_monochrome1() -> None:
    values, picture = np.arange(256, dtype=np.int16).reshape(16, 16), Picture(to_gray)

    picture.show(values, LUT, False, None)
    plain = rgb(picture.image)[..., 0]
    picture.show(values, LUT, True, None)

    assert np.array_equal(plain, 255 - values)
    assert np.array_equal(rgb(picture.image)[..., 0], values)


def test_the_window_of_a_file_with_both_can_be_had_after_its_lut(qtbot: QtBot) -> None:
    view = viewport(qtbot)
    view.show_slice_source(VolumeSource(Volume(values=RAMP, geometry=None, unit="")), file_windows=(LUT, WINDOW))
    assert view.window_shown == LUT

    view.perform(Command.WINDOW_FILE)

    assert view.window_shown == WINDOW


@pytest.mark.parametrize(
    ("directions", "letters"),
    [(None, None), (("L", "F"), ("R", "L", "H", "F")), (("AR", "FA"), ("PL", "AR", "HP", "FA"))],
)
def test_letters_of_a_radiograph_are_its_own_words_or_none(
    qtbot: QtBot, directions: tuple[str, str] | None, letters: tuple[str, ...] | None
) -> None:
    view = viewport(qtbot)
    source = VolumeSource(Volume(values=RAMP, geometry=None, unit=""))

    view.show_slice_source(source, traits=Traits(directions=directions))
    pixels(view)

    assert view._scene().letters == letters


def test_frames_at_one_place_have_the_letters_that_all_of_them_say() -> None:
    lying = {"position": (0.0, 0.0, 0.0), "row_cosine": (1.0, 0.0, 0.0), "column_cosine": (0.0, 1.0, 0.0)}
    film = replace(LUNG, geometry=None, instances=tuple(replace(one, **lying) for one in LUNG.instances))
    turned = replace(film.instances[0], row_cosine=(0.0, 1.0, 0.0), column_cosine=(0.0, 0.0, -1.0))
    silent = replace(film.instances[0], row_cosine=None, column_cosine=None)

    assert traits_of(film).directions == ("L", "P")
    assert traits_of(replace(film, instances=(turned,))).directions == ("P", "F")
    assert traits_of(replace(film, instances=(*film.instances, turned))).directions is None
    assert traits_of(replace(film, instances=(*film.instances, silent))).directions is None
    assert traits_of(LUNG).directions is None  # its places tell

    words = [
        replace(one, directions=way)
        for one, way in zip((film.instances[0], turned), (("A", "F"), ("L", "F")), strict=True)
    ]
    assert traits_of(replace(film, instances=(words[0],))).directions == ("A", "F")
    assert traits_of(replace(film, instances=tuple(words))).directions is None  # what one says, holds for no other


def test_a_slice_far_from_a_main_plane_has_two_letters(qtbot: QtBot) -> None:
    tilted = geometry(
        1, rows=20, columns=30, row=(np.cos(0.5), np.sin(0.5), 0.0), column=(-np.sin(0.5), np.cos(0.5), 0.0)
    )
    slightly = geometry(
        1, rows=20, columns=30, row=(np.cos(0.1), np.sin(0.1), 0), column=(-np.sin(0.1), np.cos(0.1), 0)
    )
    found = []
    for grid in (tilted, slightly):
        view = viewport(qtbot, Volume(values=RAMP, geometry=grid, unit=""))
        pixels(view)
        found.append(view._scene().letters)

    assert found == [("RA", "LP", "AL", "PR"), ("R", "L", "A", "P")]


def test_a_turned_slice_that_is_not_loaded_is_not_shown_as_it_lay(qtbot: QtBot) -> None:
    """The picture before would lie under marks of a slice that is turned."""
    source = Arriving(noise_volume())
    source.loaded = {2}
    view = SliceView(Speech(), to_gray)
    qtbot.addWidget(view)
    view.show_slice_source(source)
    view.show_slice(3)
    pixels(view)

    view.perform(Command.TURN_RIGHT)

    assert view._scene().image is None


@pytest.mark.parametrize(
    ("times", "told"), [(None, None), (0.0, "lossy compression"), (12.5, "lossy compression 12.5:1")]
)
def test_what_was_lost_in_compression_is_said_on_the_picture(
    qtbot: QtBot, times: float | None, told: str | None
) -> None:
    view = viewport(qtbot)
    view.show_slice_source(VolumeSource(noise_volume()), traits=Traits(lossy=times))
    pixels(view)
    said = [line.text for _, lines in view._scene().corners for line in lines if "lossy" in line.text]

    assert said == ([told] if told is not None else [])
