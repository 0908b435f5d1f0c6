"""Every byte that the service received of a photograph is read: pixels came, and nothing else of its file."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from tests.imaging.drawn_face import drawn_face
from tests.journeys.program import Program

LEAK = "WangXiaoming19800312"  # stands in every corner of the file that can hold words


def camera_jpeg(path: Path) -> None:
    """EXIF with description, place, maker's notes; a preview; XMP, an ICC profile, a comment."""
    preview = io.BytesIO()
    drawn_face(96).save(preview, "JPEG", comment=LEAK)
    exif = Image.Exif()
    exif[0x010E], exif[0x010F], exif[0x013B], exif[0x9C9B] = LEAK, LEAK, LEAK, LEAK.encode("utf-16-le")
    exif.get_ifd(0x8769).update({0x927C: LEAK.encode(), 0x9286: b"ASCII\0\0\0" + LEAK.encode(), 0xA430: LEAK})
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 3.0), 0x1B: LEAK.encode()})
    drawn_face(400).save(
        path, exif=exif, comment=LEAK, xmp=f"<x:xmpmeta>{LEAK}</x:xmpmeta>".encode(), icc_profile=LEAK.encode() * 9
    )
    with path.open("ab") as file:
        file.write(preview.getvalue() + LEAK.encode())  # as cameras append previews behind the end


def lettered_png(path: Path) -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", LEAK)
    words.add_itxt("Author", LEAK, zip=True)
    drawn_face(400).save(path, pnginfo=words)


def words_in(content: bytes) -> list[str]:
    """How the leak stands in these bytes, and which parts of a file that may hold words."""
    forms = {"plain": LEAK.encode(), "wide": LEAK.encode("utf-16-le"), "wide, other way": LEAK.encode("utf-16-be")}
    parts = {"EXIF": b"Exif\0\0", "XMP": b"http://ns.adobe.com/xap", "ICC": b"ICC_PROFILE", "PNG EXIF": b"eXIf"}
    words = {"PNG text": b"tEXt", "PNG international text": b"iTXt"}
    return [name for name, form in {**forms, **parts, **words}.items() if form in content]


@pytest.mark.parametrize("write", [camera_jpeg, lettered_png])
def test_nothing_of_a_photograph_but_its_pixels_is_received(program: Program, tmp_path: Path, write: object) -> None:
    assert callable(write)
    photo = tmp_path / f"{LEAK}{'.jpg' if write is camera_jpeg else '.png'}"
    write(photo)

    with program.service("--record", tmp_path / "record"):
        ran = program.run("analyze", photo, "--operation", "skin-disease", "--out", tmp_path / "out")

    received = b"\n".join(file.read_bytes() for file in sorted((tmp_path / "record").iterdir()))
    assert ran.code == 0, ran.err
    assert b"\x89PNG" in received
    assert words_in(received) == []
    assert words_in(photo.read_bytes()) != []  # the net has no holes


def test_eyes_that_are_covered_are_received_solid(program: Program, tmp_path: Path) -> None:
    drawn_face(400).save(tmp_path / "photo.png")

    with program.service("--record", tmp_path / "record"):
        options = ("--operation", "skin-disease", "--cover-face", "eyes", "--out", tmp_path / "out")
        ran = program.run("analyze", tmp_path / "photo.png", *options)

    received = b"\n".join(file.read_bytes() for file in sorted((tmp_path / "record").iterdir()))
    assert ran.code == 0, ran.err
    with Image.open(io.BytesIO(received[received.index(b"\x89PNG") :])) as image:
        assert not np.asarray(image.convert("RGB"))[165:182, 150:250].any()
