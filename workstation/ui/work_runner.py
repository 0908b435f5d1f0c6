"""Background work for the window: every call comes home to its thread, and nothing arrives after a cancel."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QThread, QThreadPool, QTimer, Signal, Slot

from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.work import CancelToken, Progress, Reporter

log = logging.getLogger(__name__)

R = TypeVar("R")
P = TypeVar("P")

PROGRESS_S: Final = 0.05  # progress is worth showing this often
_NICENESS: Final = 10  # of work, on Linux


@dataclass(frozen=True, kw_only=True)  # no slots: a frozen class with slots can't be made as WorkView[R, P](…)
class WorkView(Generic[R, P]):
    """What the window does when work reports. All are called on the window's thread.

    arrived  a part of the result, before the end
    """

    finished: Callable[[R], None]
    failed: Callable[[WorkstationError], None]
    progressed: Callable[[Progress], None] = lambda _: None
    arrived: Callable[[P], None] = lambda _: None


Work = Callable[[Reporter, CancelToken, Callable[[P], None]], R]


class WorkRunner(QObject):
    """A pool of its own. `threads` 1 keeps the order in which work was started."""

    _posted = Signal(object)  # Callable[[], None], queued to this object's thread

    def __init__(self, threads: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._pool.setThreadPriority(QThread.Priority.LowPriority)
        self._running: dict[int, CancelToken] = {}
        self._stopped = False
        self._called: deque[Callable[[], None]] = deque()
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._call_next)
        self._posted.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def start(self, work: Work[P, R], view: WorkView[R, P], *, priority: int = 0) -> CancelToken:
        """Run `work` in the pool; larger priorities first. Cancel the token and nothing more of it is heard."""
        cancel = CancelToken()
        if self._stopped:
            cancel.cancel()
            return cancel
        self._running[id(cancel)] = cancel

        def post(call: Callable[[], None]) -> None:
            self._posted.emit(lambda: None if cancel.cancelled else call())

        def end(call: Callable[[], None]) -> None:
            self._posted.emit(partial(self._running.pop, id(cancel), None))
            post(call)

        report = _seldom(lambda progress: post(partial(view.progressed, progress)))

        def run() -> None:
            _give_way()
            try:
                cancel.check()
                result = work(report, cancel, lambda part: post(partial(view.arrived, part)))
            except Cancelled as cancelled:
                end(partial(view.failed, cancelled))
            except WorkstationError as error:
                end(partial(view.failed, error))
            except Exception as defect:  # noqa: BLE001 - one of the two places that may
                log.error("defect in background work: %s", frames_of(defect))  # never the message: it may hold a name
                end(partial(view.failed, WorkstationError(ErrorCode.DEFECT, kind=type(defect).__name__)))
            else:
                end(partial(view.finished, result))

        self._pool.start(run, priority)
        return cancel

    @property
    def busy(self) -> bool:
        return self._pool.activeThreadCount() > 0

    def finish(self, wait_ms: int = 30_000) -> None:
        """Let all that was started end: for work that must not be lost."""
        self._pool.waitForDone(wait_ms)

    def stop(self, wait_ms: int = 30_000) -> None:
        """Cancel all, wait for the pool; nothing arrives afterwards and nothing new starts."""
        self._stopped = True
        for cancel in self._running.values():
            cancel.cancel()
        self._pool.clear()
        self._pool.waitForDone(wait_ms)

    @Slot(object)
    def _call(self, call: Callable[[], None]) -> None:
        """One in each turn of the window's thread: several that came together would keep hands and paint waiting."""
        self._called.append(call)
        self._next.start()

    def _call_next(self) -> None:
        if self._called and not self._stopped:
            call = self._called.popleft()
            if self._called:
                self._next.start()
            call()


def _give_way() -> None:
    """Let the window's thread go first where there are more threads than processors.

    Linux knows no priorities of ordinary threads, which a pool sets elsewhere, but each has a niceness. The threads
    and processes that it starts inherit it.
    """
    if sys.platform == "linux":
        with suppress(PermissionError):  # the program was started with more of it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _seldom(reporter: Reporter) -> Reporter:
    """Not more often than a person can see, but always the last one of a stretch."""
    last = 0.0

    def report(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        ended = progress.total > 0 and progress.done >= progress.total
        if ended or now - last >= PROGRESS_S:
            last = now
            reporter(progress)

    return report


def frames_of(defect: BaseException) -> str:
    """Where it happened: file, line and function of each frame, and the kind; no values, which may be a patient's."""
    frames = traceback.extract_tb(defect.__traceback__)
    places = " < ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(defect).__name__} at {places}"
