"""From a photograph in a folder to masks beside the report, by the real command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.journeys.program import Program, Ran
from tests.photos import Mask, encoded, overlap, photo, portrait, shape

pytestmark = pytest.mark.long

pytest.importorskip("cv2", reason="the extra “ocr” is not installed")

TURNED = 6  # EXIF: the camera was held upright


def cut(program: Program, file: Path, operation: str, *more: str) -> Ran:
    return program.run("analyze", file, "--operation", operation, "--out", file.parent / "out", "--json", *more)


def saved(folder: Path, content: bytes, name: str = "wound.png") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def labels(file: Path) -> Mask:
    with Image.open(file) as picture:
        return np.asarray(picture) > 0


def figures(result: dict[str, Any]) -> dict[str, float]:
    (finding,) = result["findings"]
    return {measurement["name"]: measurement["value"] for measurement in finding["measurements"]}


def test_a_drawn_wound_is_cut_out_measured_and_written_as_pictures(program: Program, tmp_path: Path) -> None:
    truth = shape("ellipse", 420, 560)
    ran = cut(program, saved(tmp_path / "in", encoded(photo(truth))), "segment-object")
    assert ran.code == 0, ran.err
    result, out = ran.json, tmp_path / "in" / "out"
    (mask,) = result["masks"]
    with Image.open(out / mask["cut_out"]) as picture:
        alpha = np.asarray(picture)[..., 3] > 0

    assert (result["medical"], result["basis"], result["placement"]["state"]) == (False, "algorithm", "proven")
    assert overlap(labels(out / mask["picture"]), truth) > 0.98
    assert (alpha == labels(out / mask["picture"])).all()
    assert figures(result)["area"] == pytest.approx(truth.sum(), rel=0.02)
    assert figures(result)["share"] == pytest.approx(100 * truth.mean(), rel=0.02)
    assert (out / "report.pdf").stat().st_size > 1000


def test_what_was_reduced_for_sending_is_measured_in_the_pixels_of_the_photograph(
    program: Program, tmp_path: Path
) -> None:
    truth = shape("star", 1500, 2000)
    file = saved(tmp_path / "in", encoded(photo(truth), "JPEG"), "wound.jpg")
    refused = cut(program, file, "segment-body")
    ran = cut(program, file, "segment-body", "--repair")
    assert ran.code == 0, ran.err
    found = labels(tmp_path / "in" / "out" / ran.json["masks"][0]["picture"])

    assert refused.code == 3
    assert found.shape == truth.shape
    assert overlap(found, truth) > 0.97
    assert figures(ran.json)["area"] == pytest.approx(truth.sum(), rel=0.02)


def test_a_photograph_that_was_taken_upright_has_its_mask_upright(program: Program, tmp_path: Path) -> None:
    truth = shape("star", 400, 300)
    stored = Image.fromarray(np.rot90(photo(truth)))  # the sensor lay on its side
    exif = Image.Exif()
    exif[0x0112] = TURNED
    file = tmp_path / "wound.jpg"
    stored.save(file, "JPEG", quality=95, exif=exif)
    ran = cut(program, file, "segment-object")
    assert ran.code == 0, ran.err

    assert overlap(labels(tmp_path / "out" / ran.json["masks"][0]["picture"]), truth) > 0.98


def test_a_mask_that_was_drawn_by_hand_is_refined(program: Program, tmp_path: Path) -> None:
    truth = shape("ellipse", 420, 560)
    file = saved(tmp_path / "in", encoded(photo(truth)))
    mask = saved(tmp_path / "mask", encoded(np.roll(truth, 10, axis=1)), "mask.png")
    other = saved(tmp_path / "mask", encoded(truth[:, :-1]), "other.png")
    ran = cut(program, file, "refine-mask", "--input", f"mask={mask}")
    codes = [cut(program, file, "refine-mask", *more).code for more in ((), ("--input", f"mask={other}"))]
    assert ran.code == 0, ran.err

    assert overlap(labels(tmp_path / "in" / "out" / ran.json["masks"][0]["picture"]), truth) > 0.98
    assert codes == [2, 2]


def test_a_body_that_is_asked_for_as_a_job_comes_back_as_a_mask_too(program: Program, tmp_path: Path) -> None:
    truth = shape("ellipse", 300, 400)
    file = saved(tmp_path / "in", encoded(photo(truth)))
    ran = cut(program, file, "segment-body", "--param", "async=yes", "--param", "form=white")
    assert ran.code == 0, ran.err

    assert overlap(labels(tmp_path / "in" / "out" / ran.json["masks"][0]["picture"]), truth) > 0.98


def test_parts_of_a_face_are_told_by_name_and_called_simulated(program: Program, tmp_path: Path) -> None:
    file = saved(tmp_path / "in", encoded(portrait(260)[0]), "face.png")
    ran = cut(program, file, "parse-face", "--lang", "zh")
    assert ran.code == 0, ran.err

    assert ran.json["basis"] == "simulated"
    assert [finding["label"] for finding in ran.json["findings"]] == [
        "面部皮肤", "左眉", "右眉", "左眼", "右眼", "鼻", "上唇", "下唇",
    ]  # fmt: skip
