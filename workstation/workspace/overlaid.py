"""What files from elsewhere show over the series that they refer to: which, how, and which of their parts."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from workstation.domain.answer import PlacementState
from workstation.domain.object_words import kind_words
from workstation.domain.overlaid import FileLook, Overlaid
from workstation.domain.words import Words, say
from workstation.workspace.state import Changed, Workspace

# One would change how the picture looks, too, and one would cover all of it.
_ON_REQUEST: Final = frozenset({"presentation-state", "parametric-map"})


def take_overlaid(state: Workspace, stack_id: str, overlaid: tuple[Overlaid, ...]) -> tuple[Workspace, Changed]:
    """All that refers to this series, as it was read now. How the reader wants it painted stays."""
    if state.stack(stack_id) is None:
        return state, Changed.NOTHING
    return replace(state, overlaid={**state.overlaid, stack_id: overlaid}), Changed.OVERLAID


def look_of(state: Workspace, stack_id: str, overlaid: Overlaid) -> FileLook:
    """As the reader chose, else painted where its place is proven or assumed; of several maps the first one."""
    later = frozenset(one.part for one in overlaid.maps[1:])
    first = FileLook(shown=overlaid.paints and overlaid.kind not in _ON_REQUEST, hidden=later)
    return state.file_looks.get((stack_id, overlaid.id), first)


def painted_over(state: Workspace, stack_id: str) -> tuple[tuple[Overlaid, FileLook], ...]:
    """What is painted over a series now, in the order of the list."""
    if not state.overlays:
        return ()
    looks = ((one, look_of(state, stack_id, one)) for one in state.overlaid.get(stack_id, ()))
    return tuple((one, look) for one, look in looks if look.shown and one.paints)


def author_of(state: Workspace, stack_id: str) -> Overlaid | None:
    """The object whose author's way of showing a series is in force; None: it is shown as usual."""
    return next((one for one in state.overlaid.get(stack_id, ()) if look_of(state, stack_id, one).author), None)


def show_as_author(state: Workspace, object_id: str, wanted: bool) -> tuple[Workspace, Changed]:
    """Show the series looked at as the author of an object wants it, with what that object paints; or as usual again.
    There is one such author at a time."""
    overlaid = _named(state, object_id)
    if overlaid is None or (wanted and not overlaid.presentations):
        return state, Changed.NOTHING
    changed = Changed.NOTHING
    before = author_of(state, state.chosen)
    if before is not None and before.id != object_id:
        state, changed = _looks(state, before, replace(look_of(state, state.chosen, before), author=False, shown=False))
    look = look_of(state, state.chosen, overlaid)
    state, more = _looks(state, overlaid, replace(look, author=wanted, shown=wanted and overlaid.paints))
    return state, changed | more


def shown_words(state: Workspace, stack_id: str) -> tuple[Words, ...]:
    """What files of others show over a series now, each by kind, name, parts and how sure its place is."""
    found: list[Words] = []
    for one, look in painted_over(state, stack_id):
        placed = [finding for finding in one.findings if one.has_place(finding)]
        seen = sum(finding.id not in look.hidden for finding in placed)
        if not seen:
            continue
        named = say("{kind} “{name}”", kind=kind_words(one.kind), name=one.title)
        if seen < len(placed):
            named = say("{object}, {shown} of {count} parts", object=named, shown=seen, count=len(placed))
        proven = one.placement.state is PlacementState.PROVEN
        sure = say("{object}, placement proven", object=named)
        found.append(sure if proven else say("{object}, placement assumed, not proven", object=named))
    author = author_of(state, stack_id)
    if author is not None:
        found.append(say("picture as “{name}” asks", name=author.title))
    return tuple(found)


def show_file(state: Workspace, object_id: str, shown: bool) -> tuple[Workspace, Changed]:
    """Paint an object over the series looked at, or leave it out. What is contradicted is never painted."""
    overlaid = _named(state, object_id)
    if overlaid is None or (shown and not overlaid.paints):
        return state, Changed.NOTHING
    return _looks(state, overlaid, replace(look_of(state, state.chosen, overlaid), shown=shown))


def show_part(state: Workspace, object_id: str, part: str, shown: bool) -> tuple[Workspace, Changed]:
    overlaid = _named(state, object_id)
    if overlaid is None:
        return state, Changed.NOTHING
    look = look_of(state, state.chosen, overlaid)
    hidden = look.hidden - {part} if shown else look.hidden | {part}
    return _looks(state, overlaid, replace(look, hidden=hidden))


def set_opacity(state: Workspace, object_id: str, opacity: float) -> tuple[Workspace, Changed]:
    overlaid = _named(state, object_id)
    if overlaid is None:
        return state, Changed.NOTHING
    look = look_of(state, state.chosen, overlaid)
    return _looks(state, overlaid, replace(look, opacity=min(max(opacity, 0.0), 1.0)))


def set_outline(state: Workspace, object_id: str, outline: bool) -> tuple[Workspace, Changed]:
    overlaid = _named(state, object_id)
    if overlaid is None:
        return state, Changed.NOTHING
    return _looks(state, overlaid, replace(look_of(state, state.chosen, overlaid), outline=outline))


def _named(state: Workspace, object_id: str) -> Overlaid | None:
    return next((one for one in state.overlaid.get(state.chosen, ()) if one.id == object_id), None)


def _looks(state: Workspace, overlaid: Overlaid, look: FileLook) -> tuple[Workspace, Changed]:
    if look == look_of(state, state.chosen, overlaid):
        return state, Changed.NOTHING
    looks = {**state.file_looks, (state.chosen, overlaid.id): look}
    return replace(state, file_looks=looks), Changed.OVERLAID
