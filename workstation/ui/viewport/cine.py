"""Plays a series in real time: by the film's own times, with what could not be shown in time counted.

What plays are the slices of one series in their order. Of a film and of pictures of one place that is time; of a volume
it is space, and then the rate is nobody's: it says "assumed". Phases that lie in stacks of their own are not played.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer

from workstation.domain.film import ASSUMED, Film, RateSource
from workstation.domain.words import Words, say

_LATE_MS: Final = 250.0  # a view that stood still for longer goes on from where it stood, instead of leaping
_RETRY_MS: Final = 20.0
_EARLY_MS: Final = 0.5  # a timer counts in whole milliseconds


@dataclass(frozen=True, slots=True)
class Schedule:
    """When each frame of a film that goes round is due. `ends`: since the first frame's start, ms."""

    ends: tuple[float, ...]

    @staticmethod
    def of(film: Film, count: int) -> Schedule:
        return Schedule(tuple(accumulate(film.lasting(count))))

    def start_of(self, begun: int) -> float:
        """When a frame begins, counted on over the rounds."""
        rounds, k = divmod(begun, len(self.ends))
        return rounds * self.ends[-1] + (self.ends[k - 1] if k else 0.0)

    def begun(self, at_ms: float) -> int:
        """The last frame that has begun by then, counted on over the rounds."""
        rounds, rest = divmod(at_ms + _EARLY_MS, self.ends[-1])
        return int(rounds) * len(self.ends) + bisect_right(self.ends, rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How it runs: frames a second as the film asks, and frames that could not be shown in their time."""

    per_second: float
    assumed: bool
    dropped: int


def played_words(played: Played) -> Words:
    rate = say("▶ {rate} frames/s", rate=f"{played.per_second:.3g}")
    if played.assumed:
        rate = say("▶ {rate} frames/s (assumed)", rate=f"{played.per_second:.3g}")
    return say("{rate} · {count} dropped", rate=rate, count=played.dropped) if played.dropped else rate


class Player:
    """Which frame is due, told the time from outside (ms, of any clock that only goes forward).

    go  show a frame; False: it is not loaded yet, and is waited for
    """

    def __init__(self, film: Film, count: int, go: Callable[[int], bool], k: int, now_ms: float) -> None:
        self._film, self._count, self._go = film, count, go
        self._schedule = Schedule.of(film, count)
        self._dropped = 0
        self.follow(k, now_ms)

    @property
    def played(self) -> Played:
        rate = self._film.per_second(self._count)
        return Played(per_second=rate, assumed=self._film.source is RateSource.ASSUMED, dropped=self._dropped)

    def follow(self, k: int, now_ms: float) -> None:
        """The reader went to this frame: it plays on from here."""
        self._begun, self._painted = k, True
        self._behind_ms = now_ms - self._schedule.start_of(k)  # the film's own time behind the clock

    def frame_painted(self) -> None:
        self._painted = True

    def tick(self, now_ms: float) -> float:
        """Show what is due. Returns when to be called again, ms."""
        late = now_ms - self._behind_ms - self._schedule.start_of(self._begun + 1)
        if late > _LATE_MS:
            self._behind_ms += late
        begun = self._schedule.begun(now_ms - self._behind_ms)
        if begun <= self._begun:
            return self._next_ms
        if not self._go(begun % self._count):
            self._behind_ms += _RETRY_MS
            return now_ms + _RETRY_MS
        self._dropped += begun - self._begun - 1 + (not self._painted)
        self._begun, self._painted = begun, False
        return self._next_ms

    @property
    def _next_ms(self) -> float:
        return self._behind_ms + self._schedule.start_of(self._begun + 1)


class Cine(QObject):
    """A player driven by the clock of the computer; `go` as there."""

    def __init__(self, go: Callable[[int], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._go = go
        self._player: Player | None = None
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def played(self) -> Played | None:
        """None while it stands still."""
        return self._player.played if self._player is not None else None

    def start(self, film: Film | None, count: int, k: int) -> None:
        """From slice k on, round and round; a single picture does not play."""
        if count > 1:
            self._clock.start()
            self._player = Player(film or ASSUMED, count, self._go, k, self._now_ms())
            self._tick()

    def stop(self) -> None:
        self._timer.stop()
        self._player = None

    def follow(self, k: int) -> None:
        """The reader went to another slice."""
        if self._player is not None:
            self._player.follow(k, self._now_ms())

    def frame_painted(self) -> None:
        if self._player is not None:
            self._player.frame_painted()

    def _now_ms(self) -> float:
        return self._clock.nsecsElapsed() / 1e6

    def _tick(self) -> None:
        if self._player is not None:
            again = self._player.tick(self._now_ms())
            if self._player is not None:  # showing a frame may have ended it
                self._timer.start(max(0, round(again - self._now_ms())))
