"""Measure, move, delete: what is kept with each series. Each change is a step of the one history.

Every use case that changes a measure raises READING_SIGNED where that is part of a signed reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workstation.domain.measure import Measure
from workstation.workspace.history import did
from workstation.workspace.opening import seek_stack
from workstation.workspace.signing import after_signing, refuse_held
from workstation.workspace.state import Changed, MeasureStep, Workspace, with_measure


def take_measures(state: Workspace, stack_id: str, kept: tuple[Measure, ...]) -> tuple[Workspace, Changed]:
    """What earlier sittings left on a series; what was done since it was asked for stands."""
    if stack_id in state.kept_measures:
        return state, Changed.NOTHING
    steps = (*state.history.past, *state.history.future)
    touched = {step.measure_id for step in steps if isinstance(step, MeasureStep)}
    earlier = tuple(measure for measure in kept if measure.id not in touched)
    measures = {**state.measures, stack_id: (*earlier, *state.measures.get(stack_id, ()))}
    asked = state.kept_measures | {stack_id}
    return replace(state, measures=measures, kept_measures=asked), Changed.MEASURES if earlier else Changed.NOTHING


def put_measure(state: Workspace, measure: Measure) -> tuple[Workspace, Changed]:
    """A new one, or another state of one there is; it is selected."""
    before = state.measure(measure.id)
    if before == measure:
        return state, Changed.NOTHING
    refuse_held(state, before)
    now = after_signing(state, measure)
    return _done(state, MeasureStep(measure.stack_id, measure.id, before, now), measure.id)


def delete_measure(state: Workspace, measure_id: str) -> tuple[Workspace, Changed]:
    before = state.measure(measure_id)
    if before is None:
        return state, Changed.NOTHING
    refuse_held(state, before)
    return _done(state, MeasureStep(before.stack_id, before.id, before, None), "")


def select_measure(state: Workspace, measure_id: str) -> tuple[Workspace, Changed]:
    """Of the series looked at; "" for none."""
    if measure_id == state.selected_measure:
        return state, Changed.NOTHING
    return replace(state, selected_measure=measure_id), Changed.MEASURES


def seek_measure(state: Workspace, measure_id: str) -> tuple[Workspace, Changed]:
    """Select it and bring it into sight, on its own series."""
    measure = state.measure(measure_id)
    if measure is None:
        return state, Changed.NOTHING
    there, moved = seek_stack(state, measure.stack_id)
    there = replace(there, selected_measure=measure_id, sought=measure)
    return there, Changed.MEASURES | Changed.SOUGHT | moved


def changed_measures(before: Workspace, after: Workspace) -> Mapping[str, tuple[str, Measure | None]]:
    """By id what has to be written to the records so that they say what `after` says: its series, and the measure;
    None: deleted."""
    if before.measures is after.measures:
        return {}
    were, are = _by_id(before), _by_id(after)
    changed = {id_: (of.stack_id, are.get(id_)) for id_, of in were.items() if are.get(id_) != of}
    return changed | {id_: (of.stack_id, of) for id_, of in are.items() if id_ not in were}


def _by_id(state: Workspace) -> dict[str, Measure]:
    return {measure.id: measure for of_stack in state.measures.values() for measure in of_stack}


def _done(state: Workspace, step: MeasureStep, selected: str) -> tuple[Workspace, Changed]:
    changed = replace(did(with_measure(state, step), step), selected_measure=selected)
    return changed, Changed.MEASURES
