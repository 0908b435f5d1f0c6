"""The number of a paid call, kept where a full disk can't lose it.

Space for it is taken before the call, so that writing it down afterwards needs none.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError

_BYTES: Final = 512


class Receipts:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, job_id: str) -> None:
        """Take the space. raises NO_SPACE"""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(self._path(job_id), b" " * _BYTES, os.O_CREAT | os.O_TRUNC)
        except OSError:
            raise WorkstationError(ErrorCode.NO_SPACE) from None

    def write(self, job_id: str, number: str) -> None:
        """The service's number for the call, over the space taken. A failure is not raised: the ledger is next."""
        try:
            _write(self._path(job_id), number.encode().ljust(_BYTES)[:_BYTES], 0)
        except OSError:
            return

    def read(self, job_id: str) -> str:
        """The number, or "" where none was written."""
        try:
            return self._path(job_id).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    def close(self, job_id: str) -> None:
        """The number stands in the ledger, or there is none."""
        self._path(job_id).unlink(missing_ok=True)

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.receipt"


def _write(path: Path, content: bytes, flags: int) -> None:
    file = os.open(path, os.O_WRONLY | flags | getattr(os, "O_BINARY", 0), 0o600)
    try:
        os.write(file, content)
        os.fsync(file)
    finally:
        os.close(file)
