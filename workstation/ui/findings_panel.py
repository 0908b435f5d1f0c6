"""The Findings tab: what one result reports, what was decided, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from workstation.catalogue.panels import blocks_of
from workstation.domain.answer import AnalysisResult, PlacementState
from workstation.domain.block_words import Bases
from workstation.domain.calibrated_area import result_with_square_mm
from workstation.domain.finding import Basis
from workstation.domain.measuring import Scale
from workstation.domain.own_finding import OWN_READING
from workstation.domain.signature import NOT_INTACT
from workstation.domain.words import Words, say
from workstation.ui.blocks.result_section import ResultSection
from workstation.ui.column_scroll import ColumnScroll
from workstation.ui.coverage_words import progress_words, rule_words
from workstation.ui.finding_filter import FindingFilter
from workstation.ui.finding_list import FindingList
from workstation.ui.finding_pictures import FindingPictures
from workstation.ui.finding_words import BASIS_WORDS, local_time, none_reported, operation_title, provenance
from workstation.ui.keys import Command
from workstation.ui.label_list import LabelList
from workstation.ui.object_list import ObjectList
from workstation.ui.photo.mask_panel import MaskPanel
from workstation.ui.reader_words import signed_words
from workstation.ui.said import SaidButton, SaidLabel, plain_tip
from workstation.ui.signs import SignCombo
from workstation.ui.speech import Speech
from workstation.workspace.finding_list import Entry, entries, listed
from workstation.workspace.rulers import scale_of
from workstation.workspace.signing import signature
from workstation.workspace.state import Workspace

_SHARE: Final = 0.5  # of the height that blocks and list have together
_SHARE_ALONE: Final = 0.8  # of blocks where nothing is listed
_LEAST_PX: Final = 60
_MARGIN_PX: Final = 4  # between a row and where the list ends


class FindingsPanel(QWidget):
    """Signals carry finding ids; result_asked a job id, threshold_asked a confidence.

    label_asked: mask, label, whether it is to be painted. sifting_asked: Sifting. command_asked: Command for what is
    selected.
    """

    select_asked = Signal(str)
    accept_asked = Signal(str)
    reject_asked = Signal(str)
    reopen_asked = Signal(str)
    comment_asked = Signal(str, str)
    comment_ended = Signal()
    result_asked = Signal(str)
    threshold_asked = Signal(float)
    undo_asked = Signal()
    redo_asked = Signal()
    analyse_tab_asked = Signal()
    sifting_asked = Signal(object)
    all_asked = Signal()
    this_slice_asked = Signal(bool)
    command_asked = Signal(object)
    label_asked = Signal(str, int, bool)

    def __init__(self, speech: Speech, pictures: FindingPictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._state = Workspace()
        self._every: tuple[Entry, ...] = ()
        self._connections: Mapping[str, Words] = {}
        self._laid_out: tuple[AnalysisResult | None, Scale] = (None, Scale())
        self._warning = SaidLabel(speech, BASIS_WORDS[Basis.SIMULATED], role="banner", wrap=True)
        self._warning.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.filter = FindingFilter(speech)
        self.list = FindingList(speech, pictures)
        self._results = SignCombo()
        self._results.currentIndexChanged.connect(self._result_chosen)
        self._signed = SaidLabel(speech, role="title", wrap=True)
        self._words = SaidLabel(speech, role="second", wrap=True)
        self._go = SaidButton(speech, say("Choose an analysis"))
        self._go.clicked.connect(self.analyse_tab_asked)
        self.result = ResultSection(speech)
        self.result.blocks.finding_asked.connect(self.select_asked)
        self._labels = LabelList(speech)
        self._labels.shown_asked.connect(self.label_asked)
        self.masks = MaskPanel(speech)
        self.files = ObjectList(speech)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 10)
        self._column.setSpacing(0)
        self._lines = SaidLabel(speech, role="second", wrap=True)
        self._placement = SaidLabel(speech, role="second", wrap=True)
        self._box = self._make_provenance()
        self._lay_out()
        self._sight = QTimer(self, singleShot=True, interval=0)  # once everything has its new height
        self._sight.timeout.connect(self._bring_into_sight)
        self._connect()
        speech.changed.connect(lambda: self.show_state(self._state))
        self.show_state(self._state)

    def show_state(self, state: Workspace) -> None:
        """List the shown result's findings; rows stay where only a decision or the selection changed."""
        before = (self._state.selected, self.list.row_height(self._state.selected))
        self._state = state
        result, stack = state.shown_result, state.chosen_stack
        scale = scale_of(state, stack) if stack is not None else Scale()
        if self._laid_out != (result, scale):
            self._laid_out = (result, scale)
            measured = result_with_square_mm(result, scale) if result is not None else None
            self.result.show_blocks(
                *((blocks_of(measured), Bases.of(measured)) if measured is not None else ((), None))
            )
        self.result.blocks.show_selected(state.selected)
        self._labels.show_layers(state.layers, state.shown_layers)
        self.files.show_state(state)
        self._every = entries(state)
        shown = listed(state, self._speech.language, self._every)
        self.filter.show_state(state, self._every, len(shown))
        self.list.show_entries(shown, frozenset(state.signed), state.selected)
        self._share_height()
        self._box.setVisible(result is not None)
        self._warning.setVisible(result is not None and result.basis is Basis.SIMULATED)
        self._foot.setVisible(state.chosen_stack is not None)
        self._render()
        if state.selected and before != (state.selected, self.list.row_height(state.selected)):
            self._sight.start()

    def show_coverage(self, state: Workspace) -> None:
        """Only which slices were looked at has changed."""
        self._state = state
        self._render_progress()

    def show_connections(self, titles: Mapping[str, Words]) -> None:
        """Connection name → what people call it."""
        self._connections = titles
        self._render()

    def begin_comment(self, finding_id: str) -> None:
        self.list.begin_comment(finding_id)
        self._bring_into_sight()

    def _bring_into_sight(self) -> None:
        """All of the selected row; in the middle where it was out of sight, so that the next ones need no scrolling."""
        self._column.activate()
        area = self.list.row_area(self._state.selected)
        if not area.isEmpty():
            at = self.list.viewport().mapTo(self._inside, area.center())
            bar, seen = self._scroll.verticalScrollBar(), self._scroll.viewport().height()
            off = abs(at.y() - bar.value() - seen / 2)
            if off > seen / 2 - area.height() / 2 - _MARGIN_PX:
                bar.setValue(round(at.y() - max(0, seen - area.height()) / 2 - area.height() / 2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_height()

    def _share_height(self) -> None:
        """The list comes first: blocks get what is left, at least a part of it."""
        together = self._scroll.height() + (self.result.height() if self.result.isVisible() else 0)
        share = _SHARE if self.list.lines.entries else _SHARE_ALONE
        self.result.setMaximumHeight(max(_LEAST_PX, round(together * share)))

    def _connect(self) -> None:
        for name in ("select_asked", "accept_asked", "reject_asked", "reopen_asked", "comment_asked", "comment_ended"):
            getattr(self.list, name).connect(getattr(self, name))
        self.list.command_asked.connect(self.command_asked)
        self.filter.sifting_asked.connect(self.sifting_asked)
        self.filter.threshold_asked.connect(self.threshold_asked)
        self.filter.this_slice_asked.connect(self.this_slice_asked)
        self.filter.all_asked.connect(self.all_asked)

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(12, 10, 12, 8)
        head.setSpacing(6)
        head.addWidget(self._warning)
        head.addWidget(self._results)
        head.addWidget(self.filter)
        head.addWidget(self._signed)
        head.addWidget(self._words)
        head.addWidget(self._go)
        self._column.addWidget(self._labels)
        self._column.addWidget(self.list)
        self._column.addWidget(self.masks)
        self._column.addWidget(self.files)
        self._column.addWidget(self._padded(self._box))
        self._column.addStretch(1)
        self._inside = QWidget()
        self._inside.setLayout(self._column)
        self._scroll = ColumnScroll(self._inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self.result)
        whole.addWidget(self._make_foot())

    @staticmethod
    def _padded(widget: QWidget) -> QWidget:
        outside = QWidget()
        column = QVBoxLayout(outside)
        column.setContentsMargins(10, 10, 10, 0)
        column.addWidget(widget)
        return outside

    def _make_provenance(self) -> QFrame:
        box = QFrame()
        box.setProperty("surface", "card")
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(3)
        column.addWidget(SaidLabel(self._speech, say("Provenance"), role="title"))
        column.addWidget(self._lines)
        column.addWidget(self._placement)
        return box

    def _make_foot(self) -> QWidget:
        self._foot = QWidget()
        self._foot.setProperty("surface", "foot")
        self._foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._progress = SaidLabel(self._speech, role="second", wrap=True)
        undo = SaidButton(self._speech, say("Undo"), kind="flat", command=Command.UNDO)
        redo = SaidButton(self._speech, say("Redo"), kind="flat", command=Command.REDO)
        undo.clicked.connect(self.undo_asked)
        redo.clicked.connect(self.redo_asked)
        self._undo, self._redo = undo, redo
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(4)
        row.addWidget(self._progress, 1)
        row.addWidget(undo)
        row.addWidget(redo)
        return self._foot

    def _result_chosen(self, place: int) -> None:
        results = self._state.results.get(self._state.chosen, ())
        if 0 <= place < len(results):
            self.result_asked.emit(results[place].job.id)

    def _render(self) -> None:
        state = self._state
        result = state.shown_result
        self._render_results()
        self._go.setVisible(result is None and state.chosen_stack is not None)
        sentence = self._sentence(result)
        self._words.setVisible(sentence is not None)
        if sentence is not None:
            self._words.say(sentence)
        if result is not None:
            connection = self._connections.get(result.connection, say("{text}", text=result.connection))
            lines = [self._speech.tr(line) for line in provenance(result, connection)]
            self._lines.say(say("{text}", text="\n".join(lines)))
            self._render_placement(result)
        signed = signature(state)
        self._signed.setVisible(signed is not None)
        if signed is not None:
            self._signed.look(role="title" if signed.intact else "bad")
            self._signed.say(signed_words(signed) if signed.intact else NOT_INTACT)
        self._render_progress()
        self._undo.setEnabled(bool(state.history.past))
        self._redo.setEnabled(bool(state.history.future))

    def _render_progress(self) -> None:
        self._progress.say(*progress_words(self._state))
        rule = rule_words(self._state)
        self._progress.setToolTip(plain_tip(self._speech.tr(rule)) if rule is not None else "")

    def _render_placement(self, result: AnalysisResult) -> None:
        contradicted = result.placement.state is PlacementState.CONTRADICTED
        assumed = result.placement.state is PlacementState.ASSUMED
        self._placement.setVisible(contradicted or assumed)
        if contradicted:
            self._placement.look(role="bad")
            self._placement.say(say("The findings are listed, but not painted."))
        elif assumed:
            self._placement.look(role="warning")
            self._placement.say(say("Check each place against the picture."))

    def _render_results(self) -> None:
        results = self._state.results.get(self._state.chosen, ())
        shown = self._state.shown_result
        self._results.setVisible(len(results) > 1)
        with QSignalBlocker(self._results):
            self._results.clear()
            for result in results:
                title = self._speech.tr(operation_title(result.operation))
                self._results.addItem(f"{title} · {local_time(result.job.finished)}")
            if shown is not None:
                self._results.setCurrentIndex([r.job.id for r in results].index(shown.job.id))
        self._results.setAccessibleName(self._speech.tr(say("Results of this series")))

    def _sentence(self, result: AnalysisResult | None) -> Words | None:
        if self._state.chosen_stack is None:
            return say("Open a study first.")
        if result is None:
            return say("This series was not analysed yet.")
        if not result.reported and result.operation != OWN_READING:
            return none_reported(result)
        if self._every and not self.list.lines.entries:
            return say("No finding fits what is chosen above.")
        return None
