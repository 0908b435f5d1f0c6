"""What scans learned of folders, so that unchanged files are not read again: a file of its own beside the records."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.records.database import Database

KEPT_DAYS: Final = 90  # since a scan last asked for the folder
LARGEST: Final = 512 * 2**20  # bytes of all that is kept; 100,000 files take about 20 MB
_DAY_S: Final = 86_400


class ScanIndex:
    """folder → an opaque blob, whose maker answers for what is in it: names of patients, among other things.

    So it lies in the user's own folder, readable by the owner only, can be forgotten at any time, and forgets by
    itself what nobody opened for 90 days. All of it can be learned again: it is not synced to the disk at each step,
    and a damaged file is replaced by an empty one. Safe between threads and processes.

    raises (opening) HOME_NOT_USABLE, NO_SPACE; (any call) RECORDS_BUSY, RECORDS_DAMAGED, NO_SPACE, HOME_NOT_USABLE
    """

    def __init__(self, path: Path, now_s: Callable[[], float] = time.time, largest: int = LARGEST) -> None:
        self._now_s, self._largest = now_s, largest
        self._asked: set[bytes] = set()  # since the last `put`, and not noted today
        try:
            self._database = _open(path)
        except WorkstationError as error:
            if error.code not in (ErrorCode.RECORDS_DAMAGED, ErrorCode.SCHEMA_TOO_NEW):
                raise
            for suffix in ("", "-wal", "-shm"):
                with suppress(OSError):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
            self._database = _open(path)

    def get(self, folder: str) -> bytes | None:
        """What was put last for this folder."""
        place = _digest(folder)
        found = self._database.read("SELECT used_day, learned FROM folders WHERE place = ?", (place,))
        if not found:
            return None
        if found[0]["used_day"] != self._today():
            self._asked.add(place)
        return bytes(found[0]["learned"])

    def put(self, learned: Iterable[tuple[str, bytes]]) -> None:
        """Blobs of some folders, in place of those before; what is old or too much for the limit goes."""
        today = self._today()
        values = [(_digest(folder), today, len(blob), blob) for folder, blob in learned]
        asked, self._asked = self._asked, set()
        if not values and not asked:
            return
        with self._database.write() as connection:
            connection.executemany("UPDATE folders SET used_day = ? WHERE place = ?", [(today, one) for one in asked])
            connection.executemany("INSERT OR REPLACE INTO folders VALUES (?, ?, ?, ?)", values)
            connection.execute("DELETE FROM folders WHERE used_day < ?", (today - KEPT_DAYS,))
            _shrink(connection, self._largest)

    def clear(self) -> None:
        """Forget everything, so that nothing of it can be found in the file either."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM folders")
        self._database.compact()

    def close(self) -> None:
        self._database.close()

    def _today(self) -> int:
        return int(self._now_s() // _DAY_S)


def folders() -> tuple[str, ...]:
    """One blob a folder. The path is kept as a digest: it may hold a name."""
    return (
        """
        CREATE TABLE folders (
            place BLOB PRIMARY KEY, used_day INTEGER NOT NULL, bytes INTEGER NOT NULL, learned BLOB NOT NULL
        ) STRICT
        """,
        "CREATE INDEX folders_by_use ON folders (used_day, bytes)",
    )


def _open(path: Path) -> Database:
    return Database(path, (folders,), durable=False)


def _shrink(connection: sqlite3.Connection, largest: int) -> None:
    """The folders that were not asked for the longest go until the rest is within the limit."""
    excess = connection.execute("SELECT total(bytes) FROM folders").fetchone()[0] - largest
    if excess <= 0:
        return
    for place, size in connection.execute("SELECT place, bytes FROM folders ORDER BY used_day").fetchall():
        connection.execute("DELETE FROM folders WHERE place = ?", (place,))
        excess -= size
        if excess <= 0:
            return


def _digest(path: str) -> bytes:
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).digest()
