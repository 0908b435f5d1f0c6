"""The report of a picture: what the reader measured and drew stands on it and in a table, in one unit."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdf
import pytest
from PIL import Image

from tests.drawn import NOON, RED, disc, mask, picture
from tests.measures import in_pixels
from tests.report.readings import reading, result
from workstation.domain.calibration import Calibration, SpacingKind
from workstation.domain.decision import Reading
from workstation.domain.measure import MeasureKind
from workstation.domain.measuring import Scale
from workstation.domain.noted import NOTHING_NOTED, Noted, letter_of
from workstation.domain.volume import Volume
from workstation.domain.words import Language
from workstation.report.pictures import write_key_pictures
from workstation.report.write import print_reading
from workstation.workspace.own import own_reading

ROWS, COLUMNS = 60, 80
COVERED = disc(ROWS, COLUMNS, (50, 30), 10)
LENGTH = in_pixels(MeasureKind.LENGTH, (10, 20), (40, 20), number=0)
NOTED = Noted(measures=(LENGTH,), drawn=(replace(mask(COVERED), name="wound"),))
CALIBRATED = replace(NOTED, scale=Scale(spacing=(0.5, 0.5), calibration=Calibration(kind=SpacingKind.CALIBRATED)))


def photo(noted: Noted, language: Language = Language.ENGLISH) -> Reading:
    gray = np.full((1, ROWS, COLUMNS), 90, dtype=np.uint8)
    volume = Volume(values=gray.astype(np.int16), geometry=None, unit="", colour=np.repeat(gray[..., None], 3, axis=3))
    base = reading(replace(result(), operation="segment-body", in_pixels=True), language=language)
    return replace(base, stack=picture(rows=ROWS, columns=COLUMNS), volume=volume, noted=noted)


def text_of(printed: Reading) -> str:
    files, _ = print_reading(printed)
    pages = pypdf.PdfReader(BytesIO(files["report.pdf"])).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def test_lengths_and_areas_of_a_picture_without_a_size_are_in_pixels() -> None:
    text = text_of(photo(NOTED))

    assert "Measured and drawn by the reader" in text
    assert "a · Length 30.0 px" in text
    assert f"wound area {COVERED.sum()}.0 px²" in text
    assert f"{100 * COVERED.mean():.1f}" in text


def test_a_calibrated_picture_has_millimetres() -> None:
    text = text_of(photo(CALIBRATED))

    assert "a · Length 15.0 mm" in text
    assert f"area {COVERED.sum() / 4:.1f} mm²" in text


def test_the_mask_is_painted_over_its_own_pixels_of_the_picture(tmp_path: Path) -> None:
    (key,) = write_key_pictures(photo(NOTED), tmp_path)

    over = np.array(Image.open(tmp_path / key.marked.mask_file))
    fine = over.shape[0] // ROWS
    seen = over[fine // 2 :: fine, fine // 2 :: fine]
    assert np.array_equal(seen[..., 3] > 0, COVERED)
    assert tuple(seen[30, 50][:3]) == RED
    paths = [mark for mark in key.marked.marks if mark["kind"] == "path"]
    assert paths[0]["points"] == [
        [pytest.approx(10.5 / COLUMNS), pytest.approx(20.5 / ROWS)],
        [pytest.approx(40.5 / COLUMNS), pytest.approx(20.5 / ROWS)],
    ]


def test_where_nothing_was_noted_nothing_is_said_of_it() -> None:
    assert "by the reader" not in text_of(photo(NOTHING_NOTED))


def test_it_is_not_medical_on_paper_in_both_languages() -> None:
    assert "not medical" in text_of(photo(NOTED)).lower()
    assert "非医学分析" in text_of(photo(NOTED, Language.CHINESE))


def test_letters_go_on_after_z() -> None:
    assert [letter_of(place) for place in (0, 25, 26, 27, 701, 702)] == ["a", "z", "aa", "ab", "zz", "aaa"]


def test_a_picture_that_was_only_measured_is_told_as_such_and_never_as_without_findings() -> None:
    drawn_on = photo(NOTED)
    assert drawn_on.stack is not None
    text = text_of(replace(drawn_on, result=own_reading(drawn_on.stack, NOON, in_pixels=True)))

    assert "nothing was analysed" in text
    assert "a · Length 30.0 px" in text
    assert "None reported" not in text
