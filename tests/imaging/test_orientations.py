"""Which orientations are the same: found among the few that lie near, as if each were compared with all."""

from __future__ import annotations

import math
import random

from hypothesis import given
from hypothesis import strategies as st

from workstation.imaging.series.orientations import Clusters

Six = tuple[float, ...]
NEAR = 1e-3


def _turned(a: float, b: float, c: float) -> Six:
    """Row and column of a frame turned by three angles."""
    (sa, ca), (sb, cb), (sc, cc) = ((math.sin(angle), math.cos(angle)) for angle in (a, b, c))
    return (ca * cb, sa * cb, -sb, ca * sb * sc - sa * cc, sa * sb * sc + ca * cc, cb * sc)


def _compared_with_all(orientations: list[Six]) -> list[int]:
    known: list[Six] = []
    numbers = []
    for six in orientations:
        same = [n for n, one in enumerate(known) if max(abs(a - b) for a, b in zip(six, one, strict=True)) <= NEAR]
        numbers.append(same[0] if same else len(known))
        if not same:
            known.append(six)
    return numbers


angles = st.floats(-4, 4)
spreads = st.sampled_from([0.0, 3e-4, 1e-3, 3e-3, 1e-2, 3.0])


@given(angles, angles, angles, spreads, st.randoms(use_true_random=False))
def test_the_same_orientations_are_found_as_if_each_were_compared_with_all(
    a: float, b: float, c: float, spread: float, shuffle: random.Random
) -> None:
    orientations = [_turned(*(angle + spread * shuffle.uniform(-1, 1) for angle in (a, b, c))) for _ in range(60)]
    clusters = Clusters()

    assert [clusters.number(six) for six in orientations] == _compared_with_all(orientations)


@given(st.integers(-999, 999), st.integers(-999, 999))
def test_orientations_at_the_very_limit_are_the_same(first: int, second: int) -> None:
    orientations = [(n / 1000, 1.0, 0.0, 0.0, 0.0, 1.0) for n in (first, first + 1, second, second - 1)]
    clusters = Clusters()

    assert [clusters.number(six) for six in orientations] == _compared_with_all(orientations)


def test_an_orientation_of_its_own_for_each_frame_is_compared_with_few() -> None:
    chance = random.Random(5)
    clusters = Clusters()
    compared = []
    for _ in range(5000):
        six = _turned(*(chance.uniform(-0.02, 0.02) for _ in range(3)))
        compared.append(len(clusters.near(six)))
        clusters.number(six)

    assert clusters.number(_turned(1.0, 0.0, 0.0)) > 2000  # so many that are not the same
    assert max(compared) < 200
