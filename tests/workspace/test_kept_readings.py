"""Signatures as the records keep them, and what tampering looks like."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.drawn import disc, mask
from tests.measures import in_pixels
from workstation.domain.coverage import Coverage, WindowGroup
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.measure import MeasureKind
from workstation.domain.ruler import RulerCalibration
from workstation.domain.signature import Addendum, OpenPoints, Signed
from workstation.domain.signing import signed_text
from workstation.domain.work import SystemClock
from workstation.records import Records
from workstation.workspace.kept_readings import KeptReadings

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
ACCEPTED = Decision(state=DecisionState.ACCEPTED, comment="6 mm", by="Li", role="radiologist", at=NOON)
SERIES = "1.2.3#0"
SIGNED = Signed(by="Li", role="radiologist", at=NOON)
LENGTH = replace(in_pixels(MeasureKind.LENGTH, (1.0, 1.0), (9.0, 1.0)), at=NOON)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records(tmp_path / "records.sqlite") as opened:
        yield opened


@pytest.fixture
def kept(records: Records) -> KeptReadings:
    records.decisions.add("J1/1", ACCEPTED)
    records.measures.put(LENGTH)
    records.drawn.put(replace(mask(disc(20, 20, (9, 9), 5), stack_id=SERIES), at=NOON))
    records.rulers.put(RulerCalibration(stack_id=SERIES, mm_per_pixel=0.5, by="Li", at=NOON))
    return KeptReadings(records, SystemClock())


def changed_past_the_program(folder: Path, *statements: str) -> None:
    beside = sqlite3.connect(folder / "records.sqlite")
    for statement in statements:
        beside.execute(statement)
    beside.commit()
    beside.close()


def test_a_signature_comes_back_whole_with_its_addenda(kept: KeptReadings) -> None:
    added = Addendum(text="No growth.", by="Wang", at=NOON)
    written = kept.sign("J1", SERIES, SIGNED, {"J1/1": ACCEPTED}, OpenPoints())
    kept.add_addendum("J1", added)

    assert len(written.digest) == 64
    assert kept.signed("J1") == written.with_addendum(added)
    assert kept.signed("J2") is None


def test_what_another_window_decided_meanwhile_is_not_signed_unseen(kept: KeptReadings) -> None:
    with pytest.raises(WorkstationError) as refused:
        kept.sign("J1", SERIES, SIGNED, {}, OpenPoints())

    assert refused.value.code is ErrorCode.CHANGED_MEANWHILE
    assert kept.signed("J1") is None


@pytest.mark.parametrize(
    "tampering",
    [
        ("DROP TRIGGER decisions_no_update", "UPDATE decisions SET state = 'rejected'"),
        ("DROP TRIGGER nothing_is_decided_once_signed", "DROP TRIGGER decisions_no_delete", "DELETE FROM decisions"),
        ("DROP TRIGGER signings_no_update", "UPDATE signings SET content = replace(content, 'Li', 'Xu')"),
        ("DROP TRIGGER signings_no_update", "UPDATE signings SET content = 'nonsense'"),
        ("DROP TRIGGER measures_no_update", "UPDATE measures SET place = replace(place, '9.0', '8.0')"),
        ("DROP TRIGGER measures_no_delete", "DELETE FROM measures"),
        ("DROP TRIGGER drawn_masks_no_update", "UPDATE drawn_masks SET name = 'wound'"),
        ("INSERT INTO rulers (stack_id, mm_per_pixel, reader, at) SELECT stack_id, 9, reader, at FROM rulers",),
    ],
    ids=["decision", "deletion", "name", "nonsense", "length", "measure deleted", "mask", "ruler"],
)
def test_tampering_is_found_when_it_is_read(kept: KeptReadings, tmp_path: Path, tampering: tuple[str, ...]) -> None:
    kept.sign("J1", SERIES, SIGNED, {"J1/1": ACCEPTED}, OpenPoints())
    changed_past_the_program(tmp_path, *tampering)

    signed = kept.signed("J1")
    assert signed is not None
    assert not signed.intact


def test_what_is_measured_and_drawn_later_leaves_the_signature_intact(kept: KeptReadings, records: Records) -> None:
    written = kept.sign("J1", SERIES, SIGNED, {"J1/1": ACCEPTED}, OpenPoints())
    records.measures.put(replace(LENGTH, id="m2", at=NOON + timedelta(seconds=1)))
    records.drawn.put(replace(mask(disc(20, 20, (9, 9), 5), "m2", stack_id=SERIES), at=NOON + timedelta(seconds=1)))
    records.measures.delete(SERIES, "m2", NOON + timedelta(seconds=2))

    assert kept.signed("J1") == written


def test_a_signature_of_an_earlier_version_is_intact(kept: KeptReadings, records: Records) -> None:
    """It told nothing of measures."""
    records.signings.sign("J1", signed_text("J1", "", {"J1/1": ACCEPTED}, OpenPoints(), SIGNED))

    signed = kept.signed("J1")
    assert signed is not None
    assert signed.intact


def test_another_answer_in_place_of_the_signed_one_is_found(kept: KeptReadings, tmp_path: Path) -> None:
    kept.sign("J1", SERIES, SIGNED, {"J1/1": ACCEPTED}, OpenPoints())
    changed_past_the_program(tmp_path, "INSERT INTO answers VALUES ('J1', '2026-03-14T12:00:00+00:00', '{}', '{}', '')")

    signed = kept.signed("J1")
    assert signed is not None
    assert not signed.intact


_WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from workstation.domain.coverage import Coverage, WindowGroup
from workstation.domain.decision import Decision, DecisionState
from workstation.records import Records

records = Records(Path(sys.argv[1]))
for number in range(100000):
    at = datetime.now(UTC)
    state = DecisionState.ACCEPTED if number % 2 else DecisionState.REJECTED
    records.decisions.add(f"J1/{number}", Decision(state=state, comment=f"c{number}", by="Li", role="r", at=at))
    records.coverage.add("1.2#0", "Li", Coverage(300).looked_at(number % 300, WindowGroup.LUNG), at)
    print(number, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="SIGKILL is POSIX; Windows ends processes otherwise")
def test_a_killed_program_loses_no_decision_that_was_made(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    command = [sys.executable, "-c", _WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as writer:
        assert writer.stdout is not None
        told = [int(writer.stdout.readline()) for _ in range(25)]
        writer.send_signal(signal.SIGKILL)
        told += [int(line) for line in writer.stdout if line.endswith("\n")]

    with Records(path) as records:
        kept = records.decisions.of_job("J1")
        seen = records.coverage.of_stack("1.2#0", "Li", 300)
    assert len(told) >= 25
    assert {f"J1/{number}" for number in told} <= kept.keys()
    assert all(kept[f"J1/{number}"].comment == f"c{number}" for number in told)
    assert all(seen.seen[WindowGroup.LUNG] >> number % 300 & 1 for number in told)
    assert seen.slices == Coverage(300).slices
