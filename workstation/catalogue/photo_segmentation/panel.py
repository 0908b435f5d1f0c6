"""What was cut out, as a table: its area, also by a ruler in the picture where there is one, and its share."""

from __future__ import annotations

from workstation.domain.answer import AnalysisResult
from workstation.domain.blocks import Block, Cell, Column, Row, TableBlock
from workstation.domain.calibrated_area import BY_HAND
from workstation.domain.finding import Finding
from workstation.domain.photo_area import AREA, PIXELS, SHARE
from workstation.domain.words import say


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    figures = {
        BY_HAND: Column(label=say("Area by\u00a0hand"), unit="mm2"),
        AREA: Column(label=say("Area"), unit=PIXELS, decimals=0),
        SHARE: Column(label=say("Share"), unit="%", decimals=2),
    }
    if not any(finding.measurement(BY_HAND) for finding in result.findings):
        del figures[BY_HAND]
    rows = tuple(
        Row(cells=(finding.label, *(_figure(finding, name) for name in figures)), finding=finding.id)
        for finding in result.findings
    )
    columns = (Column(label=say("Cut out")), *figures.values())
    return (TableBlock(columns=columns, rows=rows, title=say("Cut out of the picture")),) if rows else ()


def _figure(finding: Finding, name: str) -> Cell:
    measurement = finding.measurement(name)
    return measurement.value if measurement is not None else None
