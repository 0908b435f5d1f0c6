"""Draw masks on a picture, name and colour them, take them away. Each change is a step of the one history.

Every use case that changes a mask raises READING_SIGNED where that is part of a signed reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import numpy as np

from workstation.catalogue import operation_named
from workstation.domain.drawn_mask import Covered, DrawnMask, pack
from workstation.domain.finding import Basis
from workstation.domain.overlaid import FileLook, Rgb
from workstation.domain.photo_mask import PhotoMask
from workstation.domain.series import Stack
from workstation.workspace.history import did
from workstation.workspace.signing import after_signing, refuse_held
from workstation.workspace.state import Changed, DrawnStep, Workspace, with_drawn


def can_draw(stack: Stack | None) -> bool:
    """A single picture without a place in a patient: a photograph, a radiograph, a secondary capture."""
    return stack is not None and stack.slices == 1 and stack.geometry is None


def take_drawn(state: Workspace, stack_id: str, kept: tuple[DrawnMask, ...]) -> tuple[Workspace, Changed]:
    """What earlier sittings left on a picture; what was done since it was asked for stands."""
    if stack_id in state.kept_drawn:
        return state, Changed.NOTHING
    steps = (*state.history.past, *state.history.future)
    touched = {step.mask_id for step in steps if isinstance(step, DrawnStep)}
    earlier = tuple(mask for mask in kept if mask.id not in touched)
    drawn = {**state.drawn, stack_id: (*earlier, *state.drawn.get(stack_id, ()))}
    asked = state.kept_drawn | {stack_id}
    return replace(state, drawn=drawn, kept_drawn=asked), Changed.DRAWN if earlier else Changed.NOTHING


def draw(
    state: Workspace,
    covered: Covered,
    colour: Rgb,
    at: datetime,
    *,
    mask_id: str = "",
    name: str = "",
    basis: Basis = Basis.READER,
) -> tuple[Workspace, Changed]:
    """What has become of a mask under the hand; "" begins a new one on the picture looked at. It is selected.

    covered  bool [row, column] of that picture
    colour   of a new one, as its name and what it rests on
    """
    stack = state.chosen_stack
    if stack is None or not can_draw(stack) or covered.shape != (stack.rows, stack.columns):
        return state, Changed.NOTHING
    before = state.drawn_mask(mask_id)
    if before is not None:
        return put_drawn(state, replace(before, packed=pack(covered), at=at, by=state.reader.name))
    if not covered.any():
        return state, Changed.NOTHING
    there = state.drawn.get(stack.id, ())
    mask = DrawnMask(
        id=uuid4().hex,
        stack_id=stack.id,
        number=max((mask.number for mask in there), default=0) + 1,
        name=name,
        colour=colour,
        rows=stack.rows,
        columns=stack.columns,
        packed=pack(covered),
        by=state.reader.name,
        at=at,
        basis=basis,
    )
    return put_drawn(state, mask)


def put_drawn(state: Workspace, mask: DrawnMask) -> tuple[Workspace, Changed]:
    """A new one, or another state of one there is; it is selected."""
    before = state.drawn_mask(mask.id)
    if before is not None and replace(before, at=mask.at, by=mask.by) == mask:
        return state, Changed.NOTHING
    refuse_held(state, before)
    return _done(state, DrawnStep(mask.stack_id, mask.id, before, after_signing(state, mask)), mask.id)


def rename(state: Workspace, mask_id: str, name: str, at: datetime) -> tuple[Workspace, Changed]:
    """The reader's own name for it; "" for the number that it has."""
    mask = state.drawn_mask(mask_id)
    return put_drawn(state, replace(mask, name=name, at=at)) if mask is not None else (state, Changed.NOTHING)


def recolour(state: Workspace, mask_id: str, colour: Rgb, at: datetime) -> tuple[Workspace, Changed]:
    mask = state.drawn_mask(mask_id)
    return put_drawn(state, replace(mask, colour=colour, at=at)) if mask is not None else (state, Changed.NOTHING)


def delete_drawn(state: Workspace, mask_id: str) -> tuple[Workspace, Changed]:
    before = state.drawn_mask(mask_id)
    if before is None:
        return state, Changed.NOTHING
    refuse_held(state, before)
    return _done(state, DrawnStep(before.stack_id, before.id, before, None), "")


def select_drawn(state: Workspace, mask_id: str) -> tuple[Workspace, Changed]:
    """The one that is drawn on; "": what is drawn next is a new one."""
    if mask_id == state.selected_drawn:
        return state, Changed.NOTHING
    return replace(state, selected_drawn=mask_id), Changed.DRAWN


def nothing_drawn(stack: Stack) -> Covered:
    """What a first stroke goes on with."""
    return np.zeros((stack.rows, stack.columns), dtype=np.bool_)


def drawn_on(state: Workspace, stack_id: str) -> DrawnMask | None:
    """The selected mask of a picture, if it is one of this picture's."""
    return next((one for one in state.drawn.get(stack_id, ()) if one.id == state.selected_drawn), None)


def keep_layer(
    state: Workspace, volume: str, label: int, name: str, colour: Rgb, at: datetime
) -> tuple[Workspace, Changed]:
    """A mask of the shown result as a drawn one, which can be changed; the result keeps its own."""
    covered = layer_pixels(state, volume, label)
    basis = Basis.SIMULATED if layer_simulated(state, volume, label) else Basis.READER
    return draw(state, covered, colour, at, name=name, basis=basis) if covered is not None else (state, Changed.NOTHING)


def layer_simulated(state: Workspace, volume: str, label: int) -> bool:
    """Whether a mask of the shown result was made up."""
    result = state.shown_result
    layer = next((one for one in state.layers if one.key == (volume, label)), None)
    basis = layer.basis if layer is not None else None
    return result is not None and (basis or result.basis) is Basis.SIMULATED


def layer_pixels(state: Workspace, volume: str, label: int) -> Covered | None:
    """What a label of a mask of the shown result covers; None where that is not counted in pixels of this picture."""
    result, stack = state.shown_result, state.chosen_stack
    if result is None or stack is None or not can_draw(stack):
        return None
    there = next((mask for mask in result.masks if mask.name == volume), None)
    if there is None or there.values.shape != (1, stack.rows, stack.columns):
        return None
    return np.asarray(there.values[0] == label)


def show_drawn(state: Workspace, mask_id: str, shown: bool) -> tuple[Workspace, Changed]:
    """Whether it is painted, for this sitting."""
    mask = state.drawn_mask(mask_id)
    if mask is None:
        return state, Changed.NOTHING
    look = replace(look_of_drawn(state, mask), shown=shown)
    return replace(state, file_looks={**state.file_looks, (mask.stack_id, mask.id): look}), Changed.DRAWN


def photo_mask(state: Workspace, operation: str) -> PhotoMask | None:
    """What goes with the picture looked at to an operation that takes a drawn mask: the one that is drawn on, else the
    last one; None where the operation takes none, or none is drawn."""
    there = state.drawn.get(state.chosen, ())
    mask = drawn_on(state, state.chosen) or (there[-1] if there else None)
    return PhotoMask(covered=mask.covered) if mask is not None and operation_named(operation).drawn else None


def set_looks(state: Workspace, opacity: float | None = None, outline: bool | None = None) -> tuple[Workspace, Changed]:
    """How masks drawn on the picture looked at are painted, and others that come later. None: as before."""
    looks = dict(state.file_looks)
    for mask in state.drawn.get(state.chosen, ()):
        look = look_of_drawn(state, mask)
        opaque = look.opacity if opacity is None else min(max(opacity, 0.0), 1.0)
        looks[mask.stack_id, mask.id] = replace(
            look, opacity=opaque, outline=look.outline if outline is None else outline
        )
    usual = replace(
        state.mask_look,
        opacity=state.mask_look.opacity if opacity is None else min(max(opacity, 0.0), 1.0),
        outline=state.mask_look.outline if outline is None else outline,
    )
    if looks == state.file_looks and usual == state.mask_look:
        return state, Changed.NOTHING
    return replace(state, file_looks=looks, mask_look=usual), Changed.DRAWN


def look_of_drawn(state: Workspace, mask: DrawnMask) -> FileLook:
    return state.file_looks.get((mask.stack_id, mask.id), state.mask_look)


def drawn_over(state: Workspace, stack_id: str) -> tuple[tuple[DrawnMask, FileLook], ...]:
    """What is painted over a picture now, in the order drawn."""
    if not state.overlays:
        return ()
    looks = ((mask, look_of_drawn(state, mask)) for mask in state.drawn.get(stack_id, ()))
    return tuple((mask, look) for mask, look in looks if look.shown)


def changed_drawn(before: Workspace, after: Workspace) -> Mapping[str, tuple[str, DrawnMask | None]]:
    """By id what has to be written to the records so that they say what `after` says: its picture, and the mask;
    None: deleted."""
    if before.drawn is after.drawn:
        return {}
    were, are = _by_id(before), _by_id(after)
    changed = {id_: (of.stack_id, are.get(id_)) for id_, of in were.items() if are.get(id_) is not of}
    return changed | {id_: (of.stack_id, of) for id_, of in are.items() if id_ not in were}


def _by_id(state: Workspace) -> dict[str, DrawnMask]:
    return {mask.id: mask for of_stack in state.drawn.values() for mask in of_stack}


def _done(state: Workspace, step: DrawnStep, selected: str) -> tuple[Workspace, Changed]:
    return replace(did(with_drawn(state, step), step), selected_drawn=selected), Changed.DRAWN
