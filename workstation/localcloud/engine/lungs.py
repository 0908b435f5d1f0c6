"""Lung mask of a chest CT: right and left lung, airways out, closed so that vessels and wall nodules are inside.

Threshold, connected components, airway growing with explosion control and separation of touching lungs follow
S. Hu, E. A. Hoffman, J. M. Reinhardt, "Automatic lung segmentation for accurate quantitation of volumetric X-ray CT
images", IEEE Trans. Med. Imaging 20(6), 2001; closing by a ball follows S. G. Armato et al., RadioGraphics 19, 1999.

Everything is decided by patient axes, so flipped rows or columns and any way to lie in the scanner give the same lungs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from workstation.localcloud.engine.volume import CtVolume

Mask = npt.NDArray[np.bool_]
Vector = npt.NDArray[np.float64]
GRID_MM = 2.0  # the mask is found on a grid about this coarse
AERATED_HU = -450  # lung against soft tissue; between the means of the two
GAS_HU = -945  # pure gas (windpipe, stomach) is darker than the most emphysematous whole lung
AIRWAY_LEVELS_HU = (-880, -900, -920, -940, -960)
AIRWAY_ML = (2.0, 70.0)
LEAST_LUNG_ML = 15.0
CLOSING_MM = 9.0
RIGHT, LEFT = 1, 2
SIDES = {RIGHT: "right", LEFT: "left"}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lungs:
    """Labels on a coarse grid: 0 elsewhere, 1 right lung, 2 left lung (patient's side).

    labels   uint8 [slice, row, column] of the coarse grid
    first    volume index (slice, row, column) of the coarse voxel (0, 0, 0)'s center
    stride   volume voxels per coarse voxel
    median_hu   median of the aerated lung, by label
    """

    labels: npt.NDArray[np.uint8]
    first: Vector
    stride: Vector
    median_hu: dict[int, float]

    def to_grid(self, index: Vector) -> Vector:
        """Coarse grid coordinates of volume indices, float64 [..., 3]."""
        grid: Vector = (index - self.first) / self.stride
        return grid

    def at(self, index: Vector) -> npt.NDArray[np.uint8]:
        """Labels at volume indices [..., 3]; 0 beyond the grid."""
        grid = np.rint(self.to_grid(index)).astype(np.intp)
        known = ((grid >= 0) & (grid < self.labels.shape)).all(axis=-1)
        grid = np.clip(grid, 0, np.array(self.labels.shape) - 1)
        found: npt.NDArray[np.uint8] = self.labels[grid[..., 0], grid[..., 1], grid[..., 2]] * known
        return found

    def box(self, label: int, margin: Vector, shape: tuple[int, ...]) -> tuple[slice, slice, slice]:
        """Slices of the volume that hold one lung and `margin` voxels around it."""
        found = ndimage.find_objects(self.labels == label, max_label=1)[0]
        ends = []
        for axis in range(3):
            low = self.first[axis] + (found[axis].start - 0.5) * self.stride[axis] - margin[axis]
            high = self.first[axis] + (found[axis].stop - 0.5) * self.stride[axis] + margin[axis]
            ends.append(slice(max(0, int(np.floor(low))), min(shape[axis], int(np.ceil(high)) + 1)))
        return ends[0], ends[1], ends[2]

    def present(self) -> Iterator[int]:
        return iter(sorted(self.median_hu))


def segment_lungs(volume: CtVolume) -> Lungs:
    """Find the lungs; without any aerated lung the result holds none."""
    coarse, first, stride = shrink(volume)
    spacing = stride * np.array(volume.spacing_mm)
    voxel_ml = float(np.prod(spacing)) / 1000
    air = coarse < AERATED_HU
    outside = _outside(air)
    middle_mm = _middle_mm(coarse, volume, spacing)
    parts = _lung_parts(air & ~outside, coarse, voxel_ml)
    enclosed = np.where(outside, np.float32(0), coarse)
    parts &= ~_airways(enclosed, volume, spacing, voxel_ml, middle_mm)
    labels = np.zeros(coarse.shape, np.uint8)
    median_hu: dict[int, float] = {}
    for label, lung in _sides(parts, volume, spacing, voxel_ml, middle_mm).items():
        median_hu[label] = float(np.median(coarse[lung]))
        closed = _close(lung, spacing)
        labels[closed & (labels == 0)] = label
        labels[lung] = label
    return Lungs(labels=labels, first=first, stride=stride, median_hu=median_hu)


def shrink(volume: CtVolume) -> tuple[npt.NDArray[np.float32], Vector, Vector]:
    """Block means of about GRID_MM: coarse grid, first center, stride."""
    stride = [max(1, round(GRID_MM / mm)) for mm in volume.spacing_mm]
    counts = [n // s for n, s in zip(volume.hu.shape, stride, strict=True)]
    coarse = np.empty(counts, np.float32)
    rows, columns = counts[1] * stride[1], counts[2] * stride[2]
    for k in range(counts[0]):
        slab = volume.hu[k * stride[0] : (k + 1) * stride[0], :rows, :columns]
        blocks = slab.reshape(stride[0], counts[1], stride[1], counts[2], stride[2])
        coarse[k] = blocks.mean(axis=(0, 2, 4), dtype=np.float32)
    return coarse, (np.array(stride) - 1) / 2, np.array(stride, np.float64)


def _outside(air: Mask) -> Mask:
    """Air around the patient: components that reach a large part of the image border (not the first or last slice)."""
    labels, count = ndimage.label(air)
    border = np.zeros(air.shape, bool)
    border[:, [0, -1], :] = border[:, :, [0, -1]] = True
    touching = np.bincount(labels[border], minlength=count + 1)
    outer = touching > 0.01 * border.sum()
    outer[labels[:, [0, 0, -1, -1], [0, -1, 0, -1]].ravel()] = True  # corners are never patient
    outer[0] = False
    outside: Mask = outer[labels]
    return outside


def _lung_parts(inner: Mask, coarse: npt.NDArray[np.float32], voxel_ml: float) -> Mask:
    labels, count = ndimage.label(inner)
    if not count:
        return inner
    volume_ml = np.bincount(labels.ravel(), minlength=count + 1) * voxel_ml
    volume_ml[0] = 0
    keep = np.zeros(count + 1, bool)
    candidates = np.flatnonzero(volume_ml >= LEAST_LUNG_ML)
    for part in candidates:
        keep[part] = float(np.median(coarse[labels == part])) > GAS_HU
    largest = volume_ml[keep].max(initial=0.0)
    keep &= volume_ml >= 0.08 * largest
    parts: Mask = keep[labels]
    return parts


def _middle_mm(coarse: npt.NDArray[np.float32], volume: CtVolume, spacing: Vector) -> float:
    """Patient x of the middle of the body, relative to the first pixel of the first slice, mm."""
    body = np.argwhere(coarse[:: max(1, len(coarse) // 20)] > -300).mean(axis=0)
    body[0] = len(coarse) / 2
    return float((body * spacing) @ volume.axes_lps[:, 0])


def _airways(
    enclosed: npt.NDArray[np.float32], volume: CtVolume, spacing: Vector, voxel_ml: float, middle_mm: float
) -> Mask:
    """Windpipe and large bronchi joined to the lungs: grown from a round gas spot in the upper slices.

    The growing is repeated with a darker limit as long as it explodes into the lung.
    """
    seed = _windpipe(enclosed, volume, spacing, middle_mm)
    smooth = ndimage.uniform_filter(enclosed, size=(1, 3, 3))
    for level in AIRWAY_LEVELS_HU:
        labels, _ = ndimage.label(smooth < level)
        if seed is None or labels[seed] == 0:
            break
        tree = labels == labels[seed]
        if AIRWAY_ML[0] <= tree.sum() * voxel_ml <= AIRWAY_ML[1]:
            wider: Mask = ndimage.binary_dilation(tree, iterations=1)
            return wider
    return np.zeros(enclosed.shape, bool)


def _windpipe(
    enclosed: npt.NDArray[np.float32], volume: CtVolume, spacing: Vector, middle_mm: float
) -> tuple[int, int, int] | None:
    """A voxel in the windpipe: the round spot of gas near the middle that most other upper slices show as well."""
    axes = volume.axes_lps
    pixel_mm2 = float(spacing[1] * spacing[2])
    seen: list[tuple[int, int, int]] = []
    half = len(enclosed) // 2
    for k in range(half, len(enclosed)) if axes[0, 2] > 0 else range(half):
        labels, _ = ndimage.label(enclosed[k] < -800)
        area_mm2 = np.bincount(labels.ravel())[1:] * pixel_mm2
        for part in np.flatnonzero((area_mm2 > 50) & (area_mm2 < 900)) + 1:
            spot = np.argwhere(labels == part)
            row, column = (int(v) for v in np.rint(spot.mean(axis=0)))
            sides = (np.ptp(spot, axis=0) + 1) * spacing[1:]
            x = float((np.array([k, row, column]) * spacing) @ axes[:, 0])
            if abs(x - middle_mm) < 45 and max(sides) < 2.5 * min(sides) and enclosed[k, row, column] < -880:
                seen.append((k, row, column))
    if not seen:
        return None
    at = np.array(seen)[:, 1:] * spacing[1:]
    near = (np.linalg.norm(at[:, None] - at[None], axis=2) < 12).sum(axis=1)  # it is nearly straight
    return seen[int(np.argmax(near))]


def _sides(parts: Mask, volume: CtVolume, spacing: Vector, voxel_ml: float, middle_mm: float) -> dict[int, Mask]:
    """Right and left lung; a joined pair is parted where it is thinnest."""
    labels, count = ndimage.label(parts)
    if not count:
        return {}
    along_x = sum(
        (np.arange(n) * spacing[axis] * volume.axes_lps[axis, 0]).reshape([-1 if a == axis else 1 for a in range(3)])
        for axis, n in enumerate(parts.shape)
    )
    is_left = np.broadcast_to(np.asarray(along_x) > middle_mm, parts.shape)
    found = {RIGHT: np.zeros(parts.shape, bool), LEFT: np.zeros(parts.shape, bool)}
    for part in range(1, count + 1):
        lung = labels == part
        if lung.sum() * voxel_ml < LEAST_LUNG_ML / 3:
            continue
        share = float(is_left[lung].mean())
        if 0.2 < share < 0.8:
            for label, half in _part_in_two(lung, is_left, spacing).items():
                found[label] |= half
        else:
            found[LEFT if share >= 0.5 else RIGHT] |= lung
    return {label: lung for label, lung in found.items() if lung.sum() * voxel_ml >= LEAST_LUNG_ML}


def _part_in_two(lung: Mask, is_left: Mask, spacing: Vector) -> dict[int, Mask]:
    depth = ndimage.distance_transform_edt(lung, sampling=spacing)
    for mm in (2.5, 4.0, 6.0, 9.0, 13.0):
        cores, count = ndimage.label(depth > mm)
        if count < 2:
            continue
        size = np.bincount(cores.ravel(), minlength=count + 1)
        size[0] = 0
        share = np.bincount(cores.ravel(), weights=is_left.ravel(), minlength=count + 1) / np.maximum(size, 1)
        big = [int(c) for c in np.argsort(size)[::-1][:2]]
        if size[big[1]] < 0.2 * size[big[0]] or (share[big[0]] - 0.5) * (share[big[1]] - 0.5) >= 0:
            continue
        core_side = np.where(share > 0.5, LEFT, RIGHT).astype(np.uint8)
        nearest = ndimage.distance_transform_edt(
            cores == 0, sampling=spacing, return_distances=False, return_indices=True
        )
        side = core_side[cores[tuple(nearest)]]
        return {RIGHT: lung & (side == RIGHT), LEFT: lung & (side == LEFT)}
    return {RIGHT: lung & ~is_left, LEFT: lung & is_left}


def _close(lung: Mask, spacing: Vector) -> Mask:
    """Closing by a ball of CLOSING_MM, then holes filled (vessels and solid nodules inside)."""
    box = ndimage.find_objects(lung, max_label=1)[0]
    pad = [int(np.ceil(CLOSING_MM / mm)) + 1 for mm in spacing]
    inner = np.pad(lung[box], [(p, p) for p in pad])
    # beyond the first and last slice the lung goes on as it is there, so its open ends are not rounded off
    inner[: pad[0]] = inner[pad[0]]
    inner[-pad[0] :] = inner[-pad[0] - 1]
    grown = ndimage.distance_transform_edt(~inner, sampling=spacing) <= CLOSING_MM
    closed = ndimage.distance_transform_edt(grown, sampling=spacing) > CLOSING_MM
    closed = ndimage.binary_fill_holes(closed | inner)
    whole = np.zeros(lung.shape, bool)
    whole[box] = closed[tuple(slice(p, -p) for p in pad)]
    return whole
