"""A mask is painted on the grid that was sent, however its file turns the axes, or not at all."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest

from tests.stacks import geometry
from workstation.domain.answer import AnswerMask, SentSeries
from workstation.domain.finding import Basis, Finding
from workstation.domain.geometry import Geometry, pixel_grid
from workstation.domain.mask_place import place_mask
from workstation.domain.photo_area import with_areas
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume, ResultVolume
from workstation.domain.words import Words, say

GRID = geometry(5, rows=6, columns=7, step=2.5, spacing=(0.8, 1.2))
SENT = SentSeries(geometry=GRID, series_uid="1.2", sop_instance_uids=())
LABELS = np.random.default_rng(3).integers(0, 4, GRID.shape).astype(np.uint8)


def stored(order: tuple[int, ...] = (0, 1, 2), flips: tuple[int, ...] = (1, 1, 1)) -> ResultVolume:
    """LABELS as a file may hold them: its k, j, i run along these axes of the grid, forwards (1) or backwards (-1)."""
    values = LABELS.transpose(order)[tuple(slice(None, None, flip) for flip in flips)]
    to_patient = np.eye(4)
    start = [0.0, 0.0, 0.0]
    for place, (axis, flip) in enumerate(zip(order, flips, strict=True)):
        start[axis] = 0.0 if flip > 0 else LABELS.shape[axis] - 1.0
        one = [float(axis == other) for other in range(3)]
        step = GRID.to_patient(one) - GRID.to_patient([0.0, 0.0, 0.0])
        to_patient[:3, 2 - place] = step * flip
    to_patient[:3, 3] = GRID.to_patient(start)
    return ResultVolume(name="m.nii.gz", values=np.ascontiguousarray(values), to_patient=to_patient)


def placed(volume: ResultVolume, grid: Geometry | None = GRID) -> object:
    found = place_mask(
        AnswerMask(name="m", volume=volume), SentSeries(geometry=grid, series_uid="", sop_instance_uids=())
    )
    return found.values.tolist() if isinstance(found, LabelVolume) else str(found)


WAYS = [(order, flips) for order in permutations(range(3)) for flips in product((1, -1), repeat=3)]


@pytest.mark.parametrize(("order", "flips"), WAYS)
def test_a_mask_comes_back_the_same_however_its_file_turns_the_axes(
    order: tuple[int, ...], flips: tuple[int, ...]
) -> None:
    assert placed(stored(order, flips)) == LABELS.tolist()


def moved(change: np.ndarray) -> ResultVolume:
    whole = stored()
    return ResultVolume(name=whole.name, values=whole.values, to_patient=change @ whole.to_patient)


def shift(x: float, y: float, z: float) -> np.ndarray:
    change = np.eye(4)
    change[:3, 3] = x, y, z
    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(shift(0.6, 0, 0), id="half a column aside"),
        pytest.param(shift(0, 0, 2.5), id="one slice too high"),
        pytest.param(np.diag([1.05, 1, 1, 1]), id="columns five percent wider"),
        pytest.param(np.diag([-1.0, -1, 1, 1]), id="RAS taken for LPS"),
        pytest.param(np.diag([np.nan, 1, 1, 1]), id="no finite place"),
    ],
)
def test_a_mask_on_another_grid_is_refused(change: np.ndarray) -> None:
    assert placed(moved(change)) == "its grid is not that of the series sent."


def test_a_rounded_affine_is_the_same_grid() -> None:
    assert placed(moved(shift(0.01, -0.01, 0.02))) == LABELS.tolist()


def test_a_mask_of_another_size_is_refused() -> None:
    whole = stored()
    cut = ResultVolume(name="m", values=whole.values[:4], to_patient=whole.to_patient)

    assert placed(cut) == "its grid is not that of the series sent."


@pytest.mark.parametrize("value", [0.5, -1.0, 256.0, np.nan])
def test_values_that_are_no_labels_are_refused(value: float) -> None:
    whole = stored()
    values = whole.values.astype(np.float32)
    values[2, 2, 2] = value

    assert placed(ResultVolume(name="m", values=values, to_patient=whole.to_patient)) == "its values are no labels."


def test_a_field_of_vectors_is_no_mask() -> None:
    whole = stored()
    field = ResultVolume(name="m", values=np.zeros((*LABELS.shape, 3)), to_patient=whole.to_patient)

    assert placed(field) == "it is no label image."


def test_without_positions_nothing_is_painted() -> None:
    assert placed(stored(), None) == "the series has no positions to place it by."


def in_picture(labels: np.ndarray, original: tuple[int, int]) -> LabelVolume | Words:
    """A mask in the pixels of a picture that was reduced from `original` (rows, columns) for sending."""
    rows, columns = labels.shape
    row, column = original[0] / rows, original[1] / columns
    grid = replace(
        pixel_grid(rows, columns), positions=np.array([[(column - 1) / 2, (row - 1) / 2, 0.0]]), spacing=(row, column)
    )
    sent_picture = SentSeries(geometry=grid, series_uid="", sop_instance_uids=("",), pixels=True)
    volume = ResultVolume(name="photo", values=labels.astype(np.uint8)[None], to_patient=np.eye(4))
    return place_mask(AnswerMask(name="photo", volume=volume, in_pixels=True), sent_picture)


def test_a_mask_of_a_reduced_picture_lies_in_the_pixels_of_the_original() -> None:
    labels = np.arange(1, 7).reshape(2, 3)
    placed = in_picture(labels, (4, 6))

    assert isinstance(placed, LabelVolume)
    assert (placed.values[0] == labels.repeat(2, axis=0).repeat(2, axis=1)).all()
    assert placed.geometry.same_as(pixel_grid(4, 6))


def test_a_mask_keeps_its_share_where_the_picture_was_reduced_by_no_whole_number() -> None:
    rows, columns = np.mgrid[:64, :96]
    disc = (rows - 30) ** 2 + (columns - 50) ** 2 <= 20**2
    placed = in_picture(disc, (150, 231))

    assert isinstance(placed, LabelVolume)
    assert placed.voxels[1] / placed.values.size == pytest.approx(disc.mean(), rel=0.01)


def test_area_and_share_are_counted_in_pixels_of_the_original() -> None:
    placed = in_picture(np.array([[0, 1, 1], [2, 2, 2]]), (4, 6))
    assert isinstance(placed, LabelVolume)
    found = Finding(
        id="J/1",
        code="object",
        label=say("Object"),
        shapes=(Mask(volume="photo", label=1),),
        measurements=(),
        confidence=None,
        basis=Basis.ALGORITHM,
    )
    area, share = with_areas(found, (placed,)).measurements

    assert (area.value, area.unit, area.basis) == (8.0, "px", Basis.ALGORITHM)
    assert share.value == pytest.approx(100 / 3)
