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
