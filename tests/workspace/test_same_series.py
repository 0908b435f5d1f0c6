"""What a scan finds again."""

from __future__ import annotations

from dataclasses import replace

from tests.workspace.sitting import stack
from workstation.workspace.same_series import SameSeries

LUNG = stack("1.2.3#0", number=2)
SOFT = stack("1.2.4#0", number=3)


def test_a_series_that_is_as_it_was_keeps_its_value() -> None:
    again = stack("1.2.3#0", number=2)
    new = stack("5.5#0")

    kept = SameSeries((LUNG, SOFT)).kept((new, again))

    assert again is not LUNG
    assert kept[0] is new
    assert kept[1] is LUNG


def test_a_series_with_other_slices_or_words_is_taken_as_it_is_now() -> None:
    series = SameSeries((LUNG, SOFT))
    grown, renamed = stack("1.2.3#0", number=2, slices=31), replace(SOFT, description="other")

    assert series.kept((grown, renamed)) == (grown, renamed)


def test_a_series_told_twice_by_one_scan_is_one_value() -> None:
    series = SameSeries(())
    first = series.kept((LUNG,))

    assert series.kept((stack("1.2.3#0", number=2),))[0] is first[0]
