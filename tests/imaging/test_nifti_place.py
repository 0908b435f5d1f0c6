"""Where NIfTI arrays lie, checked against nibabel and SimpleITK."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK as sitk  # noqa: N813
from hypothesis import given
from hypothesis import strategies as st

from tests.data import shared
from tests.imaging.nifti_files import WITH_PICTURES, counted, only_stack, reference, write_nifti
from workstation.domain.geometry import Plane
from workstation.domain.series import FactCode
from workstation.imaging.nifti.header import parse
from workstation.imaging.nifti.place import Told, affine_of, place_of
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan

ORIENTATIONS = ("ASR", "IPL", "LAS", "LPS", "PSR", "RAS", "RPI", "SAR")


@given(
    st.sampled_from([nibabel.Nifti1Header, nibabel.Nifti2Header]),
    st.sampled_from(["<", ">"]),
    st.integers(0, 4),
    st.integers(0, 4),
    st.lists(st.floats(0.1, 9), min_size=3, max_size=3),
    st.lists(st.floats(-0.57, 0.57), min_size=3, max_size=3),
    st.lists(st.floats(-200, 200), min_size=12, max_size=12),
    st.sampled_from([-1, 1]),
)
def test_sform_goes_before_qform_before_sizes_as_nibabel_has_it(
    kind: Any, order: str, sform: int, qform: int, zooms: list[float], bcd: list[float], srow: list[float], qfac: int
) -> None:
    header = kind(endianness=order)
    header.set_data_shape((5, 6, 7))
    header["pixdim"][:4] = [qfac, *zooms]
    header["sform_code"], header["qform_code"] = sform, qform
    header["quatern_b"], header["quatern_c"], header["quatern_d"] = bcd
    header["qoffset_x"], header["qoffset_y"], header["qoffset_z"] = srow[:3]
    header["srow_x"], header["srow_y"], header["srow_z"] = srow[:4], srow[4:8], srow[8:]
    header["magic"] = b"n+1" if kind is nibabel.Nifti1Header else header["magic"]

    affine, told = affine_of(parse(header.binaryblock))

    assert np.abs(affine - header.get_best_affine()).max() < 1e-3
    assert told is (Told.SFORM if sform else Told.QFORM if qform else Told.ASSUMED)


@pytest.mark.parametrize("name", WITH_PICTURES)
def test_every_voxel_has_the_value_and_the_place_that_nibabel_gives_it(name: str) -> None:
    values, affine = reference(name)
    for volume, stack in enumerate(scan([shared("data", *name.split("/"))]).stacks):
        loaded = load_volume(stack)
        assert loaded.geometry is not None
        seen = np.zeros(values.shape[:3], bool)
        for number, pixels in enumerate(loaded.values):
            every = np.stack(np.indices((1, *pixels.shape)), axis=-1).reshape(-1, 3) + np.array([number, 0, 0])
            at = np.linalg.solve(affine, np.c_[loaded.geometry.to_patient(every), np.ones(len(every))].T)[:3].T
            index = np.rint(at).astype(int)

            # a thousandth of a voxel; the affines are compared in mm above
            assert np.abs(at - index).max() < 1e-3
            seen[tuple(index.T)] = True
            assert np.allclose(pixels.ravel(), values[(*index.T, volume)], rtol=1e-6, atol=1e-5)
        assert seen.all()
        assert seen.size == loaded.values.size


@pytest.mark.parametrize("name", [*(f"nifti/orientations/{code}.nii.gz" for code in ORIENTATIONS),
                                  "nifti/ct-and-labels/example_ct_sm.nii.gz", "nifti/ct-shear/CT_pitch.nii.gz",
                                  "mr-spine/nifti/t2.nii.gz", "nifti/nibabel/anatomical.nii"])  # fmt: skip
def test_geometry_is_that_of_simpleitk(name: str, tmp_path: Path) -> None:
    path = shared("data", *name.split("/"))
    image = sitk.ReadImage(str(shutil.copy(path, tmp_path)))  # alone: it takes s.nii for s.nii.gz
    voxels = sitk.GetArrayFromImage(image)

    loaded = load_volume(only_stack(path))

    assert loaded.geometry is not None
    shape = np.array(loaded.geometry.shape)
    for index in ([0, 0, 0], [1, 2, 3], (shape - 1).tolist(), (shape // 2).tolist()):
        place = loaded.geometry.to_patient(index)
        x, y, z = image.TransformPhysicalPointToIndex(place.tolist())
        assert np.abs(np.array(image.TransformIndexToPhysicalPoint((x, y, z))) - place).max() < 1e-3
        assert loaded.values[tuple(index)] == pytest.approx(voxels[z, y, x], abs=1e-4)


def test_a_half_turn_that_was_rounded_is_one_as_simpleitk_has_it(tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(np.arange(60, dtype=np.int16).reshape(3, 4, 5), np.diag([1.0, 1.0, 1.0, 1.0]))
    image.set_sform(None, 0)
    image.set_qform(np.array([[-0.7, 0, 0, 12.8], [0, 0, -0.8, -16], [0, 2.5, 0, 30], [0, 0, 0, 1]]), 1)
    nibabel.save(image, tmp_path / "turned.nii")

    theirs = sitk.ReadImage(str(tmp_path / "turned.nii"))
    ours = only_stack(tmp_path).geometry

    assert ours is not None
    assert np.abs(ours.positions[0] - theirs.TransformIndexToPhysicalPoint((0, 0, 0))).max() < 1e-3
    assert np.abs(ours.positions[-1] - theirs.TransformIndexToPhysicalPoint((0, 3, 0))).max() < 1e-3


def test_eight_storages_of_one_volume_give_one_picture() -> None:
    volumes = [
        load_volume(only_stack(shared("data", "nifti", "orientations", f"{code}.nii.gz"))) for code in ORIENTATIONS
    ]
    first = volumes[0]

    assert all(np.array_equal(volume.values, first.values) for volume in volumes)
    assert first.geometry is not None
    assert all(volume.geometry is not None and volume.geometry.same_as(first.geometry) for volume in volumes)


@pytest.mark.parametrize(
    ("zooms", "plane", "rows", "columns"),
    [
        ((1, 1, 1), Plane.AXIAL, (0, 1, 0), (1, 0, 0)),
        ((4, 1, 1), Plane.SAGITTAL, (0, 0, -1), (0, 1, 0)),
        ((1, 4, 1), Plane.CORONAL, (0, 0, -1), (1, 0, 0)),
        ((1.4, 1, 1), Plane.AXIAL, (0, 1, 0), (1, 0, 0)),
    ],
)
def test_slices_go_along_a_clearly_larger_spacing_in_the_radiological_convention(
    tmp_path: Path, zooms: tuple[float, ...], plane: Plane, rows: tuple[int, ...], columns: tuple[int, ...]
) -> None:
    stack = only_stack(write_nifti(tmp_path / "a.nii", counted(4, 5, 6), np.diag([*zooms, 1.0])))

    assert stack.geometry is not None
    assert stack.plane is plane
    assert (stack.geometry.column_cosine, stack.geometry.row_cosine) == (rows, columns)


def _affine(*columns: tuple[float, float, float]) -> npt.NDArray[np.float64]:
    affine = np.eye(4)
    affine[:3, :3] = np.array(columns).T
    return affine


def test_a_sheared_array_keeps_the_place_of_every_slice_and_says_so(tmp_path: Path) -> None:
    affine = _affine((1, 0, 0), (0, 1, 0), (0, 0.5, 2))
    stack = only_stack(write_nifti(tmp_path / "a.nii", counted(4, 5, 6), affine))

    assert stack.geometry is not None
    assert np.allclose(np.diff(stack.geometry.positions, axis=0), (0, -0.5, 2))
    assert stack.fact(FactCode.TILT) is not None


def test_skewed_rows_and_columns_get_no_place_but_are_shown(tmp_path: Path) -> None:
    affine = _affine((1, 0, 0), (0.4, 1, 0), (0.3, 0.3, 1))
    stack = only_stack(write_nifti(tmp_path / "a.nii", counted(4, 5, 6), affine))

    assert stack.geometry is None
    assert "right angles" in str(stack.fact(FactCode.TILT) and stack.fact(FactCode.TILT).sentence)  # type: ignore[union-attr]
    assert load_volume(stack).values.shape == (6, 5, 4)


@pytest.mark.parametrize("broken", [np.nan, np.inf, 0.0, 1e30])
def test_an_impossible_place_is_no_place(tmp_path: Path, broken: float) -> None:
    affine = np.diag([1.0, 1.0, 1.0, 1.0])
    affine[2, 2] = broken
    image = nibabel.Nifti1Image(counted(4, 5, 6), None)
    image.header["srow_x"], image.header["srow_y"], image.header["srow_z"] = affine[:3]
    image.header["sform_code"] = 1
    (tmp_path / "a.nii").write_bytes(image.header.binaryblock + bytes(4) + counted(4, 5, 6).tobytes())

    stack = only_stack(tmp_path / "a.nii")

    assert stack.geometry is None
    assert stack.fact(FactCode.NO_POSITION) is not None


@pytest.mark.parametrize(("unit", "factor"), [("meter", 1000.0), ("mm", 1.0), ("micron", 0.001), ("unknown", 1.0)])
def test_units_are_brought_to_millimetres(unit: str, factor: float) -> None:
    header = nibabel.Nifti1Header()
    header.set_data_shape((3, 4, 5))
    header.set_sform(np.diag([2.0, 3.0, 4.0, 1.0]), code=1)
    header.set_xyzt_units(xyz=unit)

    place = place_of(parse(header.binaryblock))

    assert place.spacing == pytest.approx((3 * factor, 2 * factor))


def test_sizes_alone_are_placed_as_nibabel_does_and_said_to_be_assumed() -> None:
    stack = only_stack(shared("data", "nifti", "broken", "no-qform-no-sform.nii.gz"))

    assert stack.geometry is not None
    assert stack.fact(FactCode.ASSUMED) is not None


def test_analyze_tells_no_orientation(tmp_path: Path) -> None:
    nibabel.save(nibabel.AnalyzeImage(counted(4, 5, 6), np.diag([-2.0, 2.0, 3.0, 1.0])), tmp_path / "a.img")

    stack = only_stack(tmp_path / "a.hdr")

    assert stack.geometry is None
    assert stack.fact(FactCode.NO_POSITION) is not None
    assert stack.instances[0].spacing == (2.0, 2.0)
    assert np.array_equal(load_volume(stack).values, counted(4, 5, 6).transpose(2, 1, 0)[:, ::-1])
