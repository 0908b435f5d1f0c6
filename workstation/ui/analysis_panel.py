"""The Analyse tab: the series looked at, the connection, and a card for every operation."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workstation.domain.words import Words, say
from workstation.ui.analysis_card import AnalysisCard
from workstation.ui.card_group import CardGroupView
from workstation.ui.column_scroll import ColumnScroll
from workstation.ui.said import ElidedLabel, SaidLabel, plain_tip
from workstation.ui.signs import SignCombo
from workstation.ui.speech import Speech
from workstation.workspace.card_groups import CardGroup, grouped
from workstation.workspace.cards import CardView, ConnectionView

_MANY: Final = 6  # cards that are worth a search


class AnalysisPanel(QWidget):
    """analyse_asked, series_asked: as a card's. connection_asked: its name."""

    analyse_asked = Signal(str, dict, bool)
    series_asked = Signal(str)
    connection_asked = Signal(str)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._connections: tuple[ConnectionView, ...] = ()
        self._views: tuple[CardView, ...] | None = ()
        self._busy: frozenset[str] = frozenset()
        self._cards: dict[str, AnalysisCard] = {}
        self._groups: list[CardGroupView] = []
        self._series = ElidedLabel(speech, role="second")
        self._combo = SignCombo()
        self._combo.currentIndexChanged.connect(self._connection_chosen)
        self._words = SaidLabel(speech, role="second", wrap=True)
        self._about = SaidLabel(speech, role="second", wrap=True)
        self._search = QLineEdit()
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._lay_out)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(10, 2, 0, 10)  # right of it is the bar
        self._column.setSpacing(8)
        self._column.addWidget(self._words)
        self._column.addStretch(1)
        inside = QWidget()
        inside.setLayout(self._column)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(SaidLabel(speech, say("Send to"), role="second"))
        where.addWidget(self._combo, 1)
        head = QVBoxLayout()
        head.setContentsMargins(12, 10, 12, 4)
        head.setSpacing(6)
        head.addWidget(self._series)
        head.addLayout(where)
        head.addWidget(self._about)
        head.addWidget(self._search)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(ColumnScroll(inside), 1)
        speech.changed.connect(self._render)
        self._series.hide()
        self.show_cards(())

    def show_series(self, *words: Words) -> None:
        """Which series the cards speak of."""
        self._series.say(*words)
        self._series.setVisible(bool(words))

    def show_connections(self, connections: tuple[ConnectionView, ...], chosen: str) -> None:
        self._connections = connections
        self._render()
        names = [connection.name for connection in connections]
        with QSignalBlocker(self._combo):
            self._combo.setCurrentIndex(names.index(chosen) if chosen in names else -1)
        self._show_about()

    def show_cards(self, cards: tuple[CardView, ...] | None) -> None:
        """None: they are being worked out."""
        self._views = cards
        self._search.setVisible(len(cards or ()) >= _MANY)
        self._lay_out()

    def show_busy(self, operations: frozenset[str]) -> None:
        """Operations that run on this series now."""
        self._busy = operations
        for operation, card in self._cards.items():
            card.show_busy(operation in operations)

    def _lay_out(self) -> None:
        """Cards of folded groups are made when they are asked for: most operations never fit the series at hand."""
        for view in self._groups:
            view.leave()
        self._groups, self._cards = [], {}
        groups = grouped(self._views or (), self._search.text() if not self._search.isHidden() else "")
        cards = [card for group in groups for card in group.cards]
        first = next((card for card in cards if card.fits and card.medical and not card.simulated), None)
        for place, group in enumerate(groups):
            made = CardGroupView(self._speech, group, lambda card: self._card(card, first=card is first))
            self._column.insertWidget(place + 1, made)
            self._groups.append(made)
        self._show_words(groups)

    def _card(self, view: CardView, *, first: bool) -> AnalysisCard:
        card = self._cards[view.operation] = AnalysisCard(self._speech, view, first=first)
        card.analyse_asked.connect(self.analyse_asked)
        card.series_asked.connect(self.series_asked)
        card.show_busy(view.operation in self._busy)
        return card

    def _show_words(self, groups: tuple[CardGroup, ...]) -> None:
        words = None
        if self._views is None:
            words = say("Checking which analyses fit…")
        elif not self._views:
            words = say("Open a study and choose a series: what it qualifies for stands here.")
        elif not groups:
            words = say("No analysis is called that.")
        elif all(group.folded for group in groups):
            words = say("No analysis can be done on this series.")
        self._words.setVisible(words is not None)
        if words is not None:
            self._words.say(words)

    def _connection_chosen(self, place: int) -> None:
        self._show_about()
        if 0 <= place < len(self._connections):
            self.connection_asked.emit(self._connections[place].name)

    def _show_about(self) -> None:
        place = self._combo.currentIndex()
        known = 0 <= place < len(self._connections)
        self._about.setVisible(known)
        if known:
            self._about.say(self._connections[place].about)

    def _render(self) -> None:
        place = self._combo.currentIndex()
        with QSignalBlocker(self._combo):
            self._combo.clear()
            for number, connection in enumerate(self._connections):
                self._combo.addItem(self._speech.tr(connection.title))
                self._combo.setItemData(
                    number, plain_tip(self._speech.tr(connection.about)), Qt.ItemDataRole.ToolTipRole
                )
            self._combo.setCurrentIndex(place)
        self._combo.setAccessibleName(self._speech.tr(say("Send to")))
        self._search.setPlaceholderText(self._speech.tr(say("Find an analysis…")))
        self._search.setAccessibleName(self._speech.tr(say("Find an analysis")))
