"""What is covered in the copies that leave: solid there, untouched beside it, and in the originals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.uid import JPEG2000Lossless

from tests.imaging.made import write_slice
from tests.imaging.studies import SALT
from workstation.domain.covering import Covering, HiddenPixels, Region, Subject, box, covering_from_json, covering_json
from workstation.domain.drawn_mask import pack
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.work import CancelToken, silent
from workstation.imaging.series.scan import scan
from workstation.imaging.upload.picture import PictureTarget, prepare_picture
from workstation.imaging.upload.prepare import prepare

NAME = Covering(regions=(box(Subject.TEXT, 10, 5, 29, 14),), reviewed=True)


def values(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(100, 4000, (40, 60), dtype=np.uint16)


def only(path: Path) -> Stack:
    (stack,) = scan([path]).stacks
    return stack


def inside() -> np.ndarray:
    hidden = np.zeros((40, 60), bool)
    hidden[5:15, 10:30] = True
    return hidden


def far_outside() -> np.ndarray:
    near = np.zeros((40, 60), bool)
    near[3:17, 8:32] = True
    return ~near


def test_a_region_is_solid_in_the_copy_and_all_else_is_as_it_was(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a.dcm", pixels=values(), BurnedInAnnotation="YES")
    before = path.read_bytes()

    (copy,) = prepare(only(path), tmp_path / "copies", SALT, covering=NAME).files

    pixels = dcmread(copy).pixel_array
    assert set(pixels[inside()].tolist()) == {int(values().min())}
    assert np.array_equal(pixels[far_outside()], values()[far_outside()])
    assert path.read_bytes() == before


def test_a_covered_copy_says_that_its_pixels_were_cleaned(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a.dcm", pixels=values(), BurnedInAnnotation="YES")

    prepared = prepare(only(path), tmp_path / "copies", SALT, covering=NAME)

    copy = dcmread(prepared.files[0])
    codes = [item.CodeValue for item in copy.DeidentificationMethodCodeSequence]
    assert (copy.BurnedInAnnotation, codes) == ("NO", ["113100", "113101"])
    assert [str(note) for note in prepared.notes] == ["Covered in the copy: 1 text."]


def test_what_nobody_reviewed_is_refused_though_something_is_covered(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a.dcm", pixels=values(), BurnedInAnnotation="YES")

    with pytest.raises(WorkstationError) as refused:
        prepare(only(path), tmp_path / "copies", SALT, covering=Covering(regions=NAME.regions))

    assert refused.value.code is ErrorCode.BURNT_IN


def test_an_inverted_picture_is_covered_with_what_is_dark_in_it(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a.dcm", pixels=values(), PhotometricInterpretation="MONOCHROME1")

    (copy,) = prepare(only(path), tmp_path / "copies", SALT, covering=NAME).files

    assert set(dcmread(copy).pixel_array[inside()].tolist()) == {int(values().max())}


@pytest.mark.parametrize("planar", [0, 1])
def test_colors_are_covered_with_black(tmp_path: Path, planar: int) -> None:
    rgb = np.random.default_rng(2).integers(1, 255, (40, 60, 3), dtype=np.uint8)
    stored = np.ascontiguousarray(rgb if not planar else rgb.transpose(2, 0, 1))
    color = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": planar}
    path = write_slice(tmp_path / "a.dcm", pixels=stored, Rows=40, Columns=60, **color)

    (copy,) = prepare(only(path), tmp_path / "copies", SALT, covering=NAME).files

    pixels = dcmread(copy).pixel_array
    assert not pixels[inside()].any()
    assert np.array_equal(pixels[far_outside()], rgb[far_outside()])


def test_a_compressed_slice_is_covered_too(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a.dcm", pixels=values())
    plain = dcmread(path)
    plain.compress(JPEG2000Lossless)
    plain.save_as(path)

    (copy,) = prepare(only(path), tmp_path / "copies", SALT, covering=NAME).files

    pixels = dcmread(copy).pixel_array
    assert len(set(pixels[inside()].tolist())) == 1
    assert np.array_equal(pixels[far_outside()], values()[far_outside()])


def test_a_photograph_is_covered_before_it_is_made_smaller(tmp_path: Path) -> None:
    Image.new("RGB", (240, 160), (200, 150, 100)).save(tmp_path / "photo.png")
    slanted = Region(subject=Subject.DRAWN, corners=((40, 40), (120, 60), (110, 100), (30, 80)))
    target = PictureTarget(form="png", size=(80, 120))

    prepared = prepare_picture(
        only(tmp_path / "photo.png"), tmp_path, target, silent, CancelToken(), covering=Covering(regions=(slanted,))
    )

    with Image.open(prepared.files[0]) as image:
        assert (image.getpixel((37, 35)), image.getpixel((100, 60))) == ((0, 0, 0), (200, 150, 100))


def test_a_covering_comes_back_from_the_records_as_it_was() -> None:
    assert covering_from_json(covering_json(NAME)) == NAME


def test_the_very_pixels_of_a_drawn_mask_are_solid_and_no_other(tmp_path: Path) -> None:
    rgb = np.random.default_rng(4).integers(1, 255, (120, 180, 3), dtype=np.uint8)
    Image.fromarray(rgb).save(tmp_path / "photo.png")
    drawn = np.add.outer(np.arange(120) ** 2, (np.arange(180) - 90) ** 2) < 3000
    covering = Covering(masks=(HiddenPixels(rows=120, columns=180, packed=pack(drawn)),))

    target = PictureTarget(form="png")
    prepared = prepare_picture(only(tmp_path / "photo.png"), tmp_path, target, silent, CancelToken(), covering=covering)

    with Image.open(prepared.files[0]) as image:
        sent = np.asarray(image)
    assert not sent[drawn].any()
    assert np.array_equal(sent[~drawn], rgb[~drawn])
    assert [str(note) for note in prepared.notes] == ["Covered in the copy: 1 region."]


def test_a_mask_of_another_picture_lets_nothing_go(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a.dcm", pixels=values())
    other = HiddenPixels(rows=30, columns=60, packed=pack(np.ones((30, 60), np.bool_)))

    with pytest.raises(WorkstationError) as refused:
        prepare(only(path), tmp_path / "copies", SALT, covering=Covering(masks=(other,)))

    assert refused.value.code is ErrorCode.MASK_SIZE


def test_covered_masks_come_back_from_the_records_as_they_were() -> None:
    drawn = np.random.default_rng(5).random((40, 60)) > 0.5
    second = Covering(regions=NAME.regions, masks=(HiddenPixels(rows=40, columns=60, packed=pack(~drawn)),))
    covering = Covering(masks=(HiddenPixels(rows=40, columns=60, packed=pack(drawn)),), others=(Covering(), second))

    back = covering_from_json(covering_json(covering))

    assert back == covering
    assert np.array_equal(back.masks[0].hidden, drawn)
