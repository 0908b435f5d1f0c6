"""Rows as plain values. Times are aware (UTC); structures that only the jobs understand are JSON text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One durable job as stored.

    parameters, error_facts, sent_series, plan, consent, notes  JSON text ("" where there is none yet)
    covering     JSON text: what is made solid in the copies, kept so that preparing again covers the same
    mask         JSON text: what was drawn over the picture and goes with it
    others       JSON text: stack id and study by the role of each further series
    state        what the job does now; `final` once nothing more will happen
    ending       the final state that the clean-up leads to
    submissions  how often the paid call was begun
    salt         makes the one-way UIDs of this job, so that preparing again gives the same ones
    """

    id: str
    operation: str
    connection: str
    source: str
    stack_id: str
    study_uid: str
    parameters: str
    state: str
    created: datetime
    updated: datetime
    salt: bytes = field(repr=False)
    prefix: str
    final: bool = False
    ending: str = ""
    consent: str = ""
    notes: str = ""
    submissions: int = 0
    submitted: datetime | None = None
    finished: datetime | None = None
    request_id: str = ""
    service_job_id: str = ""
    plan: str = ""
    sent_series: str = ""
    files_done: int = 0
    files_total: int = 0
    bytes_done: int = 0
    bytes_total: int = 0
    error: str = ""
    error_facts: str = ""
    cost_yuan: float = 0.0
    cancel_asked: bool = False
    others: str = ""
    covering: str = ""
    mask: str = ""


class JobChanges(TypedDict, total=False):
    """Columns of a job that a step writes together with its event."""

    final: bool
    ending: str
    submissions: int
    submitted: datetime
    finished: datetime
    request_id: str
    service_job_id: str
    plan: str
    sent_series: str
    notes: str
    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    error: str
    error_facts: str
    cost_yuan: float
    cancel_asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One thing that a job was about to do, or learned. `facts`: JSON text of numbers and names."""

    job_id: str
    at: datetime
    state: str
    what: str
    facts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRow:
    """One object that left this PC.

    planned  written before it was sent; `sent` None: it is not known to have arrived
    deleted  when it was deleted there; None: it may still be there
    """

    job_id: str
    connection: str
    bucket: str
    key: str
    bytes: int
    planned: datetime
    sent: datetime | None = None
    deleted: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One paid call. `month`: YYYY-MM of the bill; `outcome`: open, billed, free or unknown.

    uses  as how many calls of the price list it counts
    """

    job_id: str
    attempt: int
    connection: str
    source: str
    month: str
    at: datetime
    cost_yuan: float
    outcome: str
    uses: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineRow:
    """`path`: SHA-256 of it; size and time of the file in the state that made a reader fail; why."""

    path: bytes
    bytes: int
    changed_ns: int
    code: str
