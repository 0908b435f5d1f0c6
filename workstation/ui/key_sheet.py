"""All keys and what the mouse does, from the one key table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from workstation.domain.words import say
from workstation.ui.keys import KEYS, MOUSE, Key, Scope, key_text
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.speech import Speech

_SECTIONS = (
    (Scope.VIEW, say("Picture")),
    (Scope.FINDINGS, say("Findings")),
    (Scope.WINDOW, say("Window and studies")),
)


class KeySheet(QDialog):
    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self.setWindowTitle(speech.tr(say("Keys and mouse")))
        self.resize(760, 640)
        columns = QHBoxLayout()
        columns.setSpacing(28)
        left, right = QVBoxLayout(), QVBoxLayout()
        for scope, title in _SECTIONS:
            column = left if scope is Scope.VIEW else right
            column.addWidget(SaidLabel(speech, title, role="title"))
            column.addLayout(self._keys([key for key in KEYS if key.scope is scope]))
            column.addSpacing(10)
        right.addWidget(SaidLabel(speech, say("Mouse"), role="title"))
        right.addLayout(self._mouse())
        for column in (left, right):
            column.setSpacing(6)
            column.addStretch(1)
            columns.addLayout(column, 1)
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

    def _keys(self, keys: list[Key]) -> QGridLayout:
        grid = self._grid()
        for row, key in enumerate(keys):
            self._pair(grid, row, QLabel(key_text(key.command)), SaidLabel(self._speech, key.title, role="second"))
        return grid

    def _mouse(self) -> QGridLayout:
        grid = self._grid()
        for row, (act, effect) in enumerate(MOUSE):
            self._pair(
                grid, row, SaidLabel(self._speech, act), SaidLabel(self._speech, effect, role="second", wrap=True)
            )
        return grid

    @staticmethod
    def _grid() -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        return grid

    @staticmethod
    def _pair(grid: QGridLayout, row: int, key: QLabel, words: QLabel) -> None:
        grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(words, row, 1)
