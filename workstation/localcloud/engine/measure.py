"""Size and density of one nodule, finer than the voxels.

Partial-volume volumetry after J.-M. Kuhnigk et al., "Morphological segmentation and partial volume analysis for
volumetry of solid pulmonary lesions in thoracic CT scans", IEEE Trans. Med. Imaging 25(4), 2006: every voxel counts
with the share (hu - lung) / (nodule - lung), and what hangs on the nodule is cut off at its border.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.rays import DIRECTIONS, Blob
from workstation.localcloud.engine.volume import CtVolume

Vector = npt.NDArray[np.float64]
FEW_SLICES = 5.0  # below that many slice distances per diameter, slices are too few to add up
SOLID_HU = -180.0
GLASS_HU = -300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    index: tuple[float, float, float]
    diameter_mm: float
    volume_mm3: float
    mean_hu: float
    solid_share: float


def measure(volume: CtVolume, blob: Blob) -> Size:
    """Diameter of the ball of equal volume, volume, mean HU of the body, middle (volume index)."""
    spacing = np.array(volume.spacing_mm)
    pixel = float(np.sqrt(spacing[1] * spacing[2]))
    mm = np.array([1 / blob.squeeze, 1.0, 1.0])
    half = np.ceil((1.75 * blob.radius_mm + pixel) * mm / spacing + np.array([1, 1, 1])).astype(int)
    middle = np.rint(blob.index).astype(int)
    low = np.maximum(middle - half, 0)
    high = np.minimum(middle + half + 1, volume.hu.shape)
    hu = volume.hu[low[0] : high[0], low[1] : high[1], low[2] : high[2]].astype(np.float32)
    axes = [np.arange(low[a], high[a]) - blob.index[a] for a in range(3)]
    offset = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1) * spacing / mm  # squeezed mm
    inside = _within(offset, blob, pixel)
    share = np.clip((hu - blob.calm_hu) / blob.contrast_hu, 0, 1) * inside
    share[share < 0.12] = 0  # noise and lung texture around the body
    index = low + np.array(np.unravel_index(np.arange(share.size), share.shape)).T
    weights = share.ravel()
    total = float(weights.sum())
    centre = (index * weights[:, None]).sum(axis=0) / max(total, 1e-6)
    volume_mm3 = total * float(np.prod(spacing))
    diameter = (6 * volume_mm3 / np.pi) ** (1 / 3)
    if diameter < FEW_SLICES * spacing[0]:
        areas = share.sum(axis=(1, 2)) * spacing[1] * spacing[2]
        diameter, centre[0] = _ball_through(areas, np.arange(low[0], high[0]), spacing[0], diameter, centre[0])
        volume_mm3 = np.pi / 6 * diameter**3
    body = hu[share > 0.5]
    if body.size == 0:
        body = hu[tuple(middle - low)][None]
    return Size(
        index=(float(centre[0]), float(centre[1]), float(centre[2])),
        diameter_mm=float(diameter),
        volume_mm3=float(volume_mm3),
        mean_hu=float(body.mean()),
        solid_share=float((body > SOLID_HU).mean()),
    )


def _within(offset: Vector, blob: Blob, pixel: float) -> npt.NDArray[np.bool_]:
    """Voxels that belong to the body: a margin for the blurred border, none where a vessel or the wall goes on."""
    distance = np.linalg.norm(offset, axis=-1)
    ray = np.argmax(offset.reshape(-1, 3).astype(np.float32) @ DIRECTIONS.T.astype(np.float32), axis=1)
    hangs = (blob.attached | blob.walled) & (blob.reach_mm > 1.3 * blob.radius_mm)
    limit = np.where(hangs, _usual_reach(blob, ~hangs), np.minimum(1.7 * blob.radius_mm, blob.reach_mm) + 0.75 * pixel)
    within: npt.NDArray[np.bool_] = distance <= limit[ray].reshape(distance.shape)
    return within


def _usual_reach(blob: Blob, clear: npt.NDArray[np.bool_]) -> Vector:
    """For each ray the median reach of the clear ones as steep as it: few thick slices make a ball a flat disc."""
    steep = np.abs(DIRECTIONS[:, 0])
    alike = (np.abs(steep[:, None] - steep[None, :]) < 0.15) & clear[None, :]
    reach = np.where(alike, blob.reach_mm[None, :], np.nan)
    reach[~alike.any(axis=1), 0] = blob.radius_mm
    usual: Vector = np.nanmedian(reach, axis=1)
    return usual


def _ball_through(areas: Vector, slices: Vector, step: float, fallback_mm: float, middle: float) -> tuple[float, float]:
    """Diameter (mm) and slice position of the ball whose sections have these areas (mm2).

    A section at distance d from the middle has the area pi (r^2 - d^2).  Three sections or more are fitted, two
    determine the ball; one leaves a range (its neighbours missed the ball), of which the middle is taken.
    """
    hit = np.flatnonzero(areas > max(0.08 * areas.max(initial=0.0), 1e-6))
    if not len(hit):
        return fallback_mm, middle
    at = (slices[hit] - slices[hit[0]]) * step
    square = areas[hit] / np.pi
    if len(hit) == 1:
        flat = float(np.sqrt(square[0]))
        largest = flat + max(0.0, step - flat) ** 2 / (2 * step) if flat < step else flat
        return flat + largest, float(slices[hit[0]])
    # square + at^2 = r^2 - m^2 + 2 m at, linear in (m, r^2 - m^2)
    system = np.stack([2 * at, np.ones_like(at)], axis=1)
    (m, rest), *_ = np.linalg.lstsq(system, square + at * at, rcond=None)
    radius2 = float(rest + m * m)
    if radius2 <= 0 or not -step <= m <= at[-1] + step:
        return fallback_mm, middle
    return 2 * float(np.sqrt(radius2)), float(slices[hit[0]] + m / step)
