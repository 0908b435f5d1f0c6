"""Memory that is lent in turn never mixes slices up."""

from __future__ import annotations

import numpy as np

from workstation.imaging.pixels.slots import Slots


def test_slices_arrive_where_they_belong_whatever_the_order() -> None:
    gray = np.zeros((6, 4, 5), dtype=np.int16)
    colour = np.zeros((6, 4, 5, 3), dtype=np.uint8)
    slots = Slots(2, gray, colour, 3)
    for request in (0, 1, 2):
        for part, k in enumerate((2 * request, 2 * request + 1)):
            values, colours = slots.lend(request, 2)
            assert colours is not None
            slots.block.array(values)[part] = 10 + k
            slots.block.array(colours)[part] = 100 + k
    for request in (2, 0, 1):
        slots.take(request, [2 * request, 2 * request + 1])
    slots.close()

    assert gray[:, 0, 0].tolist() == [10, 11, 12, 13, 14, 15]
    assert colour[:, 3, 4, 2].tolist() == [100, 101, 102, 103, 104, 105]


def test_a_request_that_is_asked_again_keeps_its_place() -> None:
    slots = Slots(1, np.zeros((3, 2, 2), np.int16), None, 3)
    first = slots.lend(0, 1)
    other = slots.lend(1, 1)

    assert slots.lend(0, 1) == first
    assert other != first
    slots.close()


def test_memory_that_somebody_may_still_write_to_is_not_lent_again() -> None:
    gray = np.zeros((1, 2, 2), np.int16)
    left = Slots(1, gray, None, 1)
    left.lend(0, 1)
    left.close()
    after = Slots(1, gray, None, 1)

    assert after.block is not left.block
    after.close()


def test_memory_that_everybody_has_left_is() -> None:
    gray = np.zeros((1, 2, 2), np.int16)
    left = Slots(1, gray, None, 1)
    left.lend(0, 1)
    left.take(0, [0])
    left.close()
    after = Slots(1, gray, None, 1)

    assert after.block is left.block
    after.close()
