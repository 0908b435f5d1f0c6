"""Sign a reading, and add to one that is signed. Signing freezes: what was decided can't change any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from workstation.domain.decision import DecisionState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.signature import Addendum, OpenPoints, Signed
from workstation.workspace.coverage import read_slices
from workstation.workspace.state import Changed, DecisionStep, History, OwnStep, Step, Workspace


def refuse_signed(state: Workspace, finding_id: str) -> None:
    """Called by whatever would change something of a finding. raises READING_SIGNED"""
    if is_signed(state, finding_id):
        raise WorkstationError(ErrorCode.READING_SIGNED)


def is_signed(state: Workspace, finding_id: str) -> bool:
    """Whether the reading that holds this finding is signed."""
    result = state.owner(finding_id)
    return result is not None and result.job.id in state.signed


def signature(state: Workspace) -> Signed | None:
    """Of the shown result."""
    result = state.shown_result
    return state.signed.get(result.job.id) if result is not None else None


def open_points(state: Workspace) -> OpenPoints:
    """What is left open if the shown result were signed now; findings that the confidence filter hides count too."""
    result = state.shown_result
    if result is None:
        return OpenPoints()
    read, slices = read_slices(state)
    visible = {finding.id for finding in state.visible_findings}
    undecided = [f.id for f in result.findings if _open(state, f.id)]
    others = [
        r for r in state.results.get(state.chosen, ()) if r.job.id != result.job.id and r.job.id not in state.signed
    ]
    return OpenPoints(
        slices=slices,
        unread=slices - read,
        undecided=len(undecided),
        hidden=sum(finding_id not in visible for finding_id in undecided),
        elsewhere=sum(_open(state, finding.id) for other in others for finding in other.findings),
        measures=len(state.measures.get(state.chosen, ())),
    )


def sign(state: Workspace, at: datetime) -> tuple[Workspace, Changed]:
    """The shown result by the reader who is set; without a name nothing is signed. What was done to it before can't be
    taken back any more."""
    result, reader = state.shown_result, state.reader
    if result is None or not reader.name or result.job.id in state.signed:
        return state, Changed.NOTHING
    signed = Signed(by=reader.name, role=reader.role, at=at)
    ids = {finding.id for finding in result.findings}
    past, future = (
        tuple(step for step in steps if not _about(step, ids, result.job.id))
        for steps in (state.history.past, state.history.future)
    )
    frozen = replace(state, signed={**state.signed, result.job.id: signed}, history=History(past, future))
    return frozen, Changed.SIGNED | Changed.DECISIONS


def _about(step: Step, ids: set[str], job_id: str) -> bool:
    match step:
        case DecisionStep():
            return step.finding_id in ids
        case OwnStep():
            return step.reading.job.id == job_id
        case _:
            return False


def take_signed(state: Workspace, job_id: str, signed: Signed | None) -> tuple[Workspace, Changed]:
    """What the records say of a signature; None: it could not be written, so the reading is a draft again."""
    others = {job: one for job, one in state.signed.items() if job != job_id}
    now = {**others, job_id: signed} if signed is not None else others
    if now == state.signed:
        return state, Changed.NOTHING
    return replace(state, signed=now), Changed.SIGNED | Changed.DECISIONS


def addendum(state: Workspace, text: str, at: datetime) -> Addendum | None:
    """What the reader adds to the shown result, which is signed; None where there is nothing to add, or no name.

    raises NOT_SIGNED
    """
    if signature(state) is None:
        raise WorkstationError(ErrorCode.NOT_SIGNED)
    reader = state.reader
    return (
        Addendum(text=text.strip(), by=reader.name, role=reader.role, at=at) if text.strip() and reader.name else None
    )


def _open(state: Workspace, finding_id: str) -> bool:
    return state.decision(finding_id).state is DecisionState.OPEN
