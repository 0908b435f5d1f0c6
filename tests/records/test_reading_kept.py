"""What is kept of a reading: slices looked at, the signature, addenda."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workstation.domain.coverage import Coverage, WindowGroup
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.records import Records

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
ACCEPTED = Decision(state=DecisionState.ACCEPTED, by="Li", role="radiologist", at=NOON)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records(tmp_path / "records.sqlite") as opened:
        yield opened


def test_a_decision_is_kept_with_the_role(records: Records) -> None:
    records.decisions.add("J1/1", ACCEPTED)

    assert records.decisions.of_job("J1") == {"J1/1": ACCEPTED}


def test_slices_looked_at_by_two_windows_add_up(records: Records) -> None:
    records.coverage.add("1.2#0", "Li", Coverage(30).looked_at(29, WindowGroup.LUNG), NOON)
    records.coverage.add("1.2#0", "Li", Coverage(30).looked_at(0, WindowGroup.LUNG), NOON)

    assert records.coverage.of_stack("1.2#0", "Li", 30).seen == {WindowGroup.LUNG: 1 | 1 << 29}


def test_what_one_reader_looked_at_is_not_anothers(records: Records) -> None:
    records.coverage.add("1.2#0", "Li", Coverage(30).looked_at(29, WindowGroup.LUNG), NOON)

    assert records.coverage.of_stack("1.2#0", "Wang", 30) == Coverage(30)


def test_a_series_with_another_number_of_slices_begins_anew(records: Records) -> None:
    records.coverage.add("1.2#0", "", Coverage(30).looked_at(29, WindowGroup.LUNG), NOON)
    records.coverage.add("1.2#0", "", Coverage(40).looked_at(39, WindowGroup.SOFT), NOON)

    assert records.coverage.of_stack("1.2#0", "", 30) == Coverage(30)
    assert records.coverage.of_stack("1.2#0", "", 40).seen == {WindowGroup.SOFT: 1 << 39}


def test_coverage_is_kept_without_the_series_uid(records: Records, tmp_path: Path) -> None:
    records.coverage.add("1.2.840.99.7#0", "Li", Coverage(30).looked_at(1, WindowGroup.LUNG), NOON)
    records.close()

    kept = b"".join(file.read_bytes() for file in tmp_path.glob("records.sqlite*") if file.is_file())
    assert b"lung" in kept
    assert b"1.2.840.99.7" not in kept


def test_a_signed_job_takes_no_decision_and_no_second_signature(records: Records) -> None:
    records.signings.sign("J1", '{"by":"Li"}')

    with pytest.raises(WorkstationError) as decided:
        records.decisions.add("J1/1", ACCEPTED)
    with pytest.raises(WorkstationError) as again:
        records.signings.sign("J1", '{"by":"Wang"}')
    assert {decided.value.code, again.value.code} == {ErrorCode.READING_SIGNED}
    records.decisions.add("J10/1", ACCEPTED)


def test_addenda_follow_the_signature(records: Records) -> None:
    with pytest.raises(WorkstationError) as early:
        records.signings.add("J1", "a")
    assert early.value.code is ErrorCode.NOT_SIGNED
    records.signings.sign("J1", "s")
    records.signings.add("J1", "a")
    records.signings.add("J1", "b")

    stored = records.signings.of_job("J1")
    assert stored is not None
    assert (stored.texts, stored.intact) == (("s", "a", "b"), True)
    assert records.signings.of_job("J10") is None


def test_a_text_changed_past_the_program_is_found_out(records: Records, tmp_path: Path) -> None:
    records.signings.sign("J1", "s")
    records.signings.add("J1", "a")
    records.close()
    beside = sqlite3.connect(tmp_path / "records.sqlite")
    beside.execute("DROP TRIGGER signings_no_update")
    beside.execute("UPDATE signings SET content = 't' WHERE content = 's'")
    beside.commit()
    beside.close()

    with Records(tmp_path / "records.sqlite") as later:
        later.signings.add("J1", "b")
        stored = later.signings.of_job("J1")
    assert stored is not None
    assert not stored.intact
