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
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from workstation.localcloud.engine.candidates import Candidate
from workstation.localcloud.engine.lungs import Lungs
from workstation.localcloud.engine.volume import CtVolume

Vector = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
RAYS = 200
STEPS = 40
ROUNDS = 4
SETTLED_MM = 0.04
LEAST_RADII_OF_BLUR = 2.6
RADII_OF_SIGMA = 1.6  # the filter answers best to balls of sqrt(3) sigma
LEAST_RADIUS_MM, LARGEST_RADIUS_MM = 0.8, 22.0
LEAST_CONTRAST_HU = 80.0
LEAST_ROUNDNESS = 0.035  # response against contrast; a ball has 0.2, a tube below 0.04


def fibonacci_sphere(count: int) -> Vector:
    """Nearly even unit vectors, float64 [count, 3]; each has its opposite within the spacing of the set."""
    k = np.arange(count) + 0.5
    z = 1 - 2 * k / count
    turn = np.pi * (1 + 5**0.5) * k
    flat = np.sqrt(1 - z * z)
    return np.stack([z, flat * np.sin(turn), flat * np.cos(turn)], axis=1)


DIRECTIONS = fibonacci_sphere(RAYS)


NEIGHBOURS = np.argsort(-(DIRECTIONS @ DIRECTIONS.T), axis=1)[:, 1:7]
LEAST_ARM = 2  # rays; 1 % of the sphere


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
    def arms(self) -> int:
        """Separate patches of directions in which the body goes on."""
        goes_on = self.attached | (self.walled & (self.reach_mm > 1.3 * self.radius_mm))
        links = goes_on[:, None] & goes_on[NEIGHBOURS]
        rows, columns = np.repeat(np.arange(RAYS), links.sum(axis=1)), NEIGHBOURS[links]
        graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(RAYS, RAYS))
        _, patch = connected_components(graph, directed=False)
        return int((np.bincount(patch[goes_on], minlength=1) >= LEAST_ARM).sum())

    @property
    def contrast_hu(self) -> float:
        return self.core_hu - self.calm_hu

    @property
    def border_hu(self) -> float:
        return (self.core_hu + self.calm_hu) / 2


def look_around(volume: CtVolume, lungs: Lungs, candidate: Candidate, blur_mm: float = 0.0) -> Blob | None:
    """Centre a candidate and find its border; None when there is no body with a border.

    blur_mm   Gaussian sigma on the voxels first: a large lesion may be ragged, hollow or part-solid
    """
    spacing = np.array(volume.spacing_mm)
    pixel = float(np.sqrt(spacing[1] * spacing[2]))
    extra = max(0.0, float(spacing[0]) - pixel)
    calm = lungs.median_hu[candidate.lung]
    index = np.array(candidate.index)
    radius = RADII_OF_SIGMA * candidate.sigma_mm
    shape = np.array(volume.hu.shape)
    for _ in range(ROUNDS):
        before = radius
        squeeze = radius / (radius + 0.6 * extra)
        scale = np.array([1 / squeeze, 1, 1]) / spacing  # squeezed mm -> index
        far = max(2.6 * radius, radius + 3.0)
        t = np.linspace(0, far, STEPS)
        values = _sample(
            volume.hu, index, scale[:, None, None] * DIRECTIONS.T[:, :, None] * t, far * scale, blur_mm / spacing
        )
        core = float(np.percentile(values[:, t <= 0.55 * radius], 60))
        outer = values[:, t >= 1.4 * radius]
        dark = outer[outer < (core + calm) / 2]
        if dark.size > 0.05 * outer.size:
            calm = float(np.median(dark))
        if core - calm < LEAST_CONTRAST_HU or candidate.response < LEAST_ROUNDNESS * (core - calm):
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
        if np.linalg.norm(shift) < SETTLED_MM and abs(radius - before) < SETTLED_MM:
            break
    if blur_mm and radius < LEAST_RADII_OF_BLUR * blur_mm:
        return None  # small vessels close together, run into one by the blur
    attached, walled, free = _shell(volume, lungs, candidate.lung, index, radius, extra, (core + calm) / 2, blur_mm)
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
        in_lung=bool(lungs.at(index[None])[0] == candidate.lung),
    )


def _sample(hu: npt.NDArray[np.int16], middle: Vector, offset: Vector, far: Vector, blur: Vector) -> Floats:
    """Trilinear values at `middle` + `offset` [3, ...] (indices, at most `far` away), from a float copy around them."""
    low = np.clip(np.floor(middle - far).astype(int), 0, np.array(hu.shape) - 1)
    high = np.clip(np.ceil(middle + far).astype(int) + 2, 1, hu.shape)
    part = hu[low[0] : high[0], low[1] : high[1], low[2] : high[2]].astype(np.float32)
    if blur[1] > 0.1:
        part = ndimage.gaussian_filter(part, blur * (blur > 0.1))
    at = offset + (middle - low).reshape([3] + [1] * (offset.ndim - 1))
    values: Floats = ndimage.map_coordinates(part, at, order=1, mode="nearest")
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


def _shell(
    volume: CtVolume,
    lungs: Lungs,
    lung: int,
    index: Vector,
    radius: float,
    extra: float,
    border_hu: float,
    blur_mm: float,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """What lies on a shell around the body: attached, walled, free.  It reaches the first slices beyond the body."""
    spacing = np.array(volume.spacing_mm)
    pixel = float(np.sqrt(spacing[1] * spacing[2]))
    flat = radius * np.array([1.35, 1.5, 1.65]) + 0.5 * pixel
    tall = flat + extra * np.array([0.75, 1.25, 1.75])
    offset = DIRECTIONS.T[:, :, None] * np.stack([tall, flat, flat])[:, None, :] / spacing[:, None, None]
    values = _sample(volume.hu, index, offset, np.array([tall[-1], flat[-1], flat[-1]]) / spacing, blur_mm / spacing)
    tissue = (values > border_hu).mean(axis=1) >= (0.3 if extra > 0.5 * radius else 0.6)
    outside = (lungs.at(np.moveaxis(offset, 0, -1) + index) != lung).sum(axis=1) >= 2
    return tissue & ~outside, outside, ~tissue & ~outside
