"""Aorta and pulmonary trunk of a drawn chest: followed along their known middle, with their known width."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.data import shared
from tests.localcloud.lung_scene import as_files, chest
from workstation.imaging.phantom.make import PhantomOptions, PhantomTruth, make_phantom
from workstation.localcloud.engine.asked import Analysis, BadInput
from workstation.localcloud.engine.vessel_answer import analyze_chest_vessel
from workstation.localcloud.engine.vessels import find_great_vessels, resampled
from workstation.localcloud.engine.volume import read_series

OPTIONS = PhantomOptions(slices=84, size=224, spacing_mm=2.5, nodules=0)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> PhantomTruth:
    return make_phantom("chest-ct", tmp_path_factory.mktemp("vessels"), 3, OPTIONS)


@pytest.fixture(scope="module")
def aorta(drawn: PhantomTruth) -> dict[str, Any]:
    """The aorta of the answer to the drawn chest."""
    info = analyze_chest_vessel(asked(drawn))["AortaInfo"]
    assert isinstance(info, dict)
    return info


def asked(truth: PhantomTruth, *truth_dirs: Path) -> Analysis:
    return Analysis("AnalyzeChestVessel", {"URLList": truth.files}, {"DataFormat": "DICOM"}, truth_dirs)


def middle(truth: PhantomTruth, name: str) -> tuple[npt.NDArray[np.float64], float]:
    (vessel,) = (vessel for vessel in truth.vessels if vessel.name == name)
    return resampled(np.array(vessel.points)), vessel.radius_mm


def test_the_aorta_is_followed_along_its_middle_with_its_width(drawn: PhantomTruth, aorta: dict[str, Any]) -> None:
    line, radius = middle(drawn, "aorta")
    points, areas = np.array(aorta["Coordinates"]), np.array(aorta["Area"])
    gaps = np.linalg.norm(points[:, None] - line[None], axis=2).min(axis=1)
    widths = 2 * np.sqrt(areas / np.pi)
    assert np.linalg.norm(np.diff(points, axis=0), axis=1) == pytest.approx(1.0, abs=0.02)
    assert len(points) == len(areas) > 180
    assert np.percentile(gaps, 90) < 4.0
    assert gaps.max() < radius  # in the arch, which is drawn from one end to the other
    assert float(np.median(widths)) == pytest.approx(2 * radius, abs=1.0)
    assert aorta["MaxArea"] == areas[aorta["MaxAreaIndex"]] == areas.max()
    assert aorta["LabelValue"] == 2


def test_the_same_chest_stored_mirrored_gives_the_same_line(drawn: PhantomTruth, aorta: dict[str, Any]) -> None:
    volume = read_series(drawn.files)
    mirrored = type(volume)(
        hu=np.ascontiguousarray(volume.hu[:, ::-1, ::-1]),
        spacing_mm=volume.spacing_mm,
        positions_mm=np.array([volume.to_lps((k, *(n - 1 for n in volume.hu.shape[1:]))) for k in range(84)]),
        row_cosine=-volume.row_cosine,
        column_cosine=-volume.column_cosine,
    )

    turned = find_great_vessels(mirrored).aorta

    assert turned is not None
    one = np.array(aorta["Coordinates"])
    other = np.array([mirrored.to_lps(at) for at in turned.points.tolist()])
    assert np.linalg.norm(one[:, None] - other[None], axis=2).min(axis=1).max() < 1.5


def test_known_vessels_of_a_phantom_are_told_as_truth(drawn: PhantomTruth) -> None:
    answer = analyze_chest_vessel(asked(drawn, drawn.folder))

    assert answer["YingtaiBasis"] == {"all": "truth", "parts": {}}
    for key, name in (("AortaInfo", "aorta"), ("PulmonaryInfo", "pulmonary-artery")):
        info = answer[key]
        assert isinstance(info, dict)
        line, radius = middle(drawn, name)
        gaps = np.linalg.norm(np.array(info["Coordinates"])[:, None] - line[None], axis=2).min(axis=1)
        assert gaps.max() < 0.01
        assert info["MaxDiameter"] == 2 * radius
        assert set(info["Area"]) == {round(np.pi * radius**2, 1)}


def test_what_is_not_found_is_made_up_and_says_so(tmp_path: Path) -> None:
    for n, content in enumerate(as_files(chest((), ()))):
        (tmp_path / f"{n:04d}").write_bytes(content)

    files = tuple(sorted(tmp_path.iterdir()))
    answer = analyze_chest_vessel(Analysis("AnalyzeChestVessel", {"URLList": files}, {"DataFormat": "DICOM"}))

    basis = answer["YingtaiBasis"]
    assert isinstance(basis, dict)
    assert {"AortaInfo", "PulmonaryInfo", "PulmonaryInfo.NearestAortaArea"} <= set(basis["parts"])
    assert set(basis["parts"].values()) == {"simulated"}
    assert json.dumps(answer["AortaInfo"])


def test_what_is_no_ct_is_refused(tmp_path: Path) -> None:
    for n, content in enumerate(as_files(chest(), Modality="MR")):
        (tmp_path / f"{n:04d}").write_bytes(content)

    files = tuple(sorted(tmp_path.iterdir()))
    with pytest.raises(BadInput) as refused:
        analyze_chest_vessel(Analysis("AnalyzeChestVessel", {"URLList": files}, {"DataFormat": "DICOM"}))

    assert refused.value.code == "InvalidParameter.Unsuitable"


@pytest.mark.long
def test_a_real_aorta_has_a_plausible_width() -> None:
    volume = read_series(sorted(p for p in shared("data", "chest-ct", "lung-dx-a0001").rglob("*") if p.is_file()))

    aorta = find_great_vessels(volume).aorta

    assert aorta is not None
    assert 25 < 2 * np.sqrt(np.median(aorta.areas_mm2) / np.pi) < 34
    assert len(aorta.points) > 250
