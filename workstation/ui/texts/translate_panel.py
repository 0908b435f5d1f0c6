"""A text on the left, its translation on the right."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from workstation.catalogue.translation import LONGEST, length, sides
from workstation.domain.answer import AnalysisResult
from workstation.domain.block_words import BASIS_CHIPS
from workstation.domain.finding import Basis
from workstation.domain.words import say
from workstation.ui.said import KeyButton, SaidButton, SaidLabel
from workstation.ui.speech import Speech

_DIRECTIONS: Final = (("zh-en", say("Chinese to English")), ("en-zh", say("English to Chinese")))


class TranslatePanel(QWidget):
    """translate_asked: parameters of the operation, by name."""

    translate_asked = Signal(object)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._busy, self._offered = False, True
        self.written, self.translated = QPlainTextEdit(), QPlainTextEdit()
        self.translated.setReadOnly(True)
        for box in (self.written, self.translated):
            box.setTabChangesFocus(True)
        self._count = SaidLabel(speech, role="second")
        self._basis = SaidLabel(speech, BASIS_CHIPS[Basis.SIMULATED], chip="bad")
        self._basis.hide()
        self._heads = (SaidLabel(speech, role="title"), SaidLabel(speech, role="title"))
        self._translate = SaidButton(speech, say("Translate"), kind="primary")
        self._translate.setAutoDefault(False)
        self._translate.clicked.connect(self._ask)
        self._group = QButtonGroup(self)
        self._lay_out()
        self.written.textChanged.connect(self._show)
        speech.changed.connect(self._say)
        self._choose("zh-en")
        self._say()

    @property
    def direction(self) -> str:
        return _DIRECTIONS[self._group.checkedId()][0]

    def show_result(self, result: AnalysisResult) -> None:
        """A translation, just made or earlier."""
        written, translated = sides(result)
        self._choose(str(result.parameters.get("direction")))
        if self.written.toPlainText().strip() != written:
            self.written.setPlainText(written)
        self.translated.setPlainText(translated)
        self._basis.setVisible(result.basis is Basis.SIMULATED)

    def show_busy(self, busy: bool) -> None:
        self._busy = busy
        self._show()

    def show_offered(self, offered: bool) -> None:
        self._offered = offered
        self._show()

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(6)
        for number, (_, words) in enumerate(_DIRECTIONS):
            button = KeyButton(self._speech, words)
            button.setCheckable(True)
            button.clicked.connect(self._say)
            self._group.addButton(button, number)
            above.addWidget(button)
        above.addStretch(1)
        above.addWidget(self._count)
        above.addWidget(self._translate)
        texts = QHBoxLayout()
        texts.setSpacing(12)
        for head, box, chip in ((self._heads[0], self.written, None), (self._heads[1], self.translated, self._basis)):
            column, row = QVBoxLayout(), QHBoxLayout()
            column.setSpacing(4)
            row.addWidget(head, 1)
            if chip is not None:
                row.addWidget(chip)
            column.addLayout(row)
            column.addWidget(box, 1)
            texts.addLayout(column, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(10)
        column.addLayout(above)
        column.addLayout(texts, 1)

    def _choose(self, direction: str) -> None:
        names = [name for name, _ in _DIRECTIONS]
        button = self._group.button(names.index(direction) if direction in names else 0)
        button.setChecked(True)
        self._say()

    def _ask(self) -> None:
        self.translated.clear()
        self._basis.hide()
        self.translate_asked.emit({"text": self.written.toPlainText(), "direction": self.direction})

    def _show(self) -> None:
        written = length(self.written.toPlainText())
        too_long = written > LONGEST
        self._count.say(say("{count} of {most} characters or words", count=written, most=LONGEST))
        self._count.look(role="bad-second" if too_long else "second")
        self._translate.setEnabled(bool(written) and not too_long and not self._busy and self._offered)
        self._translate.say(say("Translating…") if self._busy else say("Translate"))

    def _say(self) -> None:
        languages = (say("Chinese"), say("English"))
        source, target = languages if self.direction == "zh-en" else languages[::-1]
        for head, box, words in zip(self._heads, (self.written, self.translated), (source, target), strict=True):
            head.say(words)
            box.setAccessibleName(self._speech.tr(words))
        self.written.setPlaceholderText(self._speech.tr(say("Write or paste a text, without names.")))
        self._show()
