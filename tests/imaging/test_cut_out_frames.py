"""Frames that are parts of a picture, cut out or in tiles: each lies at its own row and column (C.7.6.16.2.3)."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from pydicom.dataset import Dataset

from tests.imaging.asymmetric import WAYS, Body
from tests.imaging.test_parametric_maps import mapping, on_series, parametric_map, ramp
from tests.imaging.test_segmentation import Bools, covered, read, segmentation
from workstation.domain.answer import PlacementState
from workstation.domain.error import WorkstationError
from workstation.domain.mask_cut import labels_on
from workstation.domain.projection import ViewPlane
from workstation.imaging.objects.read import read_objects
from workstation.imaging.objects.sheets import sheets_of
from workstation.imaging.series.scan import scan

Part = tuple[int, int, int, int]  # number of the segment, slice, first row, first column
SIZE = (10, 12)


def place(body: Body, k: int, top: float, left: float) -> list[float]:
    step, down, right = body.spacing
    at = body.first + k * step * body.normal + top * down * body.column + left * right * body.row
    return [round(float(value), 5) for value in at]


def noise(body: Body, parts: list[Part], count: int = 1) -> Bools:
    """[segment, slice, row, column]: something that is nowhere the same, within the parts."""
    found = np.zeros((count, *body.shape), dtype=np.bool_)
    drawn = np.random.default_rng(8).random(found.shape) < 0.6
    for number, k, top, left in parts:
        area = (number - 1, k, slice(top, top + SIZE[0]), slice(left, left + SIZE[1]))
        found[area] = drawn[area]
    return found


def cut_out(body: Body, values: Bools, parts: list[Part], off: float = 0.0) -> Dataset:
    """A segmentation whose frames are these parts of its values; `off`: pixels that odd parts lie off the lattice."""
    template = segmentation(body.files, body.mask().astype(np.uint8))
    group = template.PerFrameFunctionalGroupsSequence[0]
    for keyword in ("DerivationImageSequence", "SegmentIdentificationSequence"):
        if keyword in group:
            delattr(group, keyword)
    if "SegmentIdentificationSequence" in template.SharedFunctionalGroupsSequence[0]:
        del template.SharedFunctionalGroupsSequence[0].SegmentIdentificationSequence
    described = template.SegmentSequence[0]
    template.SegmentSequence = [copy.deepcopy(described) for _ in values]
    for number, segment in enumerate(template.SegmentSequence, start=1):
        segment.SegmentNumber = number
    groups, bits = [], []
    for at, (number, k, top, left) in enumerate(parts):
        one = copy.deepcopy(group)
        one.PlanePositionSequence[0].ImagePositionPatient = place(body, k, top + off * (at % 2), left)
        identified = Dataset()
        identified.ReferencedSegmentNumber = number
        one.SegmentIdentificationSequence = [identified]
        groups.append(one)
        bits.append(values[number - 1, k, top : top + SIZE[0], left : left + SIZE[1]].ravel())
    template.PerFrameFunctionalGroupsSequence = groups
    template.Rows, template.Columns = SIZE
    template.NumberOfFrames = len(parts)
    packed = np.packbits(np.concatenate(bits), bitorder="little").tobytes()
    template.PixelData = packed + b"\0" * (len(packed) % 2)
    return template


def in_order(body: Body, folder: Path, values: Bools) -> npt.NDArray[np.bool_]:
    """Values of the body's own slices in the order of the series."""
    stack, _ = read(folder)
    order = [[str(ds.SOPInstanceUID) for ds in body.files].index(one.sop_instance_uid) for one in stack.instances]
    return values[:, order]


@pytest.mark.parametrize("way", WAYS)
def test_segments_that_were_cut_out_one_by_one_lie_where_they_were_cut(tmp_path: Path, way: str) -> None:
    body = Body(way)
    body.write(tmp_path)
    parts = [(1, k, 2, 3) for k in (7, 8, 9)] + [(2, k, 17, 25) for k in (8, 9, 10)]
    values = noise(body, parts, 2)
    cut_out(body, values, parts).save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    wanted = in_order(body, tmp_path, values)
    assert overlaid.placement.state is PlacementState.PROVEN
    assert np.array_equal(covered(stack, overlaid, 1), wanted[0])
    assert np.array_equal(covered(stack, overlaid, 2), wanted[1])


def test_tiles_of_one_segment_make_one_picture(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    parts = [(1, k, top, left) for k in (7, 8, 10) for top in (0, 10, 20, 30) for left in (0, 12, 24)]
    values = noise(body, parts)
    cut_out(body, values, parts).save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    assert np.array_equal(covered(stack, overlaid), values[0])
    assert len(overlaid.masks) == 1


def test_each_slice_may_be_cut_at_a_place_of_its_own(tmp_path: Path) -> None:
    """Between the slices, too: a grid whose rows wander from slice to slice would be interpolated there."""
    body = Body()
    body.write(tmp_path)
    parts = [(1, k, 3 * (k - 6), 30 - 4 * (k - 6)) for k in range(6, 12)]
    values = noise(body, parts)
    cut_out(body, values, parts).save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    (mask,) = overlaid.masks
    assert np.array_equal(covered(stack, overlaid), values[0])
    for k in range(5, 13):
        for up in (-0.3, 0.3):
            origin = place(body, k, 0, 0)
            origin[2] += up * body.spacing[0]
            plane = ViewPlane(
                position=(origin[0], origin[1], origin[2]),
                right=(1.0, 0.0, 0.0),
                down=(0.0, 1.0, 0.0),
                spacing=(2.0, 2.0),
                rows=body.shape[1],
                columns=body.shape[2],
                thickness=3.0,
            )
            assert np.array_equal(labels_on(mask, plane) == 1, values[0, k])


def test_frames_of_a_leaning_series_lean_with_it(tmp_path: Path) -> None:
    body = Body()
    for k, ds in enumerate(body.write(tmp_path)):
        x, y, z = ds.ImagePositionPatient
        ds.ImagePositionPatient = [x, round(float(y) + 0.77 * k, 5), z]
        ds.save_as(tmp_path / f"{k:03}.dcm")
    parts = [(1, k, 2, 3) for k in (7, 8, 9)] + [(2, k, 17, 25) for k in (8, 9, 10)]
    values = noise(body, parts, 2)
    seg = cut_out(body, values, parts)
    for (_, k, _, _), group in zip(parts, seg.PerFrameFunctionalGroupsSequence, strict=True):
        x, y, z = group.PlanePositionSequence[0].ImagePositionPatient
        group.PlanePositionSequence[0].ImagePositionPatient = [x, round(float(y) + 0.77 * k, 5), z]
    seg.save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    assert np.array_equal(covered(stack, overlaid, 1), values[0])
    assert np.array_equal(covered(stack, overlaid, 2), values[1])


def test_frames_between_the_pixels_of_others_have_a_grid_of_their_own(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    parts = [(1, 8, 2, 3), (2, 8, 17, 25)]
    values = noise(body, parts, 2)
    cut_out(body, values, parts, off=0.4).save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    assert np.array_equal(covered(stack, overlaid, 1), values[0])
    assert np.array_equal(covered(stack, overlaid, 2), values[1])
    assert len(overlaid.masks) == 2


def test_a_frame_far_away_makes_no_grid_as_large_as_the_way_there(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    parts = [(1, 8, 2, 3), (1, 9, 2, 3), (2, 9, 2, 3)]
    values = noise(body, parts, 2)
    seg = cut_out(body, values, parts)
    seg.PerFrameFunctionalGroupsSequence[2].PlanePositionSequence[0].ImagePositionPatient = [4e6, 4e6, 0]
    seg.save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    assert np.array_equal(covered(stack, overlaid, 1), values[0])
    assert not covered(stack, overlaid, 2).any()
    assert sum(mask.values.size for mask in overlaid.masks) < 10_000


def test_frames_that_are_all_far_from_one_another_are_refused(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    parts = [(1, k % 27, 2, 3) for k in range(270)]
    seg = cut_out(body, noise(body, parts), parts)
    random = np.random.default_rng(2)
    for group in seg.PerFrameFunctionalGroupsSequence[1:]:
        x, y, z = group.PlanePositionSequence[0].ImagePositionPatient
        far = 2.0 * random.integers(-(10**6), 10**6, 2)
        group.PlanePositionSequence[0].ImagePositionPatient = [float(x) + far[0], float(y) + far[1], z]
    seg.save_as(tmp_path / "seg.dcm")

    found = scan([tmp_path])
    (overlaid,) = read_objects(found.stacks[0], found.objects)

    assert str(overlaid.fault) == "Position or orientation is not usable."


@pytest.mark.parametrize(("spacing", "away"), [((0.0, 1.0), 1.0), ((1.0, -1.0), 1.0), ((1.0, 1.0), 1e300)])
def test_what_is_no_place_is_refused(spacing: tuple[float, float], away: float) -> None:
    positions = np.array([[0.0, 0.0, 0.0], [away, 0.0, 0.0]])

    with pytest.raises(WorkstationError):
        sheets_of(positions, ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), spacing, SIZE, None)


def test_frames_without_a_place_are_counted(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    parts = [(1, k, 2, 3) for k in (7, 8, 9)]
    values = noise(body, parts)
    seg = cut_out(body, values, parts)
    del seg.PerFrameFunctionalGroupsSequence[1].PlanePositionSequence
    seg.save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    values[0, 8] = False
    assert np.array_equal(covered(stack, overlaid), values[0])
    assert [str(note) for note in overlaid.notes] == ["1 frame has no place and is not painted."]


def test_parts_of_a_map_lie_where_they_were_measured(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    values = ramp(body).astype(np.float32)
    made = parametric_map(body, values, mapping())
    areas = [(k, top, left) for k in (7, 8, 9) for top, left in ((0, 0), (10, 12), (30, 31))]
    group = made.PerFrameFunctionalGroupsSequence[0]
    if "DerivationImageSequence" in group:
        del group.DerivationImageSequence
    groups = [copy.deepcopy(group) for _ in areas]
    for one, (k, top, left) in zip(groups, areas, strict=True):
        one.PlanePositionSequence[0].ImagePositionPatient = place(body, k, top, left)
    cut = [values[k, top : top + SIZE[0], left : left + SIZE[1]] for k, top, left in areas]
    made.PerFrameFunctionalGroupsSequence = groups
    made.Rows, made.Columns = SIZE
    made.NumberOfFrames = len(areas)
    made.FloatPixelData = np.stack(cut).astype("<f4").tobytes()
    made.save_as(tmp_path / "map.dcm")

    found = on_series(tmp_path)

    assert read(tmp_path)[1].notes == ()
    wanted = np.full(body.shape, np.nan)
    for (k, top, left), part in zip(areas, cut, strict=True):
        wanted[k, top : top + SIZE[0], left : left + SIZE[1]] = part
    assert np.allclose(found, wanted, rtol=1e-6, equal_nan=True)


def test_two_quantities_of_a_map_have_grids_of_their_own(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    values = np.stack([ramp(body), 2 * ramp(body)], axis=-1).astype(np.float32)
    made = parametric_map(body, values[..., 0], mapping())
    other = copy.deepcopy(made.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence)
    own = made.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence
    other[0].QuantityDefinitionSequence[0].ConceptCodeSequence[0].CodeMeaning = "Other"
    del made.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence
    groups = []
    for at, mapped in enumerate((own, other)):
        for k in range(body.shape[0]):
            one = copy.deepcopy(made.PerFrameFunctionalGroupsSequence[k])
            if "DerivationImageSequence" in one:
                del one.DerivationImageSequence
            one.RealWorldValueMappingSequence = mapped
            one.PlanePositionSequence[0].ImagePositionPatient = place(body, k, 0, 3 * at)
            groups.append(one)
    made.PerFrameFunctionalGroupsSequence = groups
    made.NumberOfFrames = len(groups)
    made.FloatPixelData = np.concatenate([values[..., 0], values[..., 1]]).astype("<f4").tobytes()
    made.save_as(tmp_path / "map.dcm")

    _, overlaid = read(tmp_path)

    first, second = overlaid.maps
    assert first.geometry.positions[0, 0] == pytest.approx(body.first[0])
    assert second.geometry.positions[0, 0] == pytest.approx(body.first[0] + 6.0)
    assert second.geometry.shape == first.geometry.shape
