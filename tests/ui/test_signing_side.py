"""Who reads, signing, addenda: in the window."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import LUNG, FakeDesk
from tests.ui.window import analyse, buttons, choose, offscreen_dialog, open_study, press, said, window_on
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.signature import Signed
from workstation.domain.work import CancelToken, Reporter
from workstation.ui.coverage_side import before_the_eyes
from workstation.ui.finding_delegate import Part
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.panes import FINDINGS, REPORT
from workstation.ui.sign_dialog import SignDialog
from workstation.workspace.intents import EarlierResult, ReportFiles, ReportRequest, WindowSettings
from workstation.workspace.state import Reader

LI = Reader("Li", "radiologist")
NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@pytest.fixture
def desk() -> FakeDesk:
    made = FakeDesk()
    made.start = WindowSettings(reader=LI)
    return made


@pytest.fixture
def window(desk: FakeDesk, qtbot: QtBot) -> Iterator[MainWindow]:
    """A result with three findings, the first of them accepted."""
    with window_on(desk, qtbot) as made:
        open_study(made, qtbot)
        choose(made, qtbot, LUNG.id)
        qtbot.waitUntil(lambda: made.loaded)
        analyse(made, qtbot)
        made.sitting.accept("job1/1")
        yield made


def asked(window: MainWindow) -> SignDialog:
    window.perform(Command.SIGN)
    dialog = window.dialogs.current
    assert isinstance(dialog, SignDialog)
    return dialog


def signed(window: MainWindow, qtbot: QtBot) -> None:
    dialog = asked(window)
    for tick in dialog.ticks:
        tick.setChecked(True)
    dialog.sign.click()
    qtbot.waitUntil(lambda: bool(window.sitting.state.signed["job1"].digest))


@offscreen_dialog
def test_the_list_counts_what_is_open_and_each_point_wants_a_tick(window: MainWindow) -> None:
    dialog = asked(window)

    assert [tick.text() for tick in dialog.ticks] == [
        "30 of 30 slices were not looked at.",
        "2 findings are undecided.",
    ]
    assert "Here: in the lung window." in said(dialog)
    assert not dialog.sign.isEnabled()
    dialog.ticks[0].setChecked(True)
    assert not dialog.sign.isEnabled()
    dialog.ticks[1].setChecked(True)
    assert dialog.sign.isEnabled()
    dialog.reject()
    assert not window.sitting.state.signed


@offscreen_dialog
def test_nobody_signs_without_a_name(window: MainWindow) -> None:
    dialog = asked(window)
    for tick in dialog.ticks:
        tick.setChecked(True)
    dialog.findChildren(QLineEdit)[0].setText("  ")

    assert not dialog.sign.isEnabled()
    dialog.reject()


@offscreen_dialog
def test_signing_writes_it_and_the_window_says_by_whom(window: MainWindow, desk: FakeDesk, qtbot: QtBot) -> None:
    signed(window, qtbot)
    job, kept, points = desk.readings.signings[0]

    assert (job, kept.by, kept.role) == ("job1", "Li", "radiologist")
    assert (points.undecided, points.unread) == (2, 30)
    window._panes.show_tab(REPORT)
    assert "Signed by Li, radiologist" in said(window.report_panel)
    assert "Draft" not in said(window.report_panel)
    assert not buttons(window.report_panel, "Sign…")


@offscreen_dialog
def test_a_report_is_written_after_the_signature_of_this_moment(
    window: MainWindow, desk: FakeDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    order: list[str] = []
    written, kept = desk.write_report, desk.readings.sign

    def write_report(request: ReportRequest, reporter: Reporter, cancel: CancelToken) -> ReportFiles:
        order.append("report")
        return written(request, reporter, cancel)

    def sign(*args: Any) -> Signed:
        time.sleep(0.2)  # a slow disk
        order.append("signature")
        return kept(*args)

    monkeypatch.setattr(desk, "write_report", write_report)
    monkeypatch.setattr(desk.readings, "sign", sign)
    monkeypatch.setattr(window.dialogs, "ask_folder", lambda _title, _start, then: then((tmp_path,)))
    window.perform(Command.SHOW_REPORT)
    dialog = asked(window)
    for tick in dialog.ticks:
        tick.setChecked(True)
    dialog.sign.click()
    press(window.report_panel, qtbot, "Write report…")
    qtbot.waitUntil(lambda: len(order) == 2)

    assert order == ["signature", "report"]


@offscreen_dialog
def test_after_signing_nothing_can_be_decided(window: MainWindow, desk: FakeDesk, qtbot: QtBot) -> None:
    signed(window, qtbot)
    qtbot.waitUntil(lambda: len(desk.decided) == 1)
    window._panes.show_tab(FINDINGS)
    window.sitting.reject("job1/1")
    window.perform(Command.UNDO)

    assert window.sitting.state.decision("job1/1").state is DecisionState.ACCEPTED
    assert "This reading is signed" in said(window.notice_bar)
    rows = window.findings_panel.list
    assert rows.button_area("job1/1", Part.REJECT).isEmpty()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.button_area("job1/1", Part.ACCEPT).center())
    assert window.sitting.state.decision("job1/1").state is DecisionState.ACCEPTED
    assert len(desk.decided) == 1


@offscreen_dialog
def test_a_signature_that_cannot_be_written_leaves_a_draft(window: MainWindow, desk: FakeDesk, qtbot: QtBot) -> None:
    desk.readings.fault = WorkstationError(ErrorCode.CHANGED_MEANWHILE)
    dialog = asked(window)
    for tick in dialog.ticks:
        tick.setChecked(True)
    dialog.sign.click()
    qtbot.waitUntil(lambda: not window.sitting.state.signed)

    assert "it was not signed" in said(window.notice_bar)
    window.sitting.reject("job1/1")
    assert window.sitting.state.decision("job1/1").state is DecisionState.REJECTED


@offscreen_dialog
def test_an_addendum_is_added_below_what_was_signed(window: MainWindow, desk: FakeDesk, qtbot: QtBot) -> None:
    signed(window, qtbot)
    window._panes.show_tab(REPORT)
    box = window.report_panel.findChildren(QPlainTextEdit)[0]
    box.setPlainText("Prior of 2024: no growth.")
    press(window.report_panel, qtbot, "Add below the signed reading")
    qtbot.waitUntil(lambda: bool(window.sitting.state.signed["job1"].addenda))

    assert [(job, one.text, one.by) for job, one in desk.readings.addenda] == [
        ("job1", "Prior of 2024: no growth.", "Li")
    ]
    assert "Prior of 2024: no growth." in said(window.report_panel)
    assert box.toPlainText() == ""


@offscreen_dialog
def test_a_reading_changed_past_the_program_is_told_when_it_is_opened(desk: FakeDesk, qtbot: QtBot) -> None:
    kept = Decision(state=DecisionState.ACCEPTED, by="Li", at=NOON)
    tampered = Signed(by="Li", at=NOON, digest="ab12", intact=False)
    desk.earlier = {LUNG.id: (EarlierResult(desk.made.result, {"job1/1": kept}, tampered),)}
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        choose(window, qtbot, LUNG.id)
        qtbot.waitUntil(lambda: window.sitting.state.shown_result is not None)

        assert "no longer what was signed" in said(window.findings_panel)
        assert "no longer what was signed" in said(window.report_panel)


@offscreen_dialog
def test_a_first_decision_without_a_reader_asks_once_and_stands(desk: FakeDesk, qtbot: QtBot) -> None:
    desk.start = WindowSettings()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        choose(window, qtbot, LUNG.id)
        analyse(window, qtbot)
        window.sitting.accept("job1/1")
        assert window.reader_ask.isVisible()
        assert window.sitting.state.decision("job1/1").state is DecisionState.ACCEPTED
        window.reader_ask.name.setText("Li")
        window.reader_ask.role.setText("radiologist")
        qtbot.keyClick(window.reader_ask.role, Qt.Key.Key_Return)

        decision = window.sitting.state.decision("job1/1")
        assert (decision.by, decision.role) == ("Li", "radiologist")
        assert buttons(window.status_line, "Reader: Li, radiologist")
        window.sitting.reject("job1/2")
        assert not window.reader_ask.isVisible()
        qtbot.waitUntil(lambda: len(desk.decided) == 3)
    assert desk.kept[-1].reader == LI
    assert desk.last_decisions()["job1/1"].by == "Li"


@offscreen_dialog
def test_who_does_not_want_to_say_is_not_asked_again(desk: FakeDesk, qtbot: QtBot) -> None:
    desk.start = WindowSettings()
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        choose(window, qtbot, LUNG.id)
        analyse(window, qtbot)
        window.sitting.accept("job1/1")
        press(window.reader_ask, qtbot, "Later")
        window.sitting.reject("job1/2")

        assert not window.reader_ask.isVisible()


@offscreen_dialog
def test_a_picture_under_a_dialog_is_not_looked_at(window: MainWindow) -> None:
    dialog = asked(window)

    assert not before_the_eyes(window.view)
    dialog.reject()


class Refusing(FakeDesk):
    """Another window has signed this reading."""

    def decide(self, finding_id: str, decision: Decision) -> None:
        raise WorkstationError(ErrorCode.READING_SIGNED)


@offscreen_dialog
def test_what_is_not_written_is_not_shown_as_decided(qtbot: QtBot) -> None:
    desk = Refusing()
    desk.start = WindowSettings(reader=LI)
    with window_on(desk, qtbot) as window:
        open_study(window, qtbot)
        choose(window, qtbot, LUNG.id)
        analyse(window, qtbot)
        window.sitting.accept("job1/1")
        qtbot.waitUntil(lambda: window.sitting.state.decision("job1/1").state is DecisionState.OPEN)

        assert "This reading is signed" in said(window.notice_bar)
