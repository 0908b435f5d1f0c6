"""Before a reading is signed: what is left open, each to be ticked; who signs; that nothing changes afterwards."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFormLayout, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workstation.domain.signature import OpenPoints
from workstation.domain.words import Words, say, say_count
from workstation.ui.reader_ask import LONGEST
from workstation.ui.said import SaidButton, SaidCheck, SaidLabel
from workstation.ui.speech import Speech
from workstation.workspace.state import Reader

_WIDTH = 520


def open_words(points: OpenPoints) -> tuple[Words, ...]:
    """What has to be agreed to, one sentence a point."""
    said: list[Words] = []
    if points.unread:
        said.append(
            say_count(
                "{unread} of {count} slice was not looked at.",
                "{unread} of {count} slices were not looked at.",
                points.slices,
                unread=points.unread,
            )
        )
    if points.undecided:
        undecided = say_count("{count} finding is undecided.", "{count} findings are undecided.", points.undecided)
        hidden = say_count(
            "{count} of them is hidden by the confidence filter.",
            "{count} of them are hidden by the confidence filter.",
            points.hidden,
        )
        said.append(say("{one} {other}", one=undecided, other=hidden) if points.hidden else undecided)
    if points.elsewhere:
        said.append(
            say_count(
                "{count} finding of another result of this series is undecided.",
                "{count} findings of other results of this series are undecided.",
                points.elsewhere,
            )
        )
    return tuple(said)


def done_words(points: OpenPoints) -> tuple[Words, ...]:
    """What needs no agreement."""
    said: list[Words] = []
    if points.slices and not points.unread:
        said.append(say_count("The {count} slice was looked at.", "All {count} slices were looked at.", points.slices))
    if not points.undecided:
        said.append(say("Every finding is decided."))
    if points.measures:
        said.append(say_count("{count} measure on this series.", "{count} measures on this series.", points.measures))
    return tuple(said)


class SignDialog(QDialog):
    """Accepted only by its own button, once every open point is ticked and there is a name; Cancel has the focus."""

    def __init__(
        self,
        speech: Speech,
        subject: Words,
        points: OpenPoints,
        reader: Reader,
        rule: Words | None,
        parent: QWidget | None = None,
    ) -> None:
        """`rule`: what makes a slice count as looked at; a series may have been read in a window that does not."""
        super().__init__(parent)
        self._speech = speech
        self.setModal(True)
        self.setWindowTitle(speech.tr(say("Sign this reading?")))
        self.setMinimumWidth(_WIDTH)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 18, 20, 16)
        self._column.setSpacing(8)
        self._column.addWidget(SaidLabel(speech, say("Sign this reading?"), role="heading", wrap=True))
        self._column.addWidget(SaidLabel(speech, subject, role="second", wrap=True))
        self.ticks = tuple(SaidCheck(speech, words) for words in open_words(points))
        self._column.addWidget(self._make_points(done_words(points), rule if points.unread else None))
        self._name, self._role = QLineEdit(reader.name), QLineEdit(reader.role)
        self._column.addLayout(self._make_reader())
        frozen = say("Once signed, decisions and comments don't change any more. Addenda can be added below.")
        self._column.addWidget(SaidLabel(speech, frozen, role="second", wrap=True))
        self._column.addSpacing(6)
        self._column.addLayout(self._make_buttons())
        self._judge()

    @property
    def reader(self) -> Reader:
        return Reader(self._name.text().strip(), self._role.text().strip())

    def _make_points(self, done: tuple[Words, ...], rule: Words | None) -> QFrame:
        box = QFrame()
        box.setProperty("surface", "card")
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        if self.ticks:
            left = say("Left open; tick each to sign anyway")
            column.addWidget(SaidLabel(self._speech, left, role="warning", wrap=True))
        for tick in self.ticks:
            column.addWidget(tick)
            tick.toggled.connect(self._judge)
        for words in (*([rule] if rule is not None else []), *done):
            column.addWidget(SaidLabel(self._speech, words, role="second", wrap=True))
        return box

    def _make_reader(self) -> QFormLayout:
        form = QFormLayout()
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for words, box in ((say("Signed by"), self._name), (say("Role"), self._role)):
            box.setMaxLength(LONGEST)
            box.setAccessibleName(self._speech.tr(words))
            form.addRow(SaidLabel(self._speech, words, role="second"), box)
        self._name.setPlaceholderText(self._speech.tr(say("Your name, as it stands in the report")))
        self._name.textChanged.connect(self._judge)
        return form

    def _make_buttons(self) -> QHBoxLayout:
        cancel = SaidButton(self._speech, say("Cancel"))
        cancel.clicked.connect(self.reject)
        cancel.setDefault(True)
        self.sign = SaidButton(self._speech, say("Sign"), kind="primary")
        self.sign.setAutoDefault(False)
        self.sign.clicked.connect(self.accept)
        self._cancel = cancel
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.sign)
        return row

    def _judge(self) -> None:
        self.sign.setEnabled(bool(self.reader.name) and all(tick.isChecked() for tick in self.ticks))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._column.activate()
        self.resize(self.width(), self._column.totalHeightForWidth(self.width()))
        first = self.ticks[0] if self.ticks else self._cancel
        first.setFocus(Qt.FocusReason.OtherFocusReason)
