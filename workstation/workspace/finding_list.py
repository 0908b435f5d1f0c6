"""All findings of a study as one list: of every result of every series, and the reader's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workstation.catalogue import operation_named
from workstation.domain.answer import AnalysisResult
from workstation.domain.calibrated_area import with_square_mm
from workstation.domain.decision import OPEN, Decision, DecisionState
from workstation.domain.editing import edited
from workstation.domain.error import WorkstationError
from workstation.domain.figures import value_text
from workstation.domain.finding import Finding
from workstation.domain.layers import number_of
from workstation.domain.projection import center_of
from workstation.domain.ruler import scale_by
from workstation.domain.series import Stack
from workstation.domain.words import Language, Words, render, say
from workstation.workspace.sifting import Sifting, Sort
from workstation.workspace.state import Changed, Workspace, in_order

_SIZES = ("diameter", "long-axis", "length", "volume", "area")
_UNDECIDED_FIRST = (DecisionState.OPEN, DecisionState.ACCEPTED, DecisionState.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """One line. `finding` as it was read; `changed`: its shape is the reader's; `slices` from 0, None: not known."""

    finding: Finding
    number: int
    stack: Stack
    result: AnalysisResult
    decision: Decision
    slices: tuple[int, int] | None

    @property
    def changed(self) -> bool:
        return self.decision.shapes is not None


def operation_words(name: str) -> Words:
    """What people call the operation; its name where there is no such row any more."""
    try:
        return operation_named(name).title
    except WorkstationError:
        return say("{text}", text=name)


class _Made:
    """The lines of the state that was asked about last: a decision changes one of hundreds."""

    def __init__(self) -> None:
        self._state = Workspace()
        self._of: Mapping[tuple[str, str], tuple[Stack, AnalysisResult, tuple[Entry, ...]]] = {}
        self._every: tuple[Entry, ...] = ()

    def of(self, state: Workspace) -> tuple[Entry, ...]:
        before, self._state = self._state, state
        same = (
            state.results is before.results
            and state.decisions is before.decisions
            and state.slices is before.slices
            and state.stacks is before.stacks
            and state.rulers is before.rulers
            and state.chosen == before.chosen
        )
        if not same:
            kept = {
                (stack.id, result.job.id): (stack, result, self._lines(state, before, stack, result))
                for stack in _of_study(state)
                for result in state.results.get(stack.id, ())
            }
            self._of, self._every = kept, tuple(line for _, _, lines in kept.values() for line in lines)
        return self._every

    def _lines(self, state: Workspace, before: Workspace, stack: Stack, result: AnalysisResult) -> tuple[Entry, ...]:
        kept = self._of.get((stack.id, result.job.id))
        measured_anew = state.rulers.get(stack.id) is not before.rulers.get(stack.id)
        if kept is None or kept[0] is not stack or kept[1] is not result or measured_anew:
            places = enumerate(result.findings, start=1)
            return tuple(_entry(state, stack, result, finding, place) for place, finding in places)
        decisions, slices = state.decisions, state.slices
        return tuple(
            line
            if decisions.get(line.finding.id, OPEN) is line.decision and slices.get(line.finding.id) == line.slices
            else _entry(state, stack, result, finding, place)
            for place, (finding, line) in enumerate(zip(result.findings, kept[2], strict=True), start=1)
        )


_MADE = _Made()


def entries(state: Workspace) -> tuple[Entry, ...]:
    """Every finding of the study looked at, in the order of the study browser, results and answers. Lines that are as
    they were are the same objects."""
    return _MADE.of(state)


def _of_study(state: Workspace) -> Iterator[Stack]:
    chosen = state.chosen_stack
    if chosen is not None:
        yield from (stack for stack in in_order(state.stacks) if stack.study.uid == chosen.study.uid)


def _entry(state: Workspace, stack: Stack, result: AnalysisResult, finding: Finding, place: int) -> Entry:
    decision = state.decisions.get(finding.id, OPEN)
    if result.in_pixels:
        finding = with_square_mm(finding, scale_by(stack, state.rulers.get(stack.id)))
    return Entry(
        finding=edited(finding, decision.shapes) if decision.shapes is not None else finding,
        number=number_of(finding, place),
        stack=stack,
        result=result,
        decision=decision,
        slices=state.slices.get(finding.id),
    )


def listed(
    state: Workspace, language: Language = Language.ENGLISH, every: Sequence[Entry] | None = None
) -> tuple[Entry, ...]:
    """Those that the filters leave, sorted. `language`: the one in which words are looked for; `every`: of `entries`"""
    sifting = state.sifting
    every = entries(state) if every is None else every
    left = [one for one in every if state.passes(one.finding)]
    if sifting != Sifting(sort=sifting.sort):
        left = [one for one in left if _fits(one, state.chosen, sifting, language)]
    match sifting.sort:
        case Sort.ANSWER:
            pass
        case Sort.PLACE:
            left.sort(key=_place)
        case Sort.SIZE:
            left.sort(key=size_of, reverse=True)
        case Sort.CONFIDENCE:
            left.sort(key=lambda one: -1.0 if one.finding.confidence is None else one.finding.confidence, reverse=True)
        case Sort.DECISION:
            left.sort(key=lambda one: _UNDECIDED_FIRST.index(one.decision.state))
    return tuple(left)


def sift(state: Workspace, sifting: Sifting) -> tuple[Workspace, Changed]:
    if sifting == state.sifting:
        return state, Changed.NOTHING
    return replace(state, sifting=sifting), Changed.FILTER


def show_all(state: Workspace) -> tuple[Workspace, Changed]:
    """No filter any more; the order stays."""
    every = replace(state, sifting=Sifting(sort=state.sifting.sort), threshold=0.0)
    return every, Changed.FILTER if every != state else Changed.NOTHING


def take_slices(state: Workspace, slices: Mapping[str, tuple[int, int]]) -> tuple[Workspace, Changed]:
    """On which slices findings are seen, worked out elsewhere."""
    known = {**state.slices, **slices}
    if known == state.slices:
        return state, Changed.NOTHING
    return replace(state, slices=known), Changed.SLICES


def size_of(entry: Entry) -> float:
    """For sorting: a length in mm, or what is nearest to one; 0 where nothing is known."""
    for name in _SIZES:
        measured = entry.finding.measurement(name)
        if measured is not None and isinstance(measured.value, int | float):
            value = float(measured.value)
            if measured.unit in ("mm3", "mL", "cm3"):
                cubic = value * (1.0 if measured.unit == "mm3" else 1000.0)
                return float(np.cbrt(6 * max(0.0, cubic) / np.pi))  # as wide as a ball of that volume
            return float(np.sqrt(max(0.0, value))) if measured.unit == "mm2" else value
    return 0.0


def _place(entry: Entry) -> tuple[int, float]:
    """Along the series; those without a place last."""
    if entry.slices is not None:
        return (0, (entry.slices[0] + entry.slices[1]) / 2)
    center, geometry = center_of(entry.finding), entry.stack.geometry
    if center is None or geometry is None or entry.result.in_pixels:
        return (1, 0.0)
    return (0, float(geometry.to_index(center)[0]))


def _fits(entry: Entry, chosen: str, sifting: Sifting, language: Language) -> bool:
    if sifting.kind and entry.finding.code != sifting.kind:
        return False
    if sifting.decision is not None and entry.decision.state is not sifting.decision:
        return False
    if sifting.slices is not None:
        first, last = sifting.slices
        seen = entry.slices
        if entry.stack.id != chosen or seen is None or seen[1] < first or seen[0] > last:
            return False
    words = sifting.text.casefold().split()
    return not words or _says(entry, words, language)


def _says(entry: Entry, words: list[str], language: Language) -> bool:
    finding = entry.finding
    parts = [
        str(entry.number),
        render(finding.label, language),
        finding.code,
        entry.stack.description,
        render(operation_words(entry.result.operation), language),
        entry.decision.comment,
        entry.decision.by,
        *(f"{render(m.label, language)} {value_text(m, language)} {m.unit}" for m in finding.measurements),
    ]
    text = " ".join(parts).casefold()
    return all(word in text for word in words)
