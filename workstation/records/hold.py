"""One worker a job: a lock of the operating system, so that it is free again however the holder ended."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workstation.domain.error import ErrorCode, WorkstationError

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def hold(folder: Path, job_id: str) -> Iterator[None]:
    """Nobody else (thread or process) holds this job inside the block.

    raises JOB_BUSY, CANNOT_WRITE
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(folder / f"{job_id}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        raise WorkstationError(ErrorCode.CANNOT_WRITE) from None
    try:
        try:
            _lock(file)
        except OSError:
            raise WorkstationError(ErrorCode.JOB_BUSY, name=job_id) from None
        yield
    finally:
        os.close(file)  # closing frees the lock, here and when the process is killed


def is_held(folder: Path, job_id: str) -> bool:
    """Whether somebody works on the job at this moment."""
    if not (folder / f"{job_id}.lock").exists():
        return False
    try:
        with hold(folder, job_id):
            return False
    except WorkstationError as error:
        return error.code is ErrorCode.JOB_BUSY
