"""Every file that was left out, with its reason."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from workstation.domain.series import LeftOut
from workstation.domain.words import say, say_count
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.speech import Speech

MOST_LISTED = 5000  # more would only be counted: nobody reads them, and the window has to stay quick


class LeftOutDialog(QDialog):
    def __init__(self, speech: Speech, left_out: tuple[LeftOut, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.resize(760, 460)
        count = len(left_out)
        heading = say_count("{count} file was left out", "{count} files were left out", count)
        self.setWindowTitle(speech.tr(heading))
        self._tree = QTreeWidget()
        self._tree.setRootIsDecorated(False)
        self._tree.setUniformRowHeights(True)
        self._tree.setColumnCount(2)
        self._tree.setTextElideMode(Qt.TextElideMode.ElideLeft)  # the end of a path tells more than its start
        self._tree.setHeaderLabels([speech.tr(say("File")), speech.tr(say("Reason"))])
        self._tree.setAccessibleName(speech.tr(heading))
        for out in left_out[:MOST_LISTED]:
            self._tree.addTopLevelItem(QTreeWidgetItem([out.path, speech.tr(out.sentence)]))
        self._tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._tree.setColumnWidth(0, 380)
        close = SaidButton(speech, say("Close"))
        close.clicked.connect(self.accept)
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
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        column.addLayout(row)

    @property
    def tree(self) -> QTreeWidget:
        return self._tree
