"""How late the window's thread is: a timer that should fire every few milliseconds, and by how much it did not."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS: Final = 5


@dataclass(frozen=True, slots=True)
class Latency:
    """Lateness of the window's thread, ms, over `beats` beats."""

    beats: int
    median_ms: float
    p99_ms: float
    max_ms: float


class Heartbeat(QObject):
    """Started by tests and the benchmark; costs nothing while it is stopped."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._late_ms: list[float] = []
        self._last = 0.0

    def start(self) -> None:
        self._late_ms = []
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> Latency:
        """The lateness since `start`."""
        self._timer.stop()
        late = np.array(self._late_ms or [0.0])
        p50, p99 = (float(value) for value in np.percentile(late, (50, 99)))
        return Latency(len(self._late_ms), p50, p99, float(late.max()))

    def _beat(self) -> None:
        now = time.perf_counter()
        self._late_ms.append(max(0.0, (now - self._last) * 1000 - BEAT_MS))
        self._last = now
