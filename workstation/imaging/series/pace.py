"""How often a scan looks up from its files: for a cancel, to say how far it is, and to show what it found."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from workstation.domain.words import say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.imaging.series.folders import Walk

_LOOK_S: Final = 0.03
_TELL_S: Final = 0.25
_SHARE: Final = 0.1  # of the time that may go into telling what was found
_COUNT_AFTER_S: Final = 0.4  # shorter scans are over before anybody wants to know how long they take


class Pace:
    """`tell` is called four times a second at most. `close` it when the scan ends."""

    def __init__(
        self, paths: Sequence[Path], reporter: Reporter, cancel: CancelToken | None, tell: Callable[[], None]
    ) -> None:
        self._paths, self._reporter, self._cancel, self._tell = paths, reporter, cancel, tell
        started = time.perf_counter()
        self._next_look = started
        self._next_tell = started + _TELL_S
        self._count_at = started + _COUNT_AFTER_S if reporter is not silent else float("inf")
        self._closed = threading.Event()
        self._total = 0

    def step(self, files: int) -> None:
        """`files` were looked at. raises Cancelled"""
        now = time.perf_counter()
        if now >= self._next_look:
            self.look(files)
            if now >= self._count_at:
                self._count_at = float("inf")
                threading.Thread(target=self._count, name="count files", daemon=True).start()
            if now >= self._next_tell:
                self._tell()
                began, now = now, time.perf_counter()
                self._next_tell = now + max(_TELL_S, (now - began) / _SHARE)
            self._next_look = now + _LOOK_S

    def look(self, files: int) -> None:
        """raises Cancelled"""
        if self._cancel is not None:
            self._cancel.check()
        total = max(self._total, files) if self._total else 0
        if total:
            words = say("Files: {done:,} of {total:,}", done=files, total=total)
        else:
            words = say("Files: {done:,}", done=files)
        self._reporter(Progress(files, total, words))

    def close(self) -> None:
        self._closed.set()

    def _count(self) -> None:
        """All files there are, by their folders' lists alone."""
        total = 0
        try:
            for folder in Walk(self._paths):
                total += len(folder.files) + len(folder.odd)
                if self._closed.is_set():
                    return
        except OSError:
            return
        self._total = total
