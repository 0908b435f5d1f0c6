"""The grey on the screen is the standard's grey, each value in its own pixel."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.stacks import geometry
from tests.ui.scene import (
    PROVEN,
    WINDOW,
    Arriving,
    bare,
    nodule,
    noise_volume,
    part_of,
    picture,
    pixels,
    rgb,
    to_gray,
    to_pixels,
    viewport,
)
from workstation.domain.series import VoiWindow
from workstation.domain.volume import Volume
from workstation.ui.keys import Command
from workstation.ui.speech import Speech
from workstation.ui.viewport.camera import Camera
from workstation.ui.viewport.captions import CursorPoint, cursor_text
from workstation.ui.viewport.corner import edge_letters
from workstation.ui.viewport.luts import GRAYS, HOT_IRON
from workstation.ui.viewport.picture import Picture
from workstation.ui.viewport.slice_painter import Scene, SlicePainter, picture_area
from workstation.ui.viewport.source import VolumeSource, data_range


@pytest.mark.parametrize("kind", [np.int16, np.uint16, np.int32, np.float32])
@pytest.mark.parametrize("inverted", [False, True])
def test_at_one_to_one_every_screen_pixel_is_the_windowed_value(qtbot: QtBot, kind: type, inverted: bool) -> None:
    values = np.random.default_rng(1).integers(0, 900, (1, 90, 110)).astype(kind)
    values[0, 20:30, 20:30] = 777
    volume = Volume(values=values, geometry=None, unit="", padding=(777, 780), inverted=inverted)
    view = viewport(qtbot, volume)
    view.show_window(VoiWindow(center=300, width=401))
    view.perform(Command.INFO)
    view.perform(Command.ONE_TO_ONE)

    screen = pixels(view)

    corner = to_pixels(view).map(QPointF(-0.5, -0.5)).toPoint()
    shown = screen[corner.y() : corner.y() + 90, corner.x() : corner.x() + 110]
    expected = to_gray(values[0], VoiWindow(center=300, width=401), inverted, (777, 780))
    assert len(np.unique(expected)) > 200
    assert np.array_equal(shown, np.repeat(expected[..., None], 3, axis=-1))


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("zoom", [0.3, 1.0, 3.3, 9.0])
def test_nothing_that_was_on_the_screen_before_shines_through(qtbot: QtBot, zoom: float, ratio: float) -> None:
    view = viewport(qtbot, noise_volume())
    view.show_zoom(zoom)
    view.perform(Command.TURN_RIGHT)
    screen = QImage(view.size() * ratio, QImage.Format.Format_RGB32)
    screen.setDevicePixelRatio(ratio)
    screen.fill(QColor(255, 0, 255))

    view.render(screen, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)

    left = (rgb(screen) == (255, 0, 255)).all(axis=-1)
    assert not left.any()


def test_colour_is_on_the_screen_as_it_is_whatever_the_window(qtbot: QtBot) -> None:
    colour = np.random.default_rng(1).integers(0, 256, (1, 90, 110, 3), dtype=np.uint8)
    values = np.zeros((1, 90, 110), dtype=np.int16)
    view = viewport(qtbot, Volume(values=values, geometry=None, unit="", colour=colour))
    view.perform(Command.INFO)
    view.perform(Command.ONE_TO_ONE)
    view.perform(Command.INVERT)
    view.show_window(VoiWindow(center=300, width=1))

    corner = to_pixels(view).map(QPointF(-0.5, -0.5)).toPoint()
    shown = pixels(view)[corner.y() : corner.y() + 90, corner.x() : corner.x() + 110]

    assert np.array_equal(shown, colour[0])


def test_a_colour_under_the_pointer_is_told_as_colour_not_as_a_value_nobody_measured(qtbot: QtBot) -> None:
    colour = np.random.default_rng(1).integers(0, 256, (1, 90, 110, 3), dtype=np.uint8)
    view = viewport(qtbot, Volume(values=np.zeros((1, 90, 110), np.int16), geometry=None, unit="", colour=colour))
    told: list[CursorPoint] = []
    view.cursor_moved.connect(told.append)
    qtbot.mouseMove(view, view.to_widget().map(QPointF(80, 30)).toPoint())
    qtbot.waitUntil(lambda: bool(told))
    row, column = told[-1].row, told[-1].column

    red, green, blue = colour[0, row, column]
    where = f"row {row + 1}, column {column + 1}"
    assert cursor_text(Speech(), told[-1]) == f"RGB {red}, {green}, {blue} @ {where}"


def test_asking_for_the_files_window_again_takes_the_next_one_it_offers(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume())
    first, second = VoiWindow(center=40, width=400, name="SOFT"), VoiWindow(center=-600, width=1500)
    view.show_slice_source(VolumeSource(noise_volume()), file_windows=(first, second))
    shown = [view.window_shown]
    for _ in range(2):
        view.perform(Command.WINDOW_FILE)
        shown.append(view.window_shown)

    assert shown == [first, second, first]


def test_on_a_dense_screen_one_to_one_means_one_device_pixel() -> None:
    values = np.random.default_rng(2).integers(-200, 200, (40, 60)).astype(np.int16)
    shown = Picture(to_gray)
    shown.show(values, WINDOW, False, None)
    size, ratio = QSize(200, 150), 2.0
    camera = Camera.of(40, 60, None)
    screen = QImage(400, 300, QImage.Format.Format_RGB32)
    screen.setDevicePixelRatio(ratio)
    scene = Scene(
        ratio=ratio,
        focused=False,
        image=shown.image,
        to_widget=camera.transform(picture_area(size), ratio),
        seen=np.ones(1, dtype=np.bool_),
    )

    painter = QPainter(screen)
    SlicePainter().paint(painter, scene, size)
    painter.end()

    corner = scene.to_widget.map(QPointF(-0.5, -0.5)) * ratio
    left, top = round(corner.x()), round(corner.y())
    assert (left, top) == pytest.approx((corner.x(), corner.y()))
    assert np.array_equal(rgb(screen)[top : top + 40, left : left + 60, 1], to_gray(values, WINDOW, False, None))


def test_inverting_turns_the_grey_round(qtbot: QtBot) -> None:
    view = bare(viewport(qtbot, noise_volume()))
    view.perform(Command.ONE_TO_ONE)
    corner = to_pixels(view).map(QPointF(-0.5, -0.5)).toPoint()
    window = np.s_[corner.y() : corner.y() + 40, corner.x() : corner.x() + 48]
    before = pixels(view)[window]

    view.perform(Command.INVERT)

    assert np.array_equal(pixels(view)[window], 255 - before)


def test_pixels_are_drawn_by_their_size_in_millimetres() -> None:
    camera = Camera.of(100, 100, (2.0, 0.5)).fitted(QRectF(0, 0, 800, 400), 1.0)

    drawn = camera.transform(QRectF(0, 0, 800, 400), 1.0).mapRect(QRectF(-0.5, -0.5, 100, 100))

    assert (drawn.width(), drawn.height()) == pytest.approx((100, 400))
    assert drawn.center() == QPointF(400, 200)


def test_pixels_of_unknown_size_keep_their_known_shape(qtbot: QtBot) -> None:
    volume = Volume(values=np.zeros((1, 40, 50), np.int16), geometry=None, unit="")
    view = viewport(qtbot, volume)
    view.show_slice_source(VolumeSource(volume), aspect=(2.0, 1.0))
    to_widget = view.to_widget()

    assert to_widget.m22() == pytest.approx(2 * to_widget.m11())


def test_zooming_about_a_point_leaves_it_where_it_is() -> None:
    area, at = QRectF(0, 0, 640, 480), QPointF(133, 391)
    camera = Camera.of(512, 400, (0.7, 0.9)).fitted(area, 1.5).panned(31, -12, 1.5)
    under = camera.transform(area, 1.5).inverted()[0].map(at)

    closer = camera.zoomed(5.3, at, area, 1.5)

    moved = closer.transform(area, 1.5).map(under) - at
    assert abs(moved.x()) <= 1
    assert abs(moved.y()) <= 1


@pytest.mark.parametrize(
    ("row", "column", "letters"),
    [
        ((1, 0, 0), (0, 1, 0), ("R", "L", "A", "P")),
        ((-1, 0, 0), (0, -1, 0), ("L", "R", "P", "A")),
        ((0, 1, 0), (0, 0, -1), ("A", "P", "H", "F")),
        ((1, 0, 0), (0, 0, -1), ("R", "L", "H", "F")),
        ((0.8, 0, -0.6), (0, 1, 0), ("RH", "LF", "A", "P")),
    ],
)
def test_letters_at_the_edges_follow_the_cosines(
    row: tuple[float, float, float], column: tuple[float, float, float], letters: tuple[str, str, str, str]
) -> None:
    assert edge_letters(geometry(3, rows=8, columns=8, row=row, column=column)) == letters


def test_until_a_slice_arrives_the_picture_before_stays_without_marks(qtbot: QtBot) -> None:
    volume = noise_volume()
    assert volume.geometry is not None
    source = Arriving(volume)
    source.loaded.add(2)
    view = viewport(qtbot, source=source)
    x, y, z = volume.geometry.to_patient((3, 5, 5))
    view.show_findings([nodule((float(x), float(y), float(z)), 2.0)], {}, "", PROVEN)
    before = pixels(view)
    assert view.painted != ()

    view.show_slice(3)
    waiting = pixels(view)
    kept = view.painted
    source.loaded.add(3)
    view.show_arrived(3)
    after = pixels(view)

    middle = part_of(view, QRectF(320, 150, 120, 200))
    assert kept == ()
    assert np.array_equal(waiting[middle], before[middle])
    assert not np.array_equal(after[middle], before[middle])
    assert len(view.painted) == 1


def test_a_source_without_any_slice_yet_says_that_it_is_loading(qtbot: QtBot) -> None:
    source = Arriving(noise_volume())
    view = viewport(qtbot, source=source)
    waiting = pixels(view)

    source.loaded.add(0)
    view.show_arrived(0)
    still = pixels(view)
    view.show_slice(0)

    assert waiting[part_of(view, QRectF(0, 240, 500, 20))].max() > 100
    assert np.array_equal(still[4:-4, 4:-4], waiting[4:-4, 4:-4])  # but for the ring of the focus, which may come late
    assert pixels(view)[part_of(view, QRectF(0, 100, 500, 300))].mean() > 20


def test_the_automatic_window_spans_the_data_without_its_padding() -> None:
    volume = noise_volume()
    values = volume.values.copy()
    values[:, :20] = -2000
    padded = VolumeSource(replace(volume, values=values, padding=(-2000, -2000)))

    low, high = data_range(padded, 0) or (0, 0)

    assert low == pytest.approx(-490, abs=10)
    assert high == pytest.approx(490, abs=10)


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0])
def test_the_automatic_window_spans_values_however_small_they_are(qtbot: QtBot, scale: float) -> None:
    """A map of diffusion in mm²/s is all below 0.003."""
    values = (np.linspace(800, 1400, 90 * 110).reshape(1, 90, 110) * scale).astype(np.float32)
    volume = Volume(values=values, geometry=None, unit="")
    low, high = data_range(VolumeSource(volume), 0) or (0, 0)
    assert (low, high) == (pytest.approx(806 * scale, rel=1e-2), pytest.approx(1394 * scale, rel=1e-2))

    view = viewport(qtbot, volume)
    view.perform(Command.WINDOW_AUTO)
    window = view.window_shown
    assert window is not None
    assert window.center == pytest.approx(1100 * scale, rel=1e-2)
    assert window.width == pytest.approx(588 * scale, rel=2e-2)


def test_what_is_one_value_all_over_still_has_a_window() -> None:
    flat = VolumeSource(Volume(values=np.full((1, 9, 9), 0.25, np.float32), geometry=None, unit=""))
    assert data_range(flat, 0) == (0.25, 1.25)


def test_the_only_slice_that_is_here_gives_the_automatic_window(qtbot: QtBot) -> None:
    source = Arriving(noise_volume(62))
    source.loaded.add(30)
    source.unit = ""
    view = viewport(qtbot)

    view.show_slice_source(source, slice_index=30)
    pixels(view)

    assert view.window_shown is not None
    assert view.window_shown.width == pytest.approx(980, abs=60)


@pytest.mark.parametrize(
    ("last", "told", "shown"),
    [
        (VoiWindow(center=1, width=2), VoiWindow(center=3, width=4), (1, 2)),
        (None, VoiWindow(center=3, width=4), (3, 4)),
        (None, None, (40, 400)),
    ],
)
def test_the_readers_window_comes_first_then_the_files_then_the_modalitys(
    qtbot: QtBot, last: VoiWindow | None, told: VoiWindow | None, shown: tuple[float, float]
) -> None:
    view = viewport(qtbot)

    view.show_slice_source(VolumeSource(noise_volume()), window=last, file_windows=(told,) if told else ())

    assert view.window_shown is not None
    assert (view.window_shown.center, view.window_shown.width) == shown


def test_a_fitted_picture_stays_fitted_when_the_window_grows(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume(rows=50, columns=50), size=300)
    small = np.count_nonzero(picture(bare(view))[..., 0])

    view.resize(600, 600)

    assert np.count_nonzero(picture(view)[..., 0]) > 3 * small


@pytest.mark.parametrize("zoom", [0.0, 0.01, 0.04, 1.0, 20.0])
def test_every_pixel_of_a_view_is_painted(zoom: float) -> None:
    """Without a picture, with a tiny one, with one that goes beyond the view: a canvas is its own ground."""
    size = QSize(100, 80)
    screen = QImage(size, QImage.Format.Format_RGB32)
    screen.fill(QColor(255, 0, 255))
    shown = Picture(to_gray)
    shown.show(np.zeros((40, 60), dtype=np.int16), WINDOW, False, None)
    camera = replace(Camera.of(40, 60, None), zoom=zoom or 1.0)
    scene = Scene(
        ratio=1.0,
        focused=False,
        image=shown.image if zoom else None,
        to_widget=camera.transform(picture_area(size), 1.0),
        seen=np.zeros(0, dtype=np.bool_),
    )

    painter = QPainter(screen)
    SlicePainter().paint(painter, scene, size)
    painter.end()

    assert not np.any(np.all(rgb(screen) == (255, 0, 255), axis=-1))


def test_pictures_side_by_side_share_no_table_that_is_not_theirs() -> None:
    """They share those of one window; every other way to be shown has its own."""
    rng = np.random.default_rng(3)
    values = rng.integers(-300, 300, (20, 30)).astype(np.int16)
    shown = Picture(to_gray)
    ways = itertools.product(
        (values, values.view(np.uint16)),
        (WINDOW, replace(WINDOW, center=80.0), replace(WINDOW, width=90.0)),
        (False, True),
        (None, (-300.0, -100.0)),
        (GRAYS, HOT_IRON),
    )
    for pixels_, window, inverted, padding, colours in list(ways) * 2:
        other = Picture(lambda *way: 255 - to_gray(*way))
        for one, gray in ((shown, to_gray), (other, lambda *way: 255 - to_gray(*way))):
            one.show(pixels_, window, inverted, padding, colours=colours)
            expected = colours.pixels[gray(pixels_, window, inverted, padding)]
            if padding is not None and colours is not GRAYS:
                expected[(pixels_ >= padding[0]) & (pixels_ <= padding[1])] = 0xFF000000

            assert np.array_equal(np.frombuffer(one.image.constBits(), np.uint32).reshape(20, 30), expected)
