"""The whole window: what a signed reading holds stays under the hand, and why is said; what comes later is free."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.drawn import disc, mask, picture
from tests.ui.fake_desk import LUNG, FakeDesk
from tests.ui.scene import rgb
from tests.ui.window import choose, offscreen_dialog, open_study, said, window_on
from tests.workspace.sitting import result
from workstation.domain.measure import Measure
from workstation.domain.own_finding import own_job
from workstation.domain.signature import Signed
from workstation.domain.work import SystemClock
from workstation.records import Records
from workstation.records.database import text_of
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.sign_dialog import SignDialog
from workstation.workspace.drawings import Drawings
from workstation.workspace.findings import add_result
from workstation.workspace.intents import EarlierResult, WindowSettings
from workstation.workspace.kept_readings import KeptReadings
from workstation.workspace.measures import select_measure
from workstation.workspace.state import Reader

Button, Modifier = Qt.MouseButton, Qt.KeyboardModifier
LI = WindowSettings(reader=Reader("Li", "radiologist"))
SAID = "This reading is signed; nothing of it changes any more."
ADD = "Add an addendum in the Report tab."
ROWS, COLUMNS = 300, 400
PHOTO = picture("photo#0", rows=ROWS, columns=COLUMNS)
DISC = disc(ROWS, COLUMNS, (120, 90), 40)


class SignedDesk(FakeDesk):
    """Measures, masks, rulers and signatures in real records: what a later sitting reads is what an earlier one
    wrote."""

    def __init__(self, records: Records) -> None:
        super().__init__(LUNG, PHOTO)
        self.records, self.start = records, LI
        self.readings = KeptReadings(records, SystemClock())  # type: ignore[assignment]
        self.drawings = Drawings(records, SystemClock())  # type: ignore[assignment]
        photo = replace(result(PHOTO.id, job="photo1"), study_uid="7.1", in_pixels=True, findings=())
        self.earlier = {
            stack_id: (EarlierResult(one, records.decisions.of_job(one.job.id), self.readings.signed(one.job.id)),)  # type: ignore[attr-defined]
            for stack_id, one in ((LUNG.id, result(LUNG.id)), (PHOTO.id, photo))
        }

    def measures(self, stack: object) -> tuple[Measure, ...]:
        return self.records.measures.of_stack(stack.id)  # type: ignore[attr-defined]

    def put_measure(self, stack_id: str, measure_id: str, measure: Measure | None) -> None:
        if measure is not None:
            self.records.measures.put(measure)
        else:
            self.records.measures.delete(stack_id, measure_id, datetime.now(UTC))


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records(tmp_path / "records.sqlite") as opened:
        yield opened


def shown(window: MainWindow, qtbot: QtBot, stack_id: str) -> None:
    open_study(window, qtbot)
    choose(window, qtbot, stack_id)
    qtbot.waitUntil(lambda: window.loaded and window.sitting.state.shown_result is not None)
    qtbot.waitUntil(lambda: stack_id in window.sitting.state.kept_measures)
    window.view.grab()


def drag(window: MainWindow, start: tuple[float, float], end: tuple[float, float]) -> None:
    view = window.view
    first, last = (view.to_widget().map(QPointF(*point)).toPoint() for point in (start, end))
    QTest.mousePress(view, Button.LeftButton, Modifier.NoModifier, first)
    QTest.mouseMove(view, (first + last) / 2)
    QTest.mouseMove(view, last)
    QTest.mouseRelease(view, Button.LeftButton, Modifier.NoModifier, last)


def agree_to_sign(window: MainWindow) -> None:
    window.perform(Command.SIGN)
    dialog = window.dialogs.current
    assert isinstance(dialog, SignDialog)
    for tick in dialog.ticks:
        tick.setChecked(True)
    dialog.sign.click()


def sign(window: MainWindow, qtbot: QtBot, job: str) -> None:
    agree_to_sign(window)
    qtbot.waitUntil(lambda: bool(window.sitting.state.signed[job].digest))


def painted(window: MainWindow) -> list[tuple[str, ...]]:
    window.view.grab()
    return [one.lines for one in window.view.painted_measures]


def refused(window: MainWindow) -> bool:
    told = said(window.notice_bar)
    window.notice_bar.hide()
    return SAID in told and ADD in told


def measured(window: MainWindow) -> tuple[Measure, ...]:
    return window.sitting.state.measures.get(LUNG.id, ())


@offscreen_dialog
def test_a_signed_length_is_put_back_where_it_was_and_why_is_said(qtbot: QtBot, records: Records) -> None:
    with window_on(SignedDesk(records), qtbot) as window:
        shown(window, qtbot, LUNG.id)
        window.perform(Command.TOOL_LENGTH)
        drag(window, (6, 6), (16, 6))
        drag(window, (16, 6), (20, 6))
        (kept,), words = measured(window), painted(window)
        assert "11.2" in words[0][0]
        sign(window, qtbot, "job1")
        shape = window.view.painted_measures[0].outline

        drag(window, (20, 6), (26, 20))
        assert refused(window)
        assert painted(window) == words
        assert window.view.painted_measures[0].outline == shape
        for command in (Command.DELETE_MEASURE, Command.UNDO):
            window.perform(command)
            assert measured(window) == (kept,)
        drag(window, (6, 26), (16, 26))
        later = measured(window)[1]
        drag(window, (16, 26), (20, 26))

        assert measured(window)[0] == kept
        assert measured(window)[1].points != later.points
        window.perform(Command.DELETE_MEASURE)
        assert measured(window) == (kept,)
        window.perform(Command.UNDO)
    assert [one.id for one in records.measures.of_stack(LUNG.id)] == [kept.id, later.id]


def handles(window: MainWindow, y: float) -> bool:
    """Whether a level line from (6, y) on that is selected has one at its start. It is not selected any more then."""

    def beside() -> npt.NDArray[np.uint8]:
        """Left of the start, where only a handle reaches, not the stroke across the end."""
        at = window.view.to_widget().map(QPointF(6, y)).toPoint()
        return rgb(window.view.grab().toImage())[at.y() - 4 : at.y() + 5, at.x() - 5 : at.x() - 2]

    seen = beside()
    window.sitting.apply(select_measure(window.sitting.state, ""))
    return not np.array_equal(beside(), seen)


@offscreen_dialog
def test_a_selected_measure_shows_no_handles_once_it_is_signed(qtbot: QtBot, records: Records) -> None:
    with window_on(SignedDesk(records), qtbot) as window:
        shown(window, qtbot, LUNG.id)
        window.perform(Command.TOOL_LENGTH)
        drag(window, (6, 6), (16, 6))
        (first,) = measured(window)
        assert handles(window, 6)
        window.sitting.apply(select_measure(window.sitting.state, first.id))
        sign(window, qtbot, "job1")

        assert not handles(window, 6)
        drag(window, (6, 26), (16, 26))
        assert handles(window, 26)  # it was added later


@offscreen_dialog
def test_nor_when_the_signed_reading_comes_after_it(qtbot: QtBot, records: Records) -> None:
    with window_on(SignedDesk(records), qtbot) as window:
        shown(window, qtbot, LUNG.id)
        window.perform(Command.TOOL_LENGTH)
        drag(window, (6, 6), (16, 6))
        elsewhere = Signed(by="Li", at=measured(window)[0].at)
        window.sitting.apply(add_result(window.sitting.state, result(LUNG.id, job="job2"), {}, elsewhere))

        assert not handles(window, 6)


@offscreen_dialog
def test_it_still_holds_after_a_restart(qtbot: QtBot, records: Records) -> None:
    with window_on(SignedDesk(records), qtbot) as window:
        shown(window, qtbot, LUNG.id)
        window.perform(Command.TOOL_LENGTH)
        drag(window, (6, 6), (16, 6))
        sign(window, qtbot, "job1")
        drag(window, (6, 26), (16, 26))
        first, later = measured(window)
    with window_on(SignedDesk(records), qtbot) as window:
        shown(window, qtbot, LUNG.id)
        assert measured(window) == (first, later)
        words = painted(window)
        window.perform(Command.TOOL_LENGTH)
        window.sitting.apply(select_measure(window.sitting.state, first.id))
        drag(window, (16, 6), (24, 12))

        assert refused(window)
        assert (measured(window), painted(window)) == ((first, later), words)
        window.sitting.delete_measure(first.id)
        assert refused(window)
        window.sitting.delete_measure(later.id)
        assert measured(window) == (first,)
    assert records.measures.of_stack(LUNG.id) == (first,)


@offscreen_dialog
def test_a_signed_mask_and_its_ruler_stay_and_a_new_mask_is_free(qtbot: QtBot, records: Records) -> None:
    records.drawn.put(mask(DISC, stack_id=PHOTO.id))
    with window_on(SignedDesk(records), qtbot) as window:
        shown(window, qtbot, PHOTO.id)
        qtbot.waitUntil(lambda: bool(window.sitting.state.drawn.get(PHOTO.id)))
        panel = window.findings_panel.masks
        sign(window, qtbot, "photo1")
        panel.select_asked.emit("m1")
        window.perform(Command.TOOL_BRUSH)
        for _ in range(2):  # a stroke that was refused is no part of what the next one goes on with
            drag(window, (200, 200), (300, 200))
            assert refused(window)
        panel.row("m1").name_box.setText("wound")
        panel.row("m1").name_box.editingFinished.emit()
        assert refused(window)
        assert panel.row("m1").name_box.text() == ""
        window.perform(Command.CALIBRATE)
        assert refused(window)
        assert not window.ruler_ask.isVisible()
        window.perform(Command.NEW_MASK)
        drag(window, (200, 200), (300, 200))

        first, second = window.sitting.state.drawn[PHOTO.id]
        assert np.array_equal(first.covered, DISC)
        assert second.pixels > 0
        window.perform(Command.UNDO)
        window.perform(Command.UNDO)
    (kept,) = records.drawn.of_stack(PHOTO.id)
    assert (kept.id, kept.pixels, kept.name) == ("m1", DISC.sum(), "")


def test_what_another_window_signed_meanwhile_is_put_back_too(qtbot: QtBot, records: Records) -> None:
    with window_on(SignedDesk(records), qtbot) as window:
        shown(window, qtbot, LUNG.id)
        window.perform(Command.TOOL_LENGTH)
        drag(window, (6, 6), (16, 6))
        (kept,) = measured(window)
        qtbot.waitUntil(lambda: records.measures.of_stack(LUNG.id) == (kept,))
        records.signings.sign(own_job(LUNG.id), json.dumps({"at": text_of(datetime.now(UTC))}))
        drag(window, (16, 6), (24, 12))
        qtbot.waitUntil(lambda: SAID in said(window.notice_bar))

        assert measured(window) == (kept,)
    assert records.measures.of_stack(LUNG.id) == (kept,)
