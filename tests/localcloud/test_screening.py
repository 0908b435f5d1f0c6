"""ScreenChestCT at the local cloud: which analyses are asked for, and what becomes of one that can't be done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.localcloud.lung_scene import BALLS, as_files, chest
from tests.localcloud.service import call_v1, counting_engine, finished, result_of, serving, uploaded
from workstation.localcloud.engine.asked import Analysis, AnswerFile, BadInput
from workstation.localcloud.engine.screening_answer import screen_chest_ct


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Slices of 512 × 512 pixels, 5 mm apart: too far for a calcium score."""
    coarse = chest(shape=(32, 128, 128), spacing=(5.0, 1.5, 1.5))
    fine = replace(coarse, hu=coarse.hu.repeat(4, axis=1).repeat(4, axis=2), spacing_mm=(5.0, 0.375, 0.375))
    folder = tmp_path_factory.mktemp("series")
    for n, content in enumerate(as_files(fine)):
        (folder / f"{n:04d}").write_bytes(content)
    return tuple(sorted(folder.iterdir()))


def screened(files: tuple[Path, ...], mask: str) -> dict[str, object]:
    return screen_chest_ct(Analysis("ScreenChestCT", {"URLList": files}, {"Mask": mask}))


def test_each_analysis_asked_for_has_its_own_branch_and_its_own_basis(series: tuple[Path, ...]) -> None:
    answer = screened(series, "5")

    assert set(answer) == {"Covid", "LungNodule", "YingtaiBasis"}
    covid, nodules = answer["Covid"], answer["LungNodule"]
    assert isinstance(covid, dict)
    assert isinstance(nodules, dict)
    assert isinstance(covid["Mask"], AnswerFile)
    (part,) = nodules["Series"]
    assert len(part["Elements"]) == len(BALLS)
    assert np.shape(part["Origin"]) == np.shape(part["Spacing"]) == (3,)
    assert answer["YingtaiBasis"] == {
        "all": "algorithm",
        "parts": {
            "Covid": "algorithm",
            "Covid.NewProbability": "simulated",
            "Covid.NormalProbability": "simulated",
            "Covid.OtherProbability": "simulated",
            "LungNodule": "algorithm",
        },
    }


def test_bits_beyond_the_fifth_do_not_count(series: tuple[Path, ...]) -> None:
    assert set(screened(series, "33")) == {"Covid", "YingtaiBasis"}


def test_an_analysis_that_can_not_be_done_is_named_in_lower_case_and_the_others_are_answered(
    series: tuple[Path, ...],
) -> None:
    answer = screened(series, "3")

    assert answer["ErrorMessage"] == "Failed to execute [cacs]"
    assert "CACS" not in answer
    assert "Covid" in answer


def test_a_screening_of_which_nothing_can_be_done_fails(series: tuple[Path, ...]) -> None:
    with pytest.raises(BadInput) as refused:
        screened(series, "2")

    assert refused.value.code == "InvalidParameter.Unsuitable"


def test_fewer_than_512_pixels_are_refused(tmp_path: Path) -> None:
    for n, content in enumerate(as_files(chest(shape=(20, 64, 64), spacing=(8.0, 3.0, 3.0)))):
        (tmp_path / f"{n:04d}").write_bytes(content)

    with pytest.raises(BadInput) as refused:
        screened(tuple(sorted(tmp_path.iterdir())), "1")

    assert refused.value.code == "InvalidImage.Resolution"


@pytest.mark.parametrize(
    ("mask", "code"), [("32", "InvalidParameter"), ("0", "InvalidParameter"), ("1.5", "InvalidParameter.Convert")]
)
def test_a_mask_of_no_known_analysis_is_refused_at_once(tmp_path: Path, mask: str, code: str) -> None:
    with serving(tmp_path / "state", engine=counting_engine) as running:
        urls = {f"URLList.{n}.URL": url for n, url in enumerate(uploaded(running, 20), start=1)}
        asked = {"DataFormat": "DICOM", "OrgName": "o", "OrgId": "0001", "Mask": mask, **urls}
        answer = call_v1(running, "ScreenChestCT", asked)

    assert (answer.status_code, answer.json()["Code"]) == (400, code)


def test_a_call_without_a_mask_is_taken(tmp_path: Path) -> None:
    with serving(tmp_path / "state", engine=counting_engine) as running:
        urls = {f"URLList.{n}.URL": url for n, url in enumerate(uploaded(running, 20), start=1)}
        asked = {"DataFormat": "DICOM", "OrgName": "o", "OrgId": "0001", **urls}
        job = call_v1(running, "ScreenChestCT", asked).json()["RequestId"]
        told = result_of(finished(running, job))

    assert told["Series"][0]["Sizes"] == [100] * 20
