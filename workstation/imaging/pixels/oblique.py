"""Any plane of a volume, and slabs of planes: trilinear, 512 × 512 pixels in a few milliseconds.

Along a row of the picture a straight line goes through the volume, so what of the row lies inside is one run, known
beforehand, and nothing outside it is looked up. Rows are made in blocks that stay in the processor's cache; corners of
a cell are taken from eight views of one array by the same indices.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Vector, step_across
from workstation.domain.projection import ViewPlane
from workstation.domain.slab import NO_SLAB, Slab, SlabKind
from workstation.domain.volume import Values, Volume
from workstation.domain.work import CancelToken

_BLOCK: Final = 64 * 512  # pixels made at once
_THREADS: Final = 2  # more would only wait for memory, and for one another
_ALONE: Final = 2**18  # pixels below which a second thread only takes time from the window's
_EDGE: Final = 0.5  # of a voxel beyond the outer centers still belongs to the volume
_LOWEST: Final = -1e30  # of real numbers, and still fit to be reckoned with
_NO_PART: Final = 2e-4  # of a voxel's value: a line along the grid misses its centers by so little in 32 bits
_LARGE: Final = 2**31  # voxels that 32 bits can't count

Wide = npt.NDArray[Any]  # float32, or float64 for wide integers
Index = npt.NDArray[np.intp]


class Cutter:
    """Planes of one volume. Its values are used where they lie if they are contiguous, as loaded ones are.

    outside  the value of pixels that stand for no measurement: beyond the volume, or where padding has a part in the
             value. The padding; of a volume without any the lowest number of its type, which no CT or MR holds
    raises   NO_GEOMETRY: uneven and sheared stacks have no such planes until they are straightened
    """

    def __init__(self, volume: Volume) -> None:
        affine = volume.geometry.affine() if volume.geometry is not None else None
        if affine is None:
            raise WorkstationError(ErrorCode.NO_GEOMETRY)
        values = volume.values
        self.volume = volume
        self._values = np.ascontiguousarray(values)
        self._shape = values.shape
        self._padding = volume.padding
        self._to_index = np.linalg.inv(affine)
        self._wide = np.dtype(np.float64 if values.dtype.itemsize > 2 and values.dtype.kind in "iu" else np.float32)
        _, rows, columns = values.shape
        strides = [
            stride if size > 1 else 0 for stride, size in zip((rows * columns, columns, 1), self._shape, strict=True)
        ]
        flat = self._values.reshape(-1)
        self._corners = [
            flat[k * strides[0] + r * strides[1] + c * strides[2] :] for k in (0, 1) for r in (0, 1) for c in (0, 1)
        ]
        self.outside = outside_of(volume)

    def cut(self, plane: ViewPlane, slab: Slab = NO_SLAB, cancel: CancelToken | None = None) -> Values:
        """Values [row, column] on the plane, of the volume's type.

        slab    planes as far apart as the volume's own, as many as lie within its thickness: their highest, lowest or
                mean value
        raises  Cancelled
        """
        assert self.volume.geometry is not None
        normal = _vector(plane.normal)
        step = step_across(self.volume.geometry, normal)
        lines = [self._lines(plane, np.array(normal) * offset) for offset in slab.offsets(step)]
        out: Values = np.full((plane.rows, plane.columns), self.outside, dtype=self._values.dtype)
        height = max(1, _BLOCK // max(1, plane.columns))
        tops = range(0, plane.rows, height)

        def fill(mine: range) -> None:
            scratch = _Scratch.of(height * plane.columns, self._values, self._wide)
            for top in mine:
                if cancel is not None:
                    cancel.check()
                self._fill(out[top : top + height], [one.rows(top, top + height) for one in lines], slab.kind, scratch)

        if len(lines) * out.size < _ALONE:
            fill(tops)
            return out
        with ThreadPoolExecutor(_THREADS) as pool:
            for _ in pool.map(fill, (tops[part::_THREADS] for part in range(_THREADS))):
                pass
        return out

    def _lines(self, plane: ViewPlane, shift: npt.NDArray[np.float64]) -> _Lines:
        start = self._to_index[:3, :3] @ (np.array(plane.position) + shift) + self._to_index[:3, 3]
        down = self._to_index[:3, :3] @ (np.array(plane.down) * plane.spacing[0])
        right = self._to_index[:3, :3] @ (np.array(plane.right) * plane.spacing[1])
        starts = start + np.arange(plane.rows)[:, None] * down
        return _Lines(starts, right, *_runs(starts, right, self._shape, plane.columns))

    def _fill(self, out: Values, lines: Sequence[_Lines], kind: SlabKind, scratch: _Scratch) -> None:
        """Some rows of the picture. Where nothing is measured the value is not a number until the end."""
        inside = [one for one in lines if (one.first <= one.last).any()]
        if not inside:
            return
        left = min(int(one.first[one.first <= one.last].min()) for one in inside)
        right = max(int(one.last[one.first <= one.last].max()) for one in inside) + 1
        if len(inside) == len(lines) == 1:
            mixed = self._sample(inside[0], left, right, scratch)
        else:
            mixed = _combined((self._sample(one, left, right, scratch) for one in inside), kind)
        if out.dtype.kind in "iu":
            np.rint(mixed, out=mixed)
        if np.isnan(mixed.sum()):
            mixed[np.isnan(mixed)] = self.outside
        out[:, left:right] = mixed

    def _sample(self, lines: _Lines, left: int, right: int, scratch: _Scratch) -> Wide:
        """Trilinear values [row, column − left]; not a number outside the volume, and where padding has a part.

        The answer shares `scratch`: it holds until the next call.
        """
        rows, columns = len(lines.starts), right - left
        index, shares = self._cells(lines, left, right, scratch)
        raw, a, b, c, d = (part[: rows * columns].reshape(rows, columns) for part in scratch.mixing)
        empty: npt.NDArray[np.bool_] | None = None

        def corner(at: int, into: Wide) -> None:
            nonlocal empty
            np.take(self._corners[at], index, out=raw, mode="wrap")  # all lie within; "wrap" spares numpy a copy
            into[...] = raw
            if self._padding is not None:
                low, high = self._padding
                padded = (raw >= low) & (raw <= high)
                if padded.any():
                    for share, far in zip(shares, (at & 4, at & 2, at & 1), strict=True):
                        padded &= share > _NO_PART if far else share < 1 - _NO_PART
                empty = padded if empty is None else np.logical_or(empty, padded, out=empty)

        def edge(at: int, into: Wide, other: Wide) -> None:
            corner(at, into)
            corner(at + 1, other)
            _mix(into, other, shares[2])

        edge(0, a, b)
        edge(2, b, c)
        _mix(a, b, shares[1])
        edge(4, b, c)
        edge(6, c, d)
        _mix(b, c, shares[1])
        _mix(a, b, shares[0])
        if empty is not None and empty.any():
            a[empty] = np.nan
        for row in np.flatnonzero((lines.first > left) | (lines.last < right - 1)).tolist():
            a[row, : max(0, lines.first[row] - left)] = np.nan
            a[row, max(0, lines.last[row] + 1 - left) :] = np.nan
        return a

    def _cells(self, lines: _Lines, left: int, right: int, scratch: _Scratch) -> tuple[Index, list[Wide]]:
        """For each pixel its cell's first corner in the flat array, and its share of the way to the next one along
        each axis."""
        rows, columns = len(lines.starts), right - left
        count = rows * columns
        index, whole, flat = (part[:count].reshape(rows, columns) for part in scratch.cells)
        shares = [part[:count].reshape(rows, columns) for part in scratch.shares]
        across = np.arange(left, right)
        for axis, (share, size) in enumerate(zip(shares, self._shape, strict=True)):
            starts = lines.starts[:, axis]
            np.add(starts.astype(share.dtype)[:, None], (across * lines.right[axis]).astype(share.dtype), out=share)
            ends = share[:: max(1, rows - 1), :: max(1, columns - 1)]  # along lines: nothing lies beyond its corners
            if ends.min() < 0 or ends.max() > size - 1:
                np.clip(share, 0, size - 1, out=share)
            whole[...] = share  # cut off, which is down for what is not negative
            if size > 1:
                np.minimum(whole, size - 2, out=whole)
            np.subtract(share, whole, out=share, dtype=share.dtype, casting="unsafe")
            if axis == 0:
                flat[...] = whole
            else:
                np.multiply(flat, size, out=flat)
                np.add(flat, whole, out=flat if axis == 1 else index)
        return index, shares


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """The rows of a picture as lines through the volume, in its (slice, row, column) index.

    starts       [row, 3], the first pixel's; `right` the way to the next pixel
    first, last  [row], the pixels of each that lie in the volume; first > last: none
    """

    starts: npt.NDArray[np.float64]
    right: npt.NDArray[np.float64]
    first: npt.NDArray[np.intp]
    last: npt.NDArray[np.intp]

    def rows(self, top: int, bottom: int) -> _Lines:
        part = slice(top, bottom)
        return _Lines(self.starts[part], self.right, self.first[part], self.last[part])


def _runs(
    starts: npt.NDArray[np.float64], right: npt.NDArray[np.float64], shape: tuple[int, ...], columns: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """First and last pixel of each row in the volume, half a voxel beyond the outer centers included."""
    first, last = np.zeros(len(starts)), np.full(len(starts), columns - 1.0)
    for start, way, size in zip(starts.T, right, shape, strict=True):
        low, high = -_EDGE - start, size - 1 + _EDGE - start
        if abs(way) * columns < 1e-6:
            last[(low > 0) | (high < 0)] = -1
            continue
        near, far = np.minimum(low / way, high / way), np.maximum(low / way, high / way)
        np.maximum(first, np.ceil(near - 1e-6), out=first)
        np.minimum(last, np.floor(far + 1e-6), out=last)
    return first.astype(np.intp), last.astype(np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class _Scratch:
    """Memory of one block, used again by the next."""

    cells: tuple[npt.NDArray[Any], ...]
    shares: tuple[Wide, ...]
    mixing: tuple[npt.NDArray[Any], ...]

    @staticmethod
    def of(pixels: int, values: npt.NDArray[Any], wide: np.dtype[Any]) -> _Scratch:
        flat = np.int32 if values.size < _LARGE else np.int64
        return _Scratch(
            cells=(np.empty(pixels, np.intp), np.empty(pixels, np.int32), np.empty(pixels, flat)),
            shares=tuple(np.empty(pixels, wide) for _ in range(3)),
            mixing=(np.empty(pixels, values.dtype), *(np.empty(pixels, wide) for _ in range(4))),
        )


def _combined(planes: Iterable[Wide], kind: SlabKind) -> Wide:
    """The highest, lowest or mean value of each pixel over the planes that have one there."""
    total: Wide | None = None
    count: npt.NDArray[np.int32] | None = None
    for one in planes:
        if kind is SlabKind.MEAN:
            there = ~np.isnan(one)
            one[~there] = 0
            count = there.astype(np.int32) if count is None else np.add(count, there, out=count)
        if total is None:
            total = one.copy()  # the next plane is made in the same memory
        else:
            _JOIN[kind](total, one, out=total)
    assert total is not None
    if count is not None:
        with np.errstate(invalid="ignore"):
            total /= count
    return total


_JOIN: Final = {SlabKind.MIP: np.fmax, SlabKind.MINIP: np.fmin, SlabKind.MEAN: np.add, SlabKind.OFF: np.fmax}


def outside_of(volume: Volume) -> float:
    """The value of pixels where nothing is measured."""
    if volume.padding is not None:
        return volume.padding[0]
    kind = volume.values.dtype
    if kind.kind == "f":
        return _LOWEST
    whole: np.iinfo[Any] = np.iinfo(kind)
    return float(whole.min if kind.kind == "i" else whole.max)


def coarser(plane: ViewPlane, factor: int) -> ViewPlane:
    """The same plane with pixels `factor` times as large; its first pixel covers the first ones of the finer."""
    half = (factor - 1) / 2
    return replace(
        plane,
        position=_vector(plane.to_patient(half, half)),
        spacing=(plane.spacing[0] * factor, plane.spacing[1] * factor),
        rows=math.ceil(plane.rows / factor),
        columns=math.ceil(plane.columns / factor),
    )


def _vector(values: npt.NDArray[np.float64]) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))


def _mix(near: Wide, far: Wide, share: Wide) -> None:
    """near + (far − near) × share, into `near`; `far` is used up."""
    np.subtract(far, near, out=far)
    np.multiply(far, share, out=far)
    np.add(near, far, out=near)
