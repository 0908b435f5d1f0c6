"""What the reader measured and drew is in `result.json`, in the table, and beside them as pictures of masks."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jsonschema
import numpy as np
import pypdf
from PIL import Image

from tests.measures import drawn, in_pixels
from tests.report.readings import reading, result
from tests.report.test_noted import COLUMNS, COVERED, LENGTH, NOTED, ROWS, photo
from workstation.domain.calibration import Calibration, SpacingKind
from workstation.domain.decision import Reading
from workstation.domain.finding import Basis
from workstation.domain.geometry import pixel_grid
from workstation.domain.measure import MeasureKind
from workstation.domain.measuring import Scale
from workstation.domain.noted import NOTHING_NOTED, Noted
from workstation.domain.signature import Signed
from workstation.domain.volume import LabelVolume
from workstation.report.read_result import read_result
from workstation.report.tables import findings_csv
from workstation.report.write import write_reading
from workstation.resources import resource

SCHEMA = json.loads(resource("schema", "yingtai-result-1.json").read_text(encoding="utf-8"))
BY_HAND = replace(NOTED, scale=Scale(spacing=(0.5, 0.5), calibration=Calibration(kind=SpacingKind.BY_HAND)))


def label_volume() -> LabelVolume:
    geometry = pixel_grid(ROWS, COLUMNS)
    return LabelVolume(name="parts", values=COVERED.astype(np.uint8)[None], geometry=geometry)


def lines(table: str) -> list[dict[str, str]]:
    return [line for line in csv.DictReader(io.StringIO(table)) if line["id"].startswith("noted")]


def written(noted: Noted, folder: Path) -> dict[str, object]:
    write_reading(photo(noted), folder)
    data: dict[str, object] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    jsonschema.validate(data, SCHEMA)
    return data


def test_a_length_a_mask_and_a_ruler_are_in_the_result_in_millimetres(tmp_path: Path) -> None:
    noted = written(BY_HAND, tmp_path)["noted"]

    assert isinstance(noted, dict)
    (length,), (mask,) = noted["measures"], noted["masks"]
    assert noted["calibration"] == {"kind": "by-hand", "spacing_mm": [0.5, 0.5], "text": "calibrated by hand"}
    assert (length["points_px"], length["slice"]) == ([[10.0, 20.0], [40.0, 20.0]], 0)
    assert [(size["name"], size["value"], size["unit"]) for size in length["sizes"]] == [("length", 15.0, "mm")]
    assert (mask["title"], mask["pixels"]) == ("wound", COVERED.sum())
    assert mask["sizes"][0]["value"] == COVERED.sum() / 4
    assert read_result(tmp_path / "result.json")[0].in_pixels


def test_what_was_added_after_signing_is_counted_in_every_file_and_is_in_none(tmp_path: Path) -> None:
    at = LENGTH.at
    after = replace(LENGTH, id="m2", at=at + timedelta(seconds=1))
    noted = replace(NOTED, measures=(LENGTH, after)).signed(at)
    reading_ = replace(photo(noted), signed=Signed(by="Li", at=at))
    write_reading(reading_, tmp_path)
    data = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    jsonschema.validate(data, SCHEMA)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "report.pdf").pages)

    assert data["noted"]["added_after_signing"] == 1
    assert [one["letter"] for one in data["noted"]["measures"]] == ["a"]
    assert [line["id"] for line in lines(findings_csv(reading_))] == ["noted/a", "noted/mask-1"]
    assert "1 measure or mask was added after signing; it is not part of this report." in " ".join(text.split())
    assert "b · Length" not in text
    assert "added_after_signing" not in written(NOTED, tmp_path)["noted"]  # type: ignore[operator]


def test_a_drawn_mask_lies_beside_the_result_pixel_by_pixel(tmp_path: Path) -> None:
    noted = written(NOTED, tmp_path)["noted"]

    assert isinstance(noted, dict)
    with Image.open(tmp_path / noted["masks"][0]["file"]) as image:
        assert np.array_equal(np.asarray(image) == 255, COVERED)


def test_without_a_ruler_sizes_are_in_pixels(tmp_path: Path) -> None:
    noted = written(NOTED, tmp_path)["noted"]

    assert isinstance(noted, dict)
    assert noted["calibration"]["spacing_mm"] is None
    assert noted["measures"][0]["sizes"][0] == {"name": "length", "title": "Length", "value": 30.0, "unit": "px"}


def test_the_table_has_a_line_for_the_ruler_each_measure_and_each_mask() -> None:
    ruler, length, mask = lines(findings_csv(photo(BY_HAND)))

    assert (ruler["code"], ruler["pixel_size_mm"]) == ("calibration", "0.5")
    assert (length["id"], length["length_mm"], length["x_px"], length["y_px"]) == ("noted/a", "15", "25.000", "20.000")
    assert (mask["label"], mask["area_mm2"], mask["basis"]) == (
        "wound",
        str(COVERED.sum() / 4).removesuffix(".0"),
        "reader",
    )


def test_words_of_a_reader_are_no_formula_in_the_table() -> None:
    evil = replace(LENGTH, text="=HYPERLINK(1)", by="@me")

    (line,) = lines(findings_csv(photo(Noted(measures=(evil,)))))

    assert (line["comment"], line["by"]) == ("'=HYPERLINK(1)", "'@me")


def test_a_measure_on_a_slice_has_its_slice_and_millimetres() -> None:
    base = reading(result())
    assert base.geometry is not None
    length = drawn(MeasureKind.LENGTH, base.geometry, 2, (10, 10), (30, 10))
    wide = 20 * base.geometry.spacing[1]

    (line,) = lines(findings_csv(replace(base, noted=Noted(measures=(length,)))))

    middle = (length.points[0][0] + length.points[1][0]) / 2
    assert (line["first_slice"], float(line["length_mm"]), line["x_mm"]) == ("3", wide, f"{middle:.3f}")


def test_nothing_noted_is_not_there(tmp_path: Path) -> None:
    assert "noted" not in written(NOTHING_NOTED, tmp_path)
    assert lines(findings_csv(photo(NOTHING_NOTED))) == []


def test_an_angle_on_a_picture_in_a_table_of_millimetres_leaves_its_place_out() -> None:
    angle = in_pixels(MeasureKind.ANGLE, (10, 20), (20, 20), (20, 10), number=0)
    base: Reading = reading(result())

    (line,) = lines(findings_csv(replace(base, noted=Noted(measures=(angle,)))))

    assert (line["angle_deg"], line["x_mm"], line["z_mm"]) == ("90", "", "")


def test_a_mask_kept_from_a_simulated_result_says_so_everywhere(tmp_path: Path) -> None:
    made_up = replace(NOTED, drawn=(replace(NOTED.drawn[0], basis=Basis.SIMULATED),))
    noted = written(made_up, tmp_path)["noted"]

    assert isinstance(noted, dict)
    assert (noted["masks"][0]["basis"], noted["masks"][0]["title"]) == ("simulated", "wound (simulated)")
    assert lines(findings_csv(photo(made_up)))[-1]["basis"] == "simulated"
    with Image.open(tmp_path / noted["masks"][0]["file"]) as image:
        assert image.text["Basis"] == "simulated"


def test_cut_outs_of_a_simulated_result_carry_the_mark(tmp_path: Path) -> None:
    parts = label_volume()
    made_up = photo(NOTHING_NOTED)
    result_ = replace(made_up.result, basis=Basis.SIMULATED, masks=(parts,))
    write_reading(replace(made_up, result=result_), tmp_path)

    with Image.open(tmp_path / "masks" / "parts-1.png") as cut, Image.open(tmp_path / "masks" / "parts.png") as labels:
        assert (cut.text["Basis"], labels.text["Basis"]) == ("simulated", "simulated")
        assert cut.height > labels.height == ROWS
