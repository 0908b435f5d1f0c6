"""The example of a hospital's own service, end to end: the program's real commands against the file that docs show."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.journeys.program import ROOT, Program
from workstation.imaging.phantom.make import PhantomOptions, make_phantom

EXAMPLE = ROOT / "docs" / "examples" / "hospital_service.py"
YES = ("--connection", "hosp", "--consent", "--max-cost", "3")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the example keeps what it is sent."""
    return tmp_path_factory.mktemp("example") / "store"


@pytest.fixture(scope="module")
def facts(store: Path) -> Iterator[dict[str, str]]:
    """A running example: its address and keys."""
    with subprocess.Popen([sys.executable, EXAMPLE, store], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.kill()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, facts: dict[str, str]) -> Program:
    """A user who added the service as `docs/compatible-service.md` says."""
    program = Program(tmp_path_factory.mktemp("user") / "home")
    added = program.run(
        *(
            "connection",
            "add",
            "hosp",
            "--kind",
            "compatible",
            "--bucket",
            facts["bucket"],
            "--region",
            facts["region"],
        ),
        *("--oss", facts["oss"], "--rpc", facts["rpc"], "--no-keys"),
    )
    assert added.code == 0, added.err
    program.environment["YINGTAI_HOSP_ACCESS_KEY_ID"] = facts["access_key_id"]
    program.environment["YINGTAI_HOSP_ACCESS_KEY_SECRET"] = facts["access_key_secret"]
    return program


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_phantom(
        "chest-ct", tmp_path_factory.mktemp("study"), options=PhantomOptions(slices=24, size=64, spacing_mm=8.0)
    ).folder


def brightest_mm(study: Path) -> list[float]:
    """Where the brightest voxel of the study lies in the patient, by pydicom alone."""
    at, most = [0.0, 0.0, 0.0], -1e9
    for file in sorted(study.glob("*.dcm"), key=lambda f: float(pydicom.dcmread(f).ImagePositionPatient[2])):
        frame = pydicom.dcmread(file)
        values = frame.pixel_array * float(frame.RescaleSlope) + float(frame.RescaleIntercept)
        if values.max() > most:
            most = float(values.max())
            row, column = np.unravel_index(int(np.argmax(values)), values.shape)
            along = np.array(frame.ImageOrientationPatient, float)
            rows, columns = (float(value) for value in frame.PixelSpacing)
            position = np.array(frame.ImagePositionPatient, float)
            at = (position + along[:3] * columns * column + along[3:] * rows * row).tolist()
    return at


def test_a_study_is_analysed_by_the_example_and_nothing_stays_there(
    program: Program, study: Path, store: Path, tmp_path: Path
) -> None:
    ran = program.analyze(study, tmp_path / "out", *YES)
    assert ran.code == 0, ran.err
    result = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))

    assert (result["basis"], result["placement"]["state"]) == ("vendor", "proven")
    (finding,) = result["findings"]
    assert finding["shapes"][0]["center_mm"] == pytest.approx(brightest_mm(study), abs=0.01)
    assert list((store).iterdir()) == []


def test_the_connection_test_finds_the_example_in_order(program: Program) -> None:
    tested = program.run("connection", "test", "hosp")

    assert tested.code == 0, tested.err


def test_a_wrong_secret_is_refused_by_the_example(program: Program, study: Path, store: Path, tmp_path: Path) -> None:
    wrong = {"YINGTAI_HOSP_ACCESS_KEY_SECRET": "not the secret"}
    ran = replace(program, environment=program.environment | wrong).analyze(study, tmp_path / "out", *YES, "--json")

    assert ran.code == 5
    assert list((store).iterdir()) == []


def test_an_operation_that_the_example_lacks_is_refused_by_its_documented_code(
    program: Program, study: Path, store: Path, tmp_path: Path
) -> None:
    ran = program.run("analyze", study, "--operation", "covid-pneumonia", "--out", tmp_path / "out", "--json", *YES)

    assert (ran.code, ran.json["code"], ran.json["facts"]["vendor_code"]) == (
        5,
        "refused",
        "UnsupportedOperation",
    )
    assert list((store).iterdir()) == []
