"""How the list of findings is sorted and filtered, said in words: “5 of 12 shown”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QSlider, QVBoxLayout, QWidget

from workstation.domain.decision import DecisionState
from workstation.domain.words import Words, say
from workstation.ui.finding_words import STATE_WORDS
from workstation.ui.said import SaidButton, SaidCheck, SaidLabel
from workstation.ui.signs import SignCombo
from workstation.ui.speech import Speech
from workstation.workspace.finding_list import Entry
from workstation.workspace.sifting import Sifting, Sort
from workstation.workspace.state import Workspace

_STEPS: Final = 100  # of the confidence slider
_SORTS: Final = {
    Sort.ANSWER: say("In the order of the answers"),
    Sort.PLACE: say("By slice"),
    Sort.SIZE: say("By size, largest first"),
    Sort.CONFIDENCE: say("By confidence, highest first"),
    Sort.DECISION: say("Undecided first"),
}


class FindingFilter(QWidget):
    """sifting_asked: Sifting. threshold_asked: a confidence. this_slice_asked: whether to follow the slice in view."""

    sifting_asked = Signal(object)
    threshold_asked = Signal(float)
    this_slice_asked = Signal(bool)
    all_asked = Signal()

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._state = Workspace()
        self._every: Sequence[Entry] = ()
        self._shown = 0
        self._kinds: list[tuple[str, Words]] = []
        self._text = QLineEdit()
        self._text.setClearButtonEnabled(True)
        self._text.setMaxLength(100)
        self._text.textChanged.connect(lambda text: self._ask(text=text))
        self._sort, self._kind, self._decision = SignCombo(), SignCombo(), SignCombo()
        self._sort.activated.connect(lambda at: self._ask(sort=list(Sort)[at]))
        self._kind.activated.connect(lambda at: self._ask(kind=self._kinds[at - 1][0] if at else ""))
        self._decision.activated.connect(lambda at: self._ask(decision=list(DecisionState)[at - 1] if at else None))
        for combo in (self._sort, self._kind, self._decision):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(6)
        self._slices = QLineEdit()
        self._slices.setMaxLength(20)
        self._slices.editingFinished.connect(self._slices_typed)
        self._here = SaidCheck(speech, say("This slice"))
        self._here.toggled.connect(self.this_slice_asked)
        self._at_least = SaidLabel(speech, role="second")
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _STEPS)
        self._slider.valueChanged.connect(lambda value: self.threshold_asked.emit(value / _STEPS))
        self._confidence = QWidget()
        self._count = SaidLabel(speech, role="second")
        self._all = SaidButton(speech, say("Show all"), kind="link")
        self._all.clicked.connect(self._show_all)
        self._more = SaidButton(speech, say("Filter and sort"), kind="flat")
        self._more.setCheckable(True)
        self._more.toggled.connect(lambda _: self._render())
        self._box = QWidget()
        self._lay_out()
        speech.changed.connect(self._render)
        self._render()

    @property
    def follows_slice(self) -> bool:
        return self._here.isChecked()

    def show_state(self, state: Workspace, every: Sequence[Entry], shown: int) -> None:
        """`every` finding of the study, and how many of them are shown."""
        self._state, self._shown = state, shown
        self._every = every
        self._render()

    def _lay_out(self) -> None:
        confidence = QVBoxLayout(self._confidence)
        confidence.setContentsMargins(0, 0, 0, 0)
        confidence.setSpacing(2)
        confidence.addWidget(self._at_least)
        confidence.addWidget(self._slider)
        grid = QGridLayout(self._box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._sort, 0, 0, 1, 2)
        grid.addWidget(self._kind, 1, 0)
        grid.addWidget(self._decision, 1, 1)
        grid.addWidget(self._slices, 2, 0)
        grid.addWidget(self._here, 2, 1)
        first, last = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(6)
        first.addWidget(self._text, 1)
        first.addWidget(self._more)
        last.addWidget(self._count, 1)
        last.addWidget(self._all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(first)
        column.addWidget(self._box)
        column.addWidget(self._confidence)
        column.addLayout(last)

    def _ask(self, **change: object) -> None:
        self.sifting_asked.emit(replace(self._state.sifting, **change))  # type: ignore[arg-type]

    def _slices_typed(self) -> None:
        """`12` or `10-20`, from 1; what is no such thing is taken away."""
        numbers = [int(number) for number in re.findall(r"\d{1,6}", self._slices.text())]
        wanted = (min(numbers) - 1, max(numbers) - 1) if numbers and min(numbers) > 0 else None
        if wanted != self._state.sifting.slices:
            if self._here.isChecked():
                with QSignalBlocker(self._here):
                    self._here.setChecked(False)
                self.this_slice_asked.emit(False)
            self._ask(slices=wanted)
        else:
            self._render()

    def _show_all(self) -> None:
        with QSignalBlocker(self._here):
            self._here.setChecked(False)
        self.all_asked.emit()

    def _render(self) -> None:
        self.setVisible(bool(self._every))
        self._box.setVisible(self._more.isChecked())
        # Not before: what is hidden while it is typed into is asked for, and the state comes again before that returns.
        state, every, tr = self._state, self._every, self._speech.tr
        self._confidence.setVisible(any(one.finding.confidence is not None for one in every))
        self._at_least.say(say("Confidence ≥ {value:.2f}", value=state.threshold))
        self._count.say(say("{shown} of {all} shown", shown=self._shown, all=len(every)))
        self._all.setVisible(state.sifting.sifts or state.threshold > 0)
        labels: dict[str, Words] = {}
        for one in every:
            labels.setdefault(one.finding.code, one.finding.label)
        self._kinds = list(labels.items())
        sifting = state.sifting
        self._fill(self._sort, [_SORTS[sort] for sort in Sort], list(Sort).index(sifting.sort))
        codes = [code for code, _ in self._kinds]
        kinds = [say("Every kind"), *(label for _, label in self._kinds)]
        self._fill(self._kind, kinds, codes.index(sifting.kind) + 1 if sifting.kind in codes else 0)
        decisions = [say("Every decision"), *(STATE_WORDS[one] for one in DecisionState)]
        at = list(DecisionState).index(sifting.decision) + 1 if sifting.decision is not None else 0
        self._fill(self._decision, decisions, at)
        with QSignalBlocker(self._slider), QSignalBlocker(self._text), QSignalBlocker(self._slices):
            self._slider.setValue(round(state.threshold * _STEPS))
            if self._text.text() != sifting.text:
                self._text.setText(sifting.text)
            if not self._slices.hasFocus() or self._here.isChecked():
                self._slices.setText(_slices_text(sifting))
        self._text.setPlaceholderText(tr(say("Find in the findings")))
        self._text.setAccessibleName(tr(say("Find in the findings")))
        self._slices.setPlaceholderText(tr(say("Slices, such as 10–20")))
        self._slices.setAccessibleName(tr(say("Slices")))
        self._slider.setAccessibleName(tr(say("Lowest confidence shown")))
        names = (self._sort, say("Order")), (self._kind, say("Kind")), (self._decision, say("Decision"))
        for combo, name in names:
            combo.setAccessibleName(tr(name))
            combo.setToolTip(tr(name))

    def _fill(self, combo: SignCombo, words: list[Words], at: int) -> None:
        texts = [self._speech.tr(one) for one in words]
        with QSignalBlocker(combo):
            if texts != [combo.itemText(k) for k in range(combo.count())]:
                combo.clear()
                combo.addItems(texts)
            combo.setCurrentIndex(at)


def _slices_text(sifting: Sifting) -> str:
    if sifting.slices is None:
        return ""
    first, last = sifting.slices
    return f"{first + 1}" if first == last else f"{first + 1}–{last + 1}"
