"""Lay pictures out: another layout, another cell, another series in a cell."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from workstation.domain.dates import examined
from workstation.domain.radiographs import MAMMOGRAPHY, back_to_back, front_first, is_projection
from workstation.domain.series import Stack
from workstation.domain.slab import Slab
from workstation.workspace.layouts import Cell, Hanging, Layout, mpr_cells
from workstation.workspace.registered import registered, registered_with
from workstation.workspace.state import Changed, Workspace, good_first, in_order, patients

_PRIOR_MATCHES: Final = ("modality", "plane", "body_part", "kernel")


def lay_out(state: Workspace, layout: Layout, series: tuple[str, ...] = ()) -> tuple[Workspace, Changed]:
    """The same series in another layout; cells that are new are filled from its study, or from an earlier one.

    series  stack ids of the cells, where it is known which
    """
    before = state.hanging
    again = layout is before.layout and not before.maximised and not series
    cells = before.cells if again and layout is not Layout.COMPARE else _cells(state, layout)
    if series and not layout.one_series:
        cells = tuple(map(Cell, [*series, *[""] * layout.size][: layout.size]))
        cells = registered(state, cells) if layout is Layout.COMPARE else cells
    if again and cells == before.cells:
        return replace(state, unhung=False, hanging=replace(before, by_hand=True)), Changed.NOTHING
    active = next((at for at, cell in enumerate(cells) if cell.stack_id == state.chosen), 0)
    after = Hanging(layout=layout, cells=cells, active=active, linked=before.linked, by_hand=True, slab=before.slab)
    return replace(state, unhung=False, hanging=after), Changed.LAYOUT


def activate(state: Workspace, index: int) -> tuple[Workspace, Changed]:
    """Look at another cell: cards and findings are of its series from now on."""
    hanging = state.hanging
    if index == hanging.active or not 0 <= index < len(hanging.cells):
        return state, Changed.NOTHING
    there = replace(state, hanging=replace(hanging, active=index))
    if there.chosen == state.chosen:
        return there, Changed.LAYOUT
    return replace(there, selected="", undecided=False), Changed.LAYOUT | Changed.CHOSEN | Changed.SELECTION


def maximise(state: Workspace) -> tuple[Workspace, Changed]:
    """Give the active cell the whole room, or take it back."""
    hanging = state.hanging
    if len(hanging.cells) == 1:
        return state, Changed.NOTHING
    return replace(state, hanging=replace(hanging, maximised=not hanging.maximised)), Changed.LAYOUT


def link(state: Workspace, linked: bool) -> tuple[Workspace, Changed]:
    """Whether cells follow one another."""
    if linked == state.hanging.linked:
        return state, Changed.NOTHING
    return replace(state, hanging=replace(state.hanging, linked=linked)), Changed.LAYOUT


def set_slab(state: Workspace, slab: Slab) -> tuple[Workspace, Changed]:
    """What the planes of MPR show: one slice, or a slab."""
    if slab == state.hanging.slab:
        return state, Changed.NOTHING
    return replace(state, hanging=replace(state.hanging, slab=slab)), Changed.LAYOUT


def _cells(state: Workspace, layout: Layout) -> tuple[Cell, ...]:
    chosen = state.chosen
    if layout.planes:
        return mpr_cells(chosen, state.chosen_stack)
    if layout is Layout.COMPARE:
        return _compared(state)
    ids = [chosen]
    if not layout.one_series:
        ids = list(_radiographs(state, layout.size))
        shown = [cell.stack_id for cell in state.hanging.cells]
        if chosen not in ids or any(id_ and id_ not in ids for id_ in shown):
            ids = list(dict.fromkeys((chosen, *(id_ for id_ in (*shown, *_beside(state)) if id_))))
    ids = [*ids, *[""] * layout.size][: layout.size]
    return tuple(map(Cell, ids))


def _compared(state: Workspace) -> tuple[Cell, ...]:
    """The series looked at, in its place, and what it is compared with: what hangs there if a registration brought the
    two together, else what one did bring together with it, else what hangs there, else what suits it best."""
    hanging, chosen = state.hanging, state.chosen
    there = hanging.layout is Layout.COMPARE and len(hanging.cells) == Layout.COMPARE.size
    hung, own = (hanging.cells, hanging.active) if there else ((Cell(chosen), Cell()), 0)
    beside = hung[1 - own].stack_id
    together = registered(state, hung)
    if any(cell.onto for cell in together):
        return together
    other = registered_with(state, chosen) if beside else compared_with(state)
    if not other:
        return together
    pair = (Cell(chosen), Cell(other))
    return registered(state, pair if own == 0 else pair[::-1])


def compared_with(state: Workspace) -> str:
    """Id of what the series looked at is compared with where nothing hangs beside it; "" for none."""
    stack = state.chosen_stack
    partner = partner_of(stack, state.stacks) if stack is not None else None
    return registered_with(state, state.chosen) or (partner.id if partner is not None else "")


def fill(state: Workspace) -> tuple[Workspace, Changed]:
    """A study is looked at in a layout that was there before: cells that are empty, or show somebody else, get its
    series; those of this patient stay."""
    before = state.hanging
    if state.chosen_stack is None or before.layout.one_series:
        return state, Changed.NOTHING
    his = _same_patient(state)
    stay = [cell if at == before.active or cell.stack_id in his else None for at, cell in enumerate(before.cells)]
    hung = {cell.stack_id for cell in stay if cell is not None}
    wanted = _cells(replace(state, hanging=replace(before, cells=(Cell(state.chosen),), active=0)), before.layout)
    if len(hung) == 1 and state.chosen in {cell.stack_id for cell in wanted}:
        cells = wanted  # nothing else of this patient hangs: as the layout is filled when it is chosen
    else:
        new = iter([cell for cell in wanted if cell.stack_id and cell.stack_id not in hung])
        cells = tuple(cell if cell is not None and cell.stack_id else next(new, Cell()) for cell in stay)
        cells = registered(state, cells) if before.layout is Layout.COMPARE else cells
    active = next((at for at, cell in enumerate(cells) if cell.stack_id == state.chosen), before.active)
    after = replace(before, cells=cells, active=active)
    return (state, Changed.NOTHING) if after == before else (replace(state, hanging=after), Changed.LAYOUT)


def breasts(state: Workspace) -> tuple[str, ...]:
    """Mammograms of the study looked at, back to back in two rows; () where it has none."""
    chosen = state.chosen_stack
    if chosen is None or chosen.modality != MAMMOGRAPHY:
        return ()
    return back_to_back([one for one in in_order(state.stacks) if one.study.uid == chosen.study.uid])


def _radiographs(state: Workspace, cells: int) -> tuple[str, ...]:
    """Those of the study looked at, where all have a place: breasts back to back, others from the front first."""
    chosen = state.chosen_stack
    if chosen is None or not is_projection(chosen):
        return ()
    if chosen.modality == MAMMOGRAPHY and cells == Layout.FOUR.size:
        return breasts(state)
    study = [one for one in state.stacks if one.study.uid == chosen.study.uid and is_projection(one)]
    return tuple(one.id for one in front_first(in_order(tuple(study)))) if len(study) <= cells else ()


def _beside(state: Workspace) -> tuple[str, ...]:
    """Other series of the study looked at, worth being looked at, from this one on."""
    chosen = state.chosen_stack
    if chosen is None:
        return ()
    study = [one for one in in_order(state.stacks) if one.study.uid == chosen.study.uid]
    worth = [one.id for one in study if good_first(one) or is_projection(one)]
    at = worth.index(chosen.id) if chosen.id in worth else 0
    return (*worth[at:], *worth[:at])


def _same_patient(state: Workspace) -> frozenset[str]:
    """Ids of the series of the person whose series is looked at."""
    chosen = state.chosen
    people = ([one.id for study in person.studies for one in study.stacks] for person in patients(state.stacks))
    return frozenset(next((ids for ids in people if chosen in ids), ()))


def partner_of(stack: Stack, stacks: tuple[Stack, ...]) -> Stack | None:
    """What a series is best compared with: the same of an earlier study of this patient, the latest first; else
    another series of this study in the same plane."""
    person = next((p for p in patients(stacks) if any(one.id == stack.id for s in p.studies for one in s.stacks)), None)
    if person is None:
        return None
    others = [one for study in person.studies for one in study.stacks if one.id != stack.id and good_first(one)]
    alike = [one for one in others if one.modality == stack.modality and one.plane is stack.plane]
    earlier = [one for one in alike if one.study.uid != stack.study.uid]
    candidates = earlier or alike or others

    def likeness(one: Stack) -> tuple[bool, int, int]:
        same = sum(getattr(one, name) == getattr(stack, name) for name in _PRIOR_MATCHES)
        return (examined(one) <= examined(stack), same, -abs(one.slices - stack.slices))

    return max(candidates, key=likeness, default=None)
