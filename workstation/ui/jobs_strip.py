"""The strip of jobs: one tile each with words, a bar, and what a person can do about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workstation.domain.words import Words, say
from workstation.ui.said import ElidedLabel, SaidButton, SaidLabel, plain_tip
from workstation.ui.signs import Sign, SignButton
from workstation.ui.speech import Speech
from workstation.ui.theme import JOBS_HEIGHT, restyle
from workstation.workspace.jobs import JobLine

WIDEST: Final = 330
NARROWEST: Final = 210


class JobTile(QFrame):
    """One job. `act` is the one thing that can be done now: decide, resume."""

    cancel_asked = Signal(str)
    away_asked = Signal(str)
    resume_asked = Signal(str)
    decide_asked = Signal(str)

    def __init__(self, speech: Speech, line: JobLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._line = speech, line
        self.setProperty("surface", "tile")
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self._title = ElidedLabel(speech, line.title)
        self._state = ElidedLabel(speech, role="second")
        self._act = SaidButton(speech, say("Decide…"), kind="link")
        self._act.clicked.connect(self._do)
        self._close = SignButton(speech, Sign.CROSS, say("Put away"))
        self._close.clicked.connect(self._end)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        lines = QVBoxLayout()
        lines.setSpacing(1)
        lines.addWidget(self._title)
        lines.addWidget(self._state)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addLayout(lines, 1)
        row.addWidget(self._act)
        row.addWidget(self._close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(10, 4, 6, 5)
        whole.setSpacing(2)
        whole.addLayout(row)
        whole.addWidget(self._bar)
        speech.changed.connect(self._render)
        self.show_line(line)

    def show_line(self, line: JobLine) -> None:
        self._line = line
        self._title.say(line.title)
        troubled = line.error is not None
        self._state.say(
            *(part for part in (line.error, line.remedy) if part is not None) if troubled else (line.state,)
        )
        role = "warning-second" if line.needs_decision else "bad-second" if troubled else "second"
        if self._state.property("role") != role:
            self._state.setProperty("role", role)
            restyle(self._state)
        self._act.setVisible(line.needs_decision or line.resumable)
        self._act.say(say("Decide…") if line.needs_decision else say("Resume"))
        self._close.setVisible(line.running or not line.needs_decision)
        self._show_bar(line)
        self._render()

    def _show_bar(self, line: JobLine) -> None:
        known = line.fraction is not None or not line.running
        self._bar.setRange(0, 1000 if known else 0)
        whole = line.finished and line.error is None
        share = line.fraction if line.fraction is not None else float(whole)
        self._bar.setValue(round(1000 * share) if known else -1)
        kind = "warning" if line.needs_decision else "plain"
        if self._bar.property("kind") != kind:
            self._bar.setProperty("kind", kind)
            restyle(self._bar)

    def _render(self) -> None:
        self._close.say(say("Cancel this job") if self._stays else say("Put away"))
        title, state = self._speech.tr(self._line.title), self._speech.tr(self._line.error or self._line.state)
        self.setAccessibleName(f"{title}: {state}")
        self._bar.setAccessibleName(title)
        self.setToolTip(plain_tip("\n".join(self._speech.tr(part) for part in self._more())))

    def _more(self) -> list[Words]:
        """What went wrong and what to do, what it costs, and the number that the service's support asks for."""
        line = self._line
        told = [part for part in (line.error, line.remedy) if part is not None]
        if line.cost is not None:
            told.append(say("Cost: {cost}", cost=line.cost))
        if line.number and line.remedy is None:
            told.append(say("The service's number of the call: {number}", number=line.number))
        return told

    def _do(self) -> None:
        (self.decide_asked if self._line.needs_decision else self.resume_asked).emit(self._line.id)

    def _end(self) -> None:
        (self.cancel_asked if self._stays else self.away_asked).emit(self._line.id)

    @property
    def _stays(self) -> bool:
        """Putting it away would not be the end of it: it runs, or would come back with the next start."""
        return self._line.running or self._line.resumable


class JobsStrip(QWidget):
    """All jobs, the newest first; its height never changes."""

    cancel_asked = Signal(str)
    away_asked = Signal(str)
    resume_asked = Signal(str)
    decide_asked = Signal(str)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._tiles: dict[str, JobTile] = {}
        self.setProperty("surface", "strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(JOBS_HEIGHT)
        self._none = SaidLabel(speech, self._nothing(), role="second")
        self._row = QHBoxLayout()
        self._row.setContentsMargins(10, 0, 10, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self._none)
        self._row.addStretch(1)  # tiles, much stronger, take the room first
        inside = QWidget()
        inside.setLayout(self._row)
        self._scroll = scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 4, 0, 4)
        whole.addWidget(scroll)
        speech.changed.connect(self._say)
        self._say()

    def _say(self) -> None:
        self._scroll.setAccessibleName(self._speech.tr(say("Jobs")))

    @staticmethod
    def _nothing() -> Words:
        return say("No analysis is running. Jobs appear here and survive a restart.")

    def show_jobs(self, jobs: tuple[JobLine, ...]) -> None:
        wanted = {job.id: job for job in jobs}
        for job_id in [job_id for job_id in self._tiles if job_id not in wanted]:
            self._tiles.pop(job_id).deleteLater()
        for job in jobs:
            tile = self._tiles.get(job.id)
            if tile is not None:
                tile.show_line(job)
            else:
                self._tiles[job.id] = self._new(job)
        self._none.setVisible(not jobs)

    def _new(self, job: JobLine) -> JobTile:
        tile = JobTile(self._speech, job)
        tile.cancel_asked.connect(self.cancel_asked)
        tile.away_asked.connect(self.away_asked)
        tile.resume_asked.connect(self.resume_asked)
        tile.decide_asked.connect(self.decide_asked)
        self._row.insertWidget(0, tile, 100)
        return tile
