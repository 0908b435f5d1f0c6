"""Values on another grid of the same slices: sheared and uneven stacks straightened, large pictures made smaller.

Nothing here is done unasked. Interpolation is linear in the stack's own (slice, row, column) index, so between two
sheared slices it runs along the shear; the in-plane directions never change, so one slice of the new grid is two old
ones, mixed and moved by a part of a pixel.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import TILT_DEG, Geometry
from workstation.domain.regrid import even_grid, has_holes, is_even
from workstation.domain.volume import Values, Volume
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.imaging.pixels.memory import available_bytes
from workstation.imaging.pixels.reuse import VOLUMES

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Slice = npt.NDArray[Any]  # [row, column]
Wide = npt.NDArray[Any]  # float32, or float64 for wide integers
T = TypeVar("T")
_SAME: Final = 1e-3  # of a step or of a pixel: as good as on it
_THREADS: Final = min(4, max(2, os.cpu_count() or 2))
_AHEAD: Final = 16  # slices made before one of them is taken


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """A volume on its new grid, and in words what was done to it."""

    volume: Volume
    sentence: Words


def straighten(volume: Volume, reporter: Reporter = silent, cancel: CancelToken | None = None) -> Resampled:
    """A sheared, uneven or gapped volume on the even grid of `domain.regrid`; its type of number is kept.

    A coloured volume comes back gray. Where slices are missing the new ones between are interpolated: for the eye only,
    and the sentence says so.
    raises NO_GEOMETRY, OUT_OF_MEMORY, Cancelled
    """
    if volume.geometry is None:
        raise WorkstationError(ErrorCode.NO_GEOMETRY)
    grid = even_grid(volume.geometry)
    sentence = straightened_words(volume.geometry)
    if is_even(volume.geometry):
        return Resampled(volume, sentence)
    needed = math.prod(grid.shape) * volume.values.dtype.itemsize
    again = VOLUMES.again(grid.shape, volume.values.dtype)
    free = available_bytes() if again is None else None
    if free is not None and needed > free:
        raise WorkstationError(ErrorCode.OUT_OF_MEMORY, needed_mb=needed // 2**20)
    try:
        values: Values = VOLUMES.new(grid.shape, volume.values.dtype) if again is None else again
    except MemoryError:
        raise WorkstationError(ErrorCode.OUT_OF_MEMORY, needed_mb=needed // 2**20) from None
    make = slice_maker(volume, grid)

    def fill(at: int) -> None:
        values[at] = make(at)

    for done, _ in enumerate(in_threads(fill, grid.slices, cancel), start=1):
        reporter(Progress(done, grid.slices, say("Resampling")))
    return Resampled(replace(volume, values=values, colour=None, geometry=grid), sentence)


def straightened_words(before: Geometry) -> Words:
    """What straightening a stack like this does to it."""
    steps = np.diff(before.offsets)
    if is_even(before):
        return say("Not resampled: the slices already lie straight and evenly.")
    if has_holes(before) and not before.straight:
        return say(
            "Resampled: slices that lay up to {mm:.1f} mm beside the others were put into line, "
            "steps of up to {high:.1f} mm are filled by interpolation. For viewing only.",
            mm=before.drift_mm,
            high=float(steps.max()),
        )
    if not before.straight:
        return say(
            "Resampled: slices that lay up to {mm:.1f} mm beside the others were put into line.", mm=before.drift_mm
        )
    if has_holes(before) and before.shear_deg > TILT_DEG:
        return say(
            "Resampled: slices sheared by {degrees:.1f}° were straightened, "
            "steps of up to {high:.1f} mm are filled by interpolation. For viewing only.",
            degrees=before.shear_deg,
            high=float(steps.max()),
        )
    if has_holes(before):
        return say(
            "Resampled: steps of up to {high:.1f} mm are filled by interpolation. For viewing only.",
            high=float(steps.max()),
        )
    if before.shear_deg > TILT_DEG:
        return say("Resampled: slices sheared by {degrees:.1f}° were straightened.", degrees=before.shear_deg)
    return say(
        "Resampled: steps of {low:.2f} to {high:.2f} mm were made equal.",
        low=float(steps.min()),
        high=float(steps.max()),
    )


def in_threads(make: Callable[[int], T], count: int, cancel: CancelToken | None) -> Iterator[T]:
    """make(0), make(1) … in this order, a few at once and never many ahead. raises Cancelled, what `make` raises"""
    with ThreadPoolExecutor(_THREADS) as pool:
        waiting = [pool.submit(make, at) for at in range(min(_AHEAD, count))]
        try:
            for at in range(count):
                if cancel is not None:
                    cancel.check()
                made = waiting[at % _AHEAD].result()
                if at + _AHEAD < count:
                    waiting[at % _AHEAD] = pool.submit(make, at + _AHEAD)
                yield made
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def slice_maker(volume: Volume, grid: Geometry) -> Callable[[int], Slice]:
    """Slice by slice, the volume on a grid with the same cosines and pixel spacing: index → values [row, column].

    Beyond the volume, and where a pixel without measurement (padding) has a part in the value, stands the padding, or
    the volume's smallest value if it has none.
    """
    geometry = volume.geometry
    assert geometry is not None
    places = geometry.to_index(grid.to_patient(np.array([(at, 0, 0) for at in range(grid.slices)], dtype=np.float64)))
    values, padding = volume.values, volume.padding
    outside = padding[0] if padding is not None else float(values.min())

    def make(at: int) -> Slice:
        slice_at, row, column = (float(part) for part in places[at])
        low, share = _split(min(max(slice_at, 0.0), len(values) - 1.0))
        near = _wide(values[low])
        if share:
            near = near * (1 - share) + _wide(values[low + 1]) * share
        moved, inside = _moved(near, row, column, grid.rows, grid.columns)
        out = np.full((grid.rows, grid.columns), outside, dtype=values.dtype)
        out[inside] = _of_type(moved, values.dtype)
        if padding is not None:
            empty = _is_padding(values[low], padding)
            if share:
                empty |= _is_padding(values[low + 1], padding)
            if empty.any():
                part, _ = _moved(empty.astype(np.float32), row, column, grid.rows, grid.columns)
                out[inside][part > 0] = outside
        return out

    return make


def area_average(values: Slice, factor: float, rows: int, columns: int, padding: tuple[float, float] | None) -> Slice:
    """A picture with pixels `factor` times as large, each the mean of the area that it covers; its type is kept.

    values         [row, column]
    rows, columns  of the new picture (`domain.regrid.coarser_grid`)
    padding        values (low, high) that have no part in a mean; a pixel mostly of them is padding itself
    """

    down, across = _shares(values.shape[0], rows, factor), _shares(values.shape[1], columns, factor)

    def mean_of(picture: Slice) -> Wide:
        mean: Wide = (across @ np.ascontiguousarray((down @ picture).T)).T
        return mean

    if padding is None or not (empty := _is_padding(values, padding)).any():
        return _of_type(mean_of(_wide(values)), values.dtype)
    weight = mean_of((~empty).astype(np.float32))
    total = mean_of(np.where(empty, 0, _wide(values)))
    kept = weight >= 0.5
    mean = np.full(weight.shape, padding[0], dtype=total.dtype)
    np.divide(total, weight, out=mean, where=kept)
    return _of_type(mean, values.dtype)


@lru_cache(maxsize=4)
def _shares(size: int, smaller: int, factor: float) -> csr_matrix:
    """[smaller, size]: how much of each old pixel lies in each new one; rows add up to 1, nearly all else is 0."""
    from scipy.sparse import csr_matrix

    edges = np.arange(smaller)[:, None] * factor
    pixels = np.arange(size)[None, :]
    shares = np.clip(np.minimum(edges + factor, pixels + 1) - np.maximum(edges, pixels), 0, None)
    return csr_matrix((shares / shares.sum(axis=1, keepdims=True)).astype(np.float32))


def _moved(picture: Wide, row: float, column: float, rows: int, columns: int) -> tuple[Wide, tuple[slice, slice]]:
    """The picture as a grid of `rows` × `columns` sees it whose first pixel lies at (row, column) of it.

    returns  values, and the part of the grid that they are: pixels whose center lies in the picture
    """
    down, part_rows = _cut(picture.shape[0], row, rows)
    across, part_columns = _cut(picture.shape[1], column, columns)
    mixed = _mixed(_mixed(picture, down, 0), across, 1)
    return mixed, (part_rows, part_columns)


@dataclass(frozen=True, slots=True)
class _Cut:
    """Along one axis: the first pixel taken, how many, and the share of each one's next neighbour."""

    first: int
    count: int
    share: float


def _cut(size: int, at: float, count: int) -> tuple[_Cut, slice]:
    whole, share = _split(at)
    first = max(0, math.ceil(-0.5 - at + _SAME))
    last = min(count - 1, math.floor(size - 0.5 - at - _SAME))
    return _Cut(first + whole, max(0, last - first + 1), share), slice(first, max(first, last + 1))


def _mixed(picture: Wide, cut: _Cut, axis: int) -> Wide:
    """Neighbours along an axis, mixed; half a pixel beyond the outer centers the outer ones count alone."""
    at = np.clip(np.arange(cut.first, cut.first + cut.count + (cut.share > 0)), 0, picture.shape[axis] - 1)
    taken = picture[at] if axis == 0 else picture[:, at]
    if not cut.share:
        return taken
    if axis == 0:
        return taken[:-1] * (1 - cut.share) + taken[1:] * cut.share
    return taken[:, :-1] * (1 - cut.share) + taken[:, 1:] * cut.share


def _split(at: float) -> tuple[int, float]:
    """Whole part and rest; a rest that is as good as nothing, or as one, is none."""
    whole = math.floor(at + _SAME)
    share = at - whole
    return whole, share if share > _SAME else 0.0


def _is_padding(values: Slice, padding: tuple[float, float]) -> npt.NDArray[np.bool_]:
    return (values >= padding[0]) & (values <= padding[1])


def _wide(values: Slice) -> Wide:
    return values.astype(np.float64 if values.dtype.itemsize > 2 and values.dtype.kind in "iu" else np.float32)


def _of_type(values: Wide, kind: np.dtype[Any]) -> Slice:
    return np.rint(values).astype(kind) if kind.kind in "iu" else values.astype(kind)
