"""However a patient was scanned, lymph nodes and the parts of a pancreas come back where the phantom has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

from tests.journeys.conftest import SMALL, make
from tests.journeys.program import Program, Ran
from tests.journeys.test_lesion_mask import RAS_TO_LPS, drawn_in, inside
from tests.journeys.test_orientation import AT_ONCE, truth_of

pytestmark = pytest.mark.long

LABELS = {1: "Pancreas", 2: "Region marked as pancreatic cancer", 3: "Region marked as another lesion of the pancreas"}


def analyzed(study: Path, operation: str, folder: Path) -> Ran:
    program = Program(folder / "home")
    with program.service(truth=study):
        ran = program.run("analyze", study, "--operation", operation, "--out", folder / "out", "--json")
    assert ran.code == 0, ran.err
    return ran


def of_type(finding: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [shape for shape in finding["shapes"] if shape["type"] == kind]


def test_the_known_nodes_come_back_within_a_voxel(tmp_path: Path) -> None:
    study = make(tmp_path, *SMALL, *AT_ONCE)
    found = analyzed(study, "lymph-nodes", tmp_path).json
    drawn = truth_of(study)

    assert found["placement"]["state"] == "assumed"
    assert len(found["findings"]) == len(drawn) >= 3
    for finding, ball in zip(found["findings"], drawn, strict=True):
        middle, diameter = np.array(ball["center_mm"]), ball["diameter_mm"]
        (box,) = of_type(finding, "box3d")
        corners, counts = np.array(box["corners_mm"]), np.array(box["max_index"]) - box["min_index"] + 1
        edges = np.linalg.norm(corners[[4, 2, 1]] - corners[0], axis=1)
        assert np.linalg.norm(corners.mean(axis=0) - middle) <= np.linalg.norm(edges / counts)
        assert (np.abs(edges - diameter) < 2 * edges / counts).all()  # whole voxels, each end within one
        long, short = ((np.array(line["start_mm"]), np.array(line["end_mm"])) for line in of_type(finding, "line"))
        for start, end in (long, short):
            assert np.linalg.norm(np.array([start, end]) - middle, axis=1) == pytest.approx(diameter / 2, abs=0.01)
            assert np.linalg.norm(end - start) == pytest.approx(finding["measurements"][0]["value"], abs=0.01)
        assert abs((long[1] - long[0]) @ (short[1] - short[0])) < 0.1


def test_the_parts_of_the_pancreas_cover_what_was_drawn_each_by_its_name(tmp_path: Path) -> None:
    """The balls of the phantom are in turn pancreas, cancer and another lesion."""
    study = make(tmp_path, *SMALL, *AT_ONCE)
    found = analyzed(study, "pancreas", tmp_path).json
    (file,) = {mask["file"] for mask in found["masks"]}
    image = nibabel.load(tmp_path / "out" / file)
    values, balls = np.asanyarray(image.dataobj), drawn_in(study)
    every = np.indices(values.shape).reshape(3, -1).T
    points = (every @ image.affine[:3, :3].T + image.affine[:3, 3]) * RAS_TO_LPS
    labels = values[tuple(every.T)]

    assert found["placement"]["state"] == "proven"
    assert [finding["label"] for finding in found["findings"]] == list(LABELS.values())
    for label in LABELS:
        own = balls[label - 1 :: 3]
        assert (labels == label).sum() >= 3
        assert not (labels == label)[~inside(points, own, 0.01)].any()
        assert (labels == label)[inside(points, own, -0.01)].all()
