"""What is kept of masks and rulers on pictures, and what becomes of masks on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workstation.domain.calibration import SpacingKind
from workstation.domain.drawn_mask import Covered, DrawnMask
from workstation.domain.noted import Noted
from workstation.domain.ruler import RulerCalibration, scale_by
from workstation.domain.series import Stack
from workstation.domain.work import Clock
from workstation.jobs.ports import Ledger
from workstation.workspace.drawn_masks import can_draw


class Drawings:
    """Every call may raise what the records raise."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def masks(self, stack: Stack) -> tuple[DrawnMask, ...]:
        """Those of earlier sittings that fit the picture as it is now, in the order drawn."""
        kept = self._ledger.drawn.of_stack(stack.id)
        return tuple(mask for mask in kept if (mask.rows, mask.columns) == (stack.rows, stack.columns))

    def put(self, stack_id: str, mask_id: str, mask: DrawnMask | None) -> None:
        """What has become of a mask; None: it is deleted."""
        if mask is not None:
            self._ledger.drawn.put(mask)
        else:
            self._ledger.drawn.delete(stack_id, mask_id, self._clock.now())

    def ruler(self, stack: Stack) -> RulerCalibration | None:
        """How large its pixels are by a ruler in it, as it was said last."""
        return self._ledger.rulers.of_stack(stack.id)

    def put_ruler(self, stack_id: str, ruler: RulerCalibration | None, by: str) -> None:
        """None: taken back, by this reader."""
        nothing = RulerCalibration(stack_id=stack_id, mm_per_pixel=0.0, by=by, at=self._clock.now())
        self._ledger.rulers.put(ruler or nothing)

    def noted(self, stack: Stack) -> Noted:
        """All that is kept of what readers measured and drew on a series, for the files of its result."""
        scale = scale_by(stack, self.ruler(stack))
        if scale.calibration.kind is SpacingKind.REGIONS:
            scale = replace(scale, spacing=None)
        drawn = self.masks(stack) if can_draw(stack) else ()
        return Noted(measures=self._ledger.measures.of_stack(stack.id), drawn=drawn, scale=scale)

    def cut_out(self, stack: Stack, covered: Covered, folder: Path, *, simulated: bool = False) -> Path:
        """What the mask covers as PNG with alpha; one that was made up says so. raises what loading and writing
        raise"""
        from workstation.imaging.picture.cut_out import write_cut_out

        return write_cut_out(stack, covered, folder, simulated=simulated)

    def save_mask(self, covered: Covered, folder: Path, *, simulated: bool = False) -> Path:
        """The mask as a black and white PNG. raises NO_SPACE, CANNOT_WRITE"""
        from workstation.imaging.picture.cut_out import write_mask

        return write_mask(covered, folder, simulated=simulated)
