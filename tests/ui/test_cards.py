"""The Analyse tab with many cards: what fits is there, the rest is made when it is asked for."""

from __future__ import annotations

from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.window import buttons, offscreen_dialog, press, said
from tests.workspace.test_card_groups import CARDS, PLANE, card
from workstation.catalogue.operation import Choice, FreeText, Parameter
from workstation.domain.words import Language, say
from workstation.ui.analysis_card import AnalysisCard
from workstation.ui.analysis_panel import AnalysisPanel
from workstation.ui.speech import Speech
from workstation.workspace.cards import CardView

pytestmark = offscreen_dialog


def panel(qtbot: QtBot, *cards: CardView) -> AnalysisPanel:
    made = AnalysisPanel(Speech(Language.ENGLISH))
    qtbot.addWidget(made)
    made.resize(372, 560)
    made.show_cards(cards or CARDS)
    with qtbot.waitExposed(made):
        made.show()
    return made


def titles(made: AnalysisPanel) -> list[str]:
    return [card.accessibleName().partition(":")[0] for card in made.findChildren(AnalysisCard) if card.isVisible()]


def test_cards_that_do_not_fit_are_made_on_demand_and_then_say_why(qtbot: QtBot) -> None:
    made = panel(qtbot)
    qtbot.waitUntil(lambda: titles(made) == ["nodules", "vessels", "covid"])
    assert len(made.findChildren(AnalysisCard)) == 3

    press(made, qtbot, "▶ 3 do not fit this series")
    qtbot.waitUntil(lambda: titles(made) == ["nodules", "vessels", "covid", "ribs", "spine", "knee"])
    assert str(PLANE.sentence) in said(made)
    assert "MR" in said(made)
    press(made, qtbot, "▼ 3 do not fit this series")
    assert titles(made) == ["nodules", "vessels", "covid"]


def test_an_analysis_is_found_by_its_name(qtbot: QtBot) -> None:
    made = panel(qtbot)
    made.findChild(QLineEdit).setText("knee")
    qtbot.waitUntil(lambda: titles(made) == ["knee"])
    made.findChild(QLineEdit).setText("no such thing")
    qtbot.waitUntil(lambda: "No analysis is called that." in said(made))


def test_a_series_for_which_there_is_nothing_says_so(qtbot: QtBot) -> None:
    made = panel(qtbot, card("ribs", reasons=(PLANE,)))

    assert "No analysis can be done on this series." in said(made)
    assert titles(made) == []


def test_several_parameters_are_folded_and_keep_their_defaults(qtbot: QtBot) -> None:
    yes_no = (("1", say("yes")), ("0", say("no")))
    parameters = (
        FreeText(name="text", label=say("Text"), most=100),
        Choice(name="ribs", label=say("Ribs"), default="1", values=yes_no),
        Parameter(name="low", label=say("Lowest"), default=0.5, low=0.0, high=1.0, decimals=2),
    )
    view = CardView(
        operation="x", title=say("X"), fits=True, chip=say("fits"), connection="local", cost=say("free"),
        parameters=parameters,
    )  # fmt: skip
    made = panel(qtbot, view)
    (one,) = made.findChildren(AnalysisCard)

    assert one.values == {"text": "", "ribs": "1", "low": 0.5}
    assert "Ribs" not in said(one)
    assert "Text" in said(one)
    press(one, qtbot, "Settings")
    assert "Ribs" in said(one)
    assert one.values == {"text": "", "ribs": "1", "low": 0.5}
    one.findChild(QDoubleSpinBox).setValue(0.7)
    press(one, qtbot, "Settings")
    assert "Ribs" not in said(one)
    assert one.values == {"text": "", "ribs": "1", "low": 0.7}


def test_a_running_analysis_stays_marked_when_the_list_is_searched(qtbot: QtBot) -> None:
    made = panel(qtbot)
    made.show_busy(frozenset({"nodules"}))
    made.findChild(QLineEdit).setText("nod")
    qtbot.waitUntil(lambda: bool(buttons(made, "Analysing…")))
