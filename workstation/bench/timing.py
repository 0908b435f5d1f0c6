"""Repeated runs and what is said of them."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Seconds of each run, in the order they were made; `items` of work in one run."""

    seconds: tuple[float, ...]
    items: int = 1
    detail: Json = field(default_factory=dict)

    def json(self) -> Json:
        ordered = sorted(self.seconds)
        return {
            "n": len(ordered),
            "median_s": statistics.median(ordered),
            "min_s": ordered[0],
            "p95_s": ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))],
            "items": self.items,
            **self.detail,
        }


def timed(run: Callable[[], object], runs: int, *, items: int = 1, warm: bool = True) -> Figures:
    """Time `run` several times, after one run that doesn't count; its value is dropped outside the clock."""
    if warm:
        run()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        value = run()
        seconds.append(time.perf_counter() - start)
        del value
    return Figures(seconds=tuple(seconds), items=items)


def peak_rise(run: Callable[[], object]) -> int | None:
    """How far the memory of this process rises above where it stood while `run` works, bytes; None: not told here."""
    if sys.platform != "linux":
        return None
    status, clear = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    clear.write_text("5", encoding="ascii")  # forget the peak so far
    before = _kilobytes(status, "VmRSS")
    kept = run()
    peak = _kilobytes(status, "VmHWM")
    del kept
    return (peak - before) * 1024


def _kilobytes(status: Path, name: str) -> int:
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith(name))
    return int(line.split()[1])
