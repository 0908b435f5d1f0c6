"""Labels that may overlap → as many label volumes as that takes, each no larger than what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.finding import Basis
from workstation.domain.geometry import Geometry
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words
from workstation.imaging.objects.frame_places import FramePlace, Grid

_MOST: Final = 255  # labels of one volume


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
    def area(self) -> tuple[slice, slice]:
        return (slice(self.top, self.top + self.shape[0]), slice(self.left, self.left + self.shape[1]))


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
        self, names: Mapping[int, Words], basis: Basis = Basis.VENDOR
    ) -> tuple[tuple[LabelVolume, ...], dict[int, tuple[Mask, ...]]]:
        masks: list[LabelVolume] = []
        shapes: dict[int, tuple[Mask, ...]] = {}
        for grid, labels in self._patches.items():
            box = _box([patch for patches in labels.values() for patch in patches], grid.geometry.slices)
            geometry = _cropped(grid.geometry, box)
            volumes: list[npt.NDArray[np.uint8]] = []
            held: list[dict[int, int]] = []
            for number, patches in labels.items():
                at = _free(volumes, held, patches, box)
                if at == len(volumes):
                    volumes.append(np.zeros(geometry.shape, dtype=np.uint8))
                    held.append({})
                label = len(held[at]) + 1
                held[at][number] = label
                for patch in patches:
                    volumes[at][_within(patch, box)][patch.covered()] = label
                name = f"{self.name}-{len(masks) + at + 1}"
                shapes[number] = (*shapes.get(number, ()), Mask(volume=name, label=label))
            masks += [
                LabelVolume(
                    name=f"{self.name}-{len(masks) + at + 1}",
                    values=values,
                    geometry=geometry,
                    names={label: names[number] for number, label in held[at].items() if number in names},
                    basis=basis,
                )
                for at, values in enumerate(volumes)
            ]
        return tuple(masks), shapes


_Box = tuple[int, int, int, int, int, int]  # first and last (slice, row, column), the last one beyond


def _patch(covered: npt.NDArray[np.bool_], k: int, corner: tuple[int, int]) -> _Patch | None:
    rows = np.flatnonzero(covered.any(axis=1))
    if not len(rows):
        return None
    columns = np.flatnonzero(covered.any(axis=0))
    part = covered[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    top, left = corner[0] + int(rows[0]), corner[1] + int(columns[0])
    return _Patch(k, top, left, np.packbits(part), (part.shape[0], part.shape[1]))


def _box(patches: list[_Patch], slices: int) -> _Box:
    """With an empty slice at both ends where the grid has one: the next may lie nearer than half a step."""
    return (
        max(0, min(p.at for p in patches) - 1),
        min(slices, max(p.at for p in patches) + 2),
        min(p.top for p in patches),
        max(p.top + p.shape[0] for p in patches),
        min(p.left for p in patches),
        max(p.left + p.shape[1] for p in patches),
    )


def _within(patch: _Patch, box: _Box) -> tuple[int, slice, slice]:
    down, right = patch.area
    return (
        patch.at - box[0],
        slice(down.start - box[2], down.stop - box[2]),
        slice(right.start - box[4], right.stop - box[4]),
    )


def _free(volumes: list[npt.NDArray[np.uint8]], held: list[dict[int, int]], patches: list[_Patch], box: _Box) -> int:
    """The first volume where none of these voxels is taken; one beyond the last if there is none."""
    for at, values in enumerate(volumes):
        if len(held[at]) < _MOST and not any(values[_within(p, box)][p.covered()].any() for p in patches):
            return at
    return len(volumes)


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
