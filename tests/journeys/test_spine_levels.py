"""However a spine was scanned, each level comes back on its pixel; which slice it is, the service does not say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.journeys.program import Program, Ran
from workstation.domain.geometry import Geometry

SMALL = ("--slices", "21", "--size", "160", "--spacing", "4")
AT_ONCE = (
    *("--feet-first", "--shuffled", "--flip-rows", "--flip-columns", "--pixel", "2.3", "1.8", "--oblique", "10"),
    "--signed",
)


def made(folder: Path, *options: str) -> Path:
    study = folder / "study"
    ran = Program(folder / "home").run("phantom", "spine-mr", "--out", study, *options)
    assert ran.code == 0, ran.err
    return study


def analyzed(study: Path, folder: Path) -> Ran:
    program = Program(folder / "home")
    with program.service(truth=study):
        ran = program.run("analyze", study, "--operation", "spine-mri", "--out", folder / "out", "--json")
    assert ran.code == 0, ran.err
    return ran


def truth_of(study: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((study / "truth.json").read_text(encoding="utf-8"))
    return truth


def geometry_of(study: Path) -> Geometry:
    """By pydicom alone, from the patient's right."""
    import pydicom

    files = [pydicom.dcmread(path, stop_before_pixels=True) for path in study.glob("*.dcm")]
    way = np.array(files[0].ImageOrientationPatient, float)
    normal = np.cross(way[:3], way[3:])
    normal *= np.sign(normal[0])
    positions = sorted(([float(v) for v in ds.ImagePositionPatient] for ds in files), key=lambda at: float(at @ normal))
    return Geometry(
        positions=np.array(positions),
        row_cosine=tuple(way[:3].tolist()),
        column_cosine=tuple(way[3:].tolist()),
        spacing=tuple(float(v) for v in files[0].PixelSpacing),
        rows=int(files[0].Rows),
        columns=int(files[0].Columns),
    )


def test_each_level_is_on_its_pixel_of_the_middle_slice_as_assumed(tmp_path: Path) -> None:
    study = made(tmp_path, *SMALL, *AT_ONCE)
    found, truth, geometry = analyzed(study, tmp_path).json, truth_of(study), geometry_of(study)
    drawn = {one["level"]: one for one in (*truth["vertebrae"], *truth["discs"])}
    shapes = [finding["shapes"] for finding in found["findings"]]

    assert found["placement"]["state"] == "assumed"
    assert "names no slice" in found["placement"]["sentence"]
    assert found["basis"] == "truth"
    assert len(shapes) == len(drawn) == 15
    for (label,) in shapes:
        slice_, row, column = geometry.to_index(np.array(label["at_mm"])).tolist()
        assert slice_ == pytest.approx(10, abs=1e-3)
        assert [row, column] == pytest.approx(drawn[label["text"]]["index"][1:], abs=0.51)
