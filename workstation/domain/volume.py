"""Pixels with their place: rescaled values [slice, row, column] in canonical order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.finding import Basis
from workstation.domain.geometry import Geometry
from workstation.domain.words import Words

_LABELS: Final = 256  # what a byte can say

Values = npt.NDArray[np.int16] | npt.NDArray[np.uint16] | npt.NDArray[np.float32] | npt.NDArray[np.int32]


Colour = npt.NDArray[np.uint8]  # [slice, row, column, 3] or one slice [row, column, 3], sRGB


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Volume:
    """
    values    [slice, row, column], after the Modality LUT (HU for CT); of coloured pictures the luma
    colour    [slice, row, column, 3] as it is shown; None: gray
    geometry  where the slices lie; None for pictures without a place
    unit      of `values` ("HU", "")
    padding   rescaled values (low, high) that hold no measurement: left out of statistics, painted as background
    inverted  MONOCHROME1: low values are bright
    """

    values: Values
    geometry: Geometry | None
    unit: str
    padding: tuple[float, float] | None = None
    inverted: bool = False
    colour: Colour | None = None

    @property
    def nbytes(self) -> int:
        return self.values.nbytes + (self.colour.nbytes if self.colour is not None else 0)


@dataclass(frozen=True, slots=True, eq=False)
class SlicePixels:
    """One slice of a volume: its values [row, column], and its colour [row, column, 3] where it has one."""

    values: Values
    colour: Colour | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResultVolume:
    """An image file of an answer, as it was read.

    name        of the file, without folders: `mask.nii.gz`
    values      [k, j, i] as stored, scaled where the file says so; [k, j, i, 3] for a field of vectors
    to_patient  4×4: index (i, j, k) from 0 → patient LPS mm
    """

    name: str
    values: npt.NDArray[np.generic]
    to_patient: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class LabelVolume:
    """A mask: small integers [slice, row, column] on a grid; 0 is background.

    names   label → what it is
    covers  [slice, label]: how many voxels of each slice have each label; counted once, where the mask is made
    voxels  label → how many have it, of those that any has
    """

    name: str
    values: npt.NDArray[np.uint8]
    geometry: Geometry
    names: Mapping[int, Words] = field(default_factory=dict)
    basis: Basis | None = None
    covers: npt.NDArray[np.int32] = field(init=False)
    voxels: Mapping[int, int] = field(init=False)

    def __post_init__(self) -> None:
        covers = np.zeros((len(self.values), _LABELS), dtype=np.int32)
        for into, plane in zip(covers, self.values, strict=True):  # slice by slice: it takes eight bytes a voxel
            into[:] = np.bincount(plane.ravel(), minlength=_LABELS)
        counts = covers.sum(axis=0)
        object.__setattr__(self, "covers", covers)
        found = {label: int(counts[label]) for label in range(1, _LABELS) if counts[label]}
        object.__setattr__(self, "voxels", found)
