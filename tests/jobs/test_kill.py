"""The program is killed, anywhere: nothing is sent twice, nothing is paid twice, and what is unclear is said."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.jobs.fakes import NEW, Death, FolderService, FolderStore, Killed, world
from workstation.domain.error import ErrorCode
from workstation.jobs import JobOutcome, JobState, UncertainChoice, resolve_uncertain, run
from workstation.records import Records

# More than the things that take effect in one whole run; later ones let the run end.
LAST = 60


@pytest.mark.parametrize("at", range(1, LAST))
def test_wherever_it_is_killed_it_ends_done_or_uncertain(tmp_path: Path, at: int) -> None:
    _run_and_die(tmp_path, at)

    _assert_sound(tmp_path, _resume(tmp_path))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, LAST), min_size=2, max_size=4))
def test_killed_again_and_again_it_still_ends_done_or_uncertain(deaths: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for at in deaths:
            _run_and_die(root, at)

        _assert_sound(root, _resume(root))


def test_the_last_of_these_kills_came_after_the_end(tmp_path: Path) -> None:
    _run_and_die(tmp_path, LAST)

    with Records(tmp_path / "records.db") as ledger:
        assert [row.state for row in ledger.jobs.rows()] == ["done"]


MOMENTS = {
    "put 0001": ("uploading", JobState.DONE, 1),
    "was put 0002": ("uploading", JobState.DONE, 1),
    "submit": ("submitting", JobState.UNCERTAIN, 0),
    "was submitted": ("submitting", JobState.UNCERTAIN, 1),
    "poll": ("waiting", JobState.DONE, 1),
    "was polled": ("waiting", JobState.DONE, 1),
    "delete": ("cleaning", JobState.DONE, 1),
    "was deleted": ("cleaning", JobState.DONE, 1),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_process_is_taken_on_by_another(tmp_path: Path, moment: str) -> None:
    state, end, submits = MOMENTS[moment]
    _kill_process_at(tmp_path, moment)
    with Records(tmp_path / "records.db") as ledger:
        (row,) = ledger.jobs.rows()
        assert (row.state, ledger.is_held(row.id)) == (state, False)

    outcome = _resume(tmp_path)

    assert outcome.job.state is end
    assert len(FolderService(tmp_path).submits) == submits
    assert sorted(set(FolderStore(tmp_path).stored)) == FolderStore(tmp_path).stored


def test_after_a_kill_in_the_submit_the_decision_is_a_persons(tmp_path: Path) -> None:
    _kill_process_at(tmp_path, "was submitted")
    job_id = _resume(tmp_path).job.id
    with Records(tmp_path / "records.db") as ledger:
        around = world(tmp_path, ledger)
        resolve_uncertain(job_id, UncertainChoice.SUBMIT_ANEW, ledger, around.clock)

        outcome = run(job_id, around)

    assert outcome.job.state is JobState.DONE
    assert len(FolderStore(tmp_path).stored) == 3


def _run_and_die(root: Path, at: int) -> None:
    """Start the one job of this folder, or go on with it, until the nth thing that takes effect."""
    death = Death(at)
    with death.records(root / "records.db") as ledger:
        around = world(root, ledger, moment=death)
        rows = ledger.jobs.rows()
        try:
            run(rows[0].id if rows else NEW, around)
        except Killed:
            return


def _resume(root: Path) -> JobOutcome:
    with Records(root / "records.db") as ledger:
        rows = ledger.jobs.rows()
        return run(rows[0].id if rows else NEW, world(root, ledger))


def _assert_sound(root: Path, outcome: JobOutcome) -> None:
    service, store = FolderService(root), FolderStore(root)
    assert len(service.submits) <= 1
    assert sorted(set(store.stored)) == sorted(store.stored)
    if outcome.job.state is JobState.UNCERTAIN:
        assert outcome.job.error_code is ErrorCode.OUTCOME_UNKNOWN
        assert len(store.objects) == 3
        return
    assert outcome.job.state is JobState.DONE
    assert outcome.result is not None
    assert len(service.submits) == 1
    assert store.objects == set()
    assert not (root / "prepared" / outcome.job.id).exists()


def _kill_process_at(root: Path, moment: str) -> None:
    """Run the job in a process of its own that stands still at the moment, and kill it there."""
    child = subprocess.Popen([sys.executable, "-m", "tests.jobs.killed", str(root), moment])
    try:
        while not (root / "reached").exists():
            assert child.poll() is None, "the job ended before the moment came"
            time.sleep(0.02)
        with Records(root / "records.db") as ledger:
            assert ledger.is_held(ledger.jobs.rows()[0].id)
    finally:
        child.kill()
        child.wait()
