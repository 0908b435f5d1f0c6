"""Text analyses from the window: consent, the durable job, and what comes back. One call at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from workstation.domain.answer import AnalysisResult
from workstation.domain.error import WorkstationError
from workstation.domain.work import CancelToken, Reporter
from workstation.ui.sitting import Sitting
from workstation.ui.work_runner import WorkView
from workstation.workspace.cards import ConsentView
from workstation.workspace.covering import with_picture_covers
from workstation.workspace.intents import TextRequest
from workstation.workspace.job_list import put_away, put_job
from workstation.workspace.jobs import JobLine
from workstation.workspace.text_preparation import picture_of
from workstation.workspace.texts import TextOffer


class TextWork(QObject):
    """offers_known: tuple of TextOffer. earlier_known: tuple of AnalysisResult, newest first. consent_needed:
    TextRequest, ConsentView. result_came: AnalysisResult. failed: WorkstationError. busy_changed: another `busy`."""

    offers_known = Signal(object)
    earlier_known = Signal(object)
    consent_needed = Signal(object, object)
    result_came = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self, sitting: Sitting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._texts, self._runner = sitting.desk.texts, sitting.runners.waiting
        self._agreed: set[tuple[str, str, object]] = set()
        self.busy = False

    def list_offers(self, connection: str) -> None:
        self._runner.start(
            lambda _report, _cancel, _part: self._texts.offers(connection),
            WorkView[tuple[TextOffer, ...], None](finished=self.offers_known.emit, failed=self.failed.emit),
        )

    def list_earlier(self) -> None:
        self._runner.start(
            lambda _report, _cancel, _part: self._texts.results(),
            WorkView[tuple[AnalysisResult, ...], None](finished=self.earlier_known.emit, failed=self.failed.emit),
        )

    def ask(self, request: TextRequest) -> None:
        """A person wants this: find out what would leave, and ask where something does."""
        if self.busy:
            return
        self._set_busy(busy=True)
        self._runner.start(
            lambda report, cancel, _part: self._consent(request, report, cancel),
            WorkView[ConsentView, None](finished=partial(self._consented, request), failed=self._failed),
        )

    def _consent(self, request: TextRequest, reporter: Reporter, cancel: CancelToken) -> ConsentView:
        """Not on the window's thread: pictures that would leave are searched."""
        consent = self._texts.consent(request)
        if not consent.leaves_pc:
            return consent
        return with_picture_covers(consent, [picture_of(path) for path in request.pictures], reporter, cancel)

    def agree(self, request: TextRequest, consent: ConsentView) -> None:
        """The person agreed: to this, and to what follows in the same dialogue as long as no picture goes with it."""
        self._agreed.add(_dialogue(request))
        self._run(replace(request, limit_yuan=consent.cost_yuan))

    def let_go(self) -> None:
        """The person did not agree."""
        self._set_busy(busy=False)

    def _consented(self, request: TextRequest, consent: ConsentView) -> None:
        spoken_of = bool(request.parameters.get("session")) and _dialogue(request) in self._agreed
        if not consent.leaves_pc or (spoken_of and not request.pictures and not consent.cost_yuan):
            self._run(replace(request, limit_yuan=consent.cost_yuan))
        else:
            self.consent_needed.emit(request, consent)

    def _run(self, request: TextRequest) -> None:
        self._runner.start(
            lambda _report, cancel, went_on: self._texts.analyse(request, went_on, cancel),
            WorkView[AnalysisResult, JobLine](finished=self._came, failed=self._failed, arrived=self._went_on),
        )

    def _came(self, result: AnalysisResult) -> None:
        self._set_busy(busy=False)
        self._sitting.apply(put_away(self._sitting.state, result.job.id))  # what it gave is in view already
        self.result_came.emit(result)

    def _failed(self, error: WorkstationError) -> None:
        self._set_busy(busy=False)
        self.failed.emit(error)

    def _went_on(self, line: JobLine) -> None:
        """Its line stands in the strip with all others, where an unknown outcome is decided."""
        self._sitting.apply(put_job(self._sitting.state, line))

    def _set_busy(self, *, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit(busy)


def _dialogue(request: TextRequest) -> tuple[str, str, object]:
    """A dialogue is known by the moment it began; a text stands alone."""
    return (request.connection, request.operation, request.parameters.get("began", request.parameters.get("text")))
