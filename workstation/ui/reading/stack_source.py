"""The pixels of one series as a viewport's source: slices that arrived, and all of them once the volume is in."""

from __future__ import annotations

from workstation.domain.geometry import Geometry
from workstation.domain.regrid import even_grid
from workstation.domain.series import Stack
from workstation.domain.volume import Colour, SlicePixels, Values, Volume
from workstation.imaging.pixels.resample import straightened_words

_MOST_PENDING = 16


class StackSource:
    """The slices of one stack: those that arrived, and all of them once the volume is in (a viewport's SliceSource)."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._slices: dict[int, SlicePixels] = {}
        self._volume: Volume | None = None

    @property
    def geometry(self) -> Geometry | None:
        return self.stack.geometry

    @property
    def count(self) -> int:
        return self.stack.slices

    @property
    def rows(self) -> int:
        return self.stack.rows

    @property
    def columns(self) -> int:
        return self.stack.columns

    @property
    def spacing(self) -> tuple[float, float] | None:
        return self.stack.geometry.spacing if self.stack.geometry is not None else self.stack.instances[0].spacing

    @property
    def unit(self) -> str:
        return self.stack.unit

    @property
    def padding(self) -> tuple[float, float] | None:
        if self._volume is not None:
            return self._volume.padding
        first = self.stack.instances[0]
        if first.padding is None or first.slope is None or first.intercept is None:
            return None
        low, high = sorted(value * first.slope + first.intercept for value in first.padding)
        return (low, high)

    @property
    def inverted(self) -> bool:
        return self.stack.instances[0].pixels.photometric == "MONOCHROME1"

    @property
    def loaded(self) -> bool:
        return self._volume is not None

    @property
    def volume(self) -> Volume | None:
        """All slices; None while they are not in."""
        return self._volume

    def slice_values(self, k: int) -> Values | None:
        if self._volume is not None:
            values: Values = self._volume.values[k]
            return values
        pixels = self._slices.get(k)
        return pixels.values if pixels is not None else None

    def slice_colour(self, k: int) -> Colour | None:
        if self._volume is not None:
            return self._volume.colour[k] if self._volume.colour is not None else None
        pixels = self._slices.get(k)
        return pixels.colour if pixels is not None else None

    def take_slice(self, k: int, pixels: SlicePixels) -> None:
        if self._volume is None:
            self._slices[k] = pixels
            while len(self._slices) > _MOST_PENDING:
                del self._slices[next(iter(self._slices))]

    def take_volume(self, volume: Volume) -> None:
        self._volume = volume
        self._slices.clear()


class StraightSource(StackSource):
    """The same stack resampled onto its even grid: nothing of it before all of it is in."""

    def __init__(self, stack: Stack, geometry: Geometry) -> None:
        super().__init__(stack)
        self._grid = even_grid(geometry)
        self.words = straightened_words(geometry)

    @property
    def geometry(self) -> Geometry:
        return self._grid

    @property
    def count(self) -> int:
        return self._grid.slices

    @property
    def rows(self) -> int:
        return self._grid.rows

    @property
    def columns(self) -> int:
        return self._grid.columns
