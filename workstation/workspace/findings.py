"""Results come in, findings are selected and filtered. A result is never shown over another patient's or study's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workstation.domain.answer import AnalysisResult
from workstation.domain.decision import OPEN, Decision
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.signature import Signed
from workstation.domain.words import Language
from workstation.workspace.finding_list import listed
from workstation.workspace.opening import seek_stack
from workstation.workspace.signing import free_steps
from workstation.workspace.state import Changed, Workspace


def add_result(
    state: Workspace, result: AnalysisResult, decisions: Mapping[str, Decision], signed: Signed | None = None
) -> tuple[Workspace, Changed]:
    """Put a result beside the series it was made from, with what was decided on it before.

    raises WRONG_STUDY when that very series of that very study is not open
    """
    stack = state.stack(result.stack_id)
    if stack is None or stack.study.uid != result.study_uid:
        raise WorkstationError(ErrorCode.WRONG_STUDY)
    others = tuple(r for r in state.results.get(stack.id, ()) if r.job.id != result.job.id)
    result = _with_newer(state, result)
    held = state.owner(state.selected) if stack.id == state.chosen else None  # a reader is at work on it
    shown = {stack_id: job for stack_id, job in state.shown_job.items() if stack_id != stack.id}
    gone = held is not None and held.job.id == result.job.id and all(f.id != state.selected for f in result.findings)
    if held is not None and held.stack_id == stack.id and not gone:
        shown[stack.id] = held.job.id
    added = replace(
        state,
        results={**state.results, stack.id: (*others, result)},
        shown_job=shown,
        decisions={**state.decisions, **_not_older(state, decisions)},
        signed={**state.signed, result.job.id: signed} if signed is not None else state.signed,
        history=free_steps(state.history, result, signed) if signed is not None else state.history,
        selected="" if stack.id == state.chosen and stack.id not in shown else state.selected,
    )
    return added, Changed.RESULTS | Changed.DECISIONS | Changed.SELECTION


def _not_older(state: Workspace, decisions: Mapping[str, Decision]) -> dict[str, Decision]:
    """Without those that were decided on again while they were read."""
    return {id_: one for id_, one in decisions.items() if not _is_older(one, state.decisions.get(id_, OPEN))}


def _is_older(one: Decision, other: Decision) -> bool:
    return one.at is not None and other.at is not None and one.at < other.at


def _with_newer(state: Workspace, result: AnalysisResult) -> AnalysisResult:
    """With what the reader found in it while it was fetched."""
    held = next((r for r in state.results.get(result.stack_id, ()) if r.job.id == result.job.id), None)
    known = {finding.id for finding in result.findings}
    newer = tuple(f for f in held.findings if f.own and f.id not in known) if held is not None else ()
    return replace(result, findings=(*result.findings, *newer)) if newer else result


def show_result(state: Workspace, job_id: str) -> tuple[Workspace, Changed]:
    """Show another of the results of the series looked at."""
    results = state.results.get(state.chosen, ())
    if not any(result.job.id == job_id for result in results):
        return state, Changed.NOTHING
    shown = {**state.shown_job, state.chosen: job_id}
    return replace(state, shown_job=shown, selected=""), Changed.RESULTS | Changed.SELECTION


def select_finding(state: Workspace, finding_id: str) -> tuple[Workspace, Changed]:
    """Select one finding and show its result, on its series; "" selects none. One that the confidence filter hides is
    not selected: it would not be on the screen."""
    owner, finding = state.owner(finding_id), state.finding(finding_id)
    hidden = finding is None or not state.passes(finding)
    if finding_id == state.selected or (finding_id and hidden):
        return state, Changed.NOTHING
    if owner is None:
        return replace(state, selected=""), Changed.SELECTION
    there, changed = seek_stack(state, owner.stack_id)
    shown = there.result_of(owner.stack_id)
    if shown is None or all(one.id != finding_id for one in there.painted_with(shown)):
        there, shown_changed = show_result(there, owner.job.id)
        changed |= shown_changed
    return replace(there, selected=finding_id), changed | Changed.SELECTION


def next_finding(state: Workspace, step: int, language: Language = Language.ENGLISH) -> tuple[Workspace, Changed]:
    """The finding `step` places further in the list, round its ends, on whichever series it is; if none is selected,
    the first or last one of the series looked at, if there is one."""
    lines = listed(state, language)
    if not lines:
        return state, Changed.NOTHING
    ids = [one.finding.id for one in lines]
    if state.selected in ids:
        return select_finding(state, ids[(ids.index(state.selected) + step) % len(ids)])
    here = [one.finding.id for one in lines if one.stack.id == state.chosen] or ids
    return select_finding(state, here[0] if step > 0 else here[-1])


def set_threshold(state: Workspace, threshold: float) -> tuple[Workspace, Changed]:
    """Hide findings of lower confidence; a selected one that gets hidden is let go."""
    threshold = min(max(threshold, 0.0), 1.0)
    if threshold == state.threshold:
        return state, Changed.NOTHING
    filtered = replace(state, threshold=threshold)
    selected = filtered.finding(filtered.selected)
    if filtered.selected and (selected is None or not filtered.passes(selected)):
        return replace(filtered, selected=""), Changed.FILTER | Changed.SELECTION
    return filtered, Changed.FILTER


def show_overlays(state: Workspace, shown: bool) -> tuple[Workspace, Changed]:
    if shown == state.overlays:
        return state, Changed.NOTHING
    return replace(state, overlays=shown), Changed.FILTER


def show_label(state: Workspace, mask: str, label: int, shown: bool) -> tuple[Workspace, Changed]:
    """Paint one label of the masks of the shown result, or leave it out."""
    result = state.shown_result
    if result is None:
        return state, Changed.NOTHING
    key = (result.job.id, mask, label)
    hidden = state.hidden_labels - {key} if shown else state.hidden_labels | {key}
    if hidden == state.hidden_labels:
        return state, Changed.NOTHING
    return replace(state, hidden_labels=hidden), Changed.FILTER
