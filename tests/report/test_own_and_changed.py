"""What the reader found and reshaped, in every format: said to be the reader's, with what the service had said."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from PIL import Image

from tests.report.readings import NOON, finding, reading, result, stack
from tests.report.test_paper import text_of
from tests.report.test_result_json import SCHEMA
from tests.workspace.sitting import stack as plain_stack
from workstation.domain.decision import Decision, DecisionState, Reading
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.own_finding import MEASURED, label_of, own_finding
from workstation.domain.shapes import Line, Sphere
from workstation.domain.words import Language
from workstation.report.read_result import read_result
from workstation.report.result_json import result_json
from workstation.report.tables import findings_csv
from workstation.report.write import print_reading
from workstation.workspace.own import own_reading

LI = Decision(state=DecisionState.ACCEPTED, by="Dr Li", role="radiologist", at=NOON)


def own(number: int = 3, code: str = "other", text: str = "Odd scar") -> Finding:
    geometry = stack().geometry
    assert geometry is not None
    ends = [tuple(float(v) for v in geometry.to_patient((9.0, 20.0, column))) for column in (10.0, 40.0)]
    (a, b, c), (d, e, f) = ends
    length = Measurement(name="length", label=MEASURED["length"], value=21.5, unit="mm", basis=Basis.READER)
    line = Line(start=(a, b, c), end=(d, e, f))
    return own_finding(f"7F3A/{number}.ab12", code, label_of(code, text), (line,), (length,))


def changed() -> tuple[Reading, Sphere]:
    first = finding(1)
    ball = first.shapes[0]
    assert isinstance(ball, Sphere)
    grown = replace(ball, radius=6.05)
    decisions = {first.id: replace(LI, shapes=(grown,))}
    return reading(result(first, finding(2)), decisions=decisions), grown


def rows(made: Reading) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(findings_csv(made))))


def test_an_own_finding_stands_in_the_report_with_whose_it_is() -> None:
    text = text_of(reading(result(finding(1), own()), decisions={own().id: LI}))

    assert "Odd scar" in text
    assert "21.5" in text
    assert "reader" in text
    assert "1 finding is the reader's own." in text
    assert "1 finding accepted: Odd scar" in text


def test_what_the_service_did_not_report_is_still_said_to_be_none() -> None:
    text = text_of(reading(result(own(1)), decisions={own(1).id: LI}))

    assert "None reported by the local cloud at threshold 0.60." in text
    assert "Odd scar" in text


def test_a_changed_shape_says_what_was_reported_and_what_is_of_the_original() -> None:
    made, _ = changed()
    text = text_of(made)

    assert "12.1" in text
    assert "shape changed by the reader, reported: 8.4" in text.replace("\u00a0", " ")
    assert "−120 (of the original shape)" in text


def test_it_is_all_said_in_chinese() -> None:
    made, _ = changed()
    text = text_of(replace(made, language=Language.CHINESE))

    assert "shape" not in text
    assert "original" not in text


def test_the_table_for_spreadsheets_tells_shapes_and_old_figures_apart() -> None:
    made, _ = changed()
    first, second = rows(made)
    (mine,) = rows(reading(result(own(1)), decisions={own(1).id: LI}))

    assert (first["diameter_mm"], first["shape"], first["of_original_shape"]) == ("12.1", "changed", "mean")
    assert (second["diameter_mm"], second["shape"], second["of_original_shape"]) == ("8.4", "answer", "")
    assert (mine["label"], mine["length_mm"], mine["basis"], mine["shape"]) == ("Odd scar", "21.5", "reader", "reader")


def test_the_file_for_programs_holds_both_shapes_and_reads_back(tmp_path: Path) -> None:
    made, grown = changed()
    whole = replace(made.result, findings=(*made.result.findings, own()))
    decisions = {**made.decisions, own().id: LI}
    data = json.loads(json.dumps(result_json(whole, decisions, made.geometry, Language.ENGLISH)))
    jsonschema.validate(data, SCHEMA)
    (tmp_path / "result.json").write_text(json.dumps(data), encoding="utf-8")
    back, decided = read_result(tmp_path / "result.json")
    first, second, mine = data["findings"]

    assert first["shapes"][0]["radius_mm"] == 4.2
    assert first["edited"]["shapes"][0]["radius_mm"] == 6.05
    assert [m["of_original_shape"] for m in first["edited"]["measurements"]] == [False, True, False]
    assert "edited" not in second
    assert mine["basis"] == "reader"
    assert data["placement"]["state"] == "proven"
    shapes = decided["7F3A/1"].shapes
    assert shapes is not None
    assert isinstance(shapes[0], Sphere)
    assert shapes[0].radius == pytest.approx(grown.radius)
    assert shapes[0].center == pytest.approx(grown.center, abs=1e-4)
    assert (decided["7F3A/2"].shapes, back.findings[2].basis) == (None, Basis.READER)


def test_pictures_show_the_shape_as_it_was_read() -> None:
    made, _ = changed()

    def picture(one: Reading) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        files, _ = print_reading(one)
        return np.array(Image.open(BytesIO(files["report.png"])).convert("RGB"))

    before = picture(replace(made, decisions={made.result.findings[0].id: LI}))
    after = picture(made)
    height = before.shape[0] // 2
    assert (before[:height] != after[:height]).any()


def test_a_reading_without_an_analysis_makes_a_report_of_its_own() -> None:
    mine = replace(own(1), id="reader-1/1.ab")
    whole = own_reading(plain_stack(), NOON, (mine,), in_pixels=False)
    text = text_of(reading(whole, decisions={mine.id: LI}))

    assert "Own reading: report" in text
    assert "found and measured by the reader" in text
    assert "Research use" not in text
    assert "Service" not in text
