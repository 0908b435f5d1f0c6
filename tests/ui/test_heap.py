"""What the process asks the system for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_ASK = """
import sys
from pathlib import Path
import numpy as np
from workstation.ui.heap import keep_tidy

if sys.argv[1] == "tidy":
    keep_tidy()
    keep_tidy()  # once more does no harm


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


np.ones(30 * 2**20, dtype=np.uint8)  # glibc takes this as a hint to keep what is as large
before = resident()
size = int(sys.argv[2]) * 2**20
held = [np.ones(size, dtype=np.uint8) for _ in range(120 * 2**20 // size)]
kept = np.ones(12 * 2**20, dtype=np.uint8)  # at the end of the heap: nothing before it goes back
del held
print(resident() - before)
"""


def told_by(script: str, *how: str) -> float:
    """The number that a process of its own prints."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("NUMPY_")}
    ran = subprocess.run([sys.executable, "-c", script, *how], env=plain, capture_output=True, text=True, check=True)
    return float(ran.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heap")
@pytest.mark.parametrize("megabytes", ["5", "20"])
def test_large_arrays_that_are_let_go_of_go_back_to_the_system(megabytes: str) -> None:
    assert told_by(_ASK, "tidy", megabytes) < 20
    assert told_by(_ASK, "as it comes", megabytes) > 50  # or there would be nothing to do


_HOLES = """
import sys
from pathlib import Path
import numpy as np
from workstation.ui.heap import give_back, keep_tidy

keep_tidy()


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


held, kept = [], []
for _ in range(100):
    held.append(np.ones(2**20, dtype=np.uint8))
    kept.append(np.ones(2**16, dtype=np.uint8))  # between them, so that none is at the end of the heap
before = resident()
del held
if sys.argv[1] == "back":
    give_back()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heap")
def test_holes_between_what_is_held_go_back_to_the_system() -> None:
    assert told_by(_HOLES, "as it comes") < 20
    assert told_by(_HOLES, "back") > 80


_RUNNING = """
from workstation.ui import screen

given = []
screen._TIDY_MS, screen.give_back = 10, lambda: given.append(1)
screen.application(offscreen=True)
screen.rest(0.3)
print(len(given))
"""


def test_a_running_program_gives_back_again_and_again() -> None:
    assert told_by(_RUNNING) > 3


_STARTED = """
import sys
from types import SimpleNamespace

sys.modules["workstation.app"] = SimpleNamespace(run=lambda: 0)
from workstation.__main__ import main

main()
from numpy._core.multiarray import _get_madvise_hugepage

print(int(_get_madvise_hugepage()))
"""


def test_the_program_has_no_large_pages_in_its_heap() -> None:
    assert told_by(_STARTED) == 0
