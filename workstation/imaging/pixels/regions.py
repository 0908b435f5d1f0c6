"""The pixels under a measure, and their numbers: of the plane that it was drawn on, whichever plane is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import Geometry, Points, step_across
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.slab import SlabKind
from workstation.domain.volume import Values
from workstation.domain.work import CancelToken
from workstation.imaging.pixels.statistics import RegionStatistics, ellipse_region, statistics_of

SliceValues = Callable[[int], Values | None]  # rescaled values [row, column] of one slice; None: not loaded

_ON_GRID: Final = 1e-3  # of a voxel: nearer than this to a voxel's center its value is taken as it is
_EPSILON: Final = 1e-7  # pixels: more than millimetres lose on the way through the patient


def polygon_region(rows: int, columns: int, corners: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """The pixels whose centers lie in a closed polygon or on its border, by the even-odd rule.

    corners  [n, 2] as (column, row)
    """
    inside = np.zeros((rows, columns), dtype=np.bool_)
    for row in range(rows):
        for beside in (row - _EPSILON, row + _EPSILON):  # so a border along the centers of a row counts
            for left, right in _crossed(corners, beside):
                first, last = int(np.ceil(left - _EPSILON)), int(np.floor(right + _EPSILON))
                inside[row, max(0, first) : max(0, last + 1)] = True
    return inside


def _crossed(corners: npt.NDArray[np.float64], y: float) -> npt.NDArray[np.float64]:
    """Where a row enters and leaves a polygon, [n, 2]."""
    following = np.roll(corners, -1, axis=0)
    crossed = (corners[:, 1] <= y) != (following[:, 1] <= y)
    (x0, y0), (x1, y1) = corners[crossed].T, following[crossed].T
    meets: npt.NDArray[np.float64] = np.sort(x0 + (y - y0) / (y1 - y0) * (x1 - x0)).reshape(-1, 2)
    return meets


def pixels_under(measure: Measure) -> npt.NDArray[np.int64]:
    """The pixels of its own plane that a measure holds, [n, 2] as (row, column): a pixel counts if its center lies
    inside; of a probe the one under it."""
    plane = measure.plane
    view = plane.to_view(measure.points)[:, :2]
    if measure.kind is MeasureKind.PROBE:
        column, row = np.rint(view[0]).astype(np.int64)
        inside = 0 <= row < plane.rows and 0 <= column < plane.columns
        return np.array([[row, column]] if inside else [], dtype=np.int64).reshape(-1, 2)
    last = np.array((plane.columns, plane.rows)) - 1
    low = np.clip(np.floor(view.min(axis=0)), 0, last + 1).astype(np.int64)  # it may go far beyond the picture
    high = np.clip(np.ceil(view.max(axis=0)), -1, last).astype(np.int64)
    columns, rows = (int(size) for size in np.maximum(high - low + 1, 0))
    corners = view - low
    if measure.kind is MeasureKind.ELLIPSE:
        x, y = corners.mean(axis=0)
        radius = np.abs(corners - (x, y)).max(axis=0) + _EPSILON
        region = ellipse_region(rows, columns, (float(x), float(y)), (float(radius[0]), float(radius[1])))
    else:
        region = polygon_region(rows, columns, corners)
    return np.asarray(np.argwhere(region) + low[::-1])


def region_statistics(
    measure: Measure,
    geometry: Geometry | None,
    slice_values: SliceValues,
    padding: tuple[float, float] | None,
    cancel: CancelToken,
) -> RegionStatistics | None:
    """Numbers of the rescaled values under a region or a probe.

    On the slices as acquired every value is taken as it is. On any other plane values are interpolated between the
    eight voxels around, and left out where one of those is padding or does not exist. Of a slab they are those that
    it shows.

    geometry  of the series; None for pictures without a place
    returns   None where the measure holds no pixel with a value
    raises    LookupError where a slice that it needs is not loaded; Cancelled
    """
    pixels = pixels_under(measure)
    if geometry is None:
        number = round(measure.points[0][2])
        values = _slice(slice_values, number)
        pixels = pixels[(pixels < values.shape).all(axis=1)]
        return _numbers(values[pixels[:, 0], pixels[:, 1]], padding)
    cancel.check()
    points = measure.plane.to_patient(pixels[:, 1], pixels[:, 0])
    normal = measure.plane.normal
    x, y, z = (float(value) for value in normal)
    planes = [
        _values_at(points + normal * offset, geometry, slice_values, padding, cancel)
        for offset in measure.slab.offsets(step_across(geometry, (x, y, z)))
    ]
    return _numbers(_of_slab(planes, measure.slab.kind), padding)


def _values_at(
    points: Points,
    geometry: Geometry,
    slice_values: SliceValues,
    padding: tuple[float, float] | None,
    cancel: CancelToken,
) -> npt.NDArray[np.float64]:
    """Values at patient points [n, 3]; not a number outside the series and where padding takes part."""
    at = geometry.to_index(points)
    whole = np.rint(at)
    inside = ((at > -0.5) & (at < np.array(geometry.shape) - 0.5)).all(axis=1)
    found = np.full(len(at), np.nan)
    if (np.abs(at - whole) <= _ON_GRID).all():
        found[inside] = _measured(_taken(whole[inside].astype(np.int64), slice_values, cancel), padding)
    else:
        found[inside] = _between(at[inside], geometry, slice_values, padding, cancel)
    return found


def _of_slab(planes: Sequence[npt.NDArray[np.float64]], kind: SlabKind) -> npt.NDArray[np.float64]:
    """Of each pixel the highest, lowest or mean value that the planes of a slab have there."""
    if len(planes) == 1:
        return planes[0]
    stacked = np.array(planes)
    if kind is SlabKind.MIP:
        return np.asarray(np.fmax.reduce(stacked))
    if kind is SlabKind.MINIP:
        return np.asarray(np.fmin.reduce(stacked))
    there = np.isfinite(stacked)
    sums = np.where(there, stacked, 0).sum(axis=0)
    return np.asarray(np.where(there.any(axis=0), sums / np.maximum(there.sum(axis=0), 1), np.nan))


def _measured(values: npt.NDArray[np.float64], padding: tuple[float, float] | None) -> npt.NDArray[np.float64]:
    if padding is not None:
        values[(values >= padding[0]) & (values <= padding[1])] = np.nan
    return values


def _slice(slice_values: SliceValues, k: int) -> Values:
    values = slice_values(k)
    if values is None:
        raise LookupError(k)
    return values


def _taken(index: npt.NDArray[np.int64], slice_values: SliceValues, cancel: CancelToken) -> npt.NDArray[np.float64]:
    """The voxels at whole indices [n, 3], slice by slice."""
    found = np.empty(len(index))
    for k in np.unique(index[:, 0]):
        cancel.check()
        of_slice = index[:, 0] == k
        found[of_slice] = _slice(slice_values, int(k))[index[of_slice, 1], index[of_slice, 2]]
    return found


def _between(
    at: Points,
    geometry: Geometry,
    slice_values: SliceValues,
    padding: tuple[float, float] | None,
    cancel: CancelToken,
) -> npt.NDArray[np.float64]:
    """Trilinear values at fractional indices [n, 3]; not a number where padding takes part."""
    last = np.array(geometry.shape) - 1
    held = np.clip(at, 0, last)
    low = np.minimum(np.floor(held).astype(np.int64), np.maximum(last - 1, 0))
    part = held - low
    found = np.zeros(len(at))
    for corner in np.ndindex(2, 2, 2):
        weight = np.where(corner, part, 1 - part).prod(axis=1)
        used = weight > _EPSILON
        values = _measured(_taken(low[used] + corner, slice_values, cancel), padding)
        found[used] += weight[used] * values
    return found


def _numbers(values: npt.NDArray[Any], padding: tuple[float, float] | None) -> RegionStatistics | None:
    return statistics_of(values, np.ones(values.shape, dtype=np.bool_), padding)
