"""Files that made a reader fail: remembered as long as they are unchanged, and not read again."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from workstation.domain.error import ErrorCode, WorkstationError

KILLERS: Final = frozenset({ErrorCode.KILLED_READER, ErrorCode.TIMED_OUT_READING, ErrorCode.READING_MEMORY})


@dataclass(frozen=True, slots=True)
class Barred:
    """One file in one state. `path`: SHA-256 of the path, which may hold a name; of a member of an archive size and
    time are the archive's."""

    path: bytes
    size: int
    changed_ns: int
    code: ErrorCode


class Quarantine(Protocol):
    """Where barred files outlive the program. raises (any) WorkstationError"""

    def barred(self) -> Iterable[Barred]: ...
    def bar(self, file: Barred) -> None: ...


class Barrier:
    """Which files are not to be read. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[bytes, Barred] = {}
        self._kept: Quarantine | None = None

    def keep_in(self, quarantine: Quarantine) -> None:
        """Take over what is known there, and write there what comes. raises as the quarantine"""
        with self._lock:
            self._files |= {file.path: file for file in quarantine.barred()}
            self._kept = quarantine

    def forget(self) -> None:
        """Everything may be read again in this process; what the quarantine keeps is its owner's to clear."""
        with self._lock:
            self._files.clear()

    @property
    def files(self) -> Mapping[bytes, Barred]:
        return self._files

    def reason(self, path: str) -> ErrorCode | None:
        return reason(self._files, path)

    def check(self, path: str) -> None:
        """raises the error that the file earned in its present state"""
        if self._files and (code := reason(self._files, path)) is not None:
            raise WorkstationError(code)

    def bar(self, path: str, code: ErrorCode) -> None:
        state = _state(path)
        if state is None:
            return
        file = Barred(digest(path), *state, code)
        with self._lock:
            # A new mapping, because another thread may be handing the old one to a worker.
            self._files = self._files | {file.path: file}
            kept = self._kept
        if kept is not None:
            kept.bar(file)


def reason(files: Mapping[bytes, Barred], path: str) -> ErrorCode | None:
    """Why a file in its present state is not to be read."""
    if not files or (file := files.get(digest(path))) is None:
        return None
    return file.code if _state(path) == (file.size, file.changed_ns) else None


def digest(path: str) -> bytes:
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).digest()


def _state(path: str) -> tuple[int, int] | None:
    """Size and time of the file, or of the archive that holds it."""
    while True:
        try:
            status = os.stat(path)  # noqa: PTH116
        except (OSError, ValueError):
            path, inside, _ = path.rpartition("!/")
            if not inside:
                return None
            continue
        return status.st_size, status.st_mtime_ns
