"""Slices that were looked at, by series and reader."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from workstation.domain.coverage import Coverage, WindowGroup
from workstation.records.database import Database, text_of


class CoverageTable:
    """Series and reader are kept as one digest: no name, no UID, and what one reader looked at is not another's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, stack_id: str, reader: str, coverage: Coverage, at: datetime) -> None:
        """Join with what is kept; of a series that has another number of slices now, what was kept is dropped."""
        key = _key(stack_id, reader)
        with self._database.write() as connection:
            connection.execute("DELETE FROM coverage WHERE series = ? AND slices <> ?", (key, coverage.slices))
            for group, bits in coverage.seen.items():
                found = connection.execute(
                    "SELECT seen FROM coverage WHERE series = ? AND window_group = ?", (key, group.value)
                ).fetchone()
                kept = int(found["seen"], 16) if found is not None else 0
                connection.execute(
                    "INSERT OR REPLACE INTO coverage VALUES (?, ?, ?, ?, ?)",
                    (key, group.value, coverage.slices, f"{bits | kept:x}", text_of(at)),
                )

    def of_stack(self, stack_id: str, reader: str, slices: int) -> Coverage:
        """What this reader looked at, of a series with so many slices."""
        rows = self._database.read(
            "SELECT window_group, seen FROM coverage WHERE series = ? AND slices = ?",
            (_key(stack_id, reader), slices),
        )
        return Coverage(slices, dict(_known((str(r["window_group"]), str(r["seen"])) for r in rows)))


def _known(rows: Iterator[tuple[str, str]]) -> Iterator[tuple[WindowGroup, int]]:
    names = {group.value: group for group in WindowGroup}
    return ((names[group], int(seen, 16)) for group, seen in rows if group in names)


def _key(stack_id: str, reader: str) -> bytes:
    return hashlib.sha256(f"{reader}\n{stack_id}".encode()).digest()
