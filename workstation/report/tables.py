"""`findings.csv`: one line a finding, for spreadsheets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from workstation.domain.calibrated_area import reading_with_square_mm
from workstation.domain.decision import Decision, Reading
from workstation.domain.editing import of_original
from workstation.domain.figures import value_text
from workstation.domain.finding import Basis, Finding, Measurement, worst
from workstation.domain.measure import Measure
from workstation.domain.noted import KINDS
from workstation.domain.projection import center_of, slices_of
from workstation.domain.words import Language, render
from workstation.report.noted_files import areas_of, calibration, sizes_of

_FIRST: Final = ("id", "code", "label", "decision", "comment", "by", "confidence")
_LAST: Final = (
    *("first_slice", "last_slice", "x_mm", "y_mm", "z_mm", "basis", "placement"),
    *("shape", "of_original_shape"),
)
_PIXELS: Final = {"x_mm": "x_px", "y_mm": "y_px", "z_mm": ""}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def findings_csv(reading: Reading) -> str:
    """One line a finding, one column for each name of a measurement. Figures of the whole result have a line first;
    what the reader measured and drew besides has lines at the end.

    Slices count from 1, as people see them. A text that a spreadsheet would run as a formula is quoted.
    """
    reading = reading_with_square_mm(reading)
    result = reading.result
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    findings = reading.findings
    noted = [*_noted(reading)]
    every = [result.measurements, *(finding.measurements for finding in findings), *(line.sizes for line in noted)]
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
    for line in noted:
        own = {_column(m): _figure(m, reading.language) for m in line.sizes}
        place = [line.slice, line.slice, *line.place, *[""] * (0 if result.in_pixels else 3 - len(line.place))]
        end = (line.basis.value, "", "reader", "")
        start = (line.id, line.code, line.label, "", line.comment, line.by, "")
        writer.writerow([*map(_harmless, start), *(own.get(column, "") for column in measured), *place, *end])
    return text.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What the reader measured or drew. `slice` from 1, or ""; `place`: two numbers on a picture, else three."""

    id: str
    code: str
    label: str
    comment: str = ""
    by: str = ""
    sizes: tuple[Measurement, ...]
    basis: Basis = Basis.READER
    slice: str = ""
    place: tuple[str, ...] = ("", "")


def _noted(reading: Reading) -> Iterator[_Line]:
    noted, language = reading.noted, reading.language
    told = calibration(noted)
    if told is not None:
        yield _Line(id="noted", code="calibration", label=render(told.label, language), sizes=(told,))
    for letter, measure in noted.lettered:
        middle = [sum(values) / len(measure.points) for values in zip(*measure.points, strict=True)]
        on_slice, place = _where(measure, middle, reading)
        yield _Line(
            id=f"noted/{letter}",
            code=measure.kind.value,
            label=render(KINDS[measure.kind], language),
            comment=measure.text,
            by=measure.by,
            sizes=sizes_of(measure, noted),
            slice=on_slice,
            place=place,
        )
    for mask in noted.drawn:
        rows, columns = np.nonzero(mask.covered)
        yield _Line(
            id=f"noted/mask-{mask.number}",
            code="mask",
            label=render(mask.title, language),
            by=mask.by,
            sizes=areas_of(mask, noted),
            basis=mask.basis,
            slice="1",
            place=(f"{columns.mean():.3f}", f"{rows.mean():.3f}") if len(rows) else ("", ""),
        )


def _where(measure: Measure, middle: Sequence[float], reading: Reading) -> tuple[str, tuple[str, ...]]:
    """The slice it was drawn on, where it lies on one, and its middle; a table in millimetres holds no pixels."""
    if measure.in_pixels:
        on_picture = (f"{middle[0]:.3f}", f"{middle[1]:.3f}") if reading.result.in_pixels else ("", "", "")
        return f"{round(middle[2]) + 1}", on_picture
    geometry = reading.geometry
    if geometry is None or reading.result.in_pixels:
        return "", ("", "")
    at = round(float(geometry.to_index((middle[0], middle[1], middle[2]))[0]))
    on_slice = f"{at + 1}" if 0 <= at < geometry.slices else ""
    return on_slice, tuple(f"{value:.3f}" for value in middle)


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
