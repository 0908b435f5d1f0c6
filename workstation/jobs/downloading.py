"""Files of an answer: fetched before anything else is done, as their links work for minutes."""

from __future__ import annotations

from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import say
from workstation.domain.work import Progress
from workstation.jobs.session import Session
from workstation.jobs.stored import notes_from_json, notes_json

_C = ErrorCode

# A file that is gone, or can't be one: the answer is paid for and is read without it, which is said.
_DONE_WITHOUT: Final = frozenset(
    {_C.LINK_EXPIRED, _C.TOO_LARGE, _C.BAD_ANSWER, _C.REFUSED, _C.SERVICE_FAILED, _C.FORBIDDEN}
)


def download(session: Session) -> None:
    """Fetch every file that the answer links to; one that can't be had is noted.

    raises BAD_ANSWER of the answer itself; UNREACHABLE, TIMED_OUT, NO_SPACE: the job goes on later; Cancelled
    """
    world = session.world
    stored = world.ledger.answers.of_job(session.id)
    links = world.service.file_links(stored.answer) if stored is not None and stored.answer else {}
    for number, (path, link) in enumerate(links.items()):
        session.reporter(Progress(number, len(links), say("Fetching the files of the answer")))
        try:
            world.files.fetch(session.id, path, link, session.cancel)
        except WorkstationError as error:
            if error.code not in _DONE_WITHOUT:
                raise
            _note_missing(session, path, error)


def _note_missing(session: Session, path: str, error: WorkstationError) -> None:
    note = say("A file of the answer could not be fetched: {name} ({code}).", name=path, code=error.code.value)
    notes = notes_from_json(session.row.notes)
    if note not in notes:
        session.go(session.state, "file-missing", {"path": path}, notes=notes_json((*notes, note)))
