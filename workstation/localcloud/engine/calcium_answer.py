"""CalcCACS: the Agatston score of what is dense between the lungs, lesion by lesion, and its mask."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from workstation.localcloud.engine.agatston import Calcium, score_calcium
from workstation.localcloud.engine.asked import Analysis, Answer, AnswerFile, BadInput
from workstation.localcloud.engine.balls import balls_in
from workstation.localcloud.engine.heart import heart_region
from workstation.localcloud.engine.lungs import Mask
from workstation.localcloud.engine.series_input import label_archive, read_input
from workstation.localcloud.engine.truth import truth_about
from workstation.localcloud.engine.volume import AIR_HU, CtVolume

THICKNESS_MM: Final = (1.0, 3.0)
NOISY_HU: Final = 30.0  # standard deviation; three of them above blood are the threshold of calcium
SMOOTH_MM: Final = 1.2
_ROUNDED: Final = 0.01


def calc_cacs(asked: Analysis) -> Answer:
    """One axial chest CT without contrast agent, slices 1 to 3 mm apart, to the documented `Data`. raises BadInput"""
    answer, bases = calcium_branch(read_input(asked), asked.truth_dirs)
    whole = bases.pop("")
    return {**answer, "YingtaiBasis": {"all": whole, "parts": bases}}


def calcium_branch(volume: CtVolume, truth_dirs: Sequence[Path]) -> tuple[Answer, dict[str, str]]:
    """The answer, and the basis of it ("") and of its fields. raises BadInput"""
    step = volume.spacing_mm[0]
    if not THICKNESS_MM[0] - _ROUNDED <= step <= THICKNESS_MM[1] + _ROUNDED:
        raise BadInput("InvalidParameter.Unsuitable", f"slices {step:.2f} mm apart, 1 to 3 mm are needed")
    drawn = _drawn(volume, truth_dirs) if truth_dirs else None
    found = drawn if drawn is not None else find_calcium(volume)
    answer: Answer = {
        "ResultUrl": AnswerFile("calcium.tar.gz", label_archive(volume, found.labels, "calcium.nii.gz")),
        # numbers in the documents' example, texts in their table
        "Score": round(found.score, 2),
        "VolumeScore": round(found.volume_mm3, 2),
        "Detections": [
            {"CalciumId": lesion.number, "CalciumScore": lesion.score, "CalciumVolume": lesion.volume_mm3}
            for lesion in found.lesions
        ],
    }
    return answer, {"": "truth" if drawn is not None else "algorithm"}


def find_calcium(volume: CtVolume) -> Calcium:
    """Calcium of the heart; a noisy series is smoothed first, or every speck would count.

    raises BadInput where there is no chest, or contrast agent
    """
    region = heart_region(volume)
    return score_calcium(_quiet(volume, region), region, volume.spacing_mm)


def _quiet(volume: CtVolume, region: Mask) -> npt.NDArray[np.int16]:
    """The series itself where its noise leaves blood below the threshold, else smoothed within each slice."""
    apart = volume.hu[:, :, 4:].astype(np.int32) - volume.hu[:, :, :-4]
    pairs = apart[region[:, :, 4:] & region[:, :, :-4]]
    noise_hu = 1.4826 * float(np.median(np.abs(pairs))) / np.sqrt(2) if pairs.size else 0.0
    if noise_hu <= NOISY_HU:
        return volume.hu
    smooth = np.empty_like(volume.hu)
    sigma = [SMOOTH_MM / mm for mm in volume.spacing_mm[1:]]
    for into, plane in zip(smooth, volume.hu, strict=True):
        into[...] = np.rint(ndimage.gaussian_filter(plane.astype(np.float32), sigma))
    return smooth


def _drawn(volume: CtVolume, folders: Sequence[Path]) -> Calcium | None:
    """What was drawn into a phantom of ours, as if nothing blurred it."""
    truth = truth_about(volume.pixel_sha256, folders)
    if truth is None:
        return None
    hu = np.full(volume.hu.shape, AIR_HU, np.int16)
    for ball in truth.get("calcium", []):
        hu[balls_in(volume, [ball])] = round(float(ball["hu"]))
    return score_calcium(hu, hu > AIR_HU, volume.spacing_mm)
