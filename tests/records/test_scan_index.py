"""What the scan index keeps, for how long, and that it can be forgotten."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from workstation.records import ScanIndex

DAY_S = 86_400.0


def index(folder: Path, day: float = 20_000, largest: int = 10_000_000) -> ScanIndex:
    return ScanIndex(folder / "scan-index.sqlite", lambda: day * DAY_S, largest)


def test_what_was_put_last_comes_back(tmp_path: Path) -> None:
    scans = index(tmp_path)
    scans.put([("/d/a", b"old"), ("/d/b", b"b")])
    scans.put([("/d/a", b"new")])

    assert (scans.get("/d/a"), scans.get("/d/b"), scans.get("/d/c")) == (b"new", b"b", None)


def test_what_nobody_asked_for_in_90_days_is_forgotten(tmp_path: Path) -> None:
    first = index(tmp_path)
    first.put([("/d/old", b"old"), ("/d/used", b"used")])
    first.close()
    later = index(tmp_path, day=20_060)
    assert later.get("/d/used") == b"used"
    later.put([])
    later.close()

    last = index(tmp_path, day=20_100)
    last.put([("/d/new", b"new")])

    assert (last.get("/d/old"), last.get("/d/used"), last.get("/d/new")) == (None, b"used", b"new")


def test_beyond_the_limit_the_longest_unused_goes_first(tmp_path: Path) -> None:
    first = index(tmp_path)
    first.put([("/d/1", bytes(60))])
    first.close()
    later = index(tmp_path, day=20_001, largest=100)
    later.put([("/d/2", bytes(60))])

    assert (later.get("/d/1"), later.get("/d/2")) == (None, bytes(60))


def test_a_damaged_file_is_replaced_by_an_empty_one(tmp_path: Path) -> None:
    first = index(tmp_path)
    first.put([("/d/a", b"a")])
    first.close()
    (tmp_path / "scan-index.sqlite").write_bytes(b"this is no database" * 1000)

    scans = index(tmp_path)
    assert scans.get("/d/a") is None
    scans.put([("/d/a", b"again")])
    assert scans.get("/d/a") == b"again"


def test_after_forgetting_nothing_is_left_in_the_files(tmp_path: Path) -> None:
    scans = index(tmp_path)
    scans.put([(f"/d/{number}", b"ZHANG^SAN" * 1000) for number in range(20)])
    scans.clear()

    assert scans.get("/d/1") is None
    assert all(b"ZHANG" not in file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the profile's folder private by its own lists")
def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    index(tmp_path).put([("/d/a", b"a")])

    assert {stat.S_IMODE(file.stat().st_mode) & 0o077 for file in tmp_path.iterdir()} == {0}
