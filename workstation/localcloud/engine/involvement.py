"""Share of the lung that is whitened: voxels of the lung as dense as ground glass or consolidation, vessels left out.

Density classes after C. Shen et al., "Quantitative computed tomography analysis for stratifying the severity of
Coronavirus Disease 2019", J. Pharm. Anal. 10(2), 2020: ground glass from -700 HU, consolidation up to 60 HU. Vessels
are left out twice: what is solid, long or branching, and thinner than 16 mm (a hilar artery), with its blurred border;
and what of the rest no ball of 8 mm fits into.

What it can't do: a consolidation along vessels that is thinner than 16 mm goes with them; dependent and poorly inflated
lung is as dense as ground glass and counts; small lesions do not; and a large consolidation against the chest wall is
no lung to the lung mask, so the share comes out too small just where it is largest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from workstation.localcloud.engine.lungs import Lungs, Mask, segment_lungs, shrink
from workstation.localcloud.engine.volume import CtVolume

DENSE_HU = (-700.0, 60.0)
LEAST_MM = 8.0
SOLID_HU = -100.0
VESSEL_MM = 16.0
LONG = 6.0  # times as large as the largest ball in it: no blob, but a branch
WALL_MM = 2.0  # next to the wall a voxel is half wall


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Involvement:
    """
    lesions  bool [slice, row, column] of the series
    share    0…1 of the lung; 0 where there is no lung
    """

    lesions: Mask
    share: float


def find_involvement(volume: CtVolume) -> Involvement:
    """The whitened part of both lungs."""
    lungs = segment_lungs(volume)
    coarse, _, _ = shrink(volume)
    spacing = lungs.stride * np.array(volume.spacing_mm)
    lung = lungs.labels > 0
    if not lung.any():
        return Involvement(lesions=np.zeros(volume.hu.shape, bool), share=0.0)
    inner = ndimage.distance_transform_edt(np.pad(lung, ((1, 1), (0, 0), (0, 0)), mode="edge"), sampling=spacing)
    dense = (coarse >= DENSE_HU[0]) & (coarse <= DENSE_HU[1]) & (inner[1:-1] > WALL_MM)
    vessels = _vessels((coarse > SOLID_HU) & (inner[1:-1] > 0), spacing)
    thick = _opened(dense & ~ndimage.binary_dilation(vessels), spacing, LEAST_MM / 2)
    return Involvement(lesions=enlarged(thick, lungs, volume.hu.shape), share=float(thick.sum() / lung.sum()))


def _vessels(solid: Mask, spacing: npt.NDArray[np.float64]) -> Mask:
    """What is long or branching in the solid parts, but for what is thicker than a vessel."""
    parts, count = ndimage.label(solid, structure=np.ones((3, 3, 3)))
    depth = ndimage.distance_transform_edt(solid, sampling=spacing)
    numbers = np.arange(count + 1)
    deepest = np.maximum(ndimage.maximum(depth, parts, numbers), spacing.min())
    volume_mm3 = np.bincount(parts.ravel(), minlength=count + 1) * float(np.prod(spacing))
    long = volume_mm3 > LONG * 4 / 3 * np.pi * deepest**3
    long[0] = False
    branches: Mask = long[parts]
    return branches & ~_opened(branches, spacing, VESSEL_MM / 2)


def _opened(mask: Mask, spacing: npt.NDArray[np.float64], radius_mm: float) -> Mask:
    """Opening by a ball: what no ball of this radius fits into is gone."""
    if not mask.any():
        return mask
    kept: Mask = ndimage.distance_transform_edt(mask, sampling=spacing) > radius_mm
    if not kept.any():
        return kept
    opened: Mask = mask & (ndimage.distance_transform_edt(~kept, sampling=spacing) <= radius_mm)
    return opened


def enlarged(coarse: Mask, lungs: Lungs, shape: tuple[int, ...]) -> Mask:
    """A mask of the lungs' grid on that of the series: each voxel as the coarse one that holds it."""
    places = [
        np.clip(np.rint((np.arange(n) - first) / stride).astype(np.intp), 0, count - 1)
        for n, first, stride, count in zip(shape, lungs.first, lungs.stride, coarse.shape, strict=True)
    ]
    whole: Mask = coarse[np.ix_(*places)]
    return whole
