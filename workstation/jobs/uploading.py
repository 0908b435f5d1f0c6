"""Sending the copies: what is there already is not sent again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workstation.cloud.oss import Upload
from workstation.domain.words import say
from workstation.domain.work import Progress
from workstation.jobs.job import JobState
from workstation.jobs.plan import PlannedObject, is_there, planned_objects
from workstation.jobs.preparing import is_as_planned
from workstation.jobs.session import Session
from workstation.jobs.stored import plan_from_json
from workstation.records import SentRow

# Written as "about to be sent" together: few enough that a cancelled job does not claim much that never left.
_AT_ONCE: Final = 32


def upload(session: Session) -> bool:
    """Bring every object of the plan to the store.

    returns False when the copies are gone or changed: the job then has to be prepared again
    raises  what the store raises, Cancelled
    """
    objects = planned_objects(session.row.prefix, session.id, plan_from_json(session.row.plan))
    there = _already_there(session, objects)
    missing = [planned for planned in objects if planned.key not in there]
    for planned in missing:
        session.cancel.check()
        if not is_as_planned(session.folder / planned.file.name, planned.file):
            session.go(JobState.PREPARING, "copies-gone")
            return False
    _Sending(session, objects, there).send(missing)
    session.uploaded = True
    return True


def _already_there(session: Session, objects: tuple[PlannedObject, ...]) -> set[str]:
    """Keys that hold the same content. A job that never planned to send anything has none."""
    if not session.world.ledger.sent.of_job(session.id):
        return set()
    there = set()
    for number, planned in enumerate(objects):
        session.check()
        session.reporter(Progress(number, len(objects), say("Looking what is there already")))
        if is_there(session.world.store, planned):
            there.add(planned.key)
    session.world.ledger.sent.plan(_rows(session, [planned for planned in objects if planned.key in there]))
    session.world.ledger.sent.confirm(session.id, session.world.bucket, sorted(there), session.now())
    return there


class _Sending:
    """Counts files and bytes of one run, and keeps the ledger level with them."""

    def __init__(self, session: Session, objects: tuple[PlannedObject, ...], there: set[str]) -> None:
        self._session, self._total = session, len(objects)
        self._bytes_of = {planned.key: planned.file.bytes for planned in objects}
        self._bytes_total = sum(self._bytes_of.values())
        self._files = len(there)
        self._bytes_before = self._bytes = sum(self._bytes_of[key] for key in there)
        self._began = self._looked = session.world.clock.monotonic()
        self._stored: list[str] = []

    def send(self, missing: list[PlannedObject]) -> None:
        session, ledger = self._session, self._session.world.ledger
        for some in _in_parts(missing):
            session.check()
            session.go(
                JobState.UPLOADING,
                "uploading",
                {"files": self._files, "of": self._total},
                files_done=self._files,
                bytes_done=self._bytes,
            )
            ledger.sent.plan(_rows(session, some))
            uploads = [planned.upload(session.folder) for planned in some]
            try:
                session.world.store.put_all(uploads, session.cancel, self._one_stored, self._bytes_went)
            finally:
                ledger.sent.confirm(session.id, session.world.bucket, self._stored, session.now())
                self._stored = []
        session.go(
            JobState.UPLOADING,
            "uploaded",
            {"files": self._total},
            files_done=self._total,
            bytes_done=self._bytes_total,
        )

    def _one_stored(self, upload: Upload) -> None:
        self._stored.append(upload.key)
        self._files += 1
        self._report()

    def _bytes_went(self, count: int) -> None:
        self._bytes += count
        now = self._session.world.clock.monotonic()
        if now - self._looked >= 1:
            self._looked = now
            self._session.check()
        if count:
            self._report()

    def _report(self) -> None:
        elapsed = self._session.world.clock.monotonic() - self._began
        went = self._bytes - self._bytes_before
        left = elapsed / went * (self._bytes_total - self._bytes) if went > 0 and elapsed > 0 else None
        self._session.reporter(
            Progress(self._files, self._total, say("Uploading"), self._bytes, self._bytes_total, left)
        )


def _in_parts(missing: list[PlannedObject]) -> Iterator[list[PlannedObject]]:
    for start in range(0, len(missing), _AT_ONCE):
        yield missing[start : start + _AT_ONCE]


def _rows(session: Session, objects: list[PlannedObject]) -> list[SentRow]:
    world, now = session.world, session.now()
    return [
        SentRow(
            job_id=session.id,
            connection=world.connection,
            bucket=world.bucket,
            key=planned.key,
            bytes=planned.file.bytes,
            planned=now,
        )
        for planned in objects
    ]
