"""A presentation state of others, built by highdicom and pydicom, in force on rendered pixels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import numpy.typing as npt
import pytest
from pydicom.dataset import Dataset
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from tests.imaging.asymmetric import Body
from tests.imaging.test_drawn_objects import item, state
from tests.ui.scene import bare, picture, viewport
from workstation.domain.geometry import Plane
from workstation.domain.overlaid import Overlaid
from workstation.domain.series import VoiWindow
from workstation.imaging.objects.read import read_objects
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan
from workstation.ui.keys import Command
from workstation.ui.reading.author import AuthorsWay
from workstation.ui.screen import source_of
from workstation.ui.speech import Speech
from workstation.ui.viewport.captions import author_lines
from workstation.ui.viewport.slice_view import SliceView

K = 13
ROWS, COLUMNS = 40, 43
BRIGHT = VoiWindow(center=-1024, width=400)  # air is mid-gray: black and red can be told from it


def opened(qtbot: QtBot, tmp_path: Path, changed: Callable[[Dataset], None], **more: Any) -> tuple[SliceView, Overlaid]:
    body = Body()
    body.write(tmp_path)
    made = state(body, **more)
    changed(made)
    made.save_as(tmp_path / "pr.dcm", enforce_file_format=True)
    found = scan([tmp_path])
    stack = max(found.stacks, key=lambda one: one.slices)
    (overlaid,) = read_objects(stack, found.objects)
    view = bare(viewport(qtbot, source=source_of(load_volume(stack), stack, Plane.AXIAL)))
    view.show_window(BRIGHT)
    view.show_slice(K)
    return view, overlaid


def seen_at_centers(view: SliceView) -> npt.NDArray[np.uint8]:
    """The colour on the screen at the center of each of the slice's pixels [row, column, RGB]; clear of all words."""
    view.show_zoom(8)
    shown, transform = picture(view), view.to_widget()
    found = np.zeros((ROWS, COLUMNS, 3), dtype=np.uint8)
    for row in range(ROWS):
        for column in range(COLUMNS):
            at = transform.map(QPointF(column, row))
            found[row, column] = shown[int(at.y()), int(at.x())]
    return found


def rectangle(row: int, column: int) -> bool:
    return 6 <= column <= 30 and 4 <= row <= 33


def circle(row: int, column: int) -> bool:
    return (row - 18) ** 2 + (column - 25) ** 2 <= 14**2


def triangle(row: int, column: int) -> bool:
    """Corners (row, column) 5,5 · 5,35 · 35,5: its long side runs where they add up to 40."""
    return row >= 5 and column >= 5 and row + column <= 40


SHUTTERS: dict[str, tuple[dict[str, Any], Callable[[int, int], bool]]] = {
    "rectangle": (
        {
            "ShutterShape": "RECTANGULAR",
            "ShutterLeftVerticalEdge": 6,
            "ShutterRightVerticalEdge": 30,
            "ShutterUpperHorizontalEdge": 4,
            "ShutterLowerHorizontalEdge": 33,
        },
        rectangle,
    ),
    "circle": (
        {"ShutterShape": "CIRCULAR", "CenterOfCircularShutter": [18, 25], "RadiusOfCircularShutter": 14},
        circle,
    ),
    "polygon": (
        {"ShutterShape": "POLYGONAL", "VerticesOfThePolygonalShutter": [5, 5, 5, 35, 35, 5]},
        triangle,
    ),
    "two at once": (
        {
            "ShutterShape": ["CIRCULAR", "POLYGONAL"],
            "CenterOfCircularShutter": [18, 25],
            "RadiusOfCircularShutter": 14,
            "VerticesOfThePolygonalShutter": [5, 5, 5, 35, 35, 5],
        },
        lambda row, column: circle(row, column) and triangle(row, column),
    ),
}


@pytest.mark.parametrize("shape", SHUTTERS)
def test_a_shutter_leaves_the_pixels_that_its_author_left(qtbot: QtBot, tmp_path: Path, shape: str) -> None:
    elements, seen = SHUTTERS[shape]

    def shut(pr: Dataset) -> None:
        for keyword, value in elements.items():
            setattr(pr, keyword, value)
        pr.ShutterPresentationValue = 0xFFFF

    view, overlaid = opened(qtbot, tmp_path, shut)
    before = seen_at_centers(view)
    AuthorsWay(view).show(overlaid)
    view.show_window(BRIGHT)

    hidden = (seen_at_centers(view) == 255).all(axis=-1) & ~(before == 255).all(axis=-1)
    body = (before == 255).all(axis=-1)
    wanted = np.array([[not seen(row + 1, column + 1) for column in range(COLUMNS)] for row in range(ROWS)])
    assert np.array_equal(hidden, wanted & ~body)
    assert hidden.any()
    assert not hidden.all()


def test_a_bitmap_shutter_hides_its_ones(qtbot: QtBot, tmp_path: Path) -> None:
    ones = np.random.default_rng(2).random((ROWS, COLUMNS)) < 0.5

    def shut(pr: Dataset) -> None:
        pr.ShutterShape, pr.ShutterOverlayGroup, pr.ShutterPresentationValue = "BITMAP", 0x6002, 0
        pr.add_new((0x6002, 0x0010), "US", ROWS)
        pr.add_new((0x6002, 0x0011), "US", COLUMNS)
        pr.add_new((0x6002, 0x0040), "CS", "G")
        pr.add_new((0x6002, 0x0050), "SS", [1, 1])
        pr.add_new((0x6002, 0x0100), "US", 1)
        pr.add_new((0x6002, 0x0102), "US", 0)
        packed = np.packbits(ones.ravel(), bitorder="little").tobytes()
        pr.add_new((0x6002, 0x3000), "OW", packed + b"\0" * (len(packed) % 2))

    view, overlaid = opened(qtbot, tmp_path, shut)
    AuthorsWay(view).show(overlaid)
    view.show_window(BRIGHT)

    assert np.array_equal((seen_at_centers(view) == 0).all(axis=-1), ones)


def test_the_window_is_that_of_the_slice_and_so_is_a_table(qtbot: QtBot, tmp_path: Path) -> None:
    """Rescaled values are −1000 and 1000; the table has 2001 entries from −1000 on, falling."""

    def table(pr: Dataset) -> None:
        falling = np.linspace(4095, 0, 2001).round().astype("<u2")
        one = item(LUTDescriptor=[2001, -1000, 12], LUTExplanation="FALLING")
        one.add_new("LUTData", "OW", falling.tobytes())
        one["LUTDescriptor"].VR = "SS"
        pr.SoftcopyVOILUTSequence = [item(VOILUTSequence=[one])]

    view, overlaid = opened(qtbot, tmp_path, table)
    window = overlaid.presentations[0].window
    assert window is not None
    assert window.name == "FALLING"
    assert window.table is not None
    gray = np.frombuffer(window.table.gray, dtype=np.uint8)
    assert (window.table.first, gray[0], gray[-1], gray[1000]) == (-1000, 255, 0, 128)

    AuthorsWay(view).show(overlaid)
    assert view.window_shown == window


@pytest.mark.parametrize(("turned", "flipped"), [(0, True), (90, False), (90, True), (180, False), (270, True)])
def test_it_is_turned_first_and_flipped_then(qtbot: QtBot, tmp_path: Path, turned: int, flipped: bool) -> None:
    def lain(pr: Dataset) -> None:
        pr.ImageRotation, pr.ImageHorizontalFlip = turned, "Y" if flipped else "N"

    view, overlaid = opened(qtbot, tmp_path, lain)
    plain = seen_at_centers(view)
    AuthorsWay(view).show(overlaid)
    view.show_window(BRIGHT)
    view.show_zoom(8)

    wanted = np.rot90(plain, -turned // 90)
    wanted = wanted[:, ::-1] if flipped else wanted
    shown, transform = picture(view), view.to_widget()
    corners = [transform.map(QPointF(x, y)) for x, y in ((0, 0), (COLUMNS - 1, 0), (0, ROWS - 1))]
    left, top = min(at.x() for at in corners), min(at.y() for at in corners)
    step = abs(transform.m11()) + abs(transform.m12())
    found = np.array(
        [
            [shown[int(top + row * step), int(left + column * step)] for column in range(wanted.shape[1])]
            for row in range(wanted.shape[0])
        ]
    )
    assert np.array_equal(found, wanted)


def test_the_displayed_area_fills_the_view(qtbot: QtBot, tmp_path: Path) -> None:
    def cropped(pr: Dataset) -> None:
        area = item(
            DisplayedAreaTopLeftHandCorner=[11, 6],
            DisplayedAreaBottomRightHandCorner=[30, 21],
            PresentationSizeMode="SCALE TO FIT",
            PresentationPixelSpacing=[2.0, 2.0],
        )
        pr.DisplayedAreaSelectionSequence = [area]

    view, overlaid = opened(qtbot, tmp_path, cropped)
    AuthorsWay(view).show(overlaid)

    first, last = view.to_widget().map(QPointF(9.5, 4.5)), view.to_widget().map(QPointF(29.5, 20.5))
    height, width = picture(view).shape[:2]
    assert abs(first.x()) <= 1
    assert abs(last.x() - width) <= 1
    assert abs(first.y() + last.y() - height) <= 2


def test_an_inverse_state_shows_low_values_white(qtbot: QtBot, tmp_path: Path) -> None:
    def inverse(pr: Dataset) -> None:
        pr.PresentationLUTShape = "INVERSE"

    window = hd.pr.SoftcopyVOILUTTransformation(window_center=0, window_width=1000)
    view, overlaid = opened(qtbot, tmp_path, inverse, voi_lut_transformations=[window])
    AuthorsWay(view).show(overlaid)

    assert seen_at_centers(view)[0, 0].tolist() == [255, 255, 255]


def test_the_corner_says_what_is_in_force_and_the_usual_way_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    def changed(pr: Dataset) -> None:
        pr.ImageRotation = 90
        pr.ShutterShape, pr.CenterOfCircularShutter, pr.RadiusOfCircularShutter = "CIRCULAR", [18, 25], 14

    view, overlaid = opened(qtbot, tmp_path, changed)
    way = AuthorsWay(view)
    way.show(overlaid)

    (line,) = author_lines(Speech(), view._tracer.files.author_words(K))
    assert line.text == "as “MARKED” asks: turned 90°, shutter"
    way.show(None)
    assert author_lines(Speech(), view._tracer.files.author_words(K)) == []
    assert view.drawables == ()
    assert view.camera.pose.upright


def test_marks_are_painted_over_a_shutter_and_turning_it_follows(qtbot: QtBot, tmp_path: Path) -> None:
    def shut(pr: Dataset) -> None:
        pr.ShutterShape, pr.CenterOfCircularShutter, pr.RadiusOfCircularShutter = "CIRCULAR", [10, 12], 8

    view, overlaid = opened(qtbot, tmp_path, shut)
    AuthorsWay(view).show(overlaid)
    view.show_window(BRIGHT)
    before = (seen_at_centers(view) == 0).all(axis=-1)

    view.perform(Command.TURN_RIGHT)
    view.perform(Command.FLIP_DOWN)

    assert np.array_equal((seen_at_centers(view) == 0).all(axis=-1), before)
    assert before.sum() == ROWS * COLUMNS - sum(
        (row - 10) ** 2 + (column - 12) ** 2 <= 64 for row in range(1, ROWS + 1) for column in range(1, COLUMNS + 1)
    )
