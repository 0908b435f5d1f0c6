"""A drawn mask keeps its pixels, is counted in them or in square millimetres."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.drawn import disc, mask
from workstation.domain.drawn_mask import area_of
from workstation.domain.error import WorkstationError
from workstation.domain.finding import Basis

COVERED = disc(61, 83, (40, 30), 12.5)


def test_the_pixels_come_back_as_they_were_drawn() -> None:
    assert np.array_equal(mask(COVERED).covered, COVERED)
    assert not mask(np.zeros((3, 5), dtype=np.bool_)).covered.any()


def test_what_is_packed_for_another_size_is_refused() -> None:
    with pytest.raises(WorkstationError):
        replace(mask(COVERED), rows=62)
    with pytest.raises(WorkstationError):
        replace(mask(COVERED), packed=b"no mask")


def test_area_is_in_pixels_or_in_square_millimetres_where_a_pixel_has_a_size() -> None:
    in_px, share = area_of(1200, 4800, None, Basis.READER)
    in_mm, _ = area_of(1200, 4800, (0.5, 0.25), Basis.READER)

    assert (in_px.value, in_px.unit) == (1200.0, "px")
    assert (in_mm.value, in_mm.unit) == (150.0, "mm2")
    assert share.value == 25.0


def test_its_pixels_are_counted_without_those_that_fill_the_last_byte() -> None:
    assert mask(COVERED).pixels == COVERED.sum()
    assert mask(np.ones((3, 5), dtype=np.bool_)).pixels == 15
