"""Texts as one: the window for them on one side, the background work on the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from workstation.catalogue.text import MEDICAL_QA, QA_FEEDBACK, TRANSLATION
from workstation.domain.answer import AnalysisResult
from workstation.domain.error import Cancelled, WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.words import NOTHING, say
from workstation.ui.consent_dialog import ConsentDialog
from workstation.ui.face_seek import seek_faces
from workstation.ui.reports import Reports
from workstation.ui.sitting import Sitting
from workstation.ui.texts.text_window import TextWindow
from workstation.ui.texts.text_work import TextWork
from workstation.ui.window_dialogs import Dialogs
from workstation.workspace.cards import ConsentView
from workstation.workspace.dialogue import Answer, begin, dialogue_of, feedback, turn
from workstation.workspace.intents import TextRequest

PICTURES: Final = say("Pictures of the skin")


class TextSide(QObject):
    """`window` None until it is first asked for."""

    def __init__(self, sitting: Sitting, dialogs: Dialogs, reports: Reports, parent: QWidget) -> None:
        super().__init__(parent)
        self._sitting, self._dialogs, self._reports, self._parent = sitting, dialogs, reports, parent
        self.work = TextWork(sitting, self)
        self.window: TextWindow | None = None
        self.consent: ConsentDialog | None = None
        self._connection = ""
        self._sent: tuple[Path, ...] = ()  # pictures of the call under way
        self._pictures: dict[str, tuple[Path, ...]] = {}  # by job, of this sitting
        self.work.consent_needed.connect(self._ask_consent)
        self.work.result_came.connect(self._came)
        self.work.failed.connect(self._failed)

    def use_connection(self, name: str) -> None:
        """Calls go there from now on; a dialogue that was begun elsewhere goes on where it is."""
        self._connection = name
        if self.window is not None:
            self.work.list_offers(name)

    def open(self) -> None:
        """Show the window, in front."""
        window = self._made()
        window.show()
        window.raise_()
        window.activateWindow()

    def show_result(self, result: AnalysisResult) -> None:
        """Of a call just made, of one resumed from the strip of jobs, or of an earlier one."""
        window = self._made()
        if result.operation == QA_FEEDBACK.name:
            window.dialogue.show_feedback_taken()
            return
        try:
            dialogue = dialogue_of(result) if result.operation == MEDICAL_QA.name else None
        except WorkstationError as error:
            self._failed(error)
            return
        if dialogue is not None:
            window.dialogue.show_dialogue(dialogue)
        elif result.operation == TRANSLATION.name:
            window.translate.show_result(result)
        window.show_result(result)

    def show_resumed(self, result: AnalysisResult) -> None:
        """Of a job that was gone on with from the strip."""
        self.show_result(result)
        self.open()

    def _came(self, result: AnalysisResult) -> None:
        if result.operation == MEDICAL_QA.name:
            self._pictures[result.job.id] = self._sent
        self.show_result(result)

    def _made(self) -> TextWindow:
        if self.window is None:
            window = self.window = TextWindow(self._sitting.speech, self._sitting.desk.texts.now(), self._parent)
            self.work.offers_known.connect(window.show_offers)
            self.work.earlier_known.connect(window.show_earlier)
            self.work.busy_changed.connect(window.show_busy)
            window.translate.translate_asked.connect(self._translate)
            window.dialogue.answered.connect(self._answer)
            window.dialogue.feedback_asked.connect(self._send_feedback)
            window.dialogue.anew_asked.connect(self._begin)
            window.dialogue.pictures_asked.connect(self._ask_pictures)
            window.earlier_asked.connect(self.show_result)
            window.report_asked.connect(self._write_report)
            self._begin()
            self.work.list_offers(self._connection)
            self.work.list_earlier()
        return self.window

    def _begin(self) -> None:
        if self.window is not None:
            self.window.dialogue.show_dialogue(begin(self._connection, self._sitting.desk.texts.now()))
            self.window.forget(MEDICAL_QA.name)
            self.window.show_notice(NOTHING)

    def _translate(self, given: dict[str, str]) -> None:
        try:
            parameters = TRANSLATION.read_parameters(given)
        except WorkstationError as error:
            self._failed(error)
            return
        self._ask(TextRequest(operation=TRANSLATION.name, connection=self._connection, parameters=parameters))

    def _answer(self, answer: Answer) -> None:
        if self.window is None:
            return
        dialogue, now = self.window.dialogue.dialogue, self._sitting.desk.texts.now()
        if dialogue.result is None:  # nothing was asked yet: it begins now, where calls go now
            dialogue = replace(dialogue, connection=self._connection)
        try:
            request = turn(dialogue, answer, now)
        except WorkstationError as error:
            self._failed(error)
            return
        self._ask(request)

    def _send_feedback(self, text: str) -> None:
        if self.window is None:
            return
        try:
            request = feedback(self.window.dialogue.dialogue, text)
        except WorkstationError as error:
            self._failed(error)
            return
        self._ask(request)

    def _ask(self, request: TextRequest) -> None:
        if self.window is not None:
            self.window.show_notice(NOTHING)
        self._sent = request.pictures
        self.work.ask(request)

    def _ask_pictures(self) -> None:
        def chosen(paths: tuple[Path, ...]) -> None:
            if self.window is not None:
                self.window.dialogue.add_pictures(paths)

        self._dialogs.ask_files(PICTURES, "", chosen)

    def _ask_consent(self, request: TextRequest, consent: ConsentView) -> None:
        dialog = self.consent = ConsentDialog(self._sitting.speech, consent, self.window)
        dialog.accepted.connect(lambda: self.work.agree(replace(request, covering=dialog.covering), consent))
        dialog.rejected.connect(self.work.let_go)
        seek_faces(self._sitting, dialog)
        dialog.finished.connect(lambda _result: self._closed(dialog))
        dialog.open()

    def _closed(self, dialog: ConsentDialog) -> None:
        self.consent = None
        dialog.deleteLater()

    def _write_report(self, result: AnalysisResult) -> None:
        if self.window is not None:
            self._reports.ask_folder_of(result, self._pictures.get(result.job.id, ()), self.window.show_written)

    def _failed(self, error: WorkstationError) -> None:
        if isinstance(error, Cancelled):
            return
        row = sentence(error)
        if self.window is not None and self.window.isVisible():
            self.window.show_notice(row.says, row.remedy)
        else:
            self._sitting.failed(error)
