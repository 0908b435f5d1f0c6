"""Pancreas and spine are made up, in the shape of the documents, on the grid that came, and they say so."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

from tests.localcloud.lung_scene import as_files, chest
from workstation.imaging.phantom.spine import USUAL, make_spine
from workstation.localcloud.engine.asked import Analysis, AnswerFile, BadInput
from workstation.localcloud.engine.pancreas_answer import detect_panc
from workstation.localcloud.engine.spine_answer import CHAIN, detect_spine_mri

SMALL = replace(USUAL, size=128)


def pancreas(**way: Any) -> dict[str, Any]:
    volume = chest((), (), **way)
    answer = detect_panc(Analysis("DetectPanc", {"URLList": tuple(as_files(volume)[::-1])}, {}))
    return dict(answer)


def spine(files: tuple[Path, ...]) -> dict[str, Any]:
    return dict(detect_spine_mri(Analysis("DetectSpineMRI", {"URLList": files}, {})))


def test_the_possibilities_are_encoded_twice_and_add_up_to_one() -> None:
    (text,) = pancreas()["Lesion"]["Possibilities"]

    values = json.loads(text)
    assert [isinstance(value, str) for value in values] == [True] * 3
    assert sum(map(float, values)) == pytest.approx(1, abs=1e-6)


def test_volumes_are_texts_in_cm3_of_the_mask_on_the_grid_that_came() -> None:
    lesion = pancreas(row_cosine=(-1, 0, 0), oblique_deg=8.0)["Lesion"]

    assert isinstance(lesion["Mask"], AnswerFile)
    image = nibabel.Nifti1Image.from_bytes(gzip.decompress(lesion["Mask"].content))
    values = np.asanyarray(image.dataobj)
    voxel_cm3 = abs(float(np.linalg.det(image.affine[:3, :3]))) / 1000
    assert values.shape == (128, 128, 64)
    assert (values == 1).any()
    for label, name in ((1, "PancVol"), (2, "PdacVol"), (3, "NonPdacVol")):
        assert float(lesion[name]) == pytest.approx((values == label).sum() * voxel_cm3, abs=0.01)


def test_both_say_that_they_are_simulated_and_repeat(tmp_path: Path) -> None:
    files = make_spine(tmp_path, 1, SMALL).files
    made_up = {"all": "simulated", "parts": {}}

    assert pancreas()["YingtaiBasis"] == made_up
    assert pancreas() == pancreas()
    assert spine(files)["YingtaiBasis"] == made_up
    assert spine(files) == spine(files[::-1])


@pytest.mark.parametrize("flipped", [False, True])
def test_the_levels_of_a_spine_rise_from_s1_whichever_way_rows_run(tmp_path: Path, flipped: bool) -> None:
    answer = spine(make_spine(tmp_path, 1, replace(SMALL, flip_rows=flipped)).files)

    rows = [vertebra["location"][0] for vertebra in answer["vertebras"]]
    assert [disc["identification"] for disc in answer["discs"]][:2] == ["L5-S1", "L4-L5"]
    assert [vertebra["identification"] for vertebra in answer["vertebras"]][:2] == ["L5", "L4"]
    assert rows == sorted(rows, reverse=not flipped)
    assert {vertebra["identification"] for vertebra in answer["vertebras"]} <= set(CHAIN)
    assert all(0 <= place < 128 for one in (*answer["discs"], *answer["vertebras"]) for place in one["location"])


def test_a_spine_that_is_ct_or_axial_is_refused() -> None:
    ct = tuple(as_files(chest()))
    axial = tuple(as_files(chest(), Modality="MR"))

    for files in (ct, axial):
        with pytest.raises(BadInput) as refused:
            detect_spine_mri(Analysis("DetectSpineMRI", {"URLList": files}, {}))
        assert refused.value.code == "InvalidParameter.Unsuitable"
