"""Texts side by side where there is room, a dialogue turn by turn, and the files of a service."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from workstation.domain.block_words import Bases
from workstation.domain.blocks import DialogueBlock, FilesBlock, TextsBlock
from workstation.domain.words import say
from workstation.ui.blocks.parts import BlockView
from workstation.ui.speech import Speech

_SIDE_BY_SIDE_PX: Final = 560


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if role:
        label.setProperty("role", role)
    return label


def _copied(label: QLabel) -> QLabel:
    """What a service wrote can be taken along."""
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return label


class TextsView(BlockView[TextsBlock]):
    def __init__(self, speech: Speech, block: TextsBlock, bases: Bases, parent: QWidget | None = None) -> None:
        super().__init__(speech, block, bases, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(10)
        for text in block.texts:
            column = QVBoxLayout()
            column.setSpacing(3)
            if text.head.message:
                column.addWidget(_label(self._tr(text.head), "second"))
            column.addWidget(_copied(_label(text.text)))
            column.addStretch(1)
            self._row.addLayout(column, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = event.size().width() >= _SIDE_BY_SIDE_PX
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)


class DialogueView(BlockView[DialogueBlock]):
    """The reader's own turns stand to the right."""

    def __init__(self, speech: Speech, block: DialogueBlock, bases: Bases, parent: QWidget | None = None) -> None:
        super().__init__(speech, block, bases, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for turn in block.turns:
            frame = QFrame()
            frame.setProperty("surface", "said-here" if turn.ours else "said-there")
            inside = QVBoxLayout(frame)
            inside.setContentsMargins(10, 6, 10, 6)
            inside.setSpacing(2)
            if turn.text:
                inside.addWidget(_copied(_label(turn.text)))
            for name in turn.pictures:
                inside.addWidget(_label(self._tr(say("Picture {name}", name=name)), "second"))
            row = QHBoxLayout()
            row.setSpacing(0)
            if turn.ours:
                row.addStretch(1)
            row.addWidget(frame, 5)
            if not turn.ours:
                row.addStretch(1)
            column.addLayout(row)


class FilesView(BlockView[FilesBlock]):
    def __init__(self, speech: Speech, block: FilesBlock, bases: Bases, parent: QWidget | None = None) -> None:
        super().__init__(speech, block, bases, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for name, words in block.files:
            column.addWidget(_copied(_label(name)))
            column.addWidget(_label(self._tr(words), "second"))
