"""Signed readings and their addenda: added, never changed, read back with their digests."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.own_finding import own_job
from workstation.domain.signing import chained
from workstation.records.database import Database, text_of

_HELD: Final = (
    "SELECT max(json_extract(content, '$.at')) AS until FROM signings WHERE kind = 'signature' "
    "AND json_valid(content) AND job_id IN (SELECT id FROM jobs WHERE stack_id = ? UNION SELECT ?)"
)

_NOTED: Final = (
    ("measures", "measure_id, kind, place, text, reader, at", "kind <> ''", "GROUP BY measure_id"),
    ("drawn_masks", "mask_id, about, name, packed, reader, at", "about <> ''", "GROUP BY mask_id"),
    ("rulers", "mm_per_pixel, reader, at", "mm_per_pixel > 0", ""),
)
_NEWEST: Final = (
    "SELECT {columns} FROM {table} WHERE {there} AND number IN "
    "(SELECT max(number) FROM {table} WHERE stack_id = ? AND at <= ? {each}) ORDER BY number"
)


@dataclass(frozen=True, slots=True)
class StoredSigning:
    """The signature's text and those of its addenda, oldest first. `intact`: every digest is that of its text."""

    texts: tuple[str, ...]
    digests: tuple[str, ...]

    @property
    def intact(self) -> bool:
        return self.digests == chained(self.texts)


class SigningTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def sign(self, job_id: str, content: str) -> str:
        """Returns the digest. raises READING_SIGNED"""
        (digest,) = chained((content,))
        with self._database.write() as connection:
            self._insert(connection, job_id, "signature", content, digest, ErrorCode.READING_SIGNED)
        return digest

    def add(self, job_id: str, content: str) -> None:
        """An addendum. raises NOT_SIGNED"""
        with self._database.write() as connection:
            last = connection.execute(
                "SELECT digest FROM signings WHERE job_id = ? ORDER BY number DESC LIMIT 1", (job_id,)
            ).fetchone()
            # From the digest that is kept, so that an addendum can't heal what was changed before it.
            (digest,) = chained((content,), str(last["digest"]) if last is not None else "")
            self._insert(connection, job_id, "addendum", content, digest, ErrorCode.NOT_SIGNED)

    def of_job(self, job_id: str) -> StoredSigning | None:
        rows = self._database.read(
            "SELECT content, digest FROM signings WHERE job_id = ? ORDER BY kind = 'addendum', number", (job_id,)
        )
        if not rows:
            return None
        return StoredSigning(tuple(str(r["content"]) for r in rows), tuple(str(r["digest"]) for r in rows))

    def noted(self, stack_id: str, until: datetime) -> tuple[str, ...]:
        """What readers had measured and drawn on a series at that time, and its ruler, each as it is kept."""
        texts: list[str] = []
        for table, columns, there, each in _NOTED:
            query = _NEWEST.format(table=table, columns=columns, there=there, each=each)
            rows = self._database.read(query, (stack_id, text_of(until)))
            texts += (json.dumps([v.hex() if isinstance(v, bytes) else v for v in tuple(row)]) for row in rows)
        return tuple(texts)

    def _insert(
        self, connection: sqlite3.Connection, job_id: str, kind: str, content: str, digest: str, refused: ErrorCode
    ) -> None:
        try:
            connection.execute(
                "INSERT INTO signings (job_id, kind, content, digest) VALUES (?, ?, ?, ?)",
                (job_id, kind, content, digest),
            )
        except sqlite3.IntegrityError:
            raise WorkstationError(refused) from None


def held_until(connection: sqlite3.Connection, stack_id: str) -> str:
    """When a reading of a series was signed last, also by another window; "" where all are drafts. Within a write."""
    found = connection.execute(_HELD, (stack_id, own_job(stack_id))).fetchone()
    return str(found["until"] or "")
