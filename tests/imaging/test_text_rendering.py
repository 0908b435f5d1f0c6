"""What is searched keeps apart what any of its renderings does."""

from __future__ import annotations

import numpy as np

from workstation.domain.series import VoiWindow
from workstation.imaging.text_search.rendering import rendering


def test_letters_brighter_than_bone_stand_out_although_a_window_shows_both_white() -> None:
    values = np.full((64, 64), -1000, np.int16)
    values[10:50, 10:50] = 1200
    values[20:22, 20:40] = 3000

    shown = rendering(values, (VoiWindow(center=40, width=400),)).astype(int)

    assert shown[20, 30] - shown[30, 30] > 40
    assert shown[30, 30] - shown[0, 0] > 40


def test_low_values_are_bright_where_the_file_says_so() -> None:
    values = np.tile(np.arange(100, dtype=np.uint8), (50, 1))

    shown = rendering(values, (), inverted=True)

    assert shown[0, 0] > 250
    assert shown[0, -1] < 5


def test_values_that_are_no_number_do_not_hide_the_others() -> None:
    values = np.tile(np.arange(100, dtype=np.float32), (50, 1))
    values[0] = np.nan

    assert np.ptp(rendering(values, ())[1:]) > 250
