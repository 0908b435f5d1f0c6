"""A desk of real values in memory: what the window asks for is done at once, or waits for the test to let it go on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.ui.fake_texts import FakeTexts
from tests.workspace.sitting import result, scan, stack
from workstation.catalogue.limits import LimitSource
from workstation.catalogue.operation import Parameter
from workstation.catalogue.reason import Reason
from workstation.domain.coverage import Coverage
from workstation.domain.decision import Decision
from workstation.domain.drawn_mask import Covered, DrawnMask
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.finding import Finding
from workstation.domain.measure import Measure
from workstation.domain.overlaid import Overlaid
from workstation.domain.ruler import RulerCalibration
from workstation.domain.series import FoundObject, LeftOut, ScanResult, Stack
from workstation.domain.signature import Addendum, OpenPoints, Signed
from workstation.domain.volume import SlicePixels, Volume
from workstation.domain.words import say
from workstation.domain.work import CancelToken, Progress, Reporter
from workstation.imaging.pixels.resample import straighten
from workstation.imaging.pixels.smaller import smaller_grid
from workstation.ui.ports import Thumbnail
from workstation.workspace.cards import CardView, ConnectionView, ConsentView, Fit, TagLine
from workstation.workspace.elsewhere import Seen
from workstation.workspace.intents import (
    AnalysisRequest,
    DeskStatus,
    EarlierResult,
    ReportFiles,
    ReportRequest,
    WindowSettings,
)
from workstation.workspace.jobs import JobLine, Resolution
from workstation.workspace.watch import Arrived

LUNG = stack("1.2.3#0", number=2)
SOFT = stack("1.2.4#0", number=3, description="Mediastinum 3.0")
HEAD = stack("9.9.1#0", study="9.9", patient="TEST^TWO", patient_id="2", description="Head")
LOCAL = ConnectionView(name="local", title=say("Local cloud"), local=True, about=say("A service on this PC."))
CLOUD = ConnectionView(name="aliyun", title=say("Alibaba"), local=False, about=say("A vendor's cloud."))
THRESHOLD = Parameter(name="threshold", label=say("Lowest confidence"), default=0.6, low=0.01, high=1.0, decimals=2)
TITLE = say("Lung nodules")


class FakeDesk:
    """`made` is the next result; `decided`, `kept`, `asked` what was written; a clear `gate` holds all work."""

    def __init__(self, *stacks: Stack) -> None:
        self.stacks = stacks or (LUNG, SOFT, HEAD)
        self.texts = FakeTexts()
        self.readings = FakeReadings()
        self.drawings = FakeDrawings()
        self.left_out: tuple[LeftOut, ...] = ()
        self.found_objects: tuple[FoundObject, ...] = ()
        self.overlaid: dict[str, tuple[Overlaid, ...]] = {}
        self.made = EarlierResult(result(LUNG.id), {})
        self.earlier: dict[str, tuple[EarlierResult, ...]] = {}
        self.pending: tuple[JobLine, ...] = ()
        self.fault: WorkstationError | None = None
        self.load_fault: WorkstationError | None = None
        self.repair = False
        self.start = WindowSettings()
        self.gate = threading.Event()
        self.gate.set()
        self.decided: list[tuple[str, Decision]] = []
        self.own: list[tuple[str, str, Finding | None, Decision]] = []
        self.measured: dict[str, Measure] = {}
        self.kept: list[WindowSettings] = []
        self.asked: list[AnalysisRequest] = []
        self.reports: list[ReportRequest] = []
        self.cancelled: list[str] = []
        self.resolved: list[tuple[str, Resolution]] = []
        self.listed: tuple[str, ...] = ()
        self.numbers: list[str] = []
        self.resumed: list[str] = []
        self.resumed_with: tuple[Stack, ...] = ()
        self.arriving: list[Arrived] = []
        self.forgotten = False
        self.closed = False
        self.after_close: list[str] = []

    def settings(self) -> WindowSettings:
        return self.start

    def put_settings(self, settings: WindowSettings) -> None:
        self._used("put_settings")
        self.kept.append(settings)

    def connections(self) -> tuple[ConnectionView, ...]:
        return (LOCAL, CLOUD)

    def warm_up(self) -> None:
        self._used("warm_up")

    def status(self) -> DeskStatus:
        self._used("status")
        return DeskStatus(2.4, 1, 400_000_000)

    def scan(
        self,
        paths: Sequence[Path],
        found: Callable[[tuple[Stack, ...]], None],
        reporter: Reporter,
        cancel: CancelToken,
    ) -> ScanResult:
        if self.fault is not None:
            raise self.fault
        for number, one in enumerate(self.stacks):
            cancel.check()
            found((one,))
            reporter(Progress(number + 1, len(self.stacks), say("Scanning")))
        self._wait(cancel)
        return replace(scan(*self.stacks), left_out=self.left_out, objects=self.found_objects)

    def watch(
        self,
        paths: Sequence[Path],
        stacks: tuple[Stack, ...],
        arrived: Callable[[Arrived], None],
        cancel: CancelToken,
    ) -> None:
        while True:
            cancel.wait(0.01)
            while self.arriving:
                arrived(self.arriving.pop(0))

    def forget_scans(self) -> None:
        self._used("forget_scans")
        self.forgotten = True

    def first_slice(self, stack: Stack, slice_index: int) -> SlicePixels:
        return SlicePixels(_values(stack)[slice_index])

    def load(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume:
        if self.load_fault is not None:
            raise self.load_fault
        self._wait(cancel)
        return Volume(values=_values(stack), geometry=stack.geometry, unit=stack.unit)

    def load_smaller(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume:
        self._wait(cancel)
        assert stack.geometry is not None
        values = _values(stack)[:, ::2, ::2].copy()
        return Volume(values=values, geometry=smaller_grid(stack.geometry), unit=stack.unit)

    def straighten(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume:
        return straighten(self.load(stack, reporter, cancel), reporter, cancel).volume

    def objects(self, stack: Stack, objects: Sequence[FoundObject], cancel: CancelToken) -> tuple[Overlaid, ...]:
        return self.overlaid.get(stack.id, ())

    def thumbnail(self, stack: Stack, size_px: int) -> Thumbnail:
        return np.full((30, 40), 120, dtype=np.uint8)

    def fitting(self, stacks: tuple[Stack, ...]) -> dict[str, tuple[Fit, ...]]:
        best = Fit(title=TITLE, best=True, why=say("1 mm"))
        return {stack.id: (best,) if stack.id == LUNG.id else () for stack in stacks}

    def cards(self, stack: Stack, stacks: tuple[Stack, ...], connection: str) -> tuple[CardView, ...]:
        if stack.id == LUNG.id:
            fits = CardView(
                operation="lung-nodule",
                title=TITLE,
                fits=not self.repair,
                needs_repair=self.repair,
                chip=say("fits"),
                connection=connection,
                cost=say("free"),
                parameters=(THRESHOLD,),
            )
            return (fits,)
        few = Reason("too-few-slices", say("19 slices; at least 20 are needed."), 19, 20, LimitSource.DOCUMENTED)
        plane = Reason("plane", say("The slices are sagittal; axial is needed."), "sagittal", "axial", LimitSource.OURS)
        refused = CardView(
            operation="lung-nodule",
            title=TITLE,
            fits=False,
            chip=say("does not fit"),
            connection=connection,
            cost=say("free"),
            reasons=(few, plane),
            better_series=LUNG.id,
            better_name=say("series 4"),
            better_reason=say("1 mm"),
        )
        return (refused,)

    def consent(self, request: AnalysisRequest) -> ConsentView:
        return ConsentView(
            leaves_pc=request.connection != "local",
            title=say("Send 30 slices to Alibaba?"),
            subtitle=say("Lung nodules"),
            leaves=(say("30 slices, pixels unchanged"),),
            stays=(say("Name, ID"),),
            cost=say("¥2.40"),
            cost_yuan=2.4,
            deleted=say("as soon as the result is here"),
            tags=(TagLine(tag="(0010,0010)", name="PatientName", fate=say("removed")),),
        )

    def results(self, stack: Stack) -> tuple[EarlierResult, ...]:
        return self.earlier.get(stack.id, ())

    def analyse(
        self, request: AnalysisRequest, went_on: Callable[[JobLine], None], cancel: CancelToken
    ) -> EarlierResult:
        self.asked.append(request)
        went_on(
            JobLine(
                id="job1",
                title=TITLE,
                state=say("uploading"),
                fraction=0.5,
                running=True,
                stack_id=request.stack.id,
                connection=request.connection,
            )
        )
        try:
            self._wait(cancel)
        except Cancelled:
            went_on(JobLine(id="job1", title=TITLE, state=say("cancelled"), finished=True))
            raise
        if "job1" in self.cancelled:
            went_on(JobLine(id="job1", title=TITLE, state=say("cancelled"), finished=True))
            raise Cancelled
        went_on(JobLine(id="job1", title=TITLE, state=say("done"), fraction=1.0, finished=True))
        return self.made

    def jobs(self) -> tuple[JobLine, ...]:
        return self.pending

    def resume(
        self, job_id: str, stacks: Sequence[Stack], went_on: Callable[[JobLine], None], cancel: CancelToken
    ) -> EarlierResult:
        self.resumed.append(job_id)
        self.resumed_with = tuple(stacks)
        return self.made

    def cancel_job(self, job_id: str) -> JobLine:
        self.cancelled.append(job_id)
        self.gate.set()
        nobody_has_it = any(job.id == job_id for job in self.pending)
        return JobLine(id=job_id, title=TITLE, state=say("cancelled"), finished=nobody_has_it)

    def resolve(
        self,
        job_id: str,
        resolution: Resolution,
        stacks: Sequence[Stack],
        went_on: Callable[[JobLine], None],
        cancel: CancelToken,
        number: str = "",
    ) -> EarlierResult | None:
        if self.listed and number not in self.listed:
            numbers = ", ".join(self.listed)
            raise WorkstationError(ErrorCode.JOBS_LISTED, count=len(self.listed), numbers=numbers)
        self.resolved.append((job_id, resolution))
        self.numbers.append(number)
        return None

    def decide(self, finding_id: str, decision: Decision) -> None:
        self._used("decide")
        self.decided.append((finding_id, decision))

    def put_own(
        self, job_id: str, finding_id: str, finding: Finding | None, decision: Decision, in_pixels: bool
    ) -> None:
        self._used("put_own")
        self.own.append((job_id, finding_id, finding, decision))

    def measures(self, stack: Stack) -> tuple[Measure, ...]:
        return tuple(one for one in self.measured.values() if one.stack_id == stack.id)

    def put_measure(self, stack_id: str, measure_id: str, measure: Measure | None) -> None:
        self._used("put_measure")
        if measure is not None:
            self.measured[measure_id] = measure
        else:
            del self.measured[measure_id]

    def write_report(self, request: ReportRequest, reporter: Reporter, cancel: CancelToken) -> ReportFiles:
        self.reports.append(request)
        return ReportFiles((request.folder / "report.pdf", request.folder / "report.png"), "\U0002a6a5")

    def close(self) -> None:
        self.closed = True

    def last_decisions(self) -> Mapping[str, Decision]:
        return dict(self.decided)

    def _used(self, name: str) -> None:
        if self.closed:
            self.after_close.append(name)

    def _wait(self, cancel: CancelToken) -> None:
        while not self.gate.wait(0.01):
            cancel.check()


class FakeDrawings:
    """`kept` is what is there now, `earlier` what an earlier sitting left; `cut` the masks that were cut out."""

    def __init__(self) -> None:
        self.earlier: dict[str, tuple[DrawnMask, ...]] = {}
        self.kept: dict[str, DrawnMask] = {}
        self.cut: list[Covered] = []
        self.rulers: dict[str, RulerCalibration | None] = {}

    def masks(self, stack: Stack) -> tuple[DrawnMask, ...]:
        return self.earlier.get(stack.id, ())

    def put(self, stack_id: str, mask_id: str, mask: DrawnMask | None) -> None:
        if mask is not None:
            self.kept[mask_id] = mask
        else:
            self.kept.pop(mask_id, None)

    def ruler(self, stack: Stack) -> RulerCalibration | None:
        return self.rulers.get(stack.id)

    def put_ruler(self, stack_id: str, ruler: RulerCalibration | None, by: str) -> None:
        self.rulers[stack_id] = ruler

    def cut_out(self, stack: Stack, covered: Covered, folder: Path, *, simulated: bool = False) -> Path:
        self.simulated = simulated
        self.cut.append(covered)
        return folder / "cut-out-1.png"

    def save_mask(self, covered: Covered, folder: Path, *, simulated: bool = False) -> Path:
        return folder / "mask-1.png"


class FakeReadings:
    """`looked` is what was written of slices, `signings` and `addenda` what was signed; `fault` refuses a signature."""

    def __init__(self) -> None:
        self.earlier: dict[tuple[str, str], Coverage] = {}
        self.looked: list[tuple[str, str, Coverage]] = []
        self.signings: list[tuple[str, Signed, OpenPoints]] = []
        self.addenda: list[tuple[str, Addendum]] = []
        self.fault: WorkstationError | None = None

    def coverage(self, stack: Stack, reader: str) -> Coverage:
        return self.earlier.get((stack.id, reader), Coverage(stack.slices))

    def look(self, stack_id: str, reader: str, coverage: Coverage) -> None:
        self.looked.append((stack_id, reader, coverage))

    def sign(
        self,
        job_id: str,
        stack_id: str,
        signed: Signed,
        decisions: Mapping[str, Decision],
        points: OpenPoints,
        seen: Seen | None,
    ) -> Signed:
        if self.fault is not None:
            raise self.fault
        self.signings.append((job_id, signed, points))
        return replace(signed, digest="ab12")

    def add_addendum(self, job_id: str, addendum: Addendum) -> None:
        self.addenda.append((job_id, addendum))


def _values(stack: Stack) -> np.ndarray[tuple[int, int, int], np.dtype[np.int16]]:
    return np.full((stack.slices, stack.rows, stack.columns), -500, dtype=np.int16)


def unreadable() -> WorkstationError:
    return WorkstationError(ErrorCode.UNREADABLE)
