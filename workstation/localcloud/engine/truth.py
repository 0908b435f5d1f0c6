"""Answers from the truth beside our own phantoms, only where the service was started with folders to look in.

A phantom is recognised by the set of its slices' pixel digests: identity, file names and order may have changed on the
way.  Layout of `truth.json`: `{"schema": "yingtai-phantom/1", "pixel_sha256": [hex, ...], "nodules": [{"index":
[slice, row, column], "diameter_mm": ..., "hu": ...}, ...]}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workstation.localcloud.engine.lungs import SIDES, segment_lungs
from workstation.localcloud.engine.measure import GLASS_HU
from workstation.localcloud.engine.nodules import GROUND_GLASS, SOLID, Nodule
from workstation.localcloud.engine.volume import CtVolume

SCHEMA = "yingtai-phantom/1"


def true_nodules(volume: CtVolume, folders: Sequence[Path]) -> list[Nodule] | None:
    """The nodules drawn into this phantom; None if no `truth.json` below `folders` is about these pixels."""
    truth = truth_about(volume.pixel_sha256, folders)
    return None if truth is None else [_nodule(volume, drawn) for drawn in truth["nodules"]]


def truth_about(pixel_sha256: Iterable[str], folders: Sequence[Path]) -> dict[str, Any] | None:
    """The `truth.json` below `folders` that is about these pixels, in any order; None if there is none."""
    sent = set(pixel_sha256)
    for folder in folders:
        for file in sorted(folder.rglob("truth.json")):
            truth: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            if truth.get("schema") == SCHEMA and set(truth["pixel_sha256"]) == sent:
                return truth
    return None


def _nodule(volume: CtVolume, drawn: dict[str, object]) -> Nodule:
    slice_, row, column = np.array(drawn["index"], np.float64).tolist()
    diameter, hu = float(str(drawn["diameter_mm"])), float(str(drawn["hu"]))
    nearest = int(np.clip(round(slice_), 0, len(volume.hu) - 1))
    lungs = segment_lungs(volume)
    label = int(lungs.at(np.array([[slice_, row, column]]))[0])
    return Nodule(
        index=(slice_, row, column),
        diameter_mm=diameter,
        volume_mm3=float(np.pi / 6 * diameter**3),
        mean_hu=hu,
        category=GROUND_GLASS if hu < GLASS_HU else SOLID,
        confidence=1.0,
        lung=SIDES.get(label, "unknown"),
        sop_instance_uid=volume.sop_instance_uids[nearest],
    )
