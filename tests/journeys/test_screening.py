"""A joint screening from the command to the written files: each branch in its place, failures said, nothing billed."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest

from tests.journeys.conftest import make
from tests.journeys.program import Program
from tests.journeys.test_lesion_mask import RAS_TO_LPS, drawn_in, inside
from tests.journeys.test_orientation import middle, truth_of
from tests.journeys.test_outputs import spheres

WIDE = ("--slices", "20", "--size", "512", "--spacing", "5")
TURNED = ("--feet-first", "--flip-columns", "--oblique", "10")
TWO = ("--param", "ribs=no", "--param", "vessels=no")


def test_nodules_and_lesions_lie_where_they_were_drawn_and_a_failure_is_said(tmp_path: Path) -> None:
    """Slices 5 mm apart are too far for a calcium score: that part fails alone."""
    study = make(tmp_path, *WIDE, *TURNED)
    program = Program(tmp_path / "home")
    with program.service(truth=study):
        ran = program.run("analyze", study, "--operation", "chest-screening", "--out", tmp_path / "out", "--json", *TWO)
    assert ran.code == 0, ran.err
    result, drawn = ran.json, truth_of(study)
    found = spheres(result)
    image = nibabel.load(tmp_path / "out" / "masks" / "lesions.nii.gz")
    marked = np.argwhere(np.asanyarray(image.dataobj) == 1)
    points = (marked @ image.affine[:3, :3].T + image.affine[:3, 3]) * RAS_TO_LPS

    assert result["placement"]["state"] == "proven"
    assert len(found) == len(drawn) >= 3
    for (center, _), nodule in zip(found, drawn, strict=True):
        assert center == pytest.approx(middle(nodule), abs=0.01)
    assert len(points) > 100
    assert inside(points, drawn_in(study), 0.01).all()
    states = [m["name"] for m in result["measurements"] if m["name"].startswith("analysis-")]
    assert states == ["analysis-covid-done", "analysis-calcium-failed", "analysis-nodules-done"]
    assert "Coronary calcium score: failed at the service." in result["notes"]
    assert result["basis"] == "simulated"


def test_a_screening_of_nothing_is_wrong_usage(program: Program, study: Path, tmp_path: Path) -> None:
    none = [word for name in ("covid", "calcium", "nodules", "ribs", "vessels") for word in ("--param", f"{name}=no")]
    ran = program.run("analyze", study, "--operation", "chest-screening", "--out", tmp_path / "out", *none)

    assert ran.code == 2
    assert not (tmp_path / "out").exists()
