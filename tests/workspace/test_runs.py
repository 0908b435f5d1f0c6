"""Running jobs for a person: consent, one at a time, results again later; real copies, a store and service of files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.jobs.fakes import FolderService, FolderStore, TestClock, done, failed
from tests.stacks import chest_ct
from workstation.catalogue.operation import ConnectionKind
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.words import Language, render
from workstation.domain.work import CancelToken, silent
from workstation.records import Records
from workstation.workspace.connections import ConnectionInfo, Opened
from workstation.workspace.intents import AnalysisRequest
from workstation.workspace.jobs import JobLine
from workstation.workspace.runs import JobFolders, Runs, Site, unheard


@dataclass
class FolderConnections:
    """A local and a paid connection to the same files."""

    root: Path
    service: FolderService = field(init=False)

    def __post_init__(self) -> None:
        self.service = FolderService(self.root, statuses=(failed("PROCESS_FAILED"),))

    def all(self) -> tuple[ConnectionInfo, ...]:
        return (
            ConnectionInfo(name="local", kind=ConnectionKind.LOCAL),
            ConnectionInfo(name="clinic", kind=ConnectionKind.COMPATIBLE, bucket="studies", host="oss.example"),
        )

    def open(self, name: str, product: str) -> Opened:
        return Opened(store=FolderStore(self.root), client=self.service, bucket="studies", prefix="yingtai")


class VendorConnections(FolderConnections):
    """The paid one is the vendor's."""

    def all(self) -> tuple[ConnectionInfo, ...]:
        local, clinic = super().all()
        return local, replace(clinic, kind=ConnectionKind.ALIYUN)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Records]:
    with Records(tmp_path / "records.db") as records:
        yield records


@pytest.fixture
def connections(tmp_path: Path) -> FolderConnections:
    return FolderConnections(tmp_path)


@pytest.fixture
def runs(tmp_path: Path, ledger: Records, connections: FolderConnections) -> Runs:
    return Runs(
        connections,
        ledger,
        TestClock(),
        JobFolders(tmp_path / "work", tmp_path / "results"),
        lambda: Site("Site", "site-01", 100.0),
    )


def request(stack: Stack, connection: str = "local", limit: float | None = None) -> AnalysisRequest:
    parameters = {"threshold": 0.6}
    return AnalysisRequest(
        stack=stack, operation="lung-nodule", connection=connection, parameters=parameters, limit_yuan=limit
    )


def refusal(runs: Runs, asked: AnalysisRequest) -> ErrorCode:
    with pytest.raises(WorkstationError) as refused:
        runs.start(asked, unheard, silent, CancelToken())
    return refused.value.code


def test_a_series_that_does_not_fit_is_not_started(runs: Runs, connections: FolderConnections) -> None:
    assert refusal(runs, request(chest_ct(19))) is ErrorCode.NOT_ELIGIBLE
    assert runs.lines() == ()
    assert connections.service.submits == []


def test_a_call_dearer_than_agreed_is_not_started(runs: Runs, connections: FolderConnections, stack: Stack) -> None:
    assert refusal(runs, request(stack, "clinic", limit=1.0)) is ErrorCode.TOO_EXPENSIVE
    assert runs.lines() == ()
    assert connections.service.submits == []


def test_an_unknown_connection_is_told(runs: Runs, stack: Stack) -> None:
    assert refusal(runs, request(stack, "nowhere")) is ErrorCode.NO_SUCH_CONNECTION


def test_a_job_that_failed_there_says_so_and_costs_nothing(runs: Runs, stack: Stack) -> None:
    assert refusal(runs, request(stack, "clinic", limit=3.0)) is ErrorCode.JOB_FAILED
    (line,) = runs.lines()

    assert (line.finished, line.running, line.resumable) == (True, False, False)
    assert line.error is not None
    assert runs.month() == (0.0, 0)


def test_the_service_is_told_the_site_and_every_slice_once(
    runs: Runs, connections: FolderConnections, stack: Stack, tmp_path: Path
) -> None:
    refusal(runs, request(stack))
    (submit,) = connections.service.submits

    assert (submit["OrgName"], submit["OrgId"]) == ("Site", "site-01")
    assert len([name for name in submit if name.startswith("URLList.")]) == 20
    assert len(FolderStore(tmp_path).stored) == 20
    assert FolderStore(tmp_path).objects == set()


def test_lines_tell_how_far_it_is_and_how_it_ended(runs: Runs, stack: Stack) -> None:
    lines: list[JobLine] = []
    with pytest.raises(WorkstationError):
        runs.start(request(stack), lines.append, silent, CancelToken())

    assert any(line.running for line in lines)
    assert lines[-1].finished
    assert len({line.id for line in lines}) == 1


def test_a_cancel_from_elsewhere_ends_the_run(runs: Runs, connections: FolderConnections, stack: Stack) -> None:
    def cancel(line: JobLine) -> None:
        if not line.finished:
            runs.cancel(line.id)

    with pytest.raises(Cancelled):
        runs.start(request(stack), cancel, silent, CancelToken())
    (line,) = runs.lines()

    assert line.finished
    assert line.error is None  # a cancel is what was asked for
    assert connections.service.submits == []


def test_a_second_run_of_the_same_is_refused_until_the_first_has_ended(runs: Runs, stack: Stack) -> None:
    codes: list[ErrorCode] = []

    def again(line: JobLine) -> None:
        if not codes:
            thread = threading.Thread(target=lambda: codes.append(refusal(runs, request(stack))))
            codes.append(ErrorCode.DEFECT)
            thread.start()
            thread.join(30)

    with pytest.raises(WorkstationError):
        runs.start(request(stack), again, silent, CancelToken())

    assert codes[1] is ErrorCode.JOB_ACTIVE
    assert refusal(runs, request(stack)) is ErrorCode.JOB_FAILED


def test_results_belong_to_the_series_and_study_that_they_were_made_of(runs: Runs, stack: Stack) -> None:
    refusal(runs, request(stack))  # it failed: there is no result

    assert runs.results(stack) == ()
    assert runs.results(replace(stack, id="other#0")) == ()


def test_a_line_tells_its_series_and_no_share_of_what_nobody_can_measure(runs: Runs, stack: Stack) -> None:
    lines: list[JobLine] = []
    with pytest.raises(WorkstationError):
        runs.start(request(stack), lines.append, silent, CancelToken())
    waiting = [line for line in lines if line.code == "waiting"]
    uploading = [line.fraction for line in lines if line.code == "uploading" and line.fraction is not None]

    assert {(line.stack_id, line.connection) for line in lines} == {(stack.id, "local")}
    assert waiting
    assert all(line.fraction is None for line in waiting)
    assert uploading


def test_what_the_month_s_limit_forbids_is_refused_before_anybody_is_asked(
    tmp_path: Path, ledger: Records, connections: FolderConnections
) -> None:
    nothing = Runs(
        connections,
        ledger,
        TestClock(),
        JobFolders(tmp_path / "work", tmp_path / "results"),
        lambda: Site("Site", "site-01", 0.0),
    )
    local, clinic = connections.all()
    with pytest.raises(WorkstationError) as refused:
        nothing.check_month_limit(clinic, 2.4)

    assert refused.value.code is ErrorCode.OVER_MONTH_LIMIT
    nothing.check_month_limit(local, 0.0)


def test_with_a_limit_of_nothing_nothing_that_costs_is_started(
    tmp_path: Path, ledger: Records, connections: FolderConnections, stack: Stack
) -> None:
    nothing = Runs(
        connections,
        ledger,
        TestClock(),
        JobFolders(tmp_path / "work", tmp_path / "results"),
        lambda: Site("Site", "site-01", 0.0),
    )

    assert refusal(nothing, request(stack, "clinic")) is ErrorCode.OVER_MONTH_LIMIT
    assert connections.service.submits == []
    assert not FolderStore(tmp_path).stored


def test_a_job_that_nobody_works_on_is_said_to_have_stopped(
    runs: Runs, connections: FolderConnections, stack: Stack
) -> None:
    token = CancelToken()

    def quit_while_uploading(line: JobLine) -> None:
        if line.code == "uploading":
            token.cancel()

    with pytest.raises(Cancelled):
        runs.start(request(stack), quit_while_uploading, silent, token, keep=True)
    (line,) = runs.lines()

    assert line.resumable
    assert render(line.state, Language.ENGLISH).startswith("Stopped · Uploading")


class After(TestClock):
    """The day after the vendor's withdrawal."""

    def now(self) -> datetime:
        return datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def test_results_of_what_the_vendor_withdrew_stay_readable(
    tmp_path: Path, ledger: Records, connections: FolderConnections, stack: Stack
) -> None:
    def desk(clock: TestClock) -> Runs:
        folders = JobFolders(tmp_path / "work", tmp_path / "results")
        return Runs(vendor, ledger, clock, folders, lambda: Site("Site", "site-01", 100.0))

    vendor = VendorConnections(tmp_path)
    vendor.service = FolderService(tmp_path, statuses=(done(basis=None),))
    made = desk(TestClock()).start(request(stack, "clinic", limit=3.0), unheard, silent, CancelToken())
    later = desk(After())

    assert refusal(later, request(stack, "clinic", limit=3.0)) is ErrorCode.WITHDRAWN
    assert [again.job.id for again in later.results(stack)] == [made.job.id]
