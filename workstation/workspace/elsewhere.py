"""Two windows over the same records: what the other one did to a series that is open in this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workstation.domain.answer import AnalysisResult
from workstation.domain.decision import OPEN
from workstation.domain.drawn_mask import DrawnMask
from workstation.domain.finding import Finding
from workstation.domain.measure import Measure
from workstation.domain.own_finding import own_job
from workstation.domain.ruler import RulerCalibration
from workstation.domain.series import Stack
from workstation.workspace.drawn_masks import can_draw
from workstation.workspace.intents import EarlierResult
from workstation.workspace.rulers import can_calibrate
from workstation.workspace.state import Changed, DecisionStep, History, OwnStep, Step, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNow:
    """What the records keep of a series."""

    results: tuple[EarlierResult, ...] = ()
    measures: tuple[Measure, ...] = ()
    drawn: tuple[DrawnMask, ...] = ()
    ruler: RulerCalibration | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader saw measured and drawn on a series, to be compared with what is kept."""

    stack: Stack
    marks: frozenset[tuple[object, ...]]

    def is_all_of(
        self, measures: Iterable[Measure], drawn: Iterable[DrawnMask], ruler: RulerCalibration | None
    ) -> bool:
        """Nobody shows masks of a picture of another size, and a ruler where it is not needed any more."""
        stack = self.stack
        fitting = [mask for mask in drawn if (mask.rows, mask.columns) == (stack.rows, stack.columns)]
        return self.marks == _marks(
            measures, fitting if can_draw(stack) else (), ruler if can_calibrate(stack) else None
        )


def seen(state: Workspace, stack: Stack) -> Seen | None:
    """None while it is not known what earlier sittings left there."""
    told = [state.kept_measures]
    told += [state.kept_drawn] if can_draw(stack) else []
    told += [state.kept_rulers] if can_calibrate(stack) else []
    if not all(stack.id in known for known in told):
        return None
    measures, drawn = state.measures.get(stack.id, ()), state.drawn.get(stack.id, ())
    return Seen(stack, _marks(measures, drawn, state.rulers.get(stack.id)))


def take_kept(state: Workspace, stack: Stack, kept: KeptNow) -> tuple[Workspace, Changed]:
    """The records are right, once all of this window is written. Where they keep anything else than is shown, what was
    done here to the series before can't be taken back any more: it may not be what is there now."""
    if _is_shown(state, stack, kept):
        return state, Changed.NOTHING
    anew = {made.result.job.id: made for made in kept.results}
    held = state.results.get(stack.id, ())
    there = (one for one in held if one.job.id in anew or one.job.id != own_job(stack.id))  # all own ones may be gone
    results = tuple(anew[one.job.id].result if one.job.id in anew else one for one in there)
    results += tuple(made.result for job, made in anew.items() if all(one.job.id != job for one in held))
    about = {
        finding.id for one in (*held, *results) if one.job.id in (*anew, own_job(stack.id)) for finding in one.findings
    }
    decided = {id_: one for id_, one in state.decisions.items() if id_ not in about}
    signed = {job: one for job, one in state.signed.items() if job not in anew}
    for job, made in anew.items():
        decided |= made.decisions
        if made.signed is not None:
            signed[job] = made.signed
    rulers = {id_: one for id_, one in state.rulers.items() if id_ != stack.id}
    past, future = (
        tuple(step for step in steps if not _of_series(step, stack.id, about))
        for steps in (state.history.past, state.history.future)
    )
    now = replace(
        state,
        results={**state.results, stack.id: results},
        decisions=decided,
        signed=signed,
        measures={**state.measures, stack.id: kept.measures},
        drawn={**state.drawn, stack.id: kept.drawn},
        rulers={**rulers, stack.id: kept.ruler} if kept.ruler is not None else rulers,
        kept_measures=state.kept_measures | {stack.id},
        kept_drawn=state.kept_drawn | {stack.id},
        kept_rulers=state.kept_rulers | {stack.id},
        history=History(past, future),
    )
    if now.selected in about and now.finding(now.selected) is None:
        now = replace(now, selected="")
    changed = Changed.RESULTS | Changed.DECISIONS | Changed.SIGNED | Changed.SELECTION
    return now, changed | Changed.MEASURES | Changed.DRAWN | Changed.RULERS


def _is_shown(state: Workspace, stack: Stack, kept: KeptNow) -> bool:
    held = {one.job.id: one for one in state.results.get(stack.id, ())}
    here, own = seen(state, stack), own_job(stack.id)
    if here is None or not here.is_all_of(kept.measures, kept.drawn, kept.ruler):
        return False
    if own in held and all(made.result.job.id != own for made in kept.results):
        return False
    return all(
        (job := made.result.job.id) in held
        and _told(held[job]) == _told(made.result)
        and state.signed.get(job) == made.signed
        and all(state.decision(f.id) == made.decisions.get(f.id, OPEN) for f in made.result.findings)
        for made in kept.results
    )


def _told(result: AnalysisResult) -> list[Finding | str]:
    """What the reader found as it is; of what was answered only which: the same job has the same answer."""
    return [one if one.own else one.id for one in result.findings]


def _of_series(step: Step, stack_id: str, findings: set[str]) -> bool:
    match step:
        case DecisionStep():
            return step.finding_id in findings
        case OwnStep():
            return step.reading.stack_id == stack_id
        case _:
            return step.stack_id == stack_id


def _marks(
    measures: Iterable[Measure], drawn: Iterable[DrawnMask], ruler: RulerCalibration | None
) -> frozenset[tuple[object, ...]]:
    marks: set[tuple[object, ...]] = {(one.id, one.kind, one.points, one.text) for one in measures}
    marks |= {(one.id, one.name, one.packed) for one in drawn}
    return frozenset(marks | ({(ruler.mm_per_pixel,)} if ruler is not None else set()))
