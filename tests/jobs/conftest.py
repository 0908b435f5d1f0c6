"""The ledger of one test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from workstation.records import Records


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Records]:
    with Records(tmp_path / "records.db") as records:
        yield records
