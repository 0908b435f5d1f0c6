"""A job on two series: both are sent, and both are found again where it goes on later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.jobs.fakes import FolderStore, TestClock
from tests.workspace.test_runs import FolderConnections
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.series import Patient, Stack
from workstation.domain.work import CancelToken, silent
from workstation.imaging.phantom.make import PhantomOptions, make_phantom
from workstation.imaging.series.scan import scan
from workstation.records import Records
from workstation.workspace.intents import AnalysisRequest
from workstation.workspace.jobs import JobLine
from workstation.workspace.runs import JobFolders, Runs, Site, unheard


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    folder = tmp_path_factory.mktemp("later")
    make_phantom("chest-ct", folder, options=PhantomOptions(slices=9, size=32, spacing_mm=20.0, follow_up=True))
    (found,) = scan([folder]).stacks
    return found


@pytest.fixture
def connections(tmp_path: Path) -> FolderConnections:
    return FolderConnections(tmp_path)


@pytest.fixture
def runs(tmp_path: Path, connections: FolderConnections) -> Iterator[Runs]:
    with Records(tmp_path / "records.db") as ledger:
        folders = JobFolders(tmp_path / "work", tmp_path / "results")
        yield Runs(connections, ledger, TestClock(), folders, lambda: Site("Site", "site-01", 100.0))


def request(stack: Stack, other: Stack | None) -> AnalysisRequest:
    others = {"floating": other} if other is not None else {}
    return AnalysisRequest(stack=stack, operation="ct-registration", connection="local", parameters={}, others=others)


def refusal(runs: Runs, asked: AnalysisRequest) -> ErrorCode:
    with pytest.raises(WorkstationError) as refused:
        runs.start(asked, unheard, silent, CancelToken())
    return refused.value.code


def interrupted(runs: Runs, asked: AnalysisRequest) -> str:
    """The id of a job that was left while it sent its copies."""
    token = CancelToken()

    def quit_while_uploading(line: JobLine) -> None:
        if line.code == "uploading":
            token.cancel()

    with pytest.raises(Cancelled):
        runs.start(asked, quit_while_uploading, silent, token, keep=True)
    (line,) = (line for line in runs.lines() if line.resumable)
    return line.id


def lists(connections: FolderConnections) -> tuple[int, int]:
    """How many frames of each side the service was told of."""
    submit = connections.service.submits[-1]
    names = list(submit)
    return (
        sum(name.startswith("ReferenceList.") for name in names),
        sum(name.startswith("FloatingList.") for name in names),
    )


def test_both_series_are_sent(
    runs: Runs, connections: FolderConnections, stack: Stack, later: Stack, tmp_path: Path
) -> None:
    assert refusal(runs, request(stack, later)) is ErrorCode.JOB_FAILED  # what this service always answers

    assert lists(connections) == (20, 9)
    assert len(FolderStore(tmp_path).stored) == 29
    assert FolderStore(tmp_path).objects == set()  # and deleted there


def test_without_a_second_series_nothing_is_started(runs: Runs, stack: Stack) -> None:
    assert refusal(runs, request(stack, None)) is ErrorCode.SECOND_SERIES_NEEDED
    assert runs.lines() == ()


def test_a_second_series_of_another_patient_is_never_sent(
    runs: Runs, connections: FolderConnections, stack: Stack, later: Stack
) -> None:
    stranger = replace(later, patient=Patient(name="OTHER", id="other"))

    assert refusal(runs, request(stack, stranger)) is ErrorCode.NOT_ELIGIBLE
    assert connections.service.submits == []


def test_a_job_that_was_left_goes_on_with_both(
    runs: Runs, connections: FolderConnections, stack: Stack, later: Stack, tmp_path: Path
) -> None:
    job = interrupted(runs, request(stack, later))
    for copy in (tmp_path / "work").rglob("*.dcm"):
        copy.unlink()  # so that copies have to be made anew
    with pytest.raises(WorkstationError) as ended:
        runs.resume(job, (later, stack), unheard, silent, CancelToken())

    assert ended.value.code is ErrorCode.JOB_FAILED
    assert lists(connections) == (20, 9)


def test_a_job_whose_second_series_is_not_open_asks_for_the_study(
    runs: Runs, stack: Stack, later: Stack, tmp_path: Path
) -> None:
    job = interrupted(runs, request(stack, later))
    for copy in (tmp_path / "work").rglob("*.dcm"):
        copy.unlink()
    with pytest.raises(WorkstationError) as ended:
        runs.resume(job, (stack,), unheard, silent, CancelToken())

    assert ended.value.code is ErrorCode.STUDY_NEEDED


def test_with_another_second_series_it_is_another_analysis(runs: Runs, stack: Stack, later: Stack) -> None:
    interrupted(runs, request(stack, later))

    assert refusal(runs, request(stack, later)) is ErrorCode.JOB_ACTIVE
    assert refusal(runs, request(stack, replace(later, id="another#0"))) is ErrorCode.JOB_FAILED
