"""Agatston score of marked voxels.

A. S. Agatston et al., "Quantification of coronary artery calcium using ultrafast computed tomography", J. Am. Coll.
Cardiol. 15(4), 1990: in every slice, each connected region (8 neighbours) of at least 130 HU and 1 mm² counts its area
times 1, 2, 3 or 4 by its peak (from 130, 200, 300, 400 HU). It was defined on slices 3 mm apart, so the sum is scaled
by the distance between slices / 3 mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import ndimage

CALCIUM_HU: Final = 130
LEAST_MM2: Final = 1.0
WEIGHT_HU: Final = (130, 200, 300, 400)
INCREMENT_MM: Final = 3.0
MOST_LESIONS: Final = 255  # labels of eight bits; further lesions share the last one

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lesion:
    """`number` is its label, from 1."""

    number: int
    score: float
    volume_mm3: float


@dataclass(frozen=True, slots=True, eq=False)
class Calcium:
    """`labels`: uint8 [slice, row, column], 0 elsewhere."""

    labels: npt.NDArray[np.uint8]
    lesions: tuple[Lesion, ...]

    @property
    def score(self) -> float:
        return sum(lesion.score for lesion in self.lesions)

    @property
    def volume_mm3(self) -> float:
        return sum(lesion.volume_mm3 for lesion in self.lesions)


def score_calcium(hu: npt.NDArray[np.int16], within: Mask, spacing_mm: tuple[float, float, float]) -> Calcium:
    """Lesions of calcium among the marked voxels, largest score first.

    hu, within  [slice, row, column]
    spacing_mm  between slices, rows, columns
    """
    kept = np.zeros(hu.shape, bool)
    regions: list[tuple[tuple[int, int, int], float]] = []  # one voxel of it, its score
    pixel_mm2 = spacing_mm[1] * spacing_mm[2]
    for k, (plane, marked) in enumerate(zip(hu, within, strict=True)):
        calcium = marked & (plane >= CALCIUM_HU)
        if not calcium.any():
            continue
        labels, count = ndimage.label(calcium, structure=np.ones((3, 3)))
        areas = np.bincount(labels.ravel(), minlength=count + 1) * pixel_mm2
        enough = areas >= LEAST_MM2 - 1e-9
        enough[0] = False
        kept[k] = enough[labels]
        counted = np.flatnonzero(enough)
        places = ndimage.maximum_position(plane, labels, counted) if counted.size else []
        for part, (row, column) in zip(counted, places, strict=True):
            weight = sum(int(plane[row, column]) >= limit for limit in WEIGHT_HU)
            regions.append(((k, int(row), int(column)), float(areas[part] * weight * spacing_mm[0] / INCREMENT_MM)))
    return _lesions(kept, regions, float(np.prod(spacing_mm)))


def _lesions(kept: Mask, regions: list[tuple[tuple[int, int, int], float]], voxel_mm3: float) -> Calcium:
    """Regions that touch, also from slice to slice, are one lesion."""
    parts, count = ndimage.label(kept, structure=np.ones((3, 3, 3)))
    scores, voxels = np.zeros(count + 1), np.bincount(parts.ravel(), minlength=count + 1)
    for at, score in regions:
        scores[parts[at]] += score
    number = np.zeros(count + 1, np.uint8)
    for place, part in enumerate(sorted(range(1, count + 1), key=lambda part: -scores[part])):
        number[part] = min(place + 1, MOST_LESIONS)
    lesions = tuple(
        Lesion(n, float(scores[number == n].sum()), float(voxels[number == n].sum() * voxel_mm3))
        for n in range(1, min(count, MOST_LESIONS) + 1)
    )
    return Calcium(number[parts], lesions)
