"""A tilted series is resampled when the reader asks for it, says so over the picture, and goes back as easily."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import FakeDesk
from tests.ui.window import open_study, window_on
from tests.workspace.sitting import stack
from workstation.domain.geometry import Vector
from workstation.domain.series import Stack
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow


@pytest.fixture
def tilted() -> Stack:
    straight = stack("1.2.3.1#0", slices=20)
    geometry = straight.geometry
    assert geometry is not None
    positions = geometry.positions + np.arange(20)[:, None] * np.array([0.0, 0.6, 0.0])
    return replace(straight, geometry=replace(geometry, positions=positions))


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
