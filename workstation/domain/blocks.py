"""A result laid out for people, independent of screen and paper: what stands beside the list of findings.

A row of the catalogue makes blocks of a result; the window and the report draw each kind of block in their own way, so
both show the same. Values are words and numbers; nothing here is formatted for one medium.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from workstation.domain.finding import Basis, Measurement
from workstation.domain.words import NOTHING, Words

if TYPE_CHECKING:
    from workstation.domain.answer import AnalysisResult, Curve

Cell = Words | str | float | None


class Level(StrEnum):
    """How much a cell or an item should be noticed; never a diagnosis of its own."""

    PLAIN = "plain"
    NOTED = "noted"
    FADED = "faded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`unit` in UCUM stands in the head; `decimals` of its numbers."""

    label: Words
    unit: str = ""
    decimals: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`finding`: id of the finding that it is about, selected by a click; "" for none.

    basis  of its values; None: that of its finding, else that of the whole result
    """

    cells: tuple[Cell, ...]
    finding: str = ""
    level: Level = Level.PLAIN
    basis: Basis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBlock:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: Words = NOTHING
    total: Row | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """`share` 0…1 of the whole length; `text` stands beside it."""

    label: Words
    share: float
    text: str
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class BarsBlock:
    """Shares side by side: probabilities, ratios."""

    bars: tuple[Bar, ...]
    title: Words = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Swatch:
    """`colour`: "#rrggbb", sRGB; `share` 0…1 of the picture; `finding` as in a row."""

    colour: str
    label: Words
    share: float
    basis: Basis
    finding: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaletteBlock:
    """Colours, each with the share that it has."""

    swatches: tuple[Swatch, ...]
    title: Words = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresBlock:
    """Few large figures side by side, each with its label and unit."""

    figures: tuple[Measurement, ...]
    title: Words = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveBlock:
    """Curves over one common axis."""

    curves: tuple[Curve, ...]
    title: Words = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class StripItem:
    """One place along a chain (a vertebra, a disc, a rib); `finding` and `basis` as in a row."""

    label: str
    words: tuple[Words, ...]
    finding: str = ""
    level: Level = Level.PLAIN
    minor: bool = False  # drawn smaller, between two others, as a disc between vertebrae
    basis: Basis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StripBlock:
    items: tuple[StripItem, ...]
    title: Words = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    head: Words
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsBlock:
    """Texts side by side, such as a text and its translation."""

    texts: tuple[Text, ...]
    title: Words = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing said in a dialogue. `pictures`: base names of the pictures sent with it."""

    ours: bool
    text: str
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueBlock:
    turns: tuple[Turn, ...]
    title: Words = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesBlock:
    """Files that the service made: the name of each, and what can be said of it."""

    files: tuple[tuple[str, Words], ...]
    title: Words = NOTHING


Block = (
    TableBlock
    | BarsBlock
    | PaletteBlock
    | FiguresBlock
    | CurveBlock
    | StripBlock
    | TextsBlock
    | DialogueBlock
    | FilesBlock
)


def no_blocks(result: AnalysisResult) -> tuple[Block, ...]:
    """Nothing stands above the findings."""
    return ()
