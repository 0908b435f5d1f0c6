"""Lengths, areas and angles against SimpleITK's physical points, or known by construction."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.measures import drawn, in_pixels
from tests.stacks import geometry
from workstation.domain.calibration import Calibration, Region, SpacingKind
from workstation.domain.error import WorkstationError
from workstation.domain.geometry import Geometry, Vector
from workstation.domain.measure import Measure, MeasureKind, lies_on, marks_of, outline, picture_plane
from workstation.domain.measuring import Figures, Scale, figures_of
from workstation.domain.projection import Dot, Path, slice_plane
from workstation.domain.words import Language, Words, render

sitk = pytest.importorskip("SimpleITK")
Kind = MeasureKind


def oblique() -> Geometry:
    """Turned about two axes, pixels of 0.5 × 1.25 mm."""
    a, b = math.radians(33), math.radians(-21)
    row: Vector = (math.cos(a), math.sin(a), 0.0)
    column: Vector = (-math.sin(a) * math.cos(b), math.cos(a) * math.cos(b), math.sin(b))
    return geometry(9, rows=200, columns=160, step=2.5, spacing=(0.5, 1.25), row=row, column=column)


def image_of(grid: Geometry) -> sitk.Image:
    image = sitk.Image(grid.columns, grid.rows, grid.slices, sitk.sitkInt16)
    image.SetOrigin(tuple(map(float, grid.positions[0])))
    image.SetSpacing((grid.spacing[1], grid.spacing[0], grid.step))
    turned = np.column_stack([grid.row_cosine, grid.column_cosine, grid.normal])
    image.SetDirection(turned.ravel().tolist())
    return image


def physical(grid: Geometry, k: int, *points: tuple[float, float]) -> list[np.ndarray]:
    image = image_of(grid)
    return [np.array(image.TransformContinuousIndexToPhysicalPoint((x, y, float(k)))) for x, y in points]


def figures(measure: Measure, scale: Scale | None = None) -> Figures:
    return figures_of(measure, scale or Scale(spacing=(1.0, 1.0)))


def said(words: Words) -> str:
    return render(words, Language.ENGLISH)


@pytest.mark.parametrize("grid", [geometry(9, spacing=(0.5, 2.0)), oblique()], ids=["axial", "oblique"])
def test_a_length_is_the_distance_of_simpleitks_points(grid: Geometry) -> None:
    ends = ((11.25, 30.5), (98.0, 151.75))
    start, end = physical(grid, 4, *ends)

    found = figures(drawn(Kind.LENGTH, grid, 4, *ends))

    assert found.length == pytest.approx(np.linalg.norm(end - start), abs=1e-9)
    assert said(found.length_unit) == "mm"


@pytest.mark.parametrize("grid", [geometry(9, spacing=(0.5, 2.0)), oblique()], ids=["axial", "oblique"])
def test_an_angle_is_that_of_simpleitks_points(grid: Geometry) -> None:
    ends = ((10.0, 20.0), (60.0, 33.0), (20.0, 140.0))
    start, vertex, end = physical(grid, 4, *ends)
    a, b = start - vertex, end - vertex
    expected = math.degrees(math.acos(a @ b / np.linalg.norm(a) / np.linalg.norm(b)))

    assert figures(drawn(Kind.ANGLE, grid, 4, *ends)).angle_deg == pytest.approx(expected, abs=1e-9)


def test_cobbs_angle_is_between_the_lines_from_whichever_end_they_are_drawn() -> None:
    grid = oblique()
    first, second = ((10.0, 20.0), (90.0, 35.0)), ((15.0, 150.0), (95.0, 110.0))
    a0, a1, b0, b1 = physical(grid, 2, *first, *second)
    a, b = a1 - a0, b1 - b0
    expected = math.degrees(math.acos(abs(a @ b) / np.linalg.norm(a) / np.linalg.norm(b)))

    forth = figures(drawn(Kind.COBB, grid, 2, *first, *second)).angle_deg
    back = figures(drawn(Kind.COBB, grid, 2, *first, *second[::-1])).angle_deg

    assert forth == pytest.approx(expected, abs=1e-9)
    assert back == pytest.approx(expected, abs=1e-9)


def test_area_and_perimeter_of_a_freehand_region_are_those_of_simpleitks_points() -> None:
    grid = oblique()
    ends = ((20.0, 20.0), (80.0, 30.0), (60.0, 60.0), (90.0, 120.0), (30.0, 100.0))  # not convex
    corners = physical(grid, 4, *ends)
    across, along = np.array(grid.row_cosine), np.array(grid.column_cosine)
    x, y = [c @ across for c in corners], [c @ along for c in corners]
    shoelace = abs(sum(x[i] * y[i - 1] - x[i - 1] * y[i] for i in range(5))) / 2
    around = sum(np.linalg.norm(corners[i] - corners[i - 1]) for i in range(5))

    found = figures(drawn(Kind.FREEHAND, grid, 4, *ends))

    assert found.area == pytest.approx(shoelace, rel=1e-9)
    assert found.perimeter == pytest.approx(around, rel=1e-9)
    assert said(found.area_unit) == "mm²"


def test_a_circle_in_the_patient_has_a_circles_size_whatever_its_pixels_are() -> None:
    grid = oblique()  # 10 mm wide: 8 columns, 20 rows
    corners = ((40.0, 60.0), (48.0, 60.0), (48.0, 80.0), (40.0, 80.0))

    found = figures(drawn(Kind.ELLIPSE, grid, 4, *corners))

    assert found.area == pytest.approx(math.pi * 25, rel=1e-9)
    assert found.perimeter == pytest.approx(math.pi * 10, rel=1e-9)


def test_an_ellipses_perimeter_is_that_of_its_integral() -> None:
    grid = geometry(3, spacing=(1.0, 1.0))
    turn = np.linspace(0, 2 * np.pi, 200_001)
    exact = np.hypot(np.diff(60 * np.cos(turn)), np.diff(6 * np.sin(turn))).sum()

    found = figures(drawn(Kind.ELLIPSE, grid, 1, (10, 10), (130, 10), (130, 22), (10, 22)))

    assert found.perimeter == pytest.approx(exact, rel=1e-3)


def test_a_rectangle_has_its_sides_in_the_patient() -> None:
    found = figures(drawn(Kind.RECTANGLE, oblique(), 4, (40, 60), (48, 60), (48, 80), (40, 80)))

    assert found.area == pytest.approx(100)
    assert found.perimeter == pytest.approx(40)


def test_without_a_pixel_size_there_are_pixels_and_no_millimetres() -> None:
    length = figures_of(in_pixels(Kind.LENGTH, (10, 10), (13, 14)), Scale())
    area = figures_of(in_pixels(Kind.RECTANGLE, (0, 0), (4, 0), (4, 3), (0, 3)), Scale())

    assert (length.length, said(length.length_unit), length.in_mm) == (5.0, "px", False)
    assert (area.area, said(area.area_unit)) == (12.0, "px²")


def test_an_angle_needs_the_shape_of_a_pixel_and_not_its_size() -> None:
    upright = figures_of(in_pixels(Kind.ANGLE, (10, 0), (0, 0), (10, 10)), Scale(aspect=(2.0, 1.0)))

    assert upright.angle_deg == pytest.approx(math.degrees(math.atan2(2, 1)))


def test_a_radiographs_length_is_one_at_the_detector() -> None:
    scale = Scale(spacing=(0.2, 0.1), calibration=Calibration(kind=SpacingKind.DETECTOR))

    found = figures_of(in_pixels(Kind.LENGTH, (0, 0), (30, 20)), scale)

    assert found.length == pytest.approx(5.0)
    assert said(found.length_unit) == "mm at the detector"


def test_an_ultrasound_region_measures_itself_and_nothing_outside() -> None:
    region = Region(top=0, left=0, bottom=50, right=50, spacing=(0.5, 0.5))
    scale = Scale(calibration=Calibration(kind=SpacingKind.REGIONS, regions=(region,)))

    inside = figures_of(in_pixels(Kind.LENGTH, (0, 0), (30, 40)), scale)
    across = figures_of(in_pixels(Kind.LENGTH, (30, 40), (60, 80)), scale)

    assert (inside.length, said(inside.length_unit)) == (25.0, "mm")
    assert (across.length, said(across.length_unit)) == (50.0, "px")


def test_a_line_of_no_length_has_an_angle_of_nought_and_not_nan() -> None:
    found = figures(drawn(Kind.ANGLE, oblique(), 4, (5, 5), (5, 5), (9, 9)))

    assert found.angle_deg == 0


def test_a_measure_without_all_its_points_is_none() -> None:
    with pytest.raises(WorkstationError):
        drawn(Kind.ANGLE, oblique(), 4, (5, 5), (5, 6))
    with pytest.raises(WorkstationError):
        in_pixels(Kind.PROBE, (math.nan, 0))


def test_a_measure_is_whole_on_its_own_slice_and_nowhere_on_the_next() -> None:
    grid = oblique()
    ellipse = drawn(Kind.ELLIPSE, grid, 4, (40, 60), (48, 60), (48, 80), (40, 80))

    (mark,) = marks_of(ellipse, slice_plane(grid, 4))

    assert isinstance(mark, Path)
    assert mark.closed
    assert np.ptp([x for x, _ in mark.points]) == pytest.approx(8, rel=1e-3)
    assert marks_of(ellipse, slice_plane(grid, 5)) == ()
    assert lies_on(ellipse, slice_plane(grid, 4))
    assert not lies_on(ellipse, slice_plane(grid, 5))


def test_a_length_drawn_on_one_plane_is_a_dot_where_another_cuts_it() -> None:
    axial = geometry(9, rows=100, columns=100, spacing=(1.0, 1.0), start=(0, 0, 0))
    sagittal = geometry(100, rows=9, columns=100, spacing=(1.0, 1.0), row=(0, 1, 0), column=(0, 0, 1), start=(0, 0, 0))
    length = drawn(Kind.LENGTH, axial, 4, (20, 30), (60, 30))

    (mark,) = marks_of(length, slice_plane(sagittal, 40))

    assert isinstance(mark, Dot)
    assert mark.at == pytest.approx((30, 4), abs=0.51)
    assert marks_of(length, slice_plane(sagittal, 70)) == ()
    assert not lies_on(length, slice_plane(sagittal, 40))


def test_a_picture_of_a_film_keeps_its_measures_from_the_others() -> None:
    probe = in_pixels(Kind.PROBE, (5, 6), number=3)

    assert marks_of(probe, picture_plane(100, 100, 3)) == (Dot((5.0, 6.0)),)
    assert marks_of(probe, picture_plane(100, 100, 2)) == ()


def test_an_ellipses_outline_has_its_middle_and_its_ends() -> None:
    points = np.array(outline(in_pixels(Kind.ELLIPSE, (10, 20), (30, 20), (30, 60), (10, 60))))

    assert points.mean(axis=0) == pytest.approx((20, 40, 0))
    assert points.min(axis=0) == pytest.approx((10, 20, 0))
    assert points.max(axis=0) == pytest.approx((30, 60, 0))
