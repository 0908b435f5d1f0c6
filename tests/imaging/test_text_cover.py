"""Text of a series is covered in all its pictures, and looked for once more in what was covered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont
from pydicom.uid import UltrasoundMultiFrameImageStorage

from tests.imaging.made import write_slice
from workstation.domain.covering import Covering, Subject, box
from workstation.domain.series import Stack
from workstation.imaging.redact.fill import covered
from workstation.imaging.redact.texts import cover_texts, texts_left
from workstation.imaging.series.scan import scan
from workstation.imaging.text_search.search import at_hand, find_text
from workstation.resources import resource

pytestmark = [
    pytest.mark.skipif(not at_hand(), reason="the extra “ocr” is not installed"),
    pytest.mark.long,  # the recogniser is started for each
]
NAME, LATER = (16, 12, "ZHANG WEI 19800412"), (60, 150, "住院号 2831304")


def frame(seed: int, *lines: tuple[int, int, str]) -> npt.NDArray[np.uint8]:
    """A fan of speckle that moves, and lines beside it: column, row, text."""
    rows, columns = np.mgrid[:240, :320]
    moving = np.random.default_rng(seed).integers(30, 150, (240, 320))
    fan = (np.hypot(rows - 50, columns - 160) < 170) & (np.abs(columns - 160) < rows - 50)
    image = Image.fromarray(np.where(fan, moving, 0).astype(np.uint8))
    font = ImageFont.truetype(str(resource("fonts", "YingtaiSans-Regular.otf")), 16)
    for column, row, text in lines:
        ImageDraw.Draw(image).text((column, row), text, font=font, fill=250)
    return np.asarray(image)


def stack_of(path: Path, frames: list[npt.NDArray[np.uint8]]) -> Stack:
    ultrasound = {"Modality": "US", "SOPClassUID": UltrasoundMultiFrameImageStorage, "ImagePositionPatient": None}
    shape = {"Rows": 240, "Columns": 320, "NumberOfFrames": len(frames), "ImageOrientationPatient": None}
    (stack,) = scan([write_slice(path, pixels=np.vstack(frames), **ultrasound, **shape)]).stacks
    return stack


def test_what_stands_in_all_frames_is_given_once_and_what_comes_later_in_its_own(tmp_path: Path) -> None:
    frames = [frame(seed, NAME, *([LATER] if seed >= 4 else [])) for seed in range(6)]

    found = find_text(stack_of(tmp_path / "a.dcm", frames))

    assert [(one.frame, one.text.replace(" ", "")) for one in found] == [(0, "ZHANGWEI19800412"), (4, "住院号2831304")]


def test_what_is_left_of_a_name_is_read_in_the_covered_copy(tmp_path: Path) -> None:
    stack = stack_of(tmp_path / "a.dcm", [frame(1, NAME)])
    half = Covering(regions=(box(Subject.DRAWN, 10, 8, 100, 36),))

    (left,) = texts_left(stack, half)

    assert "19800412".endswith(left.text[-4:])


def test_nothing_of_a_name_is_left_in_the_copy_whose_texts_are_covered(tmp_path: Path) -> None:
    stack = stack_of(tmp_path / "a.dcm", [frame(1, NAME, LATER)])

    covering = cover_texts(stack)

    letters = frame(1, NAME, LATER) != frame(1)
    assert covering.reviewed
    assert not (letters & ~covered(covering.regions, 240, 320)).any()
    assert texts_left(stack, covering) == ()
