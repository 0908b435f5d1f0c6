"""`findings.csv`: one line a finding, for spreadsheets."""

from __future__ import annotations

import csv
import io
import re
from typing import Final

from workstation.domain.decision import Decision, Reading
from workstation.domain.editing import of_original
from workstation.domain.figures import value_text
from workstation.domain.finding import Finding, Measurement, worst
from workstation.domain.projection import center_of, slices_of
from workstation.domain.words import Language, render

_FIRST: Final = ("id", "code", "label", "decision", "comment", "by", "confidence")
_LAST: Final = (
    *("first_slice", "last_slice", "x_mm", "y_mm", "z_mm", "basis", "placement"),
    *("shape", "of_original_shape"),
)
_PIXELS: Final = {"x_mm": "x_px", "y_mm": "y_px", "z_mm": ""}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def findings_csv(reading: Reading) -> str:
    """One line a finding, one column for each name of a measurement. Figures of the whole result have a line first.

    Slices count from 1, as people see them. A text that a spreadsheet would run as a formula is quoted.
    """
    result = reading.result
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    findings = reading.findings
    every = [result.measurements, *(finding.measurements for finding in findings)]
    measured = list(dict.fromkeys(_column(m) for one in every for m in one))
    last = [_PIXELS.get(name, name) if result.in_pixels else name for name in _LAST]
    writer.writerow([*_FIRST, *(_head(*column) for column in measured), *filter(None, last)])
    if result.measurements:
        whole = {_column(m): _figure(m, reading.language) for m in result.measurements}
        place = [""] * (4 if result.in_pixels else 5)
        first = [result.job.id, _harmless(result.operation), *[""] * (len(_FIRST) - 2)]
        basis = worst(m.basis for m in result.measurements)
        figures = [whole.get(column, "") for column in measured]
        writer.writerow([*first, *figures, *place, basis.value, result.placement.state.value, "", ""])
    for finding in findings:
        decision = reading.decision(finding.id)
        own = {_column(m): _figure(m, reading.language) for m in finding.measurements}
        writer.writerow(
            [
                finding.id,
                _harmless(finding.code),
                _harmless(render(finding.label, reading.language)),
                decision.state.value,
                _harmless(decision.comment),
                _harmless(decision.by),
                "" if finding.confidence is None else f"{finding.confidence:.3f}",
                *(own.get(column, "") for column in measured),
                *_place(finding, reading),
                finding.basis.value,
                result.placement.state.value,
                *_shape(finding, decision),
            ]
        )
    return text.getvalue()


def _place(finding: Finding, reading: Reading) -> tuple[str, ...]:
    geometry = reading.geometry
    seen = slices_of(finding, geometry, reading.result.masks) if geometry is not None else None
    slices = (f"{seen[0] + 1}", f"{seen[1] + 1}") if seen is not None else ("", "")
    center = center_of(finding)
    axes = 2 if reading.result.in_pixels else 3
    return (*slices, *([f"{value:.3f}" for value in center[:axes]] if center is not None else [""] * axes))


def _shape(finding: Finding, decision: Decision) -> tuple[str, str]:
    """Whose shape it is: of the answer, changed by the reader, or drawn by the reader; and which figures are still
    about the one before."""
    if finding.own:
        return ("reader", "")
    old = [m.name for m in finding.measurements if of_original(finding, m, decision.shapes)]
    return ("answer" if decision.shapes is None else "changed", " ".join(old))


def _column(measurement: Measurement) -> tuple[str, str]:
    return (measurement.name, measurement.unit)


def _head(name: str, unit: str) -> str:
    """`diameter_mm`: a name that every tool takes as a column's."""
    plain = "_".join(filter(None, (name, "" if unit.startswith("{") or unit == "1" else unit.replace("%", "percent"))))
    return re.sub(r"[^0-9a-z]+", "_", plain.lower()).strip("_")


def _figure(measurement: Measurement, language: Language) -> str:
    """A number that a spreadsheet reads as one."""
    value = measurement.value
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return _harmless(value_text(measurement, language))


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
