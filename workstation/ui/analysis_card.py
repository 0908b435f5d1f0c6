"""One operation beside the series looked at: does it fit, why not, what it costs, and the button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from workstation.catalogue.limits import LimitSource
from workstation.catalogue.operation import NOT_MEDICAL, AnyParameter, Choice, FreeText
from workstation.catalogue.reason import Reason
from workstation.domain.words import Words, say
from workstation.ui.parameter_box import ParameterBox
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.signs import Sign, SignMark
from workstation.ui.speech import Speech
from workstation.ui.tick_box import TickBox
from workstation.workspace.cards import CardView


class AnalysisCard(QFrame):
    """`first`: the one that the eye should fall on.

    analyse_asked: operation, values by parameter name, repairs agreed. series_asked: a better stack's id.
    """

    analyse_asked = Signal(str, dict, bool)
    series_asked = Signal(str)

    def __init__(self, speech: Speech, card: CardView, *, first: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._card, self._first = speech, card, first
        self.setProperty("surface", "card-chosen" if first else "card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._analyse: SaidButton | None = None
        self._busy = False
        self._parameters: tuple[AnyParameter, ...] = ()
        self._boxes: dict[str, ParameterBox] = {}
        self._repair: QCheckBox | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 10, 12, 12)
        self._column.setSpacing(4)
        self._add_head()
        if not card.medical:
            self._line(NOT_MEDICAL, role="second")
        if card.simulated:
            self._line(say("The answer will be simulated: it has no medical content."), role="warning-second")
        if card.lifecycle is not None:
            self._line(card.lifecycle, role="warning-second" if card.ending else "second")
        for reason in card.reasons:
            self._add_reason(reason)
        for repair in card.repairs:
            self._line(repair.sentence)
        if card.better_series:
            self._add_better()
        self._add_acts()
        speech.changed.connect(self._render)
        self._render()

    @property
    def values(self) -> dict[str, float | str]:
        """What the boxes say now, and what stands folded; a second series by its role."""
        said = {name: box.value for name, box in self._boxes.items()}
        return {one.name: said.get(one.name, one.default) for one in self._parameters}

    def show_busy(self, busy: bool) -> None:
        """While it runs it can't be started again; how far it is stands among the jobs."""
        self._busy = busy
        self._allow()

    def _allow(self) -> None:
        if self._analyse is None:
            return
        agreed = self._repair is None or self._repair.isChecked()
        self._analyse.setEnabled(agreed and not self._busy)
        self._analyse.say(say("Analysing…") if self._busy else say("Analyse"))

    def _add_head(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(SaidLabel(self._speech, self._card.title, role="title", wrap=True), 1)
        kind = "good" if self._card.fits and not self._card.better_series else "plain"
        if self._card.better_series or self._card.needs_repair:
            kind = "warning"
        head.addWidget(SaidLabel(self._speech, self._card.chip, chip=kind))
        self._column.addLayout(head)

    def _line(self, *words: Words, role: str = "second") -> None:
        self._column.addWidget(SaidLabel(self._speech, *words, role=role, wrap=True))

    def _add_reason(self, reason: Reason) -> None:
        documented = reason.source is LimitSource.DOCUMENTED
        source = say("The service's own limit.") if documented else say("Our limit: the answer would not be reliable.")
        said = say("{sentence} {source}", sentence=reason.sentence, source=source)
        row = QHBoxLayout()
        row.setSpacing(7)
        row.addWidget(SignMark(Sign.CROSS), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(SaidLabel(self._speech, said, role="second", wrap=True), 1)
        self._column.addLayout(row)

    def _add_better(self) -> None:
        card = self._card
        self._line(say("Better: {series} – {reasons}", series=card.better_name, reasons=card.better_reason))
        show = SaidButton(self._speech, say("Show {series}", series=card.better_name))
        show.clicked.connect(lambda: self.series_asked.emit(card.better_series))
        self._column.addWidget(show)

    def _add_acts(self) -> None:
        """Parameters, and below them the cost with the button beside it."""
        card = self._card
        cost = say("{cost} · {duration}", cost=card.cost, duration=card.duration) if card.duration else card.cost
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(SaidLabel(self._speech, cost, role="second", wrap=True), 1)
        if card.fits or card.needs_repair:
            self._add_parameters(foot)
            if card.needs_repair:
                self._repair = TickBox()
                self._column.addWidget(self._repair)
            self._analyse = SaidButton(self._speech, say("Analyse"), kind="primary" if self._first else "")
            self._analyse.clicked.connect(self._ask)
            if self._repair is not None:
                self._repair.toggled.connect(self._allow)
            self._allow()
            foot.addWidget(self._analyse)
        self._column.addSpacing(2)
        self._column.addLayout(foot)

    def _add_parameters(self, foot: QHBoxLayout) -> None:
        """A lone one stands on the card; several are folded behind a button, but for those that must be given."""
        self._parameters = (*_second(self._card), *self._card.parameters)
        needed = [one for one in self._parameters if self._needed(one)]
        others = [one for one in self._parameters if one not in needed]
        if len(others) > 1:
            self._add_boxes(needed, self._column)
            self._add_folded(others, foot)
        else:
            self._add_boxes(self._parameters, self._column)

    def _needed(self, parameter: AnyParameter) -> bool:
        required = isinstance(parameter, FreeText) and parameter.required
        return required or parameter.name == self._card.second_role

    def _add_folded(self, parameters: Sequence[AnyParameter], foot: QHBoxLayout) -> None:
        """Their boxes are made when they are first unfolded: most never are, and styling them takes longest."""
        folded = QWidget()
        column = QVBoxLayout(folded)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(6)
        self._column.addWidget(folded)
        folded.hide()
        more = SaidButton(self._speech, say("Settings"), kind="link")
        foot.addWidget(more)

        def turn() -> None:
            if column.isEmpty():
                self._add_boxes(parameters, column)
            folded.setVisible(folded.isHidden())

        more.clicked.connect(turn)

    def _add_boxes(self, parameters: Sequence[AnyParameter], column: QVBoxLayout) -> None:
        for parameter in parameters:
            box = self._boxes[parameter.name] = ParameterBox(self._speech, parameter)
            column.addWidget(box)

    def _ask(self) -> None:
        agreed = self._repair is not None and self._repair.isChecked()
        self.analyse_asked.emit(self._card.operation, self.values, agreed)

    def _render(self) -> None:
        title, chip = self._speech.tr(self._card.title), self._speech.tr(self._card.chip)
        self.setAccessibleName(f"{title}: {chip}")
        if self._repair is not None:
            self._repair.setText(self._speech.tr(say("I agree to this change of the pixels that are sent")))


def _second(card: CardView) -> tuple[Choice, ...]:
    """The second series is chosen as a parameter is."""
    if not card.seconds:
        return ()
    values = tuple((second.stack_id, second.name) for second in card.seconds)
    return (Choice(name=card.second_role, label=say("Brought onto this one"), default=values[0][0], values=values),)
