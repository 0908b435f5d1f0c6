"""What is cut out of pictures that are harder than a thing in the middle of another colour: drawn, so known."""

from __future__ import annotations

import numpy as np
import pytest

from tests.photos import Color, Mask, Rgb, overlap, photo, shape
from workstation.localcloud.engine.photo_cutting import main_object, refined

pytest.importorskip("cv2", reason="the extra “ocr” is not installed")

LESION: Color = (150, 95, 90)


def cut_by_the_border() -> tuple[Rgb, Mask]:
    """A lesion that reaches out of the picture on two sides, wet: with bright specks on it."""
    rows, columns = np.mgrid[:300, :400]
    truth = ((columns - 270) / 170) ** 2 + ((rows - 120) / 150) ** 2 <= 1
    specks = np.random.default_rng(3)
    picture = np.where(truth[..., None], LESION, (206, 205, 212)).astype(float)
    for row, column in zip(specks.integers(40, 230, 25), specks.integers(180, 360, 25), strict=True):
        picture[(columns - column) ** 2 + (rows - row) ** 2 <= specks.integers(2, 20)] = 252
    picture += specks.normal(0, 4, picture.shape)
    return picture.clip(0, 255).astype(np.uint8), np.asarray(truth)


def test_a_lesion_that_the_border_cuts_is_found_and_not_the_specks_on_it() -> None:
    picture, truth = cut_by_the_border()

    found = main_object(picture)

    assert overlap(found, truth) > 0.95
    assert found.sum() == pytest.approx(truth.sum(), rel=0.02)


@pytest.mark.parametrize(
    ("color", "ground"),
    [
        pytest.param((236, 236, 236), (252, 252, 252), id="nearly white on white"),
        pytest.param((28, 26, 25), (5, 5, 5), id="nearly black on black"),
        pytest.param((60, 160, 70), (90, 40, 110), id="green on purple"),
    ],
)
def test_a_shape_is_found_on_a_ground_of_nearly_its_brightness(color: Color, ground: Color) -> None:
    truth = shape("ellipse", 300, 400)
    found = main_object(photo(truth, color, ground, noise=1.5))

    assert overlap(found, truth) > 0.97
    assert found.sum() == pytest.approx(truth.sum(), rel=0.02)


@pytest.mark.parametrize("half", [16, 30])
def test_a_small_thing_with_a_soft_edge_is_no_larger_than_it_is(half: int) -> None:
    rows, columns = np.mgrid[:200, :300]
    away = np.hypot(columns - 190, rows - 80)
    part = np.clip((half - away) / 3 + 0.5, 0, 1)[..., None]  # three pixels are of both colours
    picture = part * (60, 60, 140) + (1 - part) * (200, 205, 210)
    picture += np.random.default_rng(1).normal(0, 2, picture.shape)

    found = main_object(picture.clip(0, 255).astype(np.uint8))

    assert found.sum() == pytest.approx(np.pi * half**2, rel=0.02)


def test_a_mask_that_was_drawn_far_too_wide_and_beside_is_led_to_the_edge() -> None:
    truth = shape("ellipse", 300, 400)
    wide = truth.copy()
    for _ in range(12):  # a pixel more each way
        wide[1:-1, 1:-1] |= wide[2:, 1:-1] | wide[:-2, 1:-1] | wide[1:-1, 2:] | wide[1:-1, :-2]
    rough = np.roll(wide, 8, axis=1)

    found = refined(photo(truth), rough)

    assert overlap(rough, truth) < 0.8
    assert overlap(found, truth) > 0.98
    assert found.sum() == pytest.approx(truth.sum(), rel=0.02)
