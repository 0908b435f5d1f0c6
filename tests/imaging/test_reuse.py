"""Memory of a volume that was dropped is used again, and never by two."""

from __future__ import annotations

import threading

import numpy as np

from workstation.imaging.pixels.reuse import Reuse


def test_dropped_memory_is_used_again_for_as_much_or_less() -> None:
    reuse = Reuse(least=1000)
    first = reuse.new((10, 20, 30), np.int16)
    place = first.ctypes.data
    del first
    same = reuse.again((10, 20, 30), np.int16)
    assert same is not None
    assert same.ctypes.data == place
    del same
    smaller = reuse.again((5, 20, 15), np.float32)

    assert smaller is not None
    assert (smaller.shape, smaller.dtype, smaller.flags.c_contiguous) == ((5, 20, 15), np.float32, True)
    smaller.fill(1.5)
    assert float(smaller.sum()) == 1.5 * smaller.size


def test_memory_that_a_part_of_an_array_still_shows_is_not_used_again() -> None:
    reuse = Reuse(least=1000)
    first = reuse.new((10, 20, 30), np.int16)
    first.fill(7)
    part = first[3].view(np.uint16)
    del first

    assert reuse.again((10, 20, 30), np.int16) is None
    assert (part == 7).all()
    del part
    assert reuse.again((10, 20, 30), np.int16) is not None


def test_the_same_memory_is_not_given_to_two() -> None:
    reuse = Reuse(least=1000)
    del_me = reuse.new((10, 20, 30), np.int16)
    del del_me
    one = reuse.again((2, 20, 30), np.int16)

    assert one is not None
    assert reuse.again((2, 20, 30), np.int16) is None


def test_memory_that_is_too_small_goes_back_to_the_system() -> None:
    reuse = Reuse(least=1000)
    small = reuse.new((10, 20, 30), np.int16)
    del small

    assert reuse.again((11, 20, 30), np.int16) is None
    assert reuse.again((10, 20, 30), np.int16) is None


def test_memory_that_nobody_asks_for_goes_back_to_the_system() -> None:
    reuse = Reuse(least=1000, kept_s=0.0)
    before = set(threading.enumerate())
    dropped = reuse.new((10, 20, 30), np.int16)
    del dropped
    for thread in set(threading.enumerate()) - before:
        thread.join()

    assert reuse.again((10, 20, 30), np.int16) is None


def test_small_arrays_are_new() -> None:
    reuse = Reuse(least=10_000)
    small = reuse.new((10, 20), np.int16)
    del small

    assert reuse.again((10, 20), np.int16) is None
