from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from tests.data import shared
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry, Plane, Vector, ascending_normal, direction_letters
from workstation.domain.volume import Volume
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.reslice import Planes, plane_count
from workstation.imaging.series.scan import scan

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def _minus(way: Vector) -> Vector:
    return (-way[0], -way[1], -way[2])


ORIENTATIONS = [
    (row, column)
    for a, b in itertools.permutations((X, Y, Z), 2)
    for row in (a, _minus(a))
    for column in (b, _minus(b))
]
TOP_AND_RIGHT = {Plane.AXIAL: ("A", "L"), Plane.CORONAL: ("H", "L"), Plane.SAGITTAL: ("H", "P")}


def _volume(row: Vector, column: Vector) -> Volume:
    """Each voxel's value names its index, so that none can be mistaken for another."""
    normal = np.array(ascending_normal(row, column))
    geometry = Geometry(
        positions=np.array([[10.0, -20.0, 30.0] + k * 3 * normal for k in range(3)]),
        row_cosine=row,
        column_cosine=column,
        spacing=(1.5, 0.5),
        rows=4,
        columns=5,
    )
    return Volume(values=np.arange(60, dtype=np.int16).reshape(3, 4, 5), geometry=geometry, unit="HU")


@pytest.mark.parametrize(("row", "column"), ORIENTATIONS)
@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL])
def test_every_pixel_lies_where_its_voxel_lies(row: Vector, column: Vector, plane: Plane) -> None:
    volume = _volume(row, column)
    assert volume.geometry is not None
    planes = Planes(volume, plane)
    values, view = planes.values(1), planes.place(1)
    y, x = np.mgrid[: view.rows, : view.columns]
    index = np.rint(volume.geometry.to_index(view.to_patient(x, y))).astype(int)

    assert values.shape == (view.rows, view.columns)
    assert np.array_equal(values, volume.values[tuple(np.moveaxis(index, -1, 0))])


@pytest.mark.parametrize(("row", "column"), ORIENTATIONS)
@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL])
def test_the_head_or_the_front_is_up_and_the_left_is_right(row: Vector, column: Vector, plane: Plane) -> None:
    view = Planes(_volume(row, column), plane).place(0)

    assert (direction_letters(_minus(view.down)), direction_letters(view.right)) == TOP_AND_RIGHT[plane]


@pytest.mark.parametrize(("plane", "axis"), [(Plane.SAGITTAL, 0), (Plane.CORONAL, 1), (Plane.AXIAL, 2)])
def test_the_index_grows_to_left_back_and_head(plane: Plane, axis: int) -> None:
    volume = _volume(_minus(X), _minus(Z))
    assert volume.geometry is not None
    planes = Planes(volume, plane)
    places = [planes.place(k).position[axis] for k in range(plane_count(volume.geometry, plane))]

    assert places == sorted(places)


def test_planes_that_are_read_together_are_told_apart() -> None:
    volume = replace(_volume(X, Y), values=np.arange(3 * 4 * 21, dtype=np.int16).reshape(3, 4, 21))
    assert volume.geometry is not None
    volume = replace(volume, geometry=replace(volume.geometry, columns=21))
    planes = Planes(volume, Plane.SAGITTAL)

    for at in (0, 20, 7, 8, 15, 16, 19, 6):
        values = planes.values(at)
        assert np.array_equal(values, volume.values[::-1, :, at])
        values[:] = -1  # whoever has it may write into it


def test_a_plane_beyond_the_volume_is_refused() -> None:
    planes = Planes(_volume(X, Y), Plane.SAGITTAL)

    for at in (-1, 5):
        with pytest.raises(WorkstationError) as caught:
            planes.values(at)
        assert caught.value.code is ErrorCode.NO_SUCH_SLICE


def test_an_axial_plane_of_an_axial_stack_is_its_slice() -> None:
    (stack,) = scan([shared("data", "chest-ct")]).stacks
    volume = load_volume(stack)
    planes = Planes(volume, Plane.AXIAL)

    assert np.array_equal(planes.values(20), volume.values[20])
    assert planes.place(20).position == pytest.approx(stack.instances[20].position)


def test_a_sheared_stack_has_no_such_planes() -> None:
    (stack,) = scan([shared("data", "gaps-duplicates", "ct-one-gap-tilted")]).stacks

    with pytest.raises(WorkstationError) as caught:
        Planes(load_volume(stack), Plane.CORONAL)

    assert caught.value.code is ErrorCode.NO_GEOMETRY
