"""Service or program killed in the middle: the next start knows where things stand; nothing is sent or paid twice."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.journeys.program import Fault, Program, Ran, Service, analyze, ended, wait_until

PUT, SUBMIT, POLL = "PutObject", "DetectLungNodule", "GetAsyncJobResult"
HALF: Fault = {"on": PUT, "kind": "delay", "after": 10, "count": None, "seconds": 600}
MID_SUBMIT: Fault = {"on": SUBMIT, "kind": "delay", "seconds": 600}
MID_POLL: Fault = {"on": POLL, "kind": "delay", "count": None, "seconds": 600}
STATES = {"uploading": HALF, "submitting": MID_SUBMIT, "waiting": MID_POLL}


@contextmanager
def standing_still(
    program: Program, study: Path, out: Path, state: str
) -> Iterator[tuple[Service, subprocess.Popen[str]]]:
    """An analysis that goes no further than that state, because the service does not answer."""
    with (
        program.service(truth=study, faults=[STATES[state]]) as service,
        program.started(*analyze(study, out, "--json")) as process,
    ):
        wait_until(lambda: reached(program, service, state))
        yield service, process


def reached(program: Program, service: Service, state: str) -> bool:
    if state == "uploading":
        return service.calls(PUT) == 10
    if state == "waiting" and service.calls(SUBMIT) == 0:
        return False
    if state == "submitting" and service.calls(SUBMIT, "delayed") == 0:
        return False  # it is written before the call is made
    return states(program) == [state]


def states(program: Program) -> list[str]:
    """Of all jobs, straight from the records: a command for each look would take most of the time."""
    with closing(sqlite3.connect(program.home / "data" / "records.sqlite")) as records:
        return [state for (state,) in records.execute("SELECT state FROM jobs")]


def resume(program: Program, study: Path, out: Path, *more: str) -> Ran:
    return program.run("jobs", "resume", program.job()["id"], study, "--out", out, *more)


def test_a_killed_service_stops_the_job_where_it_stands(program: Program, study: Path, tmp_path: Path) -> None:
    with standing_still(program, study, tmp_path / "out", "waiting") as (service, process):
        service.kill()
        stopped = ended(process)
    job = program.job()
    with program.service(truth=study) as service:
        before = service.calls(PUT), service.calls(SUBMIT)
        resumed = resume(program, study, tmp_path / "out")

        assert (service.calls(PUT), service.calls(SUBMIT)) == (24, 1)
        assert service.objects() == []
    assert (stopped.code, stopped.json["code"]) == (1, "unreachable")
    assert f"yingtai jobs resume {job['id']}" in stopped.err
    assert (job["code"], job["resumable"]) == ("waiting", True)
    assert before == (24, 1)
    assert resumed.code == 0, resumed.err
    assert (tmp_path / "out" / "report.pdf").exists()


@pytest.mark.long
def test_a_service_killed_in_the_submit_leaves_the_decision_to_a_person(
    program: Program, study: Path, tmp_path: Path
) -> None:
    with standing_still(program, study, tmp_path / "out", "submitting") as (service, process):
        service.kill()
        stopped = ended(process)
    with program.service(truth=study) as service:
        undecided = resume(program, study, tmp_path / "out")
        asked = resume(program, study, tmp_path / "out", "--decide", "ask-again")
        calls = service.calls(SUBMIT)
        anew = resume(program, study, tmp_path / "out", "--decide", "submit-anew")

        assert (service.calls(PUT), calls, service.calls(SUBMIT)) == (24, 0, 1)
        assert service.objects() == []
    assert (stopped.code, stopped.json["code"]) == (6, "outcome-unknown")
    assert "yingtai jobs resume " in stopped.err
    assert undecided.code == 6
    assert asked.code == 6
    assert "lists no job that could be this one" in asked.err
    assert anew.code == 0, anew.err


@pytest.mark.long
def test_a_service_stopped_while_it_fetches_does_the_job_at_its_next_start(
    program: Program, study: Path, tmp_path: Path
) -> None:
    slow: Fault = {"on": "GetObject", "kind": "delay", "count": None, "seconds": 600}
    with (
        program.service(truth=study, faults=[slow]) as service,
        program.started(*analyze(study, tmp_path / "out", "--json")) as process,
    ):
        wait_until(lambda: reached(program, service, "waiting"))
        service.process.terminate()
        service.process.wait(30)
        stopped = ended(process)
    with program.service(truth=study) as service:
        resumed = resume(program, study, tmp_path / "out")

        assert service.calls(SUBMIT) == 1
    assert stopped.code == 1
    assert resumed.code == 0, resumed.err


@pytest.mark.parametrize("state", ["uploading", "waiting"])
def test_a_killed_program_goes_on_from_where_it_was(program: Program, study: Path, tmp_path: Path, state: str) -> None:
    with standing_still(program, study, tmp_path / "out", state) as (service, process):
        process.kill()
        process.wait(30)
    (listed,) = program.jobs()
    with program.service(truth=study) as service:
        resumed = resume(program, study, tmp_path / "out")

        assert service.calls(SUBMIT) == 1
        # An upload that was under way may have arrived or not; every other object is sent once.
        assert 24 <= service.calls(PUT) <= 34
        assert service.objects() == []
    assert (listed["code"], listed["running"], listed["resumable"]) == (state, False, True)
    assert resumed.code == 0, resumed.err
    assert (tmp_path / "out" / "report.pdf").exists()


def test_a_program_killed_in_the_submit_never_submits_by_itself(program: Program, study: Path, tmp_path: Path) -> None:
    with standing_still(program, study, tmp_path / "out", "submitting") as (service, process):
        process.kill()
        process.wait(30)
    (listed,) = program.jobs()
    with program.service(truth=study) as service:
        resumed = resume(program, study, tmp_path / "out")
        calls = service.calls(SUBMIT)
        given_up = resume(program, study, tmp_path / "out", "--decide", "give-up", "--json")

        assert (calls, service.calls(SUBMIT)) == (0, 0)
        assert service.objects() == []
    assert (listed["running"], listed["finished"]) == (False, False)
    assert resumed.code == 6
    assert "not known" in resumed.err
    assert given_up.code == 0, given_up.err
    assert given_up.json == program.job()
    assert given_up.json["code"] == "cancelled"


def test_a_second_identical_analysis_is_refused_while_the_first_is_under_way(
    program: Program, study: Path, tmp_path: Path
) -> None:
    with standing_still(program, study, tmp_path / "out", "waiting") as (service, _):
        second = program.analyze(study, tmp_path / "second", "--json")
        busy = resume(program, study, tmp_path / "second")

        assert (service.calls(PUT), service.calls(SUBMIT)) == (24, 1)
    assert (second.code, second.json["code"]) == (2, "job-active")
    assert busy.code == 2
    assert not (tmp_path / "second").exists()
