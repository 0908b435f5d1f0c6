"""Files that made a reader fail: remembered as long as they are unchanged, and not read again."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from workstation.domain.error import ErrorCode, WorkstationError

log = logging.getLogger(__name__)


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
        self._asked = True

    def keep_in(self, quarantine: Quarantine | None) -> None:
        """Take over what is known there, when it is first asked for, and write there what comes; None: no longer."""
        with self._lock:
            self._kept, self._asked = quarantine, quarantine is None

    def forget(self) -> None:
        """Everything may be read again; what the quarantine keeps is its owner's to clear."""
        with self._lock:
            self._files, self._asked = {}, True

    @property
    def files(self) -> Mapping[bytes, Barred]:
        """By digest of the path. A mapping that was given out does not change."""
        with self._lock:
            if not self._asked and self._kept is not None:
                self._asked = True
                with _without_quarantine():
                    self._files = self._files | {file.path: file for file in self._kept.barred()}
            return self._files

    def reason(self, path: str) -> ErrorCode | None:
        return reason(self.files, path)

    def bar(self, path: str, code: ErrorCode) -> None:
        state = _state(path)
        if state is None:
            return
        file = Barred(digest(path), *state, code)
        with self._lock:
            self._files = self._files | {file.path: file}
            kept = self._kept
        if kept is not None:
            with _without_quarantine():
                kept.bar(file)


@contextmanager
def _without_quarantine() -> Iterator[None]:
    """Where the records can't be read or written, this program remembers for itself, and that is said in the log."""
    try:
        yield
    except WorkstationError as error:
        log.warning("files that made the reader fail can't be remembered: %s", error.code)


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


BARRIER: Final = Barrier()  # of this program
