"""Reports in the background."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workstation.domain.error import WorkstationError
from workstation.ui.sitting import Sitting
from workstation.ui.work_runner import WorkView
from workstation.workspace.intents import ReportFiles, ReportRequest


class Reports(QObject):
    """writing: whether one is being written. written: ReportFiles."""

    writing = Signal(bool)
    written = Signal(object)

    def __init__(self, sitting: Sitting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting

    def write(self, request: ReportRequest) -> None:
        self.writing.emit(True)
        self._sitting.runners.waiting.start(
            lambda report, cancel, _part: self._sitting.desk.write_report(request, report, cancel),
            WorkView[ReportFiles, None](finished=self._finished, failed=self._failed),
        )

    def _finished(self, files: ReportFiles) -> None:
        self.writing.emit(False)
        self.written.emit(files)

    def _failed(self, error: WorkstationError) -> None:
        self.writing.emit(False)
        self._sitting.failed(error)
