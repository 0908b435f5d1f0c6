"""One job at work: every step goes through here, so that it is written before it happens."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, Unpack

from workstation.domain.error import Cancelled, WorkstationError
from workstation.domain.words import Fact
from workstation.domain.work import CancelToken, Reporter
from workstation.jobs.job import JobState
from workstation.jobs.ports import World
from workstation.jobs.stored import facts_json
from workstation.records import JobChanges, JobRow

log = logging.getLogger(__name__)
_NO_FACTS: Final[Mapping[str, Fact]] = MappingProxyType({})
_LOOK_S: Final = 1.0  # how often a sleeping job looks whether another process asks for its end


class Session:
    """`row` is the job as last written. `uploaded`: this run saw all its objects there."""

    def __init__(
        self, row: JobRow, world: World, reporter: Reporter, cancel: CancelToken, *, keep: bool = False
    ) -> None:
        self.row, self.world, self.reporter, self.cancel, self._keep = row, world, reporter, cancel, keep
        self.uploaded = False
        self.tries = 0

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def state(self) -> JobState:
        return JobState(self.row.state)

    @property
    def kept(self) -> bool:
        """Whether a cancel means that the program leaves, and the job stays where it is."""
        return self._keep and not self.world.ledger.jobs.cancel_asked(self.id)

    @property
    def folder(self) -> Path:
        return self.world.folder / self.id

    def now(self) -> datetime:
        return self.world.clock.now()

    def go(
        self, state: JobState, what: str, facts: Mapping[str, Fact] = _NO_FACTS, **changes: Unpack[JobChanges]
    ) -> None:
        """Write what happens next. An error that stood on the job is over, unless given again. raises NO_SPACE"""
        whole: JobChanges = {"error": "", "error_facts": ""}
        whole.update(changes)
        told = facts_json(facts) if facts else ""
        self.row = self.world.ledger.jobs.advance(self.id, self.now(), state.value, what, told, whole)
        log.info("job %s: %s, %s", self.id, state.value, what)

    def stop(self, error: WorkstationError) -> None:
        """It stays where it is, with the reason; it can go on from there."""
        self.go(self.state, "stopped", error.facts, error=error.code.value, error_facts=facts_json(error.facts))

    def end(
        self,
        ending: JobState,
        what: str,
        error: WorkstationError | None = None,
        *,
        cost_yuan: float | None = None,
    ) -> None:
        """What was sent and prepared is removed next; then the job has this final state.

        cost_yuan  what it cost in the end; None: as it stands
        """
        changes: JobChanges = {"ending": ending.value, "finished": self.now()}
        if cost_yuan is not None:
            changes["cost_yuan"] = cost_yuan
        if error is not None:
            changes["error"], changes["error_facts"] = error.code.value, facts_json(error.facts)
        self.go(JobState.CLEANING, what, error.facts if error is not None else _NO_FACTS, **changes)

    def check(self) -> None:
        """raises Cancelled, also when another window or command asked for it"""
        self.cancel.check()
        if self.world.ledger.jobs.cancel_asked(self.id):
            raise Cancelled

    def sleep(self, seconds: float) -> None:
        """raises Cancelled"""
        left = seconds
        while left > 0:
            self.check()
            self.world.clock.sleep(min(left, _LOOK_S), self.cancel)
            left -= _LOOK_S
        self.check()
