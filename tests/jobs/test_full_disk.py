"""A disk that is full just when the paid call was taken: its number is not lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.jobs.fakes import FolderService, FolderStore, world
from workstation.jobs import JobState, run
from workstation.records import Records


@pytest.mark.skipif(os.name != "posix", reason="a file-size limit is set with resource, which only POSIX has")
def test_a_disk_that_is_full_after_the_submit_loses_no_call(tmp_path: Path) -> None:
    told = subprocess.run([sys.executable, "-c", _RUN, str(tmp_path)], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "no-space"

    with Records(tmp_path / "records.db") as ledger:
        (row,) = ledger.jobs.rows()
        assert row.state == "submitting"
        outcome = run(row.id, world(tmp_path, ledger))

    assert outcome.job.state is JobState.DONE
    assert len(FolderService(tmp_path).submits) == 1
    assert len(FolderStore(tmp_path).stored) == 3


_RUN = """
import resource, sys
from pathlib import Path
from tests.jobs.fakes import NEW, DoAt, world
from workstation.jobs import run
from workstation.records import Records
root = Path(sys.argv[1])
full = DoAt("was submitted", lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))
with Records(root / "records.db") as ledger:
    print(run(NEW, world(root, ledger, moment=full)).error.code.value)
"""
