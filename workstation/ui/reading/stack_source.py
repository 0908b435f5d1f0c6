"""The pixels of one series as a viewport's source: slices that arrived, and all of them once the volume is in."""

from __future__ import annotations

from enum import Enum
from typing import Final

from workstation.domain.geometry import Geometry
from workstation.domain.regrid import even_grid
from workstation.domain.ruler import RulerCalibration, with_ruler
from workstation.domain.series import Stack
from workstation.domain.volume import Colour, SlicePixels, Values, Volume
from workstation.domain.words import Words
from workstation.imaging.pixels.resample import straightened_words
from workstation.imaging.pixels.smaller import smaller_grid, smaller_words

KEPT_SLICES_BYTES: Final = 2**28  # of single slices, while there is no volume, or where none can be


class Form(Enum):
    """How a series is shown."""

    ACQUIRED = "acquired"
    STRAIGHT = "straight"  # resampled onto its even grid
    SMALLER = "smaller"  # larger pixels, because its own are too many for the memory


class StackSource:
    """The slices of one stack: those that arrived, and all of them once the volume is in (a viewport's SliceSource)."""

    form = Form.ACQUIRED
    words: Words | None = None  # what is not as acquired

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.calibrated = stack  # with the ruler that the reader marked in it
        self.too_large = False  # for the memory: its slices are read one by one
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
        return self.stack.geometry.spacing if self.stack.geometry is not None else self.calibrated.instances[0].spacing

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

    def take_ruler(self, ruler: RulerCalibration | None) -> None:
        """How large its pixels are from now on, by hand."""
        self.calibrated = with_ruler(self.stack, ruler)

    def take_slice(self, k: int, pixels: SlicePixels) -> None:
        if self._volume is None:
            self._slices[k] = pixels
            most = max(16, KEPT_SLICES_BYTES // max(1, pixels.values.nbytes))
            while len(self._slices) > most:
                del self._slices[next(iter(self._slices))]

    def take_volume(self, volume: Volume) -> None:
        self._volume = volume
        self._slices.clear()


class _OnGrid(StackSource):
    """The same stack on another grid: nothing of it before all of it is in."""

    def __init__(self, stack: Stack, grid: Geometry) -> None:
        super().__init__(stack)
        self._grid = grid

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

    @property
    def spacing(self) -> tuple[float, float]:
        return self._grid.spacing


class StraightSource(_OnGrid):
    form = Form.STRAIGHT

    def __init__(self, stack: Stack, geometry: Geometry) -> None:
        super().__init__(stack, even_grid(geometry))
        self.words = straightened_words(geometry)


class SmallerSource(_OnGrid):
    form = Form.SMALLER

    def __init__(self, stack: Stack, geometry: Geometry) -> None:
        super().__init__(stack, smaller_grid(geometry))
        self.words = smaller_words()


def source_of(stack: Stack, form: Form) -> StackSource:
    """A stack without a place has one form only."""
    if stack.geometry is None or form is Form.ACQUIRED:
        return StackSource(stack)
    return (StraightSource if form is Form.STRAIGHT else SmallerSource)(stack, stack.geometry)
