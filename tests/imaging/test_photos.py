"""Photographs that leave with a dialogue: pixels and nothing else, within the service's limits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.upload.photos import PhotoLimits, prepare_photos

LIMITS = PhotoLimits(smallest=(257, 257), largest=(2047, 2047), file_bytes=3 * 1024**2)
ORIENTATION, CAMERA, GPS = 0x0112, 0x0110, 0x8825


def noise(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(4).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(pixels)


def saved(folder: Path, name: str, picture: Image.Image, **options: object) -> Path:
    path = folder / name
    picture.save(path, **options)  # type: ignore[arg-type]
    return path


def test_the_copy_has_the_pixels_upright_and_nothing_else_of_the_file(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[CAMERA] = 6, "SECRET-CAMERA"
    exif[GPS] = {1: "N", 2: (31.0, 12.0, 0.0)}
    upright = Image.new("RGB", (600, 400), "white")
    upright.paste((200, 0, 0), (0, 0, 300, 200))
    taken = upright.transpose(Image.Transpose.ROTATE_90)
    path = saved(tmp_path, "LIU^DEHUA.jpg", taken, exif=exif, comment=b"SECRET-COMMENT", quality=95)

    made = prepare_photos([path], tmp_path / "out", LIMITS)

    (copy,) = made.files
    content = copy.read_bytes()
    assert copy.name == "0001.jpg"
    assert b"SECRET" not in content
    assert b"Exif" not in content
    with Image.open(copy) as seen:
        assert seen.size == (600, 400)
        assert np.allclose(np.asarray(seen)[100, 100], (200, 0, 0), atol=12)
        assert np.allclose(np.asarray(seen)[300, 500], 255, atol=12)


def test_a_large_picture_is_made_smaller_and_says_so(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.png", Image.new("RGB", (4000, 3000), "gray"))

    made = prepare_photos([path], tmp_path / "out", LIMITS)

    assert made.sent.geometry is not None
    assert (made.sent.geometry.rows, made.sent.geometry.columns) == (1535, 2047)
    assert [str(note) for note in made.notes] == ["Pictures were sent with fewer pixels than they have."]


def test_a_picture_that_stays_too_heavy_is_encoded_more_coarsely(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.bmp", noise(2047, 2047))

    (copy,) = prepare_photos([path], tmp_path / "out", LIMITS).files

    assert copy.stat().st_size <= LIMITS.file_bytes
    with Image.open(copy) as seen:
        assert seen.size == (2047, 2047)


@pytest.mark.parametrize("size", [(256, 600), (600, 256), (9000, 400)])
def test_a_picture_too_small_either_way_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    path = saved(tmp_path, "a.png", Image.new("RGB", size))

    with pytest.raises(WorkstationError) as caught:
        prepare_photos([path], tmp_path / "out", LIMITS)
    assert caught.value.code is ErrorCode.PICTURE_TOO_SMALL


def test_a_file_that_is_no_picture_or_ends_early_is_refused(tmp_path: Path) -> None:
    text, whole = tmp_path / "a.jpg", saved(tmp_path, "b.jpg", noise(600, 600))
    text.write_bytes(b"no picture")
    cut = tmp_path / "c.jpg"
    cut.write_bytes(whole.read_bytes()[:40_000])

    codes = []
    for path in (text, cut):
        with pytest.raises(WorkstationError) as caught:
            prepare_photos([path], tmp_path / "out", LIMITS)
        codes.append(caught.value.code)
    assert codes == [ErrorCode.NOT_A_PICTURE, ErrorCode.PICTURE_CUT]


def test_transparent_gray_and_deep_pictures_become_plain_ones(tmp_path: Path) -> None:
    deep = Image.fromarray(np.full((300, 300), 0x8000, np.uint16))
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    paths = [saved(tmp_path, "deep.png", deep), saved(tmp_path, "clear.png", clear)]

    made = prepare_photos(paths, tmp_path / "out", LIMITS)

    means = []
    for copy in made.files:
        with Image.open(copy) as seen:
            assert seen.mode == "RGB"
            means.append(round(float(np.asarray(seen).mean())))
    assert means == [128, 255]
    assert made.sent.geometry is None  # of several pictures the answer does not say which one it means
