"""What of results and files from elsewhere stands in space: surfaces of masks, and a ball at each finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor

from workstation.domain.answer import AnalysisResult, PlacementState
from workstation.domain.decision import DecisionState
from workstation.domain.finding import Basis, worst
from workstation.domain.geometry import Vector
from workstation.domain.layers import number_of
from workstation.domain.overlaid import FILL, middle_of
from workstation.domain.projection import center_of
from workstation.domain.shapes import Mask, Sphere
from workstation.domain.volume import LabelVolume
from workstation.imaging.rendering.scene import Ball, Rgb
from workstation.ui.theme import IMAGE_REJECTED, finding_colour
from workstation.ui.viewport.file_marks import part_colour
from workstation.workspace.overlaid import painted_over
from workstation.workspace.state import Workspace

_SMALL_MM = 2.5  # of a ball where the finding is a point, or has a surface of its own


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """The surface of one label. mask: compared by identity, for it never changes"""

    mask: LabelVolume
    label: int
    colour: Rgb
    opacity: float

    @property
    def key(self) -> tuple[int, int, Rgb, float]:
        return (id(self.mask), self.label, self.colour, self.opacity)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a finding is, to be painted, pointed at and clicked."""

    finding_id: str
    number: int
    at: Vector
    radius_mm: float
    colour: str
    selected: bool
    rejected: bool


@dataclass(frozen=True, slots=True)
class Things:
    """All that stands in space beside the volume. simulated: a part of it; assumed: the place of a part of it"""

    skins: tuple[Skin, ...] = ()
    spots: tuple[Spot, ...] = ()
    simulated: bool = False
    assumed: bool = False


def things_of(state: Workspace, stack_id: str) -> Things:
    """What is painted over this series in other views, as far as it has a place in the patient."""
    skins: list[Skin] = []
    spots: tuple[Spot, ...] = ()
    simulated, states = False, []
    for overlaid, look in painted_over(state, stack_id):
        if overlaid.in_pixels or look.outline:
            continue
        states.append(overlaid.placement.state)
        for place, finding in enumerate(overlaid.findings, start=1):
            colour = rgb(part_colour(overlaid, place))
            if finding.id not in look.hidden:
                skins += _skins_of(finding.shapes, overlaid.masks, colour, solid(look.opacity))
    result = state.result_of(stack_id)
    if result is not None:
        simulated = worst([result.basis, *(finding.basis for finding in result.findings)]) is Basis.SIMULATED
        if state.overlays and result.placement.state.painted and not result.in_pixels:
            states.append(result.placement.state)
            masks = {mask.name: mask for mask in result.masks}
            for layer in state.shown_layers_of(result):
                skins.append(Skin(masks[layer.mask], layer.label, rgb(finding_colour(layer.colour)), 1.0))
            spots = _spots(state, result)
    return Things(tuple(skins), spots, simulated, PlacementState.ASSUMED in states)


def solid(opacity: float) -> float:
    """A mask that hides as much of a slice as masks do at first is a solid thing in space; a paler one is glass."""
    return min(1.0, opacity / FILL)


def balls_of(spots: Sequence[Spot]) -> tuple[Ball, ...]:
    return tuple(Ball(spot.at, spot.radius_mm, rgb(QColor(spot.colour))) for spot in spots)


def rgb(colour: QColor) -> Rgb:
    return (colour.redF(), colour.greenF(), colour.blueF())


def _skins_of(shapes: Sequence[object], masks: Sequence[LabelVolume], colour: Rgb, opacity: float) -> list[Skin]:
    named = {mask.name: mask for mask in masks}
    found = [shape for shape in shapes if isinstance(shape, Mask) and shape.volume in named]
    return [Skin(named[shape.volume], shape.label, colour, opacity) for shape in found]


def _spots(state: Workspace, result: AnalysisResult) -> tuple[Spot, ...]:
    spots = []
    for place, finding in enumerate(state.visible_of(result), start=1):
        at = center_of(finding) or middle_of(finding, result.masks)
        if at is None:
            continue
        number = number_of(finding, place)
        sphere = next((shape for shape in finding.shapes if isinstance(shape, Sphere)), None)
        rejected = state.decision(finding.id).state is DecisionState.REJECTED
        spots.append(
            Spot(
                finding_id=finding.id,
                number=number,
                at=at,
                radius_mm=sphere.radius if sphere is not None else _SMALL_MM,
                colour=IMAGE_REJECTED if rejected else finding_colour(number).name(),
                selected=finding.id == state.selected,
                rejected=rejected,
            )
        )
    return tuple(spots)
