"""Faults on demand, as a caller sees them."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import httpx
import oss2
import pytest

from tests.localcloud.service import bucket, call_v1, finished, nodule_call, serving, uploaded
from workstation.localcloud.faults import Fault, FaultKind, read_plan
from workstation.localcloud.note import count_calls

SUBMIT, POLL = "DetectLungNodule", "GetAsyncJobResult"
JOB = {"JobId": "none"}


def fault(on: str, kind: FaultKind, **facts: float | int | None) -> Fault:
    return Fault(on=on, kind=kind, **facts)  # type: ignore[arg-type]


def test_a_submit_dropped_before_makes_no_job_and_one_dropped_after_does(tmp_path: Path) -> None:
    faults = (fault(SUBMIT, FaultKind.DROP_BEFORE), fault(SUBMIT, FaultKind.DROP_AFTER, after=1))
    with serving(tmp_path / "state", faults=faults, least_job_s=600.0) as running:
        call = nodule_call(uploaded(running, 20))
        for _ in range(2):
            with pytest.raises(httpx.TransportError):
                call_v1(running, SUBMIT, call)
        third = call_v1(running, SUBMIT, call)
        calls = count_calls(running)

    assert third.status_code == 200
    assert calls is not None
    assert calls[SUBMIT] == {"dropped-before": 1, "dropped-after": 1, "200": 1}
    assert _jobs(tmp_path / "state") == 2


def test_a_put_dropped_before_stores_nothing_and_one_dropped_after_does(tmp_path: Path) -> None:
    faults = (fault("PutObject", FaultKind.DROP_BEFORE), fault("PutObject", FaultKind.DROP_AFTER, after=1))
    with serving(tmp_path / "state", faults=faults) as running:
        store = bucket(running)
        with pytest.raises(oss2.exceptions.RequestError):
            store.put_object("first", b"1" * 3_000_000)
        with pytest.raises(oss2.exceptions.RequestError):
            store.put_object("second", b"2")

        assert [found.key for found in oss2.ObjectIterator(store)] == ["second"]


def test_only_the_named_calls_go_wrong(tmp_path: Path) -> None:
    with serving(tmp_path / "state", faults=(fault(POLL, FaultKind.STATUS, after=1, count=2, status=502),)) as running:
        seen = [call_v1(running, POLL, JOB).status_code for _ in range(4)]

    assert seen == [400, 502, 502, 400]


def test_throttling_says_so_with_the_documented_codes(tmp_path: Path) -> None:
    faults = (fault(SUBMIT, FaultKind.THROTTLE), fault("PutObject", FaultKind.THROTTLE))
    with serving(tmp_path / "state", faults=faults) as running:
        answer = call_v1(running, SUBMIT, {})
        with pytest.raises(oss2.exceptions.ServerError) as slow:
            bucket(running).put_object("x", b"1")

    assert (answer.status_code, answer.json()["Code"]) == (400, "Throttling.User")
    assert (slow.value.status, slow.value.code) == (503, "SlowDown")


def test_an_answer_can_come_late_half_or_garbled(tmp_path: Path) -> None:
    faults = (
        fault(POLL, FaultKind.DELAY, seconds=0.4),
        fault(POLL, FaultKind.HALF_BODY, after=1),
        fault(POLL, FaultKind.BAD_JSON, after=2),
    )
    with serving(tmp_path / "state", faults=faults) as running:
        begin = time.monotonic()
        call_v1(running, POLL, JOB)
        took_s = time.monotonic() - begin
        with pytest.raises(httpx.TransportError):
            call_v1(running, POLL, JOB)
        with pytest.raises(json.JSONDecodeError):
            call_v1(running, POLL, JOB).json()

    assert took_s >= 0.4


def test_a_download_can_break_off_in_the_middle(tmp_path: Path) -> None:
    with serving(tmp_path / "state", faults=(fault("GetObject", FaultKind.HALF_BODY),)) as running:
        link = uploaded(running, 1, size=2_000_000)[0]
        with pytest.raises(httpx.TransportError):
            httpx.get(link, trust_env=False)

        assert len(httpx.get(link, trust_env=False).content) == 2_000_000


def test_links_can_be_over_before_their_time(tmp_path: Path) -> None:
    with serving(tmp_path / "state", faults=(fault("GetObject", FaultKind.EXPIRED, count=None),)) as running:
        job = call_v1(running, SUBMIT, nodule_call(uploaded(running, 20))).json()["RequestId"]

        assert finished(running, job)["ErrorCode"] == "InvalidImage.Download"


def test_the_servers_clock_can_be_off(tmp_path: Path) -> None:
    with serving(tmp_path / "state", faults=(fault(POLL, FaultKind.SKEW, seconds=-1000.0),)) as running:
        codes = [call_v1(running, POLL, JOB).json()["Code"] for _ in range(2)]

    assert codes == ["InvalidTimeStamp.Expired", "InvalidParameter"]


def test_a_call_can_be_carried_out_twice(tmp_path: Path) -> None:
    with serving(tmp_path / "state", faults=(fault(SUBMIT, FaultKind.DUPLICATE),), least_job_s=600.0) as running:
        call_v1(running, SUBMIT, nodule_call(uploaded(running, 20)))

    assert _jobs(tmp_path / "state") == 2


def _jobs(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "cloud.sqlite")) as database:
        (count,) = database.execute("SELECT COUNT(*) FROM jobs").fetchone()
        return int(count)


def test_a_plan_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('{"faults": [{"on": "*", "kind": "delay", "seconds": 2, "after": 1, "count": null}]}')

    plan = read_plan(file)

    assert plan.take("PutObject") == {}
    assert plan.take("GetObject") == {
        FaultKind.DELAY: Fault(on="*", kind=FaultKind.DELAY, seconds=2, after=1, count=None)
    }


@pytest.mark.parametrize(
    "text",
    ["[]", '{"faults": 1}', '{"faults": [{"on": "*"}]}', '{"faults": [{"on": "*", "kind": "fire"}]}', "nonsense"],
)
def test_a_plan_that_cannot_be_meant_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "faults.json"
    file.write_text(text)

    with pytest.raises(ValueError):
        read_plan(file)
