"""How large masks on a picture are: in pixels, or in square millimetres where its pixels have a size."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.calibration import Spacing, SpacingKind, calibration_words
from workstation.domain.drawn_mask import DrawnMask, area_of
from workstation.domain.finding import Measurement
from workstation.domain.layers import Layer
from workstation.domain.noted import Noted
from workstation.domain.series import Stack
from workstation.domain.words import Words
from workstation.workspace.drawn_masks import can_draw, look_of_drawn
from workstation.workspace.rulers import scale_of
from workstation.workspace.state import Workspace


def drawn_area(state: Workspace, mask: DrawnMask) -> tuple[Measurement, ...]:
    """Area and share of the picture that it is drawn on."""
    spacing = pixel_size(state, mask.stack_id)
    return area_of(mask.pixels, mask.rows * mask.columns, spacing, mask.basis)


def layer_area(state: Workspace, layer: Layer) -> tuple[Measurement, ...]:
    """The same of a mask of the shown result."""
    stack, result = state.chosen_stack, state.shown_result
    if stack is None or result is None:
        return ()
    spacing = pixel_size(state, stack.id)
    return area_of(layer.voxels, stack.rows * stack.columns, spacing, layer.basis or result.basis)


def area_note(state: Workspace, stack_id: str) -> Words | None:
    """What has to stand beside areas on this picture: that their millimetres are the reader's."""
    stack = state.stack(stack_id)
    scale = scale_of(state, stack) if stack is not None else None
    if scale is None or scale.calibration.kind is not SpacingKind.BY_HAND:
        return None
    return calibration_words(scale.spacing, scale.calibration)


def noted_on(state: Workspace, stack: Stack) -> Noted:
    """What the reader measured on a series, and drew on a picture."""
    if not can_draw(stack):
        return Noted(measures=state.measures.get(stack.id, ()), scale=scale_of(state, stack))
    drawn = tuple(mask for mask in state.drawn.get(stack.id, ()) if look_of_drawn(state, mask).shown)
    scale = replace(scale_of(state, stack), spacing=pixel_size(state, stack.id))
    return Noted(measures=state.measures.get(stack.id, ()), drawn=drawn, scale=scale)


def noted_alone(state: Workspace) -> bool:
    """Whether the picture looked at was measured or drawn on, and not analysed: that makes a report of its own."""
    stack = state.chosen_stack
    if stack is None or state.shown_result is not None or not can_draw(stack):
        return False
    noted = noted_on(state, stack)
    return bool(noted.measures or noted.drawn)


def pixel_size(state: Workspace, stack_id: str) -> Spacing | None:
    """Between rows and columns, mm; None where it is not known, or differs between regions of the picture."""
    stack = state.stack(stack_id)
    scale = scale_of(state, stack) if stack is not None else None
    return scale.spacing if scale is not None and scale.calibration.kind is not SpacingKind.REGIONS else None
