"""Every file that was left out: its name, the reason, and what can be done about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workstation.domain.object_words import file_name
from workstation.domain.series import LeftOut
from workstation.domain.words import say, say_count
from workstation.ui.said import SaidButton, SaidLabel, plain_tip
from workstation.ui.speech import Speech
from workstation.workspace.grouping import by_reason, remedy

MOST_LISTED: Final = 5000  # more would only be counted: nobody reads them, and the window has to stay quick
_DRAWN: Final = QSize(900, 480)
_WIDEST: Final = 1280  # wide enough for the longest reason
_MARGIN: Final = 200


class LeftOutDialog(QDialog):
    """Rare reasons stand first. What is copied is what is chosen, or everything."""

    def __init__(self, speech: Speech, left_out: tuple[LeftOut, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._files = tuple(left for group in by_reason(left_out) for left in group.files)
        room = parent.size() if parent is not None else QSize(_DRAWN)
        self.resize(min(_WIDEST, max(_DRAWN.width(), room.width() - _MARGIN)), _DRAWN.height())
        count = len(left_out)
        heading = say_count("{count} file was left out", "{count} files were left out", count)
        self.setWindowTitle(speech.tr(heading))
        self._tree = self._make_tree()
        self._tree.setAccessibleName(speech.tr(heading))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(SaidLabel(speech, heading, role="heading"))
        column.addWidget(
            SaidLabel(speech, say("All other files are in a series or listed with their study."), role="second")
        )
        column.addWidget(self._tree, 1)
        if count > MOST_LISTED:
            rest = count - MOST_LISTED
            column.addWidget(SaidLabel(speech, say("{count} more are not listed here.", count=rest), role="second"))
        copy = SaidButton(speech, say("Copy"), tip=say("Copy the chosen lines, or all, as text"))
        copy.clicked.connect(self.copy)
        close = SaidButton(speech, say("Close"))
        close.clicked.connect(self.accept)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self).activated.connect(self.copy)
        row = QHBoxLayout()
        row.addWidget(copy)
        row.addStretch(1)
        row.addWidget(close)
        column.addLayout(row)

    @property
    def tree(self) -> QTreeWidget:
        return self._tree

    def copy(self) -> None:
        """One line a file: path, reason, remedy, with tabs between them."""
        chosen = {self._tree.indexOfTopLevelItem(item) for item in self._tree.selectedItems()}
        files = [left for at, left in enumerate(self._files) if not chosen or at in chosen]
        QGuiApplication.clipboard().setText("\n".join("\t".join((left.path, *self._told(left))) for left in files))

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setAlternatingRowColors(False)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        tree.setHeaderLabels([self._speech.tr(words) for words in (say("File"), say("Reason"), say("What to do"))])
        items = []
        for left in self._files[:MOST_LISTED]:
            reason, cure = self._told(left)
            item = QTreeWidgetItem([file_name(left.path), reason, cure])
            for at, tip in enumerate((left.path, reason, cure)):
                item.setToolTip(at, plain_tip(tip))
            items.append(item)
        tree.addTopLevelItems(items)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        tree.setColumnWidth(0, 260)
        return tree

    def _told(self, left: LeftOut) -> tuple[str, str]:
        return self._speech.tr(left.sentence), self._speech.tr(remedy(left))
