"""RunCTRegistration: the pair is matched to a part of a voxel, and the answer's files lie on the reference's grid."""

from __future__ import annotations

import gzip
import io
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import nibabel as nib
import numpy as np
import numpy.typing as npt
import pytest
from pydicom import dcmread

from tests.localcloud.service import call_v1, serving
from workstation.imaging.phantom.make import PhantomOptions, PhantomTruth, make_phantom
from workstation.localcloud.engine.analyses import analyse
from workstation.localcloud.engine.asked import Analysis, Answer, AnswerFile, BadInput
from workstation.localcloud.engine.registration import image_of, register
from workstation.localcloud.engine.registration_answer import run_ct_registration
from workstation.localcloud.engine.volume import CtVolume, read_series
from workstation.localcloud.note import Running

ACTION = "RunCTRegistration"
FIRST = PhantomOptions(slices=36, size=96, spacing_mm=5.0, nodules=3)
LATER = replace(FIRST, follow_up=True)
AT_ONCE = {
    "turned, mirrored, feet first": replace(LATER, oblique_deg=8, flip_columns=True, feet_first=True),
    "other voxels": replace(LATER, slices=80, spacing_mm=2.2, pixel_mm=(3.0, 3.6), shuffled=True),
}


@dataclass(frozen=True)
class Scan:
    truth: PhantomTruth
    volume: CtVolume


def scanned(folder: Path, options: PhantomOptions, seed: int = 1) -> Scan:
    truth = make_phantom("chest-ct", folder, seed, options)
    return Scan(truth, read_series(truth.files, least=8))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    return scanned(tmp_path_factory.mktemp("first"), FIRST)


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    return scanned(tmp_path_factory.mktemp("later"), LATER)


def asked(one: Scan, other: Scan, *truth_dirs: Path) -> Analysis:
    files = {"ReferenceList": one.truth.files, "FloatingList": other.truth.files}
    return Analysis(ACTION, files, {}, truth_dirs)


def true_transform(one: Scan, other: Scan) -> npt.NDArray[np.float64]:
    """LPS mm of one scan → of the other, by construction of the phantom."""
    found: npt.NDArray[np.float64] = other.truth.pose.matrix() @ np.linalg.inv(one.truth.pose.matrix())
    return found


def error_voxels(one: Scan, found: npt.NDArray[np.float64], true: npt.NDArray[np.float64]) -> float:
    """The greatest error along any axis at places all over the chest, in voxels of `one`."""
    shape = np.array(one.volume.hu.shape)
    at = np.random.default_rng(0).uniform(shape * (0.1, 0.25, 0.15), shape * (0.9, 0.75, 0.85), (200, 3))
    places = np.array([[*one.volume.to_lps(index), 1.0] for index in at])
    away = (places @ (found - true).T)[:, :3]
    return float(np.abs(away @ one.volume.axes_lps.T / one.volume.spacing_mm).max())


def content(answer: object, name: str) -> bytes:
    assert isinstance(answer, dict)
    file = answer[name]
    assert isinstance(file, AnswerFile)
    return file.content


@pytest.mark.parametrize("way", list(AT_ONCE))
def test_the_error_on_the_phantom_pair_is_less_than_a_voxel(first: Scan, way: str, tmp_path: Path) -> None:
    other = scanned(tmp_path, AT_ONCE[way])
    moved = register(first.volume, other.volume)

    assert error_voxels(first, moved.transform, true_transform(first, other)) < 1
    assert error_voxels(first, np.eye(4), true_transform(first, other)) > 2  # they did lie apart


def test_series_that_lie_far_apart_in_their_scanners_are_found(first: Scan, later: Scan) -> None:
    """Frames of reference have nothing to do with one another: 400 mm further up."""
    away = np.array((30.0, 60.0, 400.0))
    volume = replace(later.volume, positions_mm=later.volume.positions_mm + away)
    true = true_transform(first, later)
    true[:3, 3] += away

    assert error_voxels(first, register(first.volume, volume).transform, true) < 1


@pytest.fixture(scope="module")
def answer(first: Scan, later: Scan) -> Answer:
    """The truth of one of both is known, which does not help."""
    return analyse(asked(first, later, first.truth.folder))


def test_the_moved_series_shows_the_same_anatomy_as_the_reference(first: Scan, later: Scan, answer: Answer) -> None:
    image = nib.Nifti1Image.from_bytes(gzip.decompress(content(answer, "NUrl")))
    moved, reference = np.asarray(image.dataobj).T.astype(float), first.volume.hu.astype(float)
    inside = np.s_[8:-8, 24:-24, 20:-20]
    before = np.abs(later.volume.hu.astype(float)[inside] - reference[inside]).mean()

    assert np.abs(moved[inside] - reference[inside]).mean() < 0.5 * before


def test_both_files_hold_the_moved_series_on_the_grid_of_the_reference(first: Scan, answer: Answer) -> None:
    image = nib.Nifti1Image.from_bytes(gzip.decompress(content(answer, "NUrl")))
    with tarfile.open(fileobj=io.BytesIO(content(answer, "DUrl"))) as archive:
        slices = [dcmread(io.BytesIO(archive.extractfile(entry).read())) for entry in archive]  # type: ignore[union-attr]
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine
    last = np.array([*np.array(image.shape) - 1, 1.0])

    assert answer["YingtaiBasis"] == {"all": "algorithm", "parts": {}}
    assert image.shape == first.volume.hu.shape[::-1]
    assert np.allclose((lps @ last)[:3], first.volume.to_lps((35, 95, 95)), atol=1e-3)
    assert [float(ds.ImagePositionPatient[2]) for ds in slices] == pytest.approx(first.volume.positions_mm[:, 2])
    dicom = np.stack([ds.pixel_array for ds in slices])
    assert np.array_equal(dicom.transpose(2, 1, 0), np.asarray(image.dataobj))
    reference = dcmread(first.truth.files[0], stop_before_pixels=True)
    kept = ("PatientID", "StudyInstanceUID", "FrameOfReferenceUID")
    assert {ds[name].value for ds in slices for name in kept} == {reference[name].value for name in kept}
    assert {ds.SeriesInstanceUID for ds in slices}.isdisjoint({reference.SeriesInstanceUID})
    assert read_series([_bytes(ds) for ds in slices], least=8).hu.shape == first.volume.hu.shape


def _bytes(ds: object) -> bytes:
    written = io.BytesIO()
    ds.save_as(written)  # type: ignore[attr-defined]
    return written.getvalue()


def test_truth_is_told_only_of_two_scans_whose_poses_are_known_and_only_on_request(
    first: Scan, later: Scan, answer: Answer
) -> None:
    known = run_ct_registration(asked(first, later, first.truth.folder, later.truth.folder))

    assert known["YingtaiBasis"] == {"all": "truth", "parts": {}}
    assert answer["YingtaiBasis"] == {"all": "algorithm", "parts": {}}


def test_series_of_two_patients_are_refused(first: Scan, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="two patients") as refused:
        run_ct_registration(asked(first, scanned(tmp_path, LATER, seed=2)))

    assert refused.value.code == "InvalidParameter.Unsuitable"


def test_fewer_than_8_frames_are_refused_on_either_side(first: Scan) -> None:
    few = replace(first, truth=replace(first.truth, files=first.truth.files[:7]))
    codes = []
    for pair in ((few, first), (first, few)):
        with pytest.raises(BadInput) as refused:
            run_ct_registration(asked(*pair))
        codes.append(refused.value.code)

    assert codes == ["426", "426"]


def test_what_is_not_dicom_is_refused(first: Scan, tmp_path: Path) -> None:
    text = tmp_path / "a.dcm"
    text.write_bytes(b"no picture")
    wrong = replace(first, truth=replace(first.truth, files=(text,) * 8))
    with pytest.raises(BadInput) as refused:
        run_ct_registration(asked(first, wrong))

    assert refused.value.code == "423"


def test_a_series_of_nothing_but_air_is_refused(first: Scan) -> None:
    empty = replace(first.volume, hu=np.full_like(first.volume.hu, -1000))
    with pytest.raises(BadInput) as refused:
        register(first.volume, empty)

    assert refused.value.code == "InvalidParameter.Unsuitable"


def test_sheared_slices_are_refused(first: Scan) -> None:
    tilted = first.volume.positions_mm + np.arange(36)[:, None] * np.array((0.0, 0.5, 0.0))
    with pytest.raises(BadInput) as refused:
        image_of(replace(first.volume, positions_mm=tilted))

    assert refused.value.code == "InvalidParameter.Unsuitable"


def test_without_the_library_the_documented_code_says_so(
    first: Scan, later: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "SimpleITK", None)  # as where it is not installed
    with pytest.raises(BadInput, match="SimpleITK") as refused:
        run_ct_registration(asked(first, later))

    assert refused.value.code == "InternalError.Env"


# The RPC front


def pair_call(running: Running, reference: int = 8, floating: int = 8) -> dict[str, str]:
    def link(side: str, number: int) -> str:
        return f"{running.oss}/{running.bucket}/{side}/{number:04d}.dcm"

    sides = (("ReferenceList", "ReferenceURL", reference), ("FloatingList", "FloatingURL", floating))
    links = {f"{name}.{n}.{item}": link(name, n) for name, item, count in sides for n in range(1, count + 1)}
    return {"DataFormat": "DICOM", "DataSourceType": "HTTP_FILES", "OrgName": "测试", "OrgId": "0001", **links}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("rpc") / "state", least_job_s=600.0) as service:
        yield service


def code(answer: httpx.Response) -> str:
    return str(answer.json().get("Code", ""))


def test_a_pair_is_taken_as_a_job(running: Running) -> None:
    answer = call_v1(running, ACTION, pair_call(running, 8, 600))

    assert answer.status_code == 200
    assert answer.json().keys() == {"RequestId", "Message"}


@pytest.mark.parametrize("name", ["DataFormat", "DataSourceType", "OrgName", "OrgId"])
def test_a_parameter_that_is_missing_is_named(running: Running, name: str) -> None:
    call = pair_call(running)
    del call[name]
    answer = call_v1(running, ACTION, call)

    assert code(answer) == "MissingParameter"
    assert name in answer.json()["Message"]


@pytest.mark.parametrize("side", ["ReferenceList", "FloatingList"])
def test_a_side_that_is_missing_is_named(running: Running, side: str) -> None:
    call = {name: value for name, value in pair_call(running).items() if not name.startswith(side)}

    assert code(call_v1(running, ACTION, call)) == "MissingParameter"


@pytest.mark.parametrize("counts", [(7, 8), (8, 7), (601, 8), (8, 601)])
def test_each_side_has_8_to_600_frames(running: Running, counts: tuple[int, int]) -> None:
    assert code(call_v1(running, ACTION, pair_call(running, *counts))) == "InvalidParameter"


@pytest.mark.parametrize(
    "wrong",
    [
        {"DataFormat": "NIFTI"},
        {"DataSourceType": "HTTP_ZIP"},
        {"SourceType": "HTTP_FILES"},  # the name that rib fractures use
        {"URLList.1.URL": "http://127.0.0.1/a.dcm"},
        {"ReferenceList.10.ReferenceURL": "http://127.0.0.1/a.dcm"},  # a hole
        {"FloatingList.9.ReferenceURL": "http://127.0.0.1/a.dcm"},
    ],
)
def test_other_values_and_names_are_refused(running: Running, wrong: dict[str, str]) -> None:
    assert code(call_v1(running, ACTION, pair_call(running) | wrong)) == "InvalidParameter"


def test_an_address_outside_the_store_is_refused(running: Running) -> None:
    wrong = {"FloatingList.1.FloatingURL": "http://example.com/a.dcm"}

    assert code(call_v1(running, ACTION, pair_call(running) | wrong)) == "InvalidImage.Region"
