"""A ruler in a picture calibrates it: which line, how long it is, taken back. Each change is a step of the history.

Every use case that changes a ruler raises READING_SIGNED where a reading of that picture is signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.measuring import Scale
from workstation.domain.ruler import RulerCalibration, calibrated_by, knows_better, scale_by
from workstation.domain.series import Stack
from workstation.workspace.history import did
from workstation.workspace.signing import refuse_held_ruler
from workstation.workspace.state import Changed, RulerStep, Workspace, with_ruler_step

LEAST_MM, MOST_MM = 0.01, 10_000.0  # from a scale under a microscope to the wall of a room
_SAME: Final = 1e-3  # sizes of pixels that differ by less are one


def scale_of(state: Workspace, stack: Stack) -> Scale:
    """What the pixels of a series are worth, by its file or by a ruler in it."""
    return scale_by(stack, state.rulers.get(stack.id))


def can_calibrate(stack: Stack) -> bool:
    """A picture without millimetres of the patient, whose pixels are square, and all alike."""
    return not knows_better(stack) and square(stack) and alike(stack)


def square(stack: Stack) -> bool:
    """Whether its pixels are as high as they are wide, as far as is known."""
    shapes = (one.spacing or one.aspect for one in stack.instances)
    return all(abs(shape[0] / shape[1] - 1) < _SAME for shape in shapes if shape is not None)


def alike(stack: Stack) -> bool:
    """Whether one size can hold for all of its pictures: a ruler lies in one of them."""
    sizes = [one.spacing[0] if one.spacing is not None else 0.0 for one in stack.instances]
    return max(sizes) - min(sizes) <= _SAME * max(sizes)


def ruler_line(state: Workspace) -> Measure | None:
    """The length that is selected, else the last one on the picture looked at."""
    lines = [one for one in state.measures.get(state.chosen, ()) if one.kind is MeasureKind.LENGTH and one.in_pixels]
    return next((one for one in lines if one.id == state.selected_measure), lines[-1] if lines else None)


def take_ruler(state: Workspace, stack_id: str, kept: RulerCalibration | None) -> tuple[Workspace, Changed]:
    """What an earlier sitting said of a picture; what was done since it was asked for stands."""
    if stack_id in state.kept_rulers:
        return state, Changed.NOTHING
    steps = (*state.history.past, *state.history.future)
    touched = any(isinstance(step, RulerStep) and step.stack_id == stack_id for step in steps)
    taken = replace(state, kept_rulers=state.kept_rulers | {stack_id})
    if kept is None or touched:
        return taken, Changed.NOTHING
    return with_ruler_step(taken, RulerStep(stack_id, None, kept)), Changed.RULERS


def calibrate(state: Workspace, measure_id: str, millimetres: float, at: datetime) -> tuple[Workspace, Changed]:
    """This line is so long. raises BAD_GEOMETRY where the picture or the line can't be used; BAD_SPACING"""
    line = state.measure(measure_id)
    stack = state.stack(line.stack_id) if line is not None else None
    if line is None or stack is None or not can_calibrate(stack):
        raise WorkstationError(ErrorCode.BAD_GEOMETRY)
    if not LEAST_MM <= millimetres <= MOST_MM:
        raise WorkstationError(ErrorCode.BAD_SPACING, spacing_mm=millimetres)
    return _done(state, stack.id, calibrated_by(line, millimetres, state.reader.name, at))


def remove_ruler(state: Workspace, stack_id: str) -> tuple[Workspace, Changed]:
    """The picture has the size again that its file tells, or none."""
    return _done(state, stack_id, None) if stack_id in state.rulers else (state, Changed.NOTHING)


def changed_rulers(before: Workspace, after: Workspace) -> Mapping[str, RulerCalibration | None]:
    """By stack what has to be written so that the records say what `after` says; None: taken back."""
    were, are = before.rulers, after.rulers
    if were is are:
        return {}
    return {id_: are.get(id_) for id_ in {**were, **are} if were.get(id_) != are.get(id_)}


def _done(state: Workspace, stack_id: str, ruler: RulerCalibration | None) -> tuple[Workspace, Changed]:
    refuse_held_ruler(state, stack_id)
    step = RulerStep(stack_id, state.rulers.get(stack_id), ruler)
    return did(with_ruler_step(state, step), step), Changed.RULERS
