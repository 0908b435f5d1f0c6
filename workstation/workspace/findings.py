"""Results come in, findings are selected and filtered. A result is never shown over another patient's or study's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workstation.domain.answer import AnalysisResult
from workstation.domain.decision import Decision
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.signature import Signed
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
    shown = {stack_id: job for stack_id, job in state.shown_job.items() if stack_id != stack.id}
    added = replace(
        state,
        results={**state.results, stack.id: (*others, result)},
        shown_job=shown,
        decisions={**state.decisions, **decisions},
        signed={**state.signed, result.job.id: signed} if signed is not None else state.signed,
        selected="" if stack.id == state.chosen else state.selected,
    )
    return added, Changed.RESULTS | Changed.DECISIONS | Changed.SELECTION


def show_result(state: Workspace, job_id: str) -> tuple[Workspace, Changed]:
    """Show another of the results of the series looked at."""
    results = state.results.get(state.chosen, ())
    if not any(result.job.id == job_id for result in results):
        return state, Changed.NOTHING
    shown = {**state.shown_job, state.chosen: job_id}
    return replace(state, shown_job=shown, selected=""), Changed.RESULTS | Changed.SELECTION


def select_finding(state: Workspace, finding_id: str) -> tuple[Workspace, Changed]:
    """Select one finding of the shown result; "" selects none. Others are not on the screen, so nothing changes."""
    known = finding_id == "" or any(finding.id == finding_id for finding in state.visible_findings)
    if not known or finding_id == state.selected:
        return state, Changed.NOTHING
    return replace(state, selected=finding_id), Changed.SELECTION


def next_finding(state: Workspace, step: int) -> tuple[Workspace, Changed]:
    """The finding `step` places further in the list, round its ends; the first or last one if none is selected."""
    ids = [finding.id for finding in state.visible_findings]
    if not ids:
        return state, Changed.NOTHING
    start = -1 if step > 0 else 0
    at = ids.index(state.selected) if state.selected in ids else start
    return select_finding(state, ids[(at + step) % len(ids)])


def set_threshold(state: Workspace, threshold: float) -> tuple[Workspace, Changed]:
    """Hide findings of lower confidence; a selected one that gets hidden is let go."""
    threshold = min(max(threshold, 0.0), 1.0)
    if threshold == state.threshold:
        return state, Changed.NOTHING
    filtered = replace(state, threshold=threshold)
    if filtered.selected and not any(f.id == filtered.selected for f in filtered.visible_findings):
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
