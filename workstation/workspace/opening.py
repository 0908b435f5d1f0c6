"""Open files and choose a series."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.series import ScanResult, Stack
from workstation.workspace.state import Changed, Workspace, good_first, in_order


def begin_scan(state: Workspace) -> tuple[Workspace, Changed]:
    """A scan starts; its first good series will be shown unless a person chooses before."""
    return replace(state, scanning=state.scanning + 1, undecided=True), Changed.STACKS


def add_found(state: Workspace, stacks: tuple[Stack, ...]) -> tuple[Workspace, Changed]:
    """Series found so far; one that was open already is replaced in its place."""
    if not stacks:
        return state, Changed.NOTHING
    merged = _merged(state, stacks)
    changed = Changed.STACKS if merged.results == state.results else Changed.STACKS | Changed.RESULTS
    first = next((stack for stack in stacks if good_first(stack)), None)
    if merged.undecided and first is not None:
        return _look_at(merged, first.id)[0], changed | Changed.CHOSEN | Changed.SELECTION
    return merged, changed


def add_scan(state: Workspace, scan: ScanResult) -> tuple[Workspace, Changed]:
    """A scan has ended: every file of it is in a series, among the objects or left out with its reason."""
    merged = _merged(state, scan.stacks)
    known = {found.path for found in merged.objects}
    left = {out.path: out for out in (*merged.left_out, *scan.faults)}
    ended = replace(
        merged,
        scanning=max(0, merged.scanning - 1),
        objects=(*merged.objects, *(found for found in scan.objects if found.path not in known)),
        left_out=tuple(left.values()),
        files=merged.files + scan.files,
        members=merged.members + scan.members,
        seconds=merged.seconds + scan.seconds,
    )
    changed = Changed.STACKS if merged.results == state.results else Changed.STACKS | Changed.RESULTS
    best = _best(scan.stacks) if ended.undecided else None
    if best is None:
        return ended, changed
    return _look_at(ended, best.id)[0], changed | Changed.CHOSEN | Changed.SELECTION


def end_scan(state: Workspace) -> tuple[Workspace, Changed]:
    """A scan failed or was cancelled: what it found until then stays."""
    return replace(state, scanning=max(0, state.scanning - 1)), Changed.STACKS


def choose_stack(state: Workspace, stack_id: str) -> tuple[Workspace, Changed]:
    """Look at this series; the finding selected in another one is let go."""
    if state.stack(stack_id) is None:
        return state, Changed.NOTHING
    if stack_id == state.chosen:
        return replace(state, undecided=False), Changed.NOTHING
    return _look_at(state, stack_id)


def next_stack(state: Workspace, step: int) -> tuple[Workspace, Changed]:
    """The series `step` places further in the study browser; none beyond its ends."""
    ids = [stack.id for stack in in_order(state.stacks)]
    if not ids:
        return state, Changed.NOTHING
    at = ids.index(state.chosen) + step if state.chosen in ids else 0
    return choose_stack(state, ids[min(max(at, 0), len(ids) - 1)])


def next_study(state: Workspace, step: int) -> tuple[Workspace, Changed]:
    """The first series of the study `step` places further."""
    ordered = in_order(state.stacks)
    firsts = {stack.study.uid: stack.id for stack in reversed(ordered)}
    studies = list(dict.fromkeys(stack.study.uid for stack in ordered))
    chosen = state.chosen_stack
    if chosen is None:
        return next_stack(state, 0)
    at = studies.index(chosen.study.uid) + step
    return choose_stack(state, firsts[studies[at]]) if 0 <= at < len(studies) else (state, Changed.NOTHING)


def _look_at(state: Workspace, stack_id: str) -> tuple[Workspace, Changed]:
    changed = Changed.CHOSEN | Changed.SELECTION
    return replace(state, chosen=stack_id, selected="", undecided=False), changed


def _merged(state: Workspace, stacks: tuple[Stack, ...]) -> Workspace:
    """New stacks at the end, known ones in place. Results stay only with the study they were made from."""
    new = {stack.id: stack for stack in stacks}
    kept = tuple(new.pop(stack.id, stack) for stack in state.stacks)
    merged = (*kept, *new.values())
    study = {stack.id: stack.study.uid for stack in merged}
    results = {
        stack_id: tuple(r for r in of if r.study_uid == study.get(stack_id)) for stack_id, of in state.results.items()
    }
    return replace(state, stacks=merged, results=results)


def _best(stacks: tuple[Stack, ...]) -> Stack | None:
    """The one with the most slices among those worth being shown first, else among all."""
    good = [stack for stack in stacks if good_first(stack)] or list(stacks)
    return max(good, key=lambda stack: stack.slices, default=None)
