"""Straightened stacks hold the values that an independent resampler gives, at exact places."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from tests.data import shared
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry, Vector
from workstation.domain.regrid import coarser_grid, even_grid, has_holes, shrink_factor
from workstation.domain.volume import Volume
from workstation.domain.work import CancelToken
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.resample import area_average, straighten
from workstation.imaging.series.scan import scan

ROW: Vector = (1.0, 0.0, 0.0)


def _tilted(
    degrees: float,
    ways: npt.ArrayLike,
    *,
    rows: int = 40,
    columns: int = 36,
    padding: tuple[float, float] | None = None,
) -> Volume:
    """Slices tilted as by a gantry; the table moved along the patient by `ways` mm."""
    angle = math.radians(degrees)
    geometry = Geometry(
        positions=np.array([-30.0, 12.0, 100.0]) + np.asarray(ways, np.float64)[:, None] * np.array([0.0, 0.0, 1.0]),
        row_cosine=ROW,
        column_cosine=(0.0, math.cos(angle), math.sin(angle)),
        spacing=(0.8, 0.6),
        rows=rows,
        columns=columns,
    )
    values = np.random.default_rng(7).integers(-900, 1200, geometry.shape, dtype=np.int16)
    return Volume(values=values, geometry=geometry, unit="HU", padding=padding)


def _by_simpleitk(volume: Volume, grid: Geometry) -> npt.NDArray[np.float64]:
    """The same grid, pair of slices by pair of slices: each pair is a sheared image that ITK can hold."""
    sitk = pytest.importorskip("SimpleITK")
    geometry = volume.geometry
    assert geometry is not None
    found = np.full(grid.shape, np.nan)
    for low in range(geometry.slices - 1):
        pair = sitk.GetImageFromArray(volume.values[low : low + 2].astype(np.float64))
        way = geometry.positions[low + 1] - geometry.positions[low]
        axes = (
            np.array(geometry.row_cosine) * geometry.spacing[1],
            np.array(geometry.column_cosine) * geometry.spacing[0],
            way,
        )
        unit = sitk.AffineTransform(3)
        unit.SetMatrix(np.column_stack(axes).ravel().tolist())
        unit.SetTranslation(geometry.positions[low].tolist())
        for at in range(grid.slices):
            offset = float(grid.offsets[at])
            if not geometry.offsets[low] - 1e-6 <= offset <= geometry.offsets[low + 1] + 1e-6:
                continue
            target = sitk.Image([grid.columns, grid.rows, 1], sitk.sitkFloat64)
            target.SetOrigin(grid.positions[at].tolist())
            normal = np.cross(grid.row_cosine, grid.column_cosine)
            target.SetDirection(np.column_stack([grid.row_cosine, grid.column_cosine, normal]).ravel().tolist())
            target.SetSpacing([grid.spacing[1], grid.spacing[0], 1.0])
            moved = sitk.Resample(pair, target, unit.GetInverse(), sitk.sitkLinear, np.nan, sitk.sitkFloat64)
            here = sitk.GetArrayFromImage(moved)[0]
            found[at] = np.where(np.isnan(found[at]), here, found[at])
    return found


@pytest.mark.parametrize(
    ("degrees", "ways"),
    [
        (15.0, np.arange(12) * 2.5),
        (-22.0, np.arange(9) * 5.0),
        (0.0, np.cumsum([0, 1.0, 1.1, 0.9, 1.0, 1.2, 0.8, 1.0, 1.0])),
        (8.0, np.cumsum([0, 2.0, 2.3, 1.9, 2.0, 2.4, 2.0, 2.0])),
    ],
    ids=["tilted", "tilted the other way", "uneven", "uneven and tilted"],
)
def test_values_are_those_of_an_independent_resampler(degrees: float, ways: npt.ArrayLike) -> None:
    volume = _tilted(degrees, ways)

    new = straighten(volume).volume

    assert new.geometry is not None
    expected = _by_simpleitk(volume, new.geometry)
    inside = ~np.isnan(expected)
    assert inside.mean() > 0.4
    assert np.abs(new.values[inside] - expected[inside]).max() <= 0.51
    assert new.values.dtype == np.int16


@pytest.mark.parametrize("beside", [[0, 5, 0, 5, 0, 5, 0], [0, 0, 0, 1.7, 1.7, 1.7, 1.7]], ids=["zigzag", "jump"])
def test_slices_beside_each_other_are_put_into_line(beside: list[float]) -> None:
    volume = _tilted(0.0, np.arange(7) * 2.5)
    assert volume.geometry is not None
    positions = volume.geometry.positions + np.array(beside)[:, None] * np.array([0.8, -0.6, 0.0])
    volume = replace(volume, geometry=replace(volume.geometry, positions=positions))
    assert volume.geometry is not None

    made = straighten(volume)

    new = made.volume
    assert new.geometry is not None
    assert new.geometry.affine() is not None
    expected = _by_simpleitk(volume, new.geometry)
    inside = ~np.isnan(expected)
    assert inside.mean() > 0.4
    assert np.abs(new.values[inside] - expected[inside]).max() <= 0.51
    assert f"up to {volume.geometry.drift_mm:.1f} mm beside the others" in str(made.sentence)


@pytest.mark.parametrize("degrees", [15.0, -22.0, 0.0])
def test_the_new_grid_is_straight_and_even_and_covers_every_pixel(degrees: float) -> None:
    geometry = _tilted(degrees, np.cumsum([0, 2.0, 2.3, 1.9, 2.0, 2.4, 2.0])).geometry
    assert geometry is not None

    grid = even_grid(geometry)

    steps = np.diff(grid.positions, axis=0)
    assert np.allclose(steps, steps[0], atol=3e-6)
    assert np.allclose(np.cross(steps[0], geometry.normal), 0, atol=3e-6)
    assert (grid.row_cosine, grid.column_cosine, grid.spacing) == (
        geometry.row_cosine,
        geometry.column_cosine,
        geometry.spacing,
    )
    corners = [(k, r, c) for k in range(geometry.slices) for r in (0, 39) for c in (0, 35)]
    seen = grid.to_index(geometry.to_patient(corners))
    assert seen.min() > -0.06
    assert (seen < np.array(grid.shape) - 1 + 0.06).all()
    assert np.allclose(grid.to_patient([0, 0, 0]), grid.positions[0])


def test_a_slice_that_needs_no_move_keeps_every_value() -> None:
    volume = _tilted(15.0, np.arange(6) * 2.5)

    new = straighten(volume).volume

    assert new.geometry is not None
    assert volume.geometry is not None
    at = np.rint(new.geometry.to_index(volume.geometry.positions[0])).astype(int)
    part = new.values[at[0], at[1] : at[1] + 40, at[2] : at[2] + 36]
    assert np.array_equal(part, volume.values[0])


def test_padding_is_never_mixed_into_a_value() -> None:
    volume = _tilted(12.0, np.arange(8) * 2.5, padding=(-2000.0, -2000.0))
    values = volume.values.copy()
    values[:, :, :5] = -2000
    values[:, 20, 20] = -2000
    volume = Volume(values=values, geometry=volume.geometry, unit="HU", padding=(-2000.0, -2000.0))

    new = straighten(volume).volume.values

    assert set(np.unique(new[new < -900])) == {-2000}


def test_a_straight_stack_comes_back_as_it_is() -> None:
    volume = _tilted(0.0, np.arange(5) * 2.0)

    result = straighten(volume)

    assert result.volume is volume
    assert str(result.sentence) == "Not resampled: the slices already lie straight and evenly."


def test_a_hole_is_filled_for_the_eye_only_and_says_so() -> None:
    volume = _tilted(0.0, np.cumsum([0, 2.0, 2.0, 6.0, 2.0, 2.0]))
    assert volume.geometry is not None

    result = straighten(volume)

    assert has_holes(volume.geometry)
    assert str(result.sentence) == ("Resampled: steps of up to 6.0 mm are filled by interpolation. For viewing only.")
    assert result.volume.values.shape[0] == 8


def test_a_head_ct_with_tilted_gantry_gets_straight_planes() -> None:
    (stack,) = scan([shared("data", "head-ct-tilt")]).stacks

    result = straighten(load_volume(stack))

    grid = result.volume.geometry
    assert grid is not None
    assert grid.affine() is not None
    assert grid.shear_deg < 0.01
    assert grid.rows > 512


def test_a_cancel_ends_it() -> None:
    cancel = CancelToken()
    cancel.cancel()

    with pytest.raises(Cancelled):
        straighten(_tilted(15.0, np.arange(6) * 2.5), cancel=cancel)


def test_pictures_without_a_place_can_not_be_straightened() -> None:
    with pytest.raises(WorkstationError) as refused:
        straighten(Volume(values=np.zeros((2, 3, 3), np.int16), geometry=None, unit=""))

    assert refused.value.code is ErrorCode.NO_GEOMETRY


@pytest.mark.parametrize(("size", "factor"), [((64, 48), 2.0), ((50, 47), 1.5625), ((33, 20), 33 / 32)])
def test_larger_pixels_are_the_mean_of_what_they_cover(size: tuple[int, int], factor: float) -> None:
    """Every old pixel cut into 64 × 64 specks, which are counted into the new pixels."""
    rows, columns = size
    values = np.random.default_rng(3).integers(-1000, 3000, size, dtype=np.int16)
    smaller = (math.ceil(rows / factor - 1e-9), math.ceil(columns / factor - 1e-9))
    fine = 64
    specks = np.repeat(np.repeat(values.astype(float), fine, 0), fine, 1)
    down = np.minimum((np.arange(rows * fine) + 0.5) / fine // factor, smaller[0] - 1).astype(int)
    across = np.minimum((np.arange(columns * fine) + 0.5) / fine // factor, smaller[1] - 1).astype(int)
    sums, counts = np.zeros(smaller), np.zeros(smaller)
    np.add.at(sums, (down[:, None], across[None, :]), specks)
    np.add.at(counts, (down[:, None], across[None, :]), 1)

    new = area_average(values, factor, *smaller, None)

    assert new.dtype == np.int16
    assert np.abs(new - sums / counts).max() <= 0.51


def test_the_outer_edge_stays_where_it_was() -> None:
    volume = _tilted(0.0, np.arange(3) * 2.0, rows=1024, columns=900)
    assert volume.geometry is not None

    grid = coarser_grid(volume.geometry, (512, 512))

    assert shrink_factor(volume.geometry, (512, 512)) == 2
    assert (grid.rows, grid.columns) == (512, 450)
    assert np.allclose(grid.to_patient([1, -0.5, -0.5]), volume.geometry.to_patient([1, -0.5, -0.5]), atol=2e-6)
    assert np.allclose(grid.to_patient([1, 511.5, 449.5]), volume.geometry.to_patient([1, 1023.5, 899.5]), atol=2e-6)


def test_padding_has_no_part_in_a_mean() -> None:
    values = np.array([[-2000, 10, 4, 4], [30, 20, 4, 4], [-2000, -2000, 0, 0], [-2000, 8, 0, 8]], dtype=np.int16)

    assert area_average(values, 2.0, 2, 2, (-2000.0, -2000.0)).tolist() == [[20, 4], [-2000, 2]]
