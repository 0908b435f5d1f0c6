"""`yingtai scan` recalls what it learned, and forgets it when asked."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.imaging.made import write_slice
from workstation.app import run


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YINGTAI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    folder = tmp_path / "study"
    folder.mkdir()
    for number in range(4):
        path = write_slice(folder / f"{number}.dcm", z=number, PatientName="ZHANG^SAN", SeriesDescription="Thorax")
        os.utime(path, (1e9, 1e9))
    return folder


def kept(study: Path) -> bytes:
    return b"".join(file.read_bytes() for file in (study.parent / "home" / "data").glob("scan-index*"))


def test_a_second_scan_says_the_same(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    first = run(["scan", str(study), "--json"]), json.loads(capfd.readouterr().out)
    second = run(["scan", str(study), "--json"]), json.loads(capfd.readouterr().out)

    assert first == second
    assert (second[0], second[1]["series"][0]["slices"]) == (0, 4)


def test_what_scans_kept_is_deleted_when_asked(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(["scan", str(study), "--json"])
    before = kept(study)

    assert run(["scan", "--forget"]) == 0
    assert b"Thorax" in before
    assert b"Thorax" not in kept(study)
    assert "deleted" in capfd.readouterr().err


def test_scan_without_a_path_is_wrong_usage(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["scan"]) == 2
    assert "PATHS" in capfd.readouterr().err


def test_of_several_paths_the_one_that_is_missing_is_named_and_the_others_are_read(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    gone = study.parent / "gone"
    code = run(["scan", str(study), str(gone), "--json"])
    out, err = capfd.readouterr()
    told = json.loads(out)

    assert code == 4
    assert [one["slices"] for one in told["series"]] == [4]
    assert [(one["path"], one["code"]) for one in told["missing"]] == [(str(gone), "not-found")]
    assert f"{gone}: The file or folder does not exist." in err
    assert run(["check", str(study), str(gone), "--json"]) == 4
    assert len(json.loads(capfd.readouterr().out)["series"]) == 1


def test_paths_of_which_none_exists_are_one_error(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", str(study.parent / "gone"), str(study.parent / "too"), "--json"]) == 4
    assert json.loads(capfd.readouterr().out)["code"] == "not-found"
