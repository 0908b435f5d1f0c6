"""Who reads, signing, addenda: from the panel's buttons and the key to the records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from PySide6.QtCore import QObject

from workstation.domain.error import WorkstationError
from workstation.domain.signature import Addendum, Signed
from workstation.domain.words import say
from workstation.ui.coverage_side import CoverageSide
from workstation.ui.coverage_words import rule_words
from workstation.ui.finding_words import operation_title
from workstation.ui.preferences import Preferences
from workstation.ui.reader_ask import ReaderAsk
from workstation.ui.report_panel import ReportPanel
from workstation.ui.series_words import series_title
from workstation.ui.sitting import Notice, Sitting
from workstation.ui.window_dialogs import Dialogs
from workstation.ui.work_runner import WorkView
from workstation.workspace.elsewhere import seen
from workstation.workspace.signing import addendum, open_points, sign, signature, take_signed
from workstation.workspace.state import Reader

T = TypeVar("T")


class SigningSide(QObject):
    """`ask` opens the list of what is left open; the reader who has no name yet is asked for it once a sitting."""

    def __init__(
        self,
        sitting: Sitting,
        dialogs: Dialogs,
        preferences: Preferences,
        panel: ReportPanel,
        reader_ask: ReaderAsk,
        coverage: CoverageSide,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sitting, self._dialogs, self._preferences, self._panel = sitting, dialogs, preferences, panel
        self._reader_ask, self._coverage = reader_ask, coverage
        self._asked_reader = False
        panel.sign_asked.connect(self.ask)
        panel.addendum_asked.connect(self._add)
        sitting.nobody_decided.connect(self._ask_reader_once)
        reader_ask.reader_given.connect(preferences.take_reader)

    def ask_reader(self) -> None:
        """The person wants to say who reads."""
        self._reader_ask.ask(self._sitting.state.reader, focus=True)

    def ask(self) -> None:
        """Show what is left open of the shown result, and sign it if the person does."""
        state = self._sitting.state
        stack, result = state.chosen_stack, state.shown_result
        if stack is None or result is None:
            words = say("There is nothing to sign: a reading is made of an analysis of this series.")
            self._sitting.noticed.emit(Notice(words, bad=False))
            return
        if signature(state) is not None:
            self._sitting.noticed.emit(Notice(say("This reading is signed already."), bad=False))
            return
        self._coverage.tick()
        subject = say("{operation} · {series}", operation=operation_title(result.operation), series=series_title(stack))
        points = open_points(self._sitting.state)
        rule = rule_words(self._sitting.state)
        self._dialogs.ask_sign(subject, points, state.reader, rule, lambda reader: self._sign(result.job.id, reader))

    def _ask_reader_once(self) -> None:
        if not self._asked_reader:
            self._asked_reader = True
            self._reader_ask.ask(Reader(), focus=False)

    def _sign(self, job_id: str, reader: Reader) -> None:
        """Frozen at once, so that nothing slips in between; a draft again if it can't be written."""
        sitting = self._sitting
        result = sitting.state.shown_result
        if result is None or result.job.id != job_id:  # another result came in while the list was read
            return
        self._preferences.take_reader(reader)
        points, stack = open_points(sitting.state), sitting.state.stack(result.stack_id)
        shown = seen(sitting.state, stack) if stack is not None else None
        decisions = {f.id: sitting.state.decision(f.id) for f in result.findings}
        sitting.apply(sign(sitting.state, _now()))
        signed = signature(sitting.state)
        if signed is None:
            return

        def failed(error: WorkstationError) -> None:
            sitting.apply(take_signed(sitting.state, job_id, None))
            sitting.refused(error)

        self._coverage.write()
        self._write(
            lambda: sitting.desk.readings.sign(job_id, result.stack_id, signed, decisions, points, shown),
            lambda kept: self._kept(job_id, kept),
            failed,
        )

    def _kept(self, job_id: str, kept: Signed) -> None:
        self._sitting.apply(take_signed(self._sitting.state, job_id, kept))

    def _add(self, text: str) -> None:
        """Shown once it is written: until then its words stay in the box."""
        sitting = self._sitting
        result = sitting.state.shown_result
        if result is None:
            return
        if not sitting.state.reader.name:
            self.ask_reader()
            return
        made = addendum(sitting.state, text, _now())
        if made is not None:
            job_id = result.job.id
            self._write(
                lambda: sitting.desk.readings.add_addendum(job_id, made),
                lambda _: self._added(job_id, made),
                sitting.failed,
            )

    def _added(self, job_id: str, made: Addendum) -> None:
        signed = self._sitting.state.signed.get(job_id)
        if signed is not None:
            self._panel.clear_addendum()
            self._sitting.apply(take_signed(self._sitting.state, job_id, signed.with_addendum(made)))

    def _write(
        self, write: Callable[[], T], finished: Callable[[T], None], failed: Callable[[WorkstationError], None]
    ) -> None:
        self._sitting.runners.writing.start(
            lambda _report, _cancel, _part: write(), WorkView[T, None](finished=finished, failed=failed)
        )


def _now() -> datetime:
    return datetime.now(UTC)
