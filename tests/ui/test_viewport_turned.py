"""However a slice is flipped and turned, what is painted over it stays over what it is about: on rendered pixels.

The phantom has a ball, a box and a letter without any symmetry. What the screen should show is worked out from the
values alone, flipped and turned as the keys say; nothing of the camera is used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.stacks import geometry
from tests.ui.scene import PROVEN, bare, nodule, part_of, picture, to_pixels, viewport
from workstation.domain.geometry import Geometry
from workstation.domain.placement import box_at
from workstation.domain.series import VoiWindow
from workstation.domain.shapes import Mask, Shape, Sphere
from workstation.domain.volume import LabelVolume, Volume
from workstation.ui.keys import Command
from workstation.ui.viewport.corner import edge_letters
from workstation.ui.viewport.pose import Pose
from workstation.ui.viewport.slice_view import SliceView

Gray = npt.NDArray[np.uint8]
H, V, RIGHT, LEFT = Command.FLIP_ACROSS, Command.FLIP_DOWN, Command.TURN_RIGHT, Command.TURN_LEFT
WAYS = [(), (H,), (V,), (H, V), (RIGHT,), (LEFT,), (RIGHT, H), (RIGHT, V), (H, RIGHT), (LEFT, H, V, RIGHT, RIGHT)]
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: ", ".join(way) or "upright")
KEYS: dict[Command, Callable[[npt.NDArray[Any]], npt.NDArray[Any]]] = {
    H: lambda seen: seen[:, ::-1],
    V: lambda seen: seen[::-1],
    RIGHT: lambda seen: np.rot90(seen, -1),
    LEFT: lambda seen: np.rot90(seen, 1),
}
ORDERS = {
    "as usual": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "rows reversed": ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
    "columns reversed": ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "sagittal": ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
}
SHAPES = {"square": (1.0, 1.0), "tall": (2.0, 1.0), "wide": (1.0, 2.0)}
PHANTOMS = [(order, shape) for order in ORDERS for shape in SHAPES if order == "as usual" or shape == "tall"]
WINDOW = VoiWindow(center=0, width=400)
K, BALL, RADIUS, BOX = 3, (50, 40), 16, (slice(20, 41), slice(90, 120))
DARK, BRIGHT = -150, 100


@dataclass(frozen=True)
class Phantom:
    grid: Geometry
    volume: Volume
    letter: LabelVolume


def phantom(order: str, shape: str) -> Phantom:
    row, column = ORDERS[order]
    grid = geometry(7, rows=96, columns=130, step=3.0, spacing=SHAPES[shape], row=row, column=column)
    letter = np.zeros(grid.shape, dtype=np.uint8)
    letter[K, 56:90, 70:76] = letter[K, 56:62, 70:98] = letter[K, 70:76, 70:88] = 1  # an F
    values = np.full(grid.shape, DARK, dtype=np.int16)
    values[letter == 1] = BRIGHT
    values[K][BOX] = BRIGHT
    rows, columns = np.mgrid[: grid.rows, : grid.columns]
    away = np.hypot((rows - BALL[0]) * grid.spacing[0], (columns - BALL[1]) * grid.spacing[1])
    values[K][away <= RADIUS] = BRIGHT
    return Phantom(
        grid, Volume(values=values, geometry=grid, unit="HU"), LabelVolume(name="m", values=letter, geometry=grid)
    )


@pytest.fixture(scope="module", params=PHANTOMS, ids="-".join)
def made(request: pytest.FixtureRequest) -> Phantom:
    return phantom(*request.param)


def turned(view: SliceView, way: tuple[Command, ...]) -> SliceView:
    for command in way:
        view.perform(command)
    return view


def shown_as(values: npt.NDArray[Any], way: tuple[Command, ...], grid: Geometry) -> npt.NDArray[Any]:
    """A slice on the screen: pixels by their size, then flipped and turned."""
    small = min(grid.spacing)
    seen = values.repeat(round(grid.spacing[0] / small), axis=0).repeat(round(grid.spacing[1] / small), axis=1)
    for command in way:
        seen = KEYS[command](seen)
    return seen


def seen_by(qtbot: QtBot, made: Phantom, way: tuple[Command, ...]) -> tuple[SliceView, Gray]:
    """The view at one to one, and its picture without marks."""
    view = bare(viewport(qtbot, made.volume))
    view.show_window(WINDOW)
    view.show_slice(K)
    view.perform(Command.ONE_TO_ONE)
    turned(view, way)
    return view, picture(view)


def part(screen: Gray, view: SliceView, like: npt.NDArray[Any]) -> Gray:
    """Where the slice lies: it is in the middle of the view."""
    rect = to_pixels(view).mapRect(slice_rect(view))
    top, left = round(rect.top()), round(rect.left())
    assert (round(rect.height()), round(rect.width())) == like.shape[:2]
    return screen[top : top + like.shape[0], left : left + like.shape[1]]


def slice_rect(view: SliceView) -> QRectF:
    return QRectF(-0.5, -0.5, view.camera.columns, view.camera.rows)


def bounds(where: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    rows, columns = np.nonzero(where)
    return np.array([rows.min(), rows.max(), columns.min(), columns.max()])


def marked(qtbot: QtBot, made: Phantom, way: tuple[Command, ...], shape: Shape) -> tuple[Gray, Gray, Gray]:
    """The slice as it should be seen, as it is seen, and with the mark of a finding over it, without its label."""
    view, plain = seen_by(qtbot, made, way)
    expected = shown_as(made.volume.values[K], way, made.grid)
    masks = (made.letter,) if isinstance(shape, Mask) else ()
    view.show_findings([nodule((0, 0, 0), 1, shapes=(shape,))], {}, "job/1", PROVEN, masks=masks)
    now = picture(view)
    words = part_of(view, view.painted[0].label.adjusted(-3, -3, 3, 3))
    now[words] = plain[words]
    return expected, part(plain, view, expected), part(now, view, expected)


@every_way
def test_the_picture_lies_as_the_keys_say(qtbot: QtBot, made: Phantom, way: tuple[Command, ...]) -> None:
    view, plain = seen_by(qtbot, made, way)
    expected = shown_as(made.volume.values[K], way, made.grid)

    assert np.array_equal(part(plain, view, expected)[..., 0] > 127, expected == BRIGHT)


@every_way
def test_a_mask_covers_its_letter_to_the_pixel(qtbot: QtBot, made: Phantom, way: tuple[Command, ...]) -> None:
    _, plain, now = marked(qtbot, made, way, Mask(volume="m", label=1))
    letter = shown_as(made.letter.values[K], way, made.grid) == 1

    changed = np.ptp(now.astype(int) - plain, axis=-1) > 20
    edge = changed & ~letter
    assert (changed & letter).sum() == letter.sum()
    assert edge.sum() < 0.5 * letter.sum()  # its line, of one pixel
    assert np.abs(bounds(changed) - bounds(letter)).max() <= 1


@every_way
def test_a_circle_stays_round_its_ball(qtbot: QtBot, made: Phantom, way: tuple[Command, ...]) -> None:
    x, y, z = (float(mm) for mm in made.grid.to_patient((K, *BALL)))
    _, plain, now = marked(qtbot, made, way, Sphere(center=(x, y, z), radius=RADIUS))
    ball = np.zeros(made.grid.shape[1:], dtype=np.int16)
    ball[BALL[0] - 1 : BALL[0] + 2, BALL[1] - 1 : BALL[1] + 2] = 1
    middle = bounds(shown_as(ball, way, made.grid) == 1).reshape(2, 2).mean(axis=1)

    ring = bounds(np.ptp(now.astype(int) - plain, axis=-1) > 60).reshape(2, 2)
    assert np.abs(ring.mean(axis=1) - middle).max() <= 1
    across = RADIUS / min(made.grid.spacing)
    line = 5 * QApplication.primaryScreen().devicePixelRatio()  # outside its edge, and a line's width
    assert np.abs(np.diff(ring, axis=1).ravel() / 2 - across).max() <= line


@every_way
def test_a_box_stays_round_its_box(qtbot: QtBot, made: Phantom, way: tuple[Command, ...]) -> None:
    first, last = (K, BOX[0].start, BOX[1].start), (K, BOX[0].stop - 1, BOX[1].stop - 1)
    _, plain, now = marked(qtbot, made, way, box_at(first, last, made.grid))
    inside = np.zeros(made.grid.shape[1:], dtype=np.int16)
    inside[BOX] = 1

    frame = bounds(np.ptp(now.astype(int) - plain, axis=-1) > 60)
    assert np.abs(frame - bounds(shown_as(inside, way, made.grid) == 1)).max() <= 2


@every_way
def test_the_pointer_reads_the_value_that_is_under_it(qtbot: QtBot, made: Phantom, way: tuple[Command, ...]) -> None:
    values = np.arange(96 * 130, dtype=np.int16).reshape(1, 96, 130).repeat(7, axis=0)
    grid = made.grid
    view = bare(viewport(qtbot, Volume(values=values, geometry=grid, unit="HU")))
    view.perform(Command.ONE_TO_ONE)
    turned(view, way)
    expected = shown_as(values[K], way, grid)
    rect = view.to_widget().mapRect(slice_rect(view))
    heard: list[Any] = []
    view.cursor_moved.connect(heard.append)

    for row, column in ((10, 20), (80, 60)):
        view._point(rect.topLeft() + QPointF(column + 0.5, row + 0.5) / view.devicePixelRatioF())

    assert [point.value for point in heard] == [float(expected[10, 20]), float(expected[80, 60])]


@pytest.mark.parametrize(
    ("way", "letters"),
    [
        ((), "RLAP"),
        ((H,), "LRAP"),
        ((V,), "RLPA"),
        ((RIGHT,), "PARL"),
        ((LEFT,), "APLR"),
        ((RIGHT, RIGHT), "LRPA"),
        ((RIGHT, H), "APRL"),
    ],
)
def test_the_letters_follow(way: tuple[Command, ...], letters: str) -> None:
    pose = Pose()
    for command in way:
        turn = command in (RIGHT, LEFT)
        pose = pose.turned(1 if command is RIGHT else -1) if turn else pose.flipped(across=command is H)

    assert "".join(edge_letters(geometry(1), pose)) == letters  # left, right, top, bottom


def test_a_reset_puts_the_picture_upright(qtbot: QtBot) -> None:
    view = viewport(qtbot, phantom("as usual", "tall").volume)
    before = view.to_widget()

    turned(view, (RIGHT, H))
    lying = view.to_widget()
    view.perform(Command.RESET)

    assert lying != before
    assert view.to_widget() == before


def test_a_turned_picture_is_as_large_as_the_view_allows(qtbot: QtBot) -> None:
    view = viewport(qtbot, Volume(values=np.zeros((1, 50, 200), np.int16), geometry=None, unit=""))
    view.resize(800, 400)

    view.perform(RIGHT)

    assert view.to_widget().mapRect(slice_rect(view)).height() == pytest.approx(400, abs=1)


def test_the_point_under_the_pointer_stays_there_when_a_turned_picture_is_zoomed(qtbot: QtBot) -> None:
    view = turned(viewport(qtbot, phantom("as usual", "wide").volume), (LEFT, V))
    at = QPointF(123, 301)
    before = view.to_widget().inverted()[0].map(at)

    view._zoom(3.1, at)

    moved = view.to_widget().map(before) - at
    assert max(abs(moved.x()), abs(moved.y())) <= 2  # edges are on whole pixels before and after


def test_turning_keeps_what_is_in_the_middle_of_the_view_there(qtbot: QtBot) -> None:
    view = viewport(qtbot, phantom("as usual", "tall").volume)
    view._zoom(4.0, QPointF(200, 250))
    view._pan(QPointF(60, -35))
    middle = QPointF((view.width() - 24) / 2, view.height() / 2)
    before = view.to_widget().inverted()[0].map(middle)

    turned(view, (RIGHT, H, LEFT, LEFT))

    moved = view.to_widget().map(before) - middle
    assert max(abs(moved.x()), abs(moved.y())) <= 2
