"""Everything that stands beside the list of findings: one card a block, made from the row's own panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.block_words import BASIS_CHIPS, Bases
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
from workstation.domain.finding import Basis
from workstation.ui.blocks.bars import BarsView
from workstation.ui.blocks.curve import CurveView
from workstation.ui.blocks.figures import FiguresView
from workstation.ui.blocks.palette import PaletteView
from workstation.ui.blocks.parts import BlockView
from workstation.ui.blocks.strip import StripView
from workstation.ui.blocks.table import TableView
from workstation.ui.blocks.texts import DialogueView, FilesView, TextsView
from workstation.ui.said import SaidLabel
from workstation.ui.speech import Speech

# The widget of one entry takes the block that is its key, which the type system can't say.
VIEWS: Final[Mapping[type[Block], Callable[[Speech, Any, Bases], BlockView[Any]]]] = {
    TableBlock: TableView,
    BarsBlock: BarsView,
    PaletteBlock: PaletteView,
    FiguresBlock: FiguresView,
    CurveBlock: CurveView,
    StripBlock: StripView,
    TextsBlock: TextsView,
    DialogueBlock: DialogueView,
    FilesBlock: FilesView,
}
_CHIPS: Final = {Basis.SIMULATED: "bad", Basis.TRUTH: "warning", Basis.ALGORITHM: "plain"}


class BlockList(QWidget):
    """finding_asked: id of a finding that was clicked in a block."""

    finding_asked = Signal(str)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._blocks: tuple[Block, ...] = ()
        self._bases: Bases | None = None
        self._views: list[BlockView[Any]] = []
        self._cards: list[QFrame] = []
        self._selected = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 0, 2, 8)  # right of it is the bar
        self._column.setSpacing(8)
        speech.changed.connect(self._make)
        self.hide()

    @property
    def views(self) -> tuple[BlockView[Any], ...]:
        return tuple(self._views)

    def show_blocks(self, blocks: tuple[Block, ...], bases: Bases | None) -> None:
        """Lay these out; nothing is made anew where they are the same."""
        if blocks == self._blocks and bases == self._bases:
            return
        self._blocks, self._bases = blocks, bases
        self._make()

    def show_selected(self, finding_id: str) -> None:
        self._selected = finding_id
        for view in self._views:
            view.show_selected(finding_id)

    def _make(self) -> None:
        for card in self._cards:
            card.hide()
            card.deleteLater()
        self._cards, self._views = [], []
        if self._bases is not None:
            for block in self._blocks:
                self._add(block, self._bases)
        self.setVisible(bool(self._cards))

    def _add(self, block: Block, bases: Bases) -> None:
        card = QFrame()
        card.setProperty("surface", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(12, 9, 12, 11)
        inside.setSpacing(6)
        chip = bases.chip(block)
        if block.title.message or chip is not None:
            head = QHBoxLayout()
            head.addWidget(SaidLabel(self._speech, block.title, role="title", wrap=True), 1)
            if chip is not None:
                head.addWidget(SaidLabel(self._speech, BASIS_CHIPS[chip], chip=_CHIPS[chip]))
            inside.addLayout(head)
        view = VIEWS[type(block)](self._speech, block, bases)
        view.finding_asked.connect(self.finding_asked)
        view.show_selected(self._selected)
        inside.addWidget(view)
        self._column.addWidget(card)
        self._cards.append(card)
        self._views.append(view)
