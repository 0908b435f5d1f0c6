"""The desk: everything that window and command line ask of the program, over the rooms below. No toolkit."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from workstation import __version__
from workstation.catalogue import OPERATIONS, operation_named
from workstation.domain.answer import AnalysisResult
from workstation.domain.decision import Decision, Reading
from workstation.domain.error import WorkstationError
from workstation.domain.finding import Finding
from workstation.domain.measure import Measure
from workstation.domain.noted import NOTHING_NOTED
from workstation.domain.overlaid import Overlaid
from workstation.domain.own_finding import own_job
from workstation.domain.series import FoundObject, ScanResult, Stack, VoiWindow
from workstation.domain.signature import Signed
from workstation.domain.volume import SlicePixels, Volume
from workstation.domain.words import Language
from workstation.domain.work import CancelToken, Clock, Progress, Reporter, silent
from workstation.imaging.pixels.voi import auto_window, preset
from workstation.jobs.consent import vendor_day
from workstation.jobs.ports import Ledger
from workstation.jobs.queries import JobDetail, show_job
from workstation.workspace import offers
from workstation.workspace.cards import CardView, ConnectionView, ConsentView, Fit
from workstation.workspace.connections import ConnectionInfo, Connections, named
from workstation.workspace.coverage import first_window
from workstation.workspace.drawings import Drawings
from workstation.workspace.intents import (
    AnalysisRequest,
    DeskStatus,
    EarlierResult,
    ReportFiles,
    ReportRequest,
    WindowSettings,
)
from workstation.workspace.jobs import JobLine, Resolution
from workstation.workspace.kept_readings import KeptReadings
from workstation.workspace.own import own_reading
from workstation.workspace.runs import Runs, WentOn, unheard
from workstation.workspace.texts import TextDesk
from workstation.workspace.watch import Arrived, FileState, watch

if TYPE_CHECKING:
    from workstation.imaging.series.folders import State
    from workstation.imaging.series.unchanged import FileTimes

Gray = npt.NDArray[np.uint8]  # [row, column]


class SettingsPort(Protocol):
    """The part of the settings that the desk reads and writes."""

    def load(self) -> WindowSettings: ...
    def save(self, settings: WindowSettings) -> None: ...


class KnownScans(Protocol):
    """What earlier scans learned, kept on this PC; names of patients among it."""

    def get(self, folder: str) -> bytes | None: ...
    def put(self, learned: Iterable[tuple[str, bytes]]) -> None: ...
    def clear(self) -> None: ...


class Desk:
    """Plain functions, several at once from a pool. All may raise WorkstationError; Cancelled with a token."""

    def __init__(
        self,
        *,
        connections: Connections,
        ledger: Ledger,
        clock: Clock,
        runs: Runs,
        settings: SettingsPort,
        scans: KnownScans | None = None,
    ) -> None:
        """`scans`: what earlier scans learned; without it every file is read each time."""
        self._connections, self._ledger, self._clock = connections, ledger, clock
        self._runs, self._settings, self._scans = runs, settings, scans
        self.closed = False
        self.texts = TextDesk(runs, connections, clock)
        self.readings = KeptReadings(ledger, clock)
        self.drawings = Drawings(ledger, clock)

    # settings and connections

    def settings(self) -> WindowSettings:
        return self._settings.load()

    def put_settings(self, settings: WindowSettings) -> None:
        self._settings.save(settings)

    def connections(self) -> tuple[ConnectionView, ...]:
        return tuple(
            ConnectionView(name=info.name, title=info.title, local=info.local, about=offers.about(info))
            for info in self._connections.all()
        )

    def status(self) -> DeskStatus:
        yuan, calls = self._runs.month()
        return DeskStatus(month_yuan=yuan, month_calls=calls, memory_bytes=memory_bytes())

    # reading

    def warm_up(self) -> None:
        """Have a process ready that reads unusual files, and here what a first drop needs imported: it would have to
        wait for both, and the window with it, because compiling a large module stops all threads."""
        import workstation.imaging.index.folder_index
        import workstation.imaging.objects.read
        import workstation.imaging.pixels.load
        import workstation.imaging.pixels.thumbnail
        import workstation.imaging.series.scan  # noqa: F401
        from workstation.imaging.index.content import edition
        from workstation.imaging.worker import warm_up

        edition()
        warm_up()
        gc.freeze()  # what is imported stays: a collection that looks through all of it stops every thread for 20 ms

    def scan(
        self,
        paths: Sequence[Path],
        found: Callable[[tuple[Stack, ...]], None],
        reporter: Reporter,
        cancel: CancelToken,
    ) -> ScanResult:
        return self._scan(paths, reporter, cancel, found)

    def watch(
        self,
        paths: Sequence[Path],
        stacks: tuple[Stack, ...],
        arrived: Callable[[Arrived], None],
        cancel: CancelToken,
    ) -> None:
        """Tell of what arrives below these, besides the stacks that are open, until the cancel. raises Cancelled"""

        def scan(below: Sequence[Path], later: Container[str], cancel: CancelToken) -> ScanResult:
            return self._scan(below, silent, cancel, lambda _: None, later)

        watch(paths, stacks, _Disk(scan), arrived, self._clock, cancel)

    def forget_scans(self) -> None:
        """Forget what earlier scans learned; what is open stays open."""
        if self._scans is not None:
            self._scans.clear()

    def first_slice(self, stack: Stack, slice_index: int) -> SlicePixels:
        from workstation.imaging.pixels.load import load_pixels

        pixels = load_pixels(stack, slice_index)
        self._files.check(stack, (stack.instances[slice_index],))
        return pixels

    def load(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume:
        from workstation.imaging.pixels.load import THREADS_BESIDE, load_volume

        volume = load_volume(stack, reporter, cancel, threads=THREADS_BESIDE)
        self._files.check(stack, stack.instances)
        return volume

    def straighten(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume:
        from workstation.imaging.pixels.resample import straighten

        return straighten(self.load(stack, reporter, cancel), reporter, cancel).volume

    def objects(self, stack: Stack, objects: Sequence[FoundObject], cancel: CancelToken) -> tuple[Overlaid, ...]:
        from workstation.imaging.objects.read import read_objects

        return read_objects(stack, objects, cancel)

    def load_smaller(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume:
        from workstation.imaging.pixels.smaller import load_smaller

        volume = load_smaller(stack, reporter, cancel)
        self._files.check(stack, stack.instances)
        return volume

    def thumbnail(self, stack: Stack, size_px: int) -> Gray:
        from workstation.imaging.pixels.thumbnail import thumbnail

        return thumbnail(stack, size_px)

    # before an analysis

    def fitting(self, stacks: tuple[Stack, ...]) -> Mapping[str, tuple[Fit, ...]]:
        return offers.fitting(stacks)

    def cards(self, stack: Stack, stacks: tuple[Stack, ...], connection: str) -> tuple[CardView, ...]:
        info = named(self._connections, connection)
        prices = {operation.name: self._runs.estimate(operation, info) for operation in OPERATIONS}
        return offers.cards(stack, stacks, info, prices, self._today(), self._connections.all())

    def consent(self, request: AnalysisRequest) -> ConsentView:
        info = named(self._connections, request.connection)
        operation = operation_named(request.operation)
        service = offers.service_of(operation, info, self._today(), self._connections.all())
        offers.check_carried(operation, service, (request.stack, *request.others.values()))
        settings, cost = self._settings.load(), self._runs.estimate(operation, info, request.parameters)
        self._runs.check_month_limit(info, cost)  # nobody is asked to agree to what is refused afterwards
        return offers.consent_view(
            request.stack,
            operation,
            service,
            info,
            cost_yuan=cost,
            calls=self._runs.calls(info, service),
            limit_yuan=settings.monthly_limit_yuan,
            site_code=settings.site_code,
            others=tuple(request.others.values()),
        )

    def estimate(self, request: AnalysisRequest) -> float:
        """Yuan that the call would cost now."""
        operation, info = operation_named(request.operation), self._info(request.connection)
        return self._runs.estimate(operation, info, request.parameters)

    # analyses

    def analyse(self, request: AnalysisRequest, went_on: WentOn, cancel: CancelToken) -> EarlierResult:
        return self._with_decisions(self._runs.start(request, went_on, silent, cancel, keep=True))

    def analyse_with_progress(
        self, request: AnalysisRequest, reporter: Reporter, cancel: CancelToken
    ) -> AnalysisResult:
        """For commands: progress instead of lines."""
        return self._runs.start(request, unheard, reporter, cancel)

    def results(self, stack: Stack) -> tuple[EarlierResult, ...]:
        """Of earlier sittings, oldest first; before them what the reader found without any analysis."""
        own = self._own_reading(stack)
        found = tuple(self._with_decisions(result) for result in self._runs.results(stack))
        return (own, *found) if own is not None else found

    def jobs(self) -> tuple[JobLine, ...]:
        """Jobs that have not ended, or wait for a decision."""
        return tuple(line for line in self._runs.lines() if not line.finished)

    def all_jobs(self) -> tuple[JobLine, ...]:
        return self._runs.lines()

    def job(self, job_id: str) -> tuple[JobLine, JobDetail]:
        """One job with its events and what was sent. raises NO_SUCH_JOB"""
        detail = show_job(job_id, self._ledger)
        return self._runs.line(detail.job), detail

    def resume(self, job_id: str, stacks: Sequence[Stack], went_on: WentOn, cancel: CancelToken) -> EarlierResult:
        return self._with_decisions(self._runs.resume(job_id, stacks, went_on, silent, cancel, keep=True))

    def resume_with_progress(
        self,
        job_id: str,
        stacks: Sequence[Stack],
        resolution: Resolution | None,
        reporter: Reporter,
        cancel: CancelToken,
        number: str = "",
    ) -> AnalysisResult | None:
        """For commands: with the study open if copies have to be made anew. None when the job was given up.

        number  the service's, of the job in its list that the person takes for this one
        """
        if resolution is None:
            return self._runs.resume(job_id, stacks, unheard, reporter, cancel)
        return self._runs.resolve(job_id, resolution, stacks, unheard, reporter, cancel, number=number)

    def cancel_job(self, job_id: str) -> JobLine:
        self._runs.cancel(job_id)
        return self.job(job_id)[0]

    def resolve(
        self,
        job_id: str,
        resolution: Resolution,
        stacks: Sequence[Stack],
        went_on: WentOn,
        cancel: CancelToken,
        number: str = "",
    ) -> EarlierResult | None:
        """raises JOBS_LISTED where the person has to say which `number` of the service's list it is"""
        result = self._runs.resolve(job_id, resolution, stacks, went_on, silent, cancel, keep=True, number=number)
        return None if result is None else self._with_decisions(result)

    def sweep(self) -> None:
        """Delete what earlier runs had to leave at the service; a failure is tried again at the next start."""
        self._runs.sweep()

    # reading and report

    def decide(self, finding_id: str, decision: Decision) -> None:
        self._ledger.decisions.add(finding_id, decision)

    def put_own(
        self, job_id: str, finding_id: str, finding: Finding | None, decision: Decision, in_pixels: bool
    ) -> None:
        self._ledger.own.put(job_id, finding_id, finding, decision, in_pixels=in_pixels)

    def measures(self, stack: Stack) -> tuple[Measure, ...]:
        return self._ledger.measures.of_stack(stack.id)

    def put_measure(self, stack_id: str, measure_id: str, measure: Measure | None) -> None:
        if measure is not None:
            self._ledger.measures.put(measure)
        else:
            self._ledger.measures.delete(stack_id, measure_id, self._clock.now())

    def write_report(self, request: ReportRequest, reporter: Reporter, cancel: CancelToken) -> ReportFiles:
        """In the folder asked for, or in one inside it where that holds the report of something else."""
        return self._write_in(own_folder(request.folder, request.result), request, reporter, cancel)

    def _write_in(self, folder: Path, request: ReportRequest, reporter: Reporter, cancel: CancelToken) -> ReportFiles:
        from workstation.report.write import write_reading

        signed = self.readings.signed(request.result.job.id)
        if signed is not None:
            request = self._as_signed(request, signed)
        pictured = request.result.findings or request.result.volumes or request.result.in_pixels
        volume = self._volume(request.stack, cancel) if request.stack is not None and pictured else None
        moving = self._volume(request.moving, cancel) if request.moving is not None else None
        reading = Reading(
            stack=request.stack,
            result=request.result,
            decisions=request.decisions,
            volume=volume,
            moving=moving,
            moving_date=request.moving.study.date if request.moving is not None else "",
            window=request.window or _window_of(request.stack, volume),
            language=request.language,
            made_at=datetime.now(UTC),
            program_version=__version__,
            signed=signed,
            noted=request.noted,
            beside=request.beside,
        )
        written = write_reading(reading, folder, reporter, cancel)
        return ReportFiles(written.paths, written.missing)

    def _as_signed(self, request: ReportRequest, signed: Signed) -> ReportRequest:
        """What was signed and is kept, whatever is on the screen: another window may have signed it, and masks may be
        hidden just now."""
        stack, result = request.stack, request.result
        answered = replace(result, findings=tuple(one for one in result.findings if not one.own))
        return replace(
            request,
            result=self._with_own(answered),
            decisions=self._ledger.decisions.of_job(result.job.id),
            noted=self.drawings.noted(stack).signed(signed.at) if stack is not None else request.noted,
        )

    def write_outputs(
        self,
        stack: Stack | None,
        result: AnalysisResult,
        folder: Path,
        language: Language,
        reporter: Reporter,
        others: Sequence[Stack] = (),
    ) -> ReportFiles:
        """All outputs of one result, with what was decided on it, in the window of its operation.

        stack   None where it is about no series
        others  further series that are open: of two the one that was moved is among them
        """
        request = ReportRequest(
            stack=stack,
            result=self._with_own(result),
            decisions=self._ledger.decisions.of_job(result.job.id),
            reader=self._settings.load().reader,
            language=language,
            window=operation_window(result.operation, stack),
            folder=folder,
            noted=self.drawings.noted(stack) if stack is not None else NOTHING_NOTED,
            moving=next((other for other in others if other.id == result.moving_id), None),
        )
        return self._write_in(folder, request, reporter, CancelToken())

    def close(self) -> None:
        self.closed = True
        self._ledger.close()

    def _volume(self, stack: Stack, cancel: CancelToken) -> Volume | None:
        """None where the originals can't be read any more: a report is written without pictures then."""
        try:
            return self.load(stack, _quiet, cancel)
        except WorkstationError:
            cancel.check()
            return None

    def _own_reading(self, stack: Stack) -> EarlierResult | None:
        """None where nobody found anything without an analysis."""
        job_id = own_job(stack.id)
        kept = self._ledger.own.of_job(job_id)
        if not kept:
            return None
        decisions = self._ledger.decisions.of_job(job_id)
        last = max((one.at for one in decisions.values() if one.at is not None), default=self._clock.now())
        findings = tuple(one.finding for one in kept)
        result = own_reading(stack, last, findings, in_pixels=any(one.in_pixels for one in kept))
        return EarlierResult(result, decisions, self.readings.signed(job_id))

    def _with_own(self, result: AnalysisResult) -> AnalysisResult:
        """With what the reader found beside it."""
        own = tuple(one.finding for one in self._ledger.own.of_job(result.job.id))
        return replace(result, findings=(*result.findings, *own)) if own else result

    def _with_decisions(self, result: AnalysisResult) -> EarlierResult:
        job_id = result.job.id
        return EarlierResult(
            self._with_own(result), self._ledger.decisions.of_job(job_id), self.readings.signed(job_id)
        )

    @cached_property
    def _files(self) -> FileTimes:
        from workstation.imaging.series.unchanged import FileTimes

        return FileTimes()

    def _scan(
        self,
        paths: Sequence[Path],
        reporter: Reporter,
        cancel: CancelToken,
        found: Callable[[tuple[Stack, ...]], None],
        later: Container[str] = (),
    ) -> ScanResult:
        """With what is remembered of earlier scans; it is remembered when the files had been written."""
        from workstation.imaging.index.folder_index import FolderIndex
        from workstation.imaging.series.scan import scan

        index = FolderIndex(self._scans) if self._scans is not None else None
        states: dict[str, State] = {}

        def tell(stack: Stack) -> None:
            self._files.keep((stack,), states)
            found((stack,))

        result = scan(paths, reporter, cancel, tell, index=index, later=later, states=states)
        self._files.keep(result.stacks, states)
        return result

    def _info(self, name: str) -> ConnectionInfo:
        return named(self._connections, name)

    def _today(self) -> date:
        return vendor_day(self._clock.now())


class _Disk:
    """Files of this PC and its network drives, for a watch."""

    def __init__(self, scan: Callable[[Sequence[Path], Container[str], CancelToken], ScanResult]) -> None:
        self.scan = scan

    def files(self, paths: Sequence[Path], cancel: CancelToken) -> Mapping[str, FileState]:
        from workstation.imaging.series.folders import file_states

        return file_states(paths, cancel)


def _quiet(progress: Progress) -> None:
    """Loading for a report is part of its own progress."""


def operation_window(operation: str, stack: Stack | None) -> VoiWindow | None:
    """The preset that an operation's findings are read in, else the series' own window; None: by its values."""
    code = operation_named(operation).window
    if code or stack is None:
        return preset(code) if code else None
    return first_window(stack, stack.slices // 2)


def _window_of(stack: Stack | None, volume: Volume | None) -> VoiWindow:
    """The window of pictures in a report, where neither person nor operation names one."""
    if stack is None or volume is None:
        return VoiWindow(center=127.5, width=255)
    middle = stack.slices // 2
    return first_window(stack, middle) or auto_window(volume.values[middle], volume.padding)


def own_folder(folder: Path, result: AnalysisResult) -> Path:
    """Where a report can go without writing over that of another analysis, which may be another patient's."""
    if not any((folder / name).exists() for name in ("report.pdf", "result.json")):
        return folder
    try:
        there = (folder / "result.json").read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        there = ""
    return folder if result.job.id in there else folder / f"{result.operation}-{result.job.id[:8]}"


def memory_bytes() -> int:
    """What this process holds in memory; 0 where the system does not say."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * 4096
    return 0
