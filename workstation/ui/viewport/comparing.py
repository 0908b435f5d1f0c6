"""Another series on the grid of the one looked at: shown in its place, or the difference of the two."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final

import numpy as np

from workstation.domain.figures import figure
from workstation.domain.geometry import Geometry
from workstation.domain.series import VoiWindow
from workstation.domain.volume import Colour, Values
from workstation.domain.words import Words, say
from workstation.ui.keys import Command, key_text
from workstation.ui.viewport.source import SliceSource, Spacing

OtherSlices = Callable[[int], Values]  # slice k of the other series, [row, column], on the same grid

DIFFERENCE_WINDOW: Final = VoiWindow(center=0.0, width=1000.0)
_LIMITS: Final = (-32768, 32767)


class Look(Enum):
    """Which of the two is on the screen."""

    THIS = "this"
    OTHER = "other"
    DIFFERENCE = "difference"


class OtherSource:
    """The other series in the place of this one, once that is loaded: both are looked at with one window."""

    def __init__(self, this: SliceSource, other: OtherSlices) -> None:
        self._this, self._other = this, other

    @property
    def geometry(self) -> Geometry | None:
        return self._this.geometry

    @property
    def count(self) -> int:
        return self._this.count

    @property
    def rows(self) -> int:
        return self._this.rows

    @property
    def columns(self) -> int:
        return self._this.columns

    @property
    def spacing(self) -> Spacing | None:
        return self._this.spacing

    @property
    def unit(self) -> str:
        return self._this.unit

    @property
    def padding(self) -> tuple[float, float] | None:
        return None

    @property
    def inverted(self) -> bool:
        return self._this.inverted

    def slice_values(self, k: int) -> Values | None:
        return self._other(k) if self._this.slice_values(k) is not None else None

    def slice_colour(self, k: int) -> Colour | None:
        return None


class MovedSource(OtherSource):
    """The other series alone on the grid of this one, whose own pixels nobody waits for."""

    def slice_values(self, k: int) -> Values | None:
        return self._other(k)


class DifferenceSource(OtherSource):
    """The other series minus this one, signed; nothing differs where this one holds no measurement."""

    @property
    def unit(self) -> str:
        """Not HU any more: presets mean nothing here."""
        return f"Δ {self._this.unit}".rstrip()

    @property
    def inverted(self) -> bool:
        return False

    def slice_values(self, k: int) -> Values | None:
        this = self._this.slice_values(k)
        if this is None:
            return None
        other, padding = self._other(k), self._this.padding
        if this.dtype.kind == "f" or other.dtype.kind == "f":
            difference: Values = other.astype(np.float32) - this.astype(np.float32)
        else:
            difference = np.clip(other.astype(np.int32) - this, *_LIMITS).astype(np.int16)
        if padding is not None:
            difference[(this >= padding[0]) & (this <= padding[1])] = 0
        return difference


def legend(look: Look, window: VoiWindow | None, inverted: bool, unit: str) -> Words:
    """Which of the two the picture is, and how to see the other; of a difference, what its grays mean."""
    if look is Look.THIS:
        keys = (key_text(Command.FLICKER), key_text(Command.DIFFERENCE))
        return say("{moved}: moved series · {difference}: difference", moved=keys[0], difference=keys[1])
    if look is Look.OTHER or window is None:
        return say("MOVED SERIES in the place of this one")
    low, high = (figure(window.center + side * window.width / 2, 0) for side in (-1, 1))
    black, white = (high, low) if inverted else (low, high)
    return say("DIFFERENCE, moved − this: black {black}, white {white} {unit}", black=black, white=white, unit=unit)
