"""JPEG, PNG and BMP files as series of one picture: what is found, how it is seen, what is refused."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from PySide6.QtGui import QImage, QImageReader

from tests.data import shared
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Plane
from workstation.domain.series import FileForm, Stack
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.thumbnail import thumbnail
from workstation.imaging.series.scan import scan

Rgb = npt.NDArray[np.uint8]


def four_corners() -> Rgb:
    """90 rows, 150 columns: red, green, blue, yellow from the upper left, row by row."""
    picture = np.zeros((90, 150, 3), np.uint8)
    picture[:45, :75], picture[:45, 75:] = (250, 0, 0), (0, 250, 0)
    picture[45:, :75], picture[45:, 75:] = (0, 0, 250), (250, 250, 0)
    return picture


def only(path: Path) -> Stack:
    (stack,) = scan([path]).stacks
    return stack


def refusal(path: Path) -> str:
    (left,) = scan([path]).left_out
    return str(left.sentence)


def test_the_photographs_at_hand_are_what_the_truth_says() -> None:
    truths = json.loads(shared("data", "expected.json").read_text(encoding="utf-8"))["files"]
    photos = {name.partition("/")[2]: truth for name, truth in truths.items() if name.startswith("photos/")}
    result = scan([shared("data", "photos")])
    found = {Path(stack.instances[0].path).name: stack for stack in result.stacks}

    assert set(found) == {name for name, truth in photos.items() if truth["opens"]}
    assert {Path(left.path).name for left in result.left_out} == set(photos) - set(found)
    for name, stack in found.items():
        width, height = photos[name]["size"]
        seen = (height, width) if photos[name]["exif_orientation"] == 6 else (width, height)
        assert (stack.columns, stack.rows) == seen, name
        assert (stack.slices, stack.plane, stack.geometry, stack.modality) == (1, Plane.NONE, None, "XC"), name


def test_a_photograph_is_seen_as_another_program_shows_it() -> None:
    path = shared("data", "photos", "derived-exif-rotate-6.jpg")
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    shown = reader.read().convertToFormat(QImage.Format.Format_RGBA8888)
    beside = np.array(shown.constBits()).reshape(shown.height(), shown.width(), 4)[..., :3]

    colour = load_volume(only(path)).colour

    assert colour is not None
    assert colour[0].shape == beside.shape
    assert np.abs(colour[0].astype(int) - beside.astype(int)).mean() < 2


@pytest.mark.parametrize("name", ["picture.png", "picture.bmp"])
def test_a_picture_without_loss_is_loaded_pixel_for_pixel(tmp_path: Path, name: str) -> None:
    Image.fromarray(four_corners()).save(tmp_path / name)

    volume = load_volume(only(tmp_path / name))

    assert volume.colour is not None
    assert np.array_equal(volume.colour[0], four_corners())
    assert volume.values[0, 0, 0] == 75  # luma of (250, 0, 0)


def test_a_picture_is_turned_as_the_camera_noted(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 8  # the camera was held with its right side down: the sensor's right edge is up
    Image.fromarray(four_corners()).save(tmp_path / "turned.png", exif=exif)

    stack = only(tmp_path / "turned.png")
    volume = load_volume(stack)

    assert (stack.rows, stack.columns) == (150, 90)
    assert volume.colour is not None
    assert np.array_equal(volume.colour[0], np.rot90(four_corners()))


def test_sixteen_bits_of_gray_are_kept(tmp_path: Path) -> None:
    deep = np.linspace(0, 65535, 9600).astype(np.uint16).reshape(80, 120)
    Image.fromarray(deep).save(tmp_path / "deep.png")

    volume = load_volume(only(tmp_path / "deep.png"))

    assert volume.colour is None
    assert np.array_equal(volume.values[0], deep)


def test_transparent_parts_lie_on_white(tmp_path: Path) -> None:
    picture = np.zeros((100, 100, 4), np.uint8)
    picture[:, 50:, 3] = 255
    Image.fromarray(picture).save(tmp_path / "clear.png")

    colour = load_volume(only(tmp_path / "clear.png")).colour

    assert colour is not None
    assert colour[0, 0, 0].tolist() == [255, 255, 255]
    assert colour[0, 0, 99].tolist() == [0, 0, 0]


def test_ink_of_a_printed_picture_becomes_light(tmp_path: Path) -> None:
    Image.new("CMYK", (100, 100), (0, 0, 0, 0)).save(tmp_path / "paper.jpg")

    colour = load_volume(only(tmp_path / "paper.jpg")).colour

    assert colour is not None
    assert colour.min() >= 250


def test_a_picture_is_known_by_its_content_not_by_its_name(tmp_path: Path) -> None:
    Image.fromarray(four_corners()).save(tmp_path / "export.dat", format="PNG")

    assert only(tmp_path / "export.dat").instances[0].form is FileForm.PICTURE


def test_a_text_named_like_a_picture_is_left_out_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_text("version https://git-lfs.github.com/spec/v1\n" * 4)

    assert refusal(tmp_path / "photo.jpg") == "The file is named like a picture, but holds none."


def test_a_picture_that_ends_early_is_left_out_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "cut.png"
    noise = np.random.default_rng(1).integers(0, 256, (90, 90, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:9000])

    assert refusal(path) == "The picture ends too early: a part of it is missing."


def test_a_picture_that_is_all_there_but_damaged_does_not_end_early(tmp_path: Path) -> None:
    path = tmp_path / "damaged.tiff"
    noise = np.random.default_rng(1).integers(0, 256, (90, 90, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path, compression="tiff_lzw")
    with Image.open(path) as image:
        start = image.tag_v2[273][0]  # type: ignore[attr-defined]
    content = bytearray(path.read_bytes())
    content[start : start + 400] = bytes(range(200)) * 2
    path.write_bytes(content)

    assert refusal(path) == "The pixels can't be decoded."


def test_a_picture_that_claims_more_than_it_may_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (80, 80)).save(path)
    content = bytearray(path.read_bytes())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    path.write_bytes(content)

    assert [left.code for left in scan([path]).left_out] == [ErrorCode.TOO_LARGE]


def test_a_picture_in_an_archive_is_found_and_read(tmp_path: Path) -> None:
    Image.fromarray(four_corners()).save(tmp_path / "in.png")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(tmp_path / "in.png", "x/in.png")
    (tmp_path / "in.png").unlink()

    stack = only(tmp_path / "all.zip")
    volume = load_volume(stack)

    assert stack.instances[0].path.endswith("all.zip!/x/in.png")
    assert volume.colour is not None
    assert np.array_equal(volume.colour[0], four_corners())


def test_a_picture_that_changed_since_it_was_found_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "changed.png"
    Image.fromarray(four_corners()).save(path)
    stack = only(path)
    path.write_bytes(path.read_bytes() + b"more")

    with pytest.raises(WorkstationError) as refused:
        load_volume(stack)
    assert refused.value.code is ErrorCode.FILE_CHANGED


def test_a_picture_has_a_small_one_in_its_own_colours(tmp_path: Path) -> None:
    Image.fromarray(four_corners()).save(tmp_path / "picture.png")

    small = thumbnail(only(tmp_path / "picture.png"), 25)

    assert small.shape == (15, 25, 3)
    assert small[2, 2].tolist() == [250, 0, 0]


@pytest.mark.parametrize("name", ["gray.jpg", "gray.png"])
def test_gray_in_three_colours_is_no_photograph(tmp_path: Path, name: str) -> None:
    ramp = np.tile(np.arange(0, 250, 2, dtype=np.uint8), (100, 1))
    Image.fromarray(np.stack([ramp] * 3, axis=-1)).save(tmp_path / name)

    assert only(tmp_path / name).modality == ""


def test_a_coloured_picture_is_taken_for_a_photograph_and_says_so(tmp_path: Path) -> None:
    Image.fromarray(four_corners()).save(tmp_path / "photo.jpg")

    stack = only(tmp_path / "photo.jpg")

    assert stack.modality == "XC"
    assert "The file names no modality; taken for a photograph: it is coloured." in [
        str(fact.sentence) for fact in stack.facts
    ]


def test_a_button_of_a_viewer_on_a_disc_is_no_picture_to_read(tmp_path: Path) -> None:
    Image.fromarray(four_corners()[:60]).save(tmp_path / "button.png")

    assert refusal(tmp_path / "button.png") == "The picture has 150 × 60 pixels; more than 64 are needed each way."
