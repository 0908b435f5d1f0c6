"""A report is never written over that of another analysis."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workspace.sitting import result
from workstation.workspace.desk import own_folder

MADE = result("1.2.3#0")


def test_an_empty_or_new_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert own_folder(tmp_path, MADE) == tmp_path
    assert own_folder(tmp_path / "new", MADE) == tmp_path / "new"


def test_the_same_analysis_is_written_again_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(b"")
    (tmp_path / "result.json").write_text(json.dumps({"job": {"id": MADE.job.id}}), encoding="utf-8")

    assert own_folder(tmp_path, MADE) == tmp_path


@pytest.mark.parametrize("there", ["report.pdf", "result.json"])
def test_another_report_keeps_its_folder_to_itself(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_bytes(b"\xff{}")
    other = replace(MADE, job=replace(MADE.job, id="ffff0000-other"))

    assert own_folder(tmp_path, MADE).parent == tmp_path
    assert own_folder(tmp_path, MADE) != own_folder(tmp_path, other)
