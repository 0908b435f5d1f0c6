"""Calls wait for their turn: so many a second for each product, one poll a second over all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cloud.turned_clock import TurnedClock
from workstation.cloud.throttle import Throttle
from workstation.domain.error import Cancelled
from workstation.domain.request import CallKind
from workstation.domain.work import CancelToken


def test_the_first_call_goes_at_once() -> None:
    clock = TurnedClock()
    Throttle(clock).wait("imageprocess", CallKind.POLL, CancelToken())

    assert clock.slept_s == []


def test_polls_of_all_products_share_one_turn_a_second() -> None:
    clock = TurnedClock()
    throttle = Throttle(clock)
    for product in ("imageprocess", "imagerecog", "imageseg"):
        throttle.wait(product, CallKind.POLL, CancelToken())

    assert clock.slept_s == [1.0, 1.0]


def test_each_product_has_its_own_rate() -> None:
    clock = TurnedClock()
    throttle = Throttle(clock, {"slow": 0.5, "quick": 10})
    for product in ("slow", "quick", "slow", "quick"):
        throttle.wait(product, CallKind.SUBMIT, CancelToken())

    assert clock.slept_s == [2.0]


def test_an_idle_time_gives_no_burst() -> None:
    clock = TurnedClock()
    throttle = Throttle(clock, {"a": 1})
    throttle.wait("a", CallKind.SUBMIT, CancelToken())
    clock.sleep(100, CancelToken())
    for _ in range(3):
        throttle.wait("a", CallKind.SUBMIT, CancelToken())

    assert clock.slept_s == [100, 1.0, 1.0]


def test_threads_get_turns_of_their_own() -> None:
    clock = FrozenClock()
    throttle = Throttle(clock, {"a": 1})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: throttle.wait("a", CallKind.SUBMIT, CancelToken()), range(8)))

    assert sorted(clock.slept_s) == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


def test_a_cancelled_call_takes_no_turn() -> None:
    clock = TurnedClock()
    throttle, cancel = Throttle(clock), CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        throttle.wait("a", CallKind.POLL, cancel)
    throttle.wait("a", CallKind.POLL, CancelToken())

    assert clock.slept_s == []


class FrozenClock(TurnedClock):
    """Sleeping is written down but takes no time."""

    def sleep(self, seconds: float, cancel: CancelToken) -> None:
        self.slept_s.append(seconds)
