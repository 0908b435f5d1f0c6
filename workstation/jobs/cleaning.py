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
    left = _delete(session.world.ledger, session.world.store, session.world.clock, session.id)
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
        rows = ledger.sent.left(job_id)
        store = stores(rows[0].connection, rows[0].bucket) if rows else None
        left += _delete(ledger, store, clock, job_id) if store is not None else len(rows)
    for row in ledger.jobs.rows():
        if row.final:
            _remove(folder / row.id)
    return left


def _delete(ledger: Ledger, store: ObjectStore, clock: Clock, job_id: str) -> int:
    """Returns how many objects may still be there."""
    keys = [row.key for row in ledger.sent.left(job_id)]
    if not keys:
        return 0
    row = ledger.jobs.row(job_id)
    ledger.jobs.advance(job_id, clock.now(), row.state, "deleting", facts_json({"objects": len(keys)}))
    try:
        gone = store.delete(keys)
    except WorkstationError as error:
        told = facts_json({"code": error.code.value})
        ledger.jobs.advance(job_id, clock.now(), row.state, "delete-failed", told)
        return len(keys)
    ledger.sent.deleted(job_id, gone, clock.now())
    return len(set(keys) - set(gone))


def _remove(folder: Path) -> None:
    """A copy that another program has open is swept at the next start."""
    try:
        remove(folder)
    except OSError:
        return
