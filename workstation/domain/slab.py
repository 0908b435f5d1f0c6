"""A slab: a view that stands for a thickness of the patient, and not for one plane."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from workstation.domain.words import Words, say


class SlabKind(StrEnum):
    """What a slab of several slices shows of them: one slice only, the highest value, the lowest, their mean."""

    OFF = "off"
    MIP = "mip"
    MINIP = "minip"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Slab:
    """thickness_mm: it reaches half of this to either side of its plane; without a kind it has no thickness."""

    kind: SlabKind = SlabKind.OFF
    thickness_mm: float = 10.0

    @property
    def words(self) -> Words | None:
        """For the corner: "MIP 10 mm"; None for one plane."""
        mm = f"{self.thickness_mm:g}"
        match self.kind:
            case SlabKind.OFF:
                return None
            case SlabKind.MIP:
                return say("MIP {mm} mm", mm=mm)
            case SlabKind.MINIP:
                return say("MinIP {mm} mm", mm=mm)
            case SlabKind.MEAN:
                return say("mean of {mm} mm", mm=mm)

    def offsets(self, step: float) -> tuple[float, ...]:
        """Where the planes lie that stand for the slab, mm from its middle, which is one of them.

        step  between the volume's own slices in this direction, mm
        """
        beside = 0 if self.kind is SlabKind.OFF else math.floor(self.thickness_mm / 2 / step + 1e-6)
        return tuple(place * step for place in range(-beside, beside + 1))


NO_SLAB: Final = Slab()
_KINDS: Final = tuple(SlabKind)
_THICKNESSES_MM: Final = (2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 80.0)


def next_kind(slab: Slab) -> Slab:
    """Off, MIP, MinIP, mean, off …"""
    return replace(slab, kind=_KINDS[(_KINDS.index(slab.kind) + 1) % len(_KINDS)])


def thicker(slab: Slab) -> Slab:
    more = (mm for mm in _THICKNESSES_MM if mm > slab.thickness_mm)
    return replace(slab, thickness_mm=next(more, _THICKNESSES_MM[-1]))


def thinner(slab: Slab) -> Slab:
    less = (mm for mm in reversed(_THICKNESSES_MM) if mm < slab.thickness_mm)
    return replace(slab, thickness_mm=next(less, _THICKNESSES_MM[0]))
