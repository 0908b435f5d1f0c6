"""A result as blocks: what its row lays out, and what the row leaves unsaid."""

from __future__ import annotations

from dataclasses import replace

from workstation.catalogue import OPERATIONS
from workstation.domain.answer import AnalysisResult
from workstation.domain.blocks import Block, CurveBlock, DialogueBlock, FiguresBlock, Text, TextsBlock
from workstation.domain.words import NOTHING, say


def blocks_of(result: AnalysisResult) -> tuple[Block, ...]:
    """What stands beside the list of findings. A row that is no more, or has no panel, still shows its figures."""
    result = replace(result, findings=result.reported)
    panel = next((row.panel for row in OPERATIONS if row.name == result.operation), None)
    blocks = panel(result) if panel is not None else ()
    if not blocks and result.measurements:
        blocks = (FiguresBlock(figures=result.measurements),)
    if result.curves and not any(isinstance(block, CurveBlock) for block in blocks):
        blocks = (*blocks, CurveBlock(curves=result.curves))
    if result.texts and not any(isinstance(block, (TextsBlock, DialogueBlock)) for block in blocks):
        words = Text(head=NOTHING, text="\n".join(result.texts))
        blocks = (*blocks, TextsBlock(texts=(words,), title=say("The service's own words")))
    return blocks
