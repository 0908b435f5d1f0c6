"""A job whose paid call may or may not have been taken: only a person decides what happens."""

from __future__ import annotations

from enum import StrEnum

from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.words import say
from workstation.domain.work import Clock
from workstation.jobs.job import Job, JobState, job_of
from workstation.jobs.ports import Ledger
from workstation.jobs.stored import notes_from_json, notes_json
from workstation.records import JobChanges


class UncertainChoice(StrEnum):
    ASK_SERVICE = "ask-again"  # needs the call's number; costs nothing
    SUBMIT_ANEW = "submit-anew"  # may be charged twice
    GIVE_UP = "give-up"  # nothing more is sent; what was sent is deleted


def resolve_uncertain(job_id: str, choice: UncertainChoice, ledger: Ledger, clock: Clock, number: str = "") -> Job:
    """Write the decision down. The job then stands where `run` takes it on from.

    number  the service's, where it was found in the service's list and a person says that it is this job's
    raises NO_SUCH_JOB, JOB_BUSY, NOTHING_TO_DECIDE; CANNOT_ASK when the call's number never arrived
    """
    with ledger.hold(job_id):
        row = ledger.jobs.row(job_id)
        if row.state != JobState.UNCERTAIN.value:
            raise WorkstationError(ErrorCode.NOTHING_TO_DECIDE, name=job_id)
        changes: JobChanges = {"error": "", "error_facts": "", "cancel_asked": False}
        match choice:
            case UncertainChoice.ASK_SERVICE:
                if not (row.service_job_id or number):
                    raise WorkstationError(ErrorCode.CANNOT_ASK, name=job_id)
                if not row.service_job_id:
                    note = say("The job's number was found in the service's list of jobs: {number}.", number=number)
                    changes["request_id"] = changes["service_job_id"] = number
                    changes["notes"] = notes_json((*notes_from_json(row.notes), note))
                state = JobState.WAITING
            case UncertainChoice.SUBMIT_ANEW:
                state = JobState.UPLOADING
            case UncertainChoice.GIVE_UP:
                state = JobState.CLEANING
                changes["ending"] = JobState.CANCELLED.value
                changes["error"] = Cancelled().code.value
                changes["finished"] = clock.now()
        return job_of(ledger.jobs.advance(job_id, clock.now(), state.value, f"decided-{choice.value}", "", changes))
