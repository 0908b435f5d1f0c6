"""Reports in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workstation.domain.answer import AnalysisResult
from workstation.domain.error import WorkstationError
from workstation.domain.series import VoiWindow
from workstation.domain.words import Language
from workstation.domain.work import CancelToken, Reporter
from workstation.ui.preferences import Preferences
from workstation.ui.sitting import Sitting
from workstation.ui.window_dialogs import REPORT_FOLDER, Dialogs
from workstation.ui.work_runner import WorkView
from workstation.workspace.intents import ReportFiles, ReportRequest
from workstation.workspace.mask_areas import noted_alone, noted_on
from workstation.workspace.overlaid import shown_words
from workstation.workspace.own import own_reading


class Reports(QObject):
    """writing: whether one is being written. written: ReportFiles."""

    writing = Signal(bool)
    written = Signal(object)

    def __init__(
        self,
        sitting: Sitting,
        dialogs: Dialogs,
        preferences: Preferences,
        key_window: Callable[[], VoiWindow],
        parent: QObject | None = None,
    ) -> None:
        """`key_window`: the window that pictures in the report take."""
        super().__init__(parent)
        self._sitting, self._dialogs, self._preferences = sitting, dialogs, preferences
        self._key_window = key_window

    def ask_folder(self, language: Language) -> None:
        """Write the shown result into the folder that a person chooses; the last one is offered."""
        self._dialogs.ask_folder(
            REPORT_FOLDER, self._preferences.settings.report_folder, lambda folders: self._take(folders, language)
        )

    def ask_folder_of(
        self, result: AnalysisResult, pictures: tuple[Path, ...], then: Callable[[ReportFiles], None]
    ) -> None:
        """Write a result that belongs to no series, in the language of the window.

        pictures   those of its last turn: the only one is shown with what was found on it
        """
        sitting, desk = self._sitting, self._sitting.desk

        def written(folder: Path, reporter: Reporter, cancel: CancelToken) -> ReportFiles:
            request = ReportRequest(
                stack=desk.texts.pictured(pictures),
                result=result,
                decisions={},
                reader=sitting.state.reader,
                language=sitting.speech.language,
                window=None,
                folder=folder,
            )
            return desk.write_report(request, reporter, cancel)

        def take(folders: tuple[Path, ...]) -> None:
            if not folders:
                return
            self._preferences.keep(replace(self._preferences.settings, report_folder=str(folders[0])))
            sitting.runners.waiting.start(
                lambda report, cancel, _part: written(folders[0], report, cancel),
                WorkView[ReportFiles, None](finished=then, failed=sitting.failed),
            )

        self._dialogs.ask_folder(REPORT_FOLDER, self._preferences.settings.report_folder, take)

    def _take(self, folders: tuple[Path, ...], language: Language) -> None:
        state = self._sitting.state
        stack, result = state.chosen_stack, state.shown_result
        if stack is not None and noted_alone(state):
            result = own_reading(stack, datetime.now(UTC), in_pixels=True)
        if stack is None or result is None or not folders:
            return
        self._preferences.keep(replace(self._preferences.settings, report_folder=str(folders[0])))
        self._write(
            ReportRequest(
                stack=stack,
                result=result,
                decisions={f.id: state.decision(f.id) for f in result.findings},
                reader=state.reader,
                language=language,
                window=self._key_window(),
                folder=folders[0],
                noted=noted_on(state, stack),
                beside=shown_words(state, stack.id),
                moving=next((other for other in state.stacks if other.id == result.moving_id), None),
            )
        )

    def _write(self, request: ReportRequest) -> None:
        """After all that was to be written before it: a signature of this moment stands in the report."""
        self.writing.emit(True)
        self._sitting.runners.when_written(
            lambda: self._sitting.runners.waiting.start(
                lambda report, cancel, _part: self._sitting.desk.write_report(request, report, cancel),
                WorkView[ReportFiles, None](finished=self._finished, failed=self._failed),
            )
        )

    def _finished(self, files: ReportFiles) -> None:
        self.writing.emit(False)
        self.written.emit(files)

    def _failed(self, error: WorkstationError) -> None:
        self.writing.emit(False)
        self._sitting.failed(error)
