"""The place where one question is answered: by choice, in words, or with pictures."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from workstation.catalogue.medical_qa import COMPLAINT, LONGEST_ANSWER, AnswerType, Question, kind_words
from workstation.domain.words import Words, say
from workstation.ui.said import ElidedLabel, SaidButton, SaidLabel
from workstation.ui.signs import Sign, SignButton
from workstation.ui.speech import Speech
from workstation.ui.theme import restyle
from workstation.workspace.dialogue import Answer

ENDINGS: Final = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".heif")
_ACROSS: Final = 4
_TEXT_PX: Final = 72


class AnswerText(QPlainTextEdit):
    """Enter answers, Shift+Enter begins a line. ended: Enter was pressed."""

    ended = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.ended.emit()
        else:
            super().keyPressEvent(event)


class AnswerBox(QFrame):
    """answered: Answer. pictures_asked: files are to be chosen."""

    answered = Signal(object)
    pictures_asked = Signal()

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._question = Question(kind=COMPLAINT)
        self._busy = False
        self._pictures: tuple[Path, ...] = ()
        self._choices: QButtonGroup | None = None
        self._parts: list[QWidget] = []
        self.setProperty("surface", "card")
        self.setAcceptDrops(True)
        self._asked = SaidLabel(speech, role="title", wrap=True)
        self.text = AnswerText()
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(_TEXT_PX)
        self.text.textChanged.connect(self._show)
        self.text.ended.connect(self._send)
        self._middle = QVBoxLayout()
        self._middle.setSpacing(6)
        self.send = SaidButton(speech, say("Send"), kind="primary")
        self.send.clicked.connect(self._send)
        self._add = SaidButton(
            speech, say("Add pictures…"), tip=say("Any kind of picture file; they can also be dropped here")
        )
        self._add.clicked.connect(self.pictures_asked)
        for button in (self.send, self._add):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self._add)
        row.addStretch(1)
        row.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(self._asked)
        column.addLayout(self._middle)
        column.addWidget(self.text)
        column.addLayout(row)
        speech.changed.connect(self._say)
        self.show_question(self._question)

    def show_question(self, question: Question) -> None:
        """Ask this; what was written for another question is gone."""
        self._question, self._pictures = question, ()
        self.text.clear()
        self._say()
        self._make()
        if self._choices is not None:
            self._choices.buttons()[0].setFocus()
        else:
            (self._add if question.wants_pictures else self.text).setFocus()

    def show_busy(self, busy: bool) -> None:
        self._busy = busy
        self._show()

    def add_pictures(self, paths: tuple[Path, ...]) -> None:
        """Pictures among these go with the answer, each once."""
        if self._question.wants_pictures:
            new = [path for path in paths if path.suffix.lower() in ENDINGS]
            self._pictures = tuple(dict.fromkeys((*self._pictures, *new)))
            self._make()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._question.wants_pictures and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.add_pictures(tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()))
        event.acceptProposedAction()

    @property
    def answer(self) -> Answer:
        """What would be sent now."""
        if self._question.wants_pictures:
            return Answer(pictures=self._pictures)
        if self._choices is not None:
            chosen = [button.property("option") for button in self._choices.buttons() if button.isChecked()]
            return Answer(texts=tuple(str(option) for option in chosen))
        return Answer(texts=(self.text.toPlainText(),))

    def _send(self) -> None:
        if self.send.isEnabled():
            self.answered.emit(self.answer)

    def _make(self) -> None:
        """Buttons for the options, or a line for each picture."""
        for part in self._parts:
            part.hide()
            part.deleteLater()
        self._parts, self._choices = [], None
        question = self._question
        if question.options and question.type is not AnswerType.TEXT:
            self._make_choices(question)
        for picture in self._pictures:
            self._make_picture(picture)
        self.text.setVisible(not question.wants_pictures and self._choices is None)
        self._add.setVisible(question.wants_pictures)
        self._show()

    def _make_choices(self, question: Question) -> None:
        group = QButtonGroup(self)
        group.setExclusive(question.type is AnswerType.SINGLE)
        for start in range(0, len(question.options), _ACROSS):
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(6)
            for option in question.options[start : start + _ACROSS]:
                button = SaidButton(self._speech, say("{text}", text=option))
                button.setCheckable(True)
                button.setProperty("option", option)
                button.setAutoDefault(False)
                button.toggled.connect(partial(self._chosen, button))
                group.addButton(button)
                row.addWidget(button)
            row.addStretch(1)
            self._place(holder)
        self._choices = group

    def _chosen(self, button: SaidButton, chosen: bool) -> None:
        button.setProperty("kind", "primary" if chosen else "")
        restyle(button)
        self._show()

    def _make_picture(self, picture: Path) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(ElidedLabel(self._speech, say("{text}", text=picture.name)), 1)
        away = SignButton(self._speech, Sign.CROSS, say("Leave this picture out"), size=22)
        away.clicked.connect(lambda: self._leave_out(picture))
        row.addWidget(away)
        self._place(holder)

    def _leave_out(self, picture: Path) -> None:
        self._pictures = tuple(other for other in self._pictures if other != picture)
        self._make()

    def _place(self, part: QWidget) -> None:
        self._middle.addWidget(part)
        self._parts.append(part)

    def _show(self) -> None:
        answer = self.answer
        there = bool(answer.pictures) or any(text.strip() for text in answer.texts)
        short = all(len(text.strip()) <= LONGEST_ANSWER for text in answer.texts)
        self.send.setEnabled(there and short and not self._busy)
        self.send.say(say("Sending…") if self._busy else say("Send"))

    def _say(self) -> None:
        question = self._question
        self._asked.say(asked_words(question))
        words = say("At most {most} characters, without names.", most=LONGEST_ANSWER)
        self.text.setPlaceholderText(self._speech.tr(words))
        self.text.setAccessibleName(self._speech.tr(kind_words(question.kind)))


def asked_words(question: Question) -> Words:
    """The service's own sentence; ours where it has none."""
    if question.text:
        return say("{text}", text=question.text)
    if question.kind == COMPLAINT:
        return say("What is the complaint? Describe it in Chinese.")
    if question.wants_pictures:
        return say("Pictures of the skin")
    return kind_words(question.kind)
