"""Draw balls and tubes into one slice so that each voxel holds the share of the shape inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import Vector

Plane = npt.NDArray[np.float32]
_FINE_MM: Final = 0.2  # side of the sub-voxels that a ball is counted in
_THINNEST: Final = 0.15  # in pixels: tubes of a smaller radius drown in the noise


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicePatch:
    """The voxels of one slice: pixel centers on a plane, each as deep as the slice is thick.

    origin         center of the first pixel, mm
    row_cosine     the way the column index grows; column_cosine the way the row index grows; normal: unit, across
    spacing        between rows, between columns, mm
    """

    origin: Vector
    row_cosine: Vector
    column_cosine: Vector
    normal: Vector
    spacing: tuple[float, float]
    rows: int
    columns: int
    thickness: float

    def grid(self) -> tuple[Plane, Plane, Plane]:
        """x, y, z of every pixel, mm, in shapes that broadcast to [row, column] (small ones where nothing changes)."""
        down = np.arange(self.rows, dtype=np.float32)[:, None] * np.float32(self.spacing[0])
        along = np.arange(self.columns, dtype=np.float32)[None, :] * np.float32(self.spacing[1])
        axes: list[Plane] = []
        for start, by_column, by_row in zip(self.origin, self.row_cosine, self.column_cosine, strict=True):
            axis: Plane = np.full((1, 1), start, np.float32)
            if by_column:
                axis = axis + along * np.float32(by_column)
            if by_row:
                axis = axis + down * np.float32(by_row)
            axes.append(axis)
        return axes[0], axes[1], axes[2]

    def own(self, points: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Points [n, 3], mm → (across, down, along) [n, 3] from the first pixel, mm: a turned frame, same lengths."""
        frame = np.array([self.normal, self.column_cosine, self.row_cosine])
        turned: npt.NDArray[np.float64] = (np.asarray(points, np.float64).reshape(-1, 3) - self.origin) @ frame.T
        return turned


@dataclass(frozen=True, slots=True, eq=False)
class Tubes:
    """Straight pieces [n, 8]: start x y z, end x y z, radius at the start, at the end; mm, with round ends."""

    pieces: npt.NDArray[np.float32]

    @staticmethod
    def none() -> Tubes:
        return Tubes(np.zeros((0, 8), np.float32))

    @staticmethod
    def joined(points: Sequence[Vector], radius_mm: float) -> Tubes:
        """One tube through the points."""
        pairs = pairwise(points)
        return Tubes(np.array([[*a, *b, radius_mm, radius_mm] for a, b in pairs], np.float32).reshape(-1, 8))

    def plus(self, *others: Tubes) -> Tubes:
        return Tubes(np.concatenate([self.pieces, *(other.pieces for other in others)]))

    def thinner(self, by_mm: float) -> Tubes:
        pieces = self.pieces.copy()
        pieces[:, 6:] -= by_mm
        return Tubes(pieces)


def paint_ball(hu: Plane, patch: SlicePatch, center: Vector, radius_mm: float, value: float) -> None:
    """Blend a ball into `hu` [row, column] by the share of each voxel inside, counted in sub-voxels of ≤ 0.2 mm."""
    across, down, along = patch.own([center])[0]
    if abs(across) >= radius_mm + patch.thickness / 2:
        return
    rows = _span(down - radius_mm, down + radius_mm, patch.spacing[0], patch.rows)
    columns = _span(along - radius_mm, along + radius_mm, patch.spacing[1], patch.columns)
    if rows.stop <= rows.start or columns.stop <= columns.start:
        return
    a = _fine(np.zeros(1), patch.thickness) - across
    d = _fine(np.arange(rows.start, rows.stop) * patch.spacing[0], patch.spacing[0]) - down
    c = _fine(np.arange(columns.start, columns.stop) * patch.spacing[1], patch.spacing[1]) - along
    flat = (d * d).ravel()[:, None] + (c * c).ravel()[None, :]
    inside = np.zeros(flat.shape, np.float32)
    for depth in a.ravel():
        inside += flat <= radius_mm * radius_mm - depth * depth
    cover = inside.reshape(*d.shape, *c.shape).mean(axis=(1, 3), dtype=np.float64) / a.size
    box = hu[rows, columns]
    box += (cover * (value - box)).astype(np.float32)


def paint_tubes(hu: Plane, patch: SlicePatch, tubes: Tubes, value: float) -> None:
    """Blend tubes into `hu` [row, column]; the edge is one pixel wide and averaged over the slice's thickness."""
    starts, ends = patch.own(tubes.pieces[:, :3]), patch.own(tubes.pieces[:, 3:6])
    radii = tubes.pieces[:, 6:].astype(np.float64)
    reach = radii.max(axis=1, initial=0) + patch.thickness / 2
    low, high = np.minimum(starts[:, 0], ends[:, 0]), np.maximum(starts[:, 0], ends[:, 0])
    pixel = min(patch.spacing)
    deep = np.linspace(-0.5, 0.5, 2 * max(1, round(patch.thickness / 1.6)) + 1)[1::2, None, None] * patch.thickness
    thick = radii.max(axis=1, initial=0) > _THINNEST * pixel
    for k in np.flatnonzero((low <= reach) & (high >= -reach) & thick):
        start, way = starts[k], ends[k] - starts[k]
        part = np.array([0.0, 1.0])
        if abs(way[0]) > 1e-6:  # only the part near this slice
            part = np.clip(np.sort((np.array([-reach[k], reach[k]]) - start[0]) / way[0]), 0, 1)
        near = start + part[:, None] * way
        margin = float(radii[k].max()) + pixel
        rows = _span(near[:, 1].min() - margin, near[:, 1].max() + margin, patch.spacing[0], patch.rows)
        columns = _span(near[:, 2].min() - margin, near[:, 2].max() + margin, patch.spacing[1], patch.columns)
        if rows.stop <= rows.start or columns.stop <= columns.start:
            continue
        d = (np.arange(rows.start, rows.stop) * patch.spacing[0] - start[1])[:, None]
        c = np.arange(columns.start, columns.stop) * patch.spacing[1] - start[2]
        a = deep - start[0]
        at = (a * way[0] + d * way[1] + c * way[2]) / max(1e-9, float(way @ way))
        at = np.minimum(np.maximum(at, 0), 1)
        far = np.sqrt((a - at * way[0]) ** 2 + (d - at * way[1]) ** 2 + (c - at * way[2]) ** 2)
        radius = radii[k, 0] + at * (radii[k, 1] - radii[k, 0])
        cover = np.minimum(np.maximum((radius - far) / pixel + 0.5, 0), np.minimum(1, 2 * radius / pixel))
        box = hu[rows, columns]
        box += (cover.mean(axis=0) * (value - box)).astype(np.float32)


def _span(low_mm: float, high_mm: float, spacing: float, size: int) -> slice:
    """The pixels whose cells touch a stretch, inside the picture."""
    first = max(0, int(np.floor(low_mm / spacing + 0.5)))
    return slice(first, max(first, min(size, int(np.ceil(high_mm / spacing + 0.5)))))


def _fine(centers_mm: npt.NDArray[np.float64], cell_mm: float) -> npt.NDArray[np.float64]:
    """Centers of the sub-cells of each cell: [cell, sub-cell]."""
    count = max(1, int(np.ceil(cell_mm / _FINE_MM)))
    fine: npt.NDArray[np.float64] = centers_mm[:, None] + ((np.arange(count) + 0.5) / count - 0.5) * cell_mm
    return fine
