"""What answers of one kind measured, laid out alike: angles as a table, probabilities as bars."""

from __future__ import annotations

from collections.abc import Sequence

from workstation.domain.answer import AnalysisResult
from workstation.domain.blocks import Bar, BarsBlock, Block, Cell, Column, FiguresBlock, Row, TableBlock
from workstation.domain.finding import Finding, Measurement
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


def probabilities_and_figures(
    probabilities: Sequence[Measurement], figures: Sequence[Measurement], title: Words
) -> tuple[Block, ...]:
    """Probabilities (percent) as bars, the figures under a title of their own; what there is none of is left out."""
    blocks: list[Block] = []
    if probabilities:
        bars = tuple(_bar(probability) for probability in probabilities)
        blocks.append(BarsBlock(bars=bars, title=say("Probability")))
    if figures:
        blocks.append(FiguresBlock(figures=tuple(figures), title=title))
    return tuple(blocks)


def _bar(measurement: Measurement) -> Bar:
    percent = measurement.value if isinstance(measurement.value, float) else 0.0
    return Bar(label=measurement.label, share=percent / 100, text=f"{percent:.1f} %", basis=measurement.basis)


def _cell(finding: Finding, name: str) -> Cell:
    measurement = finding.measurement(name)
    return measurement.value if measurement is not None else None
