"""`findings.csv`: harmless in a spreadsheet, and the same figures as everywhere."""

from __future__ import annotations

import csv
import io

import pytest

from tests.report.readings import NOON, finding, reading, result
from workstation.domain.decision import Decision, DecisionState
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
