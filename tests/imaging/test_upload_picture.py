"""The copy of a picture that leaves: pixels alone, in a form and size that is taken, with its way back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from pydicom import dcmread

from tests.imaging.made import write_slice
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.work import CancelToken, silent
from workstation.imaging.phantom.radiograph import make_radiograph
from workstation.imaging.series.scan import scan
from workstation.imaging.upload.picture import PictureTarget, PreparedPicture, prepare_dicom, prepare_picture

SECRET = "王小明 1980"


def picture(rows: int = 80, columns: int = 120) -> np.ndarray:
    y, x = np.mgrid[0:rows, 0:columns]
    return np.stack([x * 4 % 256, y * 6 % 256, (x + y) % 256], axis=-1).astype(np.uint8)


def only(path: Path) -> Stack:
    (stack,) = scan([path]).stacks
    return stack


def sent(stack: Stack, folder: Path, target: PictureTarget) -> PreparedPicture:
    return prepare_picture(stack, folder / "picture", target, silent, CancelToken())


def test_pixels_leave_as_they_are_and_nothing_else_of_the_file(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = SECRET, {1: "N", 2: (31.0, 14.0, 3.0)}  # description, place
    words = PngImagePlugin.PngInfo()
    words.add_itxt("Comment", SECRET)
    Image.fromarray(picture()).save(tmp_path / f"{SECRET}.png", exif=exif, pnginfo=words)

    prepared = sent(only(tmp_path / f"{SECRET}.png"), tmp_path, PictureTarget(form="png"))

    (file,) = prepared.files
    content = file.read_bytes()
    assert file.name == "0001.png"
    assert SECRET.encode() not in content
    with Image.open(file) as image:
        assert np.array_equal(np.asarray(image), picture())
        assert (image.info, dict(image.getexif())) == ({}, {})
    assert b"eXIf" not in content
    assert prepared.notes == ()


def test_a_resized_picture_knows_where_its_pixels_were(tmp_path: Path) -> None:
    Image.fromarray(picture(80, 120)).save(tmp_path / "large.png")

    prepared = sent(only(tmp_path / "large.png"), tmp_path, PictureTarget(form="png", size=(40, 60)))

    with Image.open(prepared.files[0]) as image:
        assert image.size == (60, 40)
    assert prepared.sent.pixels
    grid = prepared.sent.geometry
    assert grid is not None
    assert grid.to_patient((0, 0, 0)).tolist() == [0.5, 0.5, 0.0]  # two by two pixels became one
    assert grid.to_patient((0, 39, 59)).tolist() == [118.5, 78.5, 0.0]
    assert [str(note) for note in prepared.notes] == ["Resized: 120 × 80 pixels became 60 × 40 by averaging areas."]


def test_a_picture_that_is_too_large_without_loss_becomes_a_jpeg_and_says_so(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")

    target = PictureTarget(form="png", spare_form="jpg", most_bytes=100_000)
    prepared = sent(only(tmp_path / "noise.png"), tmp_path, target)

    assert prepared.files[0].name == "0001.jpg"
    assert prepared.files[0].stat().st_size <= 100_000
    assert "Written as JPEG of quality" in str(prepared.notes[0])


def test_a_picture_that_no_quality_makes_small_enough_is_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")

    with pytest.raises(WorkstationError) as refused:
        sent(only(tmp_path / "noise.png"), tmp_path, PictureTarget(form="png", spare_form="jpg", most_bytes=1000))
    assert refused.value.code is ErrorCode.TOO_LARGE
    assert not (tmp_path / "picture").exists()


def test_sixteen_bits_leave_as_they_are_shown_and_say_so(tmp_path: Path) -> None:
    deep = np.linspace(0, 60000, 9600).astype(np.uint16).reshape(80, 120)
    Image.fromarray(deep).save(tmp_path / "deep.png")

    prepared = sent(only(tmp_path / "deep.png"), tmp_path, PictureTarget(form="png"))

    with Image.open(prepared.files[0]) as image:
        gray = np.asarray(image)
    assert (image.mode, gray.min(), gray.max()) == ("L", 0, 255)
    assert [str(note) for note in prepared.notes] == ["Gray values were reduced to 8 bits, as they are shown at first."]


def test_a_radiograph_leaves_as_dicom_without_identity_in_pixels(tmp_path: Path) -> None:
    truth = make_radiograph("knee-xray", tmp_path / "study")
    original = dcmread(truth.file)

    prepared = prepare_dicom(only(truth.file), tmp_path / "picture", b"s" * 16, frozenset(), silent, CancelToken())

    copy = dcmread(prepared.files[0])
    assert copy.PixelData == original.PixelData
    assert (copy.Modality, copy.SOPClassUID) == ("CR", original.SOPClassUID)
    assert str(original.PatientID).encode() not in prepared.files[0].read_bytes()
    assert copy.SOPInstanceUID != original.SOPInstanceUID
    assert prepared.sent.pixels
    assert prepared.sent.geometry is not None
    assert prepared.sent.geometry.shape == (1, truth.rows, truth.columns)


def test_a_screenshot_is_not_written_as_a_picture(tmp_path: Path) -> None:
    file = write_slice(
        tmp_path / "screen.dcm", SOPClassUID="1.2.840.10008.5.1.4.1.1.7", Modality="XC", ImagePositionPatient=None
    )

    with pytest.raises(WorkstationError) as refused:
        sent(only(file), tmp_path, PictureTarget(form="png"))
    assert refused.value.code is ErrorCode.BURNT_IN
