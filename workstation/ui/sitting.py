"""The state on the window's side: use cases are applied here, what they changed is written, and viewers are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal

from workstation.domain.decision import Decision
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.finding import Finding, Measurement
from workstation.domain.measure import Measure
from workstation.domain.sentences import sentence
from workstation.domain.shapes import Shape
from workstation.domain.words import Words, say
from workstation.ui.ports import Desk
from workstation.ui.speech import Speech
from workstation.ui.work_runner import WorkRunner, WorkView
from workstation.workspace import decisions, drawn_masks, history, measures, own, rulers
from workstation.workspace.state import Changed, DrawnStep, MeasureStep, Reader, RulerStep, Workspace

Step = tuple[Workspace, Changed]
PICTURE_THREADS: Final = 2
WAITING_THREADS: Final = 16  # analyses wait for a service most of the time


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person has to know now: what happened, and what can be done."""

    says: Words
    remedy: Words | None = None
    bad: bool = True


_OTHERS: Final = frozenset({ErrorCode.READING_SIGNED, ErrorCode.CHANGED_MEANWHILE})


class Runners(QObject):
    """Three pools: pixels; scans and work that mostly waits; writing, which keeps its order and is never dropped."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pictures = WorkRunner(PICTURE_THREADS, self)
        self.waiting = WorkRunner(WAITING_THREADS, self)
        self.writing = WorkRunner(1, self)

    @property
    def all(self) -> tuple[WorkRunner, ...]:
        return (self.pictures, self.waiting, self.writing)

    def when_written(self, then: Callable[[], object]) -> None:
        """Call `then` once all that was to be written before is in the records, or was refused."""

        def written(_: None) -> None:
            then()

        self.writing.start(
            lambda _report, _cancel, _part: None, WorkView[None, None](finished=written, failed=lambda _: None)
        )

    def stop(self) -> None:
        """Let the writing end, cancel the rest, wait for all."""
        self.writing.finish()
        for runner in self.all:
            runner.stop()


class Hand(Protocol):
    """Something that a reader holds: half drawn, or being pulled."""

    @property
    def holds(self) -> bool: ...

    def finish(self) -> None:
        """As if the button came up. What needs more than that is still held then."""

    def leave(self) -> None:
        """Nothing comes of it."""


class Sitting(QObject):
    """The one holder of the state. `changed` carries the flags of what changed, `noticed` a Notice.

    nobody_decided  something was decided while no reader is set
    outdated        another window changed or signed what this one shows
    `hands`: what may be under a hand while something is taken back
    """

    changed = Signal(object)
    noticed = Signal(object)
    nobody_decided = Signal()
    outdated = Signal()

    def __init__(
        self, desk: Desk, runners: Runners, speech: Speech, state: Workspace, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.desk, self.runners, self.speech = desk, runners, speech
        self._state = state
        self.hands: list[Hand] = []
        self.local_connections: frozenset[str] = frozenset()  # those whose service is on this machine

    @property
    def state(self) -> Workspace:
        return self._state

    def apply(self, step: Step) -> None:
        """Take what a use case returned."""
        self._state, changed = step
        if changed:
            self.changed.emit(changed)

    def failed(self, error: WorkstationError) -> None:
        """Say what went wrong; a cancel by the person is nothing to be told about."""
        if not isinstance(error, Cancelled):
            row = sentence(error)
            self.noticed.emit(Notice(row.says, row.remedy))

    def refused(self, error: WorkstationError) -> None:
        """Say why the records did not take something: another window may have been there before."""
        self.failed(error)
        if error.code in _OTHERS:
            self.outdated.emit()

    def accept(self, finding_id: str) -> None:
        self._decide(lambda: decisions.accept(self._state, finding_id, _now()))

    def reject(self, finding_id: str) -> None:
        self._decide(lambda: decisions.reject(self._state, finding_id, _now()))

    def reopen(self, finding_id: str) -> None:
        self._decide(lambda: decisions.reopen(self._state, finding_id, _now()))

    def comment(self, finding_id: str, text: str) -> None:
        self._decide(lambda: decisions.comment(self._state, finding_id, text, _now()))

    def add_own(
        self,
        stack_id: str,
        code: str,
        text: str,
        shapes: tuple[Shape, ...],
        measurements: tuple[Measurement, ...],
        *,
        in_pixels: bool,
    ) -> None:
        """A finding of the reader's, now."""
        self._decide(
            lambda: own.add_own(self._state, stack_id, code, text, shapes, measurements, _now(), in_pixels=in_pixels)
        )

    def reshape(self, finding_id: str, shapes: tuple[Shape, ...]) -> None:
        self._decide(lambda: own.reshape(self._state, finding_id, shapes, _now()))

    def shapes_as_answered(self, finding_id: str) -> None:
        self._decide(lambda: own.shapes_as_answered(self._state, finding_id, _now()))

    def put_measure(self, measure: Measure) -> None:
        """A new one, or what has become of one, by the reader and now."""
        done = replace(measure, by=self._state.reader.name, at=_now())
        self._decide(lambda: measures.put_measure(self._state, done))

    def delete_measure(self, measure_id: str) -> None:
        self._decide(lambda: measures.delete_measure(self._state, measure_id))

    def draw(self, use_case: Callable[[Workspace], Step]) -> None:
        """What becomes of masks on a picture, or of its ruler."""
        self._decide(lambda: use_case(self._state))

    def set_reader(self, reader: Reader) -> None:
        self._decide(lambda: decisions.set_reader(self._state, reader))

    def undo(self) -> None:
        """Take back the last change. What is under a hand is the last one: a drag ends where it is, and is taken back
        like any other; what can't be finished is left, and that is all that is taken back."""
        held = [hand for hand in self.hands if hand.holds]
        for hand in held:
            hand.finish()
        unfinished = [hand for hand in held if hand.holds]
        for hand in unfinished:
            hand.leave()
        if unfinished:
            words = say("What was half drawn is gone."), say("Undo once more takes back the change before it.")
            self.noticed.emit(Notice(*words, bad=False))
        else:
            self._decide(lambda: history.undo(self._state))

    def redo(self) -> None:
        """Do again what was taken back last; not while something is under a hand: that would be the later change."""
        if any(hand.holds for hand in self.hands):
            words = say("Something is half drawn."), say("Finish it first, or leave it with Esc.")
            self.noticed.emit(Notice(*words, bad=False))
        else:
            self._decide(lambda: history.redo(self._state))

    def _decide(self, use_case: Callable[[], Step]) -> None:
        before = self._state
        try:
            step = use_case()
        except WorkstationError as error:
            self.failed(error)
            return
        self.apply(step)
        if Changed.DECISIONS in step[1] and not self._state.reader.name:
            self.nobody_decided.emit()
        found = own.changed_own(before, self._state)
        for finding_id, (reading, finding) in found.items():
            refused = partial(self._own_not_written, finding_id, finding, before)
            put = (reading.job.id, finding_id, finding, self._state.decision(finding_id), reading.in_pixels)
            self.write(partial(self.desk.put_own, *put), refused)
        for finding_id, decision in decisions.changed_decisions(before, self._state).items():
            if finding_id in found:
                continue
            refused = partial(self._not_written, finding_id, decision, before.decision(finding_id))
            self.write(partial(self.desk.decide, finding_id, decision), refused)
        for measure_id, (stack_id, measure) in measures.changed_measures(before, self._state).items():
            measured = MeasureStep(stack_id, measure_id, before.measure(measure_id), measure)
            refused = partial(self._noted_not_written, measured)
            self.write(partial(self.desk.put_measure, stack_id, measure_id, measure), refused)
        for mask_id, (stack_id, mask) in drawn_masks.changed_drawn(before, self._state).items():
            refused = partial(self._noted_not_written, DrawnStep(stack_id, mask_id, before.drawn_mask(mask_id), mask))
            self.write(partial(self.desk.drawings.put, stack_id, mask_id, mask), refused)
        for stack_id, ruler in rulers.changed_rulers(before, self._state).items():
            refused = partial(self._noted_not_written, RulerStep(stack_id, before.rulers.get(stack_id), ruler))
            self.write(partial(self.desk.drawings.put_ruler, stack_id, ruler, self._state.reader.name), refused)

    def write(self, write: Callable[[], None], refused: Callable[[WorkstationError], None] | None = None) -> None:
        """Write it in the background: in the order of these calls, and before the program ends."""
        self.runners.writing.start(
            lambda _report, _cancel, _part: write(),
            WorkView[None, None](finished=lambda _: None, failed=refused or self.refused),
        )

    def _own_not_written(
        self, finding_id: str, failed: Finding | None, before: Workspace, error: WorkstationError
    ) -> None:
        self.apply(own.take_back_own(self._state, finding_id, failed, before))
        self.refused(error)

    def _noted_not_written(self, step: MeasureStep | DrawnStep | RulerStep, error: WorkstationError) -> None:
        """What another window has signed is put back; what a full disk did not take stays in sight."""
        if error.code is ErrorCode.READING_SIGNED:
            self.apply(history.take_back(self._state, step))
        self.refused(error)

    def _not_written(self, finding_id: str, decision: Decision, before: Decision, error: WorkstationError) -> None:
        """What could not be kept is not shown as decided, either: the disk is full, or another window has signed."""
        self.apply(decisions.take_back(self._state, finding_id, decision, before))
        self.refused(error)


def _now() -> datetime:
    return datetime.now(UTC)
