"""Where coronary calcium may lie: what is between the lungs, in front of the spine, and no bone.

What it can't do: the coronary arteries are not found, so no vessel is told, and calcium of the aortic root, the valves
and the heart's sac counts, too. The descending aorta is left out by where it usually runs; an elongated one is not,
and calcium of the circumflex artery beside it is lost. A lesion that touches bone, and metal, are taken for bone.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from workstation.localcloud.engine.asked import BadInput
from workstation.localcloud.engine.involvement import enlarged
from workstation.localcloud.engine.lungs import Mask, segment_lungs, shrink
from workstation.localcloud.engine.upright import Upright
from workstation.localcloud.engine.volume import CtVolume

Spacing = npt.NDArray[np.float64]
BONE_HU: Final = 160
BONE_ML: Final = 2.0
AROUND_BONE_MM: Final = 3.0
WHOLE_LUNGS_MM: Final = 200.0  # lungs this high are seen whole: then the heart lies in their lower part
HEART_SHARE: Final = 0.58  # of the height of the lungs, from below: up to about the fork of the pulmonary artery
AORTA_MM: Final = (-8.0, 42.0, 30.0)  # from the middle to the left, and in front of the spine: descending aorta
LUNG_SHARE: Final = 0.35  # of the widest slice of either lung: below it the slice shows the liver, not the heart
FROM_LUNG_MM: Final = 3.0  # sharp kernels draw a bright line along the lung
OPACIFIED_HU: Final = 100  # median of the heart: blood without contrast agent has 30 to 60


def heart_region(volume: CtVolume) -> Mask:
    """bool [slice, row, column]. raises BadInput without two lungs, or with contrast agent"""
    lungs = segment_lungs(volume)
    if len(lungs.median_hu) < 2:
        raise BadInput("InvalidParameter.Unsuitable", "no two lungs, so no chest")
    coarse, _, _ = shrink(volume)
    upright = Upright.of(volume)
    spacing = upright.spacing(lungs.stride * np.array(volume.spacing_mm))
    region = np.zeros(coarse.shape, bool)
    bone = _bone(coarse, lungs.stride * np.array(volume.spacing_mm))
    _fill(upright.view(region), upright.view(lungs.labels), upright.view(bone), spacing)
    soft = coarse[region & (coarse > 0)]  # opacified blood is as dense as bone, so bone is taken away only then
    if soft.size and float(np.median(soft)) > OPACIFIED_HU:
        raise BadInput("InvalidParameter.Unsuitable", "contrast agent: calcium can't be told from blood")
    return enlarged(region & ~bone, lungs, volume.hu.shape)


def _fill(region: Mask, labels: npt.NDArray[np.uint8], bone: Mask, mm: Spacing) -> None:
    """Mark what is the heart's; all as [head, back, left]."""
    wide = [np.count_nonzero(labels == side, axis=(1, 2)) for side in (1, 2)]
    heights = np.flatnonzero(np.all([areas >= max(1, LUNG_SHARE * areas.max()) for areas in wide], axis=0))
    if not heights.size:
        return
    seen = np.flatnonzero((wide[0] > 0) & (wide[1] > 0))
    low, high = int(heights[0]), int(heights[-1])
    if (seen[-1] - seen[0] + 1) * mm[0] >= WHOLE_LUNGS_MM:
        high = min(high, int(seen[0]) + round(HEART_SHARE * (seen[-1] - seen[0])))
    middle = float(np.argwhere(labels[low : high + 1] > 0)[:, 2].mean())
    for k in range(low, high + 1):
        lung = labels[k] > 0
        far = ndimage.distance_transform_edt(~lung, sampling=mm[1:]) > FROM_LUNG_MM
        between = _hull(lung) & far
        _cut_spine(between, bone[k], middle, mm)
        region[k] = between


def _bone(coarse: npt.NDArray[np.float32], mm: Spacing) -> Mask:
    """Large dense parts and what is next to them."""
    parts, count = ndimage.label(coarse > BONE_HU)
    size_ml = np.bincount(parts.ravel(), minlength=count + 1) * float(np.prod(mm)) / 1000
    size_ml[0] = 0
    bone: Mask = (size_ml >= BONE_ML)[parts]
    if not bone.any():
        return bone
    near: Mask = ndimage.distance_transform_edt(~bone, sampling=mm) <= AROUND_BONE_MM
    return near


def _hull(lung: Mask) -> Mask:
    """Convex hull of both lungs on one slice."""
    from scipy.spatial import ConvexHull, QhullError

    at = np.argwhere(lung)
    if len(at) < 4:
        return np.zeros(lung.shape, bool)
    try:
        sides = ConvexHull(at).equations  # a·y + b·x + c ≤ 0 inside
    except QhullError:  # all in one line
        return np.zeros(lung.shape, bool)
    inside = np.ones(lung.shape, bool)
    y, x = np.ogrid[: lung.shape[0], : lung.shape[1]]
    for a, b, c in sides:
        inside &= a * y + b * x + c <= 1e-9
    return inside


def _cut_spine(between: Mask, bone: Mask, middle: float, mm: Spacing) -> None:
    """Take away all behind the front of the vertebra, and the bed of the descending aorta on its left."""
    half = int(15 / mm[2])
    column: npt.NDArray[np.bool_] = bone[:, max(0, round(middle) - half) : round(middle) + half + 1].max(
        axis=1, initial=False
    )
    behind = np.flatnonzero(column[len(column) // 2 :]) + len(column) // 2
    if not behind.size:
        return
    front = int(behind[0])
    between[front:] = False
    left = slice(max(0, round(middle + AORTA_MM[0] / mm[2])), round(middle + AORTA_MM[1] / mm[2]))
    between[max(0, front - round(AORTA_MM[2] / mm[1])) : front, left] = False
