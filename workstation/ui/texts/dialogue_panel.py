"""The dialogue about skin: what was said, the question that waits, and at its end the report and a remark on it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workstation.catalogue.medical_qa import panel
from workstation.catalogue.qa_feedback import LONGEST
from workstation.domain.block_words import Bases
from workstation.domain.words import say
from workstation.ui.blocks.block_list import BlockList
from workstation.ui.column_scroll import ColumnScroll
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.speech import Speech
from workstation.ui.texts.answer_box import AnswerBox
from workstation.workspace.dialogue import Dialogue, begin


class DialoguePanel(QWidget):
    """answered: Answer. pictures_asked: files are to be chosen. feedback_asked: a text. anew_asked: begin another."""

    answered = Signal(object)
    pictures_asked = Signal()
    feedback_asked = Signal(str)
    anew_asked = Signal()

    def __init__(self, speech: Speech, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._busy, self._offered, self._sent = False, True, False
        self.dialogue: Dialogue = begin("", now)
        self.said = BlockList(speech)
        self.answer_box = AnswerBox(speech)
        self._feedback = self._make_feedback()
        self._empty = SaidLabel(
            speech,
            say("The service asks about a skin complaint, one question after the other, and ends with a report."),
            say("Answers are sent as they are written: no names, numbers or dates."),
            role="second",
            wrap=True,
        )
        self._anew = SaidButton(speech, say("New dialogue"))
        for button in (self._anew, self._send):
            button.setAutoDefault(False)
        self._anew.clicked.connect(self.anew_asked)
        self.answer_box.answered.connect(self.answered)
        self.answer_box.pictures_asked.connect(self.pictures_asked)
        self._scroll = self._lay_out()
        self._scroll.verticalScrollBar().rangeChanged.connect(self._to_end)
        self.show_dialogue(self.dialogue)

    def show_dialogue(self, dialogue: Dialogue) -> None:
        """As it stands now; the report, where there is one, stands above what was said."""
        self.dialogue, self._sent = dialogue, False
        result = dialogue.result
        if result is None:
            self.said.show_blocks((), None)
        else:
            self.said.show_blocks(panel(result), Bases.of(result))
        if dialogue.asked is not None:
            self.answer_box.show_question(dialogue.asked)
        self._show()

    def show_busy(self, busy: bool) -> None:
        self._busy = busy
        self.answer_box.show_busy(busy)
        self._show()

    def show_offered(self, offered: bool) -> None:
        self._offered = offered
        self._show()

    def show_feedback_taken(self) -> None:
        self._sent = True
        self._remark.clear()
        self._show()

    def add_pictures(self, paths: tuple[Path, ...]) -> None:
        self.answer_box.add_pictures(paths)

    def _lay_out(self) -> ColumnScroll:
        inside = QWidget()
        self._middle = QVBoxLayout(inside)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.addWidget(self._empty)
        self._middle.addWidget(self.said)
        self._middle.addStretch(1)
        scroll = ColumnScroll(inside)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # nothing of what was said takes the keys
        for plain in (scroll, scroll.viewport(), inside):
            plain.setAutoFillBackground(False)
        below = QHBoxLayout()
        below.addWidget(self._feedback, 1)
        below.addStretch(0)
        below.addWidget(self._anew)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(10)
        column.addWidget(scroll, 1)
        column.addWidget(self.answer_box)
        column.addLayout(below)
        return scroll

    def _make_feedback(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._remark = QLineEdit()
        self._remark.setMaxLength(LONGEST)
        self._remark.textChanged.connect(self._show)
        self._remark.returnPressed.connect(self._send_feedback)
        self._send = SaidButton(self._speech, say("Send feedback"))
        self._send.clicked.connect(self._send_feedback)
        self._taken = SaidLabel(self._speech, say("The feedback was taken."), role="good")
        self._speech.changed.connect(self._say)
        self._say()
        for widget, stretch in ((self._remark, 1), (self._send, 0), (self._taken, 0)):
            row.addWidget(widget, stretch)
        return holder

    def _say(self) -> None:
        words = say("A remark for the service on this dialogue, without names")
        self._remark.setPlaceholderText(self._speech.tr(words))
        self._remark.setAccessibleName(self._speech.tr(words))

    def _send_feedback(self) -> None:
        if self._send.isEnabled():
            self.feedback_asked.emit(self._remark.text())

    def _show(self) -> None:
        begun, over = self.dialogue.result is not None, self.dialogue.over
        self._empty.setVisible(not begun)
        self.answer_box.setVisible(not over)
        self.answer_box.setEnabled(self._offered)
        self._feedback.setVisible(over)
        self._remark.setVisible(not self._sent)
        self._send.setVisible(not self._sent)
        self._taken.setVisible(self._sent)
        self._send.setEnabled(bool(self._remark.text().strip()) and not self._busy)
        self._anew.setVisible(begun)
        self._anew.setEnabled(not self._busy)

    def _to_end(self) -> None:
        """The last thing said is seen; a report is read from its top."""
        bar = self._scroll.verticalScrollBar()
        last = self.said.geometry().bottom() - self._scroll.viewport().height()
        QTimer.singleShot(0, bar, lambda: bar.setValue(0 if self.dialogue.over else last))
