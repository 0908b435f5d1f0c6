"""Files of an answer: fetched before anything else is done, as their links work for minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.job_query import PollStatus
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import CallKind
from workstation.domain.words import say
from workstation.domain.work import Progress
from workstation.jobs.links import without_signatures
from workstation.jobs.session import Session
from workstation.jobs.stored import notes_from_json, notes_json

_C = ErrorCode

# A file that is gone, or can't be one: the answer is paid for and is read without it, which is said.
_DONE_WITHOUT: Final = frozenset(
    {_C.LINK_EXPIRED, _C.TOO_LARGE, _C.BAD_ANSWER, _C.REFUSED, _C.SERVICE_FAILED, _C.FORBIDDEN}
)


def download(session: Session) -> None:
    """Fetch every file that the answer links to, then forget what signs the links; a file that can't be had is noted.

    raises BAD_ANSWER of the answer itself; UNREACHABLE, TIMED_OUT, NO_SPACE: the job goes on later; Cancelled
    """
    answers = session.world.ledger.answers
    stored = answers.of_job(session.id)
    if stored is None or not stored.answer:
        return
    missing = _fetch(session, session.world.service.file_links(stored.answer))
    if any(error.code is _C.LINK_EXPIRED for error in missing.values()):
        fresh = _fresh_links(session)
        if fresh:
            missing = _fetch(session, {path: fresh.get(path, "") for path in missing})
    for path, error in missing.items():
        _note_missing(session, path, error)
    plain = without_signatures(stored.answer)
    if plain != stored.answer:
        answers.save(session.id, plain, stored.raw, session.now())


def _fetch(session: Session, links: Mapping[str, str]) -> dict[str, WorkstationError]:
    """By wire path why a file could not be had; what is here already is not fetched again."""
    missing: dict[str, WorkstationError] = {}
    for number, (path, link) in enumerate(links.items()):
        session.reporter(Progress(number, len(links), say("Fetching the files of the answer")))
        try:
            session.world.files.fetch(session.id, path, link, session.cancel)
        except WorkstationError as error:
            if error.code not in _DONE_WITHOUT:
                raise
            missing[path] = error
    return missing


def _fresh_links(session: Session) -> Mapping[str, str]:
    """What the service gives when it is asked for the same job once more: new links, the documents leave it open.

    The answer itself stays the first one. raises UNREACHABLE, TIMED_OUT, Cancelled
    """
    world, number = session.world, session.row.service_job_id
    if not number:
        return {}
    try:
        answer = world.client.call(world.service.poll_call(number), CallKind.POLL, session.cancel)
        polled = world.service.read_poll(answer.body)
        return world.service.file_links(polled.result_text) if polled.status is PollStatus.DONE else {}
    except WorkstationError as error:
        if error.code in (_C.UNREACHABLE, _C.TIMED_OUT, _C.CANCELLED):
            raise
        return {}  # the service has forgotten the job, or says something else now: what is here counts


def _note_missing(session: Session, path: str, error: WorkstationError) -> None:
    note = say("A file of the answer could not be fetched: {name} ({code}).", name=path, code=error.code.value)
    notes = notes_from_json(session.row.notes)
    if note not in notes:
        session.go(session.state, "file-missing", {"path": path}, notes=notes_json((*notes, note)))
