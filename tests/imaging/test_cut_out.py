"""A cut-out keeps the picture's size, its alpha is the mask, and nothing of what is cut away is in the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from tests.drawn import disc
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.imaging.picture.cut_out import write_cut_out, write_mask
from workstation.imaging.series.scan import scan

COLOURS = np.random.default_rng(3).integers(1, 255, (90, 120, 3)).astype(np.uint8)
COVERED = disc(90, 120, (50, 40), 25)


def _opened(folder: Path, *, turned: bool = False, name: str = "Li^Ming 1980.png") -> Stack:
    folder.mkdir(exist_ok=True)
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6
    picture = Image.fromarray(np.rot90(COLOURS) if turned else COLOURS)
    told = PngImagePlugin.PngInfo()
    told.add_text("Patient", "Li^Ming")
    picture.save(folder / name, exif=exif.tobytes(), pnginfo=told)
    (stack,) = scan([folder]).stacks
    return stack


def test_alpha_is_the_mask_and_colours_are_those_of_the_picture(tmp_path: Path) -> None:
    path = write_cut_out(_opened(tmp_path / "in"), COVERED, tmp_path)

    samples = np.array(Image.open(path))
    assert np.array_equal(samples[..., 3] == 255, COVERED)
    assert np.array_equal(samples[..., 3] == 0, ~COVERED)
    assert np.array_equal(samples[COVERED][:, :3], COLOURS[COVERED])
    assert not samples[~COVERED].any()


def test_a_picture_that_the_camera_turned_is_cut_as_it_is_seen(tmp_path: Path) -> None:
    path = write_cut_out(_opened(tmp_path / "in", turned=True), COVERED, tmp_path)

    assert np.array_equal(np.array(Image.open(path))[COVERED][:, :3], COLOURS[COVERED])


def test_neither_file_nor_name_tells_of_the_patient(tmp_path: Path) -> None:
    stack = _opened(tmp_path / "in")
    cut, mask = write_cut_out(stack, COVERED, tmp_path), write_mask(COVERED, tmp_path)

    assert (cut.name, mask.name) == ("cut-out-1.png", "mask-1.png")
    assert b"Ming" not in cut.read_bytes() + mask.read_bytes()
    with Image.open(cut) as image:
        assert image.info == {}


def test_what_was_saved_before_is_left_alone(tmp_path: Path) -> None:
    first, second = write_mask(COVERED, tmp_path), write_mask(~COVERED, tmp_path)

    assert first != second
    assert np.array_equal(np.array(Image.open(first)) == 255, COVERED)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mask-1.png", "mask-2.png"]


def test_a_mask_of_another_size_and_a_folder_that_is_gone_are_refused(tmp_path: Path) -> None:
    stack = _opened(tmp_path / "in")
    with pytest.raises(WorkstationError) as size:
        write_cut_out(stack, COVERED[:-1], tmp_path)
    with pytest.raises(WorkstationError) as gone:
        write_cut_out(stack, COVERED, tmp_path / "gone")

    assert size.value.code is ErrorCode.BAD_GEOMETRY
    assert gone.value.code is ErrorCode.CANNOT_WRITE


def test_what_was_made_up_says_so_below_the_picture_and_in_the_file(tmp_path: Path) -> None:
    stack = _opened(tmp_path / "in")
    plain = write_cut_out(stack, COVERED, tmp_path)
    marked = write_cut_out(stack, COVERED, tmp_path, simulated=True)

    with Image.open(plain) as without, Image.open(marked) as with_strip:
        words = with_strip.text
        above = np.asarray(with_strip)[: without.height]
        strip = np.asarray(with_strip)[without.height :]
        assert np.array_equal(above, np.asarray(without))
        assert without.text == {}
    assert (words["Basis"], "模拟结果" in words["Warning"]) == ("simulated", True)
    assert strip.shape[0] >= 9
    assert (strip[..., 3] == 255).all()
    assert len(np.unique(strip[..., 0])) > 2  # letters, not only their ground
