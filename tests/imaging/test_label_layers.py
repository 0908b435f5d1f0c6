"""Labels that overlap lie in several volumes, each no larger than its own labels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry
from workstation.domain.words import say
from workstation.imaging.objects.frame_places import Grid
from workstation.imaging.objects.label_layers import LabelLayers

SHAPE = (30, 60, 70)


def grid() -> Grid:
    geometry = Geometry(
        positions=np.array([[3.0, 4.0, 2.0 * k] for k in range(SHAPE[0])]),
        row_cosine=(1.0, 0.0, 0.0),
        column_cosine=(0.0, 1.0, 0.0),
        spacing=(0.5, 0.7),
        rows=SHAPE[1],
        columns=SHAPE[2],
    )
    return Grid(geometry, geometry.offsets)


def found(layers: LabelLayers, on: Grid, numbers: int) -> npt.NDArray[np.bool_]:
    """[number, slice, row, column] of what the volumes have, by the places of their voxels."""
    masks, shapes = layers.made({number: say("{text}", text=str(number)) for number in range(1, numbers + 1)})
    named = {mask.name: mask for mask in masks}
    covered = np.zeros((numbers, *SHAPE), dtype=np.bool_)
    for number, parts in shapes.items():
        for part in parts:
            mask = named[part.volume]
            index = np.argwhere(mask.values == part.label)
            at = np.rint(on.geometry.to_index(mask.geometry.to_patient(index))).astype(int)
            covered[(number - 1, *at.T)] = True
            assert str(mask.names[part.label]) == str(number)
    return covered


def test_labels_that_overlap_in_any_way_are_all_whole() -> None:
    random = np.random.default_rng(3)
    on, layers = grid(), LabelLayers("x")
    wanted = np.zeros((300, *SHAPE), dtype=np.bool_)
    for number in range(1, 301):
        k, top, left = random.integers(0, (28, 50, 60))
        for deep in range(int(random.integers(1, 3))):
            part = random.random(random.integers(1, 10, 2)) < 0.7
            wanted[number - 1, k + deep, top : top + part.shape[0], left : left + part.shape[1]] = part
            layers.put(on, number, part, int(k + deep), (int(top), int(left)))

    assert np.array_equal(found(layers, on, 300), wanted)


def test_each_volume_is_as_large_as_its_own_labels() -> None:
    on, layers = grid(), LabelLayers("x")
    large = np.ones(SHAPE[1:], dtype=np.bool_)
    for k in range(SHAPE[0]):
        layers.put(on, 1, large, k)
    for number, k, corner in ((2, 4, (3, 5)), (3, 4, (5, 6)), (4, 20, (40, 50)), (5, 20, (41, 51)), (6, 20, (42, 52))):
        layers.put(on, number, np.ones((6, 8), dtype=np.bool_), k, corner)

    masks, shapes = layers.made({})

    sizes = sorted(mask.values.shape for mask in masks)
    assert sizes == [(3, 6, 8), (19, 42, 53), (19, 43, 53), (30, 60, 70)]
    assert sorted(shapes) == [1, 2, 3, 4, 5, 6]


def test_more_volumes_than_memory_is_meant_for_are_refused() -> None:
    on, layers = grid(), LabelLayers("x")
    for number in range(1, 12):
        layers.put(on, number, np.ones(SHAPE[1:], dtype=np.bool_), 3)

    with pytest.raises(WorkstationError) as refused:
        layers.made({}, largest=3 * 60 * 70 * 10)

    assert refused.value.code is ErrorCode.TOO_LARGE
    assert len(layers.made({}, largest=None)[0]) == 11
