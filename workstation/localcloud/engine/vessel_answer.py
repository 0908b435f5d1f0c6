"""AnalyzeChestVessel: cross-sections of aorta and pulmonary artery along their middle.

What could not be followed is made up, and says so part by part. The archive holds the label image only, no reformats.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from workstation.localcloud.engine.asked import Analysis, Answer, AnswerFile
from workstation.localcloud.engine.balls import Ball
from workstation.localcloud.engine.series_input import label_archive, read_input
from workstation.localcloud.engine.truth import truth_about
from workstation.localcloud.engine.vessels import Array, Vessel, find_great_vessels, resampled
from workstation.localcloud.engine.volume import CtVolume

PULMONARY, AORTA = 1, 2  # labels of the mask
_KEYS: Final = {AORTA: "AortaInfo", PULMONARY: "PulmonaryInfo"}
_NEAREST: Final = "NearestAortaArea"


def analyze_chest_vessel(asked: Analysis) -> Answer:
    """One axial chest CT of 20 to 600 slices to the documented `Data`. raises BadInput"""
    answer, bases = vessel_branch(read_input(asked), asked.truth_dirs)
    whole = bases.pop("")
    return {**answer, "YingtaiBasis": {"all": whole, "parts": bases}}


def vessel_branch(volume: CtVolume, truth_dirs: Sequence[Path]) -> tuple[Answer, dict[str, str]]:
    """The answer, and the basis of it ("") and of its parts."""
    drawn = _drawn(volume, truth_dirs) if truth_dirs else None
    if drawn is not None:
        found: dict[int, Vessel | None] = dict(drawn)
    else:
        great = find_great_vessels(volume)
        found = {AORTA: great.aorta, PULMONARY: great.pulmonary}
    bases = {"": "algorithm" if drawn is None else "truth"}
    vessels: dict[int, Vessel] = {}
    labels = np.zeros(volume.hu.shape, np.uint8)
    for label, key in _KEYS.items():
        vessel = found.get(label)
        if vessel is None:
            bases[key] = "simulated"
        else:
            _paint(labels, volume, vessel, label)
        vessels[label] = vessel if vessel is not None else _made_up(volume, label)
    if found.get(AORTA) is None:
        bases[f"{_KEYS[PULMONARY]}.{_NEAREST}"] = "simulated"
    answer: Answer = {key: _info(volume, vessels[label], label) for label, key in _KEYS.items()}
    pulmonary = answer[_KEYS[PULMONARY]]
    if isinstance(pulmonary, dict):
        pulmonary[_NEAREST] = _nearest(volume, vessels[PULMONARY], vessels[AORTA])
    answer["ResultURL"] = AnswerFile("vessels.tgz", label_archive(volume, labels, "vessels.nii.gz"))
    return answer, bases


def _info(volume: CtVolume, vessel: Vessel, label: int) -> Answer:
    widest = int(vessel.areas_mm2.argmax())
    return {
        "MaxAreaIndex": widest,
        "MaxArea": round(float(vessel.areas_mm2[widest]), 1),
        "MaxDiameter": round(vessel.widest_mm, 1),
        "LabelValue": label,
        "Coordinates": [[round(float(v), 3) for v in volume.to_lps(at)] for at in vessel.points.tolist()],
        "Area": [round(float(area), 1) for area in vessel.areas_mm2],
    }


def _nearest(volume: CtVolume, pulmonary: Vessel, aorta: Vessel) -> float:
    """Area of the aorta where its line comes nearest to the widest place of the pulmonary artery."""
    spacing = np.array(volume.spacing_mm)
    widest = pulmonary.points[int(pulmonary.areas_mm2.argmax())]
    gaps = np.linalg.norm((aorta.points - widest) * spacing, axis=1)
    return round(float(aorta.areas_mm2[int(gaps.argmin())]), 1)


def _paint(
    labels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], volume: CtVolume, vessel: Vessel, label: int
) -> None:
    """A ball at every millimetre, as wide as the cross-section there."""
    for at, area in zip(vessel.points, vessel.areas_mm2, strict=True):
        Ball(at, float(np.sqrt(area / np.pi))).paint(labels, volume, label)


def _made_up(volume: CtVolume, label: int) -> Vessel:
    """An upright tube in the middle of the series; its width comes from a digest of the pixels."""
    digest = hashlib.sha256(np.ascontiguousarray(volume.hu[len(volume.hu) // 2]).tobytes()).digest()
    count = max(2, min(60, int((len(volume.hu) - 1) * volume.spacing_mm[0])))
    heights = np.arange(count) / volume.spacing_mm[0]
    rows, columns = ((size - 1) / 2 for size in volume.hu.shape[1:])
    points = np.stack([heights, np.full(count, rows), np.full(count, columns)], axis=1)
    width = 20.0 + digest[label] / 16 + 2 * np.sin(np.arange(count) / 9)
    return Vessel(points, np.pi / 4 * width**2, float(width.max()))


def _drawn(volume: CtVolume, folders: Sequence[Path]) -> dict[int, Vessel] | None:
    """The tubes of a phantom of ours, as far as the series reaches."""
    truth = truth_about(volume.pixel_sha256, folders)
    if truth is None:
        return None
    names = {"aorta": AORTA, "pulmonary-artery": PULMONARY}
    found: dict[int, Vessel] = {}
    for drawn in truth.get("vessels", []):
        points = _inside(volume, resampled(np.array(drawn["points_mm"], np.float64)))
        radius = float(drawn["radius_mm"])
        if len(points):
            areas = np.full(len(points), np.pi * radius**2)
            found[names[str(drawn["name"])]] = Vessel(points, areas, 2 * radius)
    return found


def _inside(volume: CtVolume, lps: Array) -> Array:
    """The longest run of points [n, 3], LPS mm, that lies in the series, as indices."""
    index: Array = (lps - volume.positions_mm[0]) @ volume.axes_lps.T / np.array(volume.spacing_mm)
    within = ((index >= 0) & (index <= np.array(volume.hu.shape) - 1)).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], within.astype(int), [0]])))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    first, last = max(runs, key=lambda run: run[1] - run[0], default=(0, 0))
    kept: Array = index[first:last]
    return kept
