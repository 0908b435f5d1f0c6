"""Ctrl-C, and “jobs cancel”: the job ends as cancelled and nothing stays at the service."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.journeys.program import Program, analyze, ended, wait_until
from tests.journeys.test_kills import PUT, SUBMIT, standing_still

SLOW = {"on": PUT, "kind": "delay", "after": 10, "count": None, "seconds": 1.0}


@pytest.mark.skipif(os.name != "posix", reason="only POSIX can send Ctrl-C to one process alone")
def test_ctrl_c_in_the_upload_cancels_and_takes_back_what_was_sent(
    program: Program, study: Path, tmp_path: Path
) -> None:
    with (
        program.service(truth=study, faults=[SLOW]) as service,
        program.started(*analyze(study, tmp_path / "out", "--json")) as process,
    ):
        wait_until(lambda: service.calls(PUT) >= 10)
        process.send_signal(signal.SIGINT)
        ran = ended(process)

        assert service.objects() == []
        assert service.calls(SUBMIT) == 0
    assert (ran.code, ran.json["code"]) == (7, "cancelled")
    assert program.job()["code"] == "cancelled"
    assert not (tmp_path / "out").exists()
    assert list((program.home / "data" / "work").iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="only POSIX can send Ctrl-C to one process alone")
def test_ctrl_c_while_waiting_cancels_and_takes_back_what_was_sent(
    program: Program, study: Path, tmp_path: Path
) -> None:
    queued = [{"on": "GetAsyncJobResult", "kind": "throttle", "count": None}]
    with (
        program.service(truth=study, faults=queued) as service,
        program.started(*analyze(study, tmp_path / "out", "--json")) as process,
    ):
        wait_until(lambda: service.calls("GetAsyncJobResult", "400") >= 1)
        process.send_signal(signal.SIGINT)
        ran = ended(process)

        assert service.objects() == []
    assert (ran.code, ran.json["code"]) == (7, "cancelled")
    assert program.job()["code"] == "cancelled"


def test_a_job_left_behind_can_be_cancelled(program: Program, study: Path, tmp_path: Path) -> None:
    with standing_still(program, study, tmp_path / "out", "uploading") as (_, process):
        process.kill()
        process.wait(30)
    with program.service(truth=study) as service:
        cancelled = program.run("jobs", "cancel", program.job()["id"], "--json")

        assert service.objects() == []
    assert cancelled.code == 0, cancelled.err
    assert cancelled.json == program.job()
    assert cancelled.json["code"] == "cancelled"
