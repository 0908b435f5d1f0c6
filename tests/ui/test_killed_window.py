"""A window that is killed in the middle of a reading."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.kept_desk import KeptDesk
from tests.ui.window import open_study, window_on
from workstation.domain.decision import DecisionState
from workstation.domain.shapes import Sphere

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="SIGKILL is POSIX; Windows ends processes otherwise")
def test_a_killed_window_finds_decisions_shapes_and_own_findings_after_the_restart(
    tmp_path: Path, qtbot: QtBot
) -> None:
    command = [sys.executable, "-m", "tests.ui.kept_desk", str(tmp_path / "records.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT) as killed:
        assert killed.stdout is not None
        told = [killed.stdout.readline() for _ in range(40)]
        killed.send_signal(signal.SIGKILL)
        told += [line for line in killed.stdout if line.endswith("\n")]

    desk = KeptDesk(tmp_path / "records.sqlite")
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.sitting.state.shown_result is not None)
        state = window.sitting.state
    desk.records.close()
    lines = [line.rstrip("\n").split(" ", 1) for line in told]
    own = [finding_id for finding_id, what in lines if what == "own"]
    shaped = {finding_id: what for finding_id, what in lines if what.startswith("shaped ")}
    decided = {finding_id: what for finding_id, what in lines if finding_id not in own and finding_id not in shaped}
    assert killed.returncode == -signal.SIGKILL
    assert len(decided) + len(shaped) >= 5
    assert len(own) >= 3
    for finding_id in own:
        assert state.finding(finding_id) is not None
        assert state.decision(finding_id).by == "Li"
    for finding_id, what in shaped.items():
        shapes = state.decision(finding_id).shapes
        assert shapes is not None
        assert isinstance(shapes[0], Sphere)
        assert f"shaped {shapes[0].radius}" == what
    for finding_id, comment in decided.items():
        assert state.decision(finding_id).state is DecisionState.ACCEPTED
        assert state.decision(finding_id).by == "Li"
        assert state.decision(finding_id).comment.startswith(comment)
