"""The plain list of what left this PC."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from workstation.records.database import Database, text_of, time_of, time_or_none
from workstation.records.rows import SentRow


class SentTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, rows: Iterable[SentRow]) -> None:
        """Written before anything goes out; what is known already is left as it is."""
        values = [(r.job_id, r.connection, r.bucket, r.key, r.bytes, text_of(r.planned)) for r in rows]
        with self._database.write() as connection:
            connection.executemany(
                "INSERT INTO sent (job_id, connection, bucket, key, bytes, planned) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET bytes = excluded.bytes, deleted = NULL",
                values,
            )

    def confirm(self, job_id: str, bucket: str, keys: Sequence[str], at: datetime) -> None:
        """The objects arrived; an earlier time stays."""
        values = [(text_of(at), job_id, bucket, key) for key in keys]
        with self._database.write() as connection:
            connection.executemany(
                "UPDATE sent SET sent = ? WHERE job_id = ? AND bucket = ? AND key = ? AND sent IS NULL", values
            )

    def deleted(self, job_id: str, bucket: str, keys: Sequence[str], at: datetime) -> None:
        """The objects are gone there."""
        values = [(text_of(at), job_id, bucket, key) for key in keys]
        with self._database.write() as connection:
            connection.executemany("UPDATE sent SET deleted = ? WHERE job_id = ? AND bucket = ? AND key = ?", values)

    def left(self, job_id: str) -> tuple[SentRow, ...]:
        """Objects of a job that may still be there."""
        query = "SELECT * FROM sent WHERE job_id = ? AND deleted IS NULL ORDER BY key"
        return tuple(map(_sent, self._database.read(query, (job_id,))))

    def of_job(self, job_id: str) -> tuple[SentRow, ...]:
        return tuple(map(_sent, self._database.read("SELECT * FROM sent WHERE job_id = ? ORDER BY key", (job_id,))))

    def everything(self) -> tuple[SentRow, ...]:
        """All that ever left, oldest first."""
        return tuple(map(_sent, self._database.read("SELECT * FROM sent ORDER BY planned, job_id, key")))

    def jobs_to_sweep(self) -> tuple[str, ...]:
        """Ended jobs that may still have objects there."""
        query = (
            "SELECT DISTINCT sent.job_id AS id FROM sent JOIN jobs ON jobs.id = sent.job_id "
            "WHERE deleted IS NULL AND jobs.final ORDER BY jobs.created"
        )
        return tuple(str(found["id"]) for found in self._database.read(query))


def _sent(found: sqlite3.Row) -> SentRow:
    return SentRow(
        job_id=found["job_id"],
        connection=found["connection"],
        bucket=found["bucket"],
        key=found["key"],
        bytes=found["bytes"],
        planned=time_of(found["planned"]),
        sent=time_or_none(found["sent"]),
        deleted=time_or_none(found["deleted"]),
    )
