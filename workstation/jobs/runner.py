"""Walking one job through its states, from wherever it stands."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from workstation.domain.answer import AnalysisResult, SentSeries, ServiceAnswer
from workstation.domain.covering import covering_json
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.photo_mask import mask_json
from workstation.domain.sentences import SENTENCES, Retry
from workstation.domain.work import CancelToken, Reporter, silent
from workstation.jobs.cleaning import clean
from workstation.jobs.consent import check_consent, consent_json, estimate_cost
from workstation.jobs.downloading import download
from workstation.jobs.finish import Finished, finished
from workstation.jobs.job import Job, JobState, NewJob, job_of
from workstation.jobs.listed import cancel_waiting, has_list
from workstation.jobs.ports import World
from workstation.jobs.preparing import prepare, start
from workstation.jobs.session import Session
from workstation.jobs.stored import canonical_json, notes_json, others_json
from workstation.jobs.submitting import recover, submit
from workstation.jobs.uploading import upload
from workstation.jobs.waiting import wait
from workstation.records import JobRow
from workstation.records.calls_table import BILLED, FREE, UNKNOWN

_C = ErrorCode
_TRIES: Final = 5
_FIRST_WAIT_S: Final = 2.0

# The job stays where it is and can go on once the reason is gone; what was uploaded stays for it.
_PASSING_RETRIES: Final = (Retry.BACKOFF, Retry.NOW, Retry.AFTER_FIX)
_PASSING: Final = frozenset(
    {
        *(_C.NO_SPACE, _C.CANNOT_WRITE, _C.HOME_NOT_USABLE, _C.OUT_OF_MEMORY),
        *(_C.RECORDS_BUSY, _C.STUDY_NEEDED, _C.TIMED_OUT),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JobOutcome:
    """How a run ended, as the ledger has it.

    error         None when the job is done; otherwise what to tell (OUTCOME_UNKNOWN: ask a person; CANCELLED)
    result        the placed result of a job that is done; `answer`, `raw` and `sent` are what it was made of
    objects_left  objects that could not be deleted there; they are tried again at the next start
    """

    job: Job
    error: WorkstationError | None
    answer: ServiceAnswer | None = None
    raw: str = ""
    sent: SentSeries | None = None
    result: AnalysisResult | None = None
    objects_left: int = 0

    def placed(self) -> AnalysisResult:
        """The result. raises the error of a job that has none; Cancelled, also where the ledger only has its code"""
        if self.job.state is JobState.CANCELLED:
            raise Cancelled
        if self.result is None:
            raise self.error or WorkstationError(ErrorCode.NOT_FOUND)
        return self.result


def create(new: NewJob, world: World) -> Job:
    """Write down a new job; nothing else is done yet.

    raises NO_CONSENT, TOO_EXPENSIVE, OVER_MONTH_LIMIT, JOB_ACTIVE
    """
    now = world.clock.now()
    cost = estimate_cost(world.service, new.parameters, world.connection, world.kind, world.ledger, now)
    check_consent(new.consent, world.kind, cost, world.ledger, now)
    row = JobRow(
        id=secrets.token_hex(4).upper(),
        operation=new.operation,
        connection=world.connection,
        source=world.service.source,
        stack_id=new.stack_id,
        study_uid=new.study_uid,
        parameters=canonical_json(new.parameters),
        others=others_json(new.others),
        state=JobState.CREATED.value,
        created=now,
        updated=now,
        salt=secrets.token_bytes(32),
        prefix=world.prefix,
        consent=consent_json(new.consent),
        notes=notes_json(new.notes),
        covering=covering_json(new.covering),
        mask=mask_json(new.mask),
    )
    world.ledger.jobs.create(row, forced=new.forced)
    return job_of(row)


def run(
    what: str | NewJob,
    world: World,
    reporter: Reporter = silent,
    cancel: CancelToken | None = None,
    *,
    keep: bool = False,
) -> JobOutcome:
    """Take a new job, or one that stands anywhere (by id), as far as it goes.

    keep    `cancel` is the end of this program, not of the job: it stays where it is, unless a person's cancel
            (`queries.ask_cancel`) stands in the ledger
    A failure of the job is part of the outcome and of the ledger, not an exception.
    raises what `create` raises; NO_SUCH_JOB; JOB_BUSY when another window or command works on it
    """
    job_id = what if isinstance(what, str) else create(what, world).id
    with world.ledger.hold(job_id):
        row = world.ledger.jobs.row(job_id)
        if (row.connection, row.source) != (world.connection, world.service.source):
            raise ValueError("this world is not the job's")
        session = Session(row, world, reporter, cancel or CancelToken(), keep=keep)
        error = _walk(session)
    return _outcome(session, error)


def _walk(session: Session) -> WorkstationError | None:
    """Step by step to a final state, to a decision, or to something that has to pass first."""
    while not session.state.final and session.state is not JobState.UNCERTAIN:
        try:
            _STEPS[session.state](session)
        except WorkstationError as error:
            try:
                goes_on = _after(error, session)
            except WorkstationError:  # not even that could be written: the ledger says what was true before
                return error
            if not goes_on:
                return error
    return None


def _after(error: WorkstationError, session: Session) -> bool:
    """Write down what the failure means. Returns whether the walk goes on."""
    state = session.state
    if isinstance(error, Cancelled):
        if session.kept:
            return False
        _cancel(session)
        return True
    if state is JobState.UPLOADING and error.code is _C.THROTTLED and session.tries < _TRIES:
        session.tries += 1
        return _again_later(session)
    if state is JobState.DOWNLOADING and error.code in (_C.BAD_ANSWER, _C.NO_BASIS):
        session.world.ledger.calls.settle(session.id, session.row.submissions, BILLED)
        session.end(JobState.FAILED, "not-understood", error)
        return True
    if _passes(error, state):
        session.stop(error)
        return False
    session.end(JobState.FAILED, "failed", error)
    return True


def _passes(error: WorkstationError, state: JobState) -> bool:
    """Whether the job may go on later. One that the service has is given up only when the service lost it."""
    if state is JobState.WAITING:
        return error.code is not ErrorCode.JOB_LOST
    if state not in (JobState.CREATED, JobState.PREPARING, JobState.UPLOADING):
        return True
    return error.code in _PASSING or SENTENCES[error.code].retry in _PASSING_RETRIES


def _again_later(session: Session) -> bool:
    try:
        session.sleep(_FIRST_WAIT_S**session.tries)
    except Cancelled as error:
        return _after(error, session)
    return True


def _cancel(session: Session) -> None:
    """What the service has begun may be charged all the same; the ledger keeps saying so."""
    if session.state is JobState.WAITING:
        world = session.world
        free = has_list(world.service) and cancel_waiting(session.row.service_job_id, world.jobs_service)
        world.ledger.calls.settle(session.id, session.row.submissions, FREE if free else UNKNOWN)
        what = "cancelled-there" if free else "cancelled-while-waiting"
        session.end(JobState.CANCELLED, what, Cancelled(), cost_yuan=0.0 if free else None)
    else:
        session.end(JobState.CANCELLED, "cancelled", Cancelled())


def _upload_and_submit(session: Session) -> None:
    session.check()
    if session.uploaded or upload(session):
        submit(session)


def _take_in(session: Session) -> None:
    """Its files are fetched at once, as links expire; then it is read and placed once, so that a bad one fails here
    and not on the screen."""
    world = session.world
    download(session)
    came = finished(session.id, world.service, world.kind, world.ledger, world.files)
    asked = job_of(session.row).parameters
    uses, done = world.service.uses(asked), world.service.billed_uses(asked, came.answer)
    world.ledger.calls.bill(session.id, session.row.submissions, done)
    session.end(JobState.DONE, "understood", cost_yuan=session.row.cost_yuan * done / max(uses, 1))


_STEPS: Final[Mapping[JobState, Callable[[Session], None]]] = MappingProxyType(
    {
        JobState.CREATED: start,
        JobState.PREPARING: prepare,
        JobState.UPLOADING: _upload_and_submit,
        JobState.SUBMITTING: recover,
        JobState.WAITING: wait,
        JobState.DOWNLOADING: _take_in,
        JobState.CLEANING: clean,
    }
)


def _outcome(session: Session, error: WorkstationError | None) -> JobOutcome:
    job = job_of(session.row)
    came: Finished | None = None
    if job.state is JobState.DONE:
        world = session.world
        came = finished(job.id, world.service, world.kind, world.ledger, world.files)
    left = len(session.world.ledger.sent.left(job.id)) if job.state.final else 0
    if came is None:
        return JobOutcome(job=job, error=error or job.error, objects_left=left)
    return JobOutcome(
        job=job,
        error=None,
        answer=came.answer,
        raw=came.raw,
        sent=came.sent,
        result=came.result,
        objects_left=left,
    )
