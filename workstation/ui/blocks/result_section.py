"""The result's blocks under a head that folds them; what has no room scrolls within."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from workstation.domain.block_words import Bases
from workstation.domain.blocks import Block
from workstation.domain.words import say
from workstation.ui.blocks.block_list import BlockList
from workstation.ui.column_scroll import ColumnScroll
from workstation.ui.said import SaidButton
from workstation.ui.speech import Speech


class ResultSection(QWidget):
    """As high as its blocks, or as its maximum height; not there without blocks."""

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folded = False
        self._head = SaidButton(speech, say("▼ {head}", head=say("Result")), kind="link")
        self._head.clicked.connect(lambda: self.fold(not self._folded))
        self.blocks = BlockList(speech)
        self._scroll = ColumnScroll(self.blocks)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setMinimumHeight(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(2)
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.addWidget(self._head)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._scroll, 1)
        self.setProperty("surface", "foot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.blocks.installEventFilter(self)
        self.hide()

    @property
    def folded(self) -> bool:
        return self._folded

    def fold(self, folded: bool) -> None:
        """Only the head stays, or all is there again."""
        self._folded = folded
        head = say("Result")
        self._head.say(say("▶ {head}", head=head) if folded else say("▼ {head}", head=head))
        self._scroll.setVisible(not folded)
        self.updateGeometry()

    def show_blocks(self, blocks: tuple[Block, ...], bases: Bases | None) -> None:
        self.blocks.show_blocks(blocks, bases)
        self.setVisible(bool(self.blocks.views))

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        head = self._head.sizeHint().height() + margins.top() + margins.bottom() + 6
        return QSize(300, head + (0 if self._folded else self._blocks_height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, min(self.sizeHint().height(), self._head.sizeHint().height() + 4))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.blocks and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _blocks_height(self) -> int:
        if self.blocks.hasHeightForWidth():
            return self.blocks.heightForWidth(self._scroll.viewport().width())
        return self.blocks.sizeHint().height()
