"""Shapes cut by a plane: the marks lie where the patient's millimetres are."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stacks import geometry
from workstation.domain.finding import Basis, Finding
from workstation.domain.geometry import Geometry
from workstation.domain.mask_cut import labels_on
from workstation.domain.placement import box_at
from workstation.domain.projection import (
    PROJECTORS,
    Dot,
    Ellipse,
    LabelImage,
    Path,
    Text,
    ViewPlane,
    angle_deg,
    center_of,
    project,
    slice_plane,
    slices_of,
    widest_slice,
)
from workstation.domain.shapes import Angle, Contour, Label, Line, Mask, Point, Shape, Sphere
from workstation.domain.volume import LabelVolume
from workstation.domain.words import say

sitk = pytest.importorskip("SimpleITK")

GRID = geometry(20, rows=64, columns=48, step=2.0, spacing=(0.5, 1.5))


def at(slice_: float, row: float, column: float) -> tuple[float, float, float]:
    x, y, z = GRID.to_patient((slice_, row, column))
    return (float(x), float(y), float(z))


def test_every_shape_has_a_projector_and_no_other_has() -> None:
    assert set(PROJECTORS) == set(get_args(Shape))


def test_a_ball_is_round_in_the_patient_where_pixels_are_not_square() -> None:
    (mark,) = project(Sphere(center=at(7, 30, 20), radius=6.0), slice_plane(GRID, 7))

    assert isinstance(mark, Ellipse)
    assert mark.center == pytest.approx((20, 30))
    assert mark.radius == pytest.approx((4.0, 12.0))


def test_a_balls_cut_shrinks_with_the_distance_and_ends_at_its_edge() -> None:
    ball = Sphere(center=at(7, 30, 20), radius=6.0)

    (three_off,) = project(ball, slice_plane(GRID, 10))

    assert isinstance(three_off, Ellipse)
    assert three_off.radius[1] * 0.5 == pytest.approx(np.sqrt(36 - 25))  # 6 mm away, less half a step
    assert project(ball, slice_plane(GRID, 11)) == ()


def test_a_ball_smaller_than_the_step_is_never_lost_between_two_slices() -> None:
    ball = Sphere(center=at(7.5, 30, 20), radius=0.3)

    assert [bool(project(ball, slice_plane(GRID, k))) for k in (6, 7, 8, 9)] == [False, True, True, False]


def test_a_box_is_cut_to_its_rectangle_on_each_of_its_slices() -> None:
    box = box_at((3, 10, 5), (6, 20, 8), GRID)

    (mark,) = project(box, slice_plane(GRID, 6))

    assert isinstance(mark, Path)
    assert sorted(np.unique(np.round(mark.points, 6), axis=0).tolist()) == [
        [4.5, 9.5],
        [4.5, 20.5],
        [8.5, 9.5],
        [8.5, 20.5],
    ]
    assert project(box, slice_plane(GRID, 7)) == ()
    assert project(box, slice_plane(GRID, 2)) == ()


def test_points_and_labels_stand_on_their_own_slice_only() -> None:
    assert project(Point(at=at(7, 3, 4)), slice_plane(GRID, 7)) == (Dot(pytest.approx((4, 3))),)  # type: ignore[arg-type]
    assert project(Point(at=at(7, 3, 4)), slice_plane(GRID, 8)) == ()
    (text,) = project(Label(text="L4", at=at(7, 3, 4)), slice_plane(GRID, 7))
    assert isinstance(text, Text)
    assert text.text == "L4"


def test_a_line_through_slices_is_cut_to_each_slab() -> None:
    line = Line(start=at(5, 10, 10), end=at(9, 30, 10))

    (mark,) = project(line, slice_plane(GRID, 7))

    assert isinstance(mark, Path)
    assert np.allclose(mark.points, [(10, 17.5), (10, 22.5)], atol=1e-4)


def test_a_contour_in_its_plane_is_closed_and_an_angle_keeps_its_vertex() -> None:
    corners = (at(7, 1, 1), at(7, 9, 1), at(7, 9, 9))
    (closed,) = project(Contour(points=corners), slice_plane(GRID, 7))
    angle, width = project(Angle(start=corners[0], vertex=corners[1], end=corners[2]), slice_plane(GRID, 7))

    assert isinstance(closed, Path)
    assert closed.closed
    assert isinstance(angle, Path)
    assert np.allclose(angle.points, [(1, 1), (1, 9), (9, 9)], atol=1e-6)
    assert isinstance(width, Text)
    assert np.allclose(width.at, (1, 9), atol=1e-6)
    assert width.text == "90.0°"


@pytest.mark.parametrize("degrees", [0.0, 30.0, 90.0, 175.24, 180.0])
def test_an_angle_is_measured_in_the_patient(degrees: float) -> None:
    turn = np.radians(degrees)
    arms = {"start": (5.0, 0.0, 0.0), "vertex": (0.0, 0.0, 0.0), "end": (3 * np.cos(turn), 0.0, 3 * np.sin(turn))}

    assert angle_deg(Angle(**arms)) == pytest.approx(degrees, abs=1e-9)


def test_a_line_that_only_goes_through_a_plane_is_a_dot_on_it() -> None:
    through = Line(start=at(5, 10, 10), end=at(9, 10, 10))

    assert [type(mark) for mark in project(through, slice_plane(GRID, 7))] == [Dot]


@pytest.mark.parametrize("name", ["plane along the grid", "uneven steps", "oblique"])
def test_a_mask_on_a_plane_across_its_slices_has_the_nearest_voxels(name: str) -> None:
    turn = 0.2 if name == "oblique" else 0.0
    steps = [0.0, 2.0, 4.0, 9.0, 11.0] if name == "uneven steps" else [0.0, 2.0, 4.0, 6.0, 8.0]
    grid = Geometry(
        positions=np.array([(0.0, 0.0, z) for z in steps]),
        row_cosine=(1, 0, 0),
        column_cosine=(0, 1, 0),
        spacing=(1.5, 0.5),
        rows=6,
        columns=9,
    )
    labels = np.random.default_rng(3).integers(0, 3, grid.shape).astype(np.uint8)
    right = (0.0, float(np.cos(turn)), float(np.sin(turn)))
    plane = ViewPlane(
        position=(2.0, -1.0, 12.0), right=right, down=(0.0, float(np.sin(turn)), -float(np.cos(turn))),
        spacing=(0.7, 0.9), rows=20, columns=14, thickness=1.0,
    )  # fmt: skip
    (mark,) = project(Mask(volume="m", label=2), plane, (LabelVolume(name="m", values=labels, geometry=grid),))

    assert isinstance(mark, LabelImage)
    y, x = np.mgrid[: plane.rows, : plane.columns]
    index = np.rint(grid.to_index(plane.to_patient(x, y))).astype(int)
    expected = np.array(
        [[(i >= 0).all() and (i < labels.shape).all() and labels[tuple(i)] == 2 for i in row] for row in index]
    )
    assert np.array_equal(mark.covered, expected)


def test_a_mask_covers_exactly_its_labelled_voxels() -> None:
    values = np.zeros(GRID.shape, dtype=np.uint8)
    values[7, 10:20, 5:9] = 2
    mask = LabelVolume(name="lungs", values=values, geometry=GRID)

    (mark,) = project(Mask(volume="lungs", label=2), slice_plane(GRID, 7), [mask])

    assert isinstance(mark, LabelImage)
    assert np.array_equal(mark.covered, values[7] == 2)
    assert project(Mask(volume="lungs", label=1), slice_plane(GRID, 7), [mask]) == ()


@pytest.mark.parametrize("turned_deg", [0.0, 7.0])
def test_a_mask_on_another_grid_covers_the_pixels_whose_nearest_voxel_has_the_label(turned_deg: float) -> None:
    """The mask's rows run the other way and its pixels are coarser; turned, no row lies along a row of the view."""
    c, s = np.cos(np.radians(turned_deg)), np.sin(np.radians(turned_deg))
    grid = Geometry(
        positions=GRID.positions[:15] + np.array([5.1, 30.2, 0.4]),
        row_cosine=(c, s, 0.0),
        column_cosine=(s, -c, 0.0),
        spacing=(0.8, 2.1),
        rows=40,
        columns=30,
    )
    values = np.random.default_rng(3).integers(0, 3, grid.shape).astype(np.uint8)
    plane = slice_plane(GRID, 7)

    (mark,) = project(Mask(volume="m", label=2), plane, [LabelVolume(name="m", values=values, geometry=grid)])

    expected = np.zeros((plane.rows, plane.columns), dtype=np.bool_)
    for row, column in np.ndindex(plane.rows, plane.columns):
        index = np.rint(grid.to_index(plane.to_patient(column, row))).astype(int)
        if (index >= 0).all() and (index < values.shape).all():
            expected[row, column] = values[tuple(index)] == 2
    assert isinstance(mark, LabelImage)
    assert expected.any()
    assert np.array_equal(mark.covered, expected)


@given(st.tuples(st.floats(0, 19), st.floats(0, 63), st.floats(0, 47)), st.floats(0.3, 15))
def test_a_finding_is_seen_on_the_slice_of_its_centre(index: tuple[float, float, float], radius: float) -> None:
    finding = Finding(
        id="7F3A/1",
        code="nodule",
        label=say("Nodule"),
        shapes=(Sphere(center=at(*index), radius=radius),),
        measurements=(),
        confidence=None,
        basis=Basis.VENDOR,
    )

    seen = slices_of(finding, GRID)

    assert seen is not None
    assert seen[0] <= round(index[0]) <= seen[1]
    assert np.allclose(center_of(finding), at(*index))  # type: ignore[arg-type]


def test_the_slices_of_a_mask_are_those_that_it_covers_also_on_another_grid() -> None:
    values = np.zeros(GRID.shape, np.uint8)
    values[1, 1, 1] = values[2, :3, :3] = 4
    mask = LabelVolume(name="m", values=values, geometry=GRID)
    shifted = replace(GRID, positions=GRID.positions + np.array([0.3, 0.0, 0.0]))
    finding = Finding(
        id="j/1",
        code="c",
        label=say("x"),
        shapes=(Mask(volume="m", label=4),),
        measurements=(),
        confidence=None,
        basis=Basis.ALGORITHM,
    )

    assert slices_of(finding, GRID, (mask,)) == (1, 2)
    assert widest_slice(finding, GRID, (mask,)) == 2
    assert slices_of(finding, shifted, (mask,)) == (1, 2)
    assert slices_of(finding, GRID) is None
    assert widest_slice(finding, GRID, ()) is None


def test_a_slanting_cut_of_a_mask_is_the_nearest_voxel_of_each_pixel() -> None:
    """Its places are reckoned from the plane alone; SimpleITK looks the labels up."""
    random = np.random.default_rng(11)
    spacing = (2.5, 0.9, 0.7)
    values = random.integers(0, 4, (12, 20, 24)).astype(np.uint8)
    grid = geometry(12, rows=20, columns=24, step=spacing[0], spacing=spacing[1:])
    mask = LabelVolume(name="m", values=values, geometry=grid)
    image = sitk.GetImageFromArray(values)
    image.SetSpacing(spacing[::-1])
    image.SetOrigin([float(value) for value in grid.positions[0]])
    right, down = np.linalg.qr(random.normal(size=(3, 2)))[0].T
    middle = grid.to_patient((5.3, 9.2, 11.9))
    position = middle - 20 * right - 18 * down
    plane = ViewPlane(
        position=tuple(position.tolist()), right=tuple(right.tolist()), down=tuple(down.tolist()),
        spacing=(1.0, 1.0), rows=37, columns=41, thickness=1.0,
    )  # fmt: skip

    labels = labels_on(mask, plane)

    turned = sitk.Image(41, 37, 1, sitk.sitkUInt8)
    turned.SetOrigin(position.tolist())
    turned.SetDirection(np.column_stack([right, down, np.cross(right, down)]).ravel().tolist())
    nearest = sitk.Resample(image, turned, sitk.Transform(), sitk.sitkNearestNeighbor, 0)
    assert (labels > 0).sum() > 100
    assert np.array_equal(labels, sitk.GetArrayFromImage(nearest)[0])
