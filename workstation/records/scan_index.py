"""What a scan learned from files, so that an unchanged file is not read again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from workstation.records.database import Database


class ScanIndex:
    """path, bytes, changed_ns (mtime) → an opaque blob. Only a digest of the path is kept; the blob's maker answers
    for what is in it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, path: str, size: int, changed_ns: int) -> bytes | None:
        """What was learned from exactly this state of the file."""
        query = "SELECT learned FROM scan_index WHERE path = ? AND bytes = ? AND changed_ns = ?"
        found = self._database.read(query, (_digest(path), size, changed_ns))
        return bytes(found[0]["learned"]) if found else None

    def get_many(self, files: Sequence[tuple[str, int, int]]) -> dict[str, bytes]:
        """The same for many files (path, bytes, changed_ns) at once; those not known are absent."""
        known: dict[str, bytes] = {}
        for start in range(0, len(files), 500):
            part = {_digest(path): (path, size, changed) for path, size, changed in files[start : start + 500]}
            marks = ", ".join("?" * len(part))
            for found in self._database.read(f"SELECT * FROM scan_index WHERE path IN ({marks})", tuple(part)):
                path, size, changed = part[bytes(found["path"])]
                if (found["bytes"], found["changed_ns"]) == (size, changed):
                    known[path] = bytes(found["learned"])
        return known

    def put(self, files: Iterable[tuple[str, int, int, bytes]]) -> None:
        """(path, bytes, changed_ns, learned) of each file; what was known of it before is replaced."""
        values = [(_digest(path), size, changed, learned) for path, size, changed, learned in files]
        with self._database.write() as connection:
            connection.executemany("INSERT OR REPLACE INTO scan_index VALUES (?, ?, ?, ?)", values)

    def clear(self) -> None:
        with self._database.write() as connection:
            connection.execute("DELETE FROM scan_index")


def _digest(path: str) -> bytes:
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).digest()
