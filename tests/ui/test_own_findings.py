"""Findings of the reader's own and shapes changed by hand, in the window: keys, handles, what is written, painted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.measures import drawn
from tests.ui.fake_desk import LUNG, FakeDesk
from tests.ui.window import analyse, open_study, said, window_on
from tests.workspace.sitting import NOON, geometry
from workstation.domain.decision import DecisionState
from workstation.domain.finding import Basis
from workstation.domain.measure import MeasureKind
from workstation.domain.own_finding import own_job
from workstation.domain.shapes import Line, Point, Sphere
from workstation.domain.signature import Signed
from workstation.domain.words import Language, say
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.own_ask import OwnAsk
from workstation.ui.panes import FINDINGS
from workstation.ui.viewport.tools.shape_layer import ShapeLayer
from workstation.workspace.signing import take_signed


def opened(window: MainWindow, qtbot: QtBot) -> None:
    open_study(window, qtbot)
    qtbot.waitUntil(lambda: window.loaded)


def read(window: MainWindow, qtbot: QtBot) -> None:
    opened(window, qtbot)
    analyse(window, qtbot)
    window._panes.show_tab(FINDINGS)


def measured(window: MainWindow) -> None:
    line = drawn(MeasureKind.LENGTH, geometry(30), 10, (5, 5), (25, 5), name="m1")
    window.sitting.put_measure(line)


def keep(window: MainWindow, qtbot: QtBot, text: str = "") -> None:
    line = window.own_ask._line
    if text:
        line.selectAll()
        qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_q_makes_a_finding_of_the_last_measure_and_writes_it(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        read(window, qtbot)
        measured(window)
        qtbot.keyClick(window.view, Qt.Key.Key_Q)
        assert "Of the measure: Length" in said(window.own_ask)
        keep(window, qtbot)
        qtbot.waitUntil(lambda: len(desk.own) == 1)
        state = window.sitting.state
        own = state.finding(state.selected)
        text = window.findings_panel.list.text_of(state.selected).replace("\u00a0", " ")

    assert own is not None
    assert (own.code, own.number, own.basis) == ("nodule", 4, Basis.READER)
    assert isinstance(own.shapes[0], Line)
    assert own.measurements[0].value == pytest.approx(16.0)
    assert desk.own[0][:3] == ("job1", own.id, own)
    assert desk.own[0][3].state is DecisionState.ACCEPTED
    assert desk.decided == []
    assert "4 · Nodule" in text
    assert "16.0 mm" in text
    assert "found by the reader" in text


def test_q_marks_what_is_under_the_pointer_in_the_readers_words(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        opened(window, qtbot)
        window.view.show_slice(7)
        at = window.view.to_widget().map(QPointF(12, 20)).toPoint()
        qtbot.mouseMove(window.view, at)
        qtbot.waitUntil(lambda: window.reading_room.pointed is not None)
        qtbot.keyClick(window.view, Qt.Key.Key_Q)
        keep(window, qtbot, "Odd thing x")
        qtbot.waitUntil(lambda: len(desk.own) == 1)
        own = window.sitting.state.finding(window.sitting.state.selected)
        focused = window.view.hasFocus()

    assert own is not None
    assert desk.own[0][0] == own_job(LUNG.id)
    assert own.shapes == (Point(at=pytest.approx((12 * 0.8, 20 * 0.8, 7.0))),)
    assert own.label.facts == (("text", "Odd thing x"),)
    assert focused


def test_words_that_are_being_typed_stay_when_the_language_changes(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        ask = OwnAsk(window.sitting.speech, window.view, window)
        ask.ask(say("x"), "odd root")
        window.sitting.speech.set_language(Language.CHINESE)
        assert ask.kind.currentText() == "odd root"

        ask.ask(say("x"))
        assert ask.kind.currentText() == "结节"
        window.sitting.speech.set_language(Language.ENGLISH)
        assert ask.kind.currentText() == "Nodule"


def test_q_without_anything_marked_says_how(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        opened(window, qtbot)
        window.reading_room.pointed = None
        window.perform(Command.OWN_FINDING)

        assert "Nothing is marked." in said(window.notice_bar)


def test_an_own_finding_is_painted_undone_and_taken_away(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        opened(window, qtbot)
        measured(window)
        qtbot.keyClick(window.view, Qt.Key.Key_Q)
        keep(window, qtbot)
        own = window.sitting.state.selected
        window.view.repaint()
        assert own in [painted.finding_id for painted in window.view.painted]

        window.perform(Command.UNDO)
        assert window.sitting.state.finding(own) is None
        window.perform(Command.REDO)
        qtbot.keyClick(window.view, Qt.Key.Key_X)
        assert window.sitting.state.finding(own) is None
        qtbot.waitUntil(lambda: len(desk.own) == 4)

    assert [finding is None for _, _, finding, _ in desk.own] == [False, True, False, True]


def pull(window: MainWindow, qtbot: QtBot, part: int, way: QPoint) -> None:
    layer = next(iter(window.shape_side.layers))
    start = next(at for handle, at in layer.handles if handle.part == part).toPoint()
    qtbot.mousePress(window.view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(window.view, start + way / 2)
    qtbot.mouseMove(window.view, start + way)
    qtbot.mouseRelease(window.view, Qt.MouseButton.LeftButton, pos=start + way)


def reshaped(window: MainWindow, qtbot: QtBot) -> ShapeLayer:
    """The first finding's ball, its rim pulled outwards by eight pixels of the series."""
    qtbot.keyClick(window.view, Qt.Key.Key_N)
    qtbot.keyClick(window.view, Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier)
    (layer,) = window.shape_side.layers
    scale = window.view.to_widget().m11()
    pull(window, qtbot, 1, QPoint(round(8 * scale), 0))
    return layer


def test_pulling_the_rim_changes_the_size_beside_the_services(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        read(window, qtbot)
        reshaped(window, qtbot)
        qtbot.waitUntil(lambda: len(desk.decided) == 1)
        state = window.sitting.state
        shape = state.visible_findings[0].shapes[0]
        original = state.finding("job1/1")
        text = window.findings_panel.list.text_of("job1/1").replace("\u00a0", " ")

    assert isinstance(shape, Sphere)
    assert shape.radius == pytest.approx(3.0 + 8 * 0.8, abs=0.3)
    assert original is not None
    assert original.shapes[0] == Sphere(center=(8.0, 8.0, 10.0), radius=3.0)
    assert desk.decided[0][1].shapes == (shape,)
    assert "shape changed by the reader" in text
    assert "113 mm³ (of the original shape)" in text
    assert f"{2 * shape.radius:.1f} mm ·" in text


def test_the_changed_shape_is_what_is_painted(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        read(window, qtbot)
        reshaped(window, qtbot)
        window.view.repaint()
        after = next(p.bounds.width() for p in window.view.painted if p.finding_id == "job1/1")
        window.perform(Command.UNDO)
        window.view.repaint()
        before = next(p.bounds.width() for p in window.view.painted if p.finding_id == "job1/1")

    assert after > before * 1.8


def test_undo_and_the_key_bring_the_services_shape_back(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        read(window, qtbot)
        reshaped(window, qtbot)
        window.perform(Command.UNDO)
        assert window.sitting.state.decision("job1/1").shapes is None
        window.perform(Command.REDO)
        assert window.sitting.state.decision("job1/1").shapes is not None
        window.perform(Command.SHAPE_BACK)
        assert window.sitting.state.visible_findings[0].shapes == (Sphere(center=(8.0, 8.0, 10.0), radius=3.0),)


def test_escape_leaves_the_handles_and_a_half_done_pull_leaves_the_shape(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        read(window, qtbot)
        qtbot.keyClick(window.view, Qt.Key.Key_N)
        qtbot.keyClick(window.view, Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier)
        (layer,) = window.shape_side.layers
        start = layer.handles[1][1].toPoint()
        qtbot.mousePress(window.view, Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(window.view, start + QPoint(60, 0))
        qtbot.keyClick(window.view, Qt.Key.Key_Escape)
        qtbot.mouseRelease(window.view, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 0))
        assert window.sitting.state.decision("job1/1").shapes is None
        assert window.shape_side.layers == (layer,)
        qtbot.keyClick(window.view, Qt.Key.Key_Escape)
        assert window.shape_side.layers == ()


def test_a_signed_reading_gives_no_handles_and_takes_no_finding(qtbot: QtBot) -> None:
    desk = FakeDesk()
    with window_on(desk, qtbot) as window:
        read(window, qtbot)
        measured(window)
        qtbot.keyClick(window.view, Qt.Key.Key_N)
        window.sitting.apply(take_signed(window.sitting.state, "job1", Signed(by="Li", at=NOON)))
        qtbot.keyClick(window.view, Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier)
        assert "This reading is signed" in said(window.notice_bar)
        assert window.shape_side.layers == ()

        qtbot.keyClick(window.view, Qt.Key.Key_Q)
        keep(window, qtbot)
        assert len(window.sitting.state.visible_findings) == 3
    assert desk.own == []
