"""Calls that take slices or one NIfTI file: what belongs together, and everything the documents demand."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import nibabel
import numpy as np
import pytest

from tests.localcloud.service import call_v1, finished, serving
from workstation.localcloud.engine.asked import BadInput
from workstation.localcloud.engine.series_input import read_nifti
from workstation.localcloud.note import Running

SOURCE = {
    "CalcCACS": "DataSourceType",
    "DetectRibFracture": "SourceType",
    "AnalyzeChestVessel": "DataSourceType",
}
every_action = pytest.mark.parametrize("action", list(SOURCE))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("cloud")) as service:
        yield service


def fields(running: Running, action: str, count: int = 20, **changes: str) -> dict[str, str]:
    """A right call of so many slices; an empty change leaves the parameter out."""
    links = {f"URLList.{n}.URL": f"{running.oss}/{running.bucket}/{n}.dcm" for n in range(1, count + 1)}
    whole = {"DataFormat": "DICOM", "OrgName": "测试", "OrgId": "0001", SOURCE[action]: "HTTP_FILES", **links}
    return {name: value for name, value in (whole | changes).items() if value}


def code(running: Running, action: str, call: dict[str, str]) -> str:
    answer = call_v1(running, action, call).json()
    return str(answer.get("Code", "taken" if answer.get("RequestId") and "Data" not in answer else "?"))


@every_action
@pytest.mark.parametrize(("count", "expected"), [(19, "InvalidParameter"), (20, "taken"), (601, "InvalidParameter")])
def test_twenty_to_six_hundred_slices_are_taken(running: Running, action: str, count: int, expected: str) -> None:
    assert code(running, action, fields(running, action, count)) == expected


@every_action
@pytest.mark.parametrize(("count", "expected"), [(1, "taken"), (2, "InvalidParameter"), (20, "InvalidParameter")])
def test_exactly_one_nifti_file_is_taken(running: Running, action: str, count: int, expected: str) -> None:
    nifti = {"DataFormat": "NIFTI", SOURCE[action]: "HTTP_NII"}

    assert code(running, action, fields(running, action, count, **nifti)) == expected


@every_action
def test_format_and_source_have_to_pair_up(running: Running, action: str) -> None:
    assert code(running, action, fields(running, action, **{SOURCE[action]: "HTTP_NII"})) == "InvalidParameter"
    assert code(running, action, fields(running, action, 1, DataFormat="NIFTI")) == "InvalidParameter"


@every_action
@pytest.mark.parametrize("name", ["DataFormat", "OrgName", "OrgId"])
def test_what_is_missing_is_refused(running: Running, action: str, name: str) -> None:
    assert code(running, action, fields(running, action, **{name: ""})) == "MissingParameter"


@every_action
def test_the_other_operations_name_of_the_source_is_refused(running: Running, action: str) -> None:
    other = "SourceType" if SOURCE[action] == "DataSourceType" else "DataSourceType"

    call = fields(running, action, **{SOURCE[action]: "", other: "HTTP_FILES"})

    assert code(running, action, call) == "MissingParameter"
    assert code(running, action, fields(running, action, **{other: "HTTP_FILES"})) == "InvalidParameter"


@every_action
@pytest.mark.parametrize(("name", "value"), [("DataFormat", "dicom"), ("DataFormat", "JPEG")])
def test_values_are_taken_as_documented_only(running: Running, action: str, name: str, value: str) -> None:
    assert code(running, action, fields(running, action, **{name: value})) == "InvalidParameter"


@every_action
def test_slices_that_are_not_there_end_the_job(running: Running, action: str) -> None:
    job = call_v1(running, action, fields(running, action)).json()["RequestId"]

    assert finished(running, job)["Status"] == "PROCESS_FAILED"


def nifti(folder: Path, shape: tuple[int, ...], affine: list[float], low: float = -1000.0) -> tuple[Path, ...]:
    image = nibabel.Nifti1Image(np.full(shape, low, np.int16), np.diag([*affine, 1.0]))
    (folder / "v.nii.gz").write_bytes(gzip.compress(image.to_bytes()))
    return (folder / "v.nii.gz",)


@pytest.mark.parametrize(
    ("shape", "affine", "low", "expected"),
    [
        ((8, 8, 19), [1.0, 1.0, 2.0], -1000.0, "426"),
        ((8, 8, 601), [1.0, 1.0, 2.0], -1000.0, "InvalidParameter.TooLarge"),
        ((8, 8, 30), [1.0, 1.0, 2.0], 0.0, "InvalidParameter.Unsuitable"),
        ((8, 8, 30, 2), [1.0, 1.0, 2.0], -1000.0, "InvalidParameter.Unsuitable"),
    ],
)
def test_a_nifti_file_that_is_no_chest_ct_is_refused(
    tmp_path: Path, shape: tuple[int, ...], affine: list[float], low: float, expected: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read_nifti(nifti(tmp_path, shape, affine, low))

    assert refused.value.code == expected


def test_a_nifti_file_stored_from_head_to_feet_is_turned(tmp_path: Path) -> None:
    values = np.full((6, 5, 20), -1000, np.int16)
    values[..., 0] = 77  # the first slice stored, the highest in the patient
    image = nibabel.Nifti1Image(values, np.diag([-0.5, -0.75, -2.0, 1.0]))
    (tmp_path / "v.nii").write_bytes(image.to_bytes())

    volume = read_nifti((tmp_path / "v.nii",))

    assert volume.hu.shape == (20, 5, 6)
    assert volume.spacing_mm == pytest.approx((2.0, 0.75, 0.5))
    assert (volume.hu[-1] == 77).all()
    assert volume.to_lps((19, 4, 5)) == pytest.approx([2.5, 3.0, 0.0])


@pytest.mark.parametrize("content", [b"\x1f\x8b\x08broken", b"no image at all" * 50, b""])
def test_damaged_nifti_files_end_with_a_documented_code(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v.nii.gz").write_bytes(content)

    with pytest.raises(BadInput) as refused:
        read_nifti((tmp_path / "v.nii.gz",))

    assert refused.value.code == ("422" if not content else "InvalidImage.Content")
