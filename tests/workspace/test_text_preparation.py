"""Photographs that leave with a dialogue: pixels and nothing else, within the service's limits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workstation.catalogue.text import ALIYUN_MEDICAL_QA, MEDICAL_QA
from workstation.domain.answer import PlacementState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.placement import place
from workstation.domain.shapes import Box2D
from workstation.domain.work import CancelToken, silent
from workstation.jobs.ports import Prepared
from workstation.workspace.text_preparation import sending

ORIENTATION, CAMERA, GPS = 0x0112, 0x0110, 0x8825
MOST_BYTES = 3 * 1024**2


def noise(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(4).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(pixels)


def saved(folder: Path, name: str, picture: Image.Image, **options: object) -> Path:
    path = folder / name
    picture.save(path, **options)  # type: ignore[arg-type]
    return path


def prepared(paths: Sequence[Path], folder: Path) -> Prepared:
    (folder / "job").mkdir()
    return sending(MEDICAL_QA, tuple(paths))(folder / "job", b"s" * 32, silent, CancelToken())


def test_of_a_text_nothing_is_prepared(tmp_path: Path) -> None:
    made = prepared((), tmp_path)

    assert list(made.files) == []
    assert made.sent.geometry is None


def test_the_copy_has_the_pixels_upright_and_nothing_else_of_the_file(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[CAMERA] = 6, "SECRET-CAMERA"
    exif[GPS] = {1: "N", 2: (31.0, 12.0, 0.0)}
    upright = Image.new("RGB", (600, 400), "white")
    upright.paste((200, 0, 0), (0, 0, 300, 200))
    taken = upright.transpose(Image.Transpose.ROTATE_90)
    path = saved(tmp_path, "LIU^DEHUA.jpg", taken, exif=exif, comment=b"SECRET-COMMENT", quality=95)

    made = prepared([path], tmp_path)

    (copy,) = made.files
    content = copy.read_bytes()
    assert (copy.parent.name, copy.stem) == ("picture", "0001")
    assert b"SECRET" not in content
    assert b"xif" not in content
    with Image.open(copy) as seen:
        assert seen.size == (600, 400)
        assert np.allclose(np.asarray(seen)[100, 100], (200, 0, 0), atol=12)
        assert np.allclose(np.asarray(seen)[300, 500], 255, atol=12)


def test_a_large_picture_is_made_smaller_and_places_in_it_stay_those_of_the_original(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.png", Image.new("RGB", (4000, 3000), "gray"))

    made = prepared([path], tmp_path)

    grid = made.sent.geometry
    assert grid is not None
    assert (grid.rows, grid.columns) == (1535, 2047)
    assert np.allclose(grid.to_patient(np.array((0, 1534, 2046)))[:2], (3998.5, 2998.5), atol=1)
    assert any("1535" in str(note) for note in made.notes)


def test_a_lesion_marked_on_the_smaller_copy_lies_in_the_original_where_it_was_painted(tmp_path: Path) -> None:
    picture = Image.new("RGB", (4000, 3000), "white")
    picture.paste((200, 0, 0), (1000, 600, 2200, 1500))
    made = prepared([saved(tmp_path, "a.png", picture)], tmp_path)
    with Image.open(made.files[0]) as seen:
        red = np.argwhere(np.asarray(seen)[:, :, 1] < 128)
    (top, left), (bottom, right) = (int(v) for v in red.min(axis=0)), (int(v) + 1 for v in red.max(axis=0))
    box = {"x1": left, "y1": top, "x2": right, "y2": bottom, "score": 0.9}
    raw = {"SessionId": "s", "QuestionType": "images", "Reports": {"bbox": box}}

    placement, findings = place(ALIYUN_MEDICAL_QA.parse(json.dumps(raw), False), made.sent, "J")

    assert placement.state is PlacementState.PROVEN
    (shape,) = findings[0].shapes
    assert isinstance(shape, Box2D)
    corners = np.array(shape.corners)[:, :2]
    assert np.allclose(corners.min(axis=0), (1000, 600), atol=2)
    assert np.allclose(corners.max(axis=0), (2200, 1500), atol=2)


def test_a_picture_too_heavy_without_loss_becomes_a_jpeg(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.bmp", noise(1200, 1200))

    (copy,) = prepared([path], tmp_path).files

    assert copy.suffix == ".jpg"
    assert copy.stat().st_size <= MOST_BYTES


@pytest.mark.parametrize("size", [(256, 600), (600, 256), (9000, 400)])
def test_a_picture_too_small_either_way_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    path = saved(tmp_path, "a.png", Image.new("RGB", size))

    with pytest.raises(WorkstationError) as caught:
        prepared([path], tmp_path)
    assert caught.value.code is ErrorCode.PICTURE_TOO_SMALL


def test_a_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "a.jpg"
    text.write_bytes(b"no picture")

    with pytest.raises(WorkstationError) as caught:
        prepared([text], tmp_path)
    assert caught.value.code is ErrorCode.NOT_A_PICTURE


def test_a_picture_that_ends_early_is_refused(tmp_path: Path) -> None:
    whole = saved(tmp_path, "b.jpg", noise(600, 600))
    cut = tmp_path / "c.jpg"
    cut.write_bytes(whole.read_bytes()[:40_000])

    with pytest.raises(WorkstationError) as caught:
        prepared([cut], tmp_path)
    assert caught.value.code is ErrorCode.PICTURE_CUT


def test_of_several_pictures_no_place_is_known(tmp_path: Path) -> None:
    paths = [saved(tmp_path, f"{n}.png", Image.new("RGB", (300, 300))) for n in range(2)]

    made = prepared(paths, tmp_path)

    assert [copy.name for copy in made.files] == ["0001.png", "0002.png"]
    assert made.sent.geometry is None
