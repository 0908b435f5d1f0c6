"""The Analyse tab: the series looked at, the connection, and a card for every operation."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workstation.domain.words import Words, say
from workstation.ui.analysis_card import AnalysisCard
from workstation.ui.said import ElidedLabel, SaidLabel, plain_tip
from workstation.ui.signs import SignCombo
from workstation.ui.speech import Speech
from workstation.workspace.cards import CardView, ConnectionView


class AnalysisPanel(QWidget):
    """analyse_asked, series_asked: as a card's. connection_asked: its name."""

    analyse_asked = Signal(str, dict, bool)
    series_asked = Signal(str)
    connection_asked = Signal(str)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._connections: tuple[ConnectionView, ...] = ()
        self._cards: dict[str, AnalysisCard] = {}
        self._series = ElidedLabel(speech, role="second")
        self._combo = SignCombo()
        self._combo.currentIndexChanged.connect(self._connection_chosen)
        self._words = SaidLabel(speech, role="second", wrap=True)
        self._about = SaidLabel(speech, role="second", wrap=True)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(10, 2, 10, 10)
        self._column.setSpacing(8)
        self._column.addWidget(self._words)
        self._column.addStretch(1)
        inside = QWidget()
        inside.setLayout(self._column)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
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
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(scroll, 1)
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
        for card in self._cards.values():
            card.hide()
            card.deleteLater()
        self._cards = {}
        first = next((view for view in cards or () if view.fits and not view.simulated), None)
        for place, view in enumerate(cards or ()):
            card = AnalysisCard(self._speech, view, first=view is first)
            card.analyse_asked.connect(self.analyse_asked)
            card.series_asked.connect(self.series_asked)
            self._column.insertWidget(place + 1, card)
            self._cards[view.operation] = card
        self._words.setVisible(not cards)
        if not cards:
            choose = say("Open a study and choose a series: what it qualifies for stands here.")
            self._words.say(say("Checking which analyses fit…") if cards is None else choose)

    def show_busy(self, operations: frozenset[str]) -> None:
        """Operations that run on this series now."""
        for operation, card in self._cards.items():
            card.show_busy(operation in operations)

    def card(self, operation: str) -> AnalysisCard:
        return self._cards[operation]

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
