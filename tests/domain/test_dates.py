"""The time between two examinations is counted from what was acquired when, whatever else a file says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workspace.sitting import stack
from workstation.domain.dates import days_between, examined
from workstation.domain.series import Stack


def acquired(on: str, study: str = "20260314") -> Stack:
    return replace(stack(date=study), acquired=on)


@pytest.mark.parametrize(
    ("earlier", "later", "days"),
    [
        (acquired("20250314"), acquired("20260314"), 365),
        (acquired("20240228"), acquired("20240301"), 2),  # a leap year
        (acquired("20260314"), acquired("20250314"), -365),
        (acquired("2025.03.14"), acquired("20260314"), 365),
        (acquired("", study="20250314"), acquired("20260314"), 365),
        (acquired("00000000", study="20250314"), acquired("20260314"), 365),
        (acquired("", study=""), acquired("20260314"), None),
        (acquired("20259999", study="20261399"), acquired("20260314"), None),
    ],
)
def test_days_are_counted_and_what_is_no_date_counts_none(earlier: Stack, later: Stack, days: int | None) -> None:
    assert days_between(earlier, later) == days


def test_the_acquisition_goes_before_the_study_it_was_filed_under() -> None:
    assert examined(acquired("20250314", study="20260314")) == "20250314"
