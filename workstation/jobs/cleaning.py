"""After the end: what was sent is deleted there, the copies here. What can't be deleted is written down and swept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workstation.domain.error import WorkstationError
from workstation.domain.words import say
from workstation.domain.work import Clock, Progress
from workstation.jobs.job import JobState
from workstation.jobs.ports import Ledger, ObjectStore
from workstation.jobs.preparing import remove
from workstation.jobs.session import Session
from workstation.jobs.stored import facts_json

Stores = Callable[[str, str], ObjectStore | None]  # connection, bucket → its store, None where it can't be opened


def clean(session: Session) -> None:
    """Delete, then write the final state. A failure here never changes how the job ended."""
    session.reporter(Progress(0, 0, say("Deleting what was sent")))
    ending = JobState(session.row.ending)
    world = session.world
    left = _delete(
        world.ledger, lambda *place: world.store if place[1] == world.bucket else None, world.clock, session.id
    )
    _remove(session.folder)
    session.go(
        ending,
        "ended",
        {"objects_left": left} if left else {},
        final=True,
        error=session.row.error,
        error_facts=session.row.error_facts,
    )


def sweep(ledger: Ledger, stores: Stores, folder: Path, clock: Clock) -> int:
    """Try again, at start, what ended jobs left behind: objects there, copies here. Returns the objects still there."""
    left = 0
    for job_id in ledger.sent.jobs_to_sweep():
        left += _delete(ledger, stores, clock, job_id)
    for row in ledger.jobs.rows():
        if row.final:
            _remove(folder / row.id)
            ledger.tidy(row.id)
    return left


def _delete(ledger: Ledger, stores: Stores, clock: Clock, job_id: str) -> int:
    """Returns how many objects may still be there. A connection may have changed its bucket on the way."""
    rows = ledger.sent.left(job_id)
    for connection, bucket in sorted({(row.connection, row.bucket) for row in rows}):
        store = stores(connection, bucket)
        keys = [row.key for row in rows if row.bucket == bucket]
        if store is not None:
            _delete_in(bucket, store, keys, ledger, clock, job_id)
    return len(ledger.sent.left(job_id))


def _delete_in(bucket: str, store: ObjectStore, keys: list[str], ledger: Ledger, clock: Clock, job_id: str) -> None:
    ledger.jobs.note(job_id, clock.now(), "deleting", facts_json({"objects": len(keys)}))
    try:
        gone = store.delete(keys)
    except WorkstationError as error:
        ledger.jobs.note(job_id, clock.now(), "delete-failed", facts_json({"code": error.code.value}))
        return
    ledger.sent.deleted(job_id, bucket, gone, clock.now())


def _remove(folder: Path) -> None:
    """A copy that another program has open is swept at the next start."""
    try:
        remove(folder)
    except OSError:
        return
