"""However a patient was scanned, the same nodules come back at the same place in the patient."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.journeys.conftest import SMALL, make
from tests.journeys.program import Program
from tests.journeys.test_outputs import spheres, volume

pytestmark = pytest.mark.long

AT_ONCE = (
    *("--feet-first", "--shuffled", "--flip-rows", "--flip-columns", "--pixel", "2.9", "3.6", "--oblique", "10"),
    "--signed",
)
FINE = ("--slices", "44", "--size", "192", "--spacing", "3")


def truth_of(study: Path) -> list[dict[str, Any]]:
    nodules: list[dict[str, Any]] = json.loads((study / "truth.json").read_text(encoding="utf-8"))["nodules"]
    return nodules


def middle(nodule: dict[str, Any]) -> np.ndarray:
    return np.array(nodule["center_mm"], float)


def test_the_known_nodules_come_back_to_the_millimetre(tmp_path: Path) -> None:
    study = make(tmp_path, *SMALL, *AT_ONCE)
    program = Program(tmp_path / "home")
    with program.service(truth=study):
        ran = program.analyze(study, tmp_path / "out", "--json")
    assert ran.code == 0, ran.err
    found, drawn = spheres(ran.json), truth_of(study)

    assert ran.json["placement"]["state"] == "proven"
    assert len(found) == len(drawn) >= 3
    for (center, radius), nodule in zip(found, drawn, strict=True):
        assert center == pytest.approx(middle(nodule), abs=0.01)
        assert 2 * radius == pytest.approx(nodule["diameter_mm"], abs=0.01)


def test_the_engine_finds_them_in_the_same_place(tmp_path: Path) -> None:
    """From 6 mm on, by the algorithm, feet first, mirrored and oblique at once: within one voxel diagonal."""
    study = make(tmp_path, *FINE, "--feet-first", "--flip-columns", "--oblique", "10")
    ran = Program(tmp_path / "home").analyze(study, tmp_path / "out", "--json")
    assert ran.code == 0, ran.err
    found = [center for center, _ in spheres(ran.json)]
    _, matrix, _ = volume(study)
    diagonal = float(np.linalg.norm(np.linalg.norm(matrix, axis=0)))
    drawn = [nodule for nodule in truth_of(study) if nodule["diameter_mm"] >= 6]

    assert ran.json["basis"] == "algorithm"
    assert len(drawn) >= 3
    for nodule in drawn:
        assert min(np.linalg.norm(center - middle(nodule)) for center in found) <= diagonal
