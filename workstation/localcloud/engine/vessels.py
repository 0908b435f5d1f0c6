"""Aorta and pulmonary trunk of a plain chest CT, by how round they are.

Blood and muscle look the same without contrast agent, so a vessel is followed by its outline: from its middle, rays run
to where soft tissue ends (fat, lung, bone). A place is as round as the share of rays that end at about the same length;
rays that leak into something as dense are cut there. The descending aorta is looked for beside the spine and followed
slice by slice; the ascending aorta in front of it; the arch is drawn as a curve from one to the other. Cross-sections
are then taken across this line. Following by roundness is after T. Kovács et al., "Automatic segmentation of the vessel
lumen from 3D CTA images of aortic dissection", BVM 2006, without its deformable model.

What it can't do: the root of the aorta and the branches of the pulmonary artery are left out, walls count as lumen, and
where neighbours touch without fat between them the outline is a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from workstation.localcloud.engine.lungs import segment_lungs
from workstation.localcloud.engine.upright import Upright
from workstation.localcloud.engine.volume import CtVolume

Array = npt.NDArray[np.float64]
GRID_MM: Final = 1.25
SMOOTH_MM: Final = 1.2
SOFT_HU: Final = (5.0, 140.0)  # between fat and bone
LUMEN_HU: Final = 42.0
RAYS: Final = 40
REACH_MM: Final = 28.0
STEP_MM: Final = 0.5
LIKE: Final = 0.2  # rays that differ by less are of the same length
ROUND: Final = 0.6  # share of like rays that a vessel must have to be found, and to be followed
STILL_ROUND: Final = 0.5
SHORTER: Final = 40  # percentile of the rays that stands for all, as those that leak are too long
CUT: Final = 1.15  # longer rays leak
SAME_WIDTH: Final = 0.25
WIDEST: Final = 1.15  # of where it was found first: what is wider yet is the heart
LARGEST_ARCH_MM: Final = 90.0


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """
    values     float32 [head, back, left], smoothed HU on a grid of about GRID_MM within slices
    mm         of one step along each
    middle_mm  of the body, along left
    """

    values: npt.NDArray[np.float32]
    mm: Array
    middle_mm: float

    def at(self, points: Array) -> npt.NDArray[np.float32]:
        """HU at points [..., 3], mm from the first voxel."""
        index = np.moveaxis(points / self.mm, -1, 0)
        found: npt.NDArray[np.float32] = ndimage.map_coordinates(self.values, index, order=1, mode="nearest")
        return found

    def front_of_spine(self, height_mm: float) -> float | None:
        """Where the vertebra begins on this slice, mm along back."""
        plane = self.values[round(height_mm / self.mm[0])]
        half = round(10 / self.mm[2])
        middle = round(self.middle_mm / self.mm[2])
        dense = (plane[:, max(0, middle - half) : middle + half + 1] > 150).mean(axis=1) > 0.4
        behind = np.flatnonzero(dense[len(dense) // 2 :])
        return float((behind[0] + len(dense) // 2) * self.mm[1]) if behind.size else None


@dataclass(frozen=True, slots=True)
class Round:
    """A round place on a slice: its middle (head, back, left), mm, its radius, and how round it is, 0…1."""

    at: tuple[float, float, float]
    radius_mm: float
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Vessel:
    """
    points     float64 [n, 3], fractional (slice, row, column) of the series, one for each millimetre
    areas_mm2  across the line at each of them
    widest_mm  largest diameter where the area is largest
    """

    points: Array
    areas_mm2: Array
    widest_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class GreatVessels:
    """None where it was not found."""

    aorta: Vessel | None
    pulmonary: Vessel | None


def find_great_vessels(volume: CtVolume) -> GreatVessels:
    """Both vessels, as far as they are round enough to be followed."""
    upright = Upright.of(volume)
    field, to_stored = _field(volume, upright)
    down = _descending(field)
    if not down:
        return GreatVessels(None, None)
    up = _ascending(field, down)
    if not up:
        return GreatVessels(_vessel(field, down[::-1], to_stored), None)
    trunk = _trunk(field, up, down)
    line = _arched(field, up, down)
    return GreatVessels(_vessel(field, line, to_stored), _vessel(field, trunk, to_stored))


@dataclass(frozen=True, slots=True, eq=False)
class _ToStored:
    """From millimetres of the field to indices of the series."""

    upright: Upright
    mm: Array
    counts: tuple[int, ...]
    stride: Array

    def __call__(self, points: Array) -> Array:
        index = points / self.mm
        stored = np.empty_like(index)
        for axis, (target, flip) in enumerate(zip(self.upright.order, self.upright.flips, strict=True)):
            along = self.counts[target] - 1 - index[:, axis] if flip else index[:, axis]
            stored[:, target] = along * self.stride[target] + (self.stride[target] - 1) / 2
        return stored


def _field(volume: CtVolume, upright: Upright) -> tuple[Field, _ToStored]:
    spacing = np.array(volume.spacing_mm)
    rows, columns = (max(1, round(GRID_MM / mm)) for mm in spacing[1:])
    stride = np.array([1.0, rows, columns])
    counts = (len(volume.hu), volume.hu.shape[1] // rows, volume.hu.shape[2] // columns)
    coarse = np.empty(counts, np.float32)
    mm = spacing * stride
    for into, plane in zip(coarse, volume.hu, strict=True):
        blocks = plane[: counts[1] * rows, : counts[2] * columns].reshape(counts[1], rows, counts[2], columns)
        into[...] = blocks.mean(axis=(1, 3), dtype=np.float32)
        ndimage.gaussian_filter(into, SMOOTH_MM / mm[1:], output=into)
    if mm[0] < 2:
        ndimage.gaussian_filter1d(coarse, 1.5 / mm[0], axis=0, output=coarse)
    lungs = segment_lungs(volume)
    seen = upright.view(lungs.labels)
    between = np.argwhere(seen > 0)
    lung_mm = upright.spacing(lungs.stride * spacing)
    middle = float(between[:, 2].mean() * lung_mm[2]) if between.size else coarse.shape[2] / 2 * mm[2]
    field = Field(upright.view(coarse), upright.spacing(mm), middle)
    return field, _ToStored(upright, field.mm, counts, stride)


def _cast(field: Field, centers: Array, across: Array, along: Array) -> Array:
    """Lengths of rays [..., RAYS] from centers [..., 3] in the plane of two unit vectors, mm; REACH_MM if it leaks."""
    angle = np.arange(RAYS) * (2 * np.pi / RAYS)
    ways = np.cos(angle)[:, None] * across + np.sin(angle)[:, None] * along
    lengths = np.arange(2.0, REACH_MM + STEP_MM / 2, STEP_MM)
    values = field.at(centers[..., None, None, :] + ways[:, None, :] * lengths[:, None])
    ended = (values < SOFT_HU[0]) | (values > SOFT_HU[1])
    first = np.where(ended.any(axis=-1), ended.argmax(axis=-1), len(lengths) - 1)
    # The edge is half-way between lumen and what is behind it: nearer to lung than where fat would begin.
    behind = np.minimum(first + 6, len(lengths) - 1)
    outside = np.take_along_axis(values, behind[..., None], axis=-1)[..., 0]
    beyond = (values < (LUMEN_HU + outside[..., None]) / 2) & (np.arange(len(lengths)) >= first[..., None])
    edge = np.where(beyond.any(axis=-1) & (outside < SOFT_HU[0]), beyond.argmax(axis=-1), first)
    found: Array = lengths[edge]
    return found


_BACK: Final = np.array([0.0, 1.0, 0.0])
_LEFT: Final = np.array([0.0, 0.0, 1.0])


def _rate(field: Field, height: float, back: Array, left: Array) -> tuple[Array, Array, Array]:
    """Of a grid of middles on one slice: the middles [n, 3], radius [n], share of like rays [n]."""
    y, x = np.meshgrid(back, left, indexing="ij")
    centers = np.stack([np.full(y.size, height), y.ravel(), x.ravel()], axis=1)
    rays = _cast(field, centers, _BACK, _LEFT)
    radius = np.percentile(rays, SHORTER, axis=1)
    ended = rays < REACH_MM - STEP_MM
    share = (ended & (np.abs(rays - radius[:, None]) < LIKE * radius[:, None])).mean(axis=1)
    return centers, radius, share


def _search(
    field: Field,
    heights: Array,
    box: tuple[tuple[float, float], tuple[float, float]],
    radii: tuple[float, float],
    clear_of: list[Round] | None = None,
    least: float = ROUND,
) -> Round | None:
    """The roundest place on these slices; `box`: back, left, mm; `clear_of`: it lies beside all these."""
    best: Round | None = None
    for height in heights:
        centers, radius, share = _rate(field, float(height), *(np.arange(low, high, 2.5) for low, high in box))
        fits = (radius >= radii[0]) & (radius <= radii[1])
        for other in clear_of or ():
            if abs(other.at[0] - height) < 8:
                gap = np.linalg.norm(centers[:, 1:] - np.array(other.at[1:]), axis=1)
                fits &= gap > other.radius_mm + 0.7 * radius
        rated = np.where(fits, share, 0.0)
        k = int(rated.argmax())
        if rated[k] >= least and (best is None or rated[k] > best.share):
            at = (float(centers[k, 0]), float(centers[k, 1]), float(centers[k, 2]))
            best = Round(at, float(radius[k]), float(rated[k]))
    return best


def _follow(field: Field, seed: Round, step: int, most_mm: float) -> list[Round]:
    """From slice to slice as long as it stays round and about as wide; without the seed."""
    found, missed = [seed], 0.0
    height, last = seed.at[0], (len(field.values) - 1) * field.mm[0]
    while missed <= 6:
        height += step * field.mm[0]
        if not 0 <= height <= last or abs(height - seed.at[0]) > most_mm:
            break
        near, typical = found[-1], float(np.median([place.radius_mm for place in found[-8:]]))
        typical = min(typical, WIDEST * seed.radius_mm)
        reach = 3.0 + 0.6 * field.mm[0]
        back, left = (np.arange(at - reach, at + reach + 0.5, 1.0) for at in near.at[1:])
        centers, radius, share = _rate(field, height, back, left)
        moved = np.linalg.norm(centers[:, 1:] - np.array(near.at[1:]), axis=1)
        worth = share - 0.02 * moved - 0.8 * np.abs(radius / typical - 1)
        k = int(worth.argmax())
        if share[k] < STILL_ROUND or abs(radius[k] / typical - 1) > SAME_WIDTH:
            missed += field.mm[0]
            continue
        missed = 0.0
        found.append(
            Round((float(centers[k, 0]), float(centers[k, 1]), float(centers[k, 2])), float(radius[k]), float(share[k]))
        )
    return found[1:]


def _descending(field: Field) -> list[Round]:
    """From below to above."""
    top = (len(field.values) - 1) * field.mm[0]
    best: Round | None = None
    for height in np.linspace(0.1 * top, 0.75 * top, 9):
        front = field.front_of_spine(float(height))
        if front is None:
            continue
        box = ((front - 32, front + 12), (field.middle_mm - 8, field.middle_mm + 45))
        found = _search(field, np.array([height]), box, (8.0, 21.0))
        if found is not None and (best is None or found.share > best.share):
            best = found
    if best is None:
        return []
    return [*_follow(field, best, -1, 400.0)[::-1], best, *_follow(field, best, 1, 400.0)]


def _ascending(field: Field, down: list[Round]) -> list[Round]:
    """From the heart to the arch; empty where none is found in front of the descending aorta."""
    top = down[-1].at
    box = ((top[1] - 95, top[1] - 28), (field.middle_mm - 36, field.middle_mm + 14))
    last = (len(field.values) - 1) * field.mm[0]
    heights = np.arange(max(0.0, top[0] - 45), min(last, top[0] + 5), max(3.0, field.mm[0]))
    seed = _search(field, heights, box, (10.0, 25.0))
    if seed is None:
        return []
    above = _follow(field, seed, 1, 60.0)
    up = [*_follow(field, seed, -1, 45.0)[::-1], seed, *above]
    gap = np.linalg.norm(np.array(up[-1].at) - np.array(top))
    return up if gap <= LARGEST_ARCH_MM else []


def _arched(field: Field, up: list[Round], down: list[Round]) -> list[Round]:
    """From the heart to below: the arch drawn from one part to the other, below its roof by the width of the vessel.

    Slices through the arch show it lengthwise, so what was followed there is left out, as is what lies above it.
    """
    first, last = np.array(up[-1].at), np.array(down[-1].at)
    radius = float(np.median([place.radius_mm for place in (*up, *down)]))
    start = min(first[0], last[0])
    heights = np.arange(start, (len(field.values) - 1) * field.mm[0], 1.0)
    middle = (first + last) / 2
    above = field.at(np.stack([heights, *(np.full(len(heights), at) for at in middle[1:])], axis=1))
    ended = np.flatnonzero((above < SOFT_HU[0]) | (above > SOFT_HU[1]))
    roof = float(heights[ended[0]]) if ended.size else float(start + radius)
    peak = max(roof, start + 0.5 * radius) - radius
    low_up = [place for place in up if place.at[0] <= peak - 0.5 * radius] or up[:1]
    low_down = [place for place in down if place.at[0] <= peak - 0.5 * radius] or down[:1]
    a, b = np.array(low_up[-1].at), np.array(low_down[-1].at)
    rise = np.array([4 * max(0.0, peak - (a[0] + b[0]) / 2), 0.0, 0.0])
    arch = [
        Round((float(z), float(y), float(x)), radius, 0.0)
        for z, y, x in (
            (2 * t**3 - 3 * t**2 + 1) * a
            + (t**3 - 2 * t**2 + t) * rise
            + (3 * t**2 - 2 * t**3) * b
            - (t**3 - t**2) * rise
            for t in np.linspace(0, 1, max(4, int(np.linalg.norm(b - a) / 3)))[1:-1]
        )
    ]
    return [*low_up, *arch, *low_down[::-1]]


def _trunk(field: Field, up: list[Round], down: list[Round]) -> list[Round]:
    """The pulmonary trunk, to the left of the ascending aorta; from below to above."""
    heights = np.array([place.at[0] for place in up])
    best: Round | None = None
    for place in up:
        if place.at[0] < heights.max() - 45:
            continue
        box = ((place.at[1] - 14, place.at[1] + 30), (place.at[2] + 16, place.at[2] + 46))
        found = _search(field, np.array([place.at[0]]), box, (8.0, 20.0), [*up, *down], STILL_ROUND)
        if found is not None and (best is None or found.share > best.share):
            best = found
    if best is None:
        return []
    return [*_follow(field, best, -1, 20.0)[::-1], best, *_follow(field, best, 1, 20.0)]


def _vessel(field: Field, places: list[Round], to_stored: _ToStored) -> Vessel | None:
    """A smooth line through the middles, and cross-sections across it at every millimetre.

    Where the outline across the line is not about as wide as on the slices, it leaks: then the area is that between its
    neighbours. None where there are too few places for a line.
    """
    if len(places) < 4:
        return None
    line = _line(np.array([place.at for place in places]))
    ways = np.gradient(line, axis=0)
    ways /= np.maximum(np.linalg.norm(ways, axis=1, keepdims=True), 1e-9)
    gaps = np.linalg.norm(line[:, None] - np.array([place.at for place in places])[None], axis=2)
    typical = np.array([place.radius_mm for place in places])[gaps.argmin(axis=1)]
    areas, widths = np.full(len(line), np.nan), np.zeros(len(line))
    for k, (at, way, radius) in enumerate(zip(line, ways, typical, strict=True)):
        across = np.cross(way, _LEFT if abs(way[2]) < 0.9 else _BACK)
        across /= np.linalg.norm(across)
        rays = _cast(field, at, across, np.cross(way, across))
        usual = float(np.percentile(rays, SHORTER))
        if (rays < REACH_MM - STEP_MM).mean() < STILL_ROUND or abs(usual / radius - 1) > SAME_WIDTH:
            continue
        rays = np.minimum(rays, CUT * usual)
        areas[k] = 0.5 * np.sin(2 * np.pi / RAYS) * float(rays @ np.roll(rays, 1))
        widths[k] = float((rays[: RAYS // 2] + rays[RAYS // 2 :]).max())
    known = np.flatnonzero(np.isfinite(areas))
    if len(known) < 3:
        return None
    areas = np.interp(np.arange(len(line)), known, ndimage.median_filter(areas[known], 5, mode="nearest"))
    widest = known[int(areas[known].argmax())]
    return Vessel(to_stored(line), areas, float(widths[widest]))


def _line(knots: Array) -> Array:
    """Points 1 mm apart along the smoothed knots."""
    dense = resampled(knots)
    return resampled(ndimage.gaussian_filter1d(dense, min(5.0, len(dense) / 8), axis=0, mode="nearest"))


def resampled(knots: Array) -> Array:
    """Points 1 mm apart along straight pieces between the knots [n, 3], mm; the first knot is the first point."""
    steps = np.linalg.norm(np.diff(knots, axis=0), axis=1)
    knots = knots[np.concatenate([[True], steps > 1e-9])]
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(knots, axis=0), axis=1))])
    at = np.arange(0.0, along[-1] + 1e-9, 1.0)
    points: Array = np.stack([np.interp(at, along, knots[:, axis]) for axis in range(3)], axis=1)
    return points
