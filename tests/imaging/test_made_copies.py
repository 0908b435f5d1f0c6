"""Slices made from a volume are valid, in their exact place, with the values of the volume, and say what was done."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
import pytest

from tests.data import shared
from tests.imaging.leaks import find_leaks
from tests.imaging.studies import SALT, chest_ct, only_stack, read, received
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry
from workstation.domain.series import FactCode
from workstation.domain.volume import Volume
from workstation.domain.work import CancelToken
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.resample import straighten
from workstation.imaging.series.scan import scan
from workstation.imaging.upload.leaving import describe_leaving
from workstation.imaging.upload.prepare import Prepared, prepare
from workstation.imaging.upload.storing import storing_of

RESLICE, RESIZE = frozenset({"reslice"}), frozenset({"resize"})
TILTED: dict[str, object] = {"slices": 12, "tilt_deg": 14.0}


def _by_simpleitk(prepared: Prepared) -> tuple[npt.NDArray[Any], npt.NDArray[np.float64]]:
    """Rescaled values [slice, row, column] and the 4×4 from (slice, row, column, 1) to LPS mm, by ITK alone."""
    sitk = pytest.importorskip("SimpleITK")
    image = sitk.ReadImage([str(path) for path in prepared.files])
    spacing, direction = image.GetSpacing(), np.array(image.GetDirection()).reshape(3, 3)
    matrix = np.eye(4)
    matrix[:3, :3] = (direction * np.array(spacing))[:, ::-1]
    matrix[:3, 3] = image.GetOrigin()
    return sitk.GetArrayFromImage(image), matrix


def _affine(geometry: Geometry | None) -> npt.NDArray[np.float64]:
    assert geometry is not None
    affine = geometry.affine()
    assert affine is not None
    return affine


def _valid(prepared: Prepared, kind: str) -> None:
    if shutil.which("dciodvfy") is None:
        return
    for path in (prepared.files[0], prepared.files[-1]):
        ran = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True)
        said = ran.stderr + ran.stdout
        assert kind in said
        assert "Error" not in said, said


def test_a_tilted_series_leaves_straight_with_the_resampled_values(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original", **TILTED)
    stack = only_stack(tmp_path / "original")
    assert stack.fact(FactCode.TILT) is not None

    prepared = prepare(stack, tmp_path / "copies", SALT, RESLICE)

    straight = straighten(load_volume(stack)).volume
    values, matrix = _by_simpleitk(prepared)
    assert np.abs(matrix - _affine(prepared.sent.geometry)).max() < 1e-3
    assert np.array_equal(values, straight.values)
    again = only_stack(tmp_path / "copies")
    assert again.geometry is not None
    assert prepared.sent.geometry is not None
    assert again.geometry.same_as(prepared.sent.geometry)
    assert again.fact(FactCode.TILT) is None
    assert [str(note) for note in prepared.notes] == ["Resampled: slices sheared by 14.0° were straightened."]
    _valid(prepared, "CTImage")


def test_copies_of_a_resampled_series_are_derived_and_say_nothing_of_the_gantry(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original", **TILTED)

    prepared = prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT, RESLICE)

    ds = read(prepared.files[3])
    assert list(ds.ImageType) == ["DERIVED", "SECONDARY", "AXIAL", "RESAMPLED"]
    assert "GantryDetectorTilt" not in ds
    assert (ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType) == (1, 0, "HU")
    assert (ds.KVP, ds.ConvolutionKernel, ds.InstanceNumber) == (120, "LUNG", 4)
    assert len(set(prepared.sent.sop_instance_uids)) == len(prepared.files)


def test_a_padded_series_keeps_its_padding_apart(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original", signed=True, **TILTED)

    prepared = prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT, RESLICE)

    ds = read(prepared.files[0])
    assert ds.PixelPaddingValue == -2000
    values = np.unique(ds.pixel_array)
    assert values[0] == -2000
    assert values[1] >= -1024


def test_a_large_matrix_leaves_averaged_with_its_edges_in_place(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original", slices=4, size=128)
    stack = only_stack(tmp_path / "original")
    volume = load_volume(stack)

    prepared = prepare(stack, tmp_path / "copies", SALT, RESIZE, largest=(64, 64))

    values, matrix = _by_simpleitk(prepared)
    blocks = volume.values.reshape(4, 64, 2, 64, 2).mean(axis=(2, 4))
    assert np.abs(values - blocks).max() <= 0.5
    edge = [1, -0.5, -0.5, 1]
    assert stack.geometry is not None
    assert np.allclose((matrix @ edge)[:3], stack.geometry.to_patient([1, -0.5, -0.5]), atol=1e-3)
    assert [str(note) for note in prepared.notes] == ["Resized: 128 × 128 pixels became 64 × 64 by averaging areas."]
    _valid(prepared, "CTImage")


def test_what_would_leave_is_told_before_as_it_is_afterwards(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original", **TILTED)
    stack = only_stack(tmp_path / "original")

    leaving = describe_leaving(stack, RESLICE)
    prepared = prepare(stack, tmp_path / "copies", SALT, RESLICE)

    assert leaving.slices == len(prepared.files)
    assert leaving.total_bytes == pytest.approx(prepared.total_bytes, rel=0.1)
    assert leaving.notes == prepared.notes
    assert leaving.changed
    told = {tag.keyword: tag.value for tag in leaving.tags}
    ds = read(prepared.files[0])
    assert {keyword: str(ds[keyword].value) for keyword in ("Rows", "KVP", "RescaleSlope")} == {
        keyword: told[keyword] for keyword in ("Rows", "KVP", "RescaleSlope")
    }


def test_a_sheared_ct_from_nifti_leaves_straight(tmp_path: Path) -> None:
    nib = pytest.importorskip("nibabel")
    values = np.random.default_rng(8).integers(-1024, 1500, (24, 20, 9)).astype(np.int16)
    values[:6] = -1000
    affine = np.array([[0.9, 0, 0, -20], [0, 0.8, 0.7, 31.5], [0, 0, 3.0, -12], [0, 0, 0, 1]])
    (tmp_path / "in").mkdir()
    nib.save(nib.Nifti1Image(values, affine), tmp_path / "in" / "head.nii")
    stack = only_stack(tmp_path / "in")
    assert stack.fact(FactCode.TILT) is not None

    prepared = prepare(stack, tmp_path / "out", SALT, RESLICE)

    values, matrix = _by_simpleitk(prepared)
    assert np.abs(matrix - _affine(prepared.sent.geometry)).max() < 1e-3
    assert np.array_equal(values, straighten(load_volume(stack)).volume.values)
    assert str(prepared.notes[0]).startswith("Resampled")
    _valid(prepared, "CTImage")


@pytest.fixture(scope="module")
def head_ct(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CT-like NIfTI of our own, oblique, with a text that names somebody in its header and its name."""
    nib = pytest.importorskip("nibabel")
    rng = np.random.default_rng(5)
    values = rng.integers(-1024, 1500, (20, 24, 9)).astype(np.int16)
    values[:6] = -1000
    angle = 0.2
    affine = np.array(
        [
            [0.9 * np.cos(angle), -0.8 * np.sin(angle), 0, -20],
            [0.9 * np.sin(angle), 0.8 * np.cos(angle), 0, 31.5],
            [0, 0, 3.0, -12],
            [0, 0, 0, 1],
        ]
    )
    image = nib.Nifti1Image(values, affine)
    image.header["descrip"] = b"WANG XIAOMING 1957"
    image.header["aux_file"] = b"YT20394857"
    folder = tmp_path_factory.mktemp("wang_xiaoming")
    nib.save(image, folder / "WANGXIAOMING-19570203.nii.gz")
    return folder


def test_a_nifti_series_leaves_as_valid_ct_with_every_value_where_it_was(head_ct: Path, tmp_path: Path) -> None:
    nib = pytest.importorskip("nibabel")
    (path,) = head_ct.iterdir()
    stack = only_stack(head_ct)

    prepared = prepare(stack, tmp_path, SALT)

    image = nib.load(path)
    array = np.asarray(image.dataobj)
    values, matrix = _by_simpleitk(prepared)
    to_voxel = np.linalg.inv(image.affine) @ np.diag([-1.0, -1.0, 1.0, 1.0]) @ matrix
    grid = np.indices(values.shape).reshape(3, -1)
    at = (to_voxel @ np.vstack([grid, np.ones(grid.shape[1])]))[:3]
    assert np.abs(at - np.rint(at)).max() < 1e-3
    assert np.array_equal(array[tuple(np.rint(at).astype(int))], values.ravel())
    _valid(prepared, "CTImage")
    ds = read(prepared.files[0])
    assert (ds.Modality, ds.RescaleType, ds.PatientBirthDate) == ("CT", "HU", "")
    assert list(ds.ImageType) == ["DERIVED", "SECONDARY", "AXIAL"]
    said = [str(note) for note in prepared.notes]
    assert said[0] == "Written from NIfTI as CT: values taken as HU."
    assert len(said) > 2
    assert describe_leaving(stack).notes == prepared.notes


def test_nothing_of_a_nifti_header_or_name_leaves(head_ct: Path, tmp_path: Path) -> None:
    prepare(only_stack(head_ct), tmp_path, SALT)

    sent = received(tmp_path).lower()
    for word in (b"wang", b"xiaoming", b"1957", b"yt2039"):
        assert word not in sent


def test_an_mr_from_nifti_with_fractions_is_scaled_and_says_so(tmp_path: Path) -> None:
    nib = pytest.importorskip("nibabel")
    values = np.random.default_rng(6).normal(300, 90, (16, 14, 8)).astype(np.float32)
    folder = tmp_path / "in"
    folder.mkdir()
    nib.save(nib.Nifti1Image(values, np.diag([1.0, 1.0, 2.0, 1.0])), folder / "t1.nii")
    stack = replace(only_stack(folder), modality="MR")

    prepared = prepare(stack, tmp_path / "out", SALT)

    back, _ = _by_simpleitk(prepared)
    step = float(read(prepared.files[0]).RescaleSlope)
    assert step < 0.02
    assert np.abs(np.sort(back.ravel()) - np.sort(values.ravel())).max() <= 0.51 * step
    assert str(prepared.notes[-1]) == f"Values are stored in 16 bits, in steps of {step:.3g}."
    _valid(prepared, "MRImage")


def test_real_nifti_files_leave_as_valid_slices(tmp_path: Path) -> None:
    stacks = [s for s in scan([shared("data", "mr-spine", "nifti")]).stacks if s.geometry is not None]
    stack = replace(stacks[0], modality="MR", facts=())

    prepared = prepare(stack, tmp_path, SALT)

    values, matrix = _by_simpleitk(prepared)
    assert np.abs(matrix - _affine(stack.geometry)).max() < 1e-3
    assert np.array_equal(values, load_volume(stack).values)
    _valid(prepared, "MRImage")


@pytest.mark.parametrize(
    ("values", "unit", "slope", "intercept", "said"),
    [
        (np.array([[[0, 65535]]], np.uint16), "", 1.0, 32768.0, None),
        (np.array([[[-5.0, 7.0]]], np.float32), "", 1.0, 0.0, None),
        (np.array([[[-5.25, 7.0]]], np.float32), "HU", 1.0, 0.0, "Values are rounded to whole HU."),
        (np.array([[[100_000, 165_535]]], np.int32), "", 1.0, 132_768.0, None),
        (
            np.array([[[0, 6_553_400]]], np.int32),
            "",
            100.0,
            3_276_800.0,
            "Values are stored in 16 bits, in steps of 100.",
        ),
        (
            np.array([[[0.0, 0.65534]]], np.float32),
            "",
            1e-5,
            0.32768,
            "Values are stored in 16 bits, in steps of 1e-05.",
        ),
    ],
)
def test_sixteen_bits_hold_whole_numbers_exactly_and_others_by_a_told_scale(
    values: npt.NDArray[Any], unit: str, slope: float, intercept: float, said: str | None
) -> None:
    storing = storing_of(Volume(values=values, geometry=None, unit=unit))

    assert [storing.slope, storing.intercept] == pytest.approx([slope, intercept], rel=1e-6)
    assert (None if storing.said is None else str(storing.said)) == said
    back = storing.stored(values).astype(float) * storing.slope + storing.intercept
    limit = 0.0 if said is None else 0.51 * storing.slope
    assert np.abs(back - values).max() <= limit + 1e-6


def test_what_is_no_number_becomes_background() -> None:
    values = np.array([[[np.nan, -3.0], [8.0, np.inf]]], np.float32)

    storing = storing_of(Volume(values=values, geometry=None, unit=""))

    assert storing.stored(values).tolist() == [[[-3, -3], [8, -3]]]


@pytest.mark.parametrize("pad", [-3.4e38, 3.4e38, -np.inf])
@pytest.mark.parametrize("measured", [[0.25, 1.5, 3.75], [-60000.0, -59000.0, 5500.0]])
def test_padding_does_not_stretch_the_scale_and_stays_apart(pad: float, measured: list[float]) -> None:
    values = np.array([[[pad, *measured]]], np.float32)

    storing = storing_of(Volume(values=values, geometry=None, unit="", padding=(float(values[0, 0, 0]),) * 2))

    stored = storing.stored(values)[0, 0]
    assert np.abs(stored[1:] * storing.slope + storing.intercept - measured).max() <= 0.51 * storing.slope
    assert len(set(stored.tolist())) == 4
    assert storing.stored_value(float(values[0, 0, 0])) == stored[0]


@pytest.mark.parametrize("name", ["study.zip", "study.tar.gz"])
def test_members_of_an_archive_leave_as_the_same_copies_as_plain_files(name: str, tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original", shuffled=True)
    if name.endswith("zip"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as packed_files:
            for path in truth.files:
                packed_files.write(path, f"x/{path.name}")
    else:
        with tarfile.open(tmp_path / name, "w:gz") as packed_files:
            for path in truth.files:
                packed_files.add(path, f"x/{path.name}")
    plain = prepare(only_stack(tmp_path / "original"), tmp_path / "a", SALT)
    stack = only_stack(tmp_path / name)

    leaving = describe_leaving(stack)
    packed = prepare(stack, tmp_path / "b", SALT)

    assert [path.read_bytes() for path in packed.files] == [path.read_bytes() for path in plain.files]
    assert packed.sent.sop_instance_uids == plain.sent.sop_instance_uids
    assert leaving.slices == 6


def test_a_series_without_any_identifier_gets_new_ones(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original")
    for path in truth.files:
        ds = read(path)
        ds.StudyInstanceUID = ds.SeriesInstanceUID = ds.SOPInstanceUID = ds.FrameOfReferenceUID = ""
        pydicom.dcmwrite(path, ds, enforce_file_format=False)
    stack = only_stack(tmp_path / "original")
    assert stack.fact(FactCode.MISSING_UID) is not None

    prepared = prepare(stack, tmp_path / "copies", SALT)

    copies = [read(path) for path in prepared.files]
    assert len({ds.SOPInstanceUID for ds in copies}) == 6
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
        (uid,) = {ds[keyword].value for ds in copies}
        assert uid.startswith("2.25.")
    _valid(prepared, "CTImage")


@pytest.mark.parametrize("repairs", [RESLICE, RESLICE | RESIZE])
def test_no_identity_leaves_with_made_copies(repairs: frozenset[str], tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original", **TILTED)

    prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT, repairs, largest=(64, 64))

    assert find_leaks(truth.files, received(tmp_path / "copies")) == []


def test_no_identity_leaves_with_the_frames_of_multi_frame_files(tmp_path: Path) -> None:
    stacks = [s for s in scan([shared("data", "enhanced-multiframe")]).stacks if s.geometry is not None]
    sent = [s for s in stacks if s.slices > 1 and "Perfusion" not in s.patient.name]  # a word of image types, too
    assert len(sent) >= 3

    for number, stack in enumerate(sent):
        prepare(stack, tmp_path / str(number), SALT)

        assert find_leaks([Path(stack.instances[0].path)], received(tmp_path / str(number))) == []


@pytest.mark.parametrize(("name", "kind"), [("*ct*", "CTImage"), ("*mr*", "MRImage")])
def test_frames_of_enhanced_files_leave_as_valid_classic_slices_in_their_place(
    name: str, kind: str, tmp_path: Path
) -> None:
    found = scan(sorted(shared("data", "enhanced-multiframe").glob(name))).stacks
    stacks = [s for s in found if s.geometry is not None and s.slices > 1]
    assert stacks

    for number, stack in enumerate(stacks):
        prepared = prepare(stack, tmp_path / str(number), SALT, frozenset({"decompress"}))

        again = only_stack(tmp_path / str(number))
        assert again.geometry is not None
        assert stack.geometry is not None
        assert again.geometry.same_as(stack.geometry)
        assert np.array_equal(load_volume(again).values, load_volume(stack).values)
        _valid(prepared, kind)


def test_frames_of_compressed_files_leave_as_they_are(tmp_path: Path) -> None:
    """Taken apart once; each frame's fragments are those that an independent reader finds."""
    truth = chest_ct(tmp_path / "original", slices=3)
    ds = read(truth.files[0])
    frames = np.stack([read(path).pixel_array for path in truth.files])
    ds.NumberOfFrames, ds.PixelData = 3, frames.tobytes()
    ds.compress(pydicom.uid.RLELossless, generate_instance_uid=False)
    folder = tmp_path / "multi"
    folder.mkdir()
    ds.save_as(folder / "all.dcm")
    stack = only_stack(folder)

    prepared = prepare(stack, tmp_path / "copies", SALT)

    assert {read(path).file_meta.TransferSyntaxUID for path in prepared.files} == {pydicom.uid.RLELossless}
    assert np.array_equal([read(path).pixel_array for path in prepared.files], frames)


def test_a_series_without_a_place_can_not_be_resampled(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original")
    stack = replace(only_stack(tmp_path / "original"), geometry=None)

    with pytest.raises(WorkstationError) as refused:
        prepare(stack, tmp_path / "copies", SALT, RESLICE)

    assert refused.value.code is ErrorCode.NO_GEOMETRY


def test_a_cancelled_resampling_leaves_no_copy_behind(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original", **TILTED)
    cancel = CancelToken()

    with pytest.raises(Cancelled):
        prepare(
            only_stack(tmp_path / "original"),
            tmp_path / "copies",
            SALT,
            RESLICE,
            reporter=lambda progress: cancel.cancel() if progress.bytes_done and progress.done > 2 else None,
            cancel=cancel,
        )

    assert list((tmp_path / "copies").iterdir()) == []
