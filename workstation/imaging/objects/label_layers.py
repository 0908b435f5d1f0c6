"""Labels that may overlap → as many label volumes as that takes, each no larger than what it holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.geometry import Geometry
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words
from workstation.imaging.objects.frame_places import FramePlace, Grid

_MOST: Final = 255  # labels of one volume
_LARGEST: Final = 2**31  # bytes of all volumes of one object


@dataclass(slots=True, eq=False)
class _Patch:
    """Where one label covers one slice: packed bits of the smallest rectangle that holds them."""

    at: int
    top: int
    left: int
    bits: npt.NDArray[np.uint8]
    shape: tuple[int, int]

    def covered(self) -> npt.NDArray[np.bool_]:
        count = self.shape[0] * self.shape[1]
        return np.unpackbits(self.bits, count=count).reshape(self.shape).astype(np.bool_)

    @property
    def bottom(self) -> int:
        return self.top + self.shape[0]

    @property
    def right(self) -> int:
        return self.left + self.shape[1]


@dataclass(slots=True, eq=False)
class LabelLayers:
    """Takes frames one by one; `made` gives the volumes and which label of which each number became."""

    name: str
    _patches: dict[Grid, dict[int, list[_Patch]]] = field(default_factory=dict)

    def add(self, grid: Grid, number: int, values: npt.NDArray[np.generic], place: FramePlace) -> None:
        """number  of the label that all of `values` other than 0 is; 0: the values are the numbers"""
        rows, columns = grid.area_of(place)
        self.put(grid, number, values, grid.slice_of(place), (rows.start, columns.start))

    def put(
        self,
        grid: Grid,
        number: int,
        values: npt.NDArray[np.generic],
        k: int,
        corner: tuple[int, int] = (0, 0),
    ) -> None:
        """The same, with the slice of the grid, and its row and column where the values begin."""
        found = [number] if number else [int(one) for one in np.unique(values) if one]
        for one in found:
            covered = values != 0 if number else values == one
            patch = _patch(covered, k, corner)
            if patch is not None:
                self._patches.setdefault(grid, {}).setdefault(one, []).append(patch)

    def made(
        self, names: Mapping[int, Words], basis: Basis = Basis.VENDOR, largest: int | None = _LARGEST
    ) -> tuple[tuple[LabelVolume, ...], dict[int, tuple[Mask, ...]]]:
        """largest: bytes of all volumes, None for any number. raises TOO_LARGE"""
        made = [(grid, layer) for grid, labels in self._patches.items() for layer in _layers(labels)]
        size = sum(math.prod(_sizes(layer.box(grid.geometry.slices))) for grid, layer in made)
        if largest is not None and size > largest:
            raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=size >> 20, limit_mb=largest >> 20)
        masks: list[LabelVolume] = []
        shapes: dict[int, tuple[Mask, ...]] = {}
        for grid, layer in made:
            name = f"{self.name}-{len(masks) + 1}"
            for number, label in layer.held.items():
                shapes[number] = (*shapes.get(number, ()), Mask(volume=name, label=label))
            box = layer.box(grid.geometry.slices)
            masks.append(
                LabelVolume(
                    name=name,
                    values=layer.emptied(box),
                    geometry=_cropped(grid.geometry, box),
                    names={label: names[number] for number, label in layer.held.items() if number in names},
                    basis=basis,
                )
            )
        return tuple(masks), shapes


_Box = tuple[int, int, int, int, int, int]  # first and last (slice, row, column), the last one beyond
_Labels = npt.NDArray[np.uint8]


@dataclass(slots=True, eq=False)
class _Layer:
    """One volume while labels come into it: of each slice the smallest rectangle that holds them, and where it lies.

    held  which label each number became
    """

    held: dict[int, int] = field(default_factory=dict)
    planes: dict[int, tuple[int, int, _Labels]] = field(default_factory=dict)

    def free_for(self, patches: list[_Patch]) -> bool:
        return len(self.held) < _MOST and not any(self._taken(patch) for patch in patches)

    def _taken(self, patch: _Patch) -> bool:
        if patch.at not in self.planes:
            return False
        top, left, values = self.planes[patch.at]
        first = max(top, patch.top), max(left, patch.left)
        last = min(top + values.shape[0], patch.bottom), min(left + values.shape[1], patch.right)
        if first[0] >= last[0] or first[1] >= last[1]:
            return False
        own = values[first[0] - top : last[0] - top, first[1] - left : last[1] - left]
        rows, columns = (
            slice(first[0] - patch.top, last[0] - patch.top),
            slice(first[1] - patch.left, last[1] - patch.left),
        )
        return bool(own[patch.covered()[rows, columns]].any())

    def put(self, number: int, patches: list[_Patch]) -> None:
        label = self.held[number] = len(self.held) + 1
        for patch in patches:
            top, left, values = self.planes.get(patch.at) or (patch.top, patch.left, np.zeros(patch.shape, np.uint8))
            first = min(top, patch.top), min(left, patch.left)
            last = max(top + values.shape[0], patch.bottom), max(left + values.shape[1], patch.right)
            if values.shape != (last[0] - first[0], last[1] - first[1]):
                larger = np.zeros((last[0] - first[0], last[1] - first[1]), dtype=np.uint8)
                _part(larger, (top, left), first, values.shape)[:] = values
                values = larger
            self.planes[patch.at] = (*first, values)
            _part(values, (patch.top, patch.left), first, patch.shape)[patch.covered()] = label

    def box(self, slices: int) -> _Box:
        """With an empty slice at both ends where the grid has one: the next may lie nearer than half a step."""
        planes = self.planes.values()
        return (
            max(0, min(self.planes) - 1),
            min(slices, max(self.planes) + 2),
            min(top for top, _, _ in planes),
            max(top + len(values) for top, _, values in planes),
            min(left for _, left, _ in planes),
            max(left + values.shape[1] for _, left, values in planes),
        )

    def emptied(self, box: _Box) -> _Labels:
        """The labels [slice, row, column] of its box. It has none any more: they would take as much again."""
        whole = np.zeros(_sizes(box), dtype=np.uint8)
        while self.planes:
            k, (top, left, values) = self.planes.popitem()
            _part(whole[k - box[0]], (top, left), (box[2], box[4]), values.shape)[:] = values
        return whole


def _layers(labels: Mapping[int, list[_Patch]]) -> list[_Layer]:
    """Each label comes into the first layer where none of its voxels is taken."""
    layers: list[_Layer] = []
    for number, patches in labels.items():
        layer = next((one for one in layers if one.free_for(patches)), None)
        if layer is None:
            layer = _Layer()
            layers.append(layer)
        layer.put(number, patches)
    return layers


def _part(values: _Labels, at: tuple[int, int], first: tuple[int, int], shape: tuple[int, int]) -> _Labels:
    """What lies at a row and column, of values that begin at `first`."""
    top, left = at[0] - first[0], at[1] - first[1]
    return values[top : top + shape[0], left : left + shape[1]]


def _sizes(box: _Box) -> tuple[int, int, int]:
    return (box[1] - box[0], box[3] - box[2], box[5] - box[4])


def _patch(covered: npt.NDArray[np.bool_], k: int, corner: tuple[int, int]) -> _Patch | None:
    rows = np.flatnonzero(covered.any(axis=1))
    if not len(rows):
        return None
    columns = np.flatnonzero(covered.any(axis=0))
    part = covered[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    top, left = corner[0] + int(rows[0]), corner[1] + int(columns[0])
    return _Patch(k, top, left, np.packbits(part), (part.shape[0], part.shape[1]))


def _cropped(geometry: Geometry, box: _Box) -> Geometry:
    first, last, top, bottom, left, right = box
    index = np.array([[k, top, left] for k in range(first, last)])
    # One slice says nothing of the way to the next one: what the whole grid has stays its thickness.
    return Geometry(
        positions=geometry.to_patient(index),
        row_cosine=geometry.row_cosine,
        column_cosine=geometry.column_cosine,
        spacing=geometry.spacing,
        rows=bottom - top,
        columns=right - left,
        thickness=geometry.step,
    )
