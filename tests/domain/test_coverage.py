"""Which slices count as looked at."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.domain.coverage import Attention, Coverage, Glance, WindowGroup, group_of
from workstation.domain.series import VoiWindow

CHEST = (-1000.0, 900.0)


def glance(k: int, group: WindowGroup = WindowGroup.LUNG, stack: str = "1.2#0") -> Glance:
    return Glance(stack, k, group)


def looked_at(*steps: tuple[Glance | None, float]) -> list[int]:
    """Slices that count after these were on the screen, each from its moment on."""
    attention, counted = Attention(), []
    for shown, now in steps:
        attention, seen = attention.at(shown, now)
        counted += [seen.slice_index] if seen is not None else []
    return counted


def test_a_slice_that_stays_counts_once() -> None:
    assert looked_at((glance(3), 0.0), (glance(3), 0.1), (glance(3), 0.2), (glance(3), 5.0), (glance(9), 6.0)) == [3]


def test_a_slice_that_is_jumped_over_does_not_count() -> None:
    assert looked_at((glance(3), 0.0), (glance(30), 0.1), (glance(60), 0.2), (None, 0.3)) == []


def test_slices_count_in_slow_scrolling_and_not_in_fast() -> None:
    slow = [(glance(k), k / 10) for k in range(6)]
    fast = [(glance(k), k / 20) for k in range(6)]

    assert looked_at(*slow) == [0, 1, 2, 3, 4]
    assert looked_at(*fast) == []


def test_another_window_on_the_same_slice_is_another_look() -> None:
    assert looked_at((glance(3), 0.0), (glance(3, WindowGroup.BONE), 0.1), (None, 0.2)) == []
    assert looked_at((glance(3), 0.0), (glance(3, WindowGroup.BONE), 0.16), (None, 0.4)) == [3, 3]


def test_nothing_counts_while_nothing_is_in_sight() -> None:
    assert looked_at((glance(3), 0.0), (None, 0.05), (None, 60.0), (glance(3), 60.1), (glance(4), 60.15)) == []


@pytest.mark.parametrize(
    ("center", "width", "group"),
    [
        (-600, 1500, WindowGroup.LUNG),
        (-500, 1400, WindowGroup.LUNG),
        (40, 400, WindowGroup.SOFT),
        (90, 150, WindowGroup.SOFT),
        (200, 600, WindowGroup.SOFT),
        (350, 2000, WindowGroup.BONE),
        (40, 80, WindowGroup.BRAIN),
        (-100, 5000, WindowGroup.OTHER),
        (3000, 100, None),  # all black
        (-500, 1, None),  # two tones
        (0, 60000, None),  # one gray
    ],
)
def test_a_window_belongs_to_what_it_shows(center: float, width: float, group: WindowGroup | None) -> None:
    assert group_of(VoiWindow(center=center, width=width), "HU", CHEST) is group


def test_windows_over_other_units_are_told_apart_by_nothing() -> None:
    assert group_of(VoiWindow(center=600, width=1200), "", (0.0, 1500.0)) is WindowGroup.OTHER
    assert group_of(VoiWindow(center=9000, width=1200), "", (0.0, 1500.0)) is None


def test_what_was_looked_at_is_counted_by_window() -> None:
    coverage = Coverage(10).looked_at(0, WindowGroup.LUNG).looked_at(9, WindowGroup.LUNG).looked_at(4, WindowGroup.SOFT)
    lung, both = frozenset({WindowGroup.LUNG}), frozenset({WindowGroup.LUNG, WindowGroup.SOFT})

    assert (coverage.count(lung), coverage.count(both)) == (2, 3)
    assert np.flatnonzero(coverage.mask(both)).tolist() == [0, 4, 9]
    assert list(coverage.unread(both)) == [1, 2, 3, 5, 6, 7, 8]


def test_coverage_is_joined_only_with_that_of_the_same_slices() -> None:
    one, two = Coverage(8).looked_at(1, WindowGroup.LUNG), Coverage(8).looked_at(7, WindowGroup.BONE)

    assert one.joined(two).seen == {WindowGroup.LUNG: 2, WindowGroup.BONE: 128}
    assert one.joined(Coverage(9).looked_at(8, WindowGroup.LUNG)) == one
    with pytest.raises(ValueError, match="beyond"):
        one.looked_at(8, WindowGroup.LUNG)
