"""Accept, reject, comment. Each change is a record of its own: state, who, when, comment.

Every use case raises READING_SIGNED where the reading is signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from workstation.domain.decision import Decision, DecisionState
from workstation.workspace.history import did
from workstation.workspace.own import take_away
from workstation.workspace.signing import refuse_signed
from workstation.workspace.state import Changed, DecisionStep, OwnStep, Reader, Workspace


def accept(state: Workspace, finding_id: str, at: datetime) -> tuple[Workspace, Changed]:
    return _decide(state, finding_id, DecisionState.ACCEPTED, at)


def reject(state: Workspace, finding_id: str, at: datetime) -> tuple[Workspace, Changed]:
    """The reader's own finding is taken away: nobody else ever reported it."""
    finding = state.finding(finding_id)
    if finding is not None and finding.own:
        return take_away(state, finding_id)
    return _decide(state, finding_id, DecisionState.REJECTED, at)


def reopen(state: Workspace, finding_id: str, at: datetime) -> tuple[Workspace, Changed]:
    """The reader's own finding stays accepted as long as it is there."""
    finding = state.finding(finding_id)
    if finding is not None and finding.own:
        return state, Changed.NOTHING
    return _decide(state, finding_id, DecisionState.OPEN, at)


def comment(state: Workspace, finding_id: str, text: str, at: datetime) -> tuple[Workspace, Changed]:
    """Write or replace the comment; the decision itself stays."""
    before = state.decision(finding_id)
    if before.comment == text.strip() or state.owner(finding_id) is None:
        return state, Changed.NOTHING
    return _put(state, finding_id, _made(state, replace(before, comment=text.strip()), at))


def take_back(state: Workspace, finding_id: str, failed: Decision, before: Decision) -> tuple[Workspace, Changed]:
    """A decision that could not be written: what was before holds, unless something else was decided since."""
    if state.decision(finding_id) != failed:
        return state, Changed.NOTHING
    steps = (step for step in state.history.past if step != DecisionStep(finding_id, before, failed))
    history = replace(state.history, past=tuple(steps))
    return replace(state, decisions={**state.decisions, finding_id: before}, history=history), Changed.DECISIONS


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
    """Who was nobody gets a name: what they decided in this sitting is theirs, at the time they did."""
    if reader == state.reader:
        return state, Changed.NOTHING
    now = replace(state, reader=reader)
    nobodys = (
        () if state.reader.name else {s.finding_id for s in state.history.past if isinstance(s, DecisionStep | OwnStep)}
    )
    theirs = {
        finding_id: replace(decision, by=reader.name, role=reader.role)
        for finding_id, decision in state.decisions.items()
        if finding_id in nobodys and not decision.by and decision.at is not None
    }
    if not theirs:
        return now, Changed.READER
    return replace(now, decisions={**state.decisions, **theirs}), Changed.READER | Changed.DECISIONS


def _decide(state: Workspace, finding_id: str, to: DecisionState, at: datetime) -> tuple[Workspace, Changed]:
    before = state.decision(finding_id)
    if before.state is to or state.owner(finding_id) is None:
        return state, Changed.NOTHING
    return _put(state, finding_id, _made(state, replace(before, state=to), at))


def _made(state: Workspace, decision: Decision, at: datetime) -> Decision:
    return replace(decision, by=state.reader.name, role=state.reader.role, at=at)


def _put(state: Workspace, finding_id: str, decision: Decision) -> tuple[Workspace, Changed]:
    refuse_signed(state, finding_id)
    step = DecisionStep(finding_id, state.decision(finding_id), decision)
    decisions = {**state.decisions, finding_id: decision}
    return did(replace(state, decisions=decisions), step), Changed.DECISIONS
