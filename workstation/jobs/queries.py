"""What windows and commands ask about jobs; nothing here changes anything but `ask_cancel`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workstation.domain.words import Fact, Words, say
from workstation.domain.work import Clock
from workstation.jobs.job import Job, JobState, job_of
from workstation.jobs.ports import Ledger
from workstation.jobs.stored import facts_from_json
from workstation.records import CallRow, EventRow, SentRow


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One thing a job was about to do, or learned. `what` is a stable code."""

    at: datetime
    state: JobState
    what: str
    facts: dict[str, Fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDetail:
    """Everything the ledger knows of one job. `running`: a window or command works on it at this moment."""

    job: Job
    running: bool
    events: tuple[JobEvent, ...]
    sent: tuple[SentRow, ...]
    calls: tuple[CallRow, ...]

    @property
    def objects_left(self) -> int:
        """Objects that may still lie there."""
        return sum(row.deleted is None for row in self.sent)


def list_jobs(ledger: Ledger) -> tuple[Job, ...]:
    """All jobs, oldest first."""
    return tuple(job_of(row) for row in ledger.jobs.rows())


def jobs_to_resume(ledger: Ledger) -> tuple[Job, ...]:
    """Jobs that stopped on the way and that nobody works on."""
    return tuple(job for job in list_jobs(ledger) if job.state.resumable and not ledger.is_held(job.id))


def show_job(job_id: str, ledger: Ledger) -> JobDetail:
    """raises NO_SUCH_JOB"""
    return JobDetail(
        job=job_of(ledger.jobs.row(job_id)),
        running=ledger.is_held(job_id),
        events=tuple(_event(row) for row in ledger.jobs.events(job_id)),
        sent=ledger.sent.of_job(job_id),
        calls=ledger.calls.of_job(job_id),
    )


def ask_cancel(job_id: str, ledger: Ledger, clock: Clock) -> bool:
    """Ask for the end of a job that may run in another window or command.

    returns whether somebody works on it and will end it; if not, `run` with the id ends it at once
    raises  NO_SUCH_JOB
    """
    if not job_of(ledger.jobs.row(job_id)).state.final:
        ledger.jobs.ask_cancel(job_id, clock.now())
    return ledger.is_held(job_id)


def state_words(job: Job) -> Words:
    """What a list says about the job's state."""
    if job.state is JobState.UPLOADING and job.files_total:
        return say("Uploading {done} / {total}", done=job.files_done, total=job.files_total)
    if job.may_be_charged:
        return say("Cancelled; the service had it already, so it may be charged")
    return _WORDS[job.state]


_WORDS = {
    JobState.CREATED: say("Not started"),
    JobState.PREPARING: say("Preparing"),
    JobState.UPLOADING: say("Uploading"),
    JobState.SUBMITTING: say("Submitting"),
    JobState.WAITING: say("Waiting for the service"),
    JobState.DOWNLOADING: say("Reading the answer"),
    JobState.CLEANING: say("Deleting what was sent"),
    JobState.DONE: say("Done"),
    JobState.FAILED: say("Failed"),
    JobState.CANCELLED: say("Cancelled"),
    JobState.UNCERTAIN: say("It may have been taken; please decide"),
}


def _event(row: EventRow) -> JobEvent:
    return JobEvent(row.at, JobState(row.state), row.what, facts_from_json(row.facts))
