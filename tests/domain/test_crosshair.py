"""The crosshair: which way its views face, how its planes turn, where their lines lie."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stacks import geometry
from workstation.domain.crosshair import (
    THREE,
    Crosshair,
    crosshair_in,
    directions,
    lines_on,
    moved,
    set_straight,
    stack_across,
    turned,
)
from workstation.domain.geometry import Geometry, Plane, Vector, cross, direction_letters, dot, step_across
from workstation.domain.projection import slice_plane

ANGLES = st.lists(st.tuples(st.sampled_from(THREE), st.floats(-3, 3)), max_size=8)
GRID = geometry(21, rows=33, columns=40, step=2.5, spacing=(0.9, 0.6))
X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def minus(way: Vector) -> Vector:
    return (-way[0], -way[1], -way[2])


def after(turns: list[tuple[Plane, float]]) -> Crosshair:
    crosshair = crosshair_in(GRID)
    for plane, angle in turns:
        crosshair = turned(crosshair, plane, angle)
    return crosshair


def edges(crosshair: Crosshair, plane: Plane) -> tuple[str, str]:
    right, down = directions(crosshair, plane)
    return direction_letters(minus(down)), direction_letters(right)


ACQUIRED = [
    (row, column) for a, b in itertools.permutations((X, Y, Z), 2) for row in (a, minus(a)) for column in (b, minus(b))
]


@pytest.mark.parametrize(("row", "column"), ACQUIRED)
def test_however_it_was_acquired_head_or_front_is_up_and_left_or_back_at_the_right(row: Vector, column: Vector) -> None:
    crosshair = crosshair_in(geometry(5, rows=6, columns=7, row=row, column=column))

    assert edges(crosshair, Plane.AXIAL) == ("A", "L")
    assert edges(crosshair, Plane.CORONAL) == ("H", "L")
    assert edges(crosshair, Plane.SAGITTAL) == ("H", "P")
    assert all(crosshair.straight(plane) for plane in THREE)


@given(ANGLES)
def test_axes_stay_at_right_angles_whatever_is_turned(turns: list[tuple[Plane, float]]) -> None:
    crosshair = after(turns)
    axes = np.array(crosshair.axes)

    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-9)
    assert np.linalg.det(axes) == pytest.approx(1)


@given(ANGLES)
def test_a_views_right_and_down_lie_in_its_plane(turns: list[tuple[Plane, float]]) -> None:
    crosshair = after(turns)
    for plane in THREE:
        right, down = directions(crosshair, plane)

        assert abs(dot(right, down)) < 1e-9
        facing = cross(right, down)
        assert abs(dot(facing, crosshair.normal(plane))) == pytest.approx(1)


@pytest.mark.parametrize("plane", THREE)
def test_turning_in_a_view_leaves_its_own_picture_still_and_the_turn_is_clockwise(plane: Plane) -> None:
    crosshair = crosshair_in(GRID)
    after_turn = turned(crosshair, plane, math.radians(30))
    right, down = directions(crosshair, plane)

    assert directions(after_turn, plane) == (right, down)
    assert after_turn.straight(plane)
    for other in THREE:
        if other is plane:
            continue
        assert not after_turn.straight(other)
        before, now = np.array(crosshair.normal(other)), np.array(after_turn.normal(other))
        on_screen = [math.atan2(way @ np.array(down), way @ np.array(right)) for way in (before, now)]
        assert math.degrees(on_screen[1] - on_screen[0]) % 360 == pytest.approx(30)
    assert set_straight(after_turn) == crosshair


def test_a_turned_view_keeps_its_head_up() -> None:
    crosshair = turned(turned(crosshair_in(GRID), Plane.AXIAL, math.radians(30)), Plane.SAGITTAL, math.radians(10))

    assert edges(crosshair, Plane.CORONAL)[0].startswith("H")
    assert edges(crosshair, Plane.SAGITTAL)[0].startswith("H")
    assert edges(crosshair, Plane.AXIAL)[0].startswith("A")


@given(ANGLES, st.integers(0, 20))
def test_every_point_of_a_line_lies_on_both_planes(turns: list[tuple[Plane, float]], k: int) -> None:
    crosshair = moved(after(turns), (-150.0, -160.0, -280.0))
    view = slice_plane(GRID, k)
    for plane, line in lines_on(crosshair, view, Plane.AXIAL).items():
        (x, y), (dx, dy) = line.through, line.way
        assert math.hypot(dx, dy) == pytest.approx(1)
        points = view.to_patient(np.array([x, x + 50 * dx]), np.array([y, y + 50 * dy]))
        assert (points - np.array(crosshair.at)) @ np.array(crosshair.normal(plane)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_planes_across_a_volume_hold_all_of_it_and_no_step_is_longer_than_a_voxel(seed: int) -> None:
    matrix, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    right, down = (tuple(map(float, matrix[:, axis])) for axis in (0, 1))
    stack = stack_across(GRID, right, down)  # type: ignore[arg-type]  # three numbers each
    corners = GRID.to_patient(np.array(list(itertools.product(*((0, size - 1) for size in GRID.shape)))))
    index = stack.to_index(corners)

    assert (index >= -1).all()
    assert (index <= np.array(stack.shape)).all()
    per_step = np.array(stack.normal) @ np.array([GRID.row_cosine, GRID.column_cosine, GRID.normal]).T * stack.step
    assert np.abs(per_step / [0.6, 0.9, 2.5]).max() <= 1 + 1e-9


def test_the_step_along_the_volumes_own_directions_is_its_own() -> None:
    assert [step_across(GRID, way) for way in (Z, Y, X)] == pytest.approx([2.5, 0.9, 0.6])


def test_straight_planes_across_are_the_slices_themselves() -> None:
    stack = stack_across(GRID, X, Y)

    assert isinstance(stack, Geometry)
    assert stack.offsets == pytest.approx(GRID.offsets)
