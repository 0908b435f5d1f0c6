"""Two windows over the same records: what the other one did is shown where this one meets it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.measures import drawn
from tests.ui.fake_desk import LUNG
from tests.ui.test_held_measures import SignedDesk, agree_to_sign, drag, measured, shown, sign
from tests.ui.window import offscreen_dialog, open_study, said, window_on
from tests.workspace.sitting import result
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.series import Stack
from workstation.domain.signature import OpenPoints, Signed
from workstation.records import Records
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.panes import REPORT
from workstation.workspace.intents import EarlierResult

FIRST, SECOND = "job1/1", "job1/2"


class SharedDesk(SignedDesk):
    """Reads what is there now, whoever wrote it."""

    def results(self, stack: Stack) -> tuple[EarlierResult, ...]:
        if stack.id != LUNG.id:
            return ()
        decided, signed = self.records.decisions.of_job("job1"), self.readings.signed("job1")  # type: ignore[attr-defined]
        return (EarlierResult(result(LUNG.id), decided, signed),)

    def decide(self, finding_id: str, decision: Decision) -> None:
        self.records.decisions.add(finding_id, decision)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records(tmp_path / "records.sqlite") as opened:
        yield opened


@pytest.fixture
def desk(records: Records) -> SharedDesk:
    return SharedDesk(records)


@pytest.fixture
def window(desk: SharedDesk, qtbot: QtBot) -> Iterator[MainWindow]:
    """The first finding is accepted here."""
    with window_on(desk, qtbot) as made:
        shown(made, qtbot, LUNG.id)
        made.sitting.accept(FIRST)
        qtbot.waitUntil(lambda: FIRST in desk.records.decisions.of_job("job1"))
        yield made


def other_rejects(desk: SharedDesk) -> dict[str, Decision]:
    decided = Decision(state=DecisionState.REJECTED, by="Wang", at=datetime.now(UTC))
    desk.records.decisions.add(FIRST, decided)
    return {FIRST: decided}


def other_signs(desk: SharedDesk, decided: dict[str, Decision]) -> None:
    desk.readings.sign("job1", LUNG.id, Signed(by="Wang", at=datetime.now(UTC)), decided, OpenPoints(), None)


def other_measures(desk: SharedDesk) -> Measure:
    assert LUNG.geometry is not None
    made = drawn(MeasureKind.LENGTH, LUNG.geometry, 3, (5, 5), (25, 5), stack_id=LUNG.id)
    desk.records.measures.put(replace(made, id="theirs", by="Wang", at=datetime.now(UTC)))
    return made


@offscreen_dialog
def test_what_another_window_signed_is_shown_once_a_decision_meets_it(
    window: MainWindow, desk: SharedDesk, qtbot: QtBot
) -> None:
    other_signs(desk, other_rejects(desk))
    window.sitting.accept(SECOND)
    qtbot.waitUntil(lambda: "job1" in window.sitting.state.signed)

    state = window.sitting.state
    assert (state.decision(FIRST).state, state.decision(FIRST).by) == (DecisionState.REJECTED, "Wang")
    assert state.decision(SECOND).state is DecisionState.OPEN
    assert "Add an addendum in the Report tab." in said(window.notice_bar)
    window._panes.show_tab(REPORT)
    assert "Signed by Wang" in said(window.report_panel)
    window.sitting.undo()  # of nothing that is signed
    assert window.sitting.state.decision(FIRST).state is DecisionState.REJECTED


@offscreen_dialog
def test_what_another_window_decided_is_shown_before_it_is_signed(
    window: MainWindow, desk: SharedDesk, qtbot: QtBot
) -> None:
    other_rejects(desk)
    agree_to_sign(window)
    qtbot.waitUntil(lambda: window.sitting.state.decision(FIRST).state is DecisionState.REJECTED)

    assert not window.sitting.state.signed
    assert "Another window changed what is decided here; it was not signed." in said(window.notice_bar)
    sign(window, qtbot, "job1")
    assert window.sitting.state.signed["job1"].by == "Li"


@offscreen_dialog
def test_a_measure_that_the_reader_did_not_see_is_not_signed(
    window: MainWindow, desk: SharedDesk, qtbot: QtBot
) -> None:
    window.perform(Command.TOOL_LENGTH)
    drag(window, (6, 6), (16, 6))
    qtbot.waitUntil(lambda: len(desk.records.measures.of_stack(LUNG.id)) == 1)
    other_measures(desk)
    agree_to_sign(window)
    qtbot.waitUntil(lambda: len(measured(window)) == 2)

    assert not window.sitting.state.signed
    sign(window, qtbot, "job1")
    kept = desk.readings.signed("job1")  # type: ignore[attr-defined]
    assert (kept.by, kept.intact) == ("Li", True)


@offscreen_dialog
def test_a_study_that_is_opened_again_shows_what_is_kept_now(
    window: MainWindow, desk: SharedDesk, qtbot: QtBot
) -> None:
    other_rejects(desk)
    other_measures(desk)
    open_study(window, qtbot)
    qtbot.waitUntil(lambda: len(measured(window)) == 1)

    assert window.sitting.state.decision(FIRST).by == "Wang"
