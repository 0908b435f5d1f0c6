"""Jobs: fetched over real HTTP, answered late, kept over restarts."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from tests.localcloud.service import (
    bucket,
    call_v1,
    counting_engine,
    finished,
    nodule_call,
    result_of,
    serving,
    uploaded,
)
from workstation.localcloud.engine.asked import Analysis
from workstation.localcloud.engine_pool import Refused
from workstation.localcloud.note import Running, count_calls


def submit(running: Running, urls: list[str], **others: str) -> str:
    answer = call_v1(running, "DetectLungNodule", nodule_call(urls, **others))
    assert answer.status_code == 200, answer.text
    job: str = answer.json()["RequestId"]
    return job


def test_a_job_fetches_every_link_and_answers_the_inside_of_data(tmp_path: Path) -> None:
    with serving(tmp_path / "state") as running:
        job = submit(running, uploaded(running, 20, size=77), Threshold="0.605")

        data = finished(running, job)

        calls = count_calls(running)
    assert (data["JobId"], data["Status"]) == (job, "PROCESS_SUCCESS")
    assert data.keys() == {"JobId", "Status", "Result"}
    assert result_of(data)["Series"][0]["Sizes"] == [77] * 20
    assert result_of(data)["Series"][0]["Parameters"]["Threshold"] == "0.60", "only two decimals are used"
    assert result_of(data)["YingtaiBasis"] == {"all": "simulated", "parts": {}}
    assert calls is not None
    assert calls["GetObject"] == {"200": 20}
    assert calls["DetectLungNodule"] == {"200": 1}
    assert list((tmp_path / "state" / "jobs").iterdir()) == []


def test_frames_arrive_in_the_order_of_the_list(tmp_path: Path) -> None:
    def first_bytes(analysis: Analysis) -> dict[str, object]:
        firsts = [path.read_bytes()[0] for path in analysis.files["URLList"]]
        return {"Series": firsts, "YingtaiBasis": {"all": "simulated", "parts": {}}}

    with serving(tmp_path / "state", engine=first_bytes) as running:
        data = finished(running, submit(running, uploaded(running, 120)))

    assert result_of(data)["Series"] == list(range(1, 121))


def test_an_expired_link_fails_the_job(tmp_path: Path) -> None:
    with serving(tmp_path / "state", least_job_s=1.5) as running:
        urls = uploaded(running, 20)
        urls[4] = bucket(running).sign_url("GET", "case/0005.dcm", 1, slash_safe=True)

        data = finished(running, submit(running, urls))

    assert (data["Status"], data["ErrorCode"]) == ("PROCESS_FAILED", "InvalidImage.Download")
    assert "Result" not in data


def test_a_file_over_one_megabyte_fails_the_job(tmp_path: Path) -> None:
    with serving(tmp_path / "state") as running:
        urls = uploaded(running, 20)
        bucket(running).put_object("case/0003.dcm", bytes(1024**2 + 1))

        data = finished(running, submit(running, urls))

    assert (data["Status"], data["ErrorCode"]) == ("PROCESS_FAILED", "InvalidParameter.TooLarge")


def refusing_engine(analysis: Analysis) -> Refused:
    return Refused("424", "more than one series")


def test_a_numbered_refusal_goes_with_the_common_code(tmp_path: Path) -> None:
    with serving(tmp_path / "state", engine=refusing_engine) as running:
        data = finished(running, submit(running, uploaded(running, 20)))

    assert data["Status"] == "PROCESS_FAILED"
    assert (data["ErrorCode"], data["ErrorMessage"]) == ("InvalidParameter", "424: more than one series")


def failing_engine(analysis: Analysis) -> dict[str, object]:
    raise ZeroDivisionError("Doe^John")


def test_a_defect_of_the_engine_fails_the_job_and_tells_nothing_of_the_patient(tmp_path: Path) -> None:
    with serving(tmp_path / "state", engine=failing_engine) as running:
        data = finished(running, submit(running, uploaded(running, 20)))

    assert (data["Status"], data["ErrorCode"]) == ("PROCESS_FAILED", "InternalError.Algo")
    assert "Doe" not in str(data)


def baseless_engine(analysis: Analysis) -> dict[str, object]:
    return {"Series": []}


def test_an_answer_that_does_not_say_its_basis_is_no_answer(tmp_path: Path) -> None:
    with serving(tmp_path / "state", engine=baseless_engine) as running:
        data = finished(running, submit(running, uploaded(running, 20)))

    assert data["ErrorCode"] == "InternalError.Algo"


def test_a_job_outlives_a_restart_in_the_middle(tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def waiting_engine(analysis: Analysis) -> dict[str, object]:
        begun.set()
        go_on.wait(20)
        return counting_engine(analysis)

    with serving(tmp_path / "state", engine=waiting_engine) as running:
        job = submit(running, uploaded(running, 20))
        assert begun.wait(20)
        go_on.set()
    with serving(tmp_path / "state") as again:
        data = finished(again, job)
        assert data["Status"] == "PROCESS_SUCCESS"
        assert result_of(data)["Series"][0]["Sizes"] == [100] * 20
        calls = count_calls(again)
    assert calls is not None
    assert calls["DetectLungNodule"] == {"200": 1}
    assert calls["GetObject"] == {"200": 20}, "what was fetched before the restart is not fetched again"


def test_signed_links_are_forgotten_once_they_were_fetched(tmp_path: Path) -> None:
    with serving(tmp_path / "state") as running:
        finished(running, submit(running, uploaded(running, 20)))

    with closing(sqlite3.connect(tmp_path / "state" / "cloud.sqlite")) as database:
        assert database.execute("SELECT urls FROM jobs").fetchall() == [(None,)]


def test_every_byte_received_can_be_recorded(tmp_path: Path) -> None:
    with serving(tmp_path / "state", record=tmp_path / "record") as running:
        bucket(running).put_object("x", b"planted-leak", headers={"x-oss-meta-a": "planted-header"})
        recorded = b"".join(path.read_bytes() for path in (tmp_path / "record").iterdir())

    assert b"planted-leak" in recorded
    assert b"planted-header" in recorded
    assert b"PUT /" in recorded
