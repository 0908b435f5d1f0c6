"""MPR: three planes of one series share a point. A phantom that is different in all six directions tells them apart."""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.stacks import geometry
from tests.ui.fake_desk import LUNG, SOFT, FakeDesk
from tests.ui.scene import part_of, pixels
from tests.ui.window import analyse, choose, open_study, window_on
from tests.workspace.sitting import result, stack
from workstation.domain.crosshair import Crosshair, crosshair_in, moved, turned
from workstation.domain.geometry import Geometry, Plane, Vector, cross
from workstation.domain.projection import center_of
from workstation.domain.series import Instance, Stack, VoiWindow
from workstation.domain.volume import Values, Volume
from workstation.domain.work import CancelToken, Reporter
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.viewport.crosshair import COLOURS, DASHES, GAP_PX, CrosshairLayer, Drawn
from workstation.ui.viewport.plane_source import CutSource
from workstation.ui.viewport.slice_view import SliceView
from workstation.workspace.layouts import MPR_PLANES, Layout

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
MIDDLE = (10.0, -20.0, 300.0)
# Where each ball lies from the middle, mm, and how bright it is.
BALLS: dict[str, tuple[Vector, int]] = {
    "L": ((14.0, 0.0, 0.0), 1000),
    "R": ((-12.0, 0.0, 0.0), 750),
    "P": ((0.0, 13.0, 0.0), 500),
    "A": ((0.0, -15.0, 0.0), 250),
    "H": ((0.0, 0.0, 15.0), 0),
    "F": ((0.0, 0.0, -13.0), -250),
}
WINDOW = VoiWindow(center=0, width=2400)
ACQUIRED = {
    "axial": (X, Y),
    "axial, prone and feet first": ((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
    "sagittal": (Y, (0.0, 0.0, -1.0)),
    "coronal, upside down": ((-1.0, 0.0, 0.0), Z),
    "slanting": ((math.cos(0.2), math.sin(0.2), 0.0), (-math.sin(0.2), math.cos(0.2), 0.0)),
}


def place_of(letter: str) -> Vector:
    way = BALLS[letter][0]
    return (MIDDLE[0] + way[0], MIDDLE[1] + way[1], MIDDLE[2] + way[2])


def grid_of(row: Vector, column: Vector) -> Geometry:
    """Voxels of 1.5 × 1.1 × 0.8 mm, with the middle in their middle."""
    grid = geometry(41, rows=52, columns=70, step=1.5, spacing=(1.1, 0.8), row=row, column=column)
    middle = grid.to_patient((20, 26, 35))
    return replace(grid, positions=grid.positions + (np.array(MIDDLE) - middle))


def phantom_values(grid: Geometry) -> npt.NDArray[np.int16]:
    points = grid.to_patient(np.moveaxis(np.mgrid[: grid.slices, : grid.rows, : grid.columns], 0, -1))
    values = np.full(grid.shape, -1000, dtype=np.int16)
    for letter, (_, value) in BALLS.items():
        values[np.linalg.norm(points - np.array(place_of(letter)), axis=-1) <= 6.0] = value
    return values


def phantom_stack(grid: Geometry) -> Stack:
    plain = stack("1.2.3#0", slices=grid.slices)

    def placed(instance: Instance) -> Instance:
        return replace(instance, pixels=replace(instance.pixels, rows=grid.rows, columns=grid.columns))

    return replace(plain, geometry=grid, instances=tuple(map(placed, plain.instances)))


class PhantomDesk(FakeDesk):
    def load(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume:
        assert stack.geometry is not None
        return Volume(values=phantom_values(stack.geometry), geometry=stack.geometry, unit="HU")


def three_planes(window: MainWindow, qtbot: QtBot) -> dict[Plane, SliceView]:
    window.resize(1500, 1000)
    open_study(window, qtbot)
    window.perform(Command.LAYOUT_MPR)
    qtbot.waitUntil(lambda: window.reading_room.planes.crosshair is not None)
    rest(window, qtbot)
    views = dict(zip(MPR_PLANES, window.grid.views, strict=True))
    for view in views.values():
        view.show_window(WINDOW)
        view.perform(Command.SMOOTH)
        view.perform(Command.INFO)
    return views


def rest(window: MainWindow, qtbot: QtBot) -> None:
    """Until each view shows the plane through the crosshair, in full."""
    crosshair = crosshair_of(window)

    def there() -> bool:
        for cell in window.reading_room.cells:
            plane, values = cell.view.plane_shown, cell.shown
            assert cell.cell.plane is not None
            if plane is None or values is None or values.slice_values(cell.view.slice_index) is None:
                return False
            facing = np.cross(crosshair.normal(cell.cell.plane), plane.normal)
            beside = abs(float((np.array(crosshair.at) - np.array(plane.position)) @ plane.normal))
            if np.abs(facing).max() > 1e-6 or beside > plane.thickness:
                return False
        return window.reading_room.planes.at_rest

    qtbot.waitUntil(there)


def crosshair_of(window: MainWindow) -> Crosshair:
    crosshair = window.reading_room.planes.crosshair
    assert crosshair is not None
    return crosshair


def on_widget(view: SliceView, point: Vector) -> QPointF:
    plane = view.plane_shown
    assert plane is not None
    x, y, _ = plane.to_view(point)
    return view.to_widget().map(QPointF(float(x), float(y)))


def gray_at(view: SliceView, point: Vector) -> int:
    """Of most pixels near a point: letters of the directions may stand over one or the other."""
    at = on_widget(view, point)
    return int(np.median(pixels(view)[part_of(view, QRectF(at.x() - 7.5, at.y() - 7.5, 15, 15))][..., 0]))


def gray_of(value: float) -> int:
    """PS3.3 C.11.2.1.2.1."""
    ramp = (value - (WINDOW.center - 0.5)) / (WINDOW.width - 1) + 0.5
    return round(min(1.0, max(0.0, ramp)) * 255)


def seen_at(view: SliceView, letter: str) -> tuple[float, float]:
    """Where a ball's own gray is on the screen."""
    screen = pixels(view)[..., 0].astype(int)
    rows, columns = np.nonzero(np.abs(screen - gray_of(BALLS[letter][1])) <= 1)
    assert len(rows) > 20, f"{letter} is not seen"
    return float(np.median(columns)), float(np.median(rows))


@pytest.mark.parametrize("acquired", list(ACQUIRED))
def test_head_or_front_is_up_and_left_or_back_at_the_right_however_it_was_acquired(acquired: str, qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(*ACQUIRED[acquired]))), qtbot) as window:
        views = three_planes(window, qtbot)
        window.reading_room.planes.crosshair_at(MIDDLE)
        window.perform(Command.CROSSHAIR)
        rest(window, qtbot)
        stack_plane = window.sitting.state.stacks[0].plane

        for plane, (up, down, right, left) in {
            Plane.AXIAL: "APLR",
            Plane.CORONAL: "HFLR",
            Plane.SAGITTAL: "HFPA",
        }.items():
            if plane is stack_plane and acquired != "axial":
                continue  # slices as they were acquired keep the way they were acquired
            places = {letter: seen_at(views[plane], letter) for letter in (up, down, right, left)}
            assert places[up][1] < places[down][1]
            assert places[right][0] > places[left][0]


@pytest.mark.parametrize(
    ("acquired", "is_turned"),
    [
        ("axial", False),
        ("axial, prone and feet first", True),
        ("sagittal", False),
        ("coronal, upside down", True),
        ("slanting", False),
        ("slanting", True),
    ],
)
def test_a_point_is_in_the_middle_of_the_crosshair_in_all_planes(acquired: str, is_turned: bool, qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(*ACQUIRED[acquired]))), qtbot) as window:
        views = three_planes(window, qtbot)
        planes = window.reading_room.planes
        if is_turned:
            crosshair = turned(turned(crosshair_of(window), Plane.AXIAL, 0.5), Plane.CORONAL, -0.3)
            planes.show_crosshair(crosshair)
        for letter, (_, value) in BALLS.items():
            planes.crosshair_at(place_of(letter))
            rest(window, qtbot)
            for view in views.values():
                assert abs(gray_at(view, place_of(letter)) - gray_of(value)) <= 1


def test_the_wheel_goes_along_the_views_own_normal_and_takes_the_crosshair_along(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        views = three_planes(window, qtbot)
        window.reading_room.planes.crosshair_at(MIDDLE)
        axial, sagittal = views[Plane.AXIAL].slice_index, views[Plane.SAGITTAL].slice_index
        views[Plane.CORONAL].perform(Command.NEXT_SLICE)

        assert np.array(crosshair_of(window).at) - MIDDLE == pytest.approx([0, 1.1, 0], abs=1e-6)
        assert (views[Plane.AXIAL].slice_index, views[Plane.SAGITTAL].slice_index) == (axial, sagittal)

        views[Plane.AXIAL].perform(Command.PREVIOUS_SLICE)
        assert crosshair_of(window).at[2] == pytest.approx(MIDDLE[2] - 1.5)


def test_the_wheel_in_a_turned_view_goes_along_its_normal(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        views = three_planes(window, qtbot)
        planes = window.reading_room.planes
        planes.show_crosshair(turned(moved(crosshair_of(window), MIDDLE), Plane.AXIAL, math.radians(30)))
        rest(window, qtbot)
        normal = np.array(crosshair_of(window).normal(Plane.CORONAL))
        views[Plane.CORONAL].perform(Command.NEXT_SLICE)
        first = np.array(crosshair_of(window).at)
        views[Plane.CORONAL].perform(Command.NEXT_SLICE)
        way = np.array(crosshair_of(window).at) - first

        assert np.linalg.norm(way) > 0.5
        assert np.abs(np.cross(way / np.linalg.norm(way), normal)).max() < 1e-6


def test_what_is_under_the_pointer_in_a_turned_plane_is_told_in_patient_millimetres(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        views = three_planes(window, qtbot)
        crosshair = turned(moved(crosshair_of(window), place_of("H")), Plane.AXIAL, 0.4)
        window.reading_room.planes.show_crosshair(crosshair)
        rest(window, qtbot)
        told = []
        view = views[Plane.SAGITTAL]
        view.cursor_moved.connect(told.append)
        qtbot.mouseMove(view, on_widget(view, place_of("H")).toPoint())
        qtbot.waitUntil(lambda: bool(told))

        assert np.abs(np.array(told[-1].position) - place_of("H")).max() < 1.6
        assert told[-1].value == BALLS["H"][1]


@pytest.mark.parametrize(("shear", "holes"), [(0.5, False), (0.0, True), (0.5, True)])
def test_a_tilted_or_gapped_series_is_straightened_and_every_view_says_so(
    shear: float, holes: bool, qtbot: QtBot
) -> None:
    grid = grid_of(X, Y)
    shifted = grid.positions + np.arange(41)[:, None] * np.array([0.0, shear, 0.0])
    if holes:
        shifted[20:] += np.array([0.0, 3 * shear, 4.5])
    with window_on(PhantomDesk(phantom_stack(replace(grid, positions=shifted))), qtbot) as window:
        views = three_planes(window, qtbot)

        for view in views.values():
            assert ("filled by interpolation" in view.accessibleDescription()) == holes
            assert ("were straightened" in view.accessibleDescription()) == bool(shear)
            tilt = ["tilt of 18.4° corrected"] if shear else []
            assert view.note == " · ".join(tilt + ["gaps filled by interpolation"] * holes)
        for letter in ("H", "F", "A"):
            window.reading_room.planes.crosshair_at(place_of(letter))
            rest(window, qtbot)
            for view in views.values():
                assert abs(gray_at(view, place_of(letter)) - gray_of(BALLS[letter][1])) <= 8


def test_jumping_to_a_finding_shows_it_in_all_planes(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        analyse(window, qtbot)
        window.perform(Command.LAYOUT_MPR)
        qtbot.waitUntil(lambda: window.reading_room.planes.crosshair is not None)
        window.perform(Command.NEXT_FINDING)
        window.perform(Command.NEXT_FINDING)
        selected = window.sitting.state.selected
        finding = next(one for one in result().findings if one.id.endswith(selected.split("/")[-1]))
        rest(window, qtbot)

        assert crosshair_of(window).at == pytest.approx(center_of(finding))
        for view in window.grid.views:
            assert any(drawable.finding_id == selected for drawable in view.drawables)


def test_a_slab_is_said_in_the_corner_and_shows_what_lies_beside_the_plane(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        views = three_planes(window, qtbot)
        beside = (MIDDLE[0], MIDDLE[1] + 8.0, MIDDLE[2] + 15.0)  # 2 mm behind the ball
        window.reading_room.planes.crosshair_at(beside)
        window.perform(Command.CROSSHAIR)
        rest(window, qtbot)
        assert gray_at(views[Plane.CORONAL], place_of("H")) == gray_of(-1000)
        window.perform(Command.SLAB)
        window.perform(Command.SLAB_THICKER)
        rest(window, qtbot)

        assert views[Plane.CORONAL].note == "MIP 15 mm"
        assert abs(gray_at(views[Plane.CORONAL], place_of("H")) - gray_of(BALLS["H"][1])) <= 1
        window.perform(Command.SLAB)
        rest(window, qtbot)
        assert views[Plane.CORONAL].note == "MinIP 15 mm"
        assert gray_at(views[Plane.CORONAL], place_of("H")) == gray_of(-1000)


def test_a_finding_within_a_slab_is_marked_on_it(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        analyse(window, qtbot)
        window.perform(Command.LAYOUT_MPR)
        qtbot.waitUntil(lambda: window.reading_room.planes.crosshair is not None)
        window.perform(Command.NEXT_FINDING)
        finding = result().findings[0]
        x, y, z = center_of(finding) or MIDDLE
        window.reading_room.planes.crosshair_at((x, y, z + 6.0))  # its radius is 3 mm
        rest(window, qtbot)
        axial = window.grid.views[0]
        assert not any(one.finding_id == window.sitting.state.selected for one in axial.drawables)
        window.perform(Command.SLAB)
        rest(window, qtbot)

        assert any(one.finding_id == window.sitting.state.selected for one in axial.drawables)


def test_leaving_mpr_takes_the_crosshair_away_and_coming_back_finds_it(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        three_planes(window, qtbot)
        window.reading_room.planes.crosshair_at(place_of("R"))
        window.perform(Command.LAYOUT_ONE)

        assert window.sitting.state.hanging.layout is Layout.ONE
        assert window.reading_room.planes.crosshair is None
        window.perform(Command.LAYOUT_MPR)
        qtbot.waitUntil(lambda: window.reading_room.planes.crosshair is not None)
        assert crosshair_of(window).at == pytest.approx(place_of("R"))


def test_a_plane_still_being_made_never_comes_over_the_series_chosen_meanwhile(qtbot: QtBot) -> None:
    desk = FakeDesk(LUNG, SOFT)
    with window_on(desk, qtbot) as window:
        three_planes(window, qtbot)
        window.perform(Command.SLAB)  # of the first series, in the pool
        desk.gate.clear()  # the second one's volume is not in yet
        choose(window, qtbot, SOFT.id)
        planes, cell = window.reading_room.planes, window.reading_room.cells[0]
        qtbot.waitUntil(lambda: planes.at_rest)

        assert cell.stack is not None
        assert cell.stack.id == SOFT.id
        assert cell.shown is cell.source


def test_over_a_single_slice_no_crosshair_of_the_series_before_stays(qtbot: QtBot) -> None:
    scout = stack("1.2.9#0", number=9, slices=1)
    with window_on(FakeDesk(LUNG, scout), qtbot) as window:
        axial = three_planes(window, qtbot)[Plane.AXIAL]
        (layer,) = axial.findChildren(CrosshairLayer)
        before = layer.isVisible()
        choose(window, qtbot, scout.id)

        assert before
        assert not layer.isVisible()


# The hand


def drawn_on(window: MainWindow, plane: Plane) -> Drawn:
    drawn = window.reading_room.planes.drawn(plane)
    assert drawn is not None
    return drawn


def drag(qtbot: QtBot, view: SliceView, start: QPointF, end: QPointF) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(view, left, pos=start.toPoint())
    for share in (0.3, 0.7, 1.0):
        qtbot.mouseMove(view, (start + (end - start) * share).toPoint())
    qtbot.mouseRelease(view, left, pos=end.toPoint())


def test_dragging_near_the_point_moves_it_and_a_line_moves_its_plane_alone(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        view = three_planes(window, qtbot)[Plane.AXIAL]
        window.reading_room.planes.crosshair_at(MIDDLE)
        center = drawn_on(window, Plane.AXIAL).center
        drag(qtbot, view, center, center + QPointF(40, 24))
        after = crosshair_of(window)
        assert after.at[0] > MIDDLE[0] + 1
        assert after.at[1] > MIDDLE[1] + 1
        assert after.at[2] == pytest.approx(MIDDLE[2])

        arm = next(one for one in drawn_on(window, Plane.AXIAL).arms if one.plane is Plane.SAGITTAL)
        there = drawn_on(window, Plane.AXIAL).center + QPointF(0, GAP_PX + 20)
        assert arm.distance(there) < 1
        drag(qtbot, view, there, there + QPointF(-30, 17))
        assert crosshair_of(window).at[0] < after.at[0] - 1
        assert crosshair_of(window).at[1:] == pytest.approx(after.at[1:])


def test_a_crosshair_dragged_beyond_the_volume_stays_on_its_last_slice(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        views = three_planes(window, qtbot)
        window.reading_room.planes.crosshair_at(MIDDLE)
        center = drawn_on(window, Plane.CORONAL).center
        view = views[Plane.CORONAL]
        for _ in range(6):
            view.perform(Command.ZOOM_OUT)
        drag(qtbot, view, center, QPointF(center.x(), 3))
        rest(window, qtbot)
        axial = views[Plane.AXIAL]
        shown = axial.plane_shown

        assert shown is not None
        assert axial.slice_index == 40
        assert crosshair_of(window).at[2] == pytest.approx(shown.position[2])
        crosshair = replace(crosshair_of(window), at=(1e4, -1e4, -1e4))
        window.reading_room.planes.show_crosshair(crosshair)
        assert axial.slice_index == 0


def test_dragging_the_end_of_a_line_turns_the_two_planes_as_far(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        view = three_planes(window, qtbot)[Plane.AXIAL]
        window.reading_room.planes.crosshair_at(MIDDLE)
        drawn = drawn_on(window, Plane.AXIAL)
        arm = next(one for one in drawn.arms if one.plane is Plane.CORONAL)
        handle = max(arm.handles, key=lambda one: one.x())
        radius, angle = handle.x() - drawn.center.x(), math.radians(20)
        end = drawn.center + QPointF(radius * math.cos(angle), radius * math.sin(angle))
        drag(qtbot, view, handle, end)
        crosshair = crosshair_of(window)

        assert crosshair.straight(Plane.AXIAL)
        back = crosshair.normal(Plane.CORONAL)
        assert math.degrees(math.atan2(-back[0], back[1])) == pytest.approx(20, abs=1)
        assert cross(crosshair.axes[0], crosshair.axes[1]) == pytest.approx(crosshair.axes[2])
        window.perform(Command.CROSSHAIR_STRAIGHT)
        assert all(crosshair_of(window).straight(plane) for plane in MPR_PLANES)


def test_shift_and_a_click_set_the_point_anywhere(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        view = three_planes(window, qtbot)[Plane.AXIAL]
        window.reading_room.planes.crosshair_at(MIDDLE)
        at: QPoint = on_widget(view, place_of("L")).toPoint()
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, at)

        assert crosshair_of(window).at == pytest.approx(place_of("L"), abs=0.5)


def test_the_pictures_are_of_the_last_place_of_the_hand_in_full(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        three_planes(window, qtbot)
        layer_moved = window.reading_room.planes.follow_hand
        for degree in range(30):
            layer_moved(turned(moved(crosshair_of(window), MIDDLE), Plane.AXIAL, math.radians(degree / 10)))
        rest(window, qtbot)
        for cell in window.reading_room.cells:
            values = cell.shown.slice_values(cell.view.slice_index) if cell.shown is not None else None
            assert values is not None
            # At half the resolution every second row would be the one before.
            assert cell.cell.plane is Plane.AXIAL or not np.array_equal(values[0:-1:2], values[1::2])


def test_both_turned_planes_follow_while_a_hand_moves(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick pictures are made one at a time: the plane that comes first must not be made alone, again and again."""
    made: list[Vector] = []
    make = CutSource.make

    def noted(self: CutSource, k: int, *, quick: bool, **more: Any) -> Values:
        time.sleep(0.01)  # the hand is on before it is made
        if quick and self.geometry is not None:
            made.append(self.geometry.normal)
        return make(self, k, quick=quick, **more)

    monkeypatch.setattr(CutSource, "make", noted)
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        three_planes(window, qtbot)
        start = crosshair_in(grid_of(X, Y))
        for step in itertools.takewhile(lambda _: len(made) < 15, range(1, 2000)):
            window.reading_room.planes.follow_hand(turned(start, Plane.AXIAL, step % 60 / 100 + 0.01))
            qtbot.wait(4)
        coronal = sum(abs(normal[1]) > abs(normal[0]) for normal in made)

        assert 5 <= coronal <= len(made) - 5


def test_planes_are_told_apart_by_more_than_colour() -> None:
    assert len(set(DASHES.values())) == len(set(COLOURS.values())) == 3


def title_of(view: SliceView) -> QRectF:
    view.grab()
    (layer,) = view.findChildren(CrosshairLayer)
    return layer.title_area


def test_the_name_of_a_plane_covers_no_measure_and_no_words(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(), qtbot) as window:
        views = three_planes(window, qtbot)
        window.perform(Command.TOOL_LENGTH)
        for view in views.values():
            before = title_of(view)
            start = before.center()
            end = QPoint(round(start.x()) + 60, round(start.y()) + 4)
            assert not before.isEmpty()
            QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start.toPoint())
            QTest.mouseMove(view, end)
            QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
            title = title_of(view)
            measures = view.painted_measures
            words = [*(one.label for one in measures), *view.painted_words]

            assert any(one.outline.intersects(before) for one in measures)
            assert not title.isEmpty()
            assert not any(one.outline.intersects(title) for one in measures)
            assert not any(one.intersects(title) for one in words)
