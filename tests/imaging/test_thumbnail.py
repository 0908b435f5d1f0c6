from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.data import shared
from tests.imaging.made import write_slice
from workstation.imaging.pixels.thumbnail import thumbnail
from workstation.imaging.series.scan import scan


def test_pixels_that_are_not_square_are_stretched() -> None:
    (stack,) = scan([shared("data", "mr-spine", "derived-whole-spine-t2")]).stacks

    # 275 rows of 2 mm by 70 columns of 1 mm
    assert thumbnail(stack, 110).shape == (110, 14)


def test_a_thumbnail_shows_something() -> None:
    (stack,) = scan([shared("data", "chest-ct")]).stacks

    assert len(np.unique(thumbnail(stack, 96))) > 50


def test_a_window_that_shows_nothing_is_replaced(tmp_path: Path) -> None:
    pixels = np.arange(24, dtype=np.uint16).reshape(4, 6)
    write_slice(tmp_path / "a", pixels=pixels, WindowCenter=20000, WindowWidth=10)
    (stack,) = scan([tmp_path]).stacks

    assert len(np.unique(thumbnail(stack, 6))) > 2


def test_monochrome1_is_shown_bright_for_low_values(tmp_path: Path) -> None:
    pixels = np.repeat(np.array([[0, 100]], dtype=np.uint16), 2, axis=0)
    write_slice(
        tmp_path / "a",
        pixels=pixels,
        PhotometricInterpretation="MONOCHROME1",
        RescaleIntercept=0,
        WindowCenter=50,
        WindowWidth=100,
    )
    (stack,) = scan([tmp_path]).stacks

    assert thumbnail(stack, 2).tolist() == [[255, 0], [255, 0]]


def test_pixels_of_unknown_size_keep_their_known_shape(tmp_path: Path) -> None:
    pixels = np.arange(24, dtype=np.uint16).reshape(4, 6)
    write_slice(tmp_path / "a", pixels=pixels, PixelSpacing=None, PixelAspectRatio=[3, 2])
    (stack,) = scan([tmp_path]).stacks

    assert stack.instances[0].aspect == (3, 2)
    assert thumbnail(stack, 12).shape == (12, 12)
