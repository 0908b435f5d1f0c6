"""Slices looked at, counted in the window that suits what is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workspace.sitting import result, scan, stack
from workstation.domain.coverage import Coverage, Glance, WindowGroup
from workstation.workspace.coverage import (
    ANY,
    add_coverage,
    fitting_groups,
    forget_coverage,
    look,
    read_slices,
)
from workstation.workspace.findings import add_result
from workstation.workspace.opening import add_scan, choose_stack
from workstation.workspace.state import Changed, Workspace

LUNG = stack("1.2.3#0")


def opened() -> Workspace:
    return choose_stack(add_scan(Workspace(), scan(LUNG, stack("1.2.4#0", description="Head")))[0], LUNG.id)[0]


def looked(state: Workspace, group: WindowGroup, *slices: int) -> Workspace:
    for k in slices:
        state, _ = look(state, Glance(LUNG.id, k, group))
    return state


def test_nodules_are_read_in_the_lung_window() -> None:
    state, _ = add_result(opened(), result(LUNG.id), {})
    state = looked(looked(state, WindowGroup.LUNG, 3, 4), WindowGroup.SOFT, 4, 5, 6)

    assert read_slices(state) == (2, 30)


@pytest.mark.parametrize(
    ("kernel", "groups"),
    [
        ("B70f", {WindowGroup.LUNG, WindowGroup.BONE}),
        ("Bl57d", {WindowGroup.LUNG}),
        ("BONEPLUS", {WindowGroup.BONE}),
        ("Br36d", {WindowGroup.SOFT, WindowGroup.BRAIN}),
        ("?", ANY),
    ],
)
def test_without_a_result_the_kernel_tells_the_window(kernel: str, groups: set[WindowGroup]) -> None:
    assert fitting_groups(replace(LUNG, kernel=kernel, description=""), None) == groups


def test_values_without_a_unit_are_read_in_any_window() -> None:
    assert fitting_groups(replace(LUNG, unit=""), result(LUNG.id)) == ANY


def test_the_same_look_again_changes_nothing() -> None:
    state = looked(opened(), WindowGroup.LUNG, 3)

    assert look(state, Glance(LUNG.id, 3, WindowGroup.LUNG)) == (state, Changed.NOTHING)
    assert look(state, Glance("9.9#0", 3, WindowGroup.LUNG)) == (state, Changed.NOTHING)


def test_earlier_sittings_are_joined_and_a_grown_series_begins_anew() -> None:
    state = looked(opened(), WindowGroup.LUNG, 0)
    joined, changed = add_coverage(state, LUNG.id, Coverage(30, {WindowGroup.LUNG: 0b110}))
    other, nothing = add_coverage(joined, LUNG.id, Coverage(31, {WindowGroup.LUNG: 1 << 30}))

    assert joined.coverage[LUNG.id].seen == {WindowGroup.LUNG: 0b111}
    assert (changed, nothing, other) == (Changed.COVERAGE, Changed.NOTHING, joined)


def test_another_reader_begins_with_nothing() -> None:
    assert forget_coverage(looked(opened(), WindowGroup.LUNG, 0))[0].coverage == {}
