"""A clock that the test turns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workstation.domain.work import CancelToken


class TurnedClock:
    """Sleeping moves it on at once and is written down."""

    def __init__(self) -> None:
        self.slept_s: list[float] = []
        self._seconds = 1000.0

    def now(self) -> datetime:
        return datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC) + timedelta(seconds=self._seconds - 1000)

    def monotonic(self) -> float:
        return self._seconds

    def sleep(self, seconds: float, cancel: CancelToken) -> None:
        cancel.check()
        self.slept_s.append(seconds)
        self._seconds += seconds
