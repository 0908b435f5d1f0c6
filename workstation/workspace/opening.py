"""Open files and choose a series."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.series import ScanResult, Stack
from workstation.workspace.hanging import activate
from workstation.workspace.hanging_rules import hang_first
from workstation.workspace.layouts import Cell, Hanging, Layout, mpr_cells
from workstation.workspace.registered import registered
from workstation.workspace.state import Changed, Workspace, good_first, in_order
from workstation.workspace.watch import Arrived, same_slices


def begin_scan(state: Workspace) -> tuple[Workspace, Changed]:
    """A scan starts; its first good series will be shown unless a person chooses before."""
    return replace(state, scanning=state.scanning + 1, undecided=True, unhung=True), Changed.STACKS


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
    if best is not None:
        ended, changed = _look_at(ended, best.id)[0], changed | Changed.CHOSEN | Changed.SELECTION
    hung, laid_out = hang_first(ended) if ended.unhung else (ended, Changed.NOTHING)
    return replace(hung, unhung=False), changed | laid_out


def end_scan(state: Workspace) -> tuple[Workspace, Changed]:
    """A scan failed or was cancelled: what it found until then stays."""
    return replace(state, scanning=max(0, state.scanning - 1)), Changed.STACKS


def begin_watch(state: Workspace, name: str) -> tuple[Workspace, Changed]:
    """A folder is watched from now on; what arrives comes by `add_arrived`."""
    return replace(state, watched=name), Changed.STACKS


def end_watch(state: Workspace) -> tuple[Workspace, Changed]:
    """What arrived stays."""
    return replace(state, watched=""), Changed.STACKS


def add_arrived(state: Workspace, arrived: Arrived) -> tuple[Workspace, Changed]:
    """Series of a watched folder, added or grown. Nothing moves under the reader's eyes: the series looked at waits
    in `grown` until it is asked for, and none that is gone from the folder is closed."""
    news = tuple(stack for stack in arrived.stacks if not same_slices(stack, state.stack(stack.id)))
    looked_at = next((stack for stack in news if stack.id == state.chosen), None)
    merged = _merged(state, tuple(stack for stack in news if stack is not looked_at))
    read = {instance.path for stack in news for instance in (*stack.instances, *stack.spare)}
    left = {out.path: out for out in (*state.left_out, *arrived.scan.faults) if out.path not in read}
    found = {one.path: one for one in (*state.objects, *arrived.scan.objects)}
    added = replace(
        merged,
        grown=looked_at or state.grown,
        objects=tuple(found.values()),
        left_out=tuple(left.values()),
        files=max(state.files, arrived.scan.files),
    )
    first = _best(added.stacks) if added.undecided and not state.chosen else None
    if first is not None:
        return _look_at(added, first.id)[0], Changed.STACKS | Changed.CHOSEN | Changed.SELECTION
    return added, Changed.STACKS


def take_grown(state: Workspace) -> tuple[Workspace, Changed]:
    """Look at the series with the slices that came meanwhile."""
    return (_with_grown(state), Changed.STACKS) if state.grown is not None else (state, Changed.NOTHING)


def _with_grown(state: Workspace) -> Workspace:
    return replace(_merged(state, (state.grown,)), grown=None) if state.grown is not None else state


def choose_stack(state: Workspace, stack_id: str) -> tuple[Workspace, Changed]:
    """Look at this series; the finding selected in another one is let go."""
    if state.stack(stack_id) is None:
        return state, Changed.NOTHING
    if stack_id == state.chosen:
        return replace(state, undecided=False, unhung=False), Changed.NOTHING
    return _look_at(replace(state, unhung=False), stack_id)


def seek_stack(state: Workspace, stack_id: str) -> tuple[Workspace, Changed]:
    """Look at this series where it hangs already, so that nothing that hangs is put away; else in the active cell. It
    is shown as acquired: what is sought in it lies at its own places."""
    hanging = state.hanging
    hung = [at for at, cell in enumerate(hanging.cells) if cell.stack_id == stack_id != ""]
    hung.sort(key=lambda at: (hanging.cells[at].onto != "", at != hanging.active))
    if hung and hung[0] != hanging.active:
        return _as_acquired(*activate(replace(state, unhung=False), hung[0]))
    return _as_acquired(*choose_stack(state, stack_id))


def _as_acquired(state: Workspace, changed: Changed) -> tuple[Workspace, Changed]:
    hanging = state.hanging
    if not hanging.cells[hanging.active].onto:
        return state, changed
    cells = tuple(Cell(cell.stack_id) if cell.onto else cell for cell in hanging.cells)
    return replace(state, hanging=replace(hanging, cells=cells)), changed | Changed.LAYOUT


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
    if state.grown is not None:  # it is left, so nothing moves any more
        state, changed = _with_grown(state), changed | Changed.STACKS
    hung = _hung(state.hanging, stack_id, state.stack(stack_id))
    if hung.layout is Layout.COMPARE:
        hung = replace(hung, cells=registered(state, hung.cells))
    return replace(state, hanging=hung, selected="", undecided=False), changed


def _hung(hanging: Hanging, stack_id: str, stack: Stack | None) -> Hanging:
    """The series in the active cell, or in all where all show the same."""
    if hanging.layout is Layout.MPR:
        return replace(hanging, cells=mpr_cells(stack_id, stack))
    cells = tuple(
        Cell(stack_id) if hanging.layout.one_series or at == hanging.active else cell
        for at, cell in enumerate(hanging.cells)
    )
    return replace(hanging, cells=cells)


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
