"""One SQLite file: opened safely, brought up to date, written in whole transactions."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.records.migrations import MIGRATIONS, Step

Value = str | int | float | bytes | None
BUSY_SECONDS: Final = 20.0

# A full disk, and a file that may not grow (quota, size limit): SQLite tells them apart, a person need not.
_NO_SPACE: Final = frozenset(
    {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_FSYNC"}
)
_BUSY: Final = ("SQLITE_BUSY", "SQLITE_LOCKED")
_DAMAGED: Final = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
_CANNOT_WRITE: Final = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")


class Database:
    """One connection for all threads of this process, one at a time; other processes wait up to 20 s.

    raises SCHEMA_TOO_NEW, RECORDS_DAMAGED, RECORDS_BUSY, NO_SPACE, HOME_NOT_USABLE
    """

    def __init__(self, path: Path, migrations: Sequence[Step] = MIGRATIONS, *, durable: bool = True) -> None:
        """`durable` False: for what can be made again; the last writes may be lost in a power cut, none by halves."""
        self._lock = threading.RLock()
        with _meaning():
            _make_private(path)
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._open(migrations, durable)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        with self._lock, _meaning():
            self._connection.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on the disk when the block ends, or nothing is."""
        with self._lock, _meaning():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # some failures of the disk have rolled back already
                    self._connection.execute("ROLLBACK")
                raise

    def read(self, query: str, values: Sequence[Value] = ()) -> list[sqlite3.Row]:
        with self._lock, _meaning():
            return list(self._connection.execute(query, values))

    def compact(self) -> None:
        """Give back the room of what was deleted, so that none of it is left in the file."""
        with self._lock, _meaning():
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _open(self, migrations: Sequence[Step], durable: bool) -> None:
        connection = self._connection
        connection.row_factory = sqlite3.Row
        known = _version(connection)
        if known > len(migrations):
            raise WorkstationError(ErrorCode.SCHEMA_TOO_NEW)
        _switch_to_wal(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is replaced, such as a signed link, is overwritten
        # Each step of a paid job has to outlive a power cut; WAL's default syncs only at checkpoints.
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        for number, step in enumerate(migrations, start=1):
            self._migrate(number, step)

    def _migrate(self, number: int, step: Step) -> None:
        if _version(self._connection) >= number:
            return
        with self.write() as connection:
            if _version(connection) >= number:  # another process was faster
                return
            for statement in step():
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """The switch ignores the busy timeout while another process does the same."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith(_BUSY) or time.monotonic() > end:
                raise
            time.sleep(0.02)


def _make_private(path: Path) -> None:
    """Readable by the owner only, from the first byte; SQLite gives its side files the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


@contextmanager
def _meaning() -> Iterator[None]:
    """SQLite's and the disk's failures as ours; their text may hold a path, so it is dropped."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        raise WorkstationError(_code(getattr(error, "sqlite_errorname", ""))) from None
    except OSError:
        raise WorkstationError(ErrorCode.HOME_NOT_USABLE) from None


def _code(name: str) -> ErrorCode:
    if name in _NO_SPACE:
        return ErrorCode.NO_SPACE
    if name.startswith(_BUSY):
        return ErrorCode.RECORDS_BUSY
    if name.startswith(_DAMAGED):
        return ErrorCode.RECORDS_DAMAGED
    if name.startswith(_CANNOT_WRITE):
        return ErrorCode.HOME_NOT_USABLE
    raise RuntimeError(f"unexpected SQLite failure {name}")


def text_of(moment: datetime) -> str:
    """Times sort as text: UTC, always with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


def time_or_none(text: str | None) -> datetime | None:
    return None if text is None else time_of(text)
