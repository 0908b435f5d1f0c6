"""Asking for a job's result: `GetAsyncJobResult` of the same product."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workstation.catalogue.wire import Node, bad_answer
from workstation.domain.request import ServiceCall


class PollStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_STATUS: Final[Mapping[str, PollStatus]] = {
    "QUEUING": PollStatus.QUEUED,
    "PROCESSING": PollStatus.RUNNING,
    "PROCESS_SUCCESS": PollStatus.DONE,
    "PROCESS_FAILED": PollStatus.FAILED,
    "TIMEOUT_FAILED": PollStatus.FAILED,
    "LIMIT_RETRY_FAILED": PollStatus.FAILED,
    "JOB_CANCELED": PollStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Polled:
    """One answer to the question how a job stands; `result_text` once it is done, the vendor's code once it failed."""

    status: PollStatus
    result_text: str = ""
    vendor_code: str = ""
    message: str = ""


ACTION: Final = "GetAsyncJobResult"


def poll_call(product: str, version: str, job_id: str, action: str = ACTION) -> ServiceCall:
    return ServiceCall(product=product, version=version, action=action, body={"JobId": job_id})


def status_of(text: str) -> PollStatus | None:
    """None for one that no document names."""
    return _STATUS.get(text.upper())


def read_poll(body: Mapping[str, object]) -> Polled:
    """Decide by `Status` alone: the documents show a success that carries an error code.

    raises BAD_ANSWER
    """
    data = Node(dict(body)).child("Data")
    if data is None:
        raise bad_answer("Data")
    status = status_of(data.text("Status"))
    if status is None:
        raise bad_answer("Data.Status")
    if status is PollStatus.FAILED or status is PollStatus.CANCELLED:
        return Polled(
            status, vendor_code=data.text("ErrorCode") or data.text("Status"), message=data.text("ErrorMessage")
        )
    if status is PollStatus.DONE:
        result = data.value.get("Result") if isinstance(data.value, dict) else None
        if not result:
            raise bad_answer("Data.Result")
        return Polled(status, result_text=result if isinstance(result, str) else json.dumps(result))
    return Polled(status)
