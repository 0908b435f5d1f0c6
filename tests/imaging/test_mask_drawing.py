"""Strokes, polygons and filled holes against shapes that geometry knows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.drawn import disc, overlap
from workstation.imaging.pixels.mask_drawing import brushed, with_polygon, without_holes

ROWS, COLUMNS = 300, 400
EMPTY = np.zeros((ROWS, COLUMNS), dtype=np.bool_)


@pytest.mark.parametrize("radius", [8.0, 20.5, 60.0])
def test_a_dab_of_the_brush_is_a_disc(radius: float) -> None:
    drawn = brushed(EMPTY, [(150.3, 140.8)], radius)

    assert np.array_equal(drawn, disc(ROWS, COLUMNS, (150.3, 140.8), radius))
    assert drawn.sum() == pytest.approx(math.pi * radius**2, rel=0.02)


def test_a_stroke_has_the_area_of_a_rounded_bar() -> None:
    drawn = brushed(EMPTY, [(60, 50), (180, 140), (300, 230)], 12)

    assert drawn.sum() == pytest.approx(math.pi * 12**2 + 2 * 12 * 300, rel=0.02)


def test_the_eraser_takes_away_what_lies_under_it_and_nothing_else() -> None:
    whole = disc(ROWS, COLUMNS, (200, 150), 80)
    left = brushed(whole, [(200, 150)], 40, erase=True)

    assert np.array_equal(left, whole & ~disc(ROWS, COLUMNS, (200, 150), 40))


def test_a_stroke_beyond_the_edge_stays_within_the_picture() -> None:
    drawn = brushed(EMPTY, [(-50, -50), (-5, 10)], 10)

    assert np.array_equal(np.argwhere(drawn).max(axis=0) <= (20, 5), [True, True])
    assert drawn[10, 4]
    assert not brushed(EMPTY, [(-50, -50)], 10).any()


def test_a_polygon_has_the_area_of_its_corners() -> None:
    corners = [(50.2, 40.7), (330.4, 80.1), (250.9, 260.3), (90.6, 210.2)]
    x, y = np.array(corners).T
    area = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2

    assert with_polygon(EMPTY, corners).sum() == pytest.approx(area, rel=0.02)


def test_a_polygon_around_a_circle_covers_the_disc() -> None:
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    corners = [(200 + 70 * math.cos(at), 150 + 70 * math.sin(at)) for at in turn]

    drawn = with_polygon(EMPTY, corners)

    assert overlap(drawn, disc(ROWS, COLUMNS, (200, 150), 70)) >= 0.98
    assert not with_polygon(drawn, corners, erase=True).any()


def test_a_polygon_partly_outside_is_cut_at_the_edge() -> None:
    drawn = with_polygon(EMPTY, [(-100, 100), (49.5, 100), (49.5, 199), (-100, 199)])

    assert drawn.sum() == 50 * 100
    assert not with_polygon(EMPTY, [(500, 10), (600, 10), (600, 90)]).any()


def test_holes_are_filled_and_bays_are_not() -> None:
    ring = disc(ROWS, COLUMNS, (200, 150), 80) & ~disc(ROWS, COLUMNS, (200, 150), 30)
    open_ring = ring.copy()
    open_ring[145:155, 200:] = False

    assert np.array_equal(without_holes(ring), disc(ROWS, COLUMNS, (200, 150), 80))
    assert np.array_equal(without_holes(open_ring), open_ring)
