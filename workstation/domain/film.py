"""How fast the frames of a film follow one another, and where that is known from.

source: DICOM PS3.3 C.7.6.5 (cine), C.7.6.6 (multi-frame: the frame increment pointer)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_LEAST_MS: Final = 1.0  # between two frames


class RateSource(StrEnum):
    """What the file says; of a film that says nothing the rate is assumed."""

    FRAME_TIME = "frame-time"
    FRAME_TIMES = "frame-time-vector"
    DISPLAY_RATE = "recommended-display-frame-rate"
    CINE_RATE = "cine-rate"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """
    frame_ms  one time from each frame to the next; or for each frame the time since the one before, of the first 0
    """

    source: RateSource
    frame_ms: tuple[float, ...]

    def lasting(self, count: int) -> tuple[float, ...]:
        """How long each of so many frames stays, ms. What a vector does not tell is as long as its others."""
        after = self.frame_ms[1:count] if len(self.frame_ms) > 1 else self.frame_ms * (count - 1)
        mean = sum(after) / len(after) if after else self.frame_ms[0]
        told = tuple(max(_LEAST_MS, ms) for ms in after)
        return told + (max(_LEAST_MS, mean),) * (count - len(told))

    def per_second(self, count: int) -> float:
        return 1000 * count / sum(self.lasting(count))


ASSUMED: Final = Film(source=RateSource.ASSUMED, frame_ms=(1000 / 15,))
