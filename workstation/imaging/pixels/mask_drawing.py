"""What a stroke of the brush, a polygon or filled holes make of a mask on a picture.

A pixel counts if its center lies inside. Places are (column, row) of the picture, centers whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workstation.imaging.pixels.regions import polygon_region

Covered = npt.NDArray[np.bool_]  # [row, column]
XY = tuple[float, float]


def brushed(covered: Covered, points: Sequence[XY], radius: float, *, erase: bool = False) -> Covered:
    """The mask with a round brush drawn along these points; `erase`: without what lies under it."""
    after = covered.copy()
    for start, end in zip(points, [*points[1:], points[-1]], strict=True):
        _brush_along(after, start, end, radius, not erase)
    return after


def _brush_along(covered: Covered, start: XY, end: XY, radius: float, value: bool) -> None:
    """Every pixel whose center is within the radius of a straight way; only the part around the way is looked at."""
    rows, columns = covered.shape
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    x = np.arange(max(0, int(np.ceil(left - radius))), min(columns, int(np.floor(right + radius)) + 1))
    y = np.arange(max(0, int(np.ceil(top - radius))), min(rows, int(np.floor(bottom + radius)) + 1))
    if not len(x) or not len(y):
        return
    across, along = x - start[0], (y - start[1])[:, None]
    way = (end[0] - start[0], end[1] - start[1])
    squared = way[0] ** 2 + way[1] ** 2
    nearest = np.clip((across * way[0] + along * way[1]) / squared, 0, 1) if squared else np.zeros((len(y), len(x)))
    inside = (across - nearest * way[0]) ** 2 + (along - nearest * way[1]) ** 2 <= radius**2
    covered[y[0] : y[-1] + 1, x[0] : x[-1] + 1][inside] = value


def with_polygon(covered: Covered, corners: Sequence[XY], *, erase: bool = False) -> Covered:
    """The mask with a closed polygon (even-odd rule), or without it."""
    after = covered.copy()
    points = np.array(corners, dtype=np.float64).reshape(-1, 2)
    if len(points) < 3:
        return after
    low = np.clip(np.floor(points.min(axis=0)), 0, None).astype(np.int64)
    high = np.minimum(np.ceil(points.max(axis=0)) + 1, covered.shape[::-1]).astype(np.int64)
    if (high <= low).any():
        return after
    columns, rows = (int(size) for size in high - low)
    region = polygon_region(rows, columns, points - low)
    after[low[1] : high[1], low[0] : high[0]][region] = not erase
    return after


def without_holes(covered: Covered) -> Covered:
    """The mask with all that it surrounds; what touches the edge of the picture is no hole."""
    from scipy.ndimage import binary_fill_holes

    filled: Covered = binary_fill_holes(covered)
    return filled
