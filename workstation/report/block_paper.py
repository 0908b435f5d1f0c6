"""Blocks as the Typst template lays them out: every word rendered, every place in fractions of its drawing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from workstation.domain.answer import Curve
from workstation.domain.block_words import (
    BASIS_CHIPS,
    Bases,
    cell_text,
    head_text,
    marked_text,
    numeric,
    share_text,
    ticks,
)
from workstation.domain.blocks import (
    BarsBlock,
    Block,
    CurveBlock,
    DialogueBlock,
    FiguresBlock,
    FilesBlock,
    PaletteBlock,
    StripBlock,
    TableBlock,
    TextsBlock,
)
from workstation.domain.figures import decimals_of, figure, unit_text, value_text
from workstation.domain.finding import Basis
from workstation.domain.words import Language, Words, render, say
from workstation.report.colors import color_of

Json = dict[str, object]
_LARGEST_TEXT: Final = 20_000  # characters of one text


class BlockPaper:
    """`written`: makes a text writable in the report's font."""

    def __init__(self, bases: Bases, language: Language, written: Callable[[str], str]) -> None:
        self._bases, self._language, self._written = bases, language, written

    def data(self, block: Block) -> Json:
        chip = self._bases.chip(block)
        head: Json = {
            "title": self._words(block.title),
            "chip": self._words(BASIS_CHIPS[chip]) if chip is not None else "",
            "simulated": chip is Basis.SIMULATED,
        }
        return head | self._inside(block)

    def _inside(self, block: Block) -> Json:
        match block:
            case TableBlock():
                return self._table(block)
            case BarsBlock(bars=bars):
                items = [
                    [self._marked(block, n, self._words(bar.label)), min(1.0, max(0.0, bar.share)), bar.text]
                    for n, bar in enumerate(bars)
                ]
                return {"kind": "bars", "bars": items}
            case PaletteBlock(swatches=swatches):
                colours = [
                    [
                        self._marked(block, n, self._words(swatch.label)),
                        min(1.0, max(0.0, swatch.share)),
                        share_text(swatch),
                        swatch.colour,
                    ]
                    for n, swatch in enumerate(swatches)
                ]
                return {"kind": "palette", "swatches": colours}
            case FiguresBlock(figures=figures):
                shown = [
                    [
                        self._marked(block, n, self._words(measured.label)),
                        self._written(value_text(measured, self._language)),
                        unit_text(measured.unit),
                    ]
                    for n, measured in enumerate(figures)
                ]
                return {"kind": "figures", "figures": shown}
            case CurveBlock():
                return self._curves(block)
            case StripBlock():
                return self._strip(block)
            case TextsBlock(texts=texts):
                return {"kind": "texts", "texts": [[self._words(text.head), self._long(text.text)] for text in texts]}
            case DialogueBlock():
                return self._dialogue(block)
            case FilesBlock(files=files):
                return {"kind": "files", "files": [[self._written(name), self._words(words)] for name, words in files]}

    def _words(self, words: Words) -> str:
        return self._written(render(words, self._language))

    def _long(self, text: str) -> str:
        return self._written(text if len(text) <= _LARGEST_TEXT else f"{text[:_LARGEST_TEXT]}…")

    def _marked(self, block: Block, place: int, text: str) -> str:
        """A simulated value among others says so itself."""
        if not self._bases.mixed(block) or self._bases.parts(block)[place] is not Basis.SIMULATED:
            return text
        return f"{text} ({self._words(BASIS_CHIPS[Basis.SIMULATED])})".strip()

    def _table(self, block: TableBlock) -> Json:
        rows = []
        for place, row in enumerate((*block.rows, *((block.total,) if block.total is not None else ()))):
            cells = [
                self._written(cell_text(cell, column, self._language))
                for cell, column in zip(row.cells, block.columns, strict=False)
            ]
            cells[:1] = [self._marked(block, place, cells[0])] if cells else []
            rows.append({"cells": cells, "level": row.level.value, "total": row is block.total})
        return {
            "kind": "table",
            "heads": [self._written(head_text(column, self._language)) for column in block.columns],
            "right": [numeric(block, place) for place in range(len(block.columns))],
            "rows": rows,
        }

    def _curves(self, block: CurveBlock) -> Json:
        curves = [(place, curve) for place, curve in enumerate(block.curves) if curve.x]
        xs = [x for _, curve in curves for x in curve.x]
        ys = [y for _, curve in curves for y in curve.y]
        across = ticks(min(xs, default=0.0), max(xs, default=1.0), 6)
        up = ticks(min([0.0, *ys]), max(ys, default=1.0), 4)

        def at(x: float, y: float) -> list[float]:
            return [(x - across[0]) / (across[-1] - across[0]), 1 - (y - up[0]) / (up[-1] - up[0])]

        first = curves[0][1] if curves else None
        return {
            "kind": "curve",
            "curves": [
                {
                    "label": " · ".join(
                        filter(None, (self._marked(block, place, self._words(curve.label)), marked_text(curve)))
                    ),
                    "color": color_of(number),
                    "points": [at(x, y) for x, y in zip(curve.x, curve.y, strict=False)],
                    "marked": _marked_point(curve, at),
                }
                for number, (place, curve) in enumerate(curves, start=1)
            ],
            "x_ticks": [[at(x, up[0])[0], _tick(x, across)] for x in across],
            "y_ticks": [[at(across[0], y)[1], _tick(y, up)] for y in up],
            "x_unit": unit_text(first.x_unit) if first is not None else "",
            "y_unit": unit_text(first.y_unit) if first is not None else "",
        }

    def _strip(self, block: StripBlock) -> Json:
        items = [
            {
                "label": self._written(item.label),
                "words": self._marked(block, place, " · ".join(self._words(words) for words in item.words)),
                "minor": item.minor,
                "level": item.level.value,
            }
            for place, item in enumerate(block.items)
        ]
        return {"kind": "strip", "items": items}

    def _dialogue(self, block: DialogueBlock) -> Json:
        turns = [
            {
                "ours": turn.ours,
                "text": self._long(turn.text),
                "pictures": [self._words(say("Picture {name}", name=name)) for name in turn.pictures],
            }
            for turn in block.turns
        ]
        return {"kind": "dialogue", "turns": turns}


def _marked_point(curve: Curve, at: Callable[[float, float], list[float]]) -> list[object] | None:
    if curve.marked is None or not 0 <= curve.marked < len(curve.y):
        return None
    y = curve.y[curve.marked]
    return [*at(curve.x[curve.marked], y), figure(y, decimals_of(y, curve.y_unit))]


def _tick(value: float, values: tuple[float, ...]) -> str:
    step = values[1] - values[0]
    return figure(value, 0 if step >= 1 else 1 if step >= 0.1 else 2 if step >= 0.01 else 3)
