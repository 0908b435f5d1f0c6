"""Slices looked at, counted in the window that suits what is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workspace.sitting import result, scan, stack
from workstation.domain.coverage import Coverage, Glance, WindowGroup
from workstation.domain.own_finding import OWN_READING
from workstation.domain.series import VoiWindow
from workstation.imaging.pixels.voi import preset
from workstation.workspace.coverage import (
    ANY,
    add_coverage,
    file_windows,
    first_window,
    fitting_groups,
    forget_coverage,
    look,
    read_slices,
)
from workstation.workspace.desk import operation_window
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


@pytest.mark.parametrize(
    ("kernel", "told", "first"),
    [
        ("Bl57d", (40, -600), -600),
        ("Bl57d", (-600, 40), -600),
        ("Br36d", (-600, 40), 40),
        ("?", (40, -600), 40),  # nothing says what it was made for: as the file has them
        ("Bl57d", (40,), 40),
        ("Bl57d", (), None),
    ],
)
def test_of_the_files_windows_that_of_the_kernel_comes_first(
    kernel: str, told: tuple[int, ...], first: int | None
) -> None:
    windows = tuple(VoiWindow(center=center, width=400 if center > 0 else 1500) for center in told)
    window, more = (windows[0], windows[1:]) if windows else (None, ())
    instances = tuple(replace(one, window=window, more_windows=more) for one in LUNG.instances)
    found = file_windows(replace(LUNG, kernel=kernel, description="", instances=instances), 15)

    assert [one.center for one in found][:1] == ([] if first is None else [first])
    assert sorted(found, key=windows.index) == list(windows)


def test_a_report_and_the_window_begin_with_the_same_one() -> None:
    soft, lung = VoiWindow(center=40, width=400), VoiWindow(center=-600, width=1500)
    both = tuple(replace(one, window=soft, more_windows=(lung,)) for one in LUNG.instances)
    series = replace(LUNG, kernel="Bl57d", description="", instances=both)
    silent = replace(LUNG, instances=tuple(replace(one, window=None) for one in LUNG.instances))

    assert first_window(series, 15) == operation_window(OWN_READING, series) == lung
    assert first_window(silent, 15) == preset("mediastinum")  # in HU
    assert first_window(replace(silent, unit=""), 15) is None
