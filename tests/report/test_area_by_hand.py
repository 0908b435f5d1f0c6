"""A picture with a ruler in it: what was cut out of it has square millimetres, and says whose they are."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from tests.drawn import NOON, picture
from tests.report.readings import result
from tests.report.test_noted import photo, text_of
from workstation.catalogue.panels import blocks_of
from workstation.domain.blocks import TableBlock
from workstation.domain.calibration import Calibration, SpacingKind
from workstation.domain.decision import Reading
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.measuring import Scale
from workstation.domain.noted import NOTHING_NOTED, Noted
from workstation.domain.ruler import RulerCalibration
from workstation.domain.words import say
from workstation.report.tables import findings_csv
from workstation.workspace.finding_list import entries
from workstation.workspace.layouts import Cell, Hanging
from workstation.workspace.state import Workspace

BODY = Finding(
    id="job-1/1",
    code="body",
    label=say("Body"),
    shapes=(),
    measurements=(
        Measurement(name="area", label=say("Area"), value=400.0, unit="px", basis=Basis.VENDOR),
        Measurement(name="share", label=say("Share of the picture"), value=8.0, unit="%", basis=Basis.VENDOR),
    ),
    confidence=None,
    basis=Basis.VENDOR,
)
CUT = replace(result(BODY), operation="segment-body", in_pixels=True)
BY_HAND = Noted(scale=Scale(spacing=(0.5, 0.5), calibration=Calibration(kind=SpacingKind.BY_HAND)))


def cut(noted: Noted) -> Reading:
    return replace(photo(noted), result=CUT)


def cells(reading: Reading) -> dict[str, str]:
    return next(row for row in csv.DictReader(findings_csv(reading).splitlines()) if row["id"] == "job-1/1")


def test_the_table_of_findings_has_both_areas() -> None:
    told = cells(cut(BY_HAND))

    assert (told["area_by_hand_mm2"], told["area_px"]) == ("100", "400")
    assert "area_by_hand_mm2" not in cells(cut(NOTHING_NOTED))


def test_the_report_says_that_they_are_by_hand() -> None:
    text = text_of(cut(BY_HAND))

    assert "by hand mm²" in text.replace("\u00a0", " ")
    assert "100.0" in text
    assert "mm²" not in text_of(cut(NOTHING_NOTED))


def test_the_finding_has_them_as_soon_as_the_ruler_is_laid_and_no_longer() -> None:
    plain = Workspace(stacks=(picture("p#0"),), hanging=Hanging(cells=(Cell("p#0"),)), results={"p#0": (CUT,)})
    ruler = RulerCalibration(stack_id="p#0", mm_per_pixel=0.5, at=NOON)
    laid = replace(plain, rulers={"p#0": ruler})

    names = [[m.name for m in entries(state)[0].finding.measurements] for state in (plain, laid, plain)]

    assert names == [["area", "share"], ["area-by-hand", "area", "share"], ["area", "share"]]


def test_without_a_ruler_the_panel_counts_pixels_alone() -> None:
    (table,) = blocks_of(CUT)

    assert isinstance(table, TableBlock)
    assert [column.unit for column in table.columns] == ["", "px", "%"]
    assert table.rows[0].cells[1:] == (pytest.approx(400), pytest.approx(8))
