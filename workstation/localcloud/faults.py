"""Faults on demand: a plan says which calls of which operation go wrong and how.

{"faults": [{"on": "PutObject", "kind": "drop-before", "after": 3, "count": 1}, …]}

`on` is an action (`DetectLungNodule`), a verb of the store (`PutObject`) or `*`; `after` calls pass unharmed, then
`count` go wrong (left out: 1; null: all). `seconds` for delay and skew, `status` for status.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class FaultKind(StrEnum):
    DELAY = "delay"  # answer `seconds` later
    DROP_BEFORE = "drop-before"  # close the connection, nothing was done
    DROP_AFTER = "drop-after"  # do it, then close the connection without an answer
    STATUS = "status"  # a bare answer with this HTTP status, nothing was done
    THROTTLE = "throttle"  # Throttling.User, or SlowDown from the store
    HALF_BODY = "half-body"  # do it, send half of the answer, close
    BAD_JSON = "bad-json"  # do it, answer with a text that is no JSON (or XML)
    EXPIRED = "expired"  # links have expired
    DUPLICATE = "duplicate"  # do it twice, as a gateway that repeats
    SKEW = "skew"  # the server's clock is `seconds` off


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One line of the plan. `count` None: for ever."""

    on: str
    kind: FaultKind
    after: int = 0
    count: int | None = 1
    seconds: float = 1.0
    status: int = 503


class FaultPlan:
    """Counts the calls that match each line, and hands out what goes wrong with this one."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = tuple(faults)
        self._seen = [0] * len(self._faults)

    def take(self, operation: str) -> dict[FaultKind, Fault]:
        """Faults of this call by kind; the first line of a kind wins."""
        taken: dict[FaultKind, Fault] = {}
        for place, fault in enumerate(self._faults):
            if fault.on not in (operation, "*"):
                continue
            self._seen[place] += 1
            number = self._seen[place] - fault.after
            if number >= 1 and (fault.count is None or number <= fault.count):
                taken.setdefault(fault.kind, fault)
        return taken


def read_plan(path: Path) -> FaultPlan:
    """raises ValueError for a plan that cannot be meant, OSError for a file that cannot be read"""
    document = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict) or not isinstance(document.get("faults"), list):
        raise ValueError('a fault plan is {"faults": [...]}')
    faults = []
    for line in document["faults"]:
        try:
            faults.append(Fault(**{**line, "kind": FaultKind(line["kind"])}))
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a fault: {line}") from error
    return FaultPlan(faults)
