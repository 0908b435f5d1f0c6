"""`findings.csv`: harmless in a spreadsheet, and the same figures as everywhere."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from tests.report.readings import NOON, finding, reading, result
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.finding import Basis, Measurement
from workstation.domain.words import say
from workstation.report.tables import findings_csv


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_that_people_or_services_write_runs_as_a_formula(start: str) -> None:
    evil = f'{start}HYPERLINK("http://x","y")'
    decided = Decision(state=DecisionState.ACCEPTED, comment=evil, by=evil, at=NOON)
    text = findings_csv(reading(result(finding(1, label=evil)), decisions={"7F3A/1": decided}))
    (row,) = rows(text)

    assert [row[name][0] for name in ("comment", "by", "label")] == ["'", "'", "'"]
    assert row["comment"].removeprefix("'") == evil


def test_numbers_stay_numbers_below_zero_too() -> None:
    first, second = rows(findings_csv(reading()))

    assert (float(first["mean_hu"]), float(first["diameter_mm"])) == (-120.4, 8.4)
    assert float(first["x_mm"]) < 0
    assert (first["first_slice"], second["first_slice"]) == ("1", "5")  # people count from 1


def test_a_comment_with_commas_quotes_and_lines_stays_one_cell() -> None:
    comment = 'follow up, "soon"\n三个月后复查'
    decided = Decision(state=DecisionState.REJECTED, comment=comment)
    first, _ = rows(findings_csv(reading(decisions={"7F3A/1": decided})))

    assert (first["comment"], first["decision"]) == (comment, "rejected")


def test_each_name_of_a_measurement_has_its_column_whoever_has_it() -> None:
    def measured(name: str, value: float, unit: str) -> Measurement:
        return Measurement(name=name, label=say("x"), value=value, unit=unit, basis=Basis.VENDOR)

    one = replace(finding(1), measurements=(measured("hka-angle", 175.0, "deg"), measured("ratio", 0.25, "1")))
    other = replace(finding(2), measurements=(measured("volume", 3.5, "cm3"),))
    first, second = rows(findings_csv(reading(result(one, other))))

    assert (first["hka_angle_deg"], first["ratio"], first["volume_cm3"]) == ("175", "0.25", "")
    assert (second["hka_angle_deg"], second["volume_cm3"]) == ("", "3.5")


def test_figures_of_the_whole_result_have_a_line_of_their_own() -> None:
    share = Measurement(name="ratio", label=say("x"), value=12.5, unit="%", basis=Basis.SIMULATED)
    whole, first = rows(findings_csv(reading(replace(result(finding(1)), measurements=(share,)))))

    assert (whole["id"], whole["ratio_percent"], whole["basis"]) == ("7F3A", "12.5", "simulated")
    assert (first["id"], first["ratio_percent"]) == ("7F3A/1", "")


def test_places_on_a_picture_are_in_pixels() -> None:
    (row,) = rows(findings_csv(reading(replace(result(finding(1)), in_pixels=True))))

    assert {"x_px", "y_px"} <= row.keys()
    assert not any(name.endswith(("x_mm", "z_mm")) for name in row)
