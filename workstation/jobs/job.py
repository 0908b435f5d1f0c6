"""One durable, paid analysis as a value, and the states it goes through."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from workstation.domain.covering import NO_COVERING, Covering, covering_from_json
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.photo_mask import PhotoMask, mask_from_json
from workstation.domain.request import Parameters
from workstation.domain.words import Fact, Words
from workstation.jobs.consent import Consent, consent_from_json
from workstation.jobs.stored import OtherSeries, facts_from_json, notes_from_json, others_from_json
from workstation.records import JobRow


class JobState(StrEnum):
    """What a job does. Written before it does so."""

    CREATED = "created"
    PREPARING = "preparing"  # de-identified copies are made
    UPLOADING = "uploading"
    SUBMITTING = "submitting"  # the paid call is under way; found so after a crash, its outcome is unknown
    WAITING = "waiting"  # the service has it; its number there is known
    DOWNLOADING = "downloading"  # the answer is here and is read
    CLEANING = "cleaning"  # what was sent is deleted there, and the copies here
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"  # it may have been taken and charged: a person decides

    @property
    def final(self) -> bool:
        return self in _FINAL

    @property
    def resumable(self) -> bool:
        """It can go on by itself from here."""
        return not self.final and self is not JobState.UNCERTAIN


_FINAL: Final = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """What a person asked for.

    stack_id, study_uid  the original series (`UID#k`) and its study
    others   further series by role
    consent  None: nothing leaves this PC (a local connection)
    notes    what was repaired before sending; stands with the result
    covering what is made solid in the copies of the series
    mask     drawn over the picture, goes with it
    forced   also if the same analysis is under way already
    """

    operation: str
    connection: str
    stack_id: str
    study_uid: str
    parameters: Parameters
    others: Mapping[str, OtherSeries] = field(default_factory=dict)
    consent: Consent | None = None
    notes: tuple[Words, ...] = ()
    covering: Covering = NO_COVERING
    mask: PhotoMask | None = None
    forced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A durable job at one moment.

    source      id of the documented operation that does it
    ending      the final state it is being cleaned up for; None before that
    prefix      its objects are `prefix/id/0001.dcm` …
    request_id, service_job_id  the service's numbers for the call and for the job
    cost_yuan   what the call costs by the price list; 0 before it was submitted and when it was free
    error       what stopped it, or made it fail; kept as code and facts
    """

    id: str
    operation: str
    connection: str
    source: str
    stack_id: str
    study_uid: str
    parameters: Parameters
    state: JobState
    created: datetime
    updated: datetime
    prefix: str
    others: Mapping[str, OtherSeries] = field(default_factory=dict)
    ending: JobState | None = None
    consent: Consent | None = None
    notes: tuple[Words, ...] = ()
    covering: Covering = NO_COVERING
    mask: PhotoMask | None = None
    submissions: int = 0
    submitted: datetime | None = None
    finished: datetime | None = None
    request_id: str = ""
    service_job_id: str = ""
    files_done: int = 0
    files_total: int = 0
    bytes_done: int = 0
    bytes_total: int = 0
    error_code: ErrorCode | None = None
    error_facts: Mapping[str, Fact] = field(default_factory=dict)
    cost_yuan: float = 0.0
    cancel_asked: bool = False

    @property
    def error(self) -> WorkstationError | None:
        return None if self.error_code is None else WorkstationError(self.error_code, **self.error_facts)

    @property
    def may_be_charged(self) -> bool:
        """The service had it, and it was ended from here."""
        return self.state is JobState.CANCELLED and self.submissions > 0 and self.cost_yuan > 0


def job_of(row: JobRow) -> Job:
    """A stored row as a value."""
    return Job(
        id=row.id,
        operation=row.operation,
        connection=row.connection,
        source=row.source,
        stack_id=row.stack_id,
        study_uid=row.study_uid,
        parameters=json.loads(row.parameters),
        state=JobState(row.state),
        created=row.created,
        updated=row.updated,
        prefix=row.prefix,
        others=others_from_json(row.others),
        ending=JobState(row.ending) if row.ending else None,
        consent=consent_from_json(row.consent),
        notes=notes_from_json(row.notes),
        covering=covering_from_json(row.covering),
        mask=mask_from_json(row.mask),
        submissions=row.submissions,
        submitted=row.submitted,
        finished=row.finished,
        request_id=row.request_id,
        service_job_id=row.service_job_id,
        files_done=row.files_done,
        files_total=row.files_total,
        bytes_done=row.bytes_done,
        bytes_total=row.bytes_total,
        error_code=_code(row.error),
        error_facts=facts_from_json(row.error_facts),
        cost_yuan=row.cost_yuan,
        cancel_asked=row.cancel_asked,
    )


def _code(text: str) -> ErrorCode | None:
    """A code of another version of the program is a defect of this one, not a reason to lose the job."""
    if not text:
        return None
    return ErrorCode(text) if text in set(ErrorCode) else ErrorCode.DEFECT
