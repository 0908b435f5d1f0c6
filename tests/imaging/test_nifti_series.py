"""NIfTI files among others: phases, names, pairs, labels, what is assumed."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import nibabel
import numpy as np
import pytest

from tests.data import shared
from tests.imaging.made import write_slice
from tests.imaging.nifti_files import TO_LEFT_BACK_HEAD, counted, only_stack, write_nifti
from workstation.domain.series import FactCode, ScanResult
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan


def _accounted(result: ScanResult) -> int:
    return sum(stack.files for stack in result.stacks) + len(result.objects) + len(result.left_out)


def test_every_file_of_the_nifti_folder_counts_once() -> None:
    result = scan([shared("data", "nifti")])

    assert result.files == _accounted(result) == 36


@pytest.mark.parametrize(("shape", "phases"), [((4, 5, 6, 3), 3), ((4, 5, 6, 1, 2), 2), ((4, 5, 6, 2, 1, 3), 6)])
def test_each_index_beyond_the_third_is_a_phase(tmp_path: Path, shape: tuple[int, ...], phases: int) -> None:
    stacks = scan([write_nifti(tmp_path / "a.nii.gz", counted(*shape))]).stacks

    assert len(stacks) == phases
    assert all(stack.slices == 6 and stack.fact(FactCode.MULTI_PHASE) for stack in stacks)
    assert [stack.files for stack in stacks] == [1] + [0] * (phases - 1)


def test_a_nii_beside_a_nii_gz_of_one_name_are_each_read_as_itself(tmp_path: Path) -> None:
    plain, packed = counted(4, 5, 6), counted(4, 5, 6) + 500
    write_nifti(tmp_path / "s.nii", plain)
    write_nifti(tmp_path / "s.nii.gz", packed)

    first, second = sorted(scan([tmp_path]).stacks, key=lambda stack: stack.instances[0].path)

    assert first.id != second.id
    assert np.array_equal(load_volume(first).values, plain.transpose(2, 1, 0))
    assert np.array_equal(load_volume(second).values, packed.transpose(2, 1, 0))


def test_the_id_of_a_file_is_the_same_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    path = write_nifti(tmp_path / "a.nii", counted(4, 5, 6))

    assert only_stack(path).id == only_stack(Path(shutil.copy(path, tmp_path / "there"))).id


def test_files_of_one_name_in_two_folders_stay_two_series(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_nifti(tmp_path / name / "t1.nii", counted(4, 5, 6))

    result = scan([tmp_path])

    assert len({stack.id for stack in result.stacks}) == 2
    assert not any(stack.spare for stack in result.stacks)


@pytest.mark.parametrize("given", ["a.hdr", "a.img"])
@pytest.mark.parametrize("packed", [False, True])
def test_either_file_of_a_pair_opens_both(tmp_path: Path, given: str, packed: bool) -> None:
    nibabel.save(nibabel.Nifti1Pair(counted(4, 5, 6), TO_LEFT_BACK_HEAD), tmp_path / "a.img")
    if packed:
        (tmp_path / "a.img.gz").write_bytes(gzip.compress((tmp_path / "a.img").read_bytes()))
        (tmp_path / "a.img").unlink()
        given = given.replace(".img", ".img.gz")

    result = scan([tmp_path / given])

    assert len(result.stacks) == 1
    assert result.files == _accounted(result) == 2
    assert np.array_equal(load_volume(result.stacks[0]).values, counted(4, 5, 6).transpose(2, 1, 0))


@pytest.mark.parametrize("name", ["a.nii", "a.hdr", "a.img"])
def test_a_dicom_file_named_like_nifti_is_dicom(tmp_path: Path, name: str) -> None:
    stack = only_stack(write_slice(tmp_path / name))

    assert stack.modality == "CT"
    assert stack.series_uid


@pytest.mark.parametrize("name", ["noname", "a.dat"])
def test_nifti_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    data = write_nifti(tmp_path / "a.nii", counted(4, 5, 6)).read_bytes()
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / name).write_bytes(data)

    assert np.array_equal(load_volume(only_stack(tmp_path / "there")).values, counted(4, 5, 6).transpose(2, 1, 0))


@pytest.mark.parametrize("archive", ["a.zip", "a.tar.gz"])
def test_files_and_pairs_are_read_in_archives(tmp_path: Path, archive: str) -> None:
    files = tmp_path / "files"
    files.mkdir()
    write_nifti(files / "one.nii.gz", counted(4, 5, 6))
    nibabel.save(nibabel.Nifti1Pair(counted(6, 5, 4), TO_LEFT_BACK_HEAD), files / "two.img")
    shutil.make_archive(str(tmp_path / "a"), "zip" if archive == "a.zip" else "gztar", files)

    one, two = sorted(scan([tmp_path / archive]).stacks, key=lambda stack: stack.description)

    assert np.array_equal(load_volume(one).values, counted(4, 5, 6).transpose(2, 1, 0))
    assert np.array_equal(load_volume(two).values, counted(6, 5, 4).transpose(2, 1, 0))


def test_air_in_hounsfield_units_is_taken_for_ct_and_said() -> None:
    stack = only_stack(shared("data", "nifti", "ct-and-labels", "example_ct_sm.nii.gz"))

    assert (stack.modality, stack.unit) == ("CT", "HU")
    assumed = stack.fact(FactCode.ASSUMED)
    assert assumed is not None
    assert "CT" in str(assumed.sentence)


@pytest.mark.parametrize("kind", ["<i2", ">i2", "<i4", ">i4", "<f4", ">f4"])
@pytest.mark.parametrize(("air", "modality"), [(60, "CT"), (0, "")])
def test_air_counts_however_voxels_are_stored(tmp_path: Path, kind: str, air: int, modality: str) -> None:
    values = np.full((10, 10, 10), 40).astype(kind)
    values.reshape(-1)[:air] = -1000
    values.reshape(-1)[-1] = -1001  # too little of it alone

    assert only_stack(write_nifti(tmp_path / "a.nii", values)).modality == modality


def test_what_may_be_anything_has_no_modality() -> None:
    assert only_stack(shared("data", "nifti", "ct-and-labels", "example_mr_sm.nii.gz")).modality == ""


def test_labels_on_the_grid_of_a_nifti_series_are_its_object() -> None:
    result = scan([shared("data", "mr-spine", "nifti")])
    named = {stack.description: stack.id for stack in result.stacks}

    assert {Path(found.path).name: found.refers_to for found in result.objects} == {
        "PAM50_small_levels.nii.gz": (named["PAM50_small_t2"],),
        "t2_seg-manual_labeled.nii.gz": (named["t2"],),
    }
    assert set(named) == {"PAM50_small_t2", "t2"}


def test_labels_on_the_grid_of_a_dicom_series_are_its_object() -> None:
    result = scan([shared("data", "chest-ct-j2k")])

    (stack,) = result.stacks
    assert [found.refers_to for found in result.objects] == [(stack.series_uid or stack.id,)]


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.float64])
@pytest.mark.parametrize("at", [0, 2_000_000, 3_999_999])
def test_a_mask_is_known_by_its_two_values(tmp_path: Path, kind: type[np.generic], at: int) -> None:
    values = np.zeros(4_000_000, dtype=kind)
    values[at : at + 7] = 5

    stack = only_stack(write_nifti(tmp_path / "liver.nii.gz", values.reshape(200, 200, 100, order="F")))

    assert stack.fact(FactCode.LABELS) is not None


def test_a_quiet_beginning_does_not_make_an_image_a_mask(tmp_path: Path) -> None:
    values = np.zeros(4_000_000, dtype=np.uint8)
    values[1000] = 5
    values[3_999_990:] = range(10)

    stack = only_stack(write_nifti(tmp_path / "liver.nii.gz", values.reshape(200, 200, 100, order="F")))

    assert stack.fact(FactCode.LABELS) is None


@pytest.mark.parametrize("name", ["P01_T2_ROI", "t2_seg", "levels", "brain_mask"])
@pytest.mark.parametrize(("kind", "spread"), [(np.int16, 150), (np.uint8, 20), (np.float32, 150)])
def test_an_image_named_like_a_map_of_labels_stays_an_image(
    tmp_path: Path, name: str, kind: type[np.generic], spread: int
) -> None:
    noise = np.random.default_rng(1).gamma(2, spread, (40, 50, 30))
    values = np.rint(np.clip(noise, 0, 255 if kind is np.uint8 else None)).astype(kind)
    write_nifti(tmp_path / f"{name}.nii.gz", values)
    write_nifti(tmp_path / "P01_T1.nii.gz", values[::-1].copy())

    result = scan([tmp_path])

    assert not result.objects
    assert {stack.description for stack in result.stacks} == {name, "P01_T1"}
    assert not any(stack.fact(FactCode.LABELS) for stack in result.stacks)


def test_an_atlas_of_many_labels_and_single_points_are_known_by_their_names(tmp_path: Path) -> None:
    atlas = np.arange(8 * 8 * 6, dtype=np.uint16).reshape(8, 8, 6).repeat(5, 0).repeat(5, 1).repeat(4, 2)
    points = np.zeros(atlas.shape, dtype=np.uint8)
    points[::2, ::3, ::5] = np.arange(20 * 14 * 5).reshape(20, 14, 5) % 40
    write_nifti(tmp_path / "aparc+aseg.nii.gz", atlas)
    write_nifti(tmp_path / "discs_labels.nii.gz", points)

    assert all(stack.fact(FactCode.LABELS) for stack in scan([tmp_path]).stacks)


def test_what_says_that_it_is_a_map_of_labels_is_one_whatever_it_holds(tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(counted(10, 10, 10), np.eye(4))
    image.header["intent_code"] = 1002
    nibabel.save(image, tmp_path / "a.nii")

    assert only_stack(tmp_path / "a.nii").fact(FactCode.LABELS) is not None


def test_volumes_without_a_place_are_phases_as_well(tmp_path: Path) -> None:
    nibabel.save(nibabel.AnalyzeImage(counted(4, 5, 6, 3), np.eye(4)), tmp_path / "a.img")

    stacks = scan([tmp_path]).stacks

    assert [stack.slices for stack in stacks] == [6, 6, 6]
    assert all(stack.fact(FactCode.MULTI_PHASE) and stack.fact(FactCode.NO_POSITION) for stack in stacks)


def test_labels_without_their_series_stay_a_stack_that_says_so(tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(counted(4, 5, 6) % 3, np.eye(4))
    image.header["intent_code"] = 1002
    nibabel.save(image, tmp_path / "a.nii")

    result = scan([tmp_path])

    assert not result.objects
    assert result.stacks[0].fact(FactCode.LABELS) is not None


def test_a_scan_does_not_tell_of_labels_before_their_series_may_be_found() -> None:
    told: list[str] = []
    scan([shared("data", "mr-spine", "nifti")], found=lambda stack: told.append(stack.description))

    assert sorted(told) == ["PAM50_small_t2", "t2"]
