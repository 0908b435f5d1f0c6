"""What screen and paper both say of a block: its cells as text, and where its values come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from workstation.domain.answer import AnalysisResult, Curve
from workstation.domain.blocks import (
    BarsBlock,
    Block,
    Cell,
    Column,
    CurveBlock,
    DialogueBlock,
    FiguresBlock,
    FilesBlock,
    PaletteBlock,
    Row,
    StripBlock,
    StripItem,
    Swatch,
    TableBlock,
    TextsBlock,
)
from workstation.domain.figures import decimals_of, figure, unit_text, with_unit
from workstation.domain.finding import Basis, worst
from workstation.domain.words import Language, Words, render, say

BASIS_CHIPS: Final[Mapping[Basis, Words]] = {
    Basis.SIMULATED: say("simulated"),
    Basis.TRUTH: say("phantom truth"),
    Basis.ALGORITHM: say("algorithm"),
    Basis.READER: say("reader"),
}
NOTHING_KNOWN: Final = "–"


@dataclass(frozen=True, slots=True)
class Bases:
    """Where values of blocks come from that do not say it themselves."""

    whole: Basis
    findings: Mapping[str, Basis]

    @classmethod
    def of(cls, result: AnalysisResult) -> Bases:
        return cls(result.basis, {finding.id: finding.basis for finding in result.findings})

    def part(self, row: Row | StripItem) -> Basis:
        """Of one row or place: its own, its finding's, the whole result's."""
        return row.basis or self.findings.get(row.finding, self.whole)

    def parts(self, block: Block) -> tuple[Basis, ...]:
        """Of each of a block's values, in their order; a table's total is the last."""
        match block:
            case TableBlock(rows=rows, total=total):
                return tuple(self.part(row) for row in (*rows, *((total,) if total is not None else ())))
            case StripBlock(items=items):
                return tuple(self.part(item) for item in items)
            case BarsBlock(bars=bars):
                return tuple(bar.basis for bar in bars)
            case PaletteBlock(swatches=swatches):
                return tuple(swatch.basis for swatch in swatches)
            case FiguresBlock(figures=figures):
                return tuple(measured.basis for measured in figures)
            case CurveBlock(curves=curves):
                return tuple(curve.basis for curve in curves)
            case TextsBlock() | DialogueBlock() | FilesBlock():
                return (self.whole,)

    def chip(self, block: Block) -> Basis | None:
        """What stands in the block's head: the worst of its values; nothing beside the vendor's or the reader's."""
        found = worst([*self.parts(block)] or [self.whole])
        return None if found in (Basis.VENDOR, Basis.READER) else found

    def mixed(self, block: Block) -> bool:
        """Some values are simulated and others are not: then each simulated one is marked by itself."""
        parts = self.parts(block)
        return Basis.SIMULATED in parts and any(part is not Basis.SIMULATED for part in parts)


def cell_text(cell: Cell, column: Column, language: Language) -> str:
    """One cell of a table; numbers without their unit, which stands in the head."""
    match cell:
        case None:
            return NOTHING_KNOWN
        case Words():
            return render(cell, language)
        case str():
            return cell
        case _:
            return figure(cell, column.decimals)


def head_text(column: Column, language: Language) -> str:
    unit = unit_text(column.unit)
    return f"{render(column.label, language)} {unit}".strip()


def numeric(block: TableBlock, place: int) -> bool:
    """Whether a column holds numbers, which stand to the right."""
    cells = [row.cells[place] for row in block.rows if place < len(row.cells)]
    return any(isinstance(cell, float | int) for cell in cells) and all(
        cell is None or isinstance(cell, float | int) for cell in cells
    )


def share_text(swatch: Swatch) -> str:
    """The colour's code and its share: `#5a0014  17.7 %`."""
    return f"{swatch.colour}  {figure(100 * swatch.share, 1)}\u00a0%"


def marked_text(curve: Curve) -> str:
    """The value of a curve's marked point, and where it is: `42.5 mm (120 mm)`; "" where none is marked."""
    if curve.marked is None or not 0 <= curve.marked < len(curve.y):
        return ""
    x, y = curve.x[curve.marked], curve.y[curve.marked]
    value = with_unit(figure(y, decimals_of(y, curve.y_unit)), curve.y_unit)
    return f"{value} ({with_unit(figure(x), curve.x_unit)})"


def ticks(low: float, high: float, most: int = 5) -> tuple[float, ...]:
    """Round figures from at or below `low` to at or above `high`, at most `most` + 2 of them. Both are finite."""
    span = high - low if high > low else abs(high) or 1.0
    power = 10.0
    while power > span:
        power /= 10
    while power * 10 <= span:
        power *= 10
    step = next(step for step in (power / 5, power / 2, power, power * 2, power * 5, power * 10) if span / step <= most)
    first = int(low // step)
    last = -int(-high // step) if high > low else first + 1
    return tuple(round(n * step, 9) for n in range(first, last + 1))
