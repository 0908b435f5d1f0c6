"""What was cut out, as a table: its area and its share of the picture."""

from __future__ import annotations

from workstation.domain.answer import AnalysisResult
from workstation.domain.blocks import Block, Cell, Column, Row, TableBlock
from workstation.domain.finding import Finding
from workstation.domain.photo_area import AREA, PIXELS, SHARE
from workstation.domain.words import say


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    rows = tuple(
        Row(cells=(finding.label, _figure(finding, AREA), _figure(finding, SHARE)), finding=finding.id)
        for finding in result.findings
    )
    columns = (
        Column(label=say("Cut out")),
        Column(label=say("Area"), unit=PIXELS, decimals=0),
        Column(label=say("Share of the picture"), unit="%", decimals=2),
    )
    return (TableBlock(columns=columns, rows=rows, title=say("Cut out of the picture")),) if rows else ()


def _figure(finding: Finding, name: str) -> Cell:
    measurement = finding.measurement(name)
    return measurement.value if measurement is not None else None
