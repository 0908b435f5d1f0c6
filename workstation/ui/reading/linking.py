"""How views follow one another: by place in one frame of reference, by hand between two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from workstation.domain.dates import days_between
from workstation.domain.geometry import Geometry, dot
from workstation.domain.words import Words, say, say_count
from workstation.ui.reading.cell_view import CellView
from workstation.ui.sitting import Sitting

PARALLEL_DEG: Final = 15.0  # planes further apart than this show other things: they don't follow


def parallel(geometry: Geometry, other: Geometry) -> bool:
    """Whether two stacks are cut the same way, nearly."""
    return math.degrees(math.acos(min(1.0, abs(dot(geometry.normal, other.normal))))) <= PARALLEL_DEG


def slice_beside(geometry: Geometry, k: int, other: Geometry, shift_mm: float = 0.0) -> int | None:
    """The slice of `other` nearest to slice k of `geometry`; None where none is, or the planes are not near parallel.

    The middle of slice k is looked for, so that planes slightly turned against one another follow where the eye is.

    shift_mm  that the other series lies further along its own normal, as the reader linked them
    """
    if not parallel(geometry, other):
        return None
    at = _along(geometry, k, other) + shift_mm
    offsets = other.offsets
    nearest = int(np.abs(offsets - at).argmin())
    return nearest if abs(float(offsets[nearest]) - at) <= other.step else None


def _along(geometry: Geometry, k: int, other: Geometry) -> float:
    """Where the middle of slice k lies along the other's normal, mm."""
    middle = geometry.to_patient((k, (geometry.rows - 1) / 2, (geometry.columns - 1) / 2))
    return float(middle @ np.array(other.normal))


class Links:
    """Which of the views follow one another. What the reader linked by hand holds between these two series."""

    def __init__(self, sitting: Sitting) -> None:
        self._sitting = sitting
        self._shifts: dict[tuple[str, str], float] = {}  # from one stack to another, mm

    def take(self, cells: Sequence[CellView]) -> None:
        """Link the series of different frames of reference as they are shown now, one slice beside the other."""
        for one in cells:
            for other in cells:
                here, there = one.geometry, other.geometry
                if one is other or here is None or there is None or one.frame == other.frame:
                    continue
                shift = float(there.offsets[other.view.slice_index]) - _along(here, one.view.slice_index, there)
                self._shifts[one.cell.stack_id, other.cell.stack_id] = shift

    def slice_beside(self, moved: CellView, other: CellView) -> int | None:
        """The slice that the other view goes to; None where it doesn't follow."""
        here, there, shift = moved.geometry, other.geometry, self._shift(moved, other)
        if here is None or there is None or shift is None:
            return None
        return slice_beside(here, moved.view.slice_index, there, shift)

    def linked(self, moved: CellView, other: CellView) -> bool:
        """Whether the other view goes where this one goes."""
        return self._follows(moved, other) and self._shift(moved, other) is not None

    def words(self, cell: CellView, cells: Sequence[CellView]) -> Words | None:
        """For the corner: how this view follows the others; None where it is alone, or they show the same series."""
        others = [one for one in cells if one.cell.stack_id not in ("", cell.cell.stack_id)]
        if cell.geometry is None or not others:
            return None
        if not self._sitting.state.hanging.linked:
            return say("not linked")
        linked = [one for one in others if self.linked(cell, one)]
        if not linked:
            return say("not linked: another frame of reference or plane")
        if any(cell.cell.onto or one.cell.onto for one in linked):
            return say("linked by registration")
        return say("linked by place") if any(one.frame == cell.frame for one in linked) else say("linked by hand")

    def earlier(self, cell: CellView, cells: Sequence[CellView]) -> Words | None:
        """For the corner: how long before the latest of this patient's series that are shown this one was acquired."""
        stack, shown = cell.stack, [one.stack for one in cells if one.stack is not None]
        if stack is None:
            return None
        who = (stack.patient.id, stack.patient.name)  # who has another age by now
        others = (one for one in shown if (one.patient.id, one.patient.name) == who)
        days = max((days_between(stack, other) or 0 for other in others), default=0)
        return say_count("{count} day earlier", "{count} days earlier", days) if days > 0 else None

    def _follows(self, cell: CellView, other: CellView) -> bool:
        here, there = cell.geometry, other.geometry
        return here is not None and there is not None and parallel(here, there)

    def _shift(self, moved: CellView, other: CellView) -> float | None:
        if not self._sitting.state.hanging.linked:
            return None
        if moved.frame == other.frame != "":
            return 0.0
        return self._shifts.get((moved.cell.stack_id, other.cell.stack_id))
