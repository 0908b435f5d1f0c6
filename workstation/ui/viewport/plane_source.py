"""Other planes of a volume as slices of their own: along its grid, in any direction, one plane or slabs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import numpy as np

from workstation.domain.crosshair import stack_across
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry, Plane, Vector
from workstation.domain.mask_slab import cut_ahead
from workstation.domain.projection import slab_plane, slice_plane
from workstation.domain.series import Stack
from workstation.domain.slab import NO_SLAB, Slab, SlabKind
from workstation.domain.volume import Colour, LabelVolume, Values, Volume
from workstation.domain.work import CancelToken
from workstation.imaging.pixels.oblique import Cutter, coarser
from workstation.imaging.pixels.reslice import Planes, plane_geometry
from workstation.ui.viewport.source import SliceSource, VolumeSource

_KEPT: Final = 12  # planes that were made: back and forth costs nothing
_QUICK: Final = 2  # pixels of a side that are made as one while something is dragged


class CutSource:
    """Slices that have to be made first, off the window's thread: `make`, then `take`; until then there is no value.

    raises NO_GEOMETRY: uneven and sheared stacks have no such planes until they are straightened
    """

    def __init__(self, cutter: Cutter, geometry: Geometry, slab: Slab) -> None:
        volume = cutter.volume
        self.cutter, self.slab = cutter, slab
        self.geometry: Geometry | None = geometry
        self._planes = geometry
        self.count, self.rows, self.columns = geometry.shape
        self.spacing: tuple[float, float] | None = geometry.spacing
        self.unit, self.inverted = volume.unit, volume.inverted
        self.padding: tuple[float, float] | None = volume.padding or (cutter.outside, cutter.outside)
        self._kept: OrderedDict[int, tuple[Values, bool]] = OrderedDict()

    def slice_values(self, k: int) -> Values | None:
        kept = self._kept.get(k)
        return kept[0] if kept is not None else None

    def slice_colour(self, k: int) -> Colour | None:
        return None  # planes are cut from the values

    @property
    def slab_mm(self) -> float:
        """How thick the slab is; 0 for planes."""
        return self.slab.thickness_mm if self.slab.kind is not SlabKind.OFF else 0.0

    def lacks(self, k: int, *, quick: bool) -> bool:
        """Whether slice k has to be made: not at all there, or only at half the resolution."""
        kept = self._kept.get(k)
        return kept is None or (kept[1] and not quick)

    def make(
        self, k: int, *, quick: bool, cancel: CancelToken | None = None, masks: Sequence[LabelVolume] = ()
    ) -> Values:
        """Slice k [row, column]; may be called on any thread.

        quick   half the resolution, each pixel four times
        masks   what will be painted over it: they are cut as well, so that painting finds the cuts
        raises  Cancelled
        """
        cut_ahead(masks, slab_plane(self._planes, k, self.slab_mm))
        plane = slice_plane(self._planes, k)
        if not quick:
            return self.cutter.cut(plane, self.slab, cancel)
        half = self.cutter.cut(coarser(plane, _QUICK), self.slab, cancel)
        # A picture is looked up sixteen bits at a time, so it has to lie in one piece.
        values: Values = np.repeat(np.repeat(half, _QUICK, axis=0), _QUICK, axis=1)[: self.rows, : self.columns].copy()
        return values

    def take(self, k: int, values: Values, *, quick: bool) -> None:
        if self.lacks(k, quick=quick):
            self._kept[k] = (values, quick)
            self._kept.move_to_end(k)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


class ObliqueSource(CutSource):
    """Planes in any direction through all of a volume, ascending along their normal like any stack."""

    def __init__(self, cutter: Cutter, right: Vector, down: Vector, slab: Slab = NO_SLAB) -> None:
        geometry = cutter.volume.geometry
        if geometry is None:
            raise WorkstationError(ErrorCode.NO_GEOMETRY)
        super().__init__(cutter, stack_across(geometry, right, down), slab)


class SlabSource(CutSource):
    """Slabs along the volume's own grid."""

    def __init__(self, cutter: Cutter, plane: Plane, slab: Slab) -> None:
        if cutter.volume.geometry is None:
            raise WorkstationError(ErrorCode.NO_GEOMETRY)
        super().__init__(cutter, plane_geometry(cutter.volume.geometry, plane), slab)


class PlaneSource:
    """Planes along the volume's own grid: nothing is interpolated, so they are there at once."""

    def __init__(self, volume: Volume, plane: Plane) -> None:
        if volume.geometry is None:
            raise WorkstationError(ErrorCode.NO_GEOMETRY)
        self._planes = Planes(volume, plane)
        self.geometry: Geometry | None = plane_geometry(volume.geometry, plane)
        self.count, self.rows, self.columns = self.geometry.shape
        self.spacing: tuple[float, float] | None = self.geometry.spacing
        self.unit, self.padding, self.inverted = volume.unit, volume.padding, volume.inverted

    def slice_values(self, k: int) -> Values | None:
        return self._planes.values(k)

    def slice_colour(self, k: int) -> Colour | None:
        return None


def source_of(volume: Volume, stack: Stack, plane: Plane) -> SliceSource:
    """Slices as acquired for the stack's own plane, else cut from the volume."""
    if plane is stack.plane or plane is Plane.NONE:
        return VolumeSource(volume, stack.instances[0].spacing)
    return PlaneSource(volume, plane)


def plane_source(
    cutter: Cutter, plane: Plane, ways: tuple[Vector, Vector] | None, slab: Slab = NO_SLAB
) -> PlaneSource | CutSource:
    """ways: right and down of a plane that is turned; None: it runs along the volume's grid."""
    if ways is not None:
        return ObliqueSource(cutter, *ways, slab)
    if slab.kind is not SlabKind.OFF:
        return SlabSource(cutter, plane, slab)
    return PlaneSource(cutter.volume, plane)
