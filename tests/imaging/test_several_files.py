"""Small files that one request to a worker is about: one that kills it is to blame, and no other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.imaging.made import write_slice
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan

FILES = 40

# Loaded by every Python that starts with it on its path: a worker dies of a signal when it opens the file.
DYING = """
import os, signal, sys

def die(event, arguments):
    if event == "open" and str(arguments[0]).endswith("killer"):
        os.kill(os.getpid(), signal.SIGSEGV)

if "-c" in sys.orig_argv:
    sys.addaudithook(die)
"""

PROGRAM = """
import json, sys
from pathlib import Path
from workstation.domain.error import WorkstationError
from workstation.imaging import worker
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan

(stack,) = scan([Path(sys.argv[1])]).stacks
try:
    load_volume(stack)
except WorkstationError as error:
    barred = [k for k, one in enumerate(stack.instances) if worker.BARRIER.reason(one.path) is not None]
    print(json.dumps([error.code.value, error.facts["slice"], barred]))
"""


def _write(path: Path, z: int) -> None:
    """Values of 32 bits: their header is read here, their pixels by a worker."""
    write_slice(path, z=z, pixels=np.full((16, 18), 1024 + z, dtype=np.uint32))


@pytest.mark.parametrize("count", [1, 7, FILES])
def test_every_slice_of_many_small_files_comes_to_its_place(tmp_path: Path, count: int) -> None:
    for z in range(count):
        _write(tmp_path / f"{(z * 11) % count:03}", z)  # names in another order than positions

    (stack,) = scan([tmp_path]).stacks

    assert load_volume(stack).values[:, 15, 17].tolist() == list(range(count))


@pytest.mark.skipif(os.name == "nt", reason="there are no signals")
def test_only_the_file_that_killed_the_reader_is_named_and_barred(tmp_path: Path) -> None:
    study, path = tmp_path / "study", tmp_path / "path"
    study.mkdir()
    path.mkdir()
    (path / "sitecustomize.py").write_text(DYING)
    (tmp_path / "program.py").write_text(PROGRAM)
    for z in range(FILES):
        _write(study / ("killer" if z == 21 else f"{z:03}"), z)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(path), str(Path.cwd())))}

    done = subprocess.run(
        [sys.executable, str(tmp_path / "program.py"), str(study)],
        env=environment, capture_output=True, check=True, text=True,
    )  # fmt: skip

    assert json.loads(done.stdout) == ["killed-reader", 21, [21]]
