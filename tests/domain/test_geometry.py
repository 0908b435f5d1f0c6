"""Index ⇄ patient, for any orthonormal orientation, spacing, handedness and order."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stacks import geometry
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry, Plane, Vector, ascending_normal, direction_letters

lengths = st.floats(0.05, 20)
turns = st.tuples(*[st.floats(-math.pi, math.pi)] * 3)


def rotation(angles: tuple[float, float, float]) -> np.ndarray:
    matrix = np.eye(3)
    for axis, angle in enumerate(angles):
        turn = np.eye(3)
        i, j = [k for k in range(3) if k != axis]
        turn[i, i] = turn[j, j] = math.cos(angle)
        turn[i, j], turn[j, i] = -math.sin(angle), math.sin(angle)
        matrix = turn @ matrix
    return matrix


def vector(values: np.ndarray) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))


@st.composite
def stacks(draw: st.DrawFn) -> Geometry:
    matrix = rotation(draw(turns))
    if draw(st.booleans()):  # the other handedness: rows written from the bottom up
        matrix[:, 1] = -matrix[:, 1]
    row, column = vector(matrix[:, 0]), vector(matrix[:, 1])
    steps = draw(st.lists(lengths, min_size=0, max_size=6))
    offsets = np.concatenate([[0.0], np.cumsum(steps)])
    normal = np.array(ascending_normal(row, column))
    shear = matrix[:, 0] * draw(st.floats(-0.3, 0.3))
    start = np.array(draw(st.tuples(*[st.floats(-2000, 2000)] * 3)))
    return Geometry(
        positions=start + offsets[:, None] * (normal + shear),
        row_cosine=row,
        column_cosine=column,
        spacing=(draw(lengths), draw(lengths)),
        rows=draw(st.integers(1, 600)),
        columns=draw(st.integers(1, 600)),
    )


@given(stacks(), st.tuples(st.floats(-3, 12), st.floats(-10, 700), st.floats(-10, 700)))
def test_an_index_comes_back_from_the_patient(stack: Geometry, index: Vector) -> None:
    points = stack.to_patient(index)

    assert np.abs(stack.to_patient(stack.to_index(points)) - points).max() < 1e-6
    assert np.abs(stack.to_index(points) - index).max() < 1e-6 * max(1.0, 20 / min(stack.spacing_zyx))


@given(stacks())
def test_first_pixels_lie_at_the_positions_whatever_the_steps(stack: Geometry) -> None:
    index = np.array([[k, 0, 0] for k in range(stack.slices)])

    assert np.allclose(stack.to_patient(index), stack.positions, atol=1e-9)


@given(stacks())
def test_the_step_is_the_median_of_all_steps(stack: Geometry) -> None:
    steps = np.diff(stack.offsets)
    assert stack.step == (np.median(steps) if len(steps) else stack.thickness)


@given(stacks())
def test_the_normal_points_to_the_positive_side_of_its_largest_axis(stack: Geometry) -> None:
    normal = np.array(stack.normal)

    assert normal[np.argmax(np.abs(normal))] > 0
    assert np.isclose(np.linalg.norm(normal), 1)


def test_a_uniform_stack_has_one_affine_that_says_the_same() -> None:
    stack = geometry(9, row=(0.0, 1.0, 0.0), column=(0.0, 0.0, -1.0), step=3.0)
    affine = stack.affine()
    index = np.array([2.5, 10.0, 7.0])

    assert affine is not None
    assert np.allclose((affine @ [*index, 1])[:3], stack.to_patient(index))
    assert stack.plane is Plane.SAGITTAL


def test_uneven_steps_and_shear_have_no_affine() -> None:
    even = geometry(5)
    uneven = np.array(even.positions)
    uneven[4, 2] += 1.0
    sheared = np.array(even.positions) + np.arange(5)[:, None] * [0.0, 0.2, 0.0]

    assert not _with(even, uneven).uniform
    assert _with(even, uneven).affine() is None
    assert _with(even, sheared).shear_deg == pytest.approx(math.degrees(math.atan(0.2)))
    assert _with(even, sheared).affine() is None


@pytest.mark.parametrize(
    "beside",
    [
        lambda k: 5.0 * (k % 2),
        lambda k: 5.0 * np.sin(np.pi * k / 10),
        lambda k: 1.0 * (k > 5),
        lambda k: 0.3 * k + 1.0 * (k == 3),
    ],
    ids=["zigzag", "bow", "jump", "one of a tilted stack"],
)
def test_a_slice_beside_the_line_of_the_others_has_no_affine(beside: Callable[[int], float]) -> None:
    even = geometry(11)
    positions = np.array(even.positions)
    positions[:, 0] += [beside(k) for k in range(11)]
    bent = _with(even, positions)

    assert even.straight
    assert even.drift_mm == pytest.approx(0)
    assert not bent.straight
    assert bent.affine() is None
    assert np.allclose(bent.to_patient([[k, 0, 0] for k in range(11)]), positions)


def test_a_slice_less_than_half_a_pixel_off_is_on_the_line() -> None:
    even = geometry(11)
    positions = np.array(even.positions)
    positions[5, 1] += 0.49 * min(even.spacing)

    assert _with(even, positions).affine() is not None


def _with(stack: Geometry, positions: np.ndarray) -> Geometry:
    return Geometry(
        positions=positions,
        row_cosine=stack.row_cosine,
        column_cosine=stack.column_cosine,
        spacing=stack.spacing,
        rows=stack.rows,
        columns=stack.columns,
    )


@pytest.mark.parametrize("spacing", [(0.0, 1.0), (1.0, -1.0), (math.nan, 1.0), (math.inf, 1.0)])
def test_an_impossible_spacing_is_refused(spacing: tuple[float, float]) -> None:
    with pytest.raises(WorkstationError) as error:
        geometry(spacing=spacing)
    assert error.value.code is ErrorCode.BAD_SPACING


@pytest.mark.parametrize(
    "positions", [[[0, 0, 0], [0, 0, 0]], [[0, 0, 1], [0, 0, 0]], [[0, 0, math.nan]]], ids=["same", "back", "nan"]
)
def test_positions_that_do_not_ascend_are_refused(positions: list[list[float]]) -> None:
    with pytest.raises(WorkstationError) as error:
        _with(geometry(3), np.array(positions))
    assert error.value.code is ErrorCode.BAD_GEOMETRY


@pytest.mark.parametrize("column", [(1.0, 0.0, 0.0), (0.5, 0.5, 0.0), (0.0, 2.0, 0.0)])
def test_cosines_that_are_not_orthonormal_are_refused(column: Vector) -> None:
    with pytest.raises(WorkstationError):
        ascending_normal((1.0, 0.0, 0.0), column)


@given(turns, st.integers(3, 6))
def test_cosines_that_a_file_rounded_are_made_exact(angles: tuple[float, float, float], digits: int) -> None:
    matrix = rotation(angles)
    row, column = (vector(np.round(matrix[:, k], digits)) for k in (0, 1))
    made = geometry(3, row=row, column=column)
    far = (0, 511, 511)

    assert np.abs(np.array([made.row_cosine, made.column_cosine]) - matrix[:, :2].T).max() < 2 * 10**-digits
    assert np.abs(made.to_index(made.to_patient(far)) - far).max() < 1e-9
    assert math.dist(made.to_patient(far)[:], made.to_patient((0, 0, 0))) == pytest.approx(
        511 * math.hypot(*made.spacing), rel=1e-12
    )


def test_two_rounded_directions_are_each_as_the_file_says_but_of_length_one() -> None:
    """As SimpleITK has the last pixel of such a file."""
    row, column = (0.993, 0.122, 0.0), (-0.122, 0.993, 0.0)
    made = geometry(1, row=row, column=column, spacing=(0.8, 0.8), start=(0.0, 0.0, 0.0))

    assert made.to_patient((0, 511, 511)) == pytest.approx((355.89881, 455.59951, 0), abs=1e-5)


def test_equal_geometries_are_told_from_moved_ones() -> None:
    assert geometry(9).same_as(geometry(9))
    assert not geometry(9).same_as(geometry(9, start=(-180.0, -170.0, -299.99)))
    assert not geometry(9).same_as(geometry(9, row=(-1.0, 0.0, 0.0)))


@pytest.mark.parametrize(
    ("way", "letters"),
    [
        ((1, 0, 0), "L"),
        ((-1, 0, 0), "R"),
        ((0, 1, 0), "P"),
        ((0, 0, 1), "H"),
        ((0.95, 0.3, 0), "LP"),
        ((1, 0.1, 0), "L"),
    ],
)
def test_orientation_letters_follow_the_cosines(way: Vector, letters: str) -> None:
    assert direction_letters(way) == letters
