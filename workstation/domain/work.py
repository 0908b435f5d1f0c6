"""Background work without a toolkit: progress, cancel token, clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from workstation.domain.error import Cancelled
from workstation.domain.words import Words


@dataclass(frozen=True, slots=True)
class Progress:
    """How far work is. `total` 0: not known yet. Bytes and seconds left only where they are measured."""

    done: int
    total: int
    words: Words
    bytes_done: int = 0
    bytes_total: int = 0
    seconds_left: float | None = None

    @property
    def fraction(self) -> float:
        if self.bytes_total:
            return min(1.0, self.bytes_done / self.bytes_total)
        return min(1.0, self.done / self.total) if self.total else 0.0


Reporter = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """The reporter of a caller that wants no progress."""


@dataclass(slots=True)
class CancelToken:
    """Set by the one who asked, checked by the one who works. Safe between threads."""

    _event: threading.Event = field(default_factory=threading.Event)

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def cancel(self) -> None:
        self._event.set()

    def check(self) -> None:
        """raises Cancelled once `cancel` was called"""
        if self._event.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> None:
        """Sleep, but not longer than until the cancel. raises Cancelled"""
        if self._event.wait(seconds):
            raise Cancelled


class Clock(Protocol):
    """The time, so that tests can turn it. `now` is aware (UTC); `monotonic` is for waiting, s."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...
    def sleep(self, seconds: float, cancel: CancelToken) -> None:
        """raises Cancelled"""


class SystemClock:
    """The clock of this PC."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float, cancel: CancelToken) -> None:
        cancel.wait(max(0.0, seconds))
