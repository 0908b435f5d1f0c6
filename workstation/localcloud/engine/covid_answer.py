"""DetectCovid19Cad: the share of whitened lung and its mask are found; what kind of pneumonia it is, is made up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from workstation.localcloud.engine.asked import Analysis, Answer, AnswerFile
from workstation.localcloud.engine.balls import balls_in
from workstation.localcloud.engine.involvement import Involvement, find_involvement
from workstation.localcloud.engine.label_file import label_file
from workstation.localcloud.engine.lungs import segment_lungs
from workstation.localcloud.engine.truth import truth_about
from workstation.localcloud.engine.volume import CtVolume, read_series

MADE_UP = ("NewProbability", "NormalProbability", "OtherProbability")


def detect_covid(asked: Analysis) -> Answer:
    """One axial chest CT series, 20 to 2048 files in any order, to the documented `Data`. raises BadInput"""
    volume = read_series(asked.files["URLList"], least=20, most=2048)
    answer, bases = covid_branch(volume, asked.truth_dirs)
    whole = bases.pop("")
    return {**answer, "YingtaiBasis": {"all": whole, "parts": bases}}


def covid_branch(volume: CtVolume, truth_dirs: Sequence[Path]) -> tuple[Answer, dict[str, str]]:
    """The answer, and the basis of it ("") and of its fields."""
    drawn = _drawn(volume, truth_dirs) if truth_dirs else None
    found = drawn if drawn is not None else find_involvement(volume)
    new, normal, other = _made_up(volume)
    # Texts in the documents' table, numbers in their example.
    answer: Answer = {
        "NewProbability": new,
        "NormalProbability": normal,
        "OtherProbability": other,
        "LesionRatio": f"{found.share:.16g}",
        "Mask": AnswerFile("mask.nii.gz", label_file(volume, found.lesions.astype(np.uint8))),
    }
    return answer, {"": "truth" if drawn is not None else "algorithm", **dict.fromkeys(MADE_UP, "simulated")}


def _made_up(volume: CtVolume) -> tuple[float, float, float]:
    """Three probabilities that add up to one and say nothing: a digest of the pixels, so the same series repeats."""
    digest = hashlib.sha256("".join(sorted(volume.pixel_sha256)).encode()).digest()
    parts = [1 + digest[0], 1 + digest[1], 1 + digest[2]]
    new, normal = (round(part / sum(parts), 6) for part in parts[:2])
    return new, normal, round(1 - new - normal, 6)


def _drawn(volume: CtVolume, folders: Sequence[Path]) -> Involvement | None:
    """The balls drawn into a phantom of ours stand for its lesions."""
    truth = truth_about(volume.pixel_sha256, folders)
    if truth is None:
        return None
    lesions = balls_in(volume, truth["nodules"])
    lungs = segment_lungs(volume)
    lung_voxels = int(np.count_nonzero(lungs.labels)) * float(np.prod(lungs.stride))
    return Involvement(lesions=lesions, share=min(1.0, int(lesions.sum()) / lung_voxels) if lung_voxels else 0.0)
