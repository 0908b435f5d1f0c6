"""What the records keep of a reading: slices looked at, the signature and its addenda, checked when they are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from workstation.domain.coverage import Coverage
from workstation.domain.decision import Decision
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.signature import Addendum, OpenPoints, Signed
from workstation.domain.signing import AGAIN, NotedThen, addendum_text, decisions_data, signed_data, signed_text
from workstation.domain.work import Clock
from workstation.jobs.ports import Ledger
from workstation.workspace.elsewhere import Seen


class KeptReadings:
    """Every call may raise what the records raise."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def coverage(self, stack: Stack, reader: str) -> Coverage:
        """What this reader looked at, of the series as it is now."""
        return self._ledger.coverage.of_stack(stack.id, reader, stack.slices)

    def look(self, stack_id: str, reader: str, coverage: Coverage) -> None:
        """Join it with what is kept."""
        self._ledger.coverage.add(stack_id, reader, coverage, self._clock.now())

    def sign(
        self,
        job_id: str,
        stack_id: str,
        signed: Signed,
        decisions: Mapping[str, Decision],
        points: OpenPoints,
        seen: Seen | None = None,
    ) -> Signed:
        """With the digest of what was signed. raises READING_SIGNED; CHANGED_MEANWHILE: by another window

        decisions, seen  what the reader signs; None: what was noted on the series was not shown
        """
        ledger = self._ledger
        if decisions_data(ledger.decisions.of_job(job_id)) != decisions_data(decisions):
            raise WorkstationError(ErrorCode.CHANGED_MEANWHILE)
        if seen is not None and not seen.is_all_of(
            ledger.measures.of_stack(stack_id), ledger.drawn.of_stack(stack_id), ledger.rulers.of_stack(stack_id)
        ):
            raise WorkstationError(ErrorCode.CHANGED_MEANWHILE)
        own = self._ledger.own.text_of_job(job_id)
        noted = self._noted(stack_id, signed.at)
        text = signed_text(job_id, self._answer(job_id), decisions, points, signed, own, noted)
        return replace(signed, digest=self._ledger.signings.sign(job_id, text))

    def add_addendum(self, job_id: str, addendum: Addendum) -> None:
        """raises NOT_SIGNED"""
        self._ledger.signings.add(job_id, addendum_text(job_id, addendum))

    def signed(self, job_id: str) -> Signed | None:
        """The signature of a reading, `intact` if what is kept now is what was signed; None: a draft."""
        stored = self._ledger.signings.of_job(job_id)
        if stored is None:
            return None
        first, *later = stored.texts
        own = self._ledger.own.text_of_job(job_id)
        try:
            content = json.loads(first)
            signed = Signed(
                by=str(content["by"]),
                role=str(content["role"]),
                at=datetime.fromisoformat(str(content["at"])),
                digest=stored.digests[0],
                addenda=tuple(map(_addendum, later)),
            )
            noted = self._noted(str(content["noted"]["series"]), signed.at) if "noted" in content else None
        except (ValueError, KeyError, TypeError):
            return Signed(by="", at=self._clock.now(), digest=stored.digests[0], intact=False)
        now = signed_data(job_id, self._answer(job_id), self._ledger.decisions.of_job(job_id), own, noted)
        return replace(
            signed, intact=stored.intact and _json(now) == {name: content[name] for name in AGAIN if name in content}
        )

    def _noted(self, stack_id: str, at: datetime) -> NotedThen:
        return NotedThen(stack_id, self._ledger.signings.noted(stack_id, at))

    def _answer(self, job_id: str) -> str:
        stored = self._ledger.answers.of_job(job_id)
        return stored.answer if stored is not None else ""


def _json(data: Mapping[str, object]) -> object:
    """As it is read back: without tuples."""
    return json.loads(json.dumps(data))


def _addendum(text: str) -> Addendum:
    content = json.loads(text)
    return Addendum(
        text=str(content["text"]),
        by=str(content["by"]),
        role=str(content["role"]),
        at=datetime.fromisoformat(str(content["at"])),
    )
