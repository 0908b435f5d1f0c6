"""Measures on record: what is there, in the order drawn, also after a restart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.measures import NOON, drawn, in_pixels
from tests.stacks import geometry
from workstation.domain.measure import MeasureKind
from workstation.domain.slab import Slab, SlabKind
from workstation.records import Records

GRID = geometry(9, spacing=(0.5, 0.7), row=(0.8, 0.6, 0.0), column=(0.0, 0.0, -1.0))
FIRST = replace(
    drawn(MeasureKind.FREEHAND, GRID, 4, (1.5, 2.25), (9, 3), (1 / 3, 8), text="小结节 · “a”"),
    slab=Slab(SlabKind.MIP, 7.5),
)
SECOND = in_pixels(MeasureKind.PROBE, (3.5, 7), number=2, name="m2")


def test_a_measure_comes_back_as_it_was_in_another_sitting(tmp_path: Path) -> None:
    with Records(tmp_path / "records.sqlite") as records:
        records.measures.put(FIRST)
        records.measures.put(SECOND)

    with Records(tmp_path / "records.sqlite") as records:
        assert records.measures.of_stack("1.2.3#0") == (FIRST, SECOND)
        assert records.measures.of_stack("1.2.3#1") == ()


def test_the_newest_state_holds_in_the_place_of_the_first(tmp_path: Path) -> None:
    with Records(tmp_path / "records.sqlite") as records:
        records.measures.put(FIRST)
        records.measures.put(SECOND)
        records.measures.put(replace(FIRST, text="vessel"))

        assert records.measures.of_stack("1.2.3#0") == (replace(FIRST, text="vessel"), SECOND)


def test_a_deleted_measure_is_gone_until_it_is_put_again(tmp_path: Path) -> None:
    with Records(tmp_path / "records.sqlite") as records:
        records.measures.put(FIRST)
        records.measures.delete("1.2.3#0", "m1", NOON)
        gone = records.measures.of_stack("1.2.3#0")
        records.measures.put(FIRST)

        assert gone == ()
        assert records.measures.of_stack("1.2.3#0") == (FIRST,)
