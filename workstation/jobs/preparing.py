"""De-identified copies, made in a folder of the job's own, and the plan to send them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import Words
from workstation.jobs.job import JobState
from workstation.jobs.session import Session
from workstation.jobs.stored import PlannedFile, notes_from_json, notes_json, plan_json, sent_json


def start(session: Session) -> None:
    session.check()
    session.go(JobState.PREPARING, "preparing")


def prepare(session: Session) -> None:
    """Fill the job's folder afresh and keep what is needed to place the answer, in this or another process.

    raises STUDY_NEEDED, what the preparation raises, Cancelled
    """
    fill = session.world.prepare
    if fill is None:
        raise WorkstationError(ErrorCode.STUDY_NEEDED, name=session.id)
    session.check()
    try:
        remove(session.folder)
        session.folder.mkdir(parents=True, mode=0o700)
        prepared = fill(session.folder, session.row.salt, session.reporter, session.cancel)
        plan = tuple(planned(file, file.relative_to(session.folder).as_posix()) for file in prepared.files)
    except OSError:
        raise WorkstationError(ErrorCode.HOME_NOT_USABLE) from None
    session.check()
    session.world.ledger.uids.save(session.id, prepared.uid_map)
    session.go(
        JobState.UPLOADING,
        "prepared",
        {"files": len(plan), "bytes": sum(file.bytes for file in plan)},
        plan=plan_json(plan),
        sent_series=sent_json(prepared.sent),
        notes=_with_notes(session.row.notes, prepared.notes),
        files_total=len(plan),
        bytes_total=sum(file.bytes for file in plan),
        files_done=0,
        bytes_done=0,
    )


def _with_notes(stored: str, more: Iterable[Words]) -> str:
    """Notes are told once, also where copies are made anew."""
    notes = notes_from_json(stored)
    return notes_json((*notes, *(note for note in more if note not in notes)))


def planned(file: Path, name: str) -> PlannedFile:
    """Size and MD5 of one copy as it lies on the disk. raises OSError"""
    digest = hashlib.md5(usedforsecurity=False)
    with file.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
        size = stream.tell()
    return PlannedFile(name, size, digest.hexdigest())


def is_as_planned(file: Path, plan: PlannedFile) -> bool:
    try:
        return planned(file, plan.name) == plan
    except OSError:
        return False


def remove(folder: Path) -> None:
    """The copies are gone afterwards. raises OSError where one is still open (Windows)"""
    if folder.exists():
        shutil.rmtree(folder)
