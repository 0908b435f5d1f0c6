"""What is found at a place of the picture, as one table: what it is, how sure, and where in pixels from its corner."""

from __future__ import annotations

from typing import Final

from workstation.domain.answer import AnalysisResult, IndexRectangle
from workstation.domain.blocks import Block, Cell, Column, Row, TableBlock
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.words import Words, say

_EDGE: Final = 0.5  # a pixel's center lies so far inside its edge
_PLACE: Final = ("left", "top", "width", "height")


def box_measures(box: IndexRectangle, basis: Basis) -> tuple[Measurement, ...]:
    """Left, top, width and height, pixels."""
    (top, left), (bottom, right) = box.first, box.last
    values = (left + _EDGE, top + _EDGE, right - left, bottom - top)
    labels = (say("Left"), say("Top"), say("Width"), say("Height"))
    return tuple(
        Measurement(name=name, label=label, value=round(value, 1), unit="{px}", basis=basis)
        for name, label, value in zip(_PLACE, labels, values, strict=True)
    )


def places_table(result: AnalysisResult, title: Words) -> tuple[Block, ...]:
    """One row a finding that has a place."""
    placed = [finding for finding in result.findings if finding.measurement("left") is not None]
    if not placed:
        return ()
    columns = (
        Column(label=say("What")),
        Column(label=say("Confidence (0 to 1)"), decimals=2),
        Column(label=say("Left px"), decimals=0),
        Column(label=say("Top px"), decimals=0),
        Column(label=say("Width px"), decimals=0),
        Column(label=say("Height px"), decimals=0),
    )
    rows = tuple(
        Row(
            cells=(finding.label, finding.confidence, *(_cell(finding, name) for name in _PLACE)),
            finding=finding.id,
        )
        for finding in placed
    )
    return (TableBlock(columns=columns, rows=rows, title=title),)


def _cell(finding: Finding, name: str) -> Cell:
    measured = finding.measurement(name)
    return measured.value if measured is not None else None
