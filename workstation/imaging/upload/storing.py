"""Values of a volume → 16-bit stored pixels: exact where they are whole numbers, else by a scale that is told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.volume import Volume
from workstation.domain.words import Words, say
from workstation.imaging.upload.write import decimal

_LOW, _HIGH, _ROOM = -32768, 32767, 65535
HU: Final = "HU"


@dataclass(frozen=True, slots=True, kw_only=True)
class Storing:
    """stored = (value - intercept) / slope, rounded to int16; `slope` and `intercept` are what a header can hold.

    instead  stands for values that are no numbers
    said     what that does to the values; None: nothing
    """

    slope: float = 1.0
    intercept: float = 0.0
    instead: float = 0.0
    said: Words | None = None

    def stored(self, values: npt.NDArray[Any]) -> npt.NDArray[np.int16]:
        """Any type, any shape → little endian int16 of the same shape."""
        if values.dtype == np.int16 and (self.slope, self.intercept) == (1, 0):
            return values.astype("<i2", copy=False)
        wide = values.astype(np.float64)
        if values.dtype.kind == "f":
            wide[~np.isfinite(wide)] = self.instead
        wide -= self.intercept
        wide /= self.slope
        return np.clip(np.rint(wide, out=wide), _LOW, _HIGH).astype("<i2")

    def stored_value(self, value: float) -> int:
        """One rescaled value as it is stored."""
        return int(self.stored(np.array([value]))[0])


def storing_of(volume: Volume) -> Storing:
    """How the values of a volume become int16. HU stay HU: in whole units where they were not whole.

    Padding counts for nothing: it may be the lowest number there is. By a scale it has an end of its own.
    """
    if volume.values.dtype == np.int16:
        return Storing()
    padded = volume.padding is not None
    low, high, whole = _range(volume.values, volume.padding)
    instead = low if volume.padding is None else volume.padding[0]
    fits = low >= _LOW and high <= _HIGH
    if fits and (whole or volume.unit == HU):
        return Storing(instead=instead, said=None if whole else say("Values are rounded to whole HU."))
    lowest, room = _LOW + padded, _ROOM - 2 * padded
    if whole and high - low <= room:
        return Storing(intercept=low - lowest, instead=instead)
    slope = float(decimal((high - low) / (room - 1) or 1.0))
    intercept = float(decimal(low - lowest * slope))
    return Storing(
        slope=slope,
        intercept=intercept,
        instead=instead,
        said=say("Values are stored in 16 bits, in steps of {step}.", step=f"{slope:.3g}"),
    )


def _range(values: npt.NDArray[Any], padding: tuple[float, float] | None) -> tuple[float, float, bool]:
    """Smallest and largest number, and whether all are whole; slice by slice, so that no second volume is made."""
    low, high, whole = math.inf, -math.inf, True
    for picture in values:
        counts = np.isfinite(picture)
        if padding is not None:
            counts &= (picture < padding[0]) | (picture > padding[1])
        numbers = picture if counts.all() else picture[counts]
        whole = whole and bool((numbers == np.rint(numbers)).all())
        if numbers.size:
            low, high = min(low, float(numbers.min())), max(high, float(numbers.max()))
    return (low, high, whole) if low <= high else (0.0, 0.0, True)
