"""A file that made the reader fail is named at every scan and not read, until a person asks for it."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from tests.imaging.made import write_slice
from workstation.app import App, run
from workstation.domain.error import ErrorCode
from workstation.domain.work import silent
from workstation.imaging.worker import BARRIER
from workstation.imaging.worker.quarantine import Barrier


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four slices, the second of which killed a reader when it was opened last."""
    monkeypatch.setenv("YINGTAI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    folder = tmp_path / "study"
    folder.mkdir()
    for number in range(4):
        os.utime(write_slice(folder / f"{number}.dcm", z=number), (1e9, 1e9))
    run(["scan", str(folder)])  # so that the index knows all four
    app = App()
    app.scan([], silent)
    BARRIER.bar(str(folder / "1.dcm"), ErrorCode.KILLED_READER)
    app.close()
    BARRIER.forget()
    return folder


def scanned(study: Path, capfd: pytest.CaptureFixture[str], *options: str) -> tuple[list[int], list[str]]:
    """How many slices each series has, and the sentences of what was left out."""
    capfd.readouterr()
    run(["scan", str(study), "--json", *options])
    result = json.loads(capfd.readouterr().out)
    BARRIER.forget()
    return [one["slices"] for one in result["series"]], [one["sentence"] for one in result["left_out"]]


def test_it_is_named_at_every_start_and_the_others_open(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    named = ([3], ["This file made the reader fail and is not tried again as long as it is unchanged."])

    assert scanned(study, capfd) == named
    assert scanned(study, capfd) == named


def test_it_is_read_when_it_changed(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    os.utime(study / "1.dcm", (2e9, 1.5e9))

    assert scanned(study, capfd) == ([4], [])


def test_it_is_read_when_somebody_asks(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert scanned(study, capfd, "--retry") == ([4], [])
    assert scanned(study, capfd) == ([4], [])


def test_a_member_of_an_archive_is_left_out_alone(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    packed = study / "all.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(4):
            archive.write(study / f"{number}.dcm", f"{number}.dcm")
            (study / f"{number}.dcm").unlink()
    app = App()
    app.scan([], silent)
    BARRIER.bar(f"{packed}!/2.dcm", ErrorCode.TIMED_OUT_READING)
    app.close()
    BARRIER.forget()

    slices, sentences = scanned(study, capfd)

    assert slices == [3]
    assert sentences == ["Reading this file took too long; it is not tried again as long as it is unchanged."]


def test_records_that_cannot_be_opened_cost_the_memory_only(
    study: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "home" / "data" / "records.sqlite").write_bytes(b"no database at all" * 100)

    assert scanned(study, capfd) == ([4], [])


def test_without_records_a_barrier_still_remembers_for_itself(study: Path) -> None:
    barrier = Barrier()
    barrier.bar(str(study / "2.dcm"), ErrorCode.TIMED_OUT_READING)

    assert barrier.reason(str(study / "2.dcm")) is ErrorCode.TIMED_OUT_READING
