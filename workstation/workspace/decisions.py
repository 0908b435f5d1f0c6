"""Accept, reject, comment; undo and redo. Each change is a record of its own: state, who, when, comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from workstation.domain.decision import Decision, DecisionState
from workstation.workspace.findings import select_finding, show_result
from workstation.workspace.opening import choose_stack
from workstation.workspace.state import Changed, History, Reader, Step, Workspace

_LONGEST_HISTORY: Final = 500


def accept(state: Workspace, finding_id: str, at: datetime) -> tuple[Workspace, Changed]:
    return _decide(state, finding_id, DecisionState.ACCEPTED, at)


def reject(state: Workspace, finding_id: str, at: datetime) -> tuple[Workspace, Changed]:
    return _decide(state, finding_id, DecisionState.REJECTED, at)


def reopen(state: Workspace, finding_id: str, at: datetime) -> tuple[Workspace, Changed]:
    return _decide(state, finding_id, DecisionState.OPEN, at)


def comment(state: Workspace, finding_id: str, text: str, at: datetime) -> tuple[Workspace, Changed]:
    """Write or replace the comment; the decision itself stays."""
    before = state.decision(finding_id)
    if before.comment == text.strip() or state.owner(finding_id) is None:
        return state, Changed.NOTHING
    return _put(state, finding_id, replace(before, comment=text.strip(), by=state.reader.name, at=at))


def undo(state: Workspace) -> tuple[Workspace, Changed]:
    """Take back the last decision, wherever it was made, and go to its finding so that nothing changes unseen."""
    if not state.history.past:
        return state, Changed.NOTHING
    *past, step = state.history.past
    return _turned(state, step.finding_id, step.before, History(tuple(past), (*state.history.future, step)))


def redo(state: Workspace) -> tuple[Workspace, Changed]:
    """Do again what was taken back last."""
    if not state.history.future:
        return state, Changed.NOTHING
    *future, step = state.history.future
    return _turned(state, step.finding_id, step.after, History((*state.history.past, step), tuple(future)))


def changed_decisions(before: Workspace, after: Workspace) -> Mapping[str, Decision]:
    """What has to be written to the records so that they say what `after` says."""
    ids = before.decisions.keys() | after.decisions.keys()
    return {id_: after.decision(id_) for id_ in sorted(ids) if after.decision(id_) != before.decision(id_)}


def open_findings(state: Workspace) -> int:
    """Findings of the shown result that nobody decided on, hidden ones included."""
    result = state.shown_result
    if result is None:
        return 0
    return sum(state.decision(finding.id).state is DecisionState.OPEN for finding in result.findings)


def set_reader(state: Workspace, reader: Reader) -> tuple[Workspace, Changed]:
    return (state, Changed.NOTHING) if reader == state.reader else (replace(state, reader=reader), Changed.READER)


def _decide(state: Workspace, finding_id: str, to: DecisionState, at: datetime) -> tuple[Workspace, Changed]:
    before = state.decision(finding_id)
    if before.state is to or state.owner(finding_id) is None:
        return state, Changed.NOTHING
    return _put(state, finding_id, replace(before, state=to, by=state.reader.name, at=at))


def _put(state: Workspace, finding_id: str, decision: Decision) -> tuple[Workspace, Changed]:
    step = Step(finding_id, state.decision(finding_id), decision)
    past = (*state.history.past, step)[-_LONGEST_HISTORY:]
    decisions = {**state.decisions, finding_id: decision}
    return replace(state, decisions=decisions, history=History(past)), Changed.DECISIONS


def _turned(state: Workspace, finding_id: str, decision: Decision, history: History) -> tuple[Workspace, Changed]:
    turned = replace(state, decisions={**state.decisions, finding_id: decision}, history=history)
    result = state.owner(finding_id)
    if result is None:
        return turned, Changed.DECISIONS
    there, moved = choose_stack(turned, result.stack_id)
    there, shown = show_result(there, result.job.id) if result != there.shown_result else (there, Changed.NOTHING)
    there, selected = select_finding(there, finding_id)
    return there, Changed.DECISIONS | moved | shown | selected
