"""Open files in the background: series appear as they are found, thumbnails and fitting analyses follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import ScanResult, Stack
from workstation.domain.work import CancelToken, Reporter
from workstation.ui.ports import Thumbnail
from workstation.ui.sitting import Sitting
from workstation.ui.work_runner import WorkView
from workstation.workspace import opening
from workstation.workspace.cards import Fit
from workstation.workspace.same_series import SameSeries

THUMBNAIL_PX: Final = 120  # twice what is drawn, for dense screens
_GATHER_MS: Final = 40
_LAST: Final = -10  # after anything that a person waits for


class Opener(QObject):
    """progressed: Progress of the scan, None when none is under way. thumbnail_made: stack id, Thumbnail or None.
    fitting_known: stack id → tuple of Fit. found_again: tuple of Stack that were open before."""

    progressed = Signal(object)
    thumbnail_made = Signal(str, object)
    fitting_known = Signal(object)
    found_again = Signal(object)

    def __init__(self, sitting: Sitting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._desk, self._runners = sitting.desk, sitting.runners
        self._scans: list[CancelToken] = []
        self._asked: set[str] = set()
        self._found: list[Stack] = []
        self._gather = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gather.timeout.connect(self._add_found)

    def open(self, paths: Sequence[Path]) -> None:
        """Scan folders and files; what they hold is added to what is open."""
        wanted = tuple(paths)
        if not wanted:
            return
        series = SameSeries(self._sitting.state.stacks)
        before = frozenset(stack.id for stack in self._sitting.state.stacks)

        def scan(report: Reporter, cancel: CancelToken, found: Callable[[tuple[Stack, ...]], None]) -> ScanResult:
            result = self._desk.scan(wanted, lambda stacks: found(series.kept(stacks)), report, cancel)
            return replace(result, stacks=series.kept(result.stacks))

        self._sitting.apply(opening.begin_scan(self._sitting.state))
        self._scans.append(
            self._runners.waiting.start(
                scan,
                WorkView[ScanResult, tuple[Stack, ...]](
                    finished=lambda result: self._scanned(result, before),
                    failed=self._scan_failed,
                    progressed=self.progressed.emit,
                    arrived=self._take_found,
                ),
                priority=5,
            )
        )

    def cancel(self) -> None:
        """End every scan under way; what was found stays."""
        self._add_found()
        for cancel in self._scans:
            cancel.cancel()
        while self._sitting.state.scanning:
            self._sitting.apply(opening.end_scan(self._sitting.state))
        self._scans.clear()
        self.progressed.emit(None)

    def ask_thumbnail(self, stack_id: str) -> None:
        """A row came into sight: make its picture, once."""
        stack = self._sitting.state.stack(stack_id)
        if stack is None or stack_id in self._asked:
            return
        self._asked.add(stack_id)
        self._runners.pictures.start(
            lambda _report, _cancel, _part: self._desk.thumbnail(stack, THUMBNAIL_PX),
            WorkView[Thumbnail, None](
                finished=lambda picture: self.thumbnail_made.emit(stack_id, picture),
                failed=lambda _: self.thumbnail_made.emit(stack_id, None),  # the row's facts say why
            ),
            priority=_LAST,
        )

    def ask_fitting(self) -> None:
        """Which analyses fit each open series."""
        stacks = self._sitting.state.stacks
        self._runners.waiting.start(
            lambda _report, _cancel, _part: self._desk.fitting(stacks),
            WorkView[Mapping[str, tuple[Fit, ...]], None](
                finished=self.fitting_known.emit, failed=self._sitting.failed
            ),
        )

    def _take_found(self, stacks: tuple[Stack, ...]) -> None:
        """The first picture comes at once; after it, series of one moment are added together."""
        self._found += stacks
        if self._sitting.state.undecided:
            self._add_found()
        elif not self._gather.isActive():
            self._gather.start()

    def _add_found(self) -> None:
        self._gather.stop()
        found, self._found = tuple(self._found), []
        self._sitting.apply(opening.add_found(self._sitting.state, found))

    def _scanned(self, scan: ScanResult, before: frozenset[str]) -> None:
        self._add_found()
        self._sitting.apply(opening.add_scan(self._sitting.state, scan))
        self._ended()
        again = {stack.id for stack in scan.stacks if stack.id in before}
        if again:
            self.found_again.emit(tuple(stack for stack in self._sitting.state.stacks if stack.id in again))
        if not scan.stacks:
            self._sitting.failed(WorkstationError(ErrorCode.NOTHING_FOUND))

    def _scan_failed(self, error: WorkstationError) -> None:
        self._add_found()
        self._sitting.apply(opening.end_scan(self._sitting.state))
        self._ended()
        self._sitting.failed(error)

    def _ended(self) -> None:
        if not self._sitting.state.scanning:
            self._scans.clear()
            self.progressed.emit(None)
