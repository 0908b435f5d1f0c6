"""`analyze` lets no text and no face leave this PC uncovered without a word that agrees to it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.imaging.drawn_face import drawn_face
from tests.journeys.program import Program, Ran
from tests.journeys.test_photo_privacy import LEAK, camera_jpeg, words_in
from tests.journeys.test_texts import answers

NAME = "ZHANG WEI 00482130"
AGREED = ("--connection", "hosp", "--consent", "--max-cost", "9")


def received(folder: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in sorted(folder.iterdir()))


def pictures(content: bytes) -> list[np.ndarray]:
    """Every photograph that came, in order."""
    found, at = [], content.find(b"\x89PNG")
    while at >= 0:
        with Image.open(io.BytesIO(content[at:])) as image:
            found.append(np.asarray(image.convert("RGB")))
        at = content.find(b"\x89PNG", at + 4)
    return found


def named_face(path: Path) -> None:
    """A face with a name beneath it."""
    image = drawn_face(400)
    ImageDraw.Draw(image).text((20, 360), NAME, (255, 255, 255), font=ImageFont.load_default(26))
    image.save(path)


def skin(program: Program, photo: Path, *more: str) -> Ran:
    return program.run("analyze", photo, "--operation", "skin-disease", *AGREED, *more, "--out", photo.parent / "out")


@pytest.mark.long
def test_a_face_and_a_name_are_covered_without_being_asked_for(program: Program, tmp_path: Path) -> None:
    named_face(tmp_path / "photo.png")

    with program.service("--record", tmp_path / "record") as service:
        program.connect(service)
        ran = skin(program, tmp_path / "photo.png")

    (picture,) = pictures(received(tmp_path / "record"))
    assert ran.code == 0, ran.err
    assert not picture[150:200, 150:250].any()
    assert not picture[364:384, 24:200].any()
    assert "1 face is covered." in ran.err


@pytest.mark.long
def test_uncovered_it_leaves_only_with_words_that_agree(program: Program, tmp_path: Path) -> None:
    named_face(tmp_path / "photo.png")
    bare = ("--no-cover-text", "--cover-face", "none")

    with program.service("--record", tmp_path / "record") as service:
        program.connect(service)
        refused = skin(program, tmp_path / "photo.png", *bare, "--json")
        nothing = pictures(received(tmp_path / "record"))
        agreed = skin(program, tmp_path / "photo.png", *bare, "--consent-uncovered")

    assert (refused.code, refused.json["code"], nothing) == (2, "uncovered", [])
    assert "1 face is seen in what is sent." in refused.err
    assert "1 text is seen in what is sent." in refused.err
    assert agreed.code == 0, agreed.err
    with Image.open(tmp_path / "photo.png") as original:
        assert np.array_equal(pictures(received(tmp_path / "record"))[0], np.asarray(original.convert("RGB")))


@pytest.mark.long
def test_boxes_by_hand_cover_instead_of_the_search(program: Program, tmp_path: Path) -> None:
    named_face(tmp_path / "photo.png")
    boxes = ("--cover-box", "80,60,320,345", "--cover-box", "0,346,399,399")

    with program.service("--record", tmp_path / "record") as service:
        program.connect(service)
        ran = skin(program, tmp_path / "photo.png", "--no-cover-text", "--cover-face", "none", *boxes)

    (picture,) = pictures(received(tmp_path / "record"))
    assert ran.code == 0, ran.err
    assert not picture[346:400].any()
    assert picture[:55].all()


@pytest.mark.long
def test_pictures_of_a_dialogue_are_covered_and_stripped_too(program: Program, tmp_path: Path) -> None:
    camera_jpeg(tmp_path / f"{LEAK}.jpg")
    named_face(tmp_path / "second.png")
    said = answers(tmp_path, images=[f"{LEAK}.jpg", "second.png"])

    with program.service("--record", tmp_path / "record") as service:
        program.connect(service)
        asked = ("analyze", "--operation", "medical-qa", "--answers", said, *AGREED)
        ran = program.run(*asked, "--out", tmp_path / "out")

    content = received(tmp_path / "record")
    assert words_in(content) == []
    assert ran.code == 0, ran.err
    assert [bool(picture[150:200, 150:250].any()) for picture in pictures(content)] == [False, False]
    assert [picture[364:384, 24:200].any() for picture in pictures(content)].count(False) == 1  # whichever came first
