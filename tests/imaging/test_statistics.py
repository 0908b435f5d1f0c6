from __future__ import annotations

import numpy as np
import pytest

from workstation.imaging.pixels.statistics import RegionStatistics, ellipse_region, statistics_of


def test_the_numbers_are_those_of_the_region_alone() -> None:
    values = np.array([[1, 2, 1000], [3, 6, 1000]], dtype=np.int16)
    region = np.array([[True, True, False], [True, True, False]])

    assert statistics_of(values, region) == RegionStatistics(
        count=4, mean=3.0, deviation=pytest.approx(np.sqrt(3.5)), low=1.0, high=6.0
    )


def test_padding_is_no_measurement() -> None:
    values = np.array([[-2000, 40]], dtype=np.int16)
    found = statistics_of(values, np.ones((1, 2), dtype=np.bool_), padding=(-2000, -2000))

    assert found is not None
    assert (found.count, found.mean) == (1, 40.0)


def test_a_region_without_values_has_no_numbers() -> None:
    assert statistics_of(np.zeros((2, 2)), np.zeros((2, 2), dtype=np.bool_)) is None


def test_an_ellipse_covers_its_area() -> None:
    assert ellipse_region(200, 200, (100, 90), (60, 40)).sum() == pytest.approx(np.pi * 60 * 40, rel=0.01)
