"""GetAsyncJobResult: decided by Status alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workstation.catalogue.job_query import PollStatus, read_poll
from workstation.catalogue.operation import CallInput
from workstation.catalogue.queries import ALIYUN_JOB_QUERY
from workstation.catalogue.wire import decode
from workstation.domain.answer import ServiceAnswer
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis

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


def asked(body: object, *, expect_basis: bool = False) -> ServiceAnswer:
    return ALIYUN_JOB_QUERY.parse(json.dumps(body), expect_basis)


def test_the_documented_answer_is_a_job_that_is_done_and_places_nothing() -> None:
    answer = asked(RECORDED)

    assert [(m.name, str(m.value)) for m in answer.measurements] == [("job-done", "Done")]
    assert (answer.findings, answer.masks, answer.texts, answer.basis) == ((), (), (), Basis.VENDOR)
    assert "raw.json" in str(answer.notes[0])


def test_a_job_that_failed_is_told_with_its_code() -> None:
    answer = asked({"Data": {"Status": "PROCESS_FAILED", "ErrorCode": "InvalidFile", "ErrorMessage": "x"}})

    assert ([m.name for m in answer.measurements], answer.texts) == (["job-failed"], ("InvalidFile",))


def test_what_a_local_job_found_says_its_basis() -> None:
    found = {"Report": "x", "YingtaiBasis": {"all": "simulated", "parts": {}}}
    done = {"Data": {"Status": "PROCESS_SUCCESS", "Result": json.dumps(found)}}

    assert asked(done, expect_basis=True).basis is Basis.SIMULATED
    with pytest.raises(WorkstationError) as refused:
        asked({"Data": {"Status": "PROCESS_SUCCESS", "Result": "{}"}}, expect_basis=True)
    assert refused.value.code is ErrorCode.NO_BASIS


def test_the_number_is_the_only_thing_that_is_sent() -> None:
    sent = ALIYUN_JOB_QUERY.submit_call(CallInput(links={}, parameters={"job": "J-1"}, org_name="s", org_id="s"))

    assert (sent.action, dict(sent.body)) == ("GetAsyncJobResult", {"JobId": "J-1"})


def test_the_answers_job_id_differs_from_the_asked_one_and_is_not_used() -> None:
    other = RECORDED | {"Data": RECORDED["Data"] | {"JobId": "of-somebody-else"}}

    assert read_poll(other) == read_poll(RECORDED)


def test_decide_by_status_whatever_the_error_fields_say() -> None:
    running = {"Data": {"Status": "PROCESSING", "ErrorCode": "InvalidParameter", "ErrorMessage": "paramsIllegal"}}

    assert read_poll(running).status is PollStatus.RUNNING
