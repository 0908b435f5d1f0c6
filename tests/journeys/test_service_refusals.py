"""What a service may answer instead of doing the work: its own sentence each, nothing lost, nothing sent twice."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.program import Program
from tests.journeys.repeating import repeating

YES = ("--connection", "hosp", "--consent", "--max-cost", "3", "--json")
SUBMIT = "DetectLungNodule"


def test_a_wrong_secret_is_told_and_the_job_goes_on_with_the_right_one(
    program: Program, study: Path, tmp_path: Path
) -> None:
    with program.service(truth=study) as service:
        program.connect(service, secret="not the secret")
        refused = program.analyze(study, tmp_path / "out", *YES)
        job = program.job()
        stored = service.calls("PutObject")
        program.connect(service)
        resumed = program.run("jobs", "resume", job["id"], study, "--out", tmp_path / "out")

        assert (service.calls("PutObject"), service.calls(SUBMIT)) == (24, 1)
    assert (refused.code, refused.json["code"]) == (5, "wrong-signature")
    assert (job["code"], stored) == ("uploading", 0)
    assert resumed.code == 0, resumed.err
    assert (tmp_path / "out" / "report.pdf").exists()


def test_a_clock_that_is_wrong_is_told_and_nothing_is_sent_again(program: Program, study: Path, tmp_path: Path) -> None:
    late = [{"on": SUBMIT, "kind": "skew", "seconds": -1000}]
    with program.service(truth=study, faults=late) as service:
        refused = program.analyze(study, tmp_path / "out", "--json")
        job = program.job()
        resumed = program.run("jobs", "resume", job["id"])

        assert (service.calls("PutObject"), service.calls(SUBMIT)) == (24, 1)
    assert (refused.code, refused.json["code"]) == (5, "clock-wrong")
    assert "clock" in refused.err
    assert job["code"] == "uploading"
    assert resumed.code == 0, resumed.err


def test_a_clock_that_is_wrong_for_the_store_is_told_before_anything_is_stored(
    program: Program, study: Path, tmp_path: Path
) -> None:
    late = [{"on": "PutObject", "kind": "skew", "seconds": -1000, "count": None}]
    with program.service(truth=study, faults=late) as service:
        refused = program.analyze(study, tmp_path / "out", "--json")

        assert service.objects() == []
    assert (refused.code, refused.json["code"]) == (5, "clock-wrong")


def test_a_submit_that_something_repeats_is_not_repeated_by_us(program: Program, study: Path, tmp_path: Path) -> None:
    with program.service(truth=study) as service, repeating(service.running.rpc, SUBMIT) as gateway:
        program.connect(service, rpc=gateway)
        ran = program.analyze(study, tmp_path / "out", *YES)
        job = program.job()
        calls = service.calls(SUBMIT), service.calls(SUBMIT, "400")
        again = program.run("jobs", "resume", job["id"])

        assert calls == (1, 1) == (service.calls(SUBMIT), service.calls(SUBMIT, "400"))
    assert (ran.code, ran.json["code"]) == (6, "outcome-unknown")
    assert job["needs_decision"]
    assert again.code == 6


def test_a_question_that_something_repeats_is_asked_anew(program: Program, study: Path, tmp_path: Path) -> None:
    with (
        program.service(truth=study) as service,
        repeating(service.running.rpc, "GetAsyncJobResult", times=1) as gateway,
    ):
        program.connect(service, rpc=gateway)
        ran = program.analyze(study, tmp_path / "out", *YES)

        assert service.calls("GetAsyncJobResult", "400") == 1
    assert ran.code == 0, ran.err


def test_links_that_expire_are_made_anew_once(program: Program, study: Path, tmp_path: Path) -> None:
    with program.service(truth=study, faults=[{"on": "GetObject", "kind": "expired"}]) as service:
        ran = program.analyze(study, tmp_path / "out", "--json")

        assert (service.calls("PutObject"), service.calls(SUBMIT)) == (24, 2)
    assert ran.code == 0, ran.err


def test_links_that_always_expire_end_the_job_with_their_own_sentence(
    program: Program, study: Path, tmp_path: Path
) -> None:
    with program.service(truth=study, faults=[{"on": "GetObject", "kind": "expired", "count": None}]) as service:
        ran = program.analyze(study, tmp_path / "out", "--json")
        left = service.objects()

        assert (service.calls("PutObject"), service.calls(SUBMIT)) == (24, 2)
    assert (ran.code, ran.json["code"]) == (5, "link-expired")
    assert left == []
    assert program.job()["code"] == "failed"


def test_a_busy_service_is_waited_for(program: Program, study: Path, tmp_path: Path) -> None:
    busy = [{"on": SUBMIT, "kind": "throttle"}, {"on": "GetAsyncJobResult", "kind": "throttle"}]
    with program.service(truth=study, faults=busy) as service:
        ran = program.analyze(study, tmp_path / "out", "--json")

        assert (service.calls("PutObject"), service.calls(SUBMIT)) == (24, 1)
    assert ran.code == 0, ran.err
