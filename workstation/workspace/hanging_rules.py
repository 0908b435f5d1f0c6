"""Hang a study as the rules say when it is shown first, and keep what a person made of it as a rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from workstation.domain.hanging_rule import HangingRule, kind_of
from workstation.domain.radiographs import MAMMOGRAPHY, PROJECTIONS
from workstation.domain.series import FileForm, Stack, VoiFunction, VoiWindow
from workstation.imaging.pixels.voi import EXACT_BELOW
from workstation.workspace.hanging import breasts, compared_with, fill, lay_out
from workstation.workspace.layouts import Cell, Layout
from workstation.workspace.state import Changed, Workspace, good_first, in_order

# Of everything else one view of the series with the most slices is shown, with the window of its files.
BUILT_IN: Final = (
    HangingRule(modality="MG", layout=Layout.FOUR.value),  # both views of both breasts
    HangingRule(modality="XC", layout=Layout.PHOTO.value),
    HangingRule(modality="GM", layout=Layout.PHOTO.value),
    HangingRule(modality="ES", layout=Layout.PHOTO.value),
)
_PROJECTIONS: Final = PROJECTIONS - {MAMMOGRAPHY}  # two of a study are looked at side by side
_LARGEST: Final = 1e12  # of a window's figures
_LAYOUTS: Final = {layout.value: layout for layout in Layout}


def own_rule(state: Workspace, stack: Stack) -> HangingRule | None:
    """The person's rule for series like this one."""
    return next((rule for rule in state.rules if rule.fits(stack)), None)


def own_window(rule: HangingRule) -> VoiWindow | None:
    """The window that a rule asks for; None for none, or one that shows nothing: rules come from a file."""
    center, width = rule.window or (0.0, 0.0)
    if not (abs(center) < _LARGEST and 0 < width < _LARGEST):
        return None
    function = VoiFunction.EXACT if width < EXACT_BELOW else VoiFunction.LINEAR
    return VoiWindow(center=center, width=width, function=function)


def hang_first(state: Workspace) -> tuple[Workspace, Changed]:
    """Lay out a study that is shown first. What a person laid out by hand stays, unless a rule of theirs says so."""
    stack = state.chosen_stack
    if stack is None:
        return state, Changed.NOTHING
    own = own_rule(state, stack)
    if own is None and state.hanging.by_hand:
        return fill(state)
    rule = own or next((rule for rule in BUILT_IN if rule.fits(stack)), None) or _usual(state, stack)
    layout = _LAYOUTS.get(rule.layout, Layout.ONE)
    series = _series(state, stack, rule.series) or (breasts(state) if layout is Layout.FOUR else ())
    if layout is Layout.COMPARE:  # also where another patient's series hung
        series = tuple(id_ or compared_with(state) for id_ in series or (stack.id, ""))
    found = Changed.NOTHING
    if any(series) and stack.id not in series:  # a picture that is made for a computer was found first
        cell = Cell(next(filter(None, series)))
        state = replace(state, hanging=replace(state.hanging, layout=Layout.ONE, cells=(cell,), active=0))
        found = Changed.CHOSEN | Changed.SELECTION
    hung, changed = lay_out(state, layout, series)
    return replace(hung, hanging=replace(hung.hanging, by_hand=state.hanging.by_hand)), changed | found


def keep_rule(
    state: Workspace, window: tuple[float, float] | None, zoom: float | None
) -> tuple[Workspace, HangingRule | None]:
    """Series like the one looked at will hang as they do now; None where there is no series to take it from."""
    stack = state.chosen_stack
    if stack is None:
        return state, None
    modality, body_part, plane = kind_of(stack)
    layout, hung = state.hanging.layout, [state.stack(cell.stack_id) for cell in state.hanging.cells]
    studies = {one.study.uid for one in hung if one is not None}
    # Which studies there are beside the next one nobody knows: Compare finds what suits it.
    named = not layout.one_series and not (layout is Layout.COMPARE and len(studies) > 1)
    rule = HangingRule(
        modality=modality,
        body_part=body_part,
        plane=plane,
        layout=layout.value,
        series=tuple(one.description if one is not None else "" for one in hung) if named else (),
        window=window,
        zoom=zoom,
    )
    return replace(state, rules=(rule, *_others(state, stack))), rule


def forget_rule(state: Workspace) -> Workspace:
    """Series like the one looked at hang as usual again."""
    stack = state.chosen_stack
    return replace(state, rules=_others(state, stack)) if stack is not None else state


def _others(state: Workspace, stack: Stack) -> tuple[HangingRule, ...]:
    return tuple(rule for rule in state.rules if (rule.modality, rule.body_part, rule.plane) != kind_of(stack))


def _usual(state: Workspace, stack: Stack) -> HangingRule:
    if stack.instances[0].form is FileForm.PICTURE and stack.slices == 1:
        return HangingRule(layout=Layout.PHOTO.value)
    pictures = [one for one in state.stacks if one.study.uid == stack.study.uid and one.modality in _PROJECTIONS]
    if stack.modality in _PROJECTIONS and len(pictures) == 2:
        return HangingRule(layout=Layout.TWO.value)
    return HangingRule()


def _series(state: Workspace, chosen: Stack, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Stack ids of the study by the descriptions that a rule names, the series looked at where its own stands."""
    left = [one for one in in_order(state.stacks) if one.study.uid == chosen.study.uid and one.id != chosen.id]
    left.sort(key=lambda one: not good_first(one))
    if chosen.description not in wanted:
        return ()
    ids = []
    at = wanted.index(chosen.description)
    for place, description in enumerate(wanted):
        found = chosen if place == at else next((one for one in left if one.description == description), None)
        ids.append(found.id if found is not None else "")
        left = [one for one in left if one is not found]
    return tuple(ids)
