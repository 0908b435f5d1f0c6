"""A reader who does anything, for a short while; `make monkey` goes on for longer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("seed", [7])
def test_whatever_hands_do_nothing_is_raised_and_no_decision_is_lost(seed: int, tmp_path: Path) -> None:
    """In a process of its own, so that a crash is seen as one."""
    ran = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.ui.monkey", "--events", "120", "--seed", str(seed)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr[-4000:]
