"""TIFF, WebP and HEIC files as series of one picture, also of several pages, cut, deep, transparent or printed."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.imaging.test_picture_files import four_corners, only, refusal
from workstation.app import run
from workstation.domain.series import FactCode
from workstation.imaging.picture import read
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan

# four_corners(), 150 × 90, turned by its own container (irot) as a camera held upright does; made with libheif
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAaFtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAABxQABAAAAAAAAAhMAAgAAAAAD2AABAAAAAAAAADgAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA4GlwcnAAAADAaXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoBMgYdSZbqSSmubgIaDAgAAADIAAAAMAhGIAAQAHRAHBcrBiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAACWAAAAWgAAABBwaXhpAAAAAAMICAgAAAAJaXJvdAEAAAAYaXBtYQAAAAAAAAABAAEFgQIDBIUAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAlNtZGF0AAACDygBrwT0J1nsWuk67f/lK////lIY7L/IlDSX6g4FwyN2ozrvjkpnBHrbUpIirA9fk7X5IlGtFsO+f9s1fXKutPrGegfc3yBPuaRxj8EVFSo/QVIBfJOpOjo3tJTx6kRy+771rye2mJixSdGJkdr8IQ7wkw4UMSWKSvOfVGgLLWa5Rd34yUwU2eHU2d1B/pvnwHWcTkipM5EDAfbHZN+AkVxNhjyvRnXcb3FoBNMidOam8Kk3dtz27byX6sbvXTRE8fOger8s/7F/6J/8BZ2CRMStNf8ubOt0mSC1904115hNK3BnCQd7NwyG0aewP68L9Tm+NNvaaXgWDz9g5vt39ovmaLmZHFVg1RWjmouyw/QLPl8dwXwU3M2xaBZKUy8RyHPZUNdZFcCLjqa4pRvgsnydQVdswGsJ/lhoCUU8DwimxQKkAY+d2BiamkQU/xStGM4iiTksXUoNXDjRj8F/VJZRTAcDE9S/VB7JQjsNoVa4lXPgwGC///y1ey//ecylGp2aF5xYE9v/7n1cQ7UbszqLiOQJa5sShZ/JEkgdt/azJnJemQJ6FsUXWmACOADL43gAYMAliGthjDYVRyDBnQ1ToT7HYwYLoZbP9rGEjgGEFtgxDSLo5IZUTZe1dGhC0/CCn5eBu73cl46fFagKpfVY65yhCiDQirn/KXC3yiAHqJMpyLnvLF0MieAAAAQUAAAABkV4aWYAAE1NACoAAAAIAAIBDwACAAAACAAAACYBEgADAAAAAQAIAAAAAAAATEVBS0NBTQA="
)


@pytest.mark.parametrize(
    ("name", "options"), [("p.tif", {}), ("p.tiff", {"compression": "tiff_lzw"}), ("p.webp", {"lossless": True})]
)
def test_a_picture_without_loss_is_loaded_pixel_for_pixel(
    tmp_path: Path, name: str, options: dict[str, object]
) -> None:
    Image.fromarray(four_corners()).save(tmp_path / name, **options)

    colour = load_volume(only(tmp_path / name)).colour

    assert colour is not None
    assert np.array_equal(colour[0], four_corners())


@pytest.mark.parametrize("name", ["turned.tif", "turned.webp"])
def test_a_picture_is_turned_as_the_camera_noted(tmp_path: Path, name: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 8
    options = {"lossless": True} if name.endswith("webp") else {}
    Image.fromarray(four_corners()).save(tmp_path / name, exif=exif, **options)

    stack = only(tmp_path / name)
    colour = load_volume(stack).colour

    assert (stack.rows, stack.columns) == (150, 90)
    assert colour is not None
    assert np.array_equal(colour[0], np.rot90(four_corners()))


def test_a_photograph_of_a_telephone_is_turned_as_its_container_says(tmp_path: Path) -> None:
    (tmp_path / "IMG_0001.HEIC").write_bytes(HEIC)

    stack = only(tmp_path / "IMG_0001.HEIC")
    colour = load_volume(stack).colour

    assert (stack.rows, stack.columns, stack.modality) == (150, 90, "XC")
    assert colour is not None
    middles = colour[0][[[20, 20], [110, 110]], [[20, 70], [20, 70]]].astype(int)
    expected = np.rot90(four_corners())[[[20, 20], [110, 110]], [[20, 70], [20, 70]]].astype(int)
    assert np.abs(middles - expected).max() <= 8


def test_each_page_of_a_tiff_is_a_picture_of_its_own(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (100, 80 + 10 * n), (200, 40 * n, 0)) for n in range(3)]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])

    stacks = scan([tmp_path / "pages.tif"]).stacks
    found = {stack.description: load_volume(stack).colour for stack in stacks}

    assert {stack.description: stack.rows for stack in stacks} == {"pages": 80, "pages · 2": 90, "pages · 3": 100}
    assert {name: None if colour is None else colour[0, 0, 0].tolist() for name, colour in found.items()} == {
        "pages": [200, 0, 0], "pages · 2": [200, 40, 0], "pages · 3": [200, 80, 0],
    }  # fmt: skip


def test_each_page_of_a_tiff_has_time_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However large the file is: a hundred scanned pages are no hostile one."""
    pages = [Image.new("L", (100, 80)) for _ in range(4)]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])
    asked: list[float] = []
    monkeypatch.setattr(read, "more_time", asked.append)

    assert len(read.read_picture(str(tmp_path / "pages.tif"))) == 4
    assert len(asked) >= 3
    assert min(asked) > 0


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_pages_of_one_size_are_pictures_of_their_own_too(tmp_path: Path, mode: str) -> None:
    pages = [Image.new("RGB", (100, 80), (200, 40 * n, 0)).convert(mode) for n in range(3)]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])

    stacks = scan([tmp_path / "pages.tif"]).stacks

    assert [(stack.description, stack.slices, stack.instances[0].frame) for stack in stacks] == [
        ("pages", 1, 0), ("pages · 2", 1, 1), ("pages · 3", 1, 2),
    ]  # fmt: skip
    assert len({stack.id for stack in stacks}) == 3


def test_sixteen_bits_of_gray_are_kept(tmp_path: Path) -> None:
    deep = np.linspace(0, 65535, 9600).astype(np.uint16).reshape(80, 120)
    Image.fromarray(deep).save(tmp_path / "deep.tif")

    volume = load_volume(only(tmp_path / "deep.tif"))

    assert np.array_equal(volume.values[0], deep)


def test_ink_of_a_printed_picture_becomes_light(tmp_path: Path) -> None:
    Image.new("CMYK", (100, 100), (0, 0, 0, 0)).save(tmp_path / "paper.tif")

    colour = load_volume(only(tmp_path / "paper.tif")).colour

    assert colour is not None
    assert colour.min() >= 250


def test_transparent_parts_lie_on_white_and_that_is_said(tmp_path: Path) -> None:
    picture = np.zeros((100, 100, 4), np.uint8)
    picture[:, 50:, 3] = 255
    Image.fromarray(picture).save(tmp_path / "clear.webp", lossless=True)

    stack = only(tmp_path / "clear.webp")
    colour = load_volume(stack).colour

    assert colour is not None
    assert (colour[0, 0, 0].tolist(), colour[0, 0, 99].tolist()) == ([255, 255, 255], [0, 0, 0])
    assert "Transparent parts are shown on white." in [str(fact.sentence) for fact in stack.facts]


def test_colors_of_sixteen_bits_are_read_with_eight_and_that_is_said(tmp_path: Path) -> None:
    import cv2

    deep = np.repeat(four_corners().astype(np.uint16)[..., ::-1] * 257, 1, axis=2)
    cv2.imwrite(str(tmp_path / "deep.png"), deep)

    stack = only(tmp_path / "deep.png")
    colour = load_volume(stack).colour

    assert colour is not None
    assert np.array_equal(colour[0], four_corners())
    assert "Its colors have 16 bits; they are read with 8." in [str(fact.sentence) for fact in stack.facts]


def test_a_palette_becomes_its_colors(tmp_path: Path) -> None:
    Image.fromarray(four_corners()).convert("P", palette=Image.Palette.ADAPTIVE).save(tmp_path / "few.tif")

    colour = load_volume(only(tmp_path / "few.tif")).colour

    assert colour is not None
    assert np.abs(colour[0].astype(int) - four_corners()).max() <= 8


@pytest.mark.parametrize("kind", ["tif", "webp", "heic"])
def test_a_picture_that_ends_early_is_left_out_with_a_sentence(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (90, 90, 3), dtype=np.uint8)
    file = io.BytesIO(HEIC)
    if kind != "heic":
        file = io.BytesIO()
        Image.fromarray(noise).save(file, {"tif": "TIFF", "webp": "WEBP"}[kind])
    whole = file.getvalue()
    (tmp_path / f"cut.{kind}").write_bytes(whole[: len(whole) * 3 // 4])

    assert refusal(tmp_path / f"cut.{kind}") == "The picture ends too early: a part of it is missing."


@pytest.mark.parametrize(("form", "said"), [("GIF", "GIF"), ("AVIF", "AVIF"), ("JPEG2000", "JPEG 2000")])
def test_a_kind_of_picture_that_is_not_opened_is_named(tmp_path: Path, form: str, said: str) -> None:
    try:
        Image.fromarray(four_corners()).save(tmp_path / "wound.jpg", form)
    except (KeyError, OSError):
        pytest.skip(f"this Pillow writes no {form}")

    assert refusal(tmp_path / "wound.jpg") == f"Pictures of the kind {said} can't be opened here."


def test_photographs_stand_in_the_scan_as_stacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YINGTAI_HOME", str(tmp_path / "home"))
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.heic").write_bytes(HEIC)
    Image.fromarray(four_corners()).save(tmp_path / "photos" / "b.webp")

    series = (run(["scan", str(tmp_path / "photos"), "--json"]), json.loads(capfd.readouterr().out))[1]["series"]

    assert {(one["description"], one["columns"], one["rows"], one["modality"]) for one in series} == {
        ("a", 90, 150, "XC"), ("b", 150, 90, "XC"),
    }  # fmt: skip


def test_a_tiff_is_not_said_to_be_compressed_and_others_by_their_name(tmp_path: Path) -> None:
    Image.fromarray(four_corners()).save(tmp_path / "plain.tif")
    Image.fromarray(four_corners()).save(tmp_path / "small.webp")

    def said(name: str) -> str | None:
        fact = only(tmp_path / name).fact(FactCode.COMPRESSED)
        return str(fact.sentence) if fact is not None else None

    assert said("plain.tif") is None
    assert said("small.webp") == "Compressed (WebP)."
