"""What a measurement leaves behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workstation.app import App, run
from workstation.bench import tasks
from workstation.bench.timing import Figures
from workstation.cli.program import Program


def test_a_measurement_leaves_settings_and_records_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    apart: list[Path] = []

    def measured(program: Program, data: Path) -> Figures:
        desk = program.desk()
        desk.put_settings(replace(desk.settings(), layout="2x2"))
        assert isinstance(program, App)
        apart.append(program.folders.settings_file)
        assert apart[0].exists()
        return Figures(seconds=(1.0,))

    monkeypatch.setenv("YINGTAI_HOME", str(home))
    monkeypatch.setattr(tasks, "TASKS", {"load": measured})

    assert run(["bench", "load", "--data", str(tmp_path), "--json"]) == 0
    assert not list(home.rglob("*.json"))
    assert not list(home.rglob("*.sqlite"))
    assert not apart[0].exists()
    capsys.readouterr()
