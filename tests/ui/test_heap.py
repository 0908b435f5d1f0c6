"""What the process asks the system for."""

from __future__ import annotations

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
held = [np.ones(20 * 2**20, dtype=np.uint8) for _ in range(6)]
kept = np.ones(12 * 2**20, dtype=np.uint8)  # at the end of the heap: nothing before it goes back
del held
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heap")
def test_large_arrays_that_are_let_go_of_go_back_to_the_system() -> None:
    def left(how: str) -> float:
        ran = subprocess.run([sys.executable, "-c", _ASK, how], capture_output=True, text=True, check=True)
        return float(ran.stdout)

    assert left("tidy") < 20
    assert left("as it comes") > 50  # or there would be nothing to do


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
    def gone(how: str) -> float:
        ran = subprocess.run([sys.executable, "-c", _HOLES, how], capture_output=True, text=True, check=True)
        return float(ran.stdout)

    assert gone("as it comes") < 20
    assert gone("back") > 80
