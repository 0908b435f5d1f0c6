"""Numbers under a region against SimpleITK's own, with a mask made in another way."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom
import pytest

from tests.imaging.made import write_slice
from tests.imaging.studies import chest_ct, only_stack
from tests.measures import drawn, in_pixels
from tests.stacks import geometry
from workstation.domain.error import Cancelled
from workstation.domain.geometry import Geometry, Plane
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.projection import slice_plane
from workstation.domain.slab import Slab, SlabKind
from workstation.domain.volume import Volume
from workstation.domain.work import CancelToken, silent
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.oblique import Cutter
from workstation.imaging.pixels.regions import pixels_under, polygon_region, region_statistics
from workstation.imaging.pixels.reslice import plane_geometry
from workstation.imaging.pixels.statistics import RegionStatistics

sitk = pytest.importorskip("SimpleITK")
Kind = MeasureKind
GRID = geometry(9, rows=80, columns=60, step=2.5, spacing=(0.5, 1.25), start=(-30, -20, 100))
NOISE = np.random.default_rng(3).integers(-1000, 1000, GRID.shape).astype(np.int16)
BOX = ((12.0, 20.0), (40.5, 20.0), (40.5, 61.0), (12.0, 61.0))
SHAPE = ((10.2, 10.3), (50.1, 15.7), (30.4, 30.9), (48.6, 70.2), (12.5, 60.8))  # not convex


def numbers(
    measure: Measure,
    values: npt.NDArray[np.generic] = NOISE,
    grid: Geometry | None = GRID,
    padding: tuple[float, float] | None = None,
) -> RegionStatistics | None:
    return region_statistics(measure, grid, lambda k: values[k], padding, CancelToken())  # type: ignore[return-value,arg-type]


def by_simpleitk(mask: npt.NDArray[np.bool_], k: int) -> RegionStatistics:
    image = sitk.GetImageFromArray(NOISE[k].astype(np.float64))
    found = sitk.LabelStatisticsImageFilter()
    found.Execute(image, sitk.GetImageFromArray(mask.astype(np.uint8)))
    count = found.GetCount(1)
    return RegionStatistics(
        count=count,
        mean=pytest.approx(found.GetMean(1), rel=1e-12),
        # ITK's is that of a sample.
        deviation=pytest.approx(found.GetSigma(1) * math.sqrt((count - 1) / count), rel=1e-9),
        low=found.GetMinimum(1),
        high=found.GetMaximum(1),
    )


def wound(corners: tuple[tuple[float, float], ...]) -> npt.NDArray[np.bool_]:
    """Inside is where the corners' directions turn once around: another method than counting crossings."""
    x, y = np.meshgrid(np.arange(60), np.arange(80))
    ways = [np.arctan2(cy - y, cx - x) for cx, cy in corners]
    turn = sum(
        (np.asarray(b - a) + np.pi) % (2 * np.pi) - np.pi for a, b in zip(ways, ways[1:] + ways[:1], strict=True)
    )
    return np.asarray(np.abs(turn) > np.pi)


def test_an_ellipses_numbers_are_simpleitks() -> None:
    x, y = np.meshgrid(np.arange(60), np.arange(80))
    foci = math.sqrt(20.5**2 - 14.25**2)  # inside is where the way from one focus to the other is short
    way = np.hypot(x - 26.25, y - 40.5 - foci) + np.hypot(x - 26.25, y - 40.5 + foci)

    assert numbers(drawn(Kind.ELLIPSE, GRID, 4, *BOX)) == by_simpleitk(way <= 41, 4)


def test_a_rectangles_numbers_are_simpleitks() -> None:
    mask = np.zeros((80, 60), dtype=np.bool_)
    mask[20:62, 12:41] = True

    assert numbers(drawn(Kind.RECTANGLE, GRID, 2, *BOX)) == by_simpleitk(mask, 2)


@pytest.mark.parametrize("corners", [SHAPE, SHAPE[::-1]], ids=["clockwise", "against"])
def test_a_freehand_regions_numbers_are_simpleitks(corners: tuple[tuple[float, float], ...]) -> None:
    assert numbers(drawn(Kind.FREEHAND, GRID, 7, *corners)) == by_simpleitk(wound(corners), 7)


def test_a_polygon_over_the_edge_holds_the_pixels_there_are() -> None:
    assert polygon_region(4, 4, np.array([(-3.0, -3.0), (9, -3), (9, 9), (-3, 9)])).all()
    outside = drawn(Kind.RECTANGLE, GRID, 4, (-9, -9), (3, -9), (3, 3), (-9, 3))

    assert len(pixels_under(outside)) == 16


@pytest.mark.parametrize("kind", [Kind.RECTANGLE, Kind.FREEHAND, Kind.ELLIPSE])
def test_a_region_far_larger_than_the_picture_takes_no_more_than_the_picture(kind: Kind) -> None:
    """Drawn on a picture that is a dot on the screen: 400 million pixels, of which 4,800 exist."""
    far = 10_000.0
    corners = ((-far, -far), (far, -far), (far, far), (-far, far))
    box = drawn(
        kind, GRID, 4, *(((0.0, -far), (far, 0.0), (0.0, far), (-far, 0.0)) if kind is Kind.ELLIPSE else corners)
    )
    beside = drawn(kind, GRID, 4, *((x + 3 * far, y) for x, y in corners))
    tracemalloc.start()
    try:
        held = len(pixels_under(box))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert held == 80 * 60
    assert peak < 2e6
    assert len(pixels_under(beside)) == 0


@pytest.mark.parametrize("plane", [Plane.CORONAL, Plane.SAGITTAL])
def test_a_region_on_another_plane_has_that_planes_values(plane: Plane) -> None:
    other = plane_geometry(GRID, plane)
    box = ((10, 1), (30, 1), (30, 6), (10, 6))
    index = np.rint(GRID.to_index(other.to_patient([(20, r, c) for r in range(1, 7) for c in range(10, 31)]))).astype(
        int
    )
    expected = NOISE[tuple(index.T)].astype(np.float64)

    found = numbers(drawn(Kind.RECTANGLE, other, 20, *box))

    assert found is not None
    assert (found.count, found.low, found.high) == (len(expected), expected.min(), expected.max())
    assert found.mean == pytest.approx(expected.mean())
    assert found.deviation == pytest.approx(expected.std())


def test_an_oblique_region_has_the_values_that_simpleitk_interpolates() -> None:
    a = math.radians(25)
    turned = geometry(
        3,
        rows=20,
        columns=20,
        spacing=(1.0, 1.0),
        row=(math.cos(a), 0, math.sin(a)),
        column=(0, 1, 0),
        start=(0, -10, 106),
    )
    image = sitk.GetImageFromArray(NOISE.astype(np.float64))
    image.SetSpacing((1.25, 0.5, 2.5))
    image.SetOrigin((-30, -20, 100))
    points = [turned.to_patient((1, r, c)) for r in range(2, 13) for c in range(3, 16)]
    inside = [tuple(map(float, point)) for point in points]
    expected = np.array([image.EvaluateAtPhysicalPoint(point, sitk.sitkLinear) for point in inside])

    found = numbers(drawn(Kind.RECTANGLE, turned, 1, (3, 2), (15, 2), (15, 12), (3, 12)))

    assert found is not None
    assert found.count == len(expected)
    assert found.mean == pytest.approx(expected.mean(), abs=1e-6)
    assert found.deviation == pytest.approx(expected.std(), abs=1e-6)


@pytest.mark.parametrize("kind", [SlabKind.MIP, SlabKind.MINIP, SlabKind.MEAN])
@pytest.mark.parametrize("turned", [0.0, 25.0])
def test_a_region_on_a_slab_has_the_values_that_the_slab_shows(kind: SlabKind, turned: float) -> None:
    a, slab = math.radians(turned), Slab(kind, 7.6)
    other = geometry(
        5,
        rows=20,
        columns=20,
        spacing=(1.0, 1.0),
        row=(math.cos(a), 0, math.sin(a)),
        column=(0, 1, 0),
        start=(0, -10, 104),
    )
    cutter = Cutter(Volume(values=NOISE, geometry=GRID, unit="HU"))
    shown = cutter.cut(slice_plane(other, 2), slab)[2:13, 3:16].astype(np.float64)
    measure = drawn(Kind.RECTANGLE, other, 2, (3, 2), (15, 2), (15, 12), (3, 12))

    found = numbers(replace(measure, slab=slab))

    assert found is not None
    assert found.count == shown.size
    assert found.mean == pytest.approx(shown.mean(), abs=0.1)  # the slab is rounded to the volume's whole numbers
    assert (found.low, found.high) == (pytest.approx(shown.min(), abs=0.51), pytest.approx(shown.max(), abs=0.51))
    assert numbers(measure) != found


def test_padding_takes_no_part_not_even_between_voxels() -> None:
    padded = NOISE.copy()
    padded[:, :, :20] = -2000
    turned = geometry(1, rows=40, columns=40, spacing=(0.7, 0.7), start=(-25, -10, 105.2))
    on_slice = numbers(drawn(Kind.RECTANGLE, GRID, 4, *BOX), padded, padding=(-2000, -2000))
    between = numbers(
        drawn(Kind.RECTANGLE, turned, 0, (0, 0), (39, 0), (39, 39), (0, 39)), padded, padding=(-2000, -2000)
    )

    assert on_slice is not None
    assert on_slice.count == 42 * 21
    assert on_slice.low >= -1000
    assert between is not None
    assert between.low >= -1000


def test_a_region_between_pixels_has_no_numbers_and_no_nan() -> None:
    tiny = ((12.2, 20.2), (12.4, 20.2), (12.4, 20.4), (12.2, 20.4))

    assert numbers(drawn(Kind.RECTANGLE, GRID, 4, *tiny)) is None
    assert numbers(drawn(Kind.ELLIPSE, GRID, 4, *tiny)) is None
    assert numbers(drawn(Kind.ELLIPSE, GRID, 4, *[(12.2, 20.2)] * 4)) is None


def test_values_that_are_no_numbers_are_left_out() -> None:
    holed = NOISE.astype(np.float32)
    holed[4, 30, 20], holed[4, 31, 20] = np.nan, np.inf

    found = numbers(drawn(Kind.RECTANGLE, GRID, 4, *BOX), holed)

    assert found is not None
    assert found.count == 42 * 29 - 2
    assert math.isfinite(found.mean)
    assert math.isfinite(found.deviation)


def test_a_probe_tells_the_pixel_under_it() -> None:
    found = numbers(drawn(Kind.PROBE, GRID, 3, (17.4, 40.6)))

    assert found is not None
    assert (found.count, found.mean) == (1, NOISE[3, 41, 17])
    assert numbers(drawn(Kind.PROBE, GRID, 3, (-4, 2))) is None


def test_a_picture_without_a_place_is_measured_on_its_own_frame() -> None:
    found = numbers(in_pixels(Kind.RECTANGLE, (2, 3), (5, 3), (5, 4), (2, 4), number=6), grid=None)

    assert found is not None
    assert found.mean == NOISE[6, 3:5, 2:6].mean()


def test_what_is_not_loaded_yet_has_no_numbers_instead_of_wrong_ones() -> None:
    with pytest.raises(LookupError):
        region_statistics(drawn(Kind.ELLIPSE, GRID, 4, *BOX), GRID, lambda _: None, None, CancelToken())


def test_an_outdated_region_is_not_worked_on() -> None:
    token = CancelToken()
    token.cancel()

    with pytest.raises(Cancelled):
        region_statistics(drawn(Kind.ELLIPSE, GRID, 4, *BOX), GRID, lambda k: NOISE[k], None, token)


def test_each_slice_of_a_pet_is_rescaled_once_and_by_its_own_slope(tmp_path: Path) -> None:
    chest_ct(tmp_path)
    for k, path in enumerate(sorted(tmp_path.glob("*.dcm"))):
        file = pydicom.dcmread(path)
        file.RescaleSlope, file.RescaleIntercept, file.Modality = str(0.5 + k / 4), "3", "PT"
        file.save_as(path)
    stack = only_stack(tmp_path)
    volume = load_volume(stack, silent, CancelToken())
    assert volume.geometry is not None
    k = 4
    file = pydicom.dcmread(stack.instances[k].path)
    expected = file.pixel_array[10:21, 5:31] * float(file.RescaleSlope) + 3.0

    found = region_statistics(
        drawn(Kind.RECTANGLE, volume.geometry, k, (5, 10), (30, 10), (30, 20), (5, 20)),
        volume.geometry,
        lambda k: volume.values[k],
        volume.padding,
        CancelToken(),
    )

    assert found is not None
    assert found.mean == pytest.approx(expected.mean(), rel=1e-6)
    assert (found.low, found.high) == (pytest.approx(expected.min()), pytest.approx(expected.max()))
    assert stack.unit == ""


def test_probe_region_and_another_plane_give_one_number_where_the_slope_is_a_half(tmp_path: Path) -> None:
    for z in range(4):
        stored = np.arange(48, dtype=np.uint16).reshape(6, 8) + 100 * z
        write_slice(tmp_path / f"{z}.dcm", float(z), stored, RescaleSlope="0.5", RescaleIntercept="-7")
    volume = load_volume(only_stack(tmp_path), silent, CancelToken())
    assert volume.geometry is not None
    grid, sagittal = volume.geometry, plane_geometry(volume.geometry, Plane.SAGITTAL)
    x, y, _ = sagittal.to_index(grid.to_patient((2, 3, 5)))[[2, 1, 0]]

    found = [
        numbers(measure, volume.values, grid)
        for measure in (
            drawn(Kind.PROBE, grid, 2, (5, 3)),
            drawn(Kind.RECTANGLE, grid, 2, (4.6, 2.6), (5.4, 2.6), (5.4, 3.4), (4.6, 3.4)),
            drawn(Kind.PROBE, sagittal, 5, (float(x), float(y))),
        )
    ]

    assert [one.mean for one in found if one is not None] == [(200 + 3 * 8 + 5) * 0.5 - 7] * 3
