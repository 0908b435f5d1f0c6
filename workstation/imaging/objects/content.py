"""What a reader of objects hands back from its worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workstation.domain.answer import Placement
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.overlaid import Presentation, Rgb
from workstation.domain.shapes import Shape
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Content:
    """As `Overlaid`, without what the scan knows already."""

    placement: Placement
    findings: tuple[Finding, ...] = ()
    masks: tuple[LabelVolume, ...] = ()
    colours: Mapping[str, Rgb] = field(default_factory=dict)
    slices: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    presentations: tuple[Presentation, ...] = ()
    in_pixels: bool = False
    notes: tuple[Words, ...] = ()


def part(
    name: str,
    number: int,
    code: str,
    label: Words,
    shapes: Sequence[Shape],
    measurements: Sequence[Measurement] = (),
) -> Finding:
    """One part of the object `name`; where it comes from is whoever wrote the file."""
    return Finding(
        id=f"{name}/{number}",
        code=code,
        label=label,
        shapes=tuple(shapes),
        measurements=tuple(measurements),
        confidence=None,
        basis=Basis.VENDOR,
    )
