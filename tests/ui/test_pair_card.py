"""The second of two series is chosen on the card and goes with the request."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import LUNG, SOFT, FakeDesk
from tests.ui.window import choose, open_study, window_on
from workstation.domain.words import Language, say
from workstation.ui.analysis_card import AnalysisCard
from workstation.ui.speech import Speech
from workstation.workspace.cards import CardView, SecondSeries

CARD = CardView(
    operation="ct-registration",
    title=say("Chest CT registration"),
    fits=True,
    chip=say("fits"),
    connection="local",
    cost=say("Local cloud, free"),
    second_role="floating",
    seconds=(SecondSeries("1.2.9#0", say("2025-01-02")), SecondSeries(SOFT.id, say("Mediastinum 3.0"))),
)


def test_the_card_offers_every_second_series_and_tells_the_chosen_one(qtbot: QtBot) -> None:
    card = AnalysisCard(Speech(Language.ENGLISH), CARD)
    qtbot.addWidget(card)
    (box,) = card.findChildren(QComboBox)
    first = card.values
    box.setCurrentIndex(1)

    assert [box.itemText(place) for place in range(box.count())] == ["2025-01-02", "Mediastinum 3.0"]
    assert (first, card.values) == ({"floating": "1.2.9#0"}, {"floating": SOFT.id})


def test_a_card_of_one_series_asks_for_no_second(qtbot: QtBot) -> None:
    card = AnalysisCard(Speech(Language.ENGLISH), replace(CARD, second_role="", seconds=()))
    qtbot.addWidget(card)

    assert card.values == {}


def test_the_request_holds_both_series(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        choose(window, qtbot, LUNG.id)
        window.analysis_side.analyses.ask("ct-registration", {"floating": SOFT.id}, False)
        qtbot.waitUntil(lambda: bool(desk.asked))

    assert desk.asked[0].stack is LUNG
    assert desk.asked[0].others == {"floating": SOFT}
    assert desk.asked[0].parameters == {}
