"""A service outside this PC: nothing goes there without a yes, and nothing but settings is needed to use it."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.program import Program

YES = ("--connection", "hosp", "--consent", "--max-cost", "3")


def test_without_consent_nothing_is_sent(program: Program, study: Path, tmp_path: Path) -> None:
    with program.service(truth=study) as service:
        program.connect(service)
        no = program.analyze(study, tmp_path / "out", "--connection", "hosp", "--json")
        no_limit = program.analyze(study, tmp_path / "out", "--connection", "hosp", "--consent", "--json")
        dear = program.analyze(study, tmp_path / "out", *YES[:-1], "1", "--json")

        assert (service.calls("PutObject"), service.calls("DetectLungNodule")) == (0, 0)
    assert [(ran.code, ran.json["code"]) for ran in (no, no_limit, dear)] == [
        (2, "no-consent"),
        (2, "no-consent"),
        (2, "too-expensive"),
    ]
    assert program.jobs() == []


def test_another_service_needs_nothing_but_settings(program: Program, study: Path, tmp_path: Path) -> None:
    with program.service(truth=study) as service:
        program.connect(service)
        ran = program.analyze(study, tmp_path / "out", *YES, "--json")
        left = service.objects()

    assert ran.code == 0, ran.err
    assert ran.json["connection"] == "hosp"
    assert ran.json["basis"] == "truth"  # what the service says of itself, also where it need not
    assert {finding["basis"] for finding in ran.json["findings"]} == {"truth"}
    assert ran.json["job"]["cost_yuan"] > 0
    assert left == []
    sent = program.job()["sent"]
    assert len(sent) == 24
    assert all(row["deleted"] for row in sent)


def test_keys_and_secrets_are_nowhere_on_the_disk_or_the_screen(program: Program, study: Path, tmp_path: Path) -> None:
    with program.service(truth=study) as service:
        program.connect(service)
        ran = program.analyze(study, tmp_path / "out", *YES)
        listed = program.run("connection", "list")
        secret = service.running.access_key_secret
    ours = [file for file in program.home.rglob("*") if file.is_file() and program.state not in file.parents]

    assert ran.code == 0
    assert all(secret not in text for text in (ran.out, ran.err, listed.out, listed.err))
    assert len(ours) > 1
    assert [file.name for file in ours if secret.encode() in file.read_bytes()] == []
    assert [file.name for file in (tmp_path / "out").iterdir() if secret.encode() in file.read_bytes()] == []


def test_an_output_folder_that_can_not_be_written_is_said_before_anything_is_sent(
    program: Program, study: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with program.service(truth=study) as service:
        program.connect(service)
        ran = program.analyze(study, tmp_path / "file" / "out", *YES, "--json")

        assert (service.calls("PutObject"), service.calls("DetectLungNodule")) == (0, 0)
    assert (ran.code, ran.json["code"]) == (1, "cannot-write")
    assert program.jobs() == []
