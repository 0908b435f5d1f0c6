"""Planes in any direction: what SimpleITK interpolates at the same places, and slabs of the same."""

from __future__ import annotations

import tracemalloc
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK as sitk  # noqa: N813

from tests.data import shared
from tests.stacks import geometry
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.geometry import Plane, Vector, step_across
from workstation.domain.projection import ViewPlane, slice_plane
from workstation.domain.slab import Slab, SlabKind
from workstation.domain.volume import Volume
from workstation.domain.work import CancelToken
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.oblique import Cutter, coarser
from workstation.imaging.pixels.reslice import Planes, plane_count
from workstation.imaging.series.scan import scan

MISSING = -32768


def turned(seed: int) -> tuple[Vector, Vector]:
    """Two directions at right angles, any way."""
    matrix, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    right, down = matrix[:, 0].tolist(), matrix[:, 1].tolist()
    return (right[0], right[1], right[2]), (down[0], down[1], down[2])


def smooth_volume(row: Vector = (1, 0, 0), column: Vector = (0, 1, 0), kind: type = np.int16) -> Volume:
    """Different along each direction and both ways, of 21 × 33 × 40 voxels that are not cubes."""
    grid = geometry(21, rows=33, columns=40, step=2.5, spacing=(0.9, 0.6), row=row, column=column)
    k, r, c = np.mgrid[:21, :33, :40]
    values = 900 * np.sin(k / 3) + 40 * r - 700 * np.cos(c / 4) + 3 * k * c
    return Volume(values=values.astype(kind), geometry=grid, unit="HU")


def middle_plane(volume: Volume, right: Vector, down: Vector, *, size: int = 60, pixel: float = 0.7) -> ViewPlane:
    grid = volume.geometry
    assert grid is not None
    middle = grid.to_patient((np.array(grid.shape) - 1) / 2)
    corner = middle - (size - 1) / 2 * pixel * (np.array(right) + np.array(down)) + 0.37
    return ViewPlane(
        position=(float(corner[0]), float(corner[1]), float(corner[2])),
        right=right,
        down=down,
        spacing=(pixel, pixel),
        rows=size,
        columns=size + 7,
        thickness=1.0,
    )


def by_simpleitk(volume: Volume, plane: ViewPlane) -> npt.NDArray[Any]:
    """Its linear ResampleImageFilter, rounded; `MISSING` outside."""
    grid = volume.geometry
    assert grid is not None
    image = sitk.GetImageFromArray(volume.values.astype(np.float64))
    affine = grid.affine()
    assert affine is not None
    image.SetSpacing([float(np.linalg.norm(affine[:3, axis])) for axis in (2, 1, 0)])
    image.SetDirection((affine[:3, [2, 1, 0]] / np.linalg.norm(affine[:3, [2, 1, 0]], axis=0)).flatten().tolist())
    image.SetOrigin(affine[:3, 3].tolist())
    axes = np.stack([plane.right, plane.down, plane.normal], axis=1)
    cut = sitk.Resample(
        image,
        (plane.columns, plane.rows, 1),
        sitk.Transform(),
        sitk.sitkLinear,
        plane.position,
        (plane.spacing[1], plane.spacing[0], 1.0),
        axes.flatten().tolist(),
        float(MISSING),
        sitk.sitkFloat64,
    )
    return np.rint(sitk.GetArrayFromImage(cut)[0])


def agree(ours: npt.NDArray[Any], theirs: npt.NDArray[Any]) -> None:
    """Within one grey level; on the very edge, half a voxel out, either may count a pixel as outside."""
    outside = (ours == MISSING) != (theirs == MISSING)
    assert outside.mean() < 0.002
    both = (ours != MISSING) & (theirs != MISSING)
    assert both.mean() > 0.05
    assert np.abs(ours[both].astype(float) - theirs[both]).max() <= 1


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", [np.int16, np.int32, np.float32])
def test_any_plane_of_any_volume_is_what_simpleitk_interpolates(seed: int, kind: type) -> None:
    volume = smooth_volume(*turned(seed + 100), kind=kind)
    if kind is np.float32 or kind is np.int32:
        volume = replace(volume, padding=(MISSING, MISSING))
    plane = middle_plane(volume, *turned(seed))

    agree(Cutter(volume).cut(plane), by_simpleitk(volume, plane))


def test_planes_of_a_real_chest_are_what_simpleitk_interpolates() -> None:
    (stack,) = scan([shared("data", "chest-ct")]).stacks
    volume = replace(load_volume(stack), padding=None)
    cutter = Cutter(volume)
    for seed in range(5):
        plane = middle_plane(volume, *turned(seed), size=300, pixel=0.8)

        agree(cutter.cut(plane), by_simpleitk(volume, plane))


@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL])
@pytest.mark.parametrize("seed", range(3))
def test_on_the_volumes_own_grid_no_value_changes(plane: Plane, seed: int) -> None:
    volume = smooth_volume(*turned(seed))
    assert volume.geometry is not None
    planes, count = Planes(volume, plane), plane_count(volume.geometry, plane)
    for at in (0, 7, count - 1):
        assert np.array_equal(Cutter(volume).cut(planes.place(at)), planes.values(at))


@pytest.mark.parametrize(("kind", "of"), [(SlabKind.MIP, np.max), (SlabKind.MINIP, np.min), (SlabKind.MEAN, np.mean)])
def test_a_slab_is_made_of_the_slices_within_its_thickness(kind: SlabKind, of: Any) -> None:
    volume = smooth_volume()
    assert volume.geometry is not None
    view = slice_plane(volume.geometry, 10)

    ours = Cutter(volume).cut(view, Slab(kind, 10.0))

    within = volume.values[8:13]  # 2.5 mm apart: two to either side lie within 5 mm
    assert np.abs(ours - np.rint(of(within.astype(float), axis=0))).max() <= 1


@pytest.mark.parametrize("kind", [SlabKind.MIP, SlabKind.MINIP, SlabKind.MEAN])
def test_an_oblique_slab_is_made_of_planes_that_simpleitk_cuts(kind: SlabKind) -> None:
    volume = smooth_volume()
    assert volume.geometry is not None
    plane = middle_plane(volume, *turned(3))
    cutter = Cutter(volume)
    normal = np.array(plane.normal)
    way = (float(normal[0]), float(normal[1]), float(normal[2]))
    theirs = []
    for offset in Slab(kind, 8.0).offsets(step_across(volume.geometry, way)):
        x, y, z = np.array(plane.position) + offset * normal
        one = by_simpleitk(volume, replace(plane, position=(float(x), float(y), float(z))))
        theirs.append(np.where(one == MISSING, np.nan, one))
    assert len(theirs) > 3
    join = {
        SlabKind.MIP: np.fmax.reduce,
        SlabKind.MINIP: np.fmin.reduce,
        SlabKind.MEAN: lambda p: np.nanmean(p, axis=0),
    }
    with warnings.catch_warnings(action="ignore"):  # where all is outside
        expected = join[kind](theirs)

    agree(cutter.cut(plane, Slab(kind, 8.0)), np.where(np.isnan(expected), MISSING, np.rint(expected)))


def test_padding_has_no_part_in_a_value() -> None:
    volume = smooth_volume()
    values = volume.values.copy()
    values[:, :, :20] = -2000
    cut = Cutter(replace(volume, values=values, padding=(-2000.0, -2000.0)))
    for slab in (Slab(), Slab(SlabKind.MINIP, 6.0), Slab(SlabKind.MEAN, 6.0)):
        ours = cut.cut(middle_plane(volume, *turned(5)), slab)

        assert (ours == -2000).any()
        assert ours[ours != -2000].min() >= smooth_volume().values.min()


@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL])
@pytest.mark.parametrize(("kind", "of"), [(SlabKind.MIP, np.nanmax), (SlabKind.MEAN, np.nanmean)])
def test_values_beside_padding_stay_in_a_slab_along_the_grid(kind: SlabKind, of: Any, plane: Plane) -> None:
    volume = smooth_volume()
    values = volume.values.copy()
    values[:, :9, :] = values[:, :, -7:] = values[-3:] = values[:2] = -2000
    padded = replace(volume, values=values, padding=(-2000.0, -2000.0))
    assert padded.geometry is not None
    shown = replace(padded, values=np.where(values == -2000, np.nan, values.astype(np.float64)))
    k = plane_count(padded.geometry, plane) // 2
    grid = Planes(shown, plane)
    planes = [grid.values(k + beside) for beside in (-2, -1, 0, 1, 2)]
    view = grid.place(k)
    x, y, z = (float(part) for part in view.normal)

    made = Cutter(padded).cut(view, Slab(kind, 4 * step_across(padded.geometry, (x, y, z))))

    measured = np.isfinite(planes).any(axis=0)

    assert (made[~measured] == -2000).all()
    assert np.abs(made[measured] - of(np.array(planes)[:, measured], axis=0)).max() <= 0.5


def test_the_plane_for_dragging_covers_the_same_room() -> None:
    plane = middle_plane(smooth_volume(), *turned(1), size=61)
    half = coarser(plane, 2)

    assert (half.rows, half.columns) == (31, 34)
    first_four = plane.to_patient(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]))
    assert half.position == pytest.approx(first_four.mean(axis=0))


def test_no_plane_takes_memory_of_the_size_of_the_volume() -> None:
    volume = Volume(
        values=np.ones((200, 200, 200), dtype=np.int16), geometry=geometry(200, rows=200, columns=200), unit=""
    )
    tracemalloc.start()
    Cutter(volume).cut(middle_plane(volume, *turned(2)), Slab(SlabKind.MIP, 10.0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < volume.values.nbytes / 4


def test_a_cancelled_cut_stops() -> None:
    volume, cancel = smooth_volume(), CancelToken()
    cancel.cancel()

    with pytest.raises(Cancelled):
        Cutter(volume).cut(middle_plane(volume, *turned(1)), cancel=cancel)


def test_a_sheared_stack_is_not_cut_before_it_is_straightened() -> None:
    (stack,) = scan([shared("data", "head-ct-tilt")]).stacks

    with pytest.raises(WorkstationError) as caught:
        Cutter(load_volume(stack))

    assert caught.value.code is ErrorCode.NO_GEOMETRY
