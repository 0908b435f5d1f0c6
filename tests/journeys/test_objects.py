"""`yingtai view --object` paints what a file shows over the series that it refers to, where the body is seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from scipy import ndimage

from tests.imaging.asymmetric import Body
from tests.imaging.test_segmentation import segmentation
from tests.journeys.program import Program

WINDOW = ("--window", "0,4000")


def pixels(path: Path) -> npt.NDArray[Any]:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
def test_a_segmentation_is_painted_where_the_body_is_seen(tmp_path: Path, plane: str) -> None:
    body = Body()
    seg = segmentation(body.write(tmp_path / "study"), body.mask().astype(np.uint8))
    seg.save_as(tmp_path / "study" / "seg.dcm")
    program = Program(tmp_path / "home")
    shown = ("view", tmp_path / "study", "--plane", plane, *WINDOW, "--screenshot")

    plain = program.run(*shown, tmp_path / "plain.png")
    painted = program.run(*shown, tmp_path / "painted.png", "--object", "seg.dcm")

    assert (plain.code, painted.code) == (0, 0), painted.err
    assert "Placement proven: same frame of reference as the series." in painted.err
    before, after = pixels(tmp_path / "plain.png"), pixels(tmp_path / "painted.png")
    parts, _ = ndimage.label(before[..., 0] > 127)
    seen = parts == np.bincount(parts.ravel())[1:].argmax() + 1
    tinted = (np.ptp(after, axis=-1) > 8) & (np.ptp(before, axis=-1) <= 8)  # words are gray, letters stay
    assert (seen & tinted).sum() / (seen | tinted).sum() > 0.93


def test_an_object_is_named_as_the_scan_names_it(tmp_path: Path) -> None:
    body = Body()
    seg = segmentation(body.write(tmp_path / "study"), body.mask().astype(np.uint8))
    seg.FrameOfReferenceUID = "1.2.3.1000"
    seg.save_as(tmp_path / "study" / "seg.dcm")
    program = Program(tmp_path / "home")
    listed = json.loads(program.run("scan", tmp_path / "study", "--json").out)["objects"]

    by_uid = program.run("view", tmp_path / "study", "--object", listed[0]["uid"], "--screenshot", tmp_path / "one.png")
    unknown = program.run("view", tmp_path / "study", "--object", "9.9", "--screenshot", tmp_path / "no.png")

    assert by_uid.code == 0
    assert "Not painted: it lies in another frame of reference than the series." in by_uid.err
    assert unknown.code == 2
    assert "No object “9.9” refers to this series." in unknown.err
