"""Known points and boxes of a radiograph come back to the very pixel, however it is stored, and are painted there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tests.journeys.program import Program, Ran
from workstation.catalogue import hip_angles, leg_angles
from workstation.imaging.phantom.radiograph import RadiographOptions, RadiographTruth, make_radiograph

pytestmark = pytest.mark.long

WAYS = {
    "radiograph": RadiographOptions(),
    "inverted": RadiographOptions(inverted=True),
    "exported": RadiographOptions(picture=True),
    "turned": RadiographOptions(picture=True, turned=True),
}
NAMES = {"knee-keypoints": leg_angles.NAMES, "hip-keypoints": hip_angles.NAMES}
SIDES = {"left": "L", "right": "R", "midline": "M"}
_AREA_PX = (1024, 1000)  # of a screenshot, rows and columns: the scrubber stands on the right


def analysed(tmp_path: Path, truth: RadiographTruth, operation: str) -> Ran:
    program = Program(tmp_path / "home")
    with program.service(truth=truth.file.parent):
        ran = program.run("analyze", truth.file, "--operation", operation, "--out", tmp_path / "out", "--json")
    assert ran.code == 0, ran.err
    return ran


def places(result: dict[str, Any]) -> dict[tuple[str, str], list[float]]:
    """Of each key point, by name and side."""
    names = {str(words): name for name, words in NAMES[result["operation"]].items()}
    found = {}
    for finding in result["findings"]:
        what, _, side = finding["label"].rpartition(", ")
        if finding["code"] == "key-point":
            found[names[what], SIDES[side]] = finding["shapes"][0]["at_px"]
    return found


def painted(tmp_path: Path, truth: RadiographTruth) -> npt.NDArray[np.bool_]:
    """Where a picture with marks differs from the same without."""
    program, pictures = Program(tmp_path / "home"), []
    for more in ((), ("--result", tmp_path / "out" / "result.json")):
        shot = tmp_path / f"shot{len(pictures)}.png"
        ran = program.run("view", truth.file, *more, "--screenshot", shot)
        assert ran.code == 0, ran.err
        pictures.append(np.asarray(Image.open(shot).convert("RGB")).astype(int))
    return np.asarray(np.abs(pictures[1] - pictures[0]).max(axis=2) > 40)


def on_screen(x: float, y: float, truth: RadiographTruth) -> tuple[int, int]:
    """Row and column of a picture's pixel on a screenshot, which it fits into."""
    height, width = _AREA_PX
    zoom = min(height / truth.rows, width / truth.columns)
    column = (width - truth.columns * zoom) / 2 + (x + 0.5) * zoom
    return round((height - truth.rows * zoom) / 2 + (y + 0.5) * zoom), round(column)


def covered(marks: npt.NDArray[np.bool_], at: tuple[int, int], reach: int) -> bool:
    row, column = at
    around = marks[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1]
    return bool(around.any())


@pytest.mark.parametrize("way", ["inverted", "turned"])
def test_the_known_points_of_legs_come_back_to_the_pixel_and_nothing_is_in_millimetres(
    way: str, tmp_path: Path
) -> None:
    truth = make_radiograph("leg-xray", tmp_path / "study", options=WAYS[way])

    result = analysed(tmp_path, truth, "knee-keypoints").json

    found = places(result)
    assert set(found) == set(truth.points)
    for known, at in found.items():
        assert at == pytest.approx(truth.points[known], abs=0.01)
    assert result["placement"]["state"] == "proven"
    assert result["basis"] == "truth"
    # Uncalibrated: what lies on a radiograph has no length in the patient.
    units = {measured["unit"] for finding in result["findings"] for measured in finding["measurements"]}
    assert units == {"deg", ""}
    assert "_mm" not in json.dumps(result["findings"])


def test_the_known_points_of_hips_are_painted_where_they_are(tmp_path: Path) -> None:
    truth = make_radiograph("hip-xray", tmp_path / "study", options=WAYS["turned"])
    assert set(places(analysed(tmp_path, truth, "hip-keypoints").json)) == set(truth.points)

    marks = painted(tmp_path, truth)

    for known, at in truth.points.items():
        assert covered(marks, on_screen(*at, truth), reach=7), known
    assert not covered(marks, on_screen(truth.columns / 2, truth.rows * 0.12, truth), reach=20)


def test_the_known_knees_are_framed_where_they_are(tmp_path: Path) -> None:
    truth = make_radiograph("knee-xray", tmp_path / "study")
    result = analysed(tmp_path, truth, "knee-xray").json

    assert [finding["label"] for finding in result["findings"]] == ["Knee, KL II: mild", "Knee, KL IV: severe"]
    marks = painted(tmp_path, truth)
    for left, top, right, bottom in truth.boxes:
        middle = ((left + right) / 2, (top + bottom) / 2)
        for x, y in ((left, middle[1]), (right, middle[1]), (middle[0], top), (middle[0], bottom)):
            assert covered(marks, on_screen(x - 0.5, y - 0.5, truth), reach=3), (x, y)
        assert not covered(marks, on_screen(*middle, truth), reach=20)


def test_a_known_fracture_comes_back_with_its_type(tmp_path: Path) -> None:
    truth = make_radiograph("hip-xray", tmp_path / "study", options=WAYS["exported"])

    (fracture,) = analysed(tmp_path, truth, "femoral-neck-fracture").json["findings"]

    ((left, top, right, bottom),) = truth.boxes
    assert fracture["label"] == "Femoral neck fracture, Garden III: complete, partly displaced"
    corners = np.array(fracture["shapes"][0]["corners_px"]) + 0.5
    assert (corners.min(axis=0).tolist(), corners.max(axis=0).tolist()) == ([left, top], [right, bottom])


def test_a_photograph_that_is_cut_ends_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "cut.png"
    Image.fromarray(np.random.default_rng(5).integers(0, 256, (200, 200, 3), dtype=np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:50_000])

    ran = Program(tmp_path / "home").run("analyze", path, "--operation", "skin-disease", "--out", tmp_path / "out")

    assert ran.code == 4
    assert "The picture ends too early: a part of it is missing." in ran.err


def test_a_large_photograph_needs_a_word_before_it_is_reduced(tmp_path: Path) -> None:
    y, x = np.mgrid[0:900, 0:1400]
    photo = np.stack([x % 256, y % 256, np.full_like(x, 60)], axis=-1).astype(np.uint8)
    Image.fromarray(photo).save(tmp_path / "photo.jpg")
    program, asked = Program(tmp_path / "home"), ("--operation", "skin-disease", "--out", tmp_path / "out", "--json")

    refused = program.run("analyze", tmp_path / "photo.jpg", *asked)
    ran = program.run("analyze", tmp_path / "photo.jpg", *asked, "--repair")

    assert refused.code == 3
    assert "The picture has 1400 × 900 pixels; at most 1279 × 1279 are allowed." in refused.err
    assert ran.code == 0, ran.err
    assert len(ran.json["findings"]) == 3
    assert ran.json["basis"] == "simulated"
    assert "Resized: 1400 × 900 pixels became 1279 × 822 by averaging areas." in ran.json["notes"]
    assert (tmp_path / "out" / "report.pdf").exists()
