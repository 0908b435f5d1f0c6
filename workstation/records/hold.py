"""One worker a job: a lock of the operating system, so that it is free again however the holder ended."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


_LOOK_TRIES: Final = 10  # another process may look at this very moment whether the job is held
_LOOK_S: Final = 0.02


@contextmanager
def hold(folder: Path, job_id: str, tries: int = _LOOK_TRIES) -> Iterator[None]:
    """Nobody else (thread or process) holds this job inside the block.

    raises JOB_BUSY, HOME_NOT_USABLE
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(folder / f"{job_id}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        raise WorkstationError(ErrorCode.HOME_NOT_USABLE) from None
    try:
        _locked(file, job_id, tries)
        yield
    finally:
        os.close(file)  # closing frees the lock, here and when the process is killed


def _locked(file: int, job_id: str, tries: int) -> None:
    for tried in range(1, tries + 1):
        try:
            _lock(file)
        except OSError:
            if tried == tries:
                raise WorkstationError(ErrorCode.JOB_BUSY, name=job_id) from None
            time.sleep(_LOOK_S)
        else:
            return


def is_held(folder: Path, job_id: str) -> bool:
    """Whether somebody works on the job at this moment."""
    if not (folder / f"{job_id}.lock").exists():
        return False
    try:
        with hold(folder, job_id, tries=1):
            return False
    except WorkstationError as error:
        return error.code is ErrorCode.JOB_BUSY
