"""The answer to a paid call is lost: its job is found in the service's list, and a person says which one it is."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.program import Program
from tests.journeys.test_kills import SUBMIT

LOST = {"on": SUBMIT, "kind": "drop-after"}
ASK = ("--decide", "ask-again", "--json")


def test_a_job_whose_number_was_lost_is_found_and_goes_on(program: Program, study: Path, tmp_path: Path) -> None:
    with program.service(truth=study, faults=[LOST]) as service:
        lost = program.analyze(study, tmp_path / "out")
        job = program.job()["id"]
        asked = program.run("jobs", "resume", job, *ASK)
        number = asked.json["facts"]["numbers"]
        other = program.run("jobs", "resume", job, *ASK, "--number", "OTHER")
        undecided = program.job()["code"]
        found = program.run("jobs", "resume", job, *ASK, "--number", number)

        assert service.calls(SUBMIT) == 0
        assert service.calls(SUBMIT, "dropped-after") == 1
        assert service.objects() == []
    assert (lost.code, undecided) == (6, "uncertain")
    assert (asked.code, asked.json["code"], asked.json["facts"]["count"]) == (6, "jobs-listed", 1)
    assert (other.code, other.json["code"]) == (6, "jobs-listed")
    assert (found.code, found.json["code"], found.json["request_id"]) == (0, "done", number)


def test_a_call_that_never_arrived_is_said_to_be_in_no_list(program: Program, study: Path, tmp_path: Path) -> None:
    with program.service(truth=study, faults=[{"on": SUBMIT, "kind": "drop-before"}]):
        program.analyze(study, tmp_path / "out")
        asked = program.run("jobs", "resume", program.job()["id"], *ASK)

    assert (asked.code, asked.json["code"]) == (6, "none-listed")
    assert program.job()["code"] == "uncertain"
