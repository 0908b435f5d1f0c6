"""DetectPanc, well-shaped and made up: no classical method finds a pancreas, let alone a tumour in it.

The mask is a drawn shape of soft tissue on the grid of the series, its volumes are those of that mask, and the three
possibilities follow from a digest of the pixels. Of our own phantoms the truth may be told: their balls are taken in
turn for pancreas, cancer and another lesion.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.asked import Analysis, Answer, AnswerFile
from workstation.localcloud.engine.balls import balls_in
from workstation.localcloud.engine.label_file import label_file
from workstation.localcloud.engine.truth import truth_about
from workstation.localcloud.engine.volume import CtVolume, read_series

Labels = npt.NDArray[np.uint8]
PANCREAS, CANCER, OTHER = 1, 2, 3
_SOFT_HU: Final = (-20, 110)
# Half axes of the drawn shape, mm: (left, back, head)
_HALF_MM: Final = (55.0, 12.0, 16.0)
_LESION_MM: Final = 9.0


def detect_panc(asked: Analysis) -> Answer:
    """One axial CT series, 20 to 600 files in any order, to the documented `Data`. raises BadInput"""
    volume = read_series(asked.files["URLList"], least=20, most=600)
    drawn = _drawn(volume, asked.truth_dirs) if asked.truth_dirs else None
    possibilities = _made_up(volume)
    labels = drawn if drawn is not None else _shape(volume, possibilities)
    voxel_cm3 = float(np.prod(volume.spacing_mm)) / 1000
    pancreas, cancer, other = (int((labels == label).sum()) * voxel_cm3 for label in (PANCREAS, CANCER, OTHER))
    lesion: Answer = {
        # One text that is an array of texts again, as in the documents' example.
        "Possibilities": [json.dumps([f"{value:.4f}" for value in possibilities], separators=(",", ":"))],
        "PancVol": f"{pancreas:.4f}",
        "PdacVol": f"{cancer:.4f}",
        "NonPdacVol": f"{other:.4f}",
        "Mask": AnswerFile("mask.nii.gz", label_file(volume, labels, simulated=drawn is None)),
    }
    whole, parts = ("simulated", {}) if drawn is None else ("truth", {"Lesion.Possibilities": "simulated"})
    return {"Lesion": lesion, "YingtaiBasis": {"all": whole, "parts": parts}}


def _made_up(volume: CtVolume) -> tuple[float, float, float]:
    """Three shares of one that say nothing: a digest of the pixels, so the same series repeats."""
    digest = hashlib.sha256("".join(sorted(volume.pixel_sha256)).encode()).digest()
    parts = [1 + digest[3], 1 + digest[4], 1 + digest[5]]
    normal, cancer = (round(part / sum(parts), 4) for part in parts[:2])
    return normal, cancer, round(1 - normal - cancer, 4)


def _shape(volume: CtVolume, possibilities: tuple[float, float, float]) -> Labels:
    """A flat ellipsoid of soft tissue low in the series, in it a ball where a lesion is likeliest."""
    labels = np.zeros(volume.hu.shape, np.uint8)
    low, high = _SOFT_HU
    lowest = volume.axes_lps[0, 2] > 0
    place = len(volume.hu) // 8 if lowest else len(volume.hu) - 1 - len(volume.hu) // 8
    body = np.argwhere(volume.hu[place] > -300)
    if not len(body):
        return labels
    row, column = body.mean(axis=0)
    middle = np.array([place, row, column])
    reach = max(_HALF_MM) / np.array(volume.spacing_mm)
    first = np.maximum(np.floor(middle - reach).astype(int), 0)
    last = np.minimum(np.ceil(middle + reach).astype(int) + 1, labels.shape)
    box = tuple(slice(a, b) for a, b in zip(first, last, strict=True))
    index = np.stack(np.meshgrid(*(np.arange(a, b) for a, b in zip(first, last, strict=True)), indexing="ij"), -1)
    patient = ((index - middle) * np.array(volume.spacing_mm)) @ volume.axes_lps
    soft = (volume.hu[box] >= low) & (volume.hu[box] <= high)
    labels[box][soft & (((patient / np.array(_HALF_MM)) ** 2).sum(axis=-1) <= 1)] = PANCREAS
    kind = int(np.argmax(possibilities))
    if kind:
        near = np.linalg.norm(patient - np.array([_HALF_MM[0] / 2, 0, 0]), axis=-1) <= _LESION_MM
        labels[box][soft & near] = (CANCER, OTHER)[kind - 1]
    return labels


def _drawn(volume: CtVolume, folders: Sequence[Path]) -> Labels | None:
    truth = truth_about(volume.pixel_sha256, folders)
    if truth is None:
        return None
    labels = np.zeros(volume.hu.shape, np.uint8)
    for number, entry in enumerate(truth["nodules"]):
        labels[balls_in(volume, [entry])] = (PANCREAS, CANCER, OTHER)[number % 3]
    return labels
