"""The file: private, versioned, shared by processes, whole after a full disk."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.records.rows import NOON, job
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.records import Records


def test_the_file_and_its_side_files_are_readable_by_the_owner_only(tmp_path: Path) -> None:
    with Records(tmp_path / "in" / "records.db") as records:
        records.jobs.create(job("A"), forced=False)
        modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "in").iterdir() if file.is_file()}

    if os.name == "posix":
        assert modes == {0o600}


def test_a_newer_file_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    Records(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(WorkstationError) as refused:
        Records(path)

    assert refused.value.code is ErrorCode.SCHEMA_TOO_NEW
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.write_bytes(b"something else entirely " * 100)

    with pytest.raises(WorkstationError) as refused:
        Records(path)

    assert refused.value.code is ErrorCode.RECORDS_DAMAGED
    assert path.read_bytes() == b"something else entirely " * 100


def test_a_row_of_an_unknown_job_is_refused(tmp_path: Path) -> None:
    with Records(tmp_path / "records.db") as records, pytest.raises(sqlite3.IntegrityError):
        records.answers.save("nobody", "{}", "{}", NOON)


def test_threads_write_side_by_side_without_losing_a_row(tmp_path: Path) -> None:
    with Records(tmp_path / "records.db") as records:
        writers = [threading.Thread(target=_create_ten, args=(records, f"T{n}")) for n in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()

        assert len(records.jobs.rows()) == 40


def test_two_processes_open_a_new_file_at_once_and_lose_no_row(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_open_and_create_ten, args=(path, f"P{n}")) for n in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    with Records(path) as records:
        assert len(records.jobs.rows()) == 20


@pytest.mark.skipif(os.name != "posix", reason="a file-size limit is set with resource, which only POSIX has")
def test_a_full_disk_says_so_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    done = subprocess.run([sys.executable, "-c", _FILL, str(path)], capture_output=True, text=True, check=True)

    assert done.stdout.split()[0] == "no-space"
    with Records(path) as records:
        assert [row.id for row in records.jobs.rows()] == [f"J{n}" for n in range(int(done.stdout.split()[1]))]
        assert records.jobs.events("J0")[0].what == "created"


_FILL = """
import resource, sys
from dataclasses import replace
from pathlib import Path
from tests.records.rows import job
from workstation.domain.error import WorkstationError
from workstation.records import Records
records, done = Records(Path(sys.argv[1])), 0
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
try:
    while True:
        records.jobs.create(replace(job(f"J{done}"), consent="x" * 2000), forced=False)
        done += 1
except WorkstationError as error:
    print(error.code.value, done)
"""


def _create_ten(records: Records, prefix: str) -> None:
    for number in range(10):
        records.jobs.create(job(f"{prefix}-{number}"), forced=False)


def _open_and_create_ten(path: Path, prefix: str) -> None:
    with Records(path) as records:
        _create_ten(records, prefix)
