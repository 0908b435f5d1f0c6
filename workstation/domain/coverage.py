"""Which slices of a stack were really looked at: long enough, in a window that shows something. The rule stands here.

Slices count as the stack was acquired: a plane cut through it (coronal of an axial stack, oblique, slab, resampled)
shows a line of every slice and so counts for none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.series import VoiWindow

# Ours. The eye rests on a place for 0.2 to 0.3 s, seldom for less than 0.15 s: what stays as long was looked at.
SETTLED_S: Final = 0.15
# While scrolling the eye stays and the picture changes. At 12 slices a second even what is seen on three slices only
# stays for a quarter of a second; what goes by faster was flown over.
SLOWEST_PASS_S: Final = 1 / 12

_BODY_HU: Final = (-1000.0, 1500.0)  # from air to dense bone

# Smaller than this a picture is a thumbnail; smaller than half of what fits the view, it was put away.
LEAST_SIDE_PX: Final = 256
LEAST_OF_FIT: Final = 0.5
# Of a picture zoomed far in, what is on the screen is no look at the slice.
LEAST_SHARE: Final = 0.1


class WindowGroup(StrEnum):
    """What a window shows well. Values in other units than HU know OTHER alone."""

    LUNG = "lung"
    SOFT = "soft-tissue"
    BONE = "bone"
    BRAIN = "brain"
    OTHER = "other"


def group_of(window: VoiWindow, unit: str, span: tuple[float, float] | None) -> WindowGroup | None:
    """The group of a window; None for one that shows next to nothing: all black, all white, two tones or one gray.

    unit  of the values, "HU" or other
    span  nearly all values of the series lie between these; None: not known
    """
    low, high = window.center - window.width / 2, window.center + window.width / 2
    span = span or (_BODY_HU if unit == "HU" else None)
    if span is not None:
        inside = min(high, span[1]) - max(low, span[0])
        of_all = span[1] - span[0]
        if inside <= 0.01 * of_all or inside <= 0.05 * window.width:
            return None
    if unit != "HU":
        return WindowGroup.OTHER
    if window.width < 20:
        return None
    if window.center <= -300 and window.width >= 700:
        return WindowGroup.LUNG
    if window.center > -100 and 1200 <= window.width <= 4500:
        return WindowGroup.BONE
    if 0 <= window.center <= 100 and window.width <= 140:
        return WindowGroup.BRAIN
    if -100 <= window.center <= 400 and window.width <= 900:
        return WindowGroup.SOFT
    return WindowGroup.OTHER


@dataclass(frozen=True, slots=True)
class Glance:
    """What stands on the screen at a moment, fit to be looked at: a slice from 0 of a stack as it was acquired."""

    stack_id: str
    slice_index: int
    group: WindowGroup

    def beside(self, other: Glance) -> bool:
        return (
            self.stack_id == other.stack_id
            and self.group is other.group
            and abs(self.slice_index - other.slice_index) == 1
        )


@dataclass(frozen=True, slots=True)
class Attention:
    """How long the same has been on the screen. `since`: seconds of a clock that only goes forward."""

    glance: Glance | None = None
    since: float = 0.0
    counted: bool = False

    def at(self, glance: Glance | None, now: float) -> tuple[Attention, Glance | None]:
        """This is on the screen now; and the slice that has been looked at by this moment, told once.

        A slice counts when it has stayed `SETTLED_S`, or when it is left for its neighbour no faster than
        `SLOWEST_PASS_S`.
        """
        stayed = now - self.since
        seen = self.glance
        if seen is None:
            return Attention(glance, now), None
        if seen == glance:
            if self.counted or stayed < SETTLED_S:
                return self, None
            return replace(self, counted=True), seen
        slowly = glance is not None and seen.beside(glance) and stayed >= SLOWEST_PASS_S
        looked = not self.counted and (slowly or stayed >= SETTLED_S)
        return Attention(glance, now), seen if looked else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Slices of one stack that were looked at, by window group: bit k of a number stands for slice k."""

    slices: int
    seen: Mapping[WindowGroup, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.slices < 0 or any(bits < 0 or bits >> self.slices for bits in self.seen.values()):
            raise ValueError("a slice beyond the stack")

    def looked_at(self, slice_index: int, group: WindowGroup) -> Coverage:
        """With one slice more. raises ValueError for a slice that the stack does not have"""
        bits = self.seen.get(group, 0)
        more = bits | 1 << slice_index
        return self if more == bits else replace(self, seen={**self.seen, group: more})

    def joined(self, other: Coverage) -> Coverage:
        """What either of them has; of a stack with another number of slices nothing is taken."""
        if other.slices != self.slices:
            return self
        groups = self.seen.keys() | other.seen.keys()
        return replace(self, seen={g: self.seen.get(g, 0) | other.seen.get(g, 0) for g in sorted(groups)})

    def bits(self, groups: frozenset[WindowGroup]) -> int:
        """Slices that were looked at in any of these windows."""
        merged = 0
        for group in groups:
            merged |= self.seen.get(group, 0)
        return merged

    def count(self, groups: frozenset[WindowGroup]) -> int:
        return self.bits(groups).bit_count()

    def mask(self, groups: frozenset[WindowGroup]) -> npt.NDArray[np.bool_]:
        """One truth value for each slice."""
        packed = np.frombuffer(self.bits(groups).to_bytes(self.slices // 8 + 1, "little"), dtype=np.uint8)
        return np.unpackbits(packed, bitorder="little")[: self.slices].astype(np.bool_)

    def unread(self, groups: frozenset[WindowGroup]) -> Iterator[int]:
        """Slices that were not looked at in any of these windows, ascending."""
        bits = self.bits(groups)
        return (k for k in range(self.slices) if not bits >> k & 1)
