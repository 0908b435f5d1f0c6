"""What is found at a place of the picture, as one table: what it is, how sure, and where in pixels from its corner."""

from __future__ import annotations

from typing import Final

from workstation.domain.answer import AnalysisResult
from workstation.domain.blocks import Block, Column, Row, TableBlock
from workstation.domain.shapes import Box2D
from workstation.domain.words import Words, say

_EDGE: Final = 0.5  # a pixel's center lies so far inside its edge


def places_table(result: AnalysisResult, title: Words) -> tuple[Block, ...]:
    """One row a finding that has a box, in pixels of the picture as it was opened."""
    rows = tuple(
        Row(cells=(finding.label, finding.confidence, *_extent(shape)), finding=finding.id)
        for finding in result.findings
        for shape in finding.shapes
        if isinstance(shape, Box2D)
    )
    columns = (
        Column(label=say("What it is")),
        Column(label=say("Confidence (0 to 1)"), decimals=2),
        Column(label=say("Left"), unit="px", decimals=0),
        Column(label=say("Top"), unit="px", decimals=0),
        Column(label=say("Width"), unit="px", decimals=0),
        Column(label=say("Height"), unit="px", decimals=0),
    )
    return (TableBlock(columns=columns, rows=rows, title=title),) if rows else ()


def _extent(box: Box2D) -> tuple[float, float, float, float]:
    """Left, top, width, height."""
    across, down = [corner[0] for corner in box.corners], [corner[1] for corner in box.corners]
    return (
        min(across) + _EDGE,
        min(down) + _EDGE,
        max(across) - min(across),
        max(down) - min(down),
    )
