"""Jobs and their events: each step is one transaction that changes the job and says so."""

from __future__ import annotations

import sqlite3
from dataclasses import fields
from datetime import datetime
from typing import Final, cast

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.records.database import Database, Value, text_of, time_of, time_or_none
from workstation.records.rows import EventRow, JobChanges, JobRow

_COLUMNS: Final = tuple(field.name for field in fields(JobRow))
_TIMES: Final = ("created", "updated")
_TIMES_OR_NONE: Final = ("submitted", "finished")
_FLAGS: Final = ("final", "cancel_asked")
_LONG: Final = ("plan", "sent_series", "mask")


class JobTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, row: JobRow, *, forced: bool) -> None:
        """A new job with its first event.

        raises JOB_ACTIVE when the same analysis (series, operation, connection, parameters, mask) is under way, unless
               forced
        """
        with self._database.write() as connection:
            twin = connection.execute(
                "SELECT id FROM jobs WHERE stack_id = ? AND study_uid = ? AND operation = ? AND connection = ? "
                "AND parameters = ? AND others = ? AND covering = ? AND mask = ? AND NOT final LIMIT 1",
                (
                    row.stack_id,
                    row.study_uid,
                    row.operation,
                    row.connection,
                    row.parameters,
                    row.others,
                    row.covering,
                    row.mask,
                ),
            ).fetchone()
            if twin is not None and not forced:
                raise WorkstationError(ErrorCode.JOB_ACTIVE, name=str(twin["id"]))
            marks = ", ".join("?" * len(_COLUMNS))
            values = [_stored(getattr(row, name)) for name in _COLUMNS]
            connection.execute(f"INSERT INTO jobs ({', '.join(_COLUMNS)}) VALUES ({marks})", values)
            _add_event(connection, EventRow(job_id=row.id, at=row.created, state=row.state, what="created", facts=""))

    def row(self, job_id: str) -> JobRow:
        """raises NO_SUCH_JOB"""
        found = self._database.read("SELECT * FROM jobs WHERE id = ?", (job_id,))
        if not found:
            raise WorkstationError(ErrorCode.NO_SUCH_JOB, name=job_id)
        return _job(found[0])

    def rows(self) -> tuple[JobRow, ...]:
        """All jobs, oldest first, without their plans and geometry, which are long."""
        columns = ", ".join(f"'' AS {name}" if name in _LONG else name for name in _COLUMNS)
        found = self._database.read(f"SELECT {columns} FROM jobs ORDER BY jobs.created, jobs.id")
        return tuple(map(_job, found))

    def advance(
        self, job_id: str, at: datetime, state: str, what: str, facts: str = "", changes: JobChanges | None = None
    ) -> JobRow:
        """Write the state that the job goes to (or stays in), its event and the columns that change with it.

        raises NO_SUCH_JOB, NO_SPACE (then nothing changed)
        """
        columns: dict[str, Value] = {"state": state, "updated": text_of(at)}
        columns.update({name: _stored(value) for name, value in (changes or {}).items()})
        with self._database.write() as connection:
            sets = ", ".join(f"{name} = ?" for name in columns)
            done = connection.execute(f"UPDATE jobs SET {sets} WHERE id = ?", (*columns.values(), job_id))
            if not done.rowcount:
                raise WorkstationError(ErrorCode.NO_SUCH_JOB, name=job_id)
            _add_event(connection, EventRow(job_id=job_id, at=at, state=state, what=what, facts=facts))
            return _job(connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone())

    def ask_cancel(self, job_id: str, at: datetime) -> None:
        """Whoever works on the job, in any process, stops at the next moment where that is safe. raises NO_SUCH_JOB"""
        with self._database.write() as connection:
            connection.execute("UPDATE jobs SET cancel_asked = 1 WHERE id = ?", (job_id,))
            _note(connection, job_id, at, "cancel-asked", "")

    def note(self, job_id: str, at: datetime, what: str, facts: str = "") -> None:
        """An event that changes nothing of the job, whoever works on it. raises NO_SUCH_JOB"""
        with self._database.write() as connection:
            _note(connection, job_id, at, what, facts)

    def cancel_asked(self, job_id: str) -> bool:
        return bool(self._database.read("SELECT 1 FROM jobs WHERE id = ? AND cancel_asked", (job_id,)))

    def events(self, job_id: str) -> tuple[EventRow, ...]:
        """Everything the job did, oldest first."""
        found = self._database.read("SELECT * FROM job_events WHERE job_id = ? ORDER BY number", (job_id,))
        return tuple(
            EventRow(job_id=r["job_id"], at=time_of(r["at"]), state=r["state"], what=r["what"], facts=r["facts"])
            for r in found
        )


def _note(connection: sqlite3.Connection, job_id: str, at: datetime, what: str, facts: str) -> None:
    found = connection.execute("SELECT state FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if found is None:
        raise WorkstationError(ErrorCode.NO_SUCH_JOB, name=job_id)
    _add_event(connection, EventRow(job_id=job_id, at=at, state=found["state"], what=what, facts=facts))


def _add_event(connection: sqlite3.Connection, event: EventRow) -> None:
    connection.execute(
        "INSERT INTO job_events (job_id, at, state, what, facts) VALUES (?, ?, ?, ?, ?)",
        (event.job_id, text_of(event.at), event.state, event.what, event.facts),
    )


def _stored(value: object) -> Value:
    if isinstance(value, datetime):
        return text_of(value)
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str | int | float | bytes):
        return value
    raise TypeError(type(value).__name__)


def _job(found: sqlite3.Row) -> JobRow:
    values: dict[str, object] = {name: found[name] for name in _COLUMNS}
    values.update({name: time_of(found[name]) for name in _TIMES})
    values.update({name: time_or_none(found[name]) for name in _TIMES_OR_NONE})
    values.update({name: bool(found[name]) for name in _FLAGS})
    return JobRow(**cast("dict[str, str]", values))  # type: ignore[arg-type]  # one name, one column: seen by a test
