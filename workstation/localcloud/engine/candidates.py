"""Places in a lung that may be nodules: local maxima of a multi-scale dot enhancement filter.

The filter is that of Q. Li, S. Sone, K. Doi, "Selective enhancement filters for nodules, vessels, and airway walls in
two- and three-dimensional CT scans", Med. Phys. 30(8), 2003: with Hessian eigenvalues |e1| >= |e2| >= |e3| at one
scale, z_dot = |e3|^2 / |e1| where all are negative, else 0.  It keeps balls and suppresses tubes (e3 near 0) and walls
(e2 and e3 near 0).  Scales are in millimetres, so thick slices and pixels of any size are treated alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from workstation.localcloud.engine.lungs import Lungs
from workstation.localcloud.engine.volume import CtVolume

Block = npt.NDArray[np.float32]
Vector = npt.NDArray[np.float64]
FINE_MM, COARSE_MM = 1.0, 2.0
FINE_SIGMAS_MM = (1.0, 1.4, 2.0, 2.8)
COARSE_SIGMAS_MM = (4.0, 5.6, 8.0)
CLIP_HU = (-1000.0, 120.0)  # calcium and air must not outweigh shape
LEAST_RESPONSE_HU = 14.0
MARGIN_MM = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One maximum of the filter: `index` in the volume (slice, row, column).

    response   z_dot times sigma squared, HU
    height     smoothed level above the lung at the maximum, HU; response / height tells ball from tube at any density
    """

    index: tuple[float, float, float]
    sigma_mm: float
    response: float
    height: float
    lung: int


def find_candidates(volume: CtVolume, lungs: Lungs, least: float = LEAST_RESPONSE_HU) -> list[Candidate]:
    """Every maximum of the dot filter inside the lungs, strongest first; maxima of several scales stay apart."""
    spacing = np.array(volume.spacing_mm)
    found: list[Candidate] = []
    for lung in lungs.present():
        box = lungs.box(lung, MARGIN_MM / spacing, volume.hu.shape)
        start = np.array([s.start for s in box], np.float64)
        block = isotropic(volume.hu[box], spacing, FINE_MM)
        inside = _inside(lungs, lung, start, spacing, block.shape)
        calm = np.float32(lungs.median_hu[lung])
        np.clip(block, *CLIP_HU, out=block)
        block -= calm
        block *= inside  # the chest wall becomes plain lung
        peaks = [m for sigma in FINE_SIGMAS_MM for m in maxima(block, sigma, FINE_MM, inside, least)]
        halved, where = block[::2, ::2, ::2], inside[::2, ::2, ::2]
        smooth = np.asarray(ndimage.uniform_filter(block, 2, origin=-1))[::2, ::2, ::2] if halved.size else halved
        peaks += [m for sigma in COARSE_SIGMAS_MM for m in maxima(smooth, sigma, COARSE_MM, where, least)]
        for at_mm, sigma, response, height in peaks:
            slice_, row, column = (start + at_mm / spacing).tolist()
            found.append(
                Candidate(index=(slice_, row, column), sigma_mm=sigma, response=response, height=height, lung=lung)
            )
    return sorted(found, key=lambda c: (-c.response, c.index))


def isotropic(hu: npt.NDArray[np.int16], spacing: Vector, step_mm: float) -> Block:
    """Linear interpolation to a grid of `step_mm`, axis by axis; the first voxel stays where it is."""
    block: npt.NDArray[np.generic] = hu
    for axis in (0, 1, 2):
        count = max(2, int((block.shape[axis] - 1) * spacing[axis] / step_mm) + 1)
        at = np.minimum(np.arange(count) * (step_mm / spacing[axis]), block.shape[axis] - 1)
        low = np.minimum(at.astype(np.intp), block.shape[axis] - 2)
        share = (at - low).astype(np.float32).reshape([-1 if a == axis else 1 for a in range(3)])
        first = np.take(block, low, axis=axis).astype(np.float32)
        first += share * (np.take(block, low + 1, axis=axis) - first)
        block = first
    return block.astype(np.float32, copy=False)


def _inside(lungs: Lungs, lung: int, start: Vector, spacing: Vector, shape: tuple[int, ...]) -> Block:
    """1 in the lung, 0 outside, with the linear ramp of the coarse mask between, on the fine grid."""
    mask: Block = (lungs.labels == lung).astype(np.float32)
    for axis in (0, 1, 2):
        at = (start[axis] + np.arange(shape[axis]) * FINE_MM / spacing[axis] - lungs.first[axis]) / lungs.stride[axis]
        at = np.clip(at, 0, mask.shape[axis] - 1)
        low = np.minimum(at.astype(np.intp), max(mask.shape[axis] - 2, 0))
        high = np.minimum(low + 1, mask.shape[axis] - 1)
        share = (at - low).astype(np.float32).reshape([-1 if a == axis else 1 for a in range(3)])
        first = np.take(mask, low, axis=axis)
        mask = first + share * (np.take(mask, high, axis=axis) - first)
    return mask


def maxima(
    block: Block, sigma_mm: float, step_mm: float, inside: Block, least: float
) -> Iterator[tuple[Vector, float, float, float]]:
    """Maxima of one scale: (mm from the first voxel, sigma, response, height)."""
    sigma = sigma_mm / step_mm
    smooth = ndimage.gaussian_filter(block, sigma, mode="nearest", truncate=3.0)
    dots = _dots(smooth, inside, least / sigma**2)
    peaks = np.argwhere((dots == ndimage.maximum_filter(dots, size=3)) & (dots > 0))
    for peak in peaks:
        yield (
            peak.astype(np.float64) * step_mm,
            sigma_mm,
            float(dots[tuple(peak)]) * sigma**2,
            float(smooth[tuple(peak)]),
        )


def _dots(smooth: Block, inside: Block, least: float) -> Block:
    """z_dot where it can exceed `least`; 0 elsewhere."""
    dots = np.zeros(smooth.shape, np.float32)
    core = (slice(1, -1),) * 3
    if min(smooth.shape) < 3:
        return dots
    centre = smooth[core]
    curves = []
    bent = inside[core] > 0.5
    for axis in range(3):
        after = tuple(slice(2, None) if a == axis else slice(1, -1) for a in range(3))
        before = tuple(slice(None, -2) if a == axis else slice(1, -1) for a in range(3))
        curve = smooth[after] + smooth[before] - 2 * centre
        bent &= curve < -least  # no eigenvalue's size can fall below z_dot, so no diagonal element can either
        curves.append(curve)
    at = np.argwhere(bent)
    if not len(at):
        return dots
    hessian = np.empty((len(at), 3, 3), np.float32)
    flat = np.ravel_multi_index(tuple((at + 1).T), smooth.shape)
    values = smooth.ravel()
    steps = (smooth.shape[1] * smooth.shape[2], smooth.shape[2], 1)
    for a in range(3):
        hessian[:, a, a] = curves[a][bent]
        for b in range(a):
            mixed = (
                values[flat + steps[a] + steps[b]]
                - values[flat + steps[a] - steps[b]]
                - values[flat - steps[a] + steps[b]]
                + values[flat - steps[a] - steps[b]]
            ) / 4
            hessian[:, a, b] = hessian[:, b, a] = mixed
    eigen = np.linalg.eigvalsh(hessian)  # ascending: e1 <= e2 <= e3, negative for a bright ball
    response = np.where(eigen[:, 2] < 0, eigen[:, 2] ** 2 / np.maximum(-eigen[:, 0], 1e-6), 0)
    dots[tuple((at + 1).T)] = np.where(response > least, response, 0)
    return dots
