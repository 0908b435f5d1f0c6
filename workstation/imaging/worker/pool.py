"""Who gets which worker, and what is done with answers, deaths, late answers and a lack of memory."""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Any, Final

from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.work import CancelToken
from workstation.imaging.worker import limits
from workstation.imaging.worker.messages import Kind, Request, packed
from workstation.imaging.worker.process import Gone, Worker, start
from workstation.imaging.worker.quarantine import BARRIER, Barrier
from workstation.imaging.worker.task import Task

_STARTING_S: Final = 60.0  # until a new process has imported what it needs, on a busy machine
_MOST_TIME_S: Final = 60.0  # that one may ask for
# Times the patience, for a process that gets no processor or waits for a disk; where that is long already, so many.
_LONGEST: Final = 12
_LONGEST_OF_LONG: Final = 3
_LONG_S: Final = 60.0
_SOON_S: Final = 0.4  # from when on the processor's time of one task is counted
_IN_VAIN: Final = 0.6  # of the patience, spent on the processor: on a busy machine that is long after the patience
_LOOK_S: Final = 0.05
_AHEAD: Final = 3  # requests in one worker's channel, so that it never waits for the next one
# What a channel takes in at once for sure; more only to a worker at leisure: it may be blocked, and so would we.
_AHEAD_BYTES: Final = 2048 if os.name == "nt" else 2**14
_SETTLE_S: Final = 1.0  # for an answer that nobody wants any more
_MOST_STARTS: Final = 16  # of one request, where members of an archive make it end again and again

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Job:
    """A task on its way. `delivered`, `passed`: items that the caller has, and those of the present start."""

    index: int
    task: Task
    large: bool = False
    starts: int = 0
    patience_s: float = 0.0
    delivered: int = 0
    passed: int = 0
    member: str = ""


@dataclass(slots=True, eq=False)
class Pool:
    """At most `size` processes for all threads of the program, started when they are first needed."""

    size: int
    barrier: Barrier = field(default_factory=Barrier)
    _free: threading.Condition = field(default_factory=threading.Condition)
    _idle: list[Worker] = field(default_factory=list)
    _started: int = 0
    _queue: deque[object] = field(default_factory=deque)
    _large: threading.Lock = field(default_factory=threading.Lock)
    _inside: threading.local = field(default_factory=threading.local)

    def run(self, tasks: Iterable[Task], cancel: CancelToken | None = None) -> Generator[tuple[int, Any], None, None]:
        """(index of the task, value or the exception that it earned), as they come; of `many` one for each item.

        raises Cancelled
        """
        self._inside.runs = self._runs + 1
        run = _Run(self, deque(_Job(index, task, task.large) for index, task in enumerate(tasks)), cancel)
        try:
            yield from run.answers()
        finally:
            self._inside.runs = max(0, self._runs - 1)
            run.end()

    @property
    def _runs(self) -> int:
        """Those that this thread is in the middle of."""
        return getattr(self._inside, "runs", 0)

    @property
    def nested(self) -> bool:
        """Whether this thread asks between two answers of another run of its own."""
        return self._runs > 1

    def take(self, patiently: bool, cancel: CancelToken | None = None) -> Worker | None:
        """A worker for the caller alone; None if he should not wait and none is free. raises Cancelled"""
        ticket = object()
        with self._free:
            if patiently and self.nested:
                # He asks between two answers of a run, which has its workers until he goes on: don't wait for those.
                worker = self._idle.pop() if self._idle else None
                self._started += worker is None
                return self._alive(worker)
            if not patiently and (self._queue or not self.has_one):
                return None
            self._queue.append(ticket)
            try:
                while self._queue[0] is not ticket or not self.has_one:
                    if cancel is not None:
                        cancel.check()
                    self._free.wait(_LOOK_S)
            finally:
                self._queue.remove(ticket)
                self._free.notify_all()
            worker = self._idle.pop() if self._idle else None
            if worker is None:
                self._started += 1
        return self._alive(worker)

    def give_back(self, worker: Worker) -> None:
        """One that still works for a caller who is gone comes back when it is done, or is ended soon."""
        try:
            worker.drop_blocks()
        except Gone:
            self.lost(worker)
        else:
            if worker.queued:
                threading.Thread(target=self._settle, args=(worker,), daemon=True).start()
            else:
                self._come_back(worker)

    def _settle(self, worker: Worker) -> None:
        if worker.settle(_SETTLE_S):
            self._come_back(worker)
        else:
            self.lost(worker)

    def _come_back(self, worker: Worker) -> None:
        with self._free:
            if self._started <= self.size + 1:
                self._idle.append(worker)
                self._free.notify_all()
                return
        self.lost(worker)

    def lost(self, worker: Worker) -> None:
        worker.kill()
        with self._free:
            self._started -= 1
            self._free.notify_all()

    @property
    def wanted(self) -> bool:
        """Whether somebody waits for a worker."""
        return bool(self._queue)

    @property
    def has_one(self) -> bool:
        """Whether a worker is free or can be started."""
        return bool(self._idle) or self._started < self.size

    def close(self) -> None:
        """End the processes that are at leisure; the others end when their work does."""
        with self._free:
            idle, self._idle = self._idle, []
            self._started -= len(idle)
        for worker in idle:
            worker.kill()

    def _alive(self, worker: Worker | None) -> Worker:
        """The same, or a new one in its place."""
        if worker is not None:
            if worker.process.poll() is None:
                return worker
            worker.kill()
        try:
            return start()
        except OSError:
            with self._free:
                self._started -= 1
                self._free.notify_all()
            raise WorkstationError(ErrorCode.NO_READER) from None


class _Run:
    """The tasks of one caller."""

    def __init__(self, pool: Pool, waiting: deque[_Job], cancel: CancelToken | None) -> None:
        self._pool = pool
        self._waiting = waiting
        self._cancel = cancel
        self._held: list[Worker] = []
        self._slow: dict[Worker, tuple[float, float]] = {}  # when first looked at; processor's seconds until then
        self._has_large = False
        self._nested = pool.nested

    def answers(self) -> Iterator[tuple[int, Any]]:
        while self._waiting or any(worker.queued for worker in self._held):
            if self._cancel is not None and self._cancel.cancelled:
                raise Cancelled
            yield from self._feed()
            busy = {worker.channel: worker for worker in self._held if worker.queued}
            if not busy and self._waiting:
                time.sleep(_LOOK_S)  # somebody else has the large room
            for channel in wait(list(busy), _LOOK_S):
                yield from self._hear(busy[channel])
            now = time.monotonic()
            for worker in [worker for worker in self._held if worker.queued]:
                patience = worker.queued[0].patience_s
                if worker.ready and now - worker.since > min(_SOON_S, patience / 2) and worker not in self._slow:
                    self._slow[worker] = (now, limits.processor_seconds(worker.process) or 0.0)
                if now - worker.since > (patience if worker.ready else _STARTING_S):
                    yield from self._late(worker, now)
            if self._pool.wanted:
                self._share()

    def end(self) -> None:
        for worker in self._held:
            if any(job.task.room for job in worker.queued):
                self._pool.lost(worker)  # it holds more than a reader may have
            else:
                self._pool.give_back(worker)
        self._held.clear()
        self._leave_large()

    def _feed(self) -> Iterator[tuple[int, Any]]:
        """Give every worker something to do, as far as there is something."""
        passed_over: list[_Job] = []
        while self._waiting:
            job = self._waiting.popleft()
            if (code := self._pool.barrier.reason(job.task.about) if job.task.about else None) is not None:
                yield job.index, WorkstationError(code)
                continue
            if job.large and not self._has_large:
                self._has_large = self._pool._large.acquire(blocking=False)
            if job.large and self._nested:
                pass  # the run around this one may have the large room, and waits for us
            elif job.large and (not self._has_large or any(one.large for w in self._held for one in w.queued)):
                passed_over.append(job)
                continue
            if not self._give(job):
                passed_over.append(job)
                break
        self._waiting.extendleft(reversed(passed_over))

    def _give(self, job: _Job) -> bool:
        """False where every worker has enough to do."""
        most = 1 if job.task.many else _AHEAD
        full = self._held and all(len(one.queued) >= most for one in self._held)
        if full and (self._pool.wanted or not self._pool.has_one):
            return False
        arguments = job.task.arguments() if callable(job.task.arguments) else job.task.arguments
        request = packed(
            Request(
                job.task.function, arguments, job.task.many,
                job.task.room or (limits.LARGE_ROOM if job.large else limits.ROOM),
                self._pool.barrier.files if job.task.many else {},
            )
        )  # fmt: skip
        alone = job.large or job.task.many or len(request) > _AHEAD_BYTES
        worker = next((one for one in self._held if not one.queued), None)
        if worker is None and not (self._held and self._pool.wanted):
            worker = self._pool.take(patiently=not self._held, cancel=self._cancel)
            if worker is not None:
                self._held.append(worker)
        if worker is None and not alone and not self._pool.wanted:
            open_ones = [one for one in self._held if len(one.queued) < _AHEAD and not one.queued[-1].large]
            worker = min(open_ones, key=lambda one: len(one.queued), default=None)
        if worker is None:
            return False
        job.starts, job.passed, job.member, job.patience_s = job.starts + 1, 0, "", job.task.patience_s
        try:
            if not worker.queued:
                worker.drop_other_blocks(job.task.blocks)
            for block in job.task.blocks:
                worker.give(block)
            worker.ask(request, job)
        except Gone:
            if job not in worker.queued:
                worker.queued.append(job)
        return True

    def _hear(self, worker: Worker) -> Iterator[tuple[int, Any]]:
        self._slow.pop(worker, None)
        job: _Job = worker.queued[0]
        try:
            kind, value = worker.receive()
        except Gone:
            no_fault = not worker.ready or worker.ended_from_outside()
            yield from self._fallen(worker, ErrorCode.NO_READER if no_fault else ErrorCode.KILLED_READER)
            return
        if kind is Kind.READY:
            return
        if kind is Kind.STARTING:
            job.member, job.patience_s = value, job.task.patience_s
        elif kind is Kind.MORE_TIME:
            job.patience_s = max(job.task.patience_s, min(float(value), _MOST_TIME_S))
        elif kind is Kind.ITEM:
            job.passed += 1
            if job.passed > job.delivered:
                job.delivered = job.passed
                yield job.index, value
        elif kind is Kind.ERROR and isinstance(value, WorkstationError) and value.code is ErrorCode.READING_MEMORY:
            yield from self._fallen(worker, value.code)
        else:
            self._done(worker)
            if kind is Kind.DEFECT:
                log.error("defect in a reading worker: %s, %s", *value)
                yield job.index, WorkstationError(ErrorCode.DEFECT, kind=str(value[0]))
            elif kind is not Kind.END:
                yield job.index, value

    def _done(self, worker: Worker) -> None:
        job: _Job = worker.queued.popleft()
        if job.large:
            self._leave_large()
        if job.task.room:
            self._held.remove(worker)
            self._waiting.extendleft(reversed(worker.queued))
            worker.queued.clear()
            self._pool.lost(worker)

    def _late(self, worker: Worker, now: float) -> Iterator[tuple[int, Any]]:
        """A process that works in vain is ended; one that waits for a disk or its turn gets more time, and no blame."""
        used = limits.processor_seconds(worker.process)
        if not worker.ready:
            if used is None or used > _IN_VAIN * _STARTING_S or now - worker.since > _LONGEST_OF_LONG * _STARTING_S:
                yield from self._fallen(worker, ErrorCode.NO_READER)
            return
        patience = worker.queued[0].patience_s
        if used is None:
            yield from self._fallen(worker, ErrorCode.TIMED_OUT_READING)
            return
        began, before = self._slow.setdefault(worker, (now, used))
        if used - before > _IN_VAIN * max(patience / 2, patience - (began - worker.since)):
            yield from self._fallen(worker, ErrorCode.TIMED_OUT_READING)
        elif now - worker.since > max(_LONGEST_OF_LONG * patience, min(_LONGEST * patience, _LONG_S)):
            yield from self._fallen(worker, ErrorCode.TIMED_OUT_READING, blame=False)

    def _fallen(self, worker: Worker, code: ErrorCode, blame: bool = True) -> Iterator[tuple[int, Any]]:
        """The first in the queue made the worker end, if it ever began; the others get another one."""
        job: _Job = worker.queued.popleft()
        self._waiting.extendleft(reversed(worker.queued))
        worker.queued.clear()
        self._slow.pop(worker, None)
        self._held.remove(worker)
        self._pool.lost(worker)
        was_large = job.large
        if was_large:
            self._leave_large()
        if code is ErrorCode.NO_READER:
            yield job.index, WorkstationError(code)
        elif code is not ErrorCode.TIMED_OUT_READING and not was_large:
            # It may have been the memory, of which there is more for one at a time.
            job.large = True
            self._waiting.appendleft(job)
        elif job.member and blame and job.starts < _MOST_STARTS:
            # The member is left out when the archive is read again.
            self._pool.barrier.bar(job.member, code)
            job.large = False
            self._waiting.appendleft(job)
        else:
            if job.task.about and blame:
                self._pool.barrier.bar(job.task.about, code)
            yield job.index, WorkstationError(code)

    def _share(self) -> None:
        """Somebody else waits: let go a worker that has nothing to do; `_give` makes sure that there will be one."""
        for worker in [one for one in self._held if not one.queued]:
            self._held.remove(worker)
            self._pool.give_back(worker)

    def _leave_large(self) -> None:
        if self._has_large:
            self._pool._large.release()
            self._has_large = False


def make_pool() -> Pool:
    pool = Pool(max(2, min(4, os.cpu_count() or 2)), BARRIER)
    atexit.register(pool.close)
    return pool
