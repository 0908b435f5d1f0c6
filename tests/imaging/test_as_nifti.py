"""A series as one NIfTI file: the same values in the same places, in canonical order, and nothing of the person."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel
import numpy as np
import pytest

from tests.imaging.leaks import find_leaks
from tests.imaging.studies import chest_ct, only_stack
from workstation.domain.error import Cancelled, WorkstationError
from workstation.domain.words import Language, render
from workstation.domain.work import CancelToken, silent
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.upload.as_nifti import PreparedNifti, prepare_nifti
from workstation.imaging.upload.prepare import prepare

WAYS: list[dict[str, object]] = [
    {},
    {"feet_first": True, "shuffled": True},
    {"reversed_order": True, "signed": True},
    {"flip_rows": True},
    {"flip_columns": True, "oblique_deg": 10.0},
    {"pixel_mm": (0.9, 0.7)},
]


def prepared(folder: Path) -> PreparedNifti:
    return prepare_nifti(only_stack(folder / "original"), folder / "copies", frozenset(), silent, CancelToken())


@pytest.mark.parametrize("options", WAYS)
def test_values_and_places_are_those_of_the_series(options: dict[str, object], tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original", **options)
    made = prepared(tmp_path)
    (file,) = made.files
    image = nibabel.load(file)
    volume = load_volume(only_stack(tmp_path / "original"), silent, CancelToken())

    assert file.name == "0001.nii.gz"
    assert image.get_data_dtype() == np.int16
    assert (volume.values == np.asanyarray(image.dataobj).T).all()
    corner = image.affine @ [truth.geometry.columns - 1, truth.geometry.rows - 1, truth.geometry.slices - 1, 1]
    far = np.array([[truth.geometry.slices - 1, truth.geometry.rows - 1, truth.geometry.columns - 1]], float)
    assert corner[:3] * [-1, -1, 1] == pytest.approx(truth.geometry.to_patient(far)[0], abs=1e-3)
    assert made.sent.geometry is not None
    assert made.sent.geometry.same_as(truth.geometry)


def test_nothing_of_the_originals_header_is_in_the_file(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original")
    (file,) = prepared(tmp_path).files
    content = gzip.decompress(file.read_bytes())

    assert find_leaks((tmp_path / "original").glob("*.dcm"), content[:352]) == []
    assert content[148:228].strip(b"\0") == b""  # the only free text of a NIfTI header
    assert len(content) == 352 + 2 * nibabel.load(file).get_fdata().size


def test_it_is_said_and_names_no_instance(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original")
    made = prepared(tmp_path)

    assert [render(note, Language.ENGLISH) for note in made.notes] == ["The series is sent as one NIfTI file."]
    assert (made.sent.series_uid, made.sent.sop_instance_uids, dict(made.uid_map)) == ("", (), {})


def test_slices_that_may_not_be_sent_one_by_one_may_not_be_sent_as_one_file(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original")
    import pydicom

    ds = pydicom.dcmread(truth.files[2])
    ds.BurnedInAnnotation = "YES"
    ds.save_as(truth.files[2])
    stack = only_stack(tmp_path / "original")
    codes = []
    for way in (
        lambda: prepare_nifti(stack, tmp_path / "a", frozenset(), silent, CancelToken()),
        lambda: prepare(stack, tmp_path / "b", b"0123456789abcdef"),
    ):
        with pytest.raises(WorkstationError) as caught:
            way()
        codes.append(caught.value.code)

    assert codes[0] is codes[1]
    assert not (tmp_path / "a").exists()


def test_a_cancel_leaves_nothing_behind(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        prepare_nifti(only_stack(tmp_path / "original"), tmp_path / "copies", frozenset(), silent, cancel)

    assert not (tmp_path / "copies").exists()
