"""The main job on a phantom by the real engine: what is written is whole, valid, readable and in its place."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import numpy.typing as npt
import pydicom
import pypdf
import pytest
import SimpleITK
from PIL import Image

from tests.journeys.conftest import make
from tests.journeys.program import ROOT, Program, Ran

LUNG_HU = -500
NAME = re.compile("[\u4e00-\u9fff]{2,4}")


@dataclass(frozen=True)
class Journey:
    study: Path
    out: Path
    ran: Ran

    @property
    def result(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads((self.out / "result.json").read_text(encoding="utf-8"))
        return value

    @property
    def truth(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads((self.study / "truth.json").read_text(encoding="utf-8"))
        return value


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    folder = tmp_path_factory.mktemp("main")
    study = make(folder, "--slices", "50", "--size", "256", "--spacing", "3")
    ran = Program(folder / "home").analyze(study, folder / "out", "--lang", "zh", "--json")
    assert ran.code == 0, ran.err
    return Journey(study, folder / "out", ran)


def patient_name(study: Path) -> str:
    """The ideographic part as written in the original."""
    name = pydicom.dcmread(next(study.glob("*.dcm")), stop_before_pixels=True).PatientName
    found = NAME.search(str(name).replace("^", ""))
    assert found is not None
    return found.group()


def volume(study: Path) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The originals by pydicom alone: HU [slice, row, column], and the matrix and origin of index → patient mm."""
    slices = [pydicom.dcmread(file) for file in study.glob("*.dcm")]
    row, column = np.array(slices[0].ImageOrientationPatient, float).reshape(2, 3)
    normal = np.cross(row, column)
    slices.sort(key=lambda ds: float(np.dot(normal, np.array(ds.ImagePositionPatient, float))))
    at = np.array([ds.ImagePositionPatient for ds in slices], float)
    step = (at[-1] - at[0]) / (len(at) - 1)
    between_rows, between_columns = (float(value) for value in slices[0].PixelSpacing)
    hu = np.stack([ds.pixel_array * float(ds.RescaleSlope) + float(ds.RescaleIntercept) for ds in slices])
    return hu, np.column_stack([step, column * between_rows, row * between_columns]), at[0]


def spheres(result: dict[str, Any]) -> list[tuple[npt.NDArray[np.float64], float]]:
    return [
        (np.array(shape["center_mm"], float), float(shape["radius_mm"]))
        for finding in result["findings"]
        for shape in finding["shapes"]
        if shape["type"] == "sphere"
    ]


def test_standard_output_is_the_result_and_nothing_else(journey: Journey) -> None:
    assert journey.ran.json == journey.result
    assert "已写入" in journey.ran.err or str(journey.out) in journey.ran.err


def test_the_result_is_valid_by_the_published_schema(journey: Journey) -> None:
    schema = json.loads((ROOT / "resources" / "schema" / "yingtai-result-1.json").read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator(schema).validate(journey.result)
    assert journey.result["basis"] == "algorithm"
    assert json.loads((journey.out / "raw.json").read_text(encoding="utf-8"))["Data"]["Status"] == "PROCESS_SUCCESS"


def test_the_drawn_nodules_of_six_millimetres_are_found_in_their_place(journey: Journey) -> None:
    _, matrix, _ = volume(journey.study)
    diagonal = float(np.linalg.norm(np.linalg.norm(matrix, axis=0)))
    found = spheres(journey.result)
    drawn = [nodule for nodule in journey.truth["nodules"] if nodule["diameter_mm"] >= 6]

    assert len(drawn) >= 3
    for nodule in drawn:
        center = np.array(nodule["center_mm"], float)
        distance, radius = min((float(np.linalg.norm(at - center)), radius) for at, radius in found)
        assert distance <= diagonal
        assert abs(2 * radius - nodule["diameter_mm"]) <= max(0.15 * nodule["diameter_mm"], abs(matrix[1, 1]))
    assert len(found) <= len(journey.truth["nodules"]) + 2


def test_every_reported_nodule_lies_in_the_lung_where_the_result_says(journey: Journey) -> None:
    """Soft tissue at its centre (or ground glass), lung around it: in the original pixels, by pydicom alone."""
    hu, matrix, origin = volume(journey.study)
    found = spheres(journey.result)
    assert found
    grid = np.indices(hu.shape).reshape(3, -1)
    places = (matrix @ grid).T + origin
    for center, radius in found:
        distance = np.linalg.norm(places - center, axis=1)
        inside = hu.ravel()[distance <= max(0.6 * radius, 1.6)]
        around = hu.ravel()[(distance > 1.5 * radius + 1) & (distance < 1.5 * radius + 8)]
        assert inside.size
        assert np.median(inside) > np.median(around) + 100
        assert np.mean(around < LUNG_HU) > 0.5


def test_the_slices_named_are_those_another_reader_counts(journey: Journey) -> None:
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(journey.study)))
    image = reader.Execute()
    for finding, (center, _) in zip(journey.result["findings"], spheres(journey.result), strict=True):
        index = image.TransformPhysicalPointToContinuousIndex(center.tolist())[2]
        first, last = finding["slices"]

        assert first - 0.51 <= index <= last + 0.51


def test_the_report_can_be_copied_in_chinese(journey: Journey) -> None:
    text = "".join(page.extract_text() for page in pypdf.PdfReader(journey.out / "report.pdf").pages)

    assert patient_name(journey.study) in text
    assert "肺" in text
    assert all(f"{radius * 2:.1f}" in text for _, radius in spheres(journey.result))
    assert not re.search("[\u2e80-\u2fdf]", text)  # radicals in place of characters would break copy and search


def test_what_a_command_writes_is_a_draft(journey: Journey) -> None:
    text = "".join(page.extract_text() for page in pypdf.PdfReader(journey.out / "report.pdf").pages)

    assert "草稿，未签署" in text
    assert not {"signed", "addenda"} & journey.result.keys()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_another_reader_copies_the_same_name(journey: Journey) -> None:
    told = subprocess.run(["pdftotext", journey.out / "report.pdf", "-"], capture_output=True, check=True)

    assert patient_name(journey.study) in told.stdout.decode("utf-8")


def test_the_report_says_that_it_is_for_archives(journey: Journey) -> None:
    reader = pypdf.PdfReader(journey.out / "report.pdf")
    metadata = reader.xmp_metadata
    assert metadata is not None
    said = metadata.stream.get_data().decode("utf-8")

    assert "<pdfaid:part>2</pdfaid:part>" in said
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in said


def test_the_picture_is_a_page_with_something_on_it(journey: Journey) -> None:
    with Image.open(journey.out / "report.png") as picture:
        assert picture.height > picture.width > 1000
        assert len(set(picture.convert("L").resize((64, 64)).tobytes())) > 20


def test_the_table_has_one_line_for_each_finding(journey: Journey) -> None:
    text = (journey.out / "findings.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [row["id"] for row in rows] == [finding["id"] for finding in journey.result["findings"]]
    for row, (center, radius) in zip(rows, spheres(journey.result), strict=True):
        assert [float(row[name]) for name in ("x_mm", "y_mm", "z_mm")] == pytest.approx(center, abs=1e-3)
        assert float(row["diameter_mm"]) == pytest.approx(2 * radius, abs=0.01)


@pytest.mark.long
def test_the_same_study_gives_the_same_findings_again(journey: Journey, tmp_path: Path) -> None:
    again = Program(journey.out.parent / "home").analyze(journey.study, tmp_path / "out", "--json")

    assert again.code == 0, again.err
    assert [finding["shapes"] for finding in again.json["findings"]] == [
        finding["shapes"] for finding in journey.result["findings"]
    ]
