"""The object store's shelves: one file per object under a name that says nothing, an index in SQLite."""

from __future__ import annotations

import errno
import hashlib
import json
import secrets
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from workstation.localcloud.refusal import NoSpace

_FULL: Final = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_LAST: Final = chr(sys.maxunicode)


@contextmanager
def space_checked() -> Iterator[None]:
    """raises NoSpace for the errors of a full disk, of files and of the database"""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace from error
        raise
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise NoSpace from error
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One stored object. `etag` without quotes; `modified` seconds since 1970."""

    key: str
    path: Path
    size: int
    etag: str
    content_type: str
    meta: Mapping[str, str]
    modified: float


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    path: Path
    size: int
    etag: str
    modified: float


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart upload that was begun and neither completed nor aborted."""

    id: str
    bucket: str
    key: str
    content_type: str
    meta: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of keys: objects and common prefixes in order; `next` is the last name of the page, empty at the end."""

    entries: tuple[Entry, ...]
    prefixes: tuple[str, ...]
    next: str


class Incoming:
    """A file being received. Leaves nothing behind unless it was kept."""

    def __init__(self, path: Path, room: int | None) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._room = room
        self.path, self.size, self.kept = path, 0, False

    def __enter__(self) -> Self:
        with space_checked():
            self._file = self.path.open("xb")
        return self

    def write(self, chunk: bytes) -> None:
        """raises NoSpace"""
        self.size += len(chunk)
        if self._room is not None and self.size > self._room:
            raise NoSpace
        with space_checked():
            self._file.write(chunk)
        self._md5.update(chunk)

    def close(self) -> None:
        """Everything is on disk. raises NoSpace"""
        with space_checked():
            self._file.close()

    @property
    def md5(self) -> bytes:
        return self._md5.digest()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # a full disk says so once more for what was still buffered; the file goes anyhow
            self._file.close()
        if not self.kept:
            self.path.unlink(missing_ok=True)


class Shelves:
    """Objects and multipart uploads of all buckets. Every change is one transaction; a replaced file goes last."""

    def __init__(
        self, folder: Path, database: sqlite3.Connection, now: Callable[[], float], max_bytes: int | None = None
    ) -> None:
        self._folder, self._database, self._now, self._max_bytes = folder, database, now, max_bytes
        folder.mkdir(exist_ok=True)
        self._sweep()

    def _sweep(self) -> None:
        """What a kill left half written, or what Windows could not delete while it was being read."""
        known = {name for (name,) in self._database.execute("SELECT file FROM objects UNION SELECT file FROM parts")}
        for file in self._folder.iterdir():
            if file.name not in known:
                file.unlink(missing_ok=True)

    def incoming(self, bucket: str, key: str) -> Incoming:
        name = hashlib.sha256(f"{bucket}/{key}".encode()).hexdigest()[:40] + secrets.token_hex(8)
        room = None if self._max_bytes is None else self._max_bytes - self.bytes_held()
        return Incoming(self._folder / name, room)

    def bytes_held(self) -> int:
        (total,) = self._database.execute(
            "SELECT (SELECT COALESCE(SUM(size), 0) FROM objects) + (SELECT COALESCE(SUM(size), 0) FROM parts)"
        ).fetchone()
        return int(total)

    def _discard(self, names: Iterable[str]) -> None:
        for name in names:
            with suppress(PermissionError):  # Windows: someone still reads it; the next start sweeps it
                (self._folder / name).unlink(missing_ok=True)

    def keep(
        self,
        incoming: Incoming,
        bucket: str,
        key: str,
        *,
        content_type: str,
        meta: Mapping[str, str],
        etag: str = "",
        gone_at: float | None = None,
    ) -> Entry:
        """Make a received file the object of that name, in place of an older one. raises NoSpace"""
        incoming.close()
        etag = etag or incoming.md5.hex().upper()
        old = self._database.execute("SELECT file FROM objects WHERE bucket=? AND key=?", (bucket, key)).fetchone()
        row = (bucket, key, incoming.path.name, incoming.size, etag, content_type, json.dumps(dict(meta)))
        with space_checked():
            self._database.execute("REPLACE INTO objects VALUES (?,?,?,?,?,?,?,?,?)", (*row, self._now(), gone_at))
        incoming.kept = True
        if old:
            self._discard(old)
        entry = self.find(bucket, key)
        assert entry is not None
        return entry

    def _entry(self, row: tuple[str, str, int, str, str, str, float]) -> Entry:
        key, file, size, etag, content_type, meta, modified = row
        return Entry(
            key=key,
            path=self._folder / file,
            size=size,
            etag=etag,
            content_type=content_type,
            meta=json.loads(meta),
            modified=modified,
        )

    def find(self, bucket: str, key: str) -> Entry | None:
        row = self._database.execute(
            "SELECT key, file, size, etag, content_type, meta, modified FROM objects WHERE bucket=? AND key=?",
            (bucket, key),
        ).fetchone()
        return self._entry(row) if row else None

    def delete(self, bucket: str, key: str) -> None:
        """Also fine when there is none, as the vendor's store says."""
        row = self._database.execute("SELECT file FROM objects WHERE bucket=? AND key=?", (bucket, key)).fetchone()
        if row:
            self._database.execute("DELETE FROM objects WHERE bucket=? AND key=?", (bucket, key))
            self._discard(row)

    def delete_outlived(self) -> None:
        """Result files whose time is over."""
        rows = self._database.execute("SELECT bucket, key FROM objects WHERE gone_at < ?", (self._now(),)).fetchall()
        for bucket, key in rows:
            self.delete(bucket, key)

    def listing(self, bucket: str, *, prefix: str, delimiter: str, after: str, most: int) -> Listing:
        """Keys that begin with `prefix`, in byte order, after `after`; those with `delimiter` later on are folded."""
        entries: list[Entry] = []
        prefixes: list[str] = []
        last = ""
        floor = max(after, prefix)
        folded = delimiter and after.startswith(prefix) and after.endswith(delimiter)
        rows = self._database.execute(
            "SELECT key, file, size, etag, content_type, meta, modified FROM objects"
            " WHERE bucket=? AND key>=? AND key<? ORDER BY key",
            (bucket, floor, prefix + _LAST),
        )
        for row in rows:
            key: str = row[0]
            if key == after or (folded and key.startswith(after)):
                continue
            cut = key.find(delimiter, len(prefix)) if delimiter else -1
            name = key[: cut + len(delimiter)] if cut >= 0 else key
            if cut >= 0 and prefixes and prefixes[-1] == name:
                continue
            if len(entries) + len(prefixes) == most:
                return Listing(tuple(entries), tuple(prefixes), last)
            if cut >= 0:
                prefixes.append(name)
            else:
                entries.append(self._entry(row))
            last = name
        return Listing(tuple(entries), tuple(prefixes), "")

    # multipart

    def begin_upload(self, bucket: str, key: str, content_type: str, meta: Mapping[str, str]) -> Upload:
        upload = Upload(secrets.token_hex(16).upper(), bucket, key, content_type, meta)
        self._database.execute(
            "INSERT INTO uploads VALUES (?,?,?,?,?)", (upload.id, bucket, key, content_type, json.dumps(dict(meta)))
        )
        return upload

    def find_upload(self, bucket: str, key: str, upload: str) -> Upload | None:
        row = self._database.execute(
            "SELECT id, bucket, key, content_type, meta FROM uploads WHERE id=? AND bucket=? AND key=?",
            (upload, bucket, key),
        ).fetchone()
        return Upload(row[0], row[1], row[2], row[3], json.loads(row[4])) if row else None

    def keep_part(self, incoming: Incoming, upload: Upload, number: int) -> Part:
        """raises NoSpace"""
        incoming.close()
        etag = incoming.md5.hex().upper()
        where = (upload.id, number)
        old = self._database.execute("SELECT file FROM parts WHERE upload=? AND number=?", where).fetchone()
        row = (*where, incoming.path.name, incoming.size, etag, self._now())
        with space_checked():
            self._database.execute("REPLACE INTO parts VALUES (?,?,?,?,?,?)", row)
        incoming.kept = True
        if old:
            self._discard(old)
        return Part(number, incoming.path, incoming.size, etag, row[-1])

    def parts(self, upload: Upload, after: int = 0) -> list[Part]:
        rows = self._database.execute(
            "SELECT number, file, size, etag, modified FROM parts WHERE upload=? AND number>? ORDER BY number",
            (upload.id, after),
        )
        return [Part(number, self._folder / file, *rest) for number, file, *rest in rows]

    def end_upload(self, upload: Upload) -> None:
        """Forget the upload and its parts, after it was completed or aborted."""
        files = [part.path.name for part in self.parts(upload)]
        self._database.execute("BEGIN")
        self._database.execute("DELETE FROM parts WHERE upload=?", (upload.id,))
        self._database.execute("DELETE FROM uploads WHERE id=?", (upload.id,))
        self._database.execute("COMMIT")
        self._discard(files)
