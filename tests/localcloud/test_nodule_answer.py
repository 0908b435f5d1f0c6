"""The documented answer of DetectLungNodule."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data import shared
from tests.localcloud.lung_scene import BALLS, as_files, chest
from workstation.localcloud.engine.analyses import analyse
from workstation.localcloud.engine.asked import Analysis, BadInput, File
from workstation.localcloud.engine.lungs import segment_lungs
from workstation.localcloud.engine.nodules import DEFAULT_THRESHOLD
from workstation.localcloud.engine.volume import CtVolume, read_series


def asking(files: Sequence[File], parameters: dict[str, str], truth_dirs: Sequence[Path] = ()) -> Analysis:
    return Analysis("DetectLungNodule", {"URLList": tuple(files)}, parameters, tuple(truth_dirs))


def detect_lung_nodule(files: Sequence[File], parameters: dict[str, str], truth_dirs: Sequence[Path] = ()) -> Any:
    return analyse(asking(files, parameters, truth_dirs))


def merged(answer: dict[str, Any]) -> dict[str, Any]:
    """One series from the three elements."""
    whole: dict[str, Any] = {}
    for part in answer["Series"]:
        whole |= part
    elements = whole["Elements"]
    return whole | {"Elements": elements if isinstance(elements, list) else [elements]}


def test_millimetres_are_origin_plus_index_times_spacing() -> None:
    volume = chest()
    series = merged(detect_lung_nodule(as_files(volume), {"Threshold": "0.60"}))

    origin, spacing = np.array(json.loads(series["Origin"])), np.array(json.loads(series["Spacing"]))
    image = np.array([[e["ImageX"], e["ImageY"], e["ImageZ"]] for e in series["Elements"]])
    lps = np.array([[e["X"], e["Y"], e["Z"]] for e in series["Elements"]])

    assert len(series["Elements"]) == len(BALLS)
    assert np.allclose(lps, origin + image * spacing, atol=1e-9)
    assert np.allclose(spacing, [1.5, 1.5, 2.5])
    assert sorted(e["SOPInstanceUID"] for e in series["Elements"]) == sorted(
        f"1.2.3.{round(e['ImageZ']) + 1}" for e in series["Elements"]
    )


def test_a_single_nodule_comes_bare_as_in_the_documents_sample() -> None:
    answer = detect_lung_nodule(as_files(chest(BALLS[:1], ())), {})

    (element,) = (part["Elements"] for part in answer["Series"] if "Elements" in part)  # type: ignore[attr-defined]
    assert element["Lung"] == "right"
    assert "1个实性结节" in merged(answer)["Report"]


def test_nothing_found_is_said_with_the_threshold() -> None:
    series = merged(detect_lung_nodule(as_files(chest((), ())), {"Threshold": "0.705"}))

    assert series["Elements"] == []
    assert "0.70" in series["Report"]


@pytest.mark.parametrize("threshold", ["0", "1.2", "high", "nan"])
def test_a_threshold_outside_its_range_is_refused(threshold: str) -> None:
    with pytest.raises(BadInput, match="Threshold"):
        detect_lung_nodule([], {"Threshold": threshold})


def test_truth_is_told_only_for_the_phantoms_own_pixels_and_only_on_request(tmp_path: Path) -> None:
    volume = chest(BALLS[:1], ())
    files = as_files(volume)
    told = {"index": [30.0, 60.0, 40.0], "diameter_mm": 9.0, "hu": -600, "center_mm": [0, 0, 0]}
    digests = list(read_series(files).pixel_sha256)
    truth = {"schema": "yingtai-phantom/1", "kind": "chest", "pixel_sha256": digests, "nodules": [told]}
    (tmp_path / "truth.json").write_text(json.dumps(truth))

    asked = detect_lung_nodule(files, {}, truth_dirs=[tmp_path])
    unasked = detect_lung_nodule(files, {})
    other = detect_lung_nodule(as_files(chest(BALLS[1:2], ())), {}, truth_dirs=[tmp_path])

    assert digests[0] == hashlib.sha256((volume.hu[0].astype(int) + 1024).astype("<u2").tobytes()).hexdigest()
    assert asked["YingtaiBasis"] == {"all": "truth", "parts": {}}
    assert merged(asked)["Elements"][0]["Diameter"] == 9.0
    assert unasked["YingtaiBasis"] == other["YingtaiBasis"] == {"all": "algorithm", "parts": {}}


def test_it_runs_in_another_process() -> None:
    files = as_files(chest(BALLS[:1], ()))

    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        answer = pool.submit(analyse, asking(files, {"Threshold": "0.6"})).result()

    assert answer == detect_lung_nodule(files, {"Threshold": "0.6"})


Elements = list[dict[str, Any]]


@pytest.fixture(scope="module")
def real() -> tuple[CtVolume, Elements]:
    """A real chest, and all that is reported at a low threshold."""
    files = sorted(shared("data", "chest-ct/lung-dx-a0001").glob("*.dcm"))
    return read_series(files), merged(detect_lung_nodule(files, {"Threshold": "0.05"}))["Elements"]


def test_on_a_real_chest_everything_reported_lies_in_a_lung(real: tuple[CtVolume, Elements]) -> None:
    volume, elements = real
    lungs = segment_lungs(volume)

    at = np.array([[e["ImageZ"], e["ImageY"], e["ImageX"]] for e in elements])
    assert len(at) > 0
    assert set(lungs.at(at)) <= {1, 2}


def test_on_a_real_chest_the_ragged_nodule_is_reported_at_the_default_threshold(
    real: tuple[CtVolume, Elements],
) -> None:
    elements = [
        e for e in real[1] if e["Confidence"] >= DEFAULT_THRESHOLD
    ]  # a threshold takes away what is below it, no more

    assert len(elements) <= 2
    assert any(
        e["Lung"] == "right" and abs(e["ImageZ"] - 26.5) < 1.5 and np.hypot(e["ImageX"] - 155, e["ImageY"] - 356) < 12
        for e in elements
    )
