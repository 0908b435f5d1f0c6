"""What a user without a display gets: the first run's files, and pictures of single slices."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.journeys.conftest import SMALL, make
from tests.journeys.program import Program

OFF_SCREEN = {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": "", "WAYLAND_DISPLAY": ""}


@pytest.fixture
def blind(program: Program) -> Program:
    """A user without a display."""
    program.environment.update(OFF_SCREEN)
    return program


def pixels(file: Path) -> np.ndarray:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
def test_the_first_run_without_a_display_leaves_report_result_and_the_window_as_a_picture(
    blind: Program, study: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with blind.service(truth=study):
        ran = blind.run("first-run", study, "--out", out)

    assert ran.code == 0, ran.err
    assert {"report.pdf", "report.png", "result.json", "raw.json", "findings.csv", "window.png"} <= {
        file.name for file in out.iterdir()
    }
    assert str(out) in ran.err
    assert len(np.unique(pixels(out / "window.png"))) > 50


def test_a_slice_is_shown_with_the_marks_of_its_own_result_only(blind: Program, study: Path, tmp_path: Path) -> None:
    with blind.service(truth=study):
        result = blind.analyze(study, tmp_path / "out", "--json").json
    slice_index = str(sum(result["findings"][0]["slices"]) // 2)
    shown = ("view", study, "--slice", slice_index, "--window", "-600,1500", "--screenshot")
    plain = blind.run(*shown, tmp_path / "plain.png")
    marked = blind.run(*shown, tmp_path / "marked.png", "--result", tmp_path / "out" / "result.json")
    other = make(tmp_path / "other", *SMALL, "--seed", "2")
    foreign = blind.run("view", other, "--result", tmp_path / "out" / "result.json", "--screenshot", tmp_path / "x.png")

    assert [plain.code, marked.code, foreign.code] == [0, 0, 4], plain.err + marked.err
    assert (pixels(tmp_path / "plain.png") != pixels(tmp_path / "marked.png")).any()
    assert not (tmp_path / "x.png").exists()


def test_a_slice_that_is_not_there_is_wrong_usage(blind: Program, study: Path, tmp_path: Path) -> None:
    ran = blind.run("view", study, "--slice", "24", "--screenshot", tmp_path / "x.png")

    assert ran.code == 2
    assert "24" in ran.err
