"""Two series side by side, one of them on the slices of the other: as a registration brought it there."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.answer import AnalysisResult
from workstation.domain.series import Stack
from workstation.workspace.layouts import Cell, Layout
from workstation.workspace.state import Changed, Workspace


def registered(state: Workspace, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The cells of Compare with one series brought onto the other, whichever way that was done, and as acquired where
    nothing brought them together. What was brought there already stays as it is."""
    first, second = cells
    if not any(_stands(state, cell, beside) for cell, beside in ((first, second), (second, first))):
        if _brought(state, first.stack_id, second.stack_id):
            return (Cell(first.stack_id), Cell(second.stack_id, onto=first.stack_id))
        if _brought(state, second.stack_id, first.stack_id):
            return (Cell(first.stack_id, onto=second.stack_id), Cell(second.stack_id))
    return tuple(
        cell if not cell.onto or _stands(state, cell, beside) else Cell(cell.stack_id)
        for cell, beside in ((first, second), (second, first))
    )


def registered_with(state: Workspace, stack_id: str) -> str:
    """Id of the series that was brought onto this one, else of the one that this one was brought onto, the newest; ""
    for none."""
    result = state.moved_onto(stack_id)
    if result is not None:
        return result.moving_id
    fixed = [one.id for one in state.stacks if stack_id]
    others = (state.moved_onto(one, stack_id) for one in fixed)
    newest = max((one for one in others if one is not None), key=lambda one: one.job.submitted, default=None)
    return newest.stack_id if newest is not None else ""


def show_registered(state: Workspace, result: AnalysisResult) -> tuple[Workspace, Changed]:
    """A result came: its two series hang in Compare from now on as it brought them together."""
    hanging = state.hanging
    ids = {cell.stack_id for cell in hanging.cells}
    if hanging.layout is not Layout.COMPARE or not result.moving_id or ids != {result.stack_id, result.moving_id}:
        return state, Changed.NOTHING
    cells = registered(state, hanging.cells)
    if cells == hanging.cells:
        return state, Changed.NOTHING
    return replace(state, hanging=replace(hanging, cells=cells)), Changed.LAYOUT


def _brought(state: Workspace, fixed: str, moving: str) -> bool:
    return bool(fixed and moving) and fixed != moving and state.moved_onto(fixed, moving) is not None


def _stands(state: Workspace, cell: Cell, beside: Cell) -> bool:
    """Whether it may stay where it was brought: beside that series, or one that shares its places."""
    onto, other = state.stack(cell.onto), state.stack(beside.stack_id)
    if onto is None or other is None or beside.onto or not _brought(state, cell.onto, cell.stack_id):
        return False
    return onto is other or (beside.stack_id != cell.stack_id and _places(onto) == _places(other) != ("", "", ""))


def _places(stack: Stack) -> tuple[str, str, str]:
    """What its places are counted in; some files of two people name one and the same frame of reference."""
    frame = stack.frame_of_reference_uid
    return (frame, stack.patient.id, stack.patient.name) if frame else ("", "", "")
