"""Listing and cancelling jobs of all products, as the vendor's `viapi` does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest

from tests.localcloud.service import call_v1, finished, nodule_call, serving, uploaded
from workstation.localcloud.note import Running

VERSION = "2023-01-17"
CHINA = timezone(timedelta(hours=8))


def ask(running: Running, action: str, **business: str) -> httpx.Response:
    return call_v1(running, action, business, Version=VERSION)


def submitted(running: Running) -> str:
    number: str = call_v1(running, "DetectLungNodule", nodule_call(uploaded(running, 20))).json()["RequestId"]
    return number


def written(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def test_jobs_are_listed_with_product_action_status_and_time(tmp_path: Path) -> None:
    with serving(tmp_path / "state", least_job_s=600.0) as running:
        numbers = [submitted(running) for _ in range(3)]
        body = ask(
            running,
            "QueryAsyncJobList",
            PopProduct="imageprocess",
            PopApiName="DetectLungNodule",
            StartTime=written(-5),
            EndTime=written(5),
            PageSize="2",
            PageNum="1",
        ).json()
        second = ask(running, "QueryAsyncJobList", PageSize="2", PageNum="2").json()["Data"]

    data = body["Data"]
    assert (body["Success"], body["HttpCode"]) == (True, 200)
    assert {name: data[name] for name in ("CurrentPage", "PageSize", "TotalPage", "TotalRecord")} == {
        "CurrentPage": 1, "PageSize": 2, "TotalPage": 2, "TotalRecord": 3,
    }  # fmt: skip
    assert {job["JobId"] for job in (*data["Result"], *second["Result"])} == set(numbers)
    first = data["Result"][0]
    assert (first["PopProduct"], first["PopApiName"], first["Status"]) == (
        "imageprocess",
        "DetectLungNodule",
        "QUEUING",
    )
    assert abs(
        datetime.strptime(first["GmtCreate"] + " +0800", "%Y-%m-%d %H:%M:%S %z") - datetime.now(UTC)
    ) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "filters",
    [
        {"PopApiName": "DetectRibFracture"},
        {"PopProduct": "imageseg"},
        {"Status": "PROCESS_SUCCESS"},
        {"JobId": "OTHER"},
        {"StartTime": "2023-01-04 00:00:00", "EndTime": "2023-01-04 23:00:00"},
    ],
)
def test_jobs_that_do_not_match_are_not_listed(tmp_path: Path, filters: dict[str, str]) -> None:
    with serving(tmp_path / "state", least_job_s=600.0) as running:
        submitted(running)

        assert ask(running, "QueryAsyncJobList", **filters).json()["Data"]["Result"] == []


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ({"StartTime": "2023-01-04T00:00:00Z"}, "InvalidParameter.Convert"),
        ({"StartTime": "2023-01-04 00:00:00", "EndTime": "2023-01-05 00:00:01"}, "InvalidParameter"),
        ({"PageSize": "501"}, "InvalidParameter"),
        ({"PageNum": "0"}, "InvalidParameter"),
        ({"Status": "DONE"}, "InvalidParameter"),
    ],
)
def test_a_list_that_can_not_be_meant_is_refused(tmp_path: Path, filters: dict[str, str], code: str) -> None:
    with serving(tmp_path / "state") as running:
        assert ask(running, "QueryAsyncJobList", **filters).json()["Code"] == code


def test_a_waiting_job_is_cancelled_and_never_begun(tmp_path: Path) -> None:
    with serving(tmp_path / "state", least_job_s=1.0) as running:
        number = submitted(running)
        answer = ask(running, "CancelWaitingAsyncJob", JobId=number).json()
        data = finished(running, number)
        again = ask(running, "CancelWaitingAsyncJob", JobId=number).json()

    assert answer["Success"] is True
    assert data == {"JobId": number, "Status": "JOB_CANCELED"}
    assert again["Code"] == "InvalidParameter"


def test_a_cancelled_job_stays_cancelled_after_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path / "state", least_job_s=600.0) as running:
        number = submitted(running)
        ask(running, "CancelWaitingAsyncJob", JobId=number)
    with serving(tmp_path / "state") as running:
        assert finished(running, number)["Status"] == "JOB_CANCELED"


def test_a_job_that_has_ended_can_not_be_cancelled(tmp_path: Path) -> None:
    with serving(tmp_path / "state") as running:
        number = submitted(running)
        finished(running, number)

        assert ask(running, "CancelWaitingAsyncJob", JobId=number).json()["Code"] == "InvalidParameter"
        assert ask(running, "CancelWaitingAsyncJob", JobId="NONE").json()["Code"] == "InvalidParameter"


def test_jobs_of_every_product_can_be_asked_for(tmp_path: Path) -> None:
    with serving(tmp_path / "state") as running:
        number = submitted(running)
        finished(running, number)

        assert ask(running, "GetAsyncJobResult", JobId=number).json()["Data"]["Status"] == "PROCESS_SUCCESS"
