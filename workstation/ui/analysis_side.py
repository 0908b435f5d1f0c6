"""Cards, consent, connections and jobs: the widgets on one side, the background work on the other."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from workstation.domain.error import WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.words import Words, say
from workstation.ui.analyses import Analyses
from workstation.ui.analysis_panel import AnalysisPanel
from workstation.ui.consent_dialog import ConsentDialog
from workstation.ui.face_seek import seek_faces
from workstation.ui.jobs_strip import JobsStrip
from workstation.ui.resolve_dialog import ListedDialog, ResolveDialog
from workstation.ui.series_words import series_facts, series_title
from workstation.ui.sitting import Sitting
from workstation.ui.work_runner import WorkView
from workstation.workspace.cards import ConnectionView, ConsentView
from workstation.workspace.intents import AnalysisRequest
from workstation.workspace.jobs import Resolution
from workstation.workspace.opening import choose_stack
from workstation.workspace.state import Changed


class AnalysisSide(QObject):
    """connections_known: tuple of ConnectionView. connection_chosen: ConnectionView or None."""

    connections_known = Signal(object)
    connection_chosen = Signal(object)

    def __init__(self, sitting: Sitting, panel: AnalysisPanel, strip: JobsStrip, chosen: str, window: QWidget) -> None:
        super().__init__(window)
        self._sitting, self._panel, self._strip, self._window = sitting, panel, strip, window
        self.analyses = Analyses(sitting, self)
        self.analyses.connection = chosen
        self.connections: tuple[ConnectionView, ...] = ()
        self.dialog: ConsentDialog | ResolveDialog | ListedDialog | None = None
        self.analyses.cards_known.connect(panel.show_cards)
        self.analyses.cards_known.connect(lambda _cards: panel.show_busy(self.analyses.busy))
        self.analyses.busy_changed.connect(lambda: panel.show_busy(self.analyses.busy))
        self.analyses.consent_needed.connect(self._ask_consent)
        self.analyses.jobs_listed.connect(self._ask_which)
        panel.analyse_asked.connect(self.analyses.ask)
        panel.series_asked.connect(self._use_series)
        panel.connection_asked.connect(self._choose)
        strip.cancel_asked.connect(self.analyses.cancel)
        strip.away_asked.connect(self.analyses.put_away)
        strip.resume_asked.connect(self.analyses.resume)
        strip.decide_asked.connect(self._decide)

    def start(self) -> None:
        """What the window needs to know once it stands."""
        self._sitting.runners.waiting.start(
            lambda _report, _cancel, _part: self._sitting.desk.connections(),
            WorkView[tuple[ConnectionView, ...], None](finished=self._know, failed=self._sitting.failed),
        )
        self.analyses.list_jobs()

    def show_changed(self, changed: Changed) -> None:
        state = self._sitting.state
        if changed & (Changed.JOBS | Changed.STACKS):
            self._show_jobs()
        if changed & (Changed.CHOSEN | Changed.STACKS) and not (state.scanning and Changed.CHOSEN not in changed):
            self._panel.show_series(*self._series_words())
            self.analyses.show_cards()
        if changed & (Changed.CHOSEN | Changed.STACKS | Changed.LAYOUT) and not (
            state.scanning and Changed.CHOSEN not in changed
        ):
            self.analyses.earlier_results()
        if changed & (Changed.CHOSEN | Changed.RESULTS | Changed.DECISIONS):
            self.analyses.find_slices()

    def _show_jobs(self) -> None:
        """With the series each is about, while it is open, and where it goes, unless that is this PC."""
        stacks = {stack.id: stack for stack in self._sitting.state.stacks}
        places = {c.name: c.title for c in self.connections if not c.local}
        lines = []
        for job in self._sitting.state.jobs:
            title = job.title
            if job.stack_id in stacks:
                title = say("{line} · {fact}", line=title, fact=series_title(stacks[job.stack_id]))
            if job.connection in places:
                title = say("{line} · {fact}", line=title, fact=places[job.connection])
            lines.append(replace(job, title=title))
        self._strip.show_jobs(tuple(lines))

    def _series_words(self) -> tuple[Words, ...]:
        stack = self._sitting.state.chosen_stack
        if stack is None:
            return ()
        line = series_title(stack)
        for fact in series_facts(stack):
            line = say("{line} · {fact}", line=line, fact=fact)
        return (line,)

    def _know(self, connections: tuple[ConnectionView, ...]) -> None:
        self.connections = connections
        if connections and self._chosen() is None:
            self.analyses.connection = connections[0].name
        self._panel.show_connections(connections, self.analyses.connection)
        self._show_jobs()
        self.connections_known.emit(connections)
        self.connection_chosen.emit(self._chosen())
        self.analyses.show_cards()

    def _chosen(self) -> ConnectionView | None:
        return next((c for c in self.connections if c.name == self.analyses.connection), None)

    def _choose(self, name: str) -> None:
        self.analyses.connection = name
        self.connection_chosen.emit(self._chosen())
        self.analyses.show_cards()

    def _use_series(self, stack_id: str) -> None:
        self._sitting.apply(choose_stack(self._sitting.state, stack_id))

    def _ask_consent(self, request: AnalysisRequest, consent: ConsentView) -> None:
        dialog = ConsentDialog(self._sitting.speech, consent, self._window)
        agreed = replace(request, limit_yuan=consent.cost_yuan)
        dialog.accepted.connect(lambda: self.analyses.run(replace(agreed, covering=dialog.covering)))
        dialog.rejected.connect(lambda: self.analyses.let_go(request))
        dialog.cover_asked.connect(lambda: self.analyses.look_at(request, consent))
        seek_faces(self._sitting, dialog)
        self._open(dialog)

    def _decide(self, job_id: str) -> None:
        job = next((job for job in self._sitting.state.jobs if job.id == job_id), None)
        if job is None:
            return
        dialog = ResolveDialog(self._sitting.speech, job, self._window)

        def decided() -> None:
            if dialog.resolution is not None:
                self.analyses.resolve(job_id, dialog.resolution)

        dialog.accepted.connect(decided)
        self._open(dialog)

    def _ask_which(self, job_id: str, error: WorkstationError) -> None:
        job = next((job for job in self._sitting.state.jobs if job.id == job_id), None)
        if job is None:
            return
        numbers = tuple(str(error.facts["numbers"]).split(", "))
        dialog = ListedDialog(self._sitting.speech, job, sentence(error).says, numbers, self._window)
        dialog.accepted.connect(lambda: self.analyses.resolve(job_id, Resolution.ASK_AGAIN, dialog.number))
        self._open(dialog)

    def _open(self, dialog: ConsentDialog | ResolveDialog | ListedDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self, _result: int) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
