"""A film plays by its own times, and what could not be shown in time is counted: the clock is the test's."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass, field

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.scene import Arriving, noise_volume, viewport
from workstation.domain.film import ASSUMED, Film, RateSource
from workstation.domain.volume import Volume
from workstation.domain.words import Language, render
from workstation.ui.keys import Command
from workstation.ui.viewport.cine import Played, Player, played_words
from workstation.ui.viewport.source import VolumeSource
from workstation.ui.viewport.traits import Traits

STEADY = Film(source=RateSource.FRAME_TIME, frame_ms=(40.0,))
VARIED = Film(source=RateSource.FRAME_TIMES, frame_ms=(0.0, 20.0, 100.0, 20.0))


@dataclass
class Screen:
    """What is asked for, as (ms, frame); `there`: which frames are loaded, None: all. Paints at once unless `slow`."""

    there: set[int] | None = None
    slow: bool = False
    shown: list[tuple[float, int]] = field(default_factory=list)
    now: float = 0.0

    def go(self, k: int) -> bool:
        if self.there is not None and k not in self.there:
            return False
        self.shown.append((self.now, k))
        return True

    def play(self, player: Player, until: float, late: float = 0.0) -> None:
        """Ticks when the player asks for it, or so much later."""
        while self.now < until:
            again = player.tick(self.now)
            if not self.slow:
                player.frame_painted()
            self.now = max(again, self.now) + late


def test_every_frame_is_shown_at_its_time_round_and_round() -> None:
    screen = Screen()
    player = Player(STEADY, 3, screen.go, 1, 0.0)

    screen.play(player, 200)

    assert screen.shown == [(40, 2), (80, 0), (120, 1), (160, 2)]
    assert player.played == Played(per_second=25, assumed=False, dropped=0)


def test_frames_of_unequal_times_each_last_their_own() -> None:
    screen = Screen()

    screen.play(Player(VARIED, 4, screen.go, 0, 0.0), 300)

    times = [at for at, _ in screen.shown]
    assert [k for _, k in screen.shown] == [1, 2, 3, 0, 1, 2][: len(times)]
    assert times == pytest.approx([20, 120, 140, 140 + 140 / 3, 160 + 140 / 3, 260 + 140 / 3][: len(times)])


def test_a_screen_that_comes_late_shows_the_frame_that_is_due_and_counts_what_was_left_out() -> None:
    screen = Screen()
    player = Player(STEADY, 100, screen.go, 0, 0.0)

    screen.play(player, 1000, late=60)

    assert all(k == int((at + 0.5) // 40) for at, k in screen.shown)
    assert player.played.dropped == screen.shown[-1][1] - len(screen.shown) > 5


def test_a_frame_that_was_never_painted_counts_as_dropped() -> None:
    screen = Screen(slow=True)
    player = Player(STEADY, 100, screen.go, 0, 0.0)

    screen.play(player, 400)

    assert player.played.dropped == len(screen.shown) - 1


def test_a_frame_that_is_not_loaded_is_waited_for_not_left_out() -> None:
    screen = Screen(there={0, 1})
    player = Player(STEADY, 4, screen.go, 0, 0.0)
    screen.play(player, 500)
    screen.there = None

    screen.play(player, 700)

    assert [k for _, k in screen.shown][:3] == [1, 2, 3]
    assert player.played.dropped == 0


def test_after_a_standstill_it_goes_on_from_where_it_stood() -> None:
    screen = Screen()
    player = Player(STEADY, 100, screen.go, 0, 0.0)
    screen.play(player, 100)
    screen.now = 5000.0

    screen.play(player, 5100)

    assert [k for _, k in screen.shown][:4] == [1, 2, 3, 4]
    assert player.played.dropped == 0


def test_the_words_say_when_a_rate_is_nobodys() -> None:
    english = render(played_words(Played(per_second=15, assumed=True, dropped=0)), Language.ENGLISH)
    counted = render(played_words(Played(per_second=24.97, assumed=False, dropped=3)), Language.ENGLISH)

    assert english == "▶ 15 frames/s (assumed)"
    assert counted == "▶ 25 frames/s · 3 dropped"
    assert ASSUMED.per_second(10) == pytest.approx(15)


def test_space_plays_the_film_and_stops_it(qtbot: QtBot) -> None:
    view = viewport(qtbot)
    values = np.arange(12, dtype=np.int16)[:, None, None].repeat(8, 1).repeat(8, 2)
    source = VolumeSource(Volume(values=values, geometry=None, unit=""))
    film = Film(source=RateSource.FRAME_TIME, frame_ms=(2.0,))
    view.show_slice_source(source, slice_index=0, traits=Traits(film=film))
    heard: list[int] = []
    view.slice_changed.connect(heard.append)

    QTest.keyClick(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(heard) > 30)
    QTest.keyClick(view, Qt.Key.Key_Space)
    stopped = len(heard)
    qtbot.wait(30)

    assert len(heard) == stopped
    assert view.slice_index == heard[-1]
    assert len(set(heard)) > 6


def test_the_number_shown_is_that_of_the_picture_shown(qtbot: QtBot) -> None:
    source = Arriving(noise_volume(8))
    source.loaded = {1, 2}
    view = viewport(qtbot)
    slow = Film(source=RateSource.FRAME_TIME, frame_ms=(300.0,))  # no standstill of the machine leaps over one
    view.show_slice_source(source, slice_index=1, traits=Traits(film=slow))
    view.perform(Command.CINE)

    qtbot.waitUntil(lambda: view.slice_index == 2)
    qtbot.wait(400)

    assert view.slice_index == 2  # the next one is not there


def test_another_series_stands_still(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume(9))
    view.perform(Command.CINE)

    view.show_slice_source(VolumeSource(noise_volume(9)), slice_index=4)
    qtbot.wait(150)

    assert view.slice_index == 4
    assert view.possible(Command.CINE)


def test_a_single_picture_does_not_play(qtbot: QtBot) -> None:
    assert not viewport(qtbot, noise_volume(1)).possible(Command.CINE)


@pytest.mark.parametrize("count", [1, 9])
def test_a_series_that_played_is_let_go_of(qtbot: QtBot, count: int) -> None:
    """Its pixels stayed in the memory for as long as the view did."""
    source = VolumeSource(noise_volume(count))
    gone = weakref.ref(source)
    view = viewport(qtbot, source=source)
    QTest.keyClick(view, Qt.Key.Key_Space)
    view.perform(Command.CINE)
    view.perform(Command.CINE)

    del source
    view.show_empty()
    qtbot.waitUntil(lambda: gc.collect() >= 0 and gone() is None)
