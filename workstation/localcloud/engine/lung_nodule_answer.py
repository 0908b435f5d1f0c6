"""DetectLungNodule: nodules of a chest CT as the documents' sample has them, oddities included."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from workstation.localcloud.engine.asked import Analysis, Answer, BadInput
from workstation.localcloud.engine.nodules import DEFAULT_THRESHOLD, Nodule, find_nodules
from workstation.localcloud.engine.truth import true_nodules
from workstation.localcloud.engine.volume import CtVolume, read_series

LARGEST_MATRIX: Final = 512
NAMES: Final = {0: "磨玻璃", 1: "部分实性", 2: "实性"}
RESEARCH_ONLY: Final = "本机算法结果，仅供研究，非医疗器械。"


def detect_lung_nodule(asked: Analysis) -> Answer:
    """One axial chest CT series, 20 to 600 files in any order, to the documented `Data`.

    `Threshold` (0, 1], default 0.60; digits after the second are cut off, as the documents say. raises BadInput
    """
    threshold = _two_decimals(asked.parameters.get("Threshold") or str(DEFAULT_THRESHOLD))
    volume = read_series(asked.files["URLList"], least=20, most=600)
    if max(volume.hu.shape[1:]) > LARGEST_MATRIX:
        raise BadInput("InvalidImage.Resolution", f"at most {LARGEST_MATRIX} x {LARGEST_MATRIX} pixels")
    nodules, basis = _found(volume, asked.truth_dirs, threshold)
    return {"Series": _series(volume, nodules, threshold), "YingtaiBasis": {"all": basis, "parts": {}}}


def nodule_branch(volume: CtVolume, truth_dirs: Sequence[Path]) -> tuple[Answer, dict[str, str]]:
    """The same where it is a part of another answer, whose documents show it whole; and the basis of it ("")."""
    nodules, basis = _found(volume, truth_dirs, DEFAULT_THRESHOLD)
    report, elements, grid = _series(volume, nodules, DEFAULT_THRESHOLD)
    if isinstance(elements["Elements"], dict):
        elements = {"Elements": [elements["Elements"]]}
    arrays = {name: json.loads(str(text)) for name, text in grid.items()}
    return {"Series": [{**report, **elements, **arrays}]}, {"": basis}


def _found(volume: CtVolume, truth_dirs: Sequence[Path], threshold: float) -> tuple[list[Nodule], str]:
    known = true_nodules(volume, truth_dirs) if truth_dirs else None
    return (known, "truth") if known is not None else (find_nodules(volume, threshold), "algorithm")


def _two_decimals(text: str) -> float:
    try:
        value = int(float(text) * 100 + 1e-9) / 100
    except (ValueError, OverflowError):
        raise BadInput("InvalidParameter.Convert", "Threshold is not a number") from None
    if not 0 < value <= 1:
        raise BadInput("InvalidParameter", "Threshold is outside (0, 1]")
    return value


def _series(volume: CtVolume, nodules: Sequence[Nodule], threshold: float) -> list[Answer]:
    """One series split over three elements, a single nodule bare, arrays as texts, as in the documents' sample."""
    origin = [float(v) for v in volume.positions_mm[0]]
    spacing = [volume.spacing_mm[2], volume.spacing_mm[1], volume.spacing_mm[0]]
    elements = [_element(nodule, origin, spacing) for nodule in nodules]
    return [
        {"SeriesInstanceUid": volume.series_uid, "Report": _report(nodules, threshold)},
        {"Elements": elements[0] if len(elements) == 1 else elements},
        {"Origin": json.dumps(origin), "Spacing": json.dumps(spacing)},
    ]


def _element(nodule: Nodule, origin: Sequence[float], spacing: Sequence[float]) -> Answer:
    image = (nodule.index[2], nodule.index[1], nodule.index[0])
    x, y, z = (o + i * s for o, i, s in zip(origin, image, spacing, strict=True))  # it knows no direction cosines
    return {
        "X": x,
        "Y": y,
        "Z": z,
        "ImageX": image[0],
        "ImageY": image[1],
        "ImageZ": image[2],
        "Lung": nodule.lung,
        "Lobe": nodule.lobe,
        "Category": nodule.category,
        "Confidence": nodule.confidence,
        "Diameter": nodule.diameter_mm,
        "Volume": nodule.volume_mm3,
        "MeanValue": nodule.mean_hu,
        "SOPInstanceUID": nodule.sop_instance_uid,
    }


def _report(nodules: Sequence[Nodule], threshold: float) -> str:
    if not nodules:
        return f"阈值{threshold:.2f}下未检出肺结节。{RESEARCH_ONLY}"
    largest_first = sorted(nodules, key=lambda nodule: -nodule.diameter_mm)
    parts = [
        f"{NAMES[nodule.category]}结节，直径约为{nodule.diameter_mm:.2f}mm，体积为{nodule.volume_mm3:.2f}mm³，"
        f"平均CT值为{nodule.mean_hu:.2f}HU"
        for nodule in largest_first
    ]
    if len(parts) == 1:
        return f"肺部见1个{parts[0]}。{RESEARCH_ONLY}"
    numbered = "；".join(f"（{number}）{part}" for number, part in enumerate(parts, start=1))
    return f"肺部见{len(parts)}个结节：{numbered}。{RESEARCH_ONLY}"
