"""One finding in the list: number, colour, facts, decision, comment."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from workstation.domain.decision import Decision, DecisionState
from workstation.domain.finding import Finding
from workstation.domain.words import Words, say
from workstation.ui.finding_words import STATE_WORDS, decision_words, facts_of
from workstation.ui.keys import Command
from workstation.ui.said import NO_BREAK, SaidLabel, texts, unbroken
from workstation.ui.signs import Sign, SignButton
from workstation.ui.speech import Speech
from workstation.ui.theme import finding_colour, restyle


class FindingRow(QFrame):
    """select_asked, accept_asked, reject_asked, reopen_asked: finding id. comment_asked: finding id, text."""

    select_asked = Signal(str)
    accept_asked = Signal(str)
    reject_asked = Signal(str)
    reopen_asked = Signal(str)
    comment_asked = Signal(str, str)
    comment_ended = Signal()

    def __init__(self, speech: Speech, finding: Finding, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._finding, self._number = speech, finding, number
        self._decision = Decision()
        self._signed = False
        self._slices: tuple[int, int] | None = None
        self.setProperty("surface", "row")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        dot = QLabel()
        dot.setFixedSize(10, 10)
        dot.setStyleSheet(f"background: {finding_colour(number).name()}; border-radius: 5px;")
        self._title = SaidLabel(speech, self._numbered(), wrap=True)
        self._facts = SaidLabel(speech, role="second", wrap=True)
        self._made = SaidLabel(speech, role="second", wrap=True)
        self._edit = QLineEdit()
        self._edit.setMaxLength(500)
        self._edit.hide()
        self._edit.returnPressed.connect(self._commented)
        self._edit.installEventFilter(self)
        self._accept = self._button(Sign.CHECK, "accept", say("Accept the finding"), Command.ACCEPT)
        self._reject = self._button(Sign.CROSS, "reject", say("Reject the finding"), Command.REJECT)
        self._accept.clicked.connect(lambda: self._toggled(DecisionState.ACCEPTED))
        self._reject.clicked.connect(lambda: self._toggled(DecisionState.REJECTED))
        column = QVBoxLayout()
        column.setSpacing(2)
        for widget in (self._title, self._facts, self._made, self._edit):
            column.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        dots = QVBoxLayout()
        dots.setContentsMargins(0, 5, 0, 0)
        dots.addWidget(dot)
        dots.addStretch(1)
        row.addLayout(dots)
        row.addLayout(column, 1)
        row.addWidget(self._accept, 0, top)
        row.addWidget(self._reject, 0, top)
        speech.changed.connect(self._render)
        self._render()

    def show_decision(self, decision: Decision) -> None:
        self._decision = decision
        self._render()

    def show_slices(self, slices: tuple[int, int] | None) -> None:
        """First and last slice it is seen on, from 0."""
        self._slices = slices
        self._render()

    def show_selected(self, selected: bool) -> None:
        surface = "row-chosen" if selected else "row"
        if self.property("surface") != surface:
            self.setProperty("surface", surface)
            restyle(self)
        if not selected:
            self._edit.hide()

    def show_signed(self, signed: bool) -> None:
        """Of a signed reading nothing is decided any more: what was decided stays to be seen."""
        self._signed = signed
        for button in (self._accept, self._reject):
            button.setEnabled(not signed)
        if signed:
            self._edit.hide()
        self._render()

    def begin_comment(self) -> None:
        """Write a comment in the row itself: Enter keeps it, Escape leaves it as it was."""
        self._edit.setText(self._decision.comment)
        self._edit.show()
        self._edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._edit.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not (watched is self._edit and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress):
            return False
        if event.key() == Qt.Key.Key_Escape:
            self._edit.hide()
            self.comment_ended.emit()
            return True
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.select_asked.emit(self._finding.id)

    def _button(self, sign: Sign, kind: str, words: Words, command: Command) -> SignButton:
        numbered = say("{words} {number}", words=words, number=self._number)
        button = SignButton(self._speech, sign, numbered, kind=kind, command=command, size=26)
        button.setCheckable(True)
        return button

    def _toggled(self, state: DecisionState) -> None:
        """A second press takes the decision back."""
        if self._decision.state is state:
            self.reopen_asked.emit(self._finding.id)
        else:
            (self.accept_asked if state is DecisionState.ACCEPTED else self.reject_asked).emit(self._finding.id)
        self._render()

    def _commented(self) -> None:
        self._edit.hide()
        self.comment_asked.emit(self._finding.id, self._edit.text())
        self.comment_ended.emit()

    def _numbered(self) -> Words:
        return say("{number} · {label}", number=self._number, label=self._finding.label)

    def _render(self) -> None:
        speech, state = self._speech, self._decision.state
        facts = [unbroken(speech.tr(fact)) for fact in facts_of(self._finding, self._slices)]
        self._facts.say(say("{text}", text=f"{NO_BREAK}· ".join(facts)))
        self._title.look(role="dim" if state is DecisionState.REJECTED else "")
        self._accept.setChecked(state is DecisionState.ACCEPTED)
        self._reject.setChecked(state is DecisionState.REJECTED)
        for button in (self._accept, self._reject):
            button.setVisible(button.isChecked() or not self._signed)
        made = [decision_words(self._decision)] if self._decision.at is not None else []
        if self._decision.comment:
            made.append(say("“{text}”", text=self._decision.comment))
        self._made.say(say("{text}", text=texts(speech, made, "\n")))
        self._made.setVisible(bool(made))
        self._edit.setPlaceholderText(speech.tr(say("Comment; Enter keeps it, Escape does not")))
        self._edit.setAccessibleName(speech.tr(say("Comment")))
        self.setAccessibleName(f"{speech.tr(self._numbered())}, {speech.tr(STATE_WORDS[state])}")
