"""A tilted series is resampled when the reader asks for it, says so over the picture, and goes back as easily."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import LUNG, FakeDesk
from tests.ui.scene import pixels
from tests.ui.test_shell_measuring import NoisyDesk, drag, lines
from tests.ui.window import analyse, open_study, said, window_on
from tests.workspace.sitting import result, stack
from workstation.domain.geometry import Vector
from workstation.domain.series import Stack
from workstation.domain.shapes import Sphere
from workstation.ui.finding_delegate import PAD
from workstation.ui.finding_pictures import PICTURE_PX
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.workspace.intents import EarlierResult


@pytest.fixture
def tilted() -> Stack:
    straight = stack("1.2.3.1#0", slices=20)
    geometry = straight.geometry
    assert geometry is not None
    positions = geometry.positions + np.arange(20)[:, None] * np.array([0.0, 0.6, 0.0])
    return replace(straight, geometry=replace(geometry, positions=positions))


@pytest.fixture
def gapped() -> Stack:
    """Without the slices 10 and 11 of twenty, counted from one: the ninth is at 8 mm, the next at 11 mm."""
    whole = stack(LUNG.id, slices=20)
    assert whole.geometry is not None
    kept = [k for k in range(20) if k not in (9, 10)]
    geometry = replace(whole.geometry, positions=whole.geometry.positions[kept])
    return replace(whole, geometry=geometry, instances=tuple(whole.instances[k] for k in kept))


def found_at(stack: Stack, mm: float) -> FakeDesk:
    """One small finding, at this height."""
    desk, made = FakeDesk(stack), result(stack.id)
    finding = replace(made.findings[0], shapes=(Sphere(center=(8.0, 8.0, mm), radius=0.4),))
    desk.made = EarlierResult(replace(made, findings=(finding,)), {})
    return desk


def _over_the_picture(window: MainWindow) -> str:
    return window.view.accessibleDescription()


def test_the_menu_offers_it_for_a_tilted_series_only(tilted: Stack, qtbot: QtBot) -> None:
    with window_on(FakeDesk(tilted), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)

        assert window.view.possible(Command.STRAIGHTEN)


def test_a_straight_series_is_left_as_it_is(qtbot: QtBot) -> None:
    with window_on(FakeDesk(stack("1.2.3.1#0", slices=20)), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        window.perform(Command.STRAIGHTEN)

        assert not window.view.possible(Command.STRAIGHTEN)
        assert "Resampled" not in _over_the_picture(window)


def test_straightened_and_back_at_the_same_place(tilted: Stack, qtbot: QtBot) -> None:
    with window_on(FakeDesk(tilted), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        window.view.show_slice(7)

        window.perform(Command.STRAIGHTEN)
        qtbot.waitUntil(lambda: window.loaded)
        straight = _over_the_picture(window)
        at = window.view.slice_index
        window.perform(Command.STRAIGHTEN)
        qtbot.waitUntil(lambda: window.loaded)

        assert "Resampled: slices sheared by" in straight
        assert at == 7
        assert window.view.slice_index == 7
        assert "Resampled" not in _over_the_picture(window)


def test_straightened_and_back_as_near_and_turned_as_it_was(tilted: Stack, qtbot: QtBot) -> None:
    def seen() -> tuple[Vector, float, bool]:
        aim, framing = window.view.aim, window.view.framing
        assert aim is not None
        assert framing is not None
        return aim.point, aim.scale, framing.pose.mirrored

    with window_on(FakeDesk(tilted), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        for command in (Command.ZOOM_IN, Command.ZOOM_IN, Command.FLIP_ACROSS):
            window.perform(command)
        acquired = seen()
        window.perform(Command.STRAIGHTEN)
        straight = seen()
        window.perform(Command.STRAIGHTEN)
        qtbot.waitUntil(lambda: window.loaded)

        for place, scale, mirrored in (straight, seen()):
            assert place[:2] == pytest.approx(acquired[0][:2], abs=0.5)
            assert scale == pytest.approx(acquired[1])
            assert mirrored


def test_another_series_is_never_shown_resampled_by_itself(tilted: Stack, qtbot: QtBot) -> None:
    other = replace(tilted, id="1.2.3.2#0", description="thick")
    with window_on(FakeDesk(tilted, other), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        window.perform(Command.STRAIGHTEN)
        window.perform(Command.NEXT_SERIES)
        qtbot.waitUntil(lambda: window.loaded)

        assert "Resampled" not in _over_the_picture(window)


def test_a_finding_in_a_gap_is_said_to_be_there_and_seen_on_the_straightened_series(
    gapped: Stack, qtbot: QtBot
) -> None:
    with window_on(found_at(gapped, 9.5), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        analyse(window, qtbot)
        window.perform(Command.NEXT_FINDING)
        notice = said(window.notice_bar)
        (finding,) = window.findings_panel.list.lines.entries

        assert "between slices 9 and 10" in notice
        assert "Shift+S shows it on the straightened series." in notice
        window.perform(Command.STRAIGHTEN)
        qtbot.waitUntil(lambda: window.loaded)

        geometry = window.reading_room.active.geometry
        assert geometry is not None
        assert abs(geometry.offsets[window.view.slice_index] - 9.5) <= 0.5
        assert window.view.unseen_at(finding.finding.id) is None
        window.perform(Command.STRAIGHTEN)
        qtbot.waitUntil(lambda: window.loaded)
        window.view.show_slice(3)
        window.perform(Command.STRAIGHTEN)
        qtbot.waitUntil(lambda: window.loaded)
        assert window.view.slice_index == 3  # whoever went on stays there


def test_a_finding_on_a_slice_is_no_news(gapped: Stack, qtbot: QtBot) -> None:
    with window_on(found_at(gapped, 8.3), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        analyse(window, qtbot)
        window.perform(Command.NEXT_FINDING)

        assert "between slices" not in said(window.notice_bar)
        assert window.view.slice_index == 8


def test_a_finding_without_a_picture_has_an_empty_frame_and_nothing_black(gapped: Stack, qtbot: QtBot) -> None:
    with window_on(found_at(gapped, 9.5), qtbot) as window:
        open_study(window, qtbot)
        analyse(window, qtbot)
        shown = window.findings_panel.list
        (entry,) = shown.lines.entries
        area = shown.row_area(entry.finding.id)
        middle = QPoint(area.left() + 10 + PICTURE_PX // 2, area.top() + PAD + PICTURE_PX // 2)
        at = shown.viewport().mapTo(window, middle) * window.devicePixelRatioF()

        qtbot.waitUntil(lambda: shown.isVisible())
        assert pixels(window)[at.y(), at.x()].max() > 10


def test_values_between_what_was_acquired_are_said_to_be_interpolated(gapped: Stack, qtbot: QtBot) -> None:
    with window_on(NoisyDesk(gapped), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        for straight in (False, True):
            if straight:
                window.perform(Command.STRAIGHTEN)
                qtbot.waitUntil(lambda: window.loaded)
                window.view.show_slice(9)
            else:
                window.view.show_slice(3)
            window.view.grab()
            window.perform(Command.TOOL_RECTANGLE)
            drag(window, (9.6, 7.6), (20.4, 24.4))
            qtbot.waitUntil(lambda: "HU" in lines(window)[0][0])

            assert ("interpolated" in lines(window)[0]) == straight
