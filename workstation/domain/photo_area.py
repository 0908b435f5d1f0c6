"""How much of a picture a finding covers: pixels of the original picture, and their share of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.geometry import pixel_grid
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.domain.words import say

AREA: Final = "area"
SHARE: Final = "share"
PIXELS: Final = "px"


def with_areas(finding: Finding, masks: Sequence[LabelVolume]) -> Finding:
    """The same finding with area and share of the picture, where it has a mask that is counted in pixels."""
    there = {mask.name: mask for mask in masks if in_pixels(mask)}
    shapes = [shape for shape in finding.shapes if isinstance(shape, Mask) and shape.volume in there]
    if not shapes:
        return finding
    covered = sum(there[shape.volume].voxels.get(shape.label, 0) for shape in shapes)
    return replace(
        finding, measurements=(*finding.measurements, *areas(covered, there[shapes[0].volume], finding.basis))
    )


def areas(covered: int, mask: LabelVolume, basis: Basis) -> tuple[Measurement, Measurement]:
    """Area and share of so many pixels of the picture that a mask lies over."""
    percent = 100 * covered / mask.values.size
    return (
        Measurement(name=AREA, label=say("Area"), value=float(covered), unit=PIXELS, basis=basis),
        Measurement(name=SHARE, label=say("Share of the picture"), value=percent, unit="%", basis=basis),
    )


def in_pixels(mask: LabelVolume) -> bool:
    """Whether its grid are the pixels of a picture, and no place in a patient."""
    return mask.geometry.same_as(pixel_grid(mask.geometry.rows, mask.geometry.columns)) and len(mask.values) == 1
