"""However a patient was scanned, a mask comes back over the voxels that were drawn, and is painted there."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from scipy import ndimage

from tests.journeys.conftest import SMALL, make
from tests.journeys.program import Program
from tests.journeys.test_orientation import AT_ONCE, truth_of

pytestmark = pytest.mark.long

RAS_TO_LPS = np.array([-1.0, -1.0, 1.0])
BETWEEN = 100  # gray of -760 HU in this window: lung is darker, every ball brighter
FINE = ("--slices", "44", "--size", "256", "--spacing", "3")


def analyze(study: Path, out: Path) -> tuple[str | Path, ...]:
    return ("analyze", study, "--operation", "covid-pneumonia", "--out", out, "--json")


def pixels(file: Path) -> npt.NDArray[np.int64]:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def drawn_in(study: Path) -> npt.NDArray[np.float64]:
    """(x, y, z, radius) of each ball, patient mm."""
    return np.array([[*ball["center_mm"], ball["diameter_mm"] / 2] for ball in truth_of(study)])


def inside(points: npt.NDArray[np.float64], balls: npt.NDArray[np.float64], more_mm: float) -> npt.NDArray[np.bool_]:
    gaps = np.linalg.norm(points[:, None] - balls[None, :, :3], axis=2) - balls[None, :, 3]
    within: npt.NDArray[np.bool_] = gaps.min(axis=1) <= more_mm
    return within


def _largest(where: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The mask's largest patch, without number and ticks in its colour."""
    parts, count = ndimage.label(where)
    assert count
    largest: npt.NDArray[np.bool_] = parts == 1 + np.bincount(parts.ravel())[1:].argmax()
    return largest


def test_the_mask_covers_what_was_drawn_and_nothing_else(tmp_path: Path) -> None:
    study = make(tmp_path, *SMALL, *AT_ONCE)
    program = Program(tmp_path / "home")
    with program.service(truth=study):
        ran = program.run(*analyze(study, tmp_path / "out"))
    assert ran.code == 0, ran.err
    (mask,) = ran.json["masks"]
    image = nibabel.load(tmp_path / "out" / mask["file"])
    values, balls = np.asanyarray(image.dataobj), drawn_in(study)
    every = np.indices(values.shape).reshape(3, -1).T
    points = (every @ image.affine[:3, :3].T + image.affine[:3, 3]) * RAS_TO_LPS
    marked = values[tuple(every.T)] == 1

    assert ran.json["placement"]["state"] == "proven"
    assert marked.sum() == mask["voxels"] > 50
    assert not marked[~inside(points, balls, 0.01)].any()
    assert marked[inside(points, balls, -0.01)].all()


def test_the_painted_mask_lies_over_the_ball_that_is_seen(tmp_path: Path) -> None:
    """On the slice through the largest ball: bright under the colour, dark lung around it."""
    study = make(tmp_path, *FINE, "--feet-first", "--flip-rows", "--flip-columns", "--pixel", "1.4", "1.8")
    program = Program(tmp_path / "home")
    with program.service(truth=study):
        ran = program.run(*analyze(study, tmp_path / "out"))
    assert ran.code == 0, ran.err
    ball = max(truth_of(study), key=lambda drawn: drawn["diameter_mm"])
    shown = ("view", study, "--slice", str(round(ball["index"][0])), "--window", "-600,1500", "--screenshot")
    assert program.run(*shown, tmp_path / "plain.png").code == 0
    assert program.run(*shown, tmp_path / "marked.png", "--result", tmp_path / "out" / "result.json").code == 0
    plain, marked = pixels(tmp_path / "plain.png"), pixels(tmp_path / "marked.png")
    yellow = _largest((marked[..., 1] - marked[..., 2]) - (plain[..., 1] - plain[..., 2]) > 25)  # others are red
    around = ndimage.binary_dilation(yellow, iterations=14) & ~ndimage.binary_dilation(yellow, iterations=7)

    assert yellow.sum() > 200
    assert (plain[yellow][:, 0] > BETWEEN).mean() > 0.9
    assert (plain[around][:, 0] < BETWEEN).mean() > 0.7
