"""Masks cut by a plane: the nearest voxel's label under each pixel."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import Geometry
from workstation.domain.volume import LabelVolume

if TYPE_CHECKING:
    from workstation.domain.projection import ViewPlane

Labels = npt.NDArray[np.uint8]
_Kind = TypeVar("_Kind", np.uint8, np.float32)
_Cut = TypeVar("_Cut")
_KEPT: Final = 4  # cuts of one mask: of the three planes, and one more
_ALIGNED: Final = 1e-3  # voxels of drift over the whole view


class KeptCuts(Generic[_Cut]):
    """The last cuts of each mask, of a few views. Safe in threads.

    Labels are asked for one after the other, a cut across the slices is slow, and a pool may have made it before the
    window's thread asks for it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: WeakKeyDictionary[LabelVolume, OrderedDict[ViewPlane, _Cut]] = WeakKeyDictionary()

    def get(self, volume: LabelVolume, plane: ViewPlane, make: Callable[[], _Cut]) -> _Cut:
        with self._lock:
            kept = self._kept.get(volume, OrderedDict()).get(plane)
        if kept is not None:
            return kept
        made = make()
        with self._lock:
            cuts = self._kept.setdefault(volume, OrderedDict())
            cuts[plane] = made
            while len(cuts) > _KEPT:
                cuts.popitem(last=False)
        return made


_cuts: Final = KeptCuts[Labels]()


def labels_on(volume: LabelVolume, plane: ViewPlane) -> Labels:
    """The labels [row, column] that lie under the pixels of a plane; 0 outside the mask."""
    return _cuts.get(volume, plane, lambda: cut(volume, plane))


def cut(volume: LabelVolume, plane: ViewPlane) -> Labels:
    """The same, made anew."""
    labels = _aligned(volume, plane)
    if labels is None:
        labels = _turned(volume, plane)
    return labels if labels is not None else _anyhow(volume, plane)


def _anyhow(volume: LabelVolume, plane: ViewPlane) -> Labels:
    """The same for any plane. Of an even mask only that part of the view is looked at which the painted can lie in."""
    if volume.geometry.affine() is None:
        return nearest_on(volume.values, volume.geometry, plane, np.uint8(0))
    labels = np.zeros((plane.rows, plane.columns), dtype=np.uint8)
    if not volume.voxels:
        return labels
    at = plane.to_view(volume.geometry.to_patient(_corners(volume)))
    if at[:, 2].min() > 0 or at[:, 2].max() < 0:
        return labels
    left, top = np.maximum(np.floor(at[:, :2].min(axis=0)), 0).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(at[:, :2].max(axis=0)) + 1, (plane.columns, plane.rows)).astype(int).tolist()
    if left >= right or top >= bottom:
        return labels
    area = (slice(top, bottom), slice(left, right))
    labels[area] = _looked_up(volume.values, volume.geometry, plane, area, np.uint8(0))
    return labels


def nearest_on(values: npt.NDArray[_Kind], geometry: Geometry, plane: ViewPlane, outside: _Kind) -> npt.NDArray[_Kind]:
    """The nearest voxel's value [slice, row, column] under each pixel [row, column] of a plane, however it lies."""
    if geometry.affine() is not None:
        return _looked_up(values, geometry, plane, (slice(0, plane.rows), slice(0, plane.columns)), outside)
    y, x = np.mgrid[: plane.rows, : plane.columns]
    index = np.rint(geometry.to_index(plane.to_patient(x, y))).astype(np.intp)
    inside = ((index >= 0) & (index < np.array(values.shape))).all(axis=-1)
    found = np.full((plane.rows, plane.columns), outside, dtype=values.dtype)
    found[inside] = values[tuple(index[inside].T)]
    return found


def _looked_up(
    values: npt.NDArray[_Kind], geometry: Geometry, plane: ViewPlane, area: tuple[slice, slice], outside: _Kind
) -> npt.NDArray[_Kind]:
    """The same for a part of a plane, where one pixel further is everywhere the same way further through the grid."""
    first, across, along = geometry.to_index(plane.to_patient([0, 1, 0], [0, 0, 1]))
    x, y = np.arange(area[1].start, area[1].stop), np.arange(area[0].start, area[0].stop)[:, None]
    index = np.zeros((len(y), len(x)), dtype=np.int64)
    inside = np.ones(index.shape, dtype=np.bool_)
    place = np.empty(index.shape)
    for axis, size in enumerate(values.shape):
        np.add(first[axis] + y * (along - first)[axis], x * (across - first)[axis], out=place)
        whole = np.rint(place, out=place).astype(np.int64)
        inside &= whole.view(np.uint64) < size  # what is negative is very large then
        index *= size
        index += whole
    index[~inside] = 0
    found: npt.NDArray[_Kind] = values.ravel().take(index)
    found[~inside] = outside
    return found


# The least box around all that is painted: found once for each mask.
_boxes: WeakKeyDictionary[LabelVolume, npt.NDArray[np.float64]] = WeakKeyDictionary()


def _corners(volume: LabelVolume) -> npt.NDArray[np.float64]:
    """Of the box around all labelled voxels [8, (slice, row, column)], outer edges."""
    kept = _boxes.get(volume)
    if kept is None:
        slices = np.flatnonzero(volume.covers[:, 1:].any(axis=1))
        flat = volume.values[slices[0] : slices[-1] + 1].max(axis=0)
        sides = (slices, np.flatnonzero(flat.any(axis=1)), np.flatnonzero(flat.any(axis=0)))
        ends = [(side[0] - 0.5, side[-1] + 0.5) for side in sides]
        kept = _boxes[volume] = np.array(list(itertools.product(*ends)), dtype=np.float64)
    return kept


def _aligned(volume: LabelVolume, plane: ViewPlane) -> Labels | None:
    """The same, where the plane lies along the mask's own slices, rows and columns: no point is mapped one by one."""
    last = (plane.rows - 1, plane.columns - 1)
    corners = volume.geometry.to_index(plane.to_patient([0, last[1], 0], [0, 0, last[0]]))
    across, along = corners[1] - corners[0], corners[2] - corners[0]
    if max(np.abs(across[:2]).max(), abs(along[0]), abs(along[2])) > _ALIGNED:
        return None
    slice_index = round(float(corners[0, 0]))
    if not 0 <= slice_index < volume.values.shape[0]:
        return np.zeros((plane.rows, plane.columns), dtype=np.uint8)
    rows = np.rint(corners[0, 1] + np.arange(plane.rows) * (along[1] / max(1, last[0]))).astype(np.intp)
    columns = np.rint(corners[0, 2] + np.arange(plane.columns) * (across[2] / max(1, last[1]))).astype(np.intp)
    down, right = _inside(rows, volume.values.shape[1]), _inside(columns, volume.values.shape[2])
    found = _taken(_taken(volume.values[slice_index], rows[down], 0), columns[right], 1)
    return _framed(found, down, right, plane)


def _turned(volume: LabelVolume, plane: ViewPlane) -> Labels | None:
    """The same for a plane across the mask's slices that runs along its grid, such as a sagittal or coronal one."""
    ends = np.array([[0, 0], [plane.columns - 1, 0], [0, plane.rows - 1], [plane.columns - 1, plane.rows - 1]])
    across = volume.geometry.to_index(plane.to_patient(np.arange(plane.columns), np.zeros(plane.columns)))
    along = volume.geometry.to_index(plane.to_patient(np.zeros(plane.rows), np.arange(plane.rows)))
    corners = volume.geometry.to_index(plane.to_patient(ends[:, 0], ends[:, 1]))
    right, down = int(np.ptp(across, axis=0).argmax()), int(np.ptp(along, axis=0).argmax())
    through = 3 - right - down
    drift = [np.delete(np.ptp(across, axis=0), right), np.delete(np.ptp(along, axis=0), down)]
    shear = np.abs(corners[3] - (corners[1] + corners[2] - corners[0]))
    if right == down or max(np.max(drift), float(shear.max())) > _ALIGNED:
        return None
    at = round(float(corners[0, through]))
    if not 0 <= at < volume.values.shape[through]:
        return np.zeros((plane.rows, plane.columns), dtype=np.uint8)
    columns, rows = np.rint(across[:, right]).astype(np.intp), np.rint(along[:, down]).astype(np.intp)
    seen_down, seen_right = _inside(rows, volume.values.shape[down]), _inside(columns, volume.values.shape[right])
    cut = volume.values[(slice(None),) * through + (at,)]
    cut = cut if down < right else cut.T
    return _framed(cut[np.ix_(rows[seen_down], columns[seen_right])], seen_down, seen_right, plane)


def _framed(found: Labels, down: slice, right: slice, plane: ViewPlane) -> Labels:
    """What was found, in its place on the view; without a copy where it fills the view."""
    if found.shape == (plane.rows, plane.columns):
        return found
    labels = np.zeros((plane.rows, plane.columns), dtype=np.uint8)
    labels[down, right] = found
    return labels


def _inside(index: npt.NDArray[np.intp], size: int) -> slice:
    """Where a rising or falling index lies within 0 … size - 1: one run."""
    inside = np.flatnonzero((index >= 0) & (index < size))
    return slice(int(inside[0]), int(inside[-1]) + 1) if len(inside) else slice(0, 0)


def _taken(values: Labels, index: npt.NDArray[np.intp], axis: int) -> Labels:
    """`values.take(index, axis)`, without copying where the index counts up one by one, as on the series' own grid."""
    if not len(index) or not np.array_equal(index, np.arange(index[0], index[0] + len(index))):
        return values.take(index, axis)
    run = slice(int(index[0]), int(index[-1]) + 1)
    return values[run] if axis == 0 else values[:, run]
