"""A job whose outcome is unknown: three ways on, each with what it means. Nothing is chosen for the person.

Where the service only has a list of jobs, the person says which of them it is.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.words import Words, say
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.speech import Speech
from workstation.workspace.jobs import JobLine, Resolution

CHOICES: Final[tuple[tuple[Resolution, Words, Words], ...]] = (
    (
        Resolution.ASK_AGAIN,
        say("Ask the service"),
        say("Looks whether the service knows the job. Costs nothing; goes on if it does."),
    ),
    (
        Resolution.SUBMIT_ANEW,
        say("Submit anew"),
        say("Sends the job again. If the service had taken it the first time, it is charged twice."),
    ),
    (
        Resolution.GIVE_UP,
        say("Give it up"),
        say("Ends the job here and deletes what was uploaded. A charge that was made stays."),
    ),
)


class ResolveDialog(QDialog):
    """`resolution` is None until a person chose."""

    def __init__(self, speech: Speech, job: JobLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.resolution: Resolution | None = None
        self.setModal(True)
        self.setMinimumWidth(560)
        self.setWindowTitle(speech.tr(job.title))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(SaidLabel(speech, job.title, role="heading", wrap=True))
        unknown = say("The connection broke while the job was being submitted. It may have been charged.")
        column.addWidget(SaidLabel(speech, *((job.error,) if job.error is not None else (unknown,)), wrap=True))
        for resolution, title, explanation in CHOICES:
            column.addWidget(self._choice(speech, resolution, title, explanation))
        later = SaidButton(speech, say("Decide later"))
        later.clicked.connect(self.reject)
        later.setDefault(True)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(later)
        column.addLayout(row)

    def _choice(self, speech: Speech, resolution: Resolution, title: Words, explanation: Words) -> QFrame:
        card = QFrame()
        card.setProperty("surface", "card")
        button = SaidButton(speech, title)
        button.setAutoDefault(False)
        button.setMinimumWidth(130)
        button.clicked.connect(lambda: self._choose(resolution))
        row = QHBoxLayout(card)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(button)
        row.addWidget(SaidLabel(speech, explanation, role="second", wrap=True), 1)
        return card

    def _choose(self, resolution: Resolution) -> None:
        self.resolution = resolution
        self.accept()


class ListedDialog(QDialog):
    """Jobs that the service lists and that may be the lost one; `number` is "" until a person took one for it."""

    def __init__(
        self, speech: Speech, job: JobLine, says: Words, numbers: tuple[str, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.number = ""
        self.setModal(True)
        self.setMinimumWidth(560)
        self.setWindowTitle(speech.tr(job.title))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(SaidLabel(speech, job.title, role="heading", wrap=True))
        column.addWidget(SaidLabel(speech, says, wrap=True))
        sure = say("If another PC used the same account then, it may be that one's: compare in the service's console.")
        column.addWidget(SaidLabel(speech, sure, role="second", wrap=True))
        for number in numbers:
            button = SaidButton(speech, say("Go on with {number}", number=number))
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, number=number: self._take(number))
            column.addWidget(button)
        later = SaidButton(speech, say("Decide later"))
        later.clicked.connect(self.reject)
        later.setDefault(True)
        column.addWidget(later, 0, Qt.AlignmentFlag.AlignRight)

    def _take(self, number: str) -> None:
        self.number = number
        self.accept()
