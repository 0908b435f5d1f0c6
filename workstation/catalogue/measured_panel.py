"""Angles of both sides as one table."""

from __future__ import annotations

from collections.abc import Sequence

from workstation.domain.answer import AnalysisResult
from workstation.domain.blocks import Block, Cell, Column, Row, TableBlock
from workstation.domain.finding import Finding
from workstation.domain.words import Words, say


def angles_table(result: AnalysisResult, measures: Sequence[str], title: Words) -> tuple[Block, ...]:
    """One row for each measured angle, measure by measure: its degrees, direction and points."""
    found = [finding for code in measures for finding in result.findings if finding.code == code]
    if not found:
        return ()
    columns = (
        Column(label=say("Measure")),
        Column(label=say("Angle"), unit="deg"),
        Column(label=say("Direction")),
        Column(label=say("From points")),
    )
    rows = tuple(
        Row(
            cells=(finding.label, *(_cell(finding, name) for name in ("angle", "way", "points"))),
            finding=finding.id,
        )
        for finding in found
    )
    return (TableBlock(columns=columns, rows=rows, title=title),)


def _cell(finding: Finding, name: str) -> Cell:
    measurement = finding.measurement(name)
    return measurement.value if measurement is not None else None
