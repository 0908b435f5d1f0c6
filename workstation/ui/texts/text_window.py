"""The window for texts, beside the study: it stays open while pictures are read."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from workstation.catalogue.medical_qa import said
from workstation.catalogue.text import MEDICAL_QA, TRANSLATION
from workstation.domain.answer import AnalysisResult
from workstation.domain.finding import Basis
from workstation.domain.words import NOTHING, Words, say
from workstation.ui.finding_words import BASIS_WORDS
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.speech import Speech
from workstation.ui.texts.dialogue_panel import DialoguePanel
from workstation.ui.texts.translate_panel import TranslatePanel
from workstation.workspace.intents import ReportFiles
from workstation.workspace.texts import TextOffer

_DRAWN: Final = QSize(820, 620)
_TABS: Final = (TRANSLATION, MEDICAL_QA)
_FEW: Final = 24  # characters of a text in the list of earlier ones


class TextWindow(QDialog):
    """report_asked: AnalysisResult. earlier_asked: AnalysisResult that is to be shown again."""

    report_asked = Signal(object)
    earlier_asked = Signal(object)

    def __init__(self, speech: Speech, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._offers: dict[str, TextOffer] = {}
        self._earlier: tuple[AnalysisResult, ...] = ()
        self._shown: dict[str, AnalysisResult] = {}
        self.setModal(False)
        self.resize(_DRAWN)
        self.translate = TranslatePanel(speech)
        self.dialogue = DialoguePanel(speech, now)
        self.tabs = QTabWidget()
        for page in (self.translate, self.dialogue):
            self.tabs.addTab(page, "")
        self._where = SaidLabel(speech, role="second", wrap=True)
        self._ends = SaidLabel(speech, role="warning-second", wrap=True)
        self._simulated = SaidLabel(speech, BASIS_WORDS[Basis.SIMULATED], role="banner", wrap=True)
        self._research = SaidLabel(speech, say("Research use, not a medical device"), role="second")
        self._notice = SaidLabel(speech, role="bad-second", wrap=True)
        self._notice.hide()
        self._written = SaidLabel(speech, role="good", wrap=True)
        self._written.hide()
        self._list = QComboBox()
        self._list.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._list.setMinimumContentsLength(28)
        self._list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._list.activated.connect(self._choose_earlier)
        self._report = SaidButton(speech, say("Write the report…"))
        self._report.clicked.connect(self._ask_report)
        close = SaidButton(speech, say("Close"))
        close.clicked.connect(self.hide)
        for button in (self._report, close):
            button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addWidget(self._list)
        foot.addStretch(1)
        foot.addWidget(self._report)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(8)
        column.addWidget(self._simulated)
        column.addWidget(self.tabs, 1)
        for line in (self._notice, self._written, self._ends):
            column.addWidget(line)
        where = QHBoxLayout()
        where.addWidget(self._where, 1)
        where.addWidget(self._research)
        column.addLayout(where)
        column.addLayout(foot)
        self.tabs.currentChanged.connect(self._show)
        speech.changed.connect(self._say)
        self._say()

    @property
    def operation(self) -> str:
        """Name of the operation whose page is in front."""
        return _TABS[self.tabs.currentIndex()].name

    def show_offers(self, offers: tuple[TextOffer, ...]) -> None:
        self._offers = {offer.operation: offer for offer in offers}
        self._show()

    def show_earlier(self, results: tuple[AnalysisResult, ...]) -> None:
        """Newest first; those of the page in front are listed."""
        self._earlier = results
        self._show()

    def show_result(self, result: AnalysisResult) -> None:
        """The page of its operation comes to the front; its report can be written."""
        self._shown[result.operation] = result
        self._earlier = (result, *(other for other in self._earlier if not _same(other, result)))
        names = [row.name for row in _TABS]
        if result.operation in names:
            self.tabs.setCurrentIndex(names.index(result.operation))
        self.show_notice(NOTHING)
        self._show()

    def forget(self, operation: str) -> None:
        """Nothing of this operation is shown any more."""
        self._shown.pop(operation, None)
        self._show()

    def show_notice(self, *words: Words) -> None:
        """What went wrong and what can be done; NOTHING: all is well."""
        self._notice.say(*words)
        self._notice.setVisible(any(part.message for part in words))
        self._written.hide()

    def show_written(self, files: ReportFiles) -> None:
        """The report was written, there."""
        self._written.say(say("Written to {folder}", folder=str(files.paths[0].parent)))
        self._written.show()

    def show_busy(self, busy: bool) -> None:
        self.translate.show_busy(busy)
        self.dialogue.show_busy(busy)

    def _show(self) -> None:
        offer = self._offers.get(self.operation)
        self._where.say(offer.cost if offer is not None else NOTHING)
        self._ends.say(offer.lifecycle if offer is not None else NOTHING)
        self._ends.setVisible(offer is not None and bool(offer.lifecycle.message))
        self.translate.show_offered(self._offered(TRANSLATION.name))
        self.dialogue.show_offered(self._offered(MEDICAL_QA.name))
        shown = self._shown.get(self.operation)
        self._report.setEnabled(shown is not None)
        self._simulated.setVisible(shown is not None and shown.basis is Basis.SIMULATED)
        self._research.setVisible(shown is not None and shown.basis is not Basis.VENDOR)
        self._list.clear()
        self._list.addItem(self._speech.tr(say("Earlier…")))
        for result in self._of_page():
            self._list.addItem(_line(result))
        self._list.setVisible(self._list.count() > 1)
        self._list.setAccessibleName(self._speech.tr(say("Earlier results")))

    def _offered(self, operation: str) -> bool:
        offer = self._offers.get(operation)
        return offer is None or offer.offered

    def _of_page(self) -> list[AnalysisResult]:
        return [result for result in self._earlier if result.operation == self.operation]

    def _choose_earlier(self, place: int) -> None:
        results = self._of_page()
        if 0 < place <= len(results):
            self.earlier_asked.emit(results[place - 1])

    def _ask_report(self) -> None:
        if self.operation in self._shown:
            self.report_asked.emit(self._shown[self.operation])

    def _say(self) -> None:
        self.setWindowTitle(self._speech.tr(say("Texts")))
        for place, words in enumerate((say("Translation"), say("Skin questions and answers"))):
            self.tabs.setTabText(place, self._speech.tr(words))
        self._show()


def _same(one: AnalysisResult, other: AnalysisResult) -> bool:
    """The same job, or another turn of the same dialogue."""
    if one.operation == other.operation == MEDICAL_QA.name:
        return one.parameters.get("began") == other.parameters.get("began")
    return one.job.id == other.job.id


def _line(result: AnalysisResult) -> str:
    """When, and the first words of it."""
    words = str(result.parameters.get("text", "")) or _complaint(result)
    made = result.job.finished.astimezone()
    return f"{made:%Y-%m-%d %H:%M}  {words[:_FEW]}{'…' if len(words) > _FEW else ''}".replace("\n", " ")


def _complaint(result: AnalysisResult) -> str:
    first = next(iter(said(result)), None)
    return " ".join(first.texts) if first is not None else ""
