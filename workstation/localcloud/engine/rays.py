"""Look out of a candidate's middle in all directions: where does it end, and what does it hang on?

Star-shaped sampling of the border follows the idea of R. Wiemker et al., "Performance of a radial-based nodule
segmentation", CARS 2005 / Proc. SPIE 5747; the shape numbers (how even the radius is, how elongated the body is) are
those of K. Murphy et al., Med. Image Anal. 13(5), 2009, taken on rays in place of voxels.

Thick slices: rays run in a space where the slice axis is squeezed by `squeeze` (1 for isotropic voxels), because a ball
seen on few slices, interpolated, is longer by about one slice distance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from workstation.localcloud.engine.candidates import Candidate
from workstation.localcloud.engine.lungs import Lungs
from workstation.localcloud.engine.volume import CtVolume

Vector = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
RAYS = 200
STEPS = 40
ROUNDS = 4
RADII_OF_SIGMA = 1.6  # the filter answers best to balls of sqrt(3) sigma
LEAST_RADIUS_MM, LARGEST_RADIUS_MM = 0.8, 22.0
LEAST_CONTRAST_HU = 80.0


def fibonacci_sphere(count: int) -> Vector:
    """Nearly even unit vectors, float64 [count, 3]; each has its opposite within the spacing of the set."""
    k = np.arange(count) + 0.5
    z = 1 - 2 * k / count
    turn = np.pi * (1 + 5**0.5) * k
    flat = np.sqrt(1 - z * z)
    return np.stack([z, flat * np.sin(turn), flat * np.cos(turn)], axis=1)


DIRECTIONS = fibonacci_sphere(RAYS)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Blob:
    """A candidate after it was centred.

    index          volume index (slice, row, column) of its middle
    radius_mm      median distance to the border (in squeezed space)
    reach_mm       float64 [RAYS], distance to the border; at most `far_mm`
    core_hu, calm_hu   level inside and of the lung around; the border is halfway
    attached       bool [RAYS], something of the body's level goes on past the border there, inside the lung
    walled         bool [RAYS], the lung ends there
    """

    candidate: Candidate
    index: Vector
    squeeze: float
    radius_mm: float
    reach_mm: Vector
    core_hu: float
    calm_hu: float
    attached: npt.NDArray[np.bool_]
    walled: npt.NDArray[np.bool_]
    free: npt.NDArray[np.bool_]
    in_lung: bool

    @property
    def contrast_hu(self) -> float:
        return self.core_hu - self.calm_hu

    @property
    def border_hu(self) -> float:
        return (self.core_hu + self.calm_hu) / 2


def look_around(volume: CtVolume, lungs: Lungs, candidate: Candidate) -> Blob | None:
    """Centre a candidate and find its border; None when there is no body with a border."""
    spacing = np.array(volume.spacing_mm)
    pixel = float(np.sqrt(spacing[1] * spacing[2]))
    extra = max(0.0, float(spacing[0]) - pixel)
    calm = lungs.median_hu[candidate.lung]
    index = np.array(candidate.index)
    radius = RADII_OF_SIGMA * candidate.sigma_mm
    shape = np.array(volume.hu.shape)
    for _ in range(ROUNDS):
        squeeze = radius / (radius + 0.6 * extra)
        scale = np.array([1 / squeeze, 1, 1]) / spacing  # squeezed mm -> index
        far = max(2.6 * radius, radius + 3.0)
        t = np.linspace(0, far, STEPS)
        values = _sample(volume.hu, index + (DIRECTIONS[:, None, :] * t[None, :, None]) * scale)
        core = float(np.percentile(values[:, t <= 0.55 * radius], 60))
        outer = values[:, t >= 1.4 * radius]
        dark = outer[outer < (core + calm) / 2]
        if dark.size > 0.05 * outer.size:
            calm = float(np.median(dark))
        if core - calm < LEAST_CONTRAST_HU:
            return None
        reach = _reach(values, t, (core + calm) / 2)
        radius = float(np.median(reach))
        if not LEAST_RADIUS_MM < radius < LARGEST_RADIUS_MM:
            return None
        near = np.where(reach > 1.35 * radius, radius, reach)  # a vessel that goes on must not pull the middle
        shift = 0.75 * (near[:, None] ** 4 * DIRECTIONS).sum(axis=0) / (near**3).sum()
        index = index + shift * scale
        if (index < 0).any() or (index > shape - 1).any():
            return None
    attached, walled, free = _shell(volume, lungs, candidate.lung, index, radius, extra, (core + calm) / 2)
    return Blob(
        candidate=candidate,
        index=index,
        squeeze=squeeze,
        radius_mm=radius,
        reach_mm=reach,
        core_hu=core,
        calm_hu=calm,
        attached=attached,
        walled=walled,
        free=free,
        in_lung=bool(_labels(lungs, index[None])[0] == candidate.lung),
    )


def _sample(hu: npt.NDArray[np.int16], at: Vector) -> Floats:
    """Trilinear values at indices [..., 3], from a small float copy around them."""
    low = np.clip(np.floor(at.reshape(-1, 3).min(axis=0)).astype(int) - 1, 0, np.array(hu.shape) - 1)
    high = np.clip(np.ceil(at.reshape(-1, 3).max(axis=0)).astype(int) + 2, 1, hu.shape)
    part = hu[low[0] : high[0], low[1] : high[1], low[2] : high[2]].astype(np.float32)
    values: Floats = ndimage.map_coordinates(part, np.moveaxis(at - low, -1, 0), order=1, mode="nearest")
    return values


def _reach(values: Floats, t: Vector, border_hu: float) -> Vector:
    """Distance of the first fall below `border_hu` on each ray, interpolated; the last distance if there is none."""
    below = values < border_hu
    below[:, 0] = False
    first = np.argmax(below, axis=1)
    none = ~below.any(axis=1)
    first = np.maximum(first, 1)
    rows = np.arange(len(values))
    inner, outer = values[rows, first - 1], values[rows, first]
    share = np.clip((inner - border_hu) / np.maximum(inner - outer, 1e-3), 0, 1)
    reach: Vector = t[first - 1] + share * (t[1] - t[0])
    reach[none] = t[-1]
    return reach


def _labels(lungs: Lungs, index: Vector) -> npt.NDArray[np.uint8]:
    grid = np.rint(lungs.to_grid(index)).astype(np.intp)
    ok = ((grid >= 0) & (grid < lungs.labels.shape)).all(axis=-1)
    grid = np.clip(grid, 0, np.array(lungs.labels.shape) - 1)
    found: npt.NDArray[np.uint8] = lungs.labels[grid[..., 0], grid[..., 1], grid[..., 2]] * ok
    return found


def _shell(
    volume: CtVolume, lungs: Lungs, lung: int, index: Vector, radius: float, extra: float, border_hu: float
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """What lies on a shell around the body: attached, walled, free.  It reaches the first slices beyond the body."""
    spacing = np.array(volume.spacing_mm)
    pixel = float(np.sqrt(spacing[1] * spacing[2]))
    flat = radius * np.array([1.35, 1.5, 1.65]) + 0.5 * pixel
    tall = flat + extra * np.array([0.75, 1.25, 1.75])
    at = DIRECTIONS[:, None, :] * np.stack([tall, flat, flat], axis=1)[None]
    at = index + at / spacing
    tissue = (_sample(volume.hu, at) > border_hu).mean(axis=1) >= (0.3 if extra > 0.5 * radius else 0.6)
    outside = (_labels(lungs, at) != lung).sum(axis=1) >= 2
    return tissue & ~outside, outside, ~tissue & ~outside
