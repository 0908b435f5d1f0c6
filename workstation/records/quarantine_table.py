"""Files that made the process end that read them, until they change or a person wants them to be tried again."""

from __future__ import annotations

from workstation.records.database import Database
from workstation.records.rows import QuarantineRow


class QuarantineTable:
    """Of the path only a digest is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[QuarantineRow, ...]:
        found = self._database.read("SELECT path, bytes, changed_ns, code FROM quarantine")
        return tuple(
            QuarantineRow(path=bytes(row["path"]), bytes=row["bytes"], changed_ns=row["changed_ns"], code=row["code"])
            for row in found
        )

    def put(self, row: QuarantineRow) -> None:
        """In place of what was known of the same path."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?)", (row.path, row.bytes, row.changed_ns, row.code)
            )

    def clear(self) -> None:
        with self._database.write() as connection:
            connection.execute("DELETE FROM quarantine")
