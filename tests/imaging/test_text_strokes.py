"""Letters are looked for only where a picture has strokes, and nowhere else than letters are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from workstation.imaging.text_search.strokes import parts_with_strokes
from workstation.resources import resource

pytest.importorskip("cv2", reason="the extra “ocr” is not installed")

Gray = npt.NDArray[np.uint8]


def shaded(ink: int, size: int) -> Gray:
    """A name on a slowly rising ground with noise, as radiographs have it. [row, column, 3]"""
    rows, columns = np.mgrid[:400, :500]
    ground = 60 + rows / 8 + columns / 8 + np.random.default_rng(2).normal(0, 1.5, rows.shape)
    image = Image.fromarray(ground.astype(np.uint8))
    if size:
        font = ImageFont.truetype(str(resource("fonts", "YingtaiSans-Regular.otf")), size)
        ImageDraw.Draw(image).text((200, 200), "王 A1", font=font, fill=ink)
    return np.repeat(np.asarray(image)[..., None], 3, axis=2)


@pytest.mark.parametrize("size", [12, 28, 90])
@pytest.mark.parametrize("ink", [0, 255])
def test_where_letters_stand_is_read(ink: int, size: int) -> None:
    picture = shaded(ink, size)
    letters = (picture != shaded(ink, 0)).any(axis=2)

    inside = np.zeros(letters.shape, bool)
    for top, left, bottom, right in parts_with_strokes(picture):
        inside[top:bottom, left:right] = True

    assert not (letters & ~inside).any()
    assert inside.mean() < 0.5


def test_a_ground_without_letters_is_not_read() -> None:
    assert parts_with_strokes(shaded(0, 0)) == []
