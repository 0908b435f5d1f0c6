"""Sign a reading, and add to one that is signed. Signing freezes: what was decided can't change any more, nor what was
measured and drawn on its series until then. What is measured later is no part of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from workstation.domain.answer import AnalysisResult
from workstation.domain.decision import DecisionState
from workstation.domain.drawn_mask import DrawnMask
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.measure import Measure
from workstation.domain.noted import is_held
from workstation.domain.signature import Addendum, OpenPoints, Signed
from workstation.workspace.coverage import read_slices
from workstation.workspace.state import Changed, DecisionStep, History, OwnStep, Step, Workspace

N = TypeVar("N", Measure, DrawnMask)
_NEXT: Final = timedelta(microseconds=1)  # the finest that is kept


def refuse_signed(state: Workspace, finding_id: str) -> None:
    """Called by whatever would change something of a finding. raises READING_SIGNED"""
    if is_signed(state, finding_id):
        raise WorkstationError(ErrorCode.READING_SIGNED)


def is_signed(state: Workspace, finding_id: str) -> bool:
    """Whether the reading that holds this finding is signed."""
    result = state.owner(finding_id)
    return result is not None and result.job.id in state.signed


def refuse_held(state: Workspace, noted: Measure | DrawnMask | None) -> None:
    """Called by whatever would change or delete a measure or a drawn mask, with that as it is; None: a new one. raises
    READING_SIGNED"""
    if noted is not None and is_held(noted, held_until(state, noted.stack_id)):
        raise WorkstationError(ErrorCode.READING_SIGNED)


def after_signing(state: Workspace, noted: N) -> N:
    """A new or free one as it is kept: never of a time before the signature, wherever the clock was set since."""
    until = held_until(state, noted.stack_id)
    return replace(noted, at=until + _NEXT) if until is not None and noted.at <= until else noted


def refuse_held_ruler(state: Workspace, stack_id: str) -> None:
    """Called by whatever would change how large the pixels of a picture are, also where nobody said so yet: what was
    signed in pixels would be in millimetres. raises READING_SIGNED"""
    if held_until(state, stack_id) is not None:
        raise WorkstationError(ErrorCode.READING_SIGNED)


def held_until(state: Workspace, stack_id: str) -> datetime | None:
    """When a reading of this series was signed last: what was noted until then stays. None: all are drafts."""
    jobs = (result.job.id for result in state.results.get(stack_id, ()))
    return max((state.signed[job].at for job in jobs if job in state.signed), default=None)


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
    history = free_steps(state.history, result, signed)
    frozen = replace(state, signed={**state.signed, result.job.id: signed}, history=history)
    return frozen, Changed.SIGNED | Changed.DECISIONS


def free_steps(history: History, result: AnalysisResult, signed: Signed) -> History:
    """What may still be taken back or done again once this result is signed."""
    past, future = (
        tuple(step for step in steps if not _about(step, result, signed.at)) for steps in (history.past, history.future)
    )
    return History(past, future)


def _about(step: Step, result: AnalysisResult, at: datetime) -> bool:
    match step:
        case DecisionStep():
            return any(step.finding_id == finding.id for finding in result.findings)
        case OwnStep():
            return step.reading.job.id == result.job.id
        case _:
            sides = (step.before, step.after)
            return step.stack_id == result.stack_id and any(is_held(side, at) for side in sides if side is not None)


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
