"""`findings.csv`: one line a finding, for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import Final

from workstation.domain.decision import Reading
from workstation.domain.figures import value_text
from workstation.domain.finding import Measurement
from workstation.domain.projection import center_of, slices_of
from workstation.domain.words import Language, render

_HEADS: Final = (
    "id", "label", "decision", "comment", "by", "confidence", "diameter_mm", "volume_mm3", "mean_hu", "type",
    "first_slice", "last_slice", "x_mm", "y_mm", "z_mm", "basis", "placement",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def findings_csv(reading: Reading) -> str:
    """Slices count from 1, as people see them. A text that a spreadsheet would run as a formula is quoted."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_HEADS)
    geometry = reading.geometry
    for finding in reading.result.findings:
        decision = reading.decision(finding.id)
        seen = slices_of(finding, geometry, reading.result.masks) if geometry is not None else None
        center = center_of(finding)
        measured = [finding.measurement(name) for name in ("diameter", "volume", "mean", "type")]
        figures = [_figure(m, reading.language) if m is not None else "" for m in measured]
        writer.writerow(
            [
                finding.id,
                _harmless(render(finding.label, reading.language)),
                decision.state.value,
                _harmless(decision.comment),
                _harmless(decision.by),
                "" if finding.confidence is None else f"{finding.confidence:.3f}",
                *figures,
                *((seen[0] + 1, seen[1] + 1) if seen is not None else ("", "")),
                *((f"{value:.3f}" for value in center) if center is not None else ("", "", "")),
                finding.basis.value,
                reading.result.placement.state.value,
            ]
        )
    return text.getvalue()


def _figure(measurement: Measurement, language: Language) -> str:
    """A number that a spreadsheet reads as one."""
    value = measurement.value
    return f"{value:.2f}" if isinstance(value, float) else _harmless(value_text(measurement, language))


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
