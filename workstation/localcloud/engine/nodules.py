"""Lung nodules of a CT: candidates, what they look like around, a score, and a size.

The score is a logistic function of few shape numbers with physical meaning, in the manner of the classical detection
schemes (Q. Li et al. 2003; K. Murphy et al. 2009): the dot filter's answer against the contrast, elongation, share of
the surroundings that belongs to vessels or wall.  It does not depend on density, so ground glass scores like solid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.candidates import Candidate, find_candidates
from workstation.localcloud.engine.lungs import SIDES, Lungs, segment_lungs
from workstation.localcloud.engine.measure import GLASS_HU, Size, measure
from workstation.localcloud.engine.rays import DIRECTIONS, RADII_OF_SIGMA, Blob, look_around
from workstation.localcloud.engine.volume import CtVolume

DEFAULT_THRESHOLD = 0.60
GROUND_GLASS, PART_SOLID, SOLID = 0, 1, 2
LEAST_DIAMETER_MM, LARGEST_DIAMETER_MM = 3.0, 40.0
LOWEST_SCORE = 0.01
BLUR_FROM_MM, BLUR_OF_SIGMA = 2.8, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodule:
    """One reported nodule.

    index        its middle: slice, row, column of the volume, zero-based, fractional
    diameter_mm  of the ball of equal volume
    category     0 ground glass, 1 part-solid, 2 solid
    confidence   0..1; grows with how ball-like and free-standing it is
    lung         left or right, of the patient
    """

    index: tuple[float, float, float]
    diameter_mm: float
    volume_mm3: float
    mean_hu: float
    category: int
    confidence: float
    lung: str
    sop_instance_uid: str
    lobe: str = "unknown"  # no fissures are looked for


def find_nodules(volume: CtVolume, threshold: float = DEFAULT_THRESHOLD) -> list[Nodule]:
    """Nodules with at least `threshold` confidence, from the lowest slice to the highest."""
    found: list[Nodule] = []
    scored = [(confidence(blob), blob) for blob in _blobs(volume, segment_lungs(volume))]
    for score, blob in _distinct(volume, [pair for pair in scored if pair[0] >= max(threshold, LOWEST_SCORE)]):
        size = measure(volume, blob)
        if LEAST_DIAMETER_MM <= size.diameter_mm <= LARGEST_DIAMETER_MM:
            found.append(_nodule(volume, blob, size, score))
    return sorted(found, key=lambda nodule: nodule.index)


def _blobs(volume: CtVolume, lungs: Lungs) -> list[Blob]:
    """Centred candidates; of those that meet in one place with one size, the one with the filter's best answer."""
    spacing = np.array(volume.spacing_mm)
    candidates = find_candidates(volume, lungs)
    places, radii = np.full((len(candidates), 3), np.inf), np.ones(len(candidates))
    blobs: list[Blob] = []

    def known(index: npt.NDArray[np.float64], radius: float) -> bool:
        other = radii[: len(blobs)]
        apart = np.linalg.norm(places[: len(blobs)] - index * spacing, axis=1)
        alike = (other < 1.6 * radius) & (radius < 1.6 * other)
        return bool((alike & (apart < 0.5 * np.maximum(other, radius))).any())

    for candidate in candidates:
        if known(np.array(candidate.index), RADII_OF_SIGMA * candidate.sigma_mm):
            continue
        blob = _look(volume, lungs, candidate)
        if blob is not None and blob.in_lung and not known(blob.index, blob.radius_mm):
            places[len(blobs)], radii[len(blobs)] = blob.index * spacing, blob.radius_mm
            blobs.append(blob)
    return blobs


def _look(volume: CtVolume, lungs: Lungs, candidate: Candidate) -> Blob | None:
    """The sharp look; for a large candidate that is no ball to it, the blurred one if that is better."""
    sharp = look_around(volume, lungs, candidate)
    if candidate.sigma_mm < BLUR_FROM_MM or (sharp is not None and confidence(sharp) > 0.5):
        return sharp
    blurred = look_around(volume, lungs, candidate, BLUR_OF_SIGMA * candidate.sigma_mm)
    if blurred is None or (sharp is not None and confidence(sharp) >= confidence(blurred)):
        return sharp
    return blurred


def _distinct(volume: CtVolume, scored: list[tuple[float, Blob]]) -> list[tuple[float, Blob]]:
    """The better of two that lie in each other."""
    spacing = np.array(volume.spacing_mm)
    kept: list[tuple[float, Blob]] = []
    for score, blob in sorted(scored, key=lambda s: (-s[0], tuple(s[1].index))):
        reach = [max(blob.radius_mm, other.radius_mm) for _, other in kept]
        apart = [float(np.linalg.norm((blob.index - other.index) * spacing)) for _, other in kept]
        if all(a > r for a, r in zip(apart, reach, strict=True)):
            kept.append((score, blob))
    return kept


def confidence(blob: Blob) -> float:
    """Logistic score 0..1 of a blob's shape.

    A ball has dot answer / contrast near 0.2, a tube below 0.04.  The other numbers count beyond what balls show, even
    with a vessel on them or touching the wall: longest to middle axis and mean to median radius (a tube goes on),
    flatness, uneven radius, arms (a junction of vessels has three), share of directions that end in the wall or in
    anything, and a radius too small to tell.  Weights: logistic regression on phantoms with bent tubes and with
    branching trees, rounded; 0.60 then stands where one of them shows about one false answer in three scans.
    """
    free = blob.reach_mm[blob.free] if blob.free.sum() > 20 else blob.reach_mm
    uneven = float(np.percentile(free, 80) - np.percentile(free, 20)) / blob.radius_mm
    border = np.minimum(blob.reach_mm, 2.2 * blob.radius_mm)[:, None] * DIRECTIONS
    short, middle, long = np.sqrt(np.linalg.eigvalsh(border.T @ border / len(border)))
    evidence = (
        6.2
        + 5.5 * np.log(blob.candidate.response / blob.contrast_hu / 0.06)
        - 12 * (long / middle - 1)
        - 20 * max(0.0, float(blob.reach_mm.mean()) / blob.radius_mm - 1)
        - 10 * max(0.0, middle / short - 1.15)
        - 10 * max(0.0, uneven - 0.3)
        - 2.4 * min(blob.arms, 4)
        - 20 * max(0.0, float(blob.walled.mean()) - 0.28)
        - 20 * max(0.0, float((blob.walled | blob.attached).mean()) - 0.33)
        - 15 * max(0.0, 1.6 - blob.radius_mm)
    )
    return float(1 / (1 + np.exp(-0.5 * np.clip(evidence, -40, 40))))


def _nodule(volume: CtVolume, blob: Blob, size: Size, score: float) -> Nodule:
    nearest = int(np.clip(round(size.index[0]), 0, len(volume.hu) - 1))
    if size.mean_hu < GLASS_HU:
        category = PART_SOLID if size.solid_share > 0.15 else GROUND_GLASS
    else:
        category = SOLID if size.solid_share > 0.6 else PART_SOLID
    return Nodule(
        index=size.index,
        diameter_mm=size.diameter_mm,
        volume_mm3=size.volume_mm3,
        mean_hu=size.mean_hu,
        category=category,
        confidence=score,
        lung=SIDES[blob.candidate.lung],
        sop_instance_uid=volume.sop_instance_uids[nearest] if volume.sop_instance_uids else "",
    )
