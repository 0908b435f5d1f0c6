"""Memory of a volume that was dropped is used again, and never by two."""

from __future__ import annotations

import re
import sys
import threading
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from workstation.imaging.pixels import reuse as reuse_module
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


def test_memory_that_was_cut_serves_a_larger_one_again() -> None:
    reuse = Reuse(least=1000)
    first = reuse.new((100, 200), np.int16)
    del first
    smaller = reuse.again((10, 200), np.int16)
    del smaller
    larger = reuse.again((100, 200), np.int16)

    assert larger is not None
    larger.fill(3)
    assert (larger == 3).all()


def test_nothing_is_kept_beside_what_is_new() -> None:
    reuse = Reuse(least=1000)
    dropped = reuse.new((100, 200), np.int16)
    del dropped
    held = reuse.new((100, 200), np.int16)

    assert reuse.again((100, 200), np.int16) is None
    del held
    assert reuse.again((100, 200), np.int16) is not None


def test_more_than_the_system_can_spare_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reuse_module, "_MOST", 10_000)
    reuse = Reuse(least=1000)
    dropped = reuse.new((100, 200), np.int16)
    dropped.fill(1)
    del dropped

    assert reuse.again((100, 200), np.int16) is None


@pytest.mark.skipif(sys.platform != "linux", reason="counts pages as Linux does")
def test_what_is_left_over_goes_back_to_the_system_and_nothing_lies_in_a_heap() -> None:
    def mapping(array: npt.NDArray[np.int16]) -> dict[str, str]:
        """What the system says of the memory that holds the first value."""
        told: dict[str, str] = {}
        for line in Path("/proc/self/smaps").read_text(encoding="ascii", errors="replace").splitlines():
            if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                told = {"": line}
                here = start <= array.ctypes.data < end
            elif here:
                told[line.split(":")[0]] = line.split(":")[1].strip()
                if line.startswith("VmFlags"):
                    return told
        raise AssertionError

    reuse = Reuse()
    first = reuse.new((64, 1024, 1024), np.int16)
    first.fill(1)
    before = int(mapping(first)["Rss"].split()[0])
    del first
    part = reuse.again((32, 1024, 1024), np.int16)
    assert part is not None
    told = mapping(part)

    assert before >= 2 * 64 * 1024
    assert int(told["Rss"].split()[0]) < before - 60 * 1024
    assert "heap" not in told[""]
    assert "hg" in told["VmFlags"].split() or not Path("/sys/kernel/mm/transparent_hugepage").exists()
