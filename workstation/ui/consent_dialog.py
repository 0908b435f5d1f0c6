"""Before anything leaves this PC: exactly what leaves, what stays, what it costs, when it is deleted there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workstation.domain.covering import NO_COVERING, Covering, together
from workstation.domain.words import Words, say
from workstation.ui.cover_box import CoverBox
from workstation.ui.said import SaidButton, SaidLabel, plain_tip
from workstation.ui.speech import Speech
from workstation.workspace.cards import ConsentView

_WIDTH = 640
_WIDE = 800  # with a picture
_COVERING = 2  # how it closes: neither accepted nor rejected
_FRAME = 32  # pixels of a window's title and edges, which are not known before it is shown
_TAGS_HEIGHT = 176  # with it the dialog still fits a screen of 768 lines


class ConsentDialog(QDialog):
    """Accepted only by its own button; Enter alone never sends, because Cancel has the focus.

    cover_asked: a person wants to cover something in what is sent; the dialog has closed, and sends nothing.
    """

    cover_asked = Signal()

    def __init__(self, speech: Speech, consent: ConsentView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._consent = speech, consent
        self.setModal(True)
        self.setWindowTitle(speech.tr(consent.title))
        self.setMinimumWidth(_WIDE if consent.covers else _WIDTH)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 18, 20, 16)
        self._column.setSpacing(8)
        title = SaidLabel(speech, consent.title, role="heading", wrap=True)
        self._column.addWidget(title)
        self._column.addWidget(SaidLabel(speech, consent.subtitle, role="second", wrap=True))
        boxes = QHBoxLayout()
        boxes.setSpacing(12)
        boxes.addWidget(self._box(say("Leaves this PC"), consent.leaves), 1)
        boxes.addWidget(self._box(say("Stays here"), consent.stays), 1)
        self._column.addSpacing(4)
        self._column.addLayout(boxes)
        for warning in consent.warnings:
            self._column.addWidget(SaidLabel(speech, warning, role="warning", wrap=True))
        self.covers = tuple(CoverBox(speech, view) for view in consent.covers)
        if self.covers:
            self._column.addWidget(self._one_or_tabs())
        self._column.addSpacing(4)
        self._column.addLayout(self._pair(say("Cost of this call"), consent.cost))
        self._column.addLayout(self._pair(say("Deleted there"), consent.deleted))
        self._tags = self._make_tags()
        self._column.addWidget(self._tags, 1)
        self._column.addSpacing(6)
        self._column.addLayout(self._buttons())

    @property
    def covering(self) -> Covering:
        """What the person wants covered, in everything that is sent."""
        places = {view.place: cover.covering for view, cover in zip(self._consent.covers, self.covers, strict=True)}
        return together(places.get(place, NO_COVERING) for place in range(max(places, default=-1) + 1))

    def _one_or_tabs(self) -> QWidget:
        if len(self.covers) == 1:
            return self.covers[0]
        tabs = QTabWidget()
        for view, cover in zip(self._consent.covers, self.covers, strict=True):
            tabs.addTab(cover, self._speech.tr(view.name))
        return tabs

    def _box(self, title: Words, lines: tuple[Words, ...]) -> QFrame:
        box = QFrame()
        box.setProperty("surface", "card")
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(3)
        column.addWidget(SaidLabel(self._speech, title, role="title"))
        for line in lines:
            column.addWidget(SaidLabel(self._speech, line, role="second", wrap=True))
        column.addStretch(1)
        return box

    def _pair(self, name: Words, value: Words) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(SaidLabel(self._speech, name))
        said = SaidLabel(self._speech, value, wrap=True)
        said.setAlignment(Qt.AlignmentFlag.AlignRight)
        row.addWidget(said, 1)
        return row

    def _make_tags(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setRootIsDecorated(False)
        tree.setColumnCount(3)
        heads = (say("Attribute"), say("Value"), say("What becomes of it"))
        tree.setHeaderLabels([self._speech.tr(head) for head in heads])
        for tag in self._consent.tags:
            item = QTreeWidgetItem([tag.tag, tag.name, self._speech.tr(tag.fate)])
            item.setToolTip(1, plain_tip(tag.name))
            tree.addTopLevelItem(item)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        tree.setFixedHeight(_TAGS_HEIGHT)
        tree.setAccessibleName(self._speech.tr(say("Every tag")))
        tree.hide()
        return tree

    def _buttons(self) -> QHBoxLayout:
        every = self._every = SaidButton(self._speech, say("Show every tag"))
        every.setCheckable(True)
        every.toggled.connect(self._show_tags)
        every.setVisible(bool(self._consent.tags))
        first = SaidButton(self._speech, say("Cover…"), tip=say("Look at the pictures and cover parts of them first"))
        first.clicked.connect(self._ask_cover)
        first.setVisible(self._consent.coverable and not self.covers)
        cancel = SaidButton(self._speech, say("Cancel"))
        cancel.clicked.connect(self.reject)
        send = SaidButton(self._speech, say("Send and analyse"), kind="primary")
        send.clicked.connect(self.accept)
        if self.covers:
            send.setEnabled(False)
            once = say("Look at the picture and tick the box below it before it is sent.")
            each = say("Look at each picture and tick the box below it before they are sent.")
            send.setToolTip(self._speech.tr(once if len(self.covers) == 1 else each))
        for cover in self.covers:
            cover.looked.toggled.connect(
                lambda _on: send.setEnabled(all(one.looked.isChecked() for one in self.covers))
            )
        for button in (every, first, send):
            button.setAutoDefault(False)
        cancel.setDefault(True)
        self._cancel = cancel
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for button in (every, first, cancel, send):
            row.addWidget(button)
        return row

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()
        self._cancel.setFocus()

    def _ask_cover(self) -> None:
        self.done(_COVERING)
        self.cover_asked.emit()

    def _show_tags(self, shown: bool) -> None:
        self._tags.setVisible(shown)
        self._every.say(say("Hide the tags") if shown else say("Show every tag"))
        self._fit()

    def _fit(self) -> None:
        """As high as its lines are at this width, and on the screen: its buttons have to be reached."""
        self._column.activate()
        room = self.screen().availableGeometry()
        over = self._column.totalHeightForWidth(self.width()) + _FRAME - room.height()
        if over > 0:
            for cover in self.covers:
                cover.lessen(over)
                around = cover.parentWidget()
                while around is not None and around is not self:  # the pages between it and the dialog
                    around.updateGeometry()
                    around = around.parentWidget()
            self._column.invalidate()
            self._column.activate()
        high = self._column.totalHeightForWidth(self.width())
        self.resize(self.width(), min(high, room.height() - _FRAME) if self.covers else high)
        frame = self.frameGeometry()
        if frame.bottom() > room.bottom():
            self.move(frame.x(), max(room.top(), room.bottom() - frame.height() + 1))
