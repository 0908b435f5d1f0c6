"""Asking for the list of one's jobs, and cancelling one that still waits: product `viapi`, for jobs of all products.

Source: the vendor's client (alibabacloud-viapi20230117) and its pages on QueryAsyncJobList and CancelWaitingAsyncJob.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from workstation.catalogue.job_query import PollStatus, status_of
from workstation.catalogue.wire import Node, bad_answer
from workstation.domain.request import ServiceCall

PRODUCT: Final = "viapi"
VERSION: Final = "2023-01-17"
LISTED_PRODUCTS: Final = frozenset({"imageprocess", "imagerecog", "imageseg"})
OLDEST: Final = timedelta(hours=24)  # jobs that are older, and longer spans, can't be asked for
_PAGE: Final = 500  # the most that a page can have
_CHINA: Final = timezone(timedelta(hours=8))  # the pages name no zone; their examples fit the vendor's own
_FORM: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class ListedJob:
    """A job that the service lists. `created` None where its time can't be read; `status` None for one not known."""

    id: str
    product: str
    action: str
    status: PollStatus | None
    created: datetime | None


@dataclass(frozen=True, slots=True)
class JobPage:
    jobs: tuple[ListedJob, ...]
    pages: int


def list_call(product: str, action: str, since: datetime, until: datetime, page: int) -> ServiceCall:
    """Ask for jobs of one action that were created in this time, `page` from 1. The service allows it every 5 s."""
    body = {
        "PopProduct": product,
        "PopApiName": action,
        "StartTime": since.astimezone(_CHINA).strftime(_FORM),
        "EndTime": until.astimezone(_CHINA).strftime(_FORM),
        "PageNum": str(page),
        "PageSize": str(_PAGE),
    }
    return ServiceCall(product=PRODUCT, version=VERSION, action="QueryAsyncJobList", body=body)


def read_list(body: Mapping[str, object]) -> JobPage:
    """raises BAD_ANSWER"""
    data = Node(dict(body)).child("Data")
    if data is None:
        raise bad_answer("Data")
    jobs = tuple(_job(entry) for entry in data.items("Result"))
    return JobPage(jobs, int(data.number("TotalPage") or 1))


def _job(entry: Node) -> ListedJob:
    number = entry.text("JobId")
    if not number:
        raise bad_answer(f"{entry.path}.JobId")
    return ListedJob(
        id=number,
        product=entry.text("PopProduct"),
        action=entry.text("PopApiName"),
        status=status_of(entry.text("Status")),
        created=_time(entry.text("GmtCreate") or entry.text("StartTime")),
    )


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _FORM).replace(tzinfo=_CHINA)
    except ValueError:
        return None


def cancel_call(job_id: str) -> ServiceCall:
    """Cancel a job that the service has not begun."""
    return ServiceCall(product=PRODUCT, version=VERSION, action="CancelWaitingAsyncJob", body={"JobId": job_id})


def read_cancel(body: Mapping[str, object]) -> bool:
    """Whether the job was cancelled: the answer is a truth value, also as text."""
    return str(body.get("Success", "")).lower() == "true"
