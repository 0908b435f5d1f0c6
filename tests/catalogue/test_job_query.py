"""GetAsyncJobResult: decided by Status alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workstation.catalogue.job_query import PollStatus, read_poll
from workstation.catalogue.wire import decode
from workstation.domain.error import WorkstationError

RECORDED = json.loads((Path(__file__).parent / "answers" / "job-query.json").read_text(encoding="utf-8"))


def test_a_success_that_carries_an_error_code_is_a_success_with_a_result_escaped_once_too_often() -> None:
    polled = read_poll(RECORDED)

    assert polled.status is PollStatus.DONE
    assert decode(polled.result_text, "Result")["LesionRatio"] == "0.9387283236994219"  # type: ignore[index]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("QUEUING", PollStatus.QUEUED),
        ("PROCESSING", PollStatus.RUNNING),
        ("TIMEOUT_FAILED", PollStatus.FAILED),
        ("LIMIT_RETRY_FAILED", PollStatus.FAILED),
        ("JOB_CANCELED", PollStatus.CANCELLED),
    ],
)
def test_every_documented_status_is_known(status: str, expected: PollStatus) -> None:
    assert read_poll({"Data": {"Status": status}}).status is expected


@pytest.mark.parametrize(
    "body", [{}, {"Data": {}}, {"Data": {"Status": "ODD"}}, {"Data": {"Status": "PROCESS_SUCCESS"}}]
)
def test_an_answer_that_says_nothing_usable_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(WorkstationError):
        read_poll(body)


def test_a_failure_keeps_the_vendors_code() -> None:
    polled = read_poll({"Data": {"Status": "PROCESS_FAILED", "ErrorCode": "InvalidFile", "ErrorMessage": "x"}})

    assert (polled.status, polled.vendor_code) == (PollStatus.FAILED, "InvalidFile")
