"""All keys and what the mouse does, from the one key table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from workstation.domain.words import Words, say
from workstation.ui.keys import KEYS, MOUSE, Key, Scope, key_text
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.speech import Speech

_COLUMNS = (
    ((say("Picture"), Scope.VIEW, False),),
    ((say("Window presets"), Scope.VIEW, True), (say("Findings"), Scope.FINDINGS, False)),
    ((say("Window and studies"), Scope.WINDOW, False),),
)


def _is_preset(key: Key) -> bool:
    return key.key.isdigit()


class KeySheet(QDialog):
    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self.setWindowTitle(speech.tr(say("Keys and mouse")))
        self.resize(1040, 664)
        columns = QHBoxLayout()
        columns.setSpacing(28)
        grids = [self._grid() for _ in _COLUMNS]
        for grid, sections in zip(grids, _COLUMNS, strict=True):
            for title, scope, presets in sections:
                self._title(grid, title)
                for key in KEYS:
                    if key.scope is scope and _is_preset(key) is presets:
                        self._pair(grid, QLabel(key_text(key.command)), SaidLabel(speech, key.title, role="second"))
            columns.addLayout(grid, 1)
        self._title(grids[-1], say("Mouse"))
        for act, effect in MOUSE:
            self._pair(grids[-1], SaidLabel(speech, act), SaidLabel(speech, effect, role="second", wrap=True))
        for grid in grids:
            grid.setRowStretch(grid.rowCount(), 1)
        inside = QWidget()
        inside.setLayout(columns)
        inside.setProperty("surface", "raised")
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        close = SaidButton(speech, say("Close"))
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 18, 20, 16)
        whole.addWidget(scroll, 1)
        whole.addLayout(foot)

    @staticmethod
    def _grid() -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        return grid

    def _title(self, grid: QGridLayout, title: Words) -> None:
        row = grid.rowCount()
        if grid.count():
            grid.setRowMinimumHeight(row, 10)
            row += 1
        grid.addWidget(SaidLabel(self._speech, title, role="title"), row, 0, 1, 2)

    @staticmethod
    def _pair(grid: QGridLayout, key: QLabel, words: QLabel) -> None:
        row = grid.rowCount()
        grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(words, row, 1, Qt.AlignmentFlag.AlignTop)
