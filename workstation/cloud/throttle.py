"""How often a service may be called: so many calls a second for each product, and one poll a second over all jobs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from workstation.domain.request import CallKind
from workstation.domain.work import CancelToken, Clock

# Ours: the documents name no figure and answer too many calls with Throttling.User.
_CALLS_PER_S: Final = 2.0
_POLLS_PER_S: Final = 1.0
_POLLS: Final = "polls"


class Throttle:
    """Shared by all clients of a connection. Safe between threads."""

    def __init__(
        self,
        clock: Clock,
        calls_per_s: Mapping[str, float] = MappingProxyType({}),
        polls_per_s: float = _POLLS_PER_S,
    ) -> None:
        self._clock, self._calls_per_s, self._polls_per_s = clock, calls_per_s, polls_per_s
        self._next_s: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, product: str, kind: CallKind, cancel: CancelToken) -> None:
        """Wait for this call's turn. raises Cancelled"""
        cancel.check()
        with self._lock:
            now = self._clock.monotonic()
            turn = max(now, self._turn(f"calls {product}"), self._turn(_POLLS) if kind is CallKind.POLL else now)
            self._next_s[f"calls {product}"] = turn + 1 / self._calls_per_s.get(product, _CALLS_PER_S)
            if kind is CallKind.POLL:
                self._next_s[_POLLS] = turn + 1 / self._polls_per_s
        if turn > now:
            self._clock.sleep(turn - now, cancel)

    def _turn(self, name: str) -> float:
        return self._next_s.get(name, 0.0)
