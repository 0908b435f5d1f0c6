"""A group of cards under its head; a folded one makes its cards when it is opened."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workstation.domain.words import say
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.speech import Speech
from workstation.workspace.card_groups import FAMILIES, CardGroup
from workstation.workspace.cards import CardView


class CardGroupView(QWidget):
    """`make`: the widget of one card. They are made one after the other, and the window goes on in between."""

    def __init__(
        self, speech: Speech, group: CardGroup, make: Callable[[CardView], QWidget], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._speech, self._group, self._make = speech, group, make
        self._inside: QWidget | None = None
        self._left = deque(group.cards)
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._make_next)
        self._family = ""  # of the card before
        self._opened = not group.folded
        self._head: SaidButton | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        if group.folded:
            self._head = SaidButton(speech, say("▶ {head}", head=group.head), kind="link")
            self._head.clicked.connect(self._turn)
            self._column.addWidget(self._head)
        else:
            if group.head.message:
                self._column.addWidget(SaidLabel(speech, group.head, role="second"))
            self._open()

    def leave(self) -> None:
        """Go, and make no more cards."""
        self._next.stop()
        self.hide()
        self.deleteLater()

    def _turn(self) -> None:
        """Open it, or fold it again."""
        self._opened = not self._opened
        if self._inside is None:
            self._open()
        else:
            self._inside.setVisible(self._opened)
        if self._head is not None:
            head = self._group.head
            self._head.say(say("▼ {head}", head=head) if self._opened else say("▶ {head}", head=head))

    def _open(self) -> None:
        self._inside = QWidget()
        self._cards = QVBoxLayout(self._inside)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(8)
        self._column.addWidget(self._inside)
        self._make_next()

    def _make_next(self) -> None:
        if not self._left:
            return
        card = self._left.popleft()
        families = {one.family for one in self._group.cards}
        if len(families) > 1 and card.family != self._family and card.family in FAMILIES:
            self._cards.addWidget(SaidLabel(self._speech, FAMILIES[card.family], role="second"))
        self._family = card.family
        self._cards.addWidget(self._make(card))
        self._next.start()
