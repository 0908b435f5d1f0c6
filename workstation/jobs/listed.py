"""The service's own list of jobs: where a call whose number never arrived may be found, and waiting jobs cancelled."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from workstation.catalogue.job_list import (
    LISTED_PRODUCTS,
    OLDEST,
    ListedJob,
    cancel_call,
    list_call,
    read_cancel,
    read_list,
)
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import CallKind
from workstation.domain.work import CancelToken, Clock
from workstation.jobs.job import Job
from workstation.jobs.ports import AnalysisService, Ledger, ServiceRow

# The two clocks may differ by as much as a signature may.
_AROUND: Final = timedelta(minutes=15)
_MOST_PAGES: Final = 4
_NO_LIST: Final = frozenset({ErrorCode.REFUSED, ErrorCode.NOT_ACTIVATED})  # a service of one's own may keep none
_BETWEEN_S: Final = 5.0


def may_be(
    job: Job,
    service: ServiceRow,
    jobs_service: AnalysisService | None,
    ledger: Ledger,
    clock: Clock,
    token: CancelToken,
) -> tuple[ListedJob, ...]:
    """Jobs of the same action, made around the time of the call, that none of this PC's jobs is: nearest first.

    One of them may still be another PC's that works with the same account, so a person has to say that it is this one.

    jobs_service  whoever keeps the list; None where nobody does
    raises        CANNOT_ASK: there is no list, or it does not go back so far; what asking raises, Cancelled
    """
    at = job.submitted
    if jobs_service is None or at is None or not has_list(service) or clock.now() - at > OLDEST - _AROUND:
        raise WorkstationError(ErrorCode.CANNOT_ASK, name=job.id)
    found: list[ListedJob] = []
    page = pages = 1
    while page <= min(pages, _MOST_PAGES):
        if page > 1:
            clock.sleep(_BETWEEN_S, token)
        call = list_call(service.product, service.action, at - _AROUND, at + _AROUND, page)
        try:
            answer = read_list(jobs_service.call(call, CallKind.POLL, token).body)
        except WorkstationError as error:
            if error.code in _NO_LIST:
                raise WorkstationError(ErrorCode.CANNOT_ASK, name=job.id) from None
            raise
        found += answer.jobs
        page, pages = page + 1, answer.pages
    ours = {number for row in ledger.jobs.rows() for number in (row.request_id, row.service_job_id)}
    lost = [one for one in found if one.action == service.action and one.id not in ours]
    return tuple(sorted(lost, key=lambda one: abs(one.created - at) if one.created is not None else OLDEST))


def cancel_waiting(number: str, jobs_service: AnalysisService | None) -> bool:
    """Whether the service took a job out of its queue. One that it has begun, or that can't be asked for, stays.

    Tried once: a person waits for the end of the job, maybe without a network.
    """
    if jobs_service is None or not number:
        return False
    try:
        return read_cancel(jobs_service.call(cancel_call(number), CallKind.SUBMIT, CancelToken()).body)
    except WorkstationError:
        return False


def has_list(service: ServiceRow) -> bool:
    return service.asynchronous and service.product in LISTED_PRODUCTS
