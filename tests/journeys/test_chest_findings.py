"""However a patient was scanned: calcium, broken ribs and great vessels come back, and are painted, where drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tests.journeys.program import Program

pytestmark = pytest.mark.long

Array = npt.NDArray[np.float64]
SMALL = ("--slices", "30", "--size", "128", "--spacing", "3")
FINE = ("--slices", "30", "--size", "256", "--spacing", "3")
RAS_TO_LPS = np.array([-1.0, -1.0, 1.0])


def made(kind: str, folder: Path, *options: str) -> tuple[Path, dict[str, Any]]:
    study = folder / "study"
    ran = Program(folder / "home").run("phantom", kind, "--out", study, *options)
    assert ran.code == 0, ran.err
    truth: dict[str, Any] = json.loads((study / "truth.json").read_text(encoding="utf-8"))
    return study, truth


def analyzed(program: Program, study: Path, operation: str, out: Path) -> dict[str, Any]:
    with program.service(truth=study):
        ran = program.run("analyze", study, "--operation", operation, "--out", out, "--json")
    assert ran.code == 0, ran.err
    assert ran.json["basis"] == "truth"
    return ran.json


def shapes(finding: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [shape for shape in finding["shapes"] if shape["type"] == kind]


OPERATIONS = {
    "calcium-score": ("chest-ct-calcium", "calcium"),
    "rib-fracture": ("chest-ct-fractures", "fractures"),
    "chest-vessels": ("chest-ct", "vessels"),
}


@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_lying_the_other_way_mirrored_and_oblique_at_once_all_is_found_in_its_place(
    operation: str, tmp_path: Path
) -> None:
    kind, known = OPERATIONS[operation]
    study, truth = made(kind, tmp_path, *SMALL, "--feet-first", "--flip-columns", "--oblique", "10")
    result = analyzed(Program(tmp_path / "home"), study, operation, tmp_path / "out")

    assert result["placement"]["state"] == ("assumed" if operation == "chest-vessels" else "proven")
    assert len(result["findings"]) == len(truth[known]) >= 2
    (file,) = {mask["file"] for mask in result["masks"]}
    image = nibabel.load(tmp_path / "out" / file)
    labels = np.asanyarray(image.dataobj)
    for finding in result["findings"]:
        (shape,) = shapes(finding, "mask")
        index = np.argwhere(labels == shape["label"])
        points = (index @ image.affine[:3, :3].T + image.affine[:3, 3]) * RAS_TO_LPS
        assert min(beyond(points, drawn) for drawn in truth[known]) <= 0.1
    for name in ("report.pdf", "report.png", "findings.csv", "raw.json"):
        assert (tmp_path / "out" / name).stat().st_size > 0


def beyond(points: Array, drawn: dict[str, Any]) -> float:
    """How far the farthest point lies outside a ball, or a tube of many pieces, mm."""
    if "center_mm" in drawn:
        return float(np.linalg.norm(points - drawn["center_mm"], axis=1).max() - drawn["diameter_mm"] / 2)
    knots = np.array(drawn["points_mm"])
    ways = np.diff(knots, axis=0)
    apart = points[:, None] - knots[None, :-1]
    along = np.clip((apart * ways).sum(axis=2) / (ways**2).sum(axis=1), 0, 1)
    gaps = np.linalg.norm(apart - along[..., None] * ways, axis=2).min(axis=1)
    return float(gaps.max() - drawn["radius_mm"])


def pixels(file: Path) -> npt.NDArray[np.int64]:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def test_the_painted_calcium_lies_over_the_bright_spot_that_is_seen(tmp_path: Path) -> None:
    """On the slice through the densest lesion: white under the colour, gray heart around it."""
    study, truth = made("chest-ct-calcium", tmp_path, *FINE, "--flip-rows", "--pixel", "2.0", "1.6")
    program = Program(tmp_path / "home")
    result = analyzed(program, study, "calcium-score", tmp_path / "out")
    densest = max(truth["calcium"], key=lambda ball: ball["hu"])
    shown = ("view", study, "--slice", str(round(densest["index"][0])), "--window", "100,200", "--screenshot")
    assert program.run(*shown, tmp_path / "plain.png").code == 0
    assert program.run(*shown, tmp_path / "marked.png", "--result", tmp_path / "out" / "result.json").code == 0
    plain, marked = pixels(tmp_path / "plain.png"), pixels(tmp_path / "marked.png")
    colour = np.abs((marked - plain) - (marked - plain).mean(axis=-1, keepdims=True)).max(axis=-1) > 20
    bright = plain.min(axis=-1) > 190

    assert result["findings"]
    assert (colour & bright).sum() > 5  # of the largest pixels, 2.9 × 3.6 mm, few are dense enough
    rows, columns = np.nonzero(colour & bright)
    assert np.ptp(rows) < plain.shape[0] / 2
    assert np.ptp(columns) < plain.shape[1] / 2
