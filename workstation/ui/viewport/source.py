"""What a viewport shows slices of: a whole volume, or one that is still arriving."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import Geometry
from workstation.domain.percentiles import nearly_all
from workstation.domain.volume import Colour, Values, Volume

SliceValues = Values
Spacing = tuple[float, float]


class SliceSource(Protocol):
    """Rescaled slices in canonical order.

    geometry  None for pictures without a place
    spacing   between rows, between columns, mm; None where the picture tells no size
    padding   rescaled values (low, high) that hold no measurement
    inverted  MONOCHROME1: low values are bright
    """

    @property
    def geometry(self) -> Geometry | None: ...
    @property
    def count(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> int: ...
    @property
    def spacing(self) -> Spacing | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def padding(self) -> tuple[float, float] | None: ...
    @property
    def inverted(self) -> bool: ...

    def slice_values(self, k: int) -> SliceValues | None:
        """Slice k [row, column]; None: not loaded yet."""
        ...

    def slice_colour(self, k: int) -> Colour | None:
        """Slice k as it is shown, [row, column, 3]; None: it is gray, or not loaded yet."""
        ...


class VolumeSource:
    """A volume that is in memory. `spacing` only matters for one without geometry."""

    def __init__(self, volume: Volume, spacing: Spacing | None = None) -> None:
        self._volume = volume
        self._spacing = volume.geometry.spacing if volume.geometry is not None else spacing

    @property
    def geometry(self) -> Geometry | None:
        return self._volume.geometry

    @property
    def count(self) -> int:
        return int(self._volume.values.shape[0])

    @property
    def rows(self) -> int:
        return int(self._volume.values.shape[1])

    @property
    def columns(self) -> int:
        return int(self._volume.values.shape[2])

    @property
    def spacing(self) -> Spacing | None:
        return self._spacing

    @property
    def unit(self) -> str:
        return self._volume.unit

    @property
    def padding(self) -> tuple[float, float] | None:
        return self._volume.padding

    @property
    def inverted(self) -> bool:
        return self._volume.inverted

    def slice_values(self, k: int) -> SliceValues | None:
        values: SliceValues = self._volume.values[k]
        return values

    def slice_colour(self, k: int) -> Colour | None:
        return self._volume.colour[k] if self._volume.colour is not None else None


_SAMPLED_SLICES = 9
_SAMPLED_STEP = 4


def data_range(source: SliceSource, shown: int) -> tuple[float, float] | None:
    """The 1st and 99th percentile of what is loaded, padding left out; None while none of the slices asked for is.

    shown  a slice to look at besides those spread over the stack: the one that is on the screen
    """
    parts: list[npt.NDArray[np.float32]] = []
    spread = np.linspace(0, source.count - 1, _SAMPLED_SLICES).round().astype(int)
    for k in sorted({*spread.tolist(), shown}):
        values = source.slice_values(k)
        if values is not None:
            parts.append(values[::_SAMPLED_STEP, ::_SAMPLED_STEP].astype(np.float32).ravel())
    if not parts:
        return None
    sample = np.concatenate(parts)
    if source.padding is not None:
        kept = sample[(sample < source.padding[0]) | (sample > source.padding[1])]
        sample = kept if len(kept) else sample
    low, high = nearly_all(sample[np.isfinite(sample)])
    return (low, high if high > low else low + 1.0)
