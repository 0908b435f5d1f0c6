"""Lung nodules of a CT: candidates, what they look like around, a score, and a size.

The score is a logistic function of few shape numbers with physical meaning, in the manner of the classical detection
schemes (Q. Li et al. 2003; K. Murphy et al. 2009): the dot filter's answer against the contrast, elongation, share of
the surroundings that belongs to vessels or wall.  It does not depend on density, so ground glass scores like solid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.candidates import find_candidates
from workstation.localcloud.engine.lungs import SIDES, Lungs, segment_lungs
from workstation.localcloud.engine.measure import GLASS_HU, Size, measure
from workstation.localcloud.engine.rays import DIRECTIONS, Blob, look_around
from workstation.localcloud.engine.volume import CtVolume

DEFAULT_THRESHOLD = 0.60
GROUND_GLASS, PART_SOLID, SOLID = 0, 1, 2
LEAST_DIAMETER_MM, LARGEST_DIAMETER_MM = 3.0, 40.0
LOWEST_SCORE = 0.01


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
    lungs = segment_lungs(volume)
    found: list[Nodule] = []
    for confidence, blob in _distinct(volume, _blobs(volume, lungs)):
        if confidence < max(threshold, LOWEST_SCORE):
            continue
        size = measure(volume, blob)
        if LEAST_DIAMETER_MM <= size.diameter_mm <= LARGEST_DIAMETER_MM:
            found.append(_nodule(volume, blob, size, confidence))
    return sorted(found, key=lambda nodule: nodule.index)


def _blobs(volume: CtVolume, lungs: Lungs) -> list[tuple[float, Blob]]:
    """Centred candidates with their confidence; of those that met in one place the filter's best scale speaks."""
    spacing = np.array(volume.spacing_mm)
    groups: list[Blob] = []
    for candidate in find_candidates(volume, lungs):
        blob = look_around(volume, lungs, candidate)
        if blob is not None and blob.in_lung and not any(_same(blob, other, spacing) for other in groups):
            groups.append(blob)
    return [(confidence(blob), blob) for blob in groups]


def _same(a: Blob, b: Blob, spacing: npt.NDArray[np.float64]) -> bool:
    small, large = sorted((a.radius_mm, b.radius_mm))
    return bool(np.linalg.norm((a.index - b.index) * spacing) < 0.5 * large and large < 1.6 * small)


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

    A ball has dot answer / contrast near 0.2, a tube below 0.04.  Each further number counts only beyond what balls
    with a thin vessel, or touching the wall, show: longest to middle axis (a tube goes on), flatness, uneven radius,
    share of directions in which tissue goes on (junctions of vessels), share of directions that end in the wall.
    """
    free = blob.reach_mm[blob.free] if blob.free.sum() > 20 else blob.reach_mm
    uneven = float(np.percentile(free, 80) - np.percentile(free, 20)) / blob.radius_mm
    border = np.minimum(blob.reach_mm, 2.2 * blob.radius_mm)[:, None] * DIRECTIONS
    short, middle, long = np.sqrt(np.linalg.eigvalsh(border.T @ border / len(border)))
    roundness = blob.candidate.response / blob.contrast_hu
    evidence = (
        5 * np.log(roundness / 0.06)
        - 16 * max(0.0, long / middle - 1.15)
        - 4 * max(0.0, middle / short - 1.5)
        - 4 * max(0.0, uneven - 0.5)
        - 20 * max(0.0, float(blob.attached.mean()) - 0.10)
        - 16 * max(0.0, float(blob.walled.mean()) - 0.28)
        - 6 * max(0.0, 1.5 - blob.radius_mm)
    )
    return float(1 / (1 + np.exp(-np.clip(evidence, -30, 30))))


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
