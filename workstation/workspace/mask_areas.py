"""How large masks on a picture are: in pixels, or in square millimetres where its pixels have a size."""

from __future__ import annotations

from functools import lru_cache

from workstation.domain.calibration import Spacing, SpacingKind
from workstation.domain.drawn_mask import DrawnMask, area_of
from workstation.domain.finding import Basis, Measurement
from workstation.domain.layers import Layer
from workstation.workspace.state import Workspace


def drawn_area(state: Workspace, mask: DrawnMask) -> tuple[Measurement, ...]:
    """Area and share of the picture that it is drawn on."""
    spacing = pixel_size(state, mask.stack_id)
    return area_of(_covered(mask), mask.rows * mask.columns, spacing, Basis.READER)


def layer_area(state: Workspace, layer: Layer) -> tuple[Measurement, ...]:
    """The same of a mask of the shown result."""
    stack, result = state.chosen_stack, state.shown_result
    if stack is None or result is None:
        return ()
    spacing = pixel_size(state, stack.id)
    return area_of(layer.voxels, stack.rows * stack.columns, spacing, layer.basis or result.basis)


def pixel_size(state: Workspace, stack_id: str) -> Spacing | None:
    """Between rows and columns, mm; None where it is not known, or differs between regions of the picture."""
    stack = state.stack(stack_id)
    if stack is None or stack.instances[0].calibration.kind is SpacingKind.REGIONS:
        return None
    return stack.instances[0].spacing


@lru_cache(maxsize=128)
def _covered(mask: DrawnMask) -> int:
    return int(mask.covered.sum())
