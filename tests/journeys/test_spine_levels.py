"""However a spine was scanned, each level comes back on its pixel; which slice it is, the service does not say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from scipy import ndimage

from tests.journeys.program import Program, Ran
from workstation.domain.geometry import Geometry

SMALL = ("--slices", "21", "--size", "160", "--spacing", "4")
WAYS = {
    "head first": (),
    "feet first": ("--feet-first",),
    "reversed": ("--reversed",),
    "shuffled": ("--shuffled",),
    "flipped rows": ("--flip-rows",),
    "flipped columns": ("--flip-columns",),
    "oblong pixels": ("--pixel", "2.3", "1.8"),
    "oblique": ("--oblique", "10"),
    "signed": ("--signed",),
}
ONLY_SPOTS = "1300,100"  # nothing but the middles of vertebrae is brighter than the lower end of this window


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


@pytest.mark.parametrize("way", list(WAYS))
def test_each_level_is_on_its_pixel_of_the_middle_slice_as_assumed(way: str, tmp_path: Path) -> None:
    study = made(tmp_path, *SMALL, *WAYS[way])
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


def pixels(file: Path) -> npt.NDArray[np.int64]:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


@pytest.mark.parametrize("way", ["head first", "feet first", "flipped rows", "flipped columns", "oblong pixels"])
def test_the_painted_dot_lies_over_the_spot_that_is_seen(way: str, tmp_path: Path) -> None:
    study = made(tmp_path, *SMALL, *WAYS[way])
    analyzed(study, tmp_path)
    program = Program(tmp_path / "home")
    shown = ("view", study, "--slice", "10", "--window", ONLY_SPOTS, "--screenshot")
    assert program.run(*shown, tmp_path / "plain.png").code == 0
    assert program.run(*shown, tmp_path / "marked.png", "--result", tmp_path / "out" / "result.json").code == 0
    plain, marked = pixels(tmp_path / "plain.png"), pixels(tmp_path / "marked.png")
    gray = plain.max(axis=2) > 60
    gray[:, : plain.shape[1] // 3] = gray[:, 4 * plain.shape[1] // 5 :] = False  # the words in the corners
    gray[: plain.shape[0] // 20] = gray[-plain.shape[0] // 20 :] = False
    spots, count = ndimage.label(ndimage.binary_closing(gray, iterations=2))
    new = np.argwhere((marked != plain).any(axis=2))

    assert count == 8
    for middle in ndimage.center_of_mass(gray, spots, np.arange(1, count + 1)):
        assert np.linalg.norm(new - np.array(middle), axis=1).min() <= 6  # a whole pixel of the series is 6 of these
