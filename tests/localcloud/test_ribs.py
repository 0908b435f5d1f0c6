"""Made-up fractures lie on real ribs and say that they are made up; drawn ones are told as they were drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workstation.imaging.phantom.make import FRACTURE_CT, PhantomOptions, PhantomTruth, make_phantom
from workstation.localcloud.engine.asked import Analysis
from workstation.localcloud.engine.rib_answer import detect_rib_fracture
from workstation.localcloud.engine.volume import read_series

OPTIONS = PhantomOptions(slices=48, size=160, spacing_mm=3.0, nodules=0)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> PhantomTruth:
    return make_phantom(FRACTURE_CT, tmp_path_factory.mktemp("ribs"), 2, OPTIONS)


def detections(truth: PhantomTruth, *truth_dirs: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    asked = Analysis("DetectRibFracture", {"URLList": truth.files}, {"DataFormat": "DICOM"}, truth_dirs)
    answer = detect_rib_fracture(asked)
    found = answer["Detections"]
    return (found if isinstance(found, list) else [found]), answer


def test_drawn_fractures_come_in_boxes_of_x_y_z_around_them(drawn: PhantomTruth) -> None:
    found, answer = detections(drawn, drawn.folder)

    assert answer["YingtaiBasis"] == {"all": "truth", "parts": {}}
    assert [(one["FractureLocation"], one["FractureSegment"]) for one in found] == [
        (gap.rib, gap.segment) for gap in drawn.fractures
    ]
    assert len(found) == 4
    for one, gap in zip(found, drawn.fractures, strict=True):
        low, high = np.array(json.loads(one["CoordinateImage"])).reshape(2, 3)
        assert (low <= gap.index[::-1]).all()
        assert (high >= gap.index[::-1]).all()
        assert (high - low + 1) * drawn.geometry.spacing_zyx[::-1] == pytest.approx(gap.diameter_mm, abs=3.1)


def test_origin_and_spacing_are_z_y_x_and_millimetres_are_cut_towards_zero(drawn: PhantomTruth) -> None:
    found, answer = detections(drawn, drawn.folder)

    assert json.loads(str(answer["Origin"])) == pytest.approx(drawn.geometry.positions[0][::-1].tolist())
    assert json.loads(str(answer["Spacing"])) == pytest.approx(drawn.geometry.spacing_zyx)
    index = json.loads(found[0]["CoordinateImage"])
    exact = [
        o + i * s
        for o, i, s in zip(
            [*drawn.geometry.positions[0]] * 2, index, [*drawn.geometry.spacing_zyx[::-1]] * 2, strict=True
        )
    ]
    assert json.loads(found[0]["Coordinates"]) == [int(value) for value in exact]


def test_made_up_fractures_say_so_hold_bone_and_repeat(drawn: PhantomTruth) -> None:
    found, answer = detections(drawn)
    hu = read_series(drawn.files).hu

    assert answer["YingtaiBasis"] == {"all": "simulated", "parts": {}}
    assert found == detections(drawn)[0]
    assert found
    for one in found:
        (x0, y0, z0), (x1, y1, z1) = np.array(json.loads(one["CoordinateImage"])).reshape(2, 3).tolist()
        assert hu[z0 : z1 + 1, y0 : y1 + 1, x0 : x1 + 1].max() > 250
        assert (one["FractureLocation"][0] == "L") == (x0 + x1 > hu.shape[2])  # +x is left in this phantom
