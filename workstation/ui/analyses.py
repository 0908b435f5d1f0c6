"""Analyses from the window: cards, consent, the durable job, and what becomes of its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from workstation.catalogue.operation import ROLES
from workstation.domain.answer import AnalysisResult
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.projection import slices_of
from workstation.domain.series import Stack
from workstation.domain.shapes import Shape
from workstation.domain.words import say
from workstation.domain.work import CancelToken
from workstation.ui.keys import Command, key_text
from workstation.ui.sitting import Notice, Sitting
from workstation.ui.work_runner import Work, WorkView
from workstation.workspace.cards import CardView, ConsentView
from workstation.workspace.covering import with_cover
from workstation.workspace.drawn_masks import photo_mask
from workstation.workspace.finding_list import Entry, entries, take_slices
from workstation.workspace.findings import add_result
from workstation.workspace.intents import AnalysisRequest, EarlierResult
from workstation.workspace.job_list import put_away, put_job
from workstation.workspace.jobs import JobLine, Resolution
from workstation.workspace.registered import show_registered


class Analyses(QObject):
    """cards_known: tuple of CardView, None while they are worked out. consent_needed: AnalysisRequest, ConsentView.
    result_came: the stack id of a result that was just added.
    jobs_listed: a job id, and the WorkstationError with the jobs of the service that may be it.
    busy_changed: another `busy`. text_came: AnalysisResult that belongs to no series, of a job that was resumed."""

    cards_known = Signal(object)
    consent_needed = Signal(object, object)
    result_came = Signal(str)
    busy_changed = Signal()
    text_came = Signal(object)
    jobs_listed = Signal(str, object)

    def __init__(self, sitting: Sitting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._desk, self._runner = sitting.desk, sitting.runners.waiting
        self.connection = ""
        self._cards: CancelToken | None = None
        self._asked_results: set[str] = set()
        self._sought: dict[str, tuple[Shape, ...]] = {}  # finding id: the shapes whose slices were asked for
        self._busy: set[tuple[str, str]] = set()  # stack id, operation: asked for and not ended

    def show_cards(self) -> None:
        """Work out the cards of the series looked at, for the chosen connection."""
        if self._cards is not None:
            self._cards.cancel()
        state = self._sitting.state
        stack, stacks, connection = state.chosen_stack, state.stacks, self.connection
        self.cards_known.emit(None if stack is not None else ())
        if stack is None:
            return
        self._cards = self._runner.start(
            lambda _report, _cancel, _part: self._desk.cards(stack, stacks, connection),
            WorkView[tuple[CardView, ...], None](finished=self.cards_known.emit, failed=self._sitting.failed),
        )

    def ask(self, operation: str, parameters: Mapping[str, float | str], repair: bool) -> None:
        """A person wants this analysis of the series looked at: find out what would leave, and ask where it would.

        parameters  by name; a further series stands by its role with its stack id
        """
        stack = self._sitting.state.chosen_stack
        if stack is None or operation in self.busy:
            return
        named = {role: value for role, value in parameters.items() if role in ROLES}
        by_id = {other.id: other for other in self._sitting.state.stacks}
        request = AnalysisRequest(
            stack=stack,
            operation=operation,
            connection=self.connection,
            parameters={name: value for name, value in parameters.items() if name not in named},
            others={role: by_id[str(value)] for role, value in named.items() if str(value) in by_id},
            mask=photo_mask(self._sitting.state, operation),
            repair=repair,
        )
        self._busy.add((stack.id, operation))
        self.busy_changed.emit()
        drawn = self._sitting.state.drawn

        def failed(error: WorkstationError) -> None:
            self.let_go(request)
            self._sitting.failed(error)

        self._runner.start(
            lambda report, cancel, _part: with_cover(
                replace(self._desk.consent(request), coverable=True), request, drawn, report, cancel
            ),
            WorkView[ConsentView, None](finished=partial(self._consented, request), failed=failed),
        )

    def look_at(self, request: AnalysisRequest, consent: ConsentView) -> None:
        """The person wants to cover something first: ask again, with the pictures."""
        drawn = self._sitting.state.drawn

        def failed(error: WorkstationError) -> None:
            self.let_go(request)
            self._sitting.failed(error)

        self._runner.start(
            lambda report, cancel, _part: with_cover(consent, request, drawn, report, cancel, wanted=True),
            WorkView[ConsentView, None](finished=partial(self._consented, request), failed=failed),
        )

    @property
    def busy(self) -> frozenset[str]:
        """Operations asked for on the series looked at that have not ended: a second click is not a second job."""
        return frozenset(operation for stack_id, operation in self._busy if stack_id == self._sitting.state.chosen)

    def let_go(self, request: AnalysisRequest) -> None:
        """The person did not agree, or the job ended: it may be asked for again."""
        self._busy.discard((request.stack.id, request.operation))
        self.busy_changed.emit()

    def _consented(self, request: AnalysisRequest, consent: ConsentView) -> None:
        if consent.leaves_pc or consent.covers:
            self.consent_needed.emit(request, consent)
        else:
            self.run(request)

    def run(self, request: AnalysisRequest) -> None:
        """The person agreed, or nothing leaves this PC."""
        self._follow(
            lambda _report, cancel, went_on: self._desk.analyse(request, went_on, cancel),
            lambda: self.let_go(request),
        )

    def resume(self, job_id: str) -> None:
        stacks = self._sitting.state.stacks
        self._follow(lambda _report, cancel, went_on: self._desk.resume(job_id, stacks, went_on, cancel))

    def resolve(self, job_id: str, resolution: Resolution, number: str = "") -> None:
        """`number`: of the job in the service's list that the person takes for this one."""
        stacks = self._sitting.state.stacks

        def failed(error: WorkstationError) -> None:
            if error.code is ErrorCode.JOBS_LISTED:
                self.jobs_listed.emit(job_id, error)
            else:
                self._sitting.failed(error)

        self._follow(
            lambda _report, cancel, went_on: self._desk.resolve(job_id, resolution, stacks, went_on, cancel, number),
            failed=failed,
        )

    def cancel(self, job_id: str) -> None:
        """The job records its end; its last line comes from the call that runs it, if one does."""

        def asked(line: JobLine) -> None:
            if line.finished:
                self._went_on(line)

        self._runner.start(
            lambda _report, _cancel, _part: self._desk.cancel_job(job_id),
            WorkView[JobLine, None](finished=asked, failed=self._sitting.failed),
        )

    def put_away(self, job_id: str) -> None:
        self._sitting.apply(put_away(self._sitting.state, job_id))

    def list_jobs(self) -> None:
        """Jobs of earlier sittings that have not ended."""
        self._runner.start(
            lambda _report, _cancel, _part: self._desk.jobs(),
            WorkView[tuple[JobLine, ...], None](finished=self._listed, failed=self._sitting.failed),
        )

    def earlier_results(self) -> None:
        """Results of earlier sittings of every series of the study looked at, that one first, and of those that hang
        beside it: either of two may be the one that the other was brought onto. Asked for once."""
        state = self._sitting.state
        chosen = state.chosen_stack
        if chosen is None:
            return
        hung = {one.study.uid for cell in state.hanging.cells if (one := state.stack(cell.stack_id)) is not None}
        studies = [one for one in state.stacks if one.study.uid in hung and one is not chosen]
        studies.sort(key=lambda one: one.study.uid != chosen.study.uid)
        for stack in (chosen, *studies):
            if stack.id not in self._asked_results:
                self._asked_results.add(stack.id)
                if not state.results.get(stack.id):
                    self._ask_results(stack)

    def _ask_results(self, stack: Stack) -> None:
        self._runner.start(
            lambda _report, _cancel, _part: self._desk.results(stack),
            WorkView[tuple[EarlierResult, ...], None](finished=self._add_all, failed=self._sitting.failed),
        )

    def find_slices(self) -> None:
        """On which slices each finding of the study is seen; every slice is cut, so not on this thread."""
        state = self._sitting.state
        known = state.slices.keys()
        ids = (f.id for results in state.results.values() for result in results for f in result.findings)
        if all(id_ in known for id_ in ids):
            return
        wanted: dict[tuple[str, tuple[Shape, ...]], Entry] = {}
        for one in entries(state):
            if one.slices is None and one.stack.geometry is not None and one.result.placement.state.painted:
                wanted[(one.finding.id, one.finding.shapes)] = one
        asked = {key: one for key, one in wanted.items() if self._sought.get(key[0]) != key[1]}
        self._sought.update(dict(asked.keys()))
        if asked:
            self._runner.start(
                lambda _report, cancel, _part: _slices(tuple(asked.values()), cancel),
                WorkView[dict[str, tuple[int, int]], None](finished=self._take_slices, failed=self._sitting.failed),
            )

    def _take_slices(self, found: dict[str, tuple[int, int]]) -> None:
        """What was reshaped meanwhile is asked for again."""
        state = self._sitting.state
        still = {one.finding.id for one in entries(state) if self._sought.get(one.finding.id) == one.finding.shapes}
        self._sitting.apply(take_slices(state, {id_: seen for id_, seen in found.items() if id_ in still}))

    def _follow(
        self,
        work: Work[JobLine, EarlierResult | None],
        ended: Callable[[], None] = lambda: None,
        failed: Callable[[WorkstationError], None] | None = None,
    ) -> None:
        def finished(made: EarlierResult | None) -> None:
            ended()
            self._ended(made)

        def went_wrong(error: WorkstationError) -> None:
            ended()
            (failed or self._sitting.failed)(error)

        self._runner.start(
            work, WorkView[EarlierResult | None, JobLine](finished=finished, failed=went_wrong, arrived=self._went_on)
        )

    def _went_on(self, line: JobLine) -> None:
        self._sitting.apply(put_job(self._sitting.state, line))

    def _listed(self, lines: tuple[JobLine, ...]) -> None:
        for line in lines:
            self._went_on(line)

    def _ended(self, made: EarlierResult | None) -> None:
        if made is None:
            return
        if not made.result.stack_id:
            self.text_came.emit(made.result)
            return
        self._add(made)
        self.result_came.emit(made.result.stack_id)
        if not self._show_moved(made.result, looked_at=made.result.moving_id):
            return
        if made.result.stack_id != self._sitting.state.chosen:
            self._sitting.noticed.emit(Notice(say("A result came for another series of this list."), bad=False))
            return
        shown = self._sitting.state.shown_result
        if shown is not None and shown.job.id != made.result.job.id:
            words = say("Another result of this series came."), say("Choose it above the findings when you are ready.")
            self._sitting.noticed.emit(Notice(*words, bad=False))

    def _add_all(self, earlier: tuple[EarlierResult, ...]) -> None:
        for made in earlier:
            self._add(made)
            self._show_moved(made.result)

    def _show_moved(self, result: AnalysisResult, looked_at: str = "") -> bool:
        """Two series that hang in Compare hang as they were brought together from now on; not under a hand, and not
        while the reader looks at this one as acquired: then it is said how to get there. Whether nothing was to say."""
        state, changed = show_registered(self._sitting.state, result)
        busy = any(hand.holds for hand in self._sitting.hands) or state.chosen == looked_at != ""
        if changed and busy:
            remedy = say("{key} shows the two series so.", key=key_text(Command.LAYOUT_COMPARE))
            self._sitting.noticed.emit(Notice(say("One series was brought onto the other."), remedy, bad=False))
            return False
        self._sitting.apply((state, changed))
        return True

    def _add(self, made: EarlierResult) -> None:
        try:
            self._sitting.apply(add_result(self._sitting.state, made.result, made.decisions, made.signed))
        except WorkstationError as error:
            self._sitting.failed(error)


def _slices(wanted: Sequence[Entry], cancel: CancelToken) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for one in wanted:
        cancel.check()
        if one.stack.geometry is not None:
            slices = slices_of(one.finding, one.stack.geometry, one.result.masks)
            if slices is not None:
                found[one.finding.id] = slices
    return found
