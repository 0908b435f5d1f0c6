"""Slices that were looked at, beside the scrubber and counted before a report is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from workstation.catalogue import operation_named
from workstation.catalogue.traits import Kernel, kernel
from workstation.domain.answer import AnalysisResult
from workstation.domain.coverage import Coverage, Glance, WindowGroup, group_of
from workstation.domain.series import Stack, VoiWindow
from workstation.imaging.pixels.voi import preset, told_window
from workstation.workspace.state import Changed, Workspace

ANY: Final = frozenset(WindowGroup)
_BY_KERNEL: Final[Mapping[Kernel, frozenset[WindowGroup]]] = {
    Kernel.LUNG: frozenset({WindowGroup.LUNG}),
    Kernel.BONE: frozenset({WindowGroup.BONE}),
    Kernel.SHARP: frozenset({WindowGroup.LUNG, WindowGroup.BONE}),
    Kernel.SOFT: frozenset({WindowGroup.SOFT, WindowGroup.BRAIN}),
}


def fitting_groups(stack: Stack, result: AnalysisResult | None) -> frozenset[WindowGroup]:
    """The windows in which a slice has to be looked at to count as read: the one that the shown result's operation is
    read in, else those that the reconstruction kernel was made for, else any. Only values in HU know the difference."""
    if stack.unit != "HU":
        return ANY
    code = operation_named(result.operation).window if result is not None else ""
    if code:
        group = group_of(preset(code), "HU", None)
        return frozenset({group}) if group is not None else ANY
    return _BY_KERNEL.get(kernel(stack), ANY)


def file_windows(stack: Stack, index: int) -> tuple[VoiWindow, ...]:
    """The windows that the file of a slice tells, first those that its kernel was made for: many a series of the lung
    names the mediastinum's before the lung's."""
    instance = stack.instances[index]
    told = (instance.window, *instance.more_windows) if instance.window is not None else ()
    fitting = fitting_groups(stack, None)
    if fitting == ANY:
        return told
    return tuple(sorted(told, key=lambda window: group_of(window, stack.unit, None) not in fitting))


def first_window(stack: Stack, index: int) -> VoiWindow | None:
    """The one that a series is opened in, unless a person or an operation names another; None: its values tell."""
    told = file_windows(stack, index)
    return told[0] if told else told_window(stack, index)


def coverage_of(state: Workspace, stack: Stack) -> Coverage:
    """What was looked at of a stack as it is open now; one that has grown begins anew: its slices have moved."""
    known = state.coverage.get(stack.id)
    return known if known is not None and known.slices == stack.slices else Coverage(stack.slices)


def look(state: Workspace, glance: Glance) -> tuple[Workspace, Changed]:
    """A slice was looked at."""
    stack = state.stack(glance.stack_id)
    if stack is None or not 0 <= glance.slice_index < stack.slices:
        return state, Changed.NOTHING
    before = coverage_of(state, stack)
    return _put(state, stack, before, before.looked_at(glance.slice_index, glance.group))


def add_coverage(state: Workspace, stack_id: str, earlier: Coverage) -> tuple[Workspace, Changed]:
    """Join what earlier sittings looked at."""
    stack = state.stack(stack_id)
    if stack is None:
        return state, Changed.NOTHING
    before = coverage_of(state, stack)
    return _put(state, stack, before, before.joined(earlier))


def forget_coverage(state: Workspace) -> tuple[Workspace, Changed]:
    """Another reader sits down: what the one before looked at is not theirs."""
    return (replace(state, coverage={}), Changed.COVERAGE) if state.coverage else (state, Changed.NOTHING)


def read_slices(state: Workspace) -> tuple[int, int]:
    """Of the chosen stack: slices looked at in a fitting window, and slices there are; (0, 0) where none is chosen."""
    stack = state.chosen_stack
    if stack is None:
        return (0, 0)
    return coverage_of(state, stack).count(fitting_groups(stack, state.shown_result)), stack.slices


def _put(state: Workspace, stack: Stack, before: Coverage, after: Coverage) -> tuple[Workspace, Changed]:
    if after == before and state.coverage.get(stack.id) == after:
        return state, Changed.NOTHING
    return replace(state, coverage={**state.coverage, stack.id: after}), Changed.COVERAGE
