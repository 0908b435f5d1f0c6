"""Everything the window needs done. `app` implements it; the window calls it in the background, never on its thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from workstation.domain.answer import AnalysisResult
from workstation.domain.coverage import Coverage
from workstation.domain.decision import Decision
from workstation.domain.drawn_mask import Covered, DrawnMask
from workstation.domain.finding import Finding
from workstation.domain.measure import Measure
from workstation.domain.overlaid import Overlaid
from workstation.domain.ruler import RulerCalibration
from workstation.domain.series import FoundObject, ScanResult, Stack
from workstation.domain.signature import Addendum, OpenPoints, Signed
from workstation.domain.volume import SlicePixels, Volume
from workstation.domain.work import CancelToken, Reporter
from workstation.workspace.cards import CardView, ConnectionView, ConsentView, Fit
from workstation.workspace.elsewhere import Seen
from workstation.workspace.intents import (
    AnalysisRequest,
    DeskStatus,
    EarlierResult,
    ReportFiles,
    ReportRequest,
    TextRequest,
    WindowSettings,
)
from workstation.workspace.jobs import JobLine, Resolution
from workstation.workspace.texts import TextOffer
from workstation.workspace.watch import Arrived

Thumbnail = npt.NDArray[np.uint8]  # [row, column], already windowed, or [row, column, 3]


class Readings(Protocol):
    """What is kept of a reading. As `Desk`: all run in a pool; writes one after the other, in their order."""

    def coverage(self, stack: Stack, reader: str) -> Coverage:
        """Slices that this reader looked at in earlier sittings."""
        ...

    def look(self, stack_id: str, reader: str, coverage: Coverage) -> None:
        """Written at once, joined with what is kept."""
        ...

    def sign(
        self,
        job_id: str,
        stack_id: str,
        signed: Signed,
        decisions: Mapping[str, Decision],
        points: OpenPoints,
        seen: Seen | None,
    ) -> Signed:
        """With the digest of what was signed. raises READING_SIGNED, CHANGED_MEANWHILE"""
        ...

    def add_addendum(self, job_id: str, addendum: Addendum) -> None: ...


class Drawings(Protocol):
    """Masks that readers draw, rulers that they mark. As `Desk`: in a pool; writes one after the other, in order."""

    def masks(self, stack: Stack) -> tuple[DrawnMask, ...]:
        """What was drawn on this picture in earlier sittings, in the order drawn."""
        ...

    def put(self, stack_id: str, mask_id: str, mask: DrawnMask | None) -> None:
        """What has become of a mask; None: it is deleted. Written at once. raises READING_SIGNED"""
        ...

    def ruler(self, stack: Stack) -> RulerCalibration | None:
        """How large the pixels of this picture are, as it was typed in earlier sittings."""
        ...

    def put_ruler(self, stack_id: str, ruler: RulerCalibration | None, by: str) -> None:
        """Written at once; None: taken back, by this reader. raises READING_SIGNED"""
        ...

    def cut_out(self, stack: Stack, covered: Covered, folder: Path, *, simulated: bool = False) -> Path:
        """What a mask covers of the picture, as a file with alpha in this folder; what was made up says so.

        raises NO_SPACE, CANNOT_WRITE
        """
        ...

    def save_mask(self, covered: Covered, folder: Path, *, simulated: bool = False) -> Path:
        """The mask as a black and white picture. raises NO_SPACE, CANNOT_WRITE"""
        ...


class Texts(Protocol):
    """Analyses of nothing that is opened. As `Desk`: all but `now` run in a pool."""

    def now(self) -> datetime: ...

    def offers(self, connection: str) -> tuple[TextOffer, ...]: ...

    def consent(self, request: TextRequest) -> ConsentView:
        """What would leave this PC if it were sent now."""
        ...

    def analyse(self, request: TextRequest, went_on: Callable[[JobLine], None], cancel: CancelToken) -> AnalysisResult:
        """One durable job; the same again goes on with the one that stopped. `cancel` is the end of the program."""
        ...

    def pictured(self, pictures: tuple[Path, ...]) -> Stack | None:
        """What a report shows of a dialogue, if anything."""
        ...

    def results(self) -> tuple[AnalysisResult, ...]:
        """Of earlier sittings, newest first; of a dialogue its last turn."""
        ...


class Desk(Protocol):
    """Plain functions. All but `settings` may take long and run in a pool, several at once: they must be safe for it.

    Every one may raise WorkstationError, and Cancelled where it takes a token.
    """

    @property
    def texts(self) -> Texts: ...
    @property
    def readings(self) -> Readings: ...
    @property
    def drawings(self) -> Drawings: ...

    def settings(self) -> WindowSettings:
        """Read once, before the window is shown, on the window's thread."""
        ...

    def put_settings(self, settings: WindowSettings) -> None: ...

    def connections(self) -> tuple[ConnectionView, ...]: ...

    def status(self) -> DeskStatus: ...

    def warm_up(self) -> None:
        """Called once after the first paint: load now what would hold up the window's thread later."""
        ...

    def scan(
        self,
        paths: Sequence[Path],
        found: Callable[[tuple[Stack, ...]], None],
        reporter: Reporter,
        cancel: CancelToken,
    ) -> ScanResult:
        """Every file accounted for; `found` may be called as often as wished with series found so far."""
        ...

    def watch(
        self,
        paths: Sequence[Path],
        stacks: tuple[Stack, ...],
        arrived: Callable[[Arrived], None],
        cancel: CancelToken,
    ) -> None:
        """Look at these again and again, and tell of what arrived besides these stacks, until the cancel."""
        ...

    def forget_scans(self) -> None:
        """Delete what earlier scans kept on this PC."""
        ...

    def first_slice(self, stack: Stack, slice_index: int) -> SlicePixels:
        """One slice [row, column], rescaled, without waiting for the volume."""
        ...

    def load(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume: ...

    def straighten(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume:
        """The volume resampled onto its even, straight grid (`domain.regrid.even_grid`)."""
        ...

    def objects(self, stack: Stack, objects: Sequence[FoundObject], cancel: CancelToken) -> tuple[Overlaid, ...]:
        """What those of these objects that refer to the series show over it; one that can't be read says why."""
        ...

    def load_smaller(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume:
        """The volume with larger pixels (`imaging.pixels.smaller`), for a series that is too large for the memory."""
        ...

    def thumbnail(self, stack: Stack, size_px: int) -> Thumbnail:
        """The middle slice, windowed to gray, at most `size_px` on its longer side."""
        ...

    def fitting(self, stacks: tuple[Stack, ...]) -> Mapping[str, tuple[Fit, ...]]:
        """By stack id the operations that fit each of these series."""
        ...

    def cards(self, stack: Stack, stacks: tuple[Stack, ...], connection: str) -> tuple[CardView, ...]:
        """Every operation beside this series; `stacks`: all that are open, for a better one of the same study."""
        ...

    def consent(self, request: AnalysisRequest) -> ConsentView:
        """What would leave this PC if it were sent now."""
        ...

    def results(self, stack: Stack) -> tuple[EarlierResult, ...]:
        """Results of earlier sittings for this very series, oldest first."""
        ...

    def analyse(
        self, request: AnalysisRequest, went_on: Callable[[JobLine], None], cancel: CancelToken
    ) -> EarlierResult:
        """Run one durable job. `went_on` gets its line each time it changes, also how it ended.

        `cancel` is the end of the program: the job stays resumable. A person's cancel is `cancel_job`.
        """
        ...

    def jobs(self) -> tuple[JobLine, ...]:
        """Jobs of earlier sittings that have not ended, or wait for a decision."""
        ...

    def resume(
        self, job_id: str, stacks: Sequence[Stack], went_on: Callable[[JobLine], None], cancel: CancelToken
    ) -> EarlierResult:
        """`stacks`: all that are open; where a copy is missing it is made anew from them."""
        ...

    def cancel_job(self, job_id: str) -> JobLine:
        """A person's cancel: the running `analyse` or `resume` records it, reports its last line, raises Cancelled.
        A job that nobody works on is ended here. Its line as it is then."""
        ...

    def resolve(
        self,
        job_id: str,
        resolution: Resolution,
        stacks: Sequence[Stack],
        went_on: Callable[[JobLine], None],
        cancel: CancelToken,
        number: str = "",
    ) -> EarlierResult | None:
        """Go on with a job whose outcome is unknown, as the person decided; None when it was given up.

        number  the service's, of the job in its list that the person takes for this one
        raises  JOBS_LISTED where that has to be said
        """
        ...

    def decide(self, finding_id: str, decision: Decision) -> None:
        """Written at once; called one after the other, in the order of the decisions."""
        ...

    def put_own(
        self, job_id: str, finding_id: str, finding: Finding | None, decision: Decision, in_pixels: bool
    ) -> None:
        """What has become of a finding of the reader's, and by whom; None: it is taken away. As `decide`."""
        ...

    def measures(self, stack: Stack) -> tuple[Measure, ...]:
        """What was measured on this series in earlier sittings, in the order drawn."""
        ...

    def put_measure(self, stack_id: str, measure_id: str, measure: Measure | None) -> None:
        """What has become of a measure; None: it is deleted. As `decide`: written at once, one after the other.

        raises READING_SIGNED
        """
        ...

    def write_report(self, request: ReportRequest, reporter: Reporter, cancel: CancelToken) -> ReportFiles: ...

    def close(self) -> None:
        """Called last, when no call is under way."""
        ...
