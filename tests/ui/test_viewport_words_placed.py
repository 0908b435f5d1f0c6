"""Words over the picture never cover one another, can be read on any picture, and lengths are true on the screen."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QTransform
from pytestqt.qtbot import QtBot

from tests.stacks import geometry
from tests.ui.scene import nodule, noise_volume, part_of, pixels, to_gray
from workstation.domain.answer import Placement, PlacementState
from workstation.domain.calibration import Calibration, Region, SpacingKind
from workstation.domain.finding import Basis
from workstation.domain.series import VoiWindow
from workstation.domain.volume import Volume
from workstation.domain.words import Language, say
from workstation.ui.keys import Command
from workstation.ui.speech import Speech
from workstation.ui.viewport.arranging import Arranged, Scale, arrange
from workstation.ui.viewport.corner import Corner
from workstation.ui.viewport.slice_painter import picture_area
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.viewport.source import VolumeSource
from workstation.ui.viewport.traits import Traits

PATIENT = "Wang^XiaoDong 王小东 · M · 1961-03-04"
SERIES = "3 · Thorax_routine_0.75_B60f_lung_parenchyma_enhanced · 600"
DETECTOR = Traits(calibration=Calibration(kind=SpacingKind.DETECTOR))


def crowded_view(qtbot: QtBot, language: Language, size: int) -> SliceView:
    view = SliceView(Speech(language), to_gray)
    qtbot.addWidget(view)
    view.resize(size, size)
    view.show_slice_source(VolumeSource(noise_volume()), patient=PATIENT, series=SERIES, traits=DETECTOR)
    assumed = Placement(PlacementState.ASSUMED, say("The answer names no frame."))
    view.show_findings([nodule((0, 0, 0), 1)], {}, placement=assumed, basis=Basis.SIMULATED, local=True, visible=False)
    for command in (Command.TURN_RIGHT, Command.FLIP_ACROSS, Command.INVERT, Command.COLOURS):
        view.perform(command)
    with qtbot.waitExposed(view):
        view.show()
    return view


def arranged(view: SliceView) -> tuple[Arranged, list[QRectF]]:
    """As it was painted, and every rectangle that has words or lines in it."""
    pixels(view)
    scene = view._scene()
    area = picture_area(view.size())
    words = arrange(scene.corners, scene.letters, scene.scale, scene.legend, scene.to_widget, area)
    return words, words.rects()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("size", [1000, 500, 300, 240, 200])
def test_no_words_cover_others_or_leave_the_view(qtbot: QtBot, language: Language, size: int) -> None:
    view = crowded_view(qtbot, language, size)

    words, rects = arranged(view)

    area = picture_area(view.size()).adjusted(0, -1, 0, 1)
    assert words.lines
    assert all(area.contains(rect) for rect in rects)
    assert not [(a, b) for a, b in combinations(rects, 2) if a.intersects(b)]


def test_what_matters_most_stays_in_a_small_view(qtbot: QtBot) -> None:
    words, _ = arranged(crowded_view(qtbot, Language.ENGLISH, 300))

    said = " ".join(placed.line.text for placed in words.lines)
    for needed in ("Wang", "slice 3 / 5", "inverted", "mirrored, turned 270°", "not proven", "marks are hidden"):
        assert needed in said


def test_a_large_view_says_everything(qtbot: QtBot) -> None:
    words, _ = arranged(crowded_view(qtbot, Language.ENGLISH, 1000))

    said = " ".join(placed.line.text for placed in words.lines)
    for needed in ("Thorax_routine", "zoom", "0.70 × 0.70 mm", "C 0 W", "size at the detector, not in the patient"):
        assert needed in said.replace("C 40 W", "C 0 W")
    assert words.bar is not None
    assert words.legend is not None


@pytest.mark.parametrize("width", [1000, 300, 170])
def test_how_a_view_follows_others_is_said_however_narrow_it_is(qtbot: QtBot, width: int) -> None:
    note = "not linked: another frame of reference or plane · 37 days earlier"
    view = crowded_view(qtbot, Language.ENGLISH, 600)
    view.resize(width, 600)
    view.show_note(say("{text}", text=note))

    words, rects = arranged(view)

    said = " ".join(placed.line.text for placed in words.lines)
    assert all(part in said for part in note.split(" · "))
    assert not [(a, b) for a, b in combinations(rects, 2) if a.intersects(b)]


@pytest.mark.parametrize("zoom", [0.5, 1.09, 1.7, 2.3])
def test_the_scale_bar_keeps_away_from_the_letter_below(qtbot: QtBot, zoom: float) -> None:
    """Also where there is room for it beside the letter, but none between."""
    corners = ((Corner.BOTTOM_RIGHT, ()),)
    to_widget = QTransform.fromScale(zoom, zoom)
    for width in range(100, 420, 5):
        area = QRectF(0, 0, width, 400)

        words = arrange(corners, ("R", "L", "A", "P"), Scale((0.7, 0.7)), (), to_widget, area)

        assert words.bar is not None
        assert not any(letter.rect.intersects(words.bar.rect.adjusted(-6, 0, 0, 0)) for letter in words.letters)


@pytest.mark.parametrize("level", [-1000, 1000])
def test_words_can_be_read_on_black_and_on_white(qtbot: QtBot, level: int) -> None:
    plain = Volume(values=np.full((3, 64, 64), level, np.int16), geometry=geometry(3, rows=64, columns=64), unit="HU")
    view = SliceView(Speech(), to_gray)
    qtbot.addWidget(view)
    view.resize(500, 500)
    view.show_slice_source(VolumeSource(plain), patient=PATIENT, file_windows=(VoiWindow(center=0, width=100),))
    with qtbot.waitExposed(view):
        view.show()

    words, _ = arranged(view)
    screen = pixels(view).max(axis=2)
    for placed in words.lines:
        inside = screen[part_of(view, placed.rect)]
        assert inside.max() > 200
        assert inside.min() < 90


@pytest.mark.parametrize("spacing", [(1.0, 1.0), (2.0, 0.5), (0.4, 1.3)])
@pytest.mark.parametrize("way", [(), (Command.TURN_RIGHT,), (Command.TURN_LEFT, Command.FLIP_DOWN)])
def test_the_scale_bar_is_as_long_as_it_says(
    qtbot: QtBot, spacing: tuple[float, float], way: tuple[Command, ...]
) -> None:
    grid = geometry(3, rows=90, columns=140, spacing=spacing)
    bright = Volume(values=np.full(grid.shape, 1000, np.int16), geometry=grid, unit="HU")
    view = SliceView(Speech(), to_gray)
    qtbot.addWidget(view)
    view.resize(700, 600)
    view.show_slice_source(VolumeSource(bright), file_windows=(VoiWindow(center=0, width=100),))
    for command in way:
        view.perform(command)
    with qtbot.waitExposed(view):
        view.show()

    words, _ = arranged(view)
    assert words.bar is not None
    text = next(p.line.text for p in words.lines if abs(p.rect.center().y() - words.bar.rect.center().y()) < 1
                and p.rect.left() > words.bar.right.x())  # fmt: skip
    number, unit = text.split()
    said_mm = float(number) * (10 if unit == "cm" else 1)
    view.perform(Command.INFO)
    lit = np.argwhere(pixels(view)[part_of(view, QRectF(0, 0, 670, 600))].min(axis=2) > 250) / view.devicePixelRatioF()
    high, wide = lit.max(axis=0) - lit.min(axis=0) + 1 / view.devicePixelRatioF()
    across, along = (90 * spacing[0], 140 * spacing[1]) if way else (140 * spacing[1], 90 * spacing[0])
    assert wide / across == pytest.approx(high / along, rel=0.02)
    assert words.bar.length_px / said_mm == pytest.approx(wide / across, rel=0.02)


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        (SpacingKind.PATIENT, ""),
        (SpacingKind.CALIBRATED, ""),
        (SpacingKind.DETECTOR, "(at the detector)"),
        (SpacingKind.FILM, "(on the film)"),
        (SpacingKind.UNSTATED, "(calibration not stated)"),
        (SpacingKind.ESTIMATED, "(estimated)"),
    ],
)
def test_the_scale_bar_says_where_its_millimetres_are_true(qtbot: QtBot, kind: SpacingKind, note: str) -> None:
    values = np.zeros((1, 100, 100), np.int16)
    view = SliceView(Speech(), to_gray)
    qtbot.addWidget(view)
    view.resize(700, 700)
    source = VolumeSource(Volume(values=values, geometry=None, unit=""), (0.2, 0.2))
    view.show_slice_source(source, traits=Traits(calibration=Calibration(kind=kind, magnification=1.2)))
    with qtbot.waitExposed(view):
        view.show()

    words, _ = arranged(view)

    assert words.bar is not None
    said = [p.line.text for p in words.lines if p.line.text.startswith("2 mm") or "mm (" in p.line.text]
    assert any(text.endswith(note) for text in said)
    assert bool(note) == any("(" in text for text in said)


@pytest.mark.parametrize("spacing", [None, (0.2, 0.2)])
def test_a_picture_without_one_size_has_no_scale_bar(qtbot: QtBot, spacing: tuple[float, float] | None) -> None:
    halves = tuple(
        Region(top=0, left=left, bottom=99, right=left + 49, spacing=(mm, mm)) for left, mm in ((0, 0.1), (50, 0.3))
    )
    view = SliceView(Speech(), to_gray)
    qtbot.addWidget(view)
    view.resize(700, 700)
    source = VolumeSource(Volume(values=np.zeros((1, 100, 100), np.int16), geometry=None, unit=""), spacing)
    view.show_slice_source(source, traits=Traits(calibration=Calibration(kind=SpacingKind.REGIONS, regions=halves)))
    with qtbot.waitExposed(view):
        view.show()

    words, _ = arranged(view)

    assert words.bar is None
