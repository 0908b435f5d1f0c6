"""Records that several windows share: what was noted on a series until a reading of it was signed stays on record."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.drawn import disc, mask
from tests.measures import NOON, in_pixels
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.measure import MeasureKind
from workstation.domain.own_finding import own_job
from workstation.domain.ruler import RulerCalibration
from workstation.records import Records
from workstation.records.database import text_of

STACK = "1.2.3#0"
AFTER = NOON + timedelta(minutes=1)
LENGTH = in_pixels(MeasureKind.LENGTH, (1, 1), (9, 1))
MASK = replace(mask(disc(20, 20, (9, 9), 5), stack_id=STACK), at=NOON)
RULER = RulerCalibration(stack_id=STACK, mm_per_pixel=0.5, by="Li", at=NOON)

CHANGES: dict[str, Callable[[Records], None]] = {
    "move": lambda records: records.measures.put(replace(LENGTH, text="larger", at=AFTER)),
    "delete": lambda records: records.measures.delete(STACK, LENGTH.id, AFTER),
    "draw": lambda records: records.drawn.put(replace(MASK, name="wound", at=AFTER)),
    "delete mask": lambda records: records.drawn.delete(STACK, MASK.id, AFTER),
    "calibrate": lambda records: records.rulers.put(replace(RULER, mm_per_pixel=0.7, at=AFTER)),
    "late": lambda records: records.measures.put(replace(LENGTH, id="m2")),
    "late mask": lambda records: records.drawn.put(replace(MASK, id="m2")),
    "remove ruler": lambda records: records.rulers.put(replace(RULER, mm_per_pixel=0.0, at=AFTER)),
}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records(tmp_path / "records.sqlite") as opened:
        opened.measures.put(LENGTH)
        opened.drawn.put(MASK)
        opened.rulers.put(RULER)
        yield opened


def sign(records: Records, stack_id: str = STACK) -> None:
    records.signings.sign(own_job(stack_id), json.dumps({"at": text_of(NOON)}))


def kept(records: Records) -> tuple[object, ...]:
    return records.measures.of_stack(STACK), records.drawn.of_stack(STACK), records.rulers.of_stack(STACK)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_that_was_signed_is_changed(records: Records, change: Callable[[Records], None]) -> None:
    sign(records)
    with pytest.raises(WorkstationError) as refused:
        change(records)

    assert refused.value.code is ErrorCode.READING_SIGNED
    assert kept(records) == ((LENGTH,), (MASK,), RULER)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_draft_and_another_series_hold_nothing(records: Records, change: Callable[[Records], None]) -> None:
    sign(records, "4.5.6#0")
    change(records)

    assert kept(records) != ((LENGTH,), (MASK,), RULER)


def test_what_is_new_after_signing_comes_and_goes(records: Records) -> None:
    sign(records)
    later = replace(LENGTH, id="m2", at=AFTER)
    records.measures.put(later)
    records.measures.put(replace(later, text="larger"))
    assert records.measures.of_stack(STACK) == (LENGTH, replace(later, text="larger"))
    records.measures.delete(STACK, "m2", AFTER)

    assert records.measures.of_stack(STACK) == (LENGTH,)


def test_an_addendum_does_not_hold_what_came_after_the_signature(records: Records) -> None:
    sign(records)
    records.measures.put(replace(LENGTH, id="m2", at=AFTER))
    records.signings.add(own_job(STACK), json.dumps({"at": text_of(AFTER)}))
    records.measures.delete(STACK, "m2", AFTER)

    assert records.measures.of_stack(STACK) == (LENGTH,)
