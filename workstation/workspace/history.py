"""Undo and redo: one history of all that a reader changed, whatever it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from workstation.workspace.findings import select_finding, set_threshold
from workstation.workspace.opening import seek_stack
from workstation.workspace.state import (
    Changed,
    DecisionStep,
    DrawnStep,
    History,
    MeasureStep,
    OwnStep,
    RulerStep,
    Step,
    Workspace,
    with_drawn,
    with_measure,
    with_own,
    with_ruler_step,
)

_LONGEST: Final = 500


def did(state: Workspace, step: Step) -> Workspace:
    """The state with a step that was done just now; what was taken back before can't be done again then."""
    return replace(state, history=History((*state.history.past, step)[-_LONGEST:]))


def undo(state: Workspace) -> tuple[Workspace, Changed]:
    """Take back the last change, wherever it was made, and go there so that nothing changes unseen."""
    if not state.history.past:
        return state, Changed.NOTHING
    *past, step = state.history.past
    return _turned(replace(state, history=History(tuple(past), (*state.history.future, step))), step, back=True)


def redo(state: Workspace) -> tuple[Workspace, Changed]:
    """Do again what was taken back last."""
    if not state.history.future:
        return state, Changed.NOTHING
    *future, step = state.history.future
    return _turned(replace(state, history=History((*state.history.past, step), tuple(future))), step, back=False)


def take_back(state: Workspace, step: MeasureStep | DrawnStep | RulerStep) -> tuple[Workspace, Changed]:
    """A change that another window's signature did not let in: what was before holds, unless more was done since."""
    match step:
        case MeasureStep():
            stands, back = state.measure(step.measure_id) == step.after, with_measure(state, step, back=True)
            changed = Changed.MEASURES
        case DrawnStep():
            stands, back = state.drawn_mask(step.mask_id) == step.after, with_drawn(state, step, back=True)
            changed = Changed.DRAWN
        case RulerStep():
            stands, back = state.rulers.get(step.stack_id) == step.after, with_ruler_step(state, step, back=True)
            changed = Changed.RULERS
    if not stands:
        return state, Changed.NOTHING
    past = tuple(one for one in state.history.past if one != step)
    return replace(back, history=replace(state.history, past=past)), changed


def _turned(state: Workspace, step: Step, *, back: bool) -> tuple[Workspace, Changed]:
    match step:
        case DecisionStep():
            return _decision_turned(state, step, back=back)
        case MeasureStep():
            return _measure_turned(state, step, back=back)
        case OwnStep():
            return _own_turned(state, step, back=back)
        case DrawnStep():
            return _drawn_turned(state, step, back=back)
        case RulerStep():
            there, moved = seek_stack(with_ruler_step(state, step, back=back), step.stack_id)
            return there, Changed.RULERS | moved


def _decision_turned(state: Workspace, step: DecisionStep, *, back: bool) -> tuple[Workspace, Changed]:
    decision = step.before if back else step.after
    turned = replace(state, decisions={**state.decisions, step.finding_id: decision})
    if step.before.shapes != step.after.shapes:
        turned = _sought_anew(turned, step.finding_id)
    finding, filtered = turned.finding(step.finding_id), Changed.NOTHING
    if finding is not None and finding.confidence is not None and not turned.passes(finding):
        turned, filtered = set_threshold(turned, finding.confidence)  # or it would change unseen
    there, selected = select_finding(turned, step.finding_id)
    return there, Changed.DECISIONS | filtered | selected


def _own_turned(state: Workspace, step: OwnStep, *, back: bool) -> tuple[Workspace, Changed]:
    """Where it is gone now, its series is still gone to."""
    there, moved = seek_stack(_sought_anew(with_own(state, step, back=back), step.finding_id), step.reading.stack_id)
    there, selected = select_finding(there, step.finding_id if there.finding(step.finding_id) is not None else "")
    return there, Changed.RESULTS | Changed.DECISIONS | moved | selected


def _sought_anew(state: Workspace, finding_id: str) -> Workspace:
    """Its slices have to be found again."""
    return replace(state, slices={id_: seen for id_, seen in state.slices.items() if id_ != finding_id})


def _measure_turned(state: Workspace, step: MeasureStep, *, back: bool) -> tuple[Workspace, Changed]:
    """Where it is gone now, its picture is still gone to: the reader sees it vanish."""
    there, moved = seek_stack(with_measure(state, step, back=back), step.stack_id)
    now = step.before if back else step.after
    seen = now or step.before or step.after
    there = replace(there, selected_measure=now.id if now is not None else "", sought=seen)
    return there, Changed.MEASURES | Changed.SOUGHT | moved


def _drawn_turned(state: Workspace, step: DrawnStep, *, back: bool) -> tuple[Workspace, Changed]:
    """On its own picture, and selected, so that the next stroke goes on with it."""
    there, moved = seek_stack(with_drawn(state, step, back=back), step.stack_id)
    now = step.before if back else step.after
    return replace(there, selected_drawn=now.id if now is not None else ""), Changed.DRAWN | moved
