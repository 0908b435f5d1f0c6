"""Lymph nodes of a chest CT that stand out of the fat between the lungs: ball-like maxima of the dot filter.

The Hessian search for mediastinal nodes follows M. Feuerstein et al., "Automatic mediastinal lymph node detection in
chest CT", Proc. SPIE 7260, 2009; the filter is that of `candidates`.

What it can't do: without an agent a node, a vessel that runs across the slice and the gullet are equally dense, so
many answers are vessels; nodes that touch a vessel or one another are missed or run together. Nothing is looked for
above the lungs. It serves to show what the operation gives, no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from workstation.localcloud.engine.candidates import COARSE_MM, isotropic, maxima
from workstation.localcloud.engine.lungs import LEFT, RIGHT, Lungs, segment_lungs
from workstation.localcloud.engine.volume import CtVolume

Mask = npt.NDArray[np.bool_]
Vector = npt.NDArray[np.float64]
XY = tuple[float, float]
SIGMAS_MM: Final = (2.0, 2.8, 4.0, 5.6)
FAT_HU: Final = -95.0
CLIP_HU: Final = (-120.0, 90.0)  # lung beside a node is no darker than fat, calcium no brighter than a vessel
SOFT_HU: Final = (-5.0, 120.0)  # mean of a node; above it is bone or an enhanced vessel
LEAST_RESPONSE_HU: Final = 4.0
SHORT_MM: Final = (3.0, 40.0)
RADIUS_OF_SIGMA: Final = 1.7
GOES_ON: Final = 0.2
LEAST_SCORE: Final = 0.2
MOST: Final = 30
LOW_LUNG: Final = 0.4  # of the largest area of the lungs on one slice
HALF_WIDTH_MM: Final = 65.0  # of the space between the lungs, from its middle
EVEN_SHARE: Final = 0.075  # dot answer ÷ contrast at which the score is one half: between a tube's and a ball's


@dataclass(frozen=True, slots=True, kw_only=True)
class LymphNode:
    """
    first, last  corners of its box, (slice, row, column), fractional in the slice's plane: outermost pixel centers
    key_slice    where its short axis is longest
    long_axis, short_axis  two ends each on the key slice, (column, row)
    score        0…1, how ball-like it stands out
    """

    first: tuple[float, float, float]
    last: tuple[float, float, float]
    key_slice: int
    long_axis: tuple[XY, XY]
    short_axis: tuple[XY, XY]
    long_mm: float
    short_mm: float
    score: float


def find_lymph_nodes(volume: CtVolume) -> list[LymphNode]:
    """At most MOST of them, the likeliest first; none without lungs, between which they are looked for."""
    lungs = segment_lungs(volume)
    between = _between(lungs, float(lungs.stride[2] * volume.spacing_mm[2]))
    if not between.any():
        return []
    spacing = np.array(volume.spacing_mm)
    box = _box(between, lungs, volume.hu.shape)
    start = np.array([part.start for part in box], np.float64)
    block = isotropic(volume.hu[box], spacing, COARSE_MM)
    np.clip(block, *CLIP_HU, out=block)
    block -= np.float32(FAT_HU)
    inside = _resampled(between, lungs, start, spacing, block.shape)
    found: list[tuple[Vector, LymphNode]] = []
    peaks = [peak for sigma in SIGMAS_MM for peak in maxima(block, sigma, COARSE_MM, inside, LEAST_RESPONSE_HU)]
    for at_mm, sigma, response, height in sorted(peaks, key=lambda peak: -peak[2]):
        score = float(1 / (1 + (EVEN_SHARE * max(height, 1.0) / response) ** 3))
        if score < LEAST_SCORE or len(found) == MOST:
            continue
        at = start + at_mm / spacing
        if any((np.abs(at - middle) * spacing < RADIUS_OF_SIGMA * sigma).all() for middle, _ in found):
            continue
        node = _measured(volume, at, RADIUS_OF_SIGMA * sigma, score)
        if node is not None and not any(_overlap(node, other) for _, other in found):
            found.append((at, node))
    return sorted((node for _, node in found), key=lambda node: -node.score)


def axes_of(points: Vector, spacing: tuple[float, float]) -> tuple[tuple[XY, XY], tuple[XY, XY], float, float]:
    """Longest diameter of pixels, and the longest one across it: two ends each (column, row), and both lengths in mm.

    points   [n, 2] (row, column) of the pixels, whole
    spacing  between rows, between columns, mm; a pixel counts from edge to edge
    """
    mm = points * np.array(spacing)
    angles = np.deg2rad(np.arange(0, 180, 3))
    ways = np.stack([np.sin(angles), np.cos(angles)], axis=1)  # (row, column)
    along = mm @ ways.T
    half = np.abs(ways) @ (np.array(spacing) / 2)
    widths = np.ptp(along, axis=0) + 2 * half
    longest = int(widths.argmax())
    across = (longest + len(angles) // 2) % len(angles)
    middle = mm.mean(axis=0)
    ends: list[tuple[XY, XY]] = []
    for way in (longest, across):
        centre = float(middle @ ways[way])
        low, high = float(along[:, way].min() - half[way]), float(along[:, way].max() + half[way])
        pair = [middle + (end - centre) * ways[way] for end in (low, high)]
        (r1, c1), (r2, c2) = ((float(r / spacing[0]), float(c / spacing[1])) for r, c in pair)
        ends.append(((c1, r1), (c2, r2)))
    return ends[0], ends[1], float(widths[longest]), float(widths[across])


def _between(lungs: Lungs, column_mm: float) -> Mask:
    """Coarse voxels near the middle of both lungs with one of them on either side in their row."""
    right, left = lungs.labels == RIGHT, lungs.labels == LEFT

    def before(mask: Mask) -> Mask:
        seen: Mask = np.logical_or.accumulate(mask, axis=2)
        return seen

    def after(mask: Mask) -> Mask:
        seen: Mask = np.logical_or.accumulate(mask[:, :, ::-1], axis=2)[:, :, ::-1]
        return seen

    either: Mask = (before(right) & after(left)) | (before(left) & after(right))
    if not either.any():
        return either
    columns = np.arange(either.shape[2])
    middle = (
        float(columns @ right.sum(axis=(0, 1)) / right.sum()) + float(columns @ left.sum(axis=(0, 1)) / left.sum())
    ) / 2
    area = np.count_nonzero(lungs.labels, axis=(1, 2))
    either[area < LOW_LUNG * area.max()] = False  # beside the diaphragm there is belly between them
    found: Mask = either & (lungs.labels == 0) & (np.abs(columns - middle) * column_mm <= HALF_WIDTH_MM)
    return found


def _box(between: Mask, lungs: Lungs, shape: tuple[int, ...]) -> tuple[slice, slice, slice]:
    found = ndimage.find_objects(between.astype(np.uint8), max_label=1)[0]
    ends = []
    for axis in range(3):
        low = lungs.first[axis] + (found[axis].start - 1) * lungs.stride[axis]
        high = lungs.first[axis] + found[axis].stop * lungs.stride[axis]
        ends.append(slice(max(0, int(low)), min(shape[axis], int(high) + 1)))
    return ends[0], ends[1], ends[2]


def _resampled(
    between: Mask, lungs: Lungs, start: Vector, spacing: Vector, shape: tuple[int, ...]
) -> npt.NDArray[np.float32]:
    """The mask on the fine grid, by the nearest coarse voxel."""
    places = [
        np.clip(
            np.rint((start[axis] + np.arange(shape[axis]) * COARSE_MM / spacing[axis] - lungs.first[axis])
                    / lungs.stride[axis]).astype(np.intp),
            0, between.shape[axis] - 1,
        )
        for axis in range(3)
    ]  # fmt: skip
    fine: npt.NDArray[np.float32] = between[np.ix_(*places)].astype(np.float32)
    return fine


def _measured(volume: CtVolume, at: Vector, radius_mm: float, score: float) -> LymphNode | None:
    """What hangs together around a place and is denser than halfway to fat; None where that is no node."""
    spacing = np.array(volume.spacing_mm)
    middle = np.clip(np.rint(at).astype(int), 0, np.array(volume.hu.shape) - 1)
    half = np.ceil(1.8 * radius_mm / spacing).astype(int) + 1
    low, high = np.maximum(middle - half, 0), np.minimum(middle + half + 1, volume.hu.shape)
    hu = volume.hu[low[0] : high[0], low[1] : high[1], low[2] : high[2]].astype(np.float32)
    smooth = ndimage.gaussian_filter(hu, 0.8 / spacing)
    offset = np.stack(np.meshgrid(*(np.arange(a, b) for a, b in zip(low, high, strict=True)), indexing="ij"), -1)
    away = np.linalg.norm((offset - at) * spacing, axis=-1)
    near = away <= 1.6 * radius_mm
    core = smooth[tuple(middle - low)]
    labels, _ = ndimage.label((smooth > (core + FAT_HU) / 2) & near)
    own = labels[tuple(middle - low)]
    if not own:
        return None
    body: Mask = labels == own
    outwards = body[near & (away > 1.35 * radius_mm)]  # where it goes on it is part of something larger
    if outwards.size and float(outwards.mean()) > GOES_ON:
        return None
    if not SOFT_HU[0] <= float(hu[body].mean()) <= SOFT_HU[1]:
        return None
    seen = [
        (k, axes_of(np.argwhere(body[k]) + low[1:], volume.spacing_mm[1:])) for k in range(len(body)) if body[k].any()
    ]
    key, (long_axis, short_axis, long_mm, short_mm) = max(seen, key=lambda one: one[1][3])
    if not SHORT_MM[0] <= short_mm <= SHORT_MM[1] or long_mm > 3 * short_mm:
        return None
    voxels = np.argwhere(body) + low
    first, last = voxels.min(axis=0).tolist(), voxels.max(axis=0).tolist()
    return LymphNode(
        first=(first[0], first[1], first[2]),
        last=(last[0], last[1], last[2]),
        key_slice=int(key + low[0]),
        long_axis=long_axis,
        short_axis=short_axis,
        long_mm=long_mm,
        short_mm=short_mm,
        score=score,
    )


def _overlap(one: LymphNode, other: LymphNode) -> bool:
    return all(a <= d and c <= b for a, b, c, d in zip(one.first, one.last, other.first, other.last, strict=True))
