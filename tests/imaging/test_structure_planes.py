"""Structures with odd contours: each stands for its own plane and its own space, whichever slices the series has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.imaging.asymmetric import Body
from tests.imaging.test_drawn_objects import Array, around, structures
from tests.imaging.test_segmentation import covered, read
from workstation.domain.answer import PlacementState
from workstation.domain.overlaid import Overlaid

FEWER = (
    "1 structure is outlined on fewer planes than there are slices: those between stay empty, and no volume is given."
)


def square(z: float, half: float = 10.0) -> Array:
    return np.array([(-half, -half, z), (half, -half, z), (half, half, z), (-half, half, z)])


def height(body: Body, k: int) -> float:
    return float(body.files[k].ImagePositionPatient[2])


def written(body: Body, folder: Path, *outlines: Array) -> None:
    """One structure of closed contours that name no images."""
    made = structures(body, [("CLOSED_PLANAR", points, "") for points in outlines])
    made.save_as(folder / "rt.dcm", enforce_file_format=True)


def notes(overlaid: Overlaid) -> list[str]:
    return [str(note) for note in overlaid.notes]


@pytest.mark.parametrize("named", [True, False])
def test_a_contour_of_a_slice_that_is_missing_lies_on_no_slice(tmp_path: Path, named: bool) -> None:
    body = Body()
    body.write(tmp_path)
    structures(body, around(body, named)).save_as(tmp_path / "rt.dcm", enforce_file_format=True)
    (tmp_path / "013.dcm").unlink()

    stack, overlaid = read(tmp_path)

    assert overlaid.placement.state is PlacementState.PROVEN
    assert np.array_equal(covered(stack, overlaid), np.delete(body.mask(), 13, axis=0))
    assert notes(overlaid) == ["1 contour lies on no slice."]


def test_what_was_drawn_on_a_missing_slice_alone_is_not_painted_on_its_neighbours(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    written(body, tmp_path, square(height(body, 13)))
    (tmp_path / "013.dcm").unlink()

    _, overlaid = read(tmp_path)

    assert overlaid.findings[0].shapes == ()
    assert notes(overlaid) == ["1 contour lies on no slice."]


@pytest.mark.parametrize("parts", [2, 4, 5])
def test_planes_between_the_slices_do_not_cancel_those_on_them(tmp_path: Path, parts: int) -> None:
    body = Body()
    body.write(tmp_path)
    first, step = height(body, 8), body.spacing[0] / parts
    written(body, tmp_path, *(square(first + k * step, 10.0 + 0.01 * k) for k in range(4 * parts + 1)))

    stack, overlaid = read(tmp_path)

    found = covered(stack, overlaid)
    assert np.flatnonzero(found.any(axis=(1, 2))).tolist() == [8, 9, 10, 11, 12]
    assert {int(plane.sum()) for plane in found if plane.any()} == {100}
    assert notes(overlaid) == [f"{4 * (parts - 1)} contours lie on no slice."]


def test_slices_between_planes_stay_empty_and_no_volume_is_given(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    written(body, tmp_path, *(square(height(body, k)) for k in (8, 10, 12, 14)))

    stack, overlaid = read(tmp_path)

    assert np.flatnonzero(covered(stack, overlaid).any(axis=(1, 2))).tolist() == [8, 10, 12, 14]
    assert overlaid.findings[0].measurements == ()
    assert notes(overlaid) == [FEWER]


def test_a_contour_that_is_stored_twice_is_painted_once(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    outer, hole = square(height(body, 13)), square(height(body, 13), 4.0)
    written(body, tmp_path, outer, hole, outer, hole)

    stack, overlaid = read(tmp_path)

    assert int(covered(stack, overlaid).sum()) == 100 - 16
    assert notes(overlaid) == []


def test_a_hole_lies_in_the_plane_of_its_contour_as_far_as_a_file_rounds_it(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    written(body, tmp_path, square(height(body, 13)), square(height(body, 13) + 0.01, 4.0))

    stack, overlaid = read(tmp_path)

    assert int(covered(stack, overlaid).sum()) == 100 - 16


def two_structures(body: Body, *spaces: str, named: bool = True) -> Dataset:
    """The body's outline in one structure of each of these frames of reference."""
    one, *others = [structures(body, around(body, named)) for _ in spaces]
    for number, (space, other) in enumerate(zip(spaces, (one, *others), strict=True), start=1):
        roi, drawn = other.StructureSetROISequence[0], other.ROIContourSequence[0]
        roi.ROINumber = drawn.ReferencedROINumber = number
        roi.ReferencedFrameOfReferenceUID = space
        if other is not one:
            one.StructureSetROISequence.append(roi)
            one.ROIContourSequence.append(drawn)
    return one


def test_a_structure_of_another_frame_of_reference_is_listed_and_not_painted(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    two_structures(body, "1.2.3.1000", body.frame_of_reference).save_as(tmp_path / "rt.dcm", enforce_file_format=True)

    stack, overlaid = read(tmp_path)

    other, own = overlaid.findings
    assert overlaid.placement.state is PlacementState.PROVEN
    assert (other.shapes, other.measurements) == ((), ())
    assert own.shapes
    assert np.array_equal(covered(stack, overlaid, 2), body.mask())
    assert notes(overlaid) == ["1 structure lies in another frame of reference, and is not painted."]


@pytest.mark.parametrize(("named", "state"), [(True, PlacementState.PROVEN), (False, PlacementState.CONTRADICTED)])
def test_of_two_spaces_none_is_guessed_to_be_that_of_the_series(
    tmp_path: Path, named: bool, state: PlacementState
) -> None:
    body = Body()
    for number, ds in enumerate(body.write(tmp_path)):
        del ds.FrameOfReferenceUID
        ds.save_as(tmp_path / f"{number:03}.dcm", enforce_file_format=True)
    two_structures(body, "1.2.3.1000", "1.2.3.1001", named=named).save_as(tmp_path / "rt.dcm", enforce_file_format=True)

    _, overlaid = read(tmp_path)

    assert overlaid.placement.state is state
    assert overlaid.paints == state.painted


@pytest.mark.parametrize(
    ("good", "bad"),
    [(b"\\-7.5000", b" " * 8), (b"-7.5000", b"x.y    "), (b"-7.5000", b"NaN    "), (b"-7.5000", b"1e999  ")],
)
def test_a_damaged_contour_is_left_out_and_the_others_are_painted(tmp_path: Path, good: bytes, bad: bytes) -> None:
    body = Body()
    body.write(tmp_path)
    whole = structures(body, around(body))
    extra = structures(body, [("CLOSED_PLANAR", square(height(body, 13)), "")]).ROIContourSequence[0].ContourSequence[0]
    extra.ContourData = ["-7.5000" if k == 7 else f"{k}.0" for k in range(9)]
    whole.ROIContourSequence[0].ContourSequence.append(extra)
    whole.save_as(tmp_path / "rt.dcm", enforce_file_format=True)
    written_bytes = (tmp_path / "rt.dcm").read_bytes()
    assert written_bytes.count(good) == 1
    assert len(good) == len(bad)
    (tmp_path / "rt.dcm").write_bytes(written_bytes.replace(good, bad))

    stack, overlaid = read(tmp_path)

    assert overlaid.fault is None
    assert overlaid.placement.state is PlacementState.PROVEN
    assert np.array_equal(covered(stack, overlaid), body.mask())
    assert notes(overlaid) == ["1 contour is damaged and is not shown."]
