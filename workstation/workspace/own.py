"""What the reader finds, and shapes that the reader changes. Each change is a step of the one history.

Every use case raises READING_SIGNED where the reading is signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from workstation.domain.answer import AnalysisResult, JobStamp, Placement, PlacementState
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.editing import editable, edited
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.layers import number_of
from workstation.domain.measure import Measure
from workstation.domain.own_finding import OWN_READING, label_of, own_finding, own_job
from workstation.domain.series import Stack
from workstation.domain.shapes import Shape
from workstation.domain.words import say
from workstation.workspace.history import did
from workstation.workspace.signing import refuse_signed
from workstation.workspace.state import Changed, DecisionStep, MeasureStep, OwnStep, Workspace, with_own


def add_own(
    state: Workspace,
    stack_id: str,
    code: str,
    text: str,
    shapes: tuple[Shape, ...],
    measurements: tuple[Measurement, ...],
    at: datetime,
    *,
    in_pixels: bool = False,
) -> tuple[Workspace, Changed]:
    """What the reader found on a series: accepted, selected, and part of the reading that is shown there.

    code, text  of the short list, or the reader's own words
    raises READING_SIGNED where that reading is signed
    """
    stack = state.stack(stack_id)
    if stack is None or not shapes:
        return state, Changed.NOTHING
    reading = _joined(state, stack, at, in_pixels=in_pixels)
    if reading.job.id in state.signed:
        raise WorkstationError(ErrorCode.READING_SIGNED)
    numbers = [number_of(finding, place) for place, finding in enumerate(reading.findings, start=1)]
    finding_id = f"{reading.job.id}/{max(numbers, default=0) + 1}.{uuid4().hex[:8]}"
    finding = own_finding(finding_id, code, label_of(code, text), shapes, measurements)
    return _did(state, OwnStep(reading, finding_id, None, finding, _accepted(state, at)), finding_id)


def take_away(state: Workspace, finding_id: str) -> tuple[Workspace, Changed]:
    """The reader's own finding is none any more."""
    refuse_signed(state, finding_id)
    reading = state.owner(finding_id)
    finding = state.finding(finding_id)
    if reading is None or finding is None or not finding.own:
        return state, Changed.NOTHING
    return _did(state, OwnStep(reading, finding_id, finding, None, state.decision(finding_id)), "")


def reshape(state: Workspace, finding_id: str, shapes: tuple[Shape, ...], at: datetime) -> tuple[Workspace, Changed]:
    """Other shapes by the reader's hand. Those of a service's finding stay beside them, in its answer."""
    finding, reading = state.finding(finding_id), state.owner(finding_id)
    if finding is None or reading is None or not editable(finding.shapes):
        return state, Changed.NOTHING
    refuse_signed(state, finding_id)
    before = state.decision(finding_id)
    if shapes == (before.shapes or finding.shapes):
        return state, Changed.NOTHING
    if finding.own:
        after = edited(finding, shapes)
        return _did(state, OwnStep(reading, finding_id, finding, after, before), finding_id)
    made = shapes if shapes != finding.shapes else None
    now = replace(before, shapes=made, by=state.reader.name, role=state.reader.role, at=at)
    decisions = {**state.decisions, finding_id: now}
    slices = {id_: seen for id_, seen in state.slices.items() if id_ != finding_id}
    done = did(replace(state, decisions=decisions, slices=slices), DecisionStep(finding_id, before, now))
    return done, Changed.DECISIONS


def shapes_as_answered(state: Workspace, finding_id: str, at: datetime) -> tuple[Workspace, Changed]:
    """The service's own shapes again."""
    finding = state.finding(finding_id)
    if finding is None or finding.own or state.decision(finding_id).shapes is None:
        return state, Changed.NOTHING
    return reshape(state, finding_id, finding.shapes, at)


def source_measure(state: Workspace) -> Measure | None:
    """What a new finding is made of: the measure that is selected, else the last one drawn in this sitting, unless
    something was found since. Of the series looked at."""
    selected = state.measure(state.selected_measure)
    if selected is not None and selected.stack_id == state.chosen:
        return selected
    for step in reversed(state.history.past):
        if isinstance(step, OwnStep):
            return None
        if isinstance(step, MeasureStep) and step.stack_id == state.chosen:
            drawn = state.measure(step.measure_id)
            if drawn is not None:
                return drawn
    return None


def take_back_own(
    state: Workspace, finding_id: str, failed: Finding | None, before: Workspace
) -> tuple[Workspace, Changed]:
    """A finding that could not be written: what was before holds, unless something else was done with it since."""
    if state.finding(finding_id) != failed:
        return state, Changed.NOTHING
    was, reading = before.finding(finding_id), state.owner(finding_id) or before.owner(finding_id)
    if reading is None:
        return state, Changed.NOTHING
    back = with_own(state, OwnStep(reading, finding_id, failed, was, before.decision(finding_id)))
    past = tuple(
        one
        for one in state.history.past
        if not (isinstance(one, OwnStep) and one.finding_id == finding_id and one.after == failed)
    )
    selected = "" if was is None and state.selected == finding_id else state.selected
    done = replace(back, history=replace(state.history, past=past), selected=selected)
    return done, Changed.RESULTS | Changed.DECISIONS | Changed.SELECTION


def changed_own(before: Workspace, after: Workspace) -> Mapping[str, tuple[AnalysisResult, Finding | None]]:
    """By id what has to be written to the records so that they say what `after` says: None: taken away."""
    if before.results is after.results:
        return {}
    were, are = _own(before), _own(after)
    gone = {id_: (reading, None) for id_, (reading, _) in were.items() if id_ not in are}
    now = {
        id_: (reading, finding) for id_, (reading, finding) in are.items() if id_ not in were or were[id_][1] != finding
    }
    return {**gone, **now}


def own_reading(stack: Stack, at: datetime, findings: tuple[Finding, ...] = (), *, in_pixels: bool) -> AnalysisResult:
    """A series as a reader read it without any analysis."""
    return AnalysisResult(
        operation=OWN_READING,
        connection="",
        basis=Basis.READER,
        parameters={},
        stack_id=stack.id,
        study_uid=stack.study.uid,
        job=JobStamp(id=own_job(stack.id), request_id="", submitted=at, finished=at, cost_yuan=0.0),
        service_name="",
        service_version="",
        placement=Placement(PlacementState.PROVEN, say("Drawn by the reader on this series.")),
        findings=findings,
        in_pixels=in_pixels,
    )


def _joined(state: Workspace, stack: Stack, at: datetime, *, in_pixels: bool) -> AnalysisResult:
    """The reading that a new finding goes into: the one shown, where places of both are counted alike."""
    shown = state.result_of(stack.id)
    if shown is not None and shown.placement.state.painted and shown.in_pixels == in_pixels:
        return shown
    job = own_job(stack.id)
    kept = (result for result in state.results.get(stack.id, ()) if result.job.id == job)
    return next(kept, own_reading(stack, at, in_pixels=in_pixels))


def _did(state: Workspace, step: OwnStep, selected: str) -> tuple[Workspace, Changed]:
    done = did(with_own(state, step), step)
    slices = {id_: seen for id_, seen in state.slices.items() if id_ != step.finding_id}
    changed = Changed.RESULTS | Changed.DECISIONS | Changed.SELECTION
    return replace(done, selected=selected, slices=slices), changed


def _accepted(state: Workspace, at: datetime) -> Decision:
    return Decision(state=DecisionState.ACCEPTED, by=state.reader.name, role=state.reader.role, at=at)


def _own(state: Workspace) -> dict[str, tuple[AnalysisResult, Finding]]:
    return {
        finding.id: (result, finding)
        for results in state.results.values()
        for result in results
        for finding in result.findings
        if finding.own
    }
