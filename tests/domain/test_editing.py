"""Shapes in a reader's hands: handles lie on the shape, a pull moves what is pulled, sizes follow or say they don't."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.workspace.sitting import finding
from workstation.domain.editing import editable, edited, handles_on, of_original, pulled
from workstation.domain.finding import Basis, Measurement
from workstation.domain.geometry import Geometry
from workstation.domain.projection import slice_plane
from workstation.domain.shapes import Angle, Box2D, Box3D, Contour, Line, Mask, Point, Polyline, Shape, Sphere
from workstation.domain.words import say

GRID = Geometry(
    positions=np.stack([np.full(20, -5.0), np.full(20, 3.0), np.arange(20) * 2.5], axis=-1),
    row_cosine=(0.8, 0.6, 0.0),
    column_cosine=(-0.6, 0.8, 0.0),
    spacing=(0.5, 0.7),
    rows=64,
    columns=48,
)
PLANE = slice_plane(GRID, 4)


def place(column: float, row: float, slice_index: float = 4.0) -> tuple[float, float, float]:
    x, y, z = GRID.to_patient((slice_index, row, column))
    return (float(x), float(y), float(z))


def box(first: tuple[int, int, int], last: tuple[int, int, int]) -> Box3D:
    edges = [(first[axis] - 0.5, last[axis] + 0.5) for axis in range(3)]
    a, b, c, d, e, f, g, h = (place(edges[2][k & 1], edges[1][k >> 1 & 1], edges[0][k >> 2 & 1]) for k in range(8))
    return Box3D(min_index=first, max_index=last, corners=(a, b, c, d, e, f, g, h))


EVERY: dict[str, Shape] = {
    "point": Point(at=place(10, 20)),
    "line": Line(start=place(10, 20), end=place(20, 25)),
    "polyline": Polyline(points=(place(3, 3), place(5, 9), place(12, 9))),
    "angle": Angle(start=place(3, 3), vertex=place(5, 9), end=place(12, 9)),
    "contour": Contour(points=(place(3, 3), place(5, 9), place(12, 9))),
}


@pytest.mark.parametrize("shape", EVERY.values(), ids=EVERY)
def test_each_point_can_be_pulled_and_lies_there_then(shape: Shape) -> None:
    for handle in handles_on((shape,), PLANE):
        after = pulled((shape,), handle, (30.25, 40.5), PLANE)
        moved = [h.at for h in handles_on(after, PLANE) if h.part == handle.part]
        rest = [(h.part, h.at) for h in handles_on(after, PLANE) if h.part != handle.part]

        assert moved[0] == pytest.approx((30.25, 40.5))
        before = [h.at for h in handles_on((shape,), PLANE) if h.part != handle.part]
        assert np.allclose([at for _, at in rest], before) if rest else not before


def test_a_ball_is_moved_by_its_middle_and_sized_by_its_rim() -> None:
    ball = Sphere(center=place(20, 30), radius=7.0)
    middle, rim = handles_on((ball,), PLANE)
    (moved,) = pulled((ball,), middle, (22, 33), PLANE)
    (grown,) = pulled((ball,), rim, (20 + 10 / 0.7, 30), PLANE)

    assert rim.at == pytest.approx((30, 30))
    assert isinstance(moved, Sphere)
    assert moved.center == pytest.approx(place(22, 33))
    assert moved.radius == 7.0
    assert isinstance(grown, Sphere)
    assert grown.radius == pytest.approx(10.0)
    assert grown.center == ball.center


def test_a_ball_beside_the_slice_keeps_its_distance_from_it() -> None:
    ball = Sphere(center=place(20, 30, 5), radius=7.0)
    (moved,) = pulled((ball,), handles_on((ball,), PLANE)[0], (25, 30), PLANE)

    assert isinstance(moved, Sphere)
    assert moved.center == pytest.approx(place(25, 30, 5))


def test_a_box_keeps_whole_voxels_and_its_opposite_corner() -> None:
    shape = box((3, 10, 20), (6, 15, 30))
    handles = {handle.part: handle for handle in handles_on((shape,), PLANE)}
    (after,) = pulled((shape,), handles[3], (33.3, 17.6), PLANE)
    (low,) = pulled((shape,), handles[0], (17.9, 8.2), PLANE)
    (turned,) = pulled((shape,), handles[3], (5, 5), PLANE)

    assert {part: handle.at for part, handle in handles.items()} == {
        0: pytest.approx((19.5, 9.5)),
        1: pytest.approx((30.5, 9.5)),
        2: pytest.approx((19.5, 15.5)),
        3: pytest.approx((30.5, 15.5)),
    }
    for made, expected in ((after, box((3, 10, 20), (6, 17, 33))), (low, box((3, 9, 18), (6, 15, 30)))):
        assert isinstance(made, Box3D)
        assert (made.min_index, made.max_index) == (expected.min_index, expected.max_index)
        assert np.allclose(made.corners, expected.corners)
    assert isinstance(turned, Box3D)
    assert (turned.min_index, turned.max_index) == ((3, 10, 20), (6, 10, 20))


def test_a_rectangle_keeps_its_right_angles() -> None:
    corners = (place(10, 10), place(20, 10), place(20, 16), place(10, 16))
    shape = Box2D(corners=corners)
    (after,) = pulled((shape,), handles_on((shape,), PLANE)[2], (25, 30), PLANE)

    assert isinstance(after, Box2D)
    assert np.allclose(after.corners, (place(10, 10), place(25, 10), place(25, 30), place(10, 30)))


def test_points_of_other_slices_have_no_handle_and_masks_none_at_all() -> None:
    assert handles_on((Point(at=place(1, 1, 6)),), PLANE) == ()
    assert handles_on((Mask(volume="m", label=1),), PLANE) == ()
    assert not editable((Mask(volume="m", label=1),))


def test_sizes_that_follow_from_the_shape_are_measured_anew_and_others_are_said_to_be_old() -> None:
    before = finding("job1", 1, 0.9)
    shapes = (Sphere(center=(8.0, 8.0, 10.0), radius=4.5),)
    after = edited(before, shapes)
    diameter, volume = after.measurements

    assert (diameter.value, diameter.basis) == (9.0, Basis.READER)
    assert (volume.value, volume.basis) == (113.0, Basis.ALGORITHM)
    assert [of_original(after, one, shapes) for one in after.measurements] == [False, True]
    assert [of_original(before, one, None) for one in before.measurements] == [False, False]
    assert (before.shapes, after.id, after.confidence) == (finding("job1", 1, 0.9).shapes, "job1/1", 0.9)


def test_the_length_of_a_line_follows_it() -> None:
    long = Measurement(name="length", label=say("Length"), value=1.0, unit="mm", basis=Basis.VENDOR)
    line = Line(start=(0, 0, 0), end=(3, 4, 12))
    after = edited(replace(finding("job1", 1, None), shapes=(line,), measurements=(long,)), (line,))

    assert after.measurements[0].value == pytest.approx(13.0)
