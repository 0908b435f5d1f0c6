"""Drawn masks on record: what is there, in the order drawn, also after a restart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.drawn import NOON, disc, mask
from workstation.domain.drawn_mask import pack
from workstation.records import Records

FIRST = replace(mask(disc(60, 80, (30, 20), 9)), name="创面 “a”")
SECOND = mask(disc(60, 80, (60, 40), 5), "m2", number=2)


def test_a_mask_comes_back_as_it_was_in_another_sitting(tmp_path: Path) -> None:
    with Records(tmp_path / "records.sqlite") as records:
        records.drawn.put(FIRST)
        records.drawn.put(SECOND)

    with Records(tmp_path / "records.sqlite") as records:
        assert records.drawn.of_stack("p#0") == (FIRST, SECOND)
        assert records.drawn.of_stack("p#1") == ()


def test_the_newest_state_holds_in_the_place_of_the_first(tmp_path: Path) -> None:
    grown = replace(FIRST, packed=pack(disc(60, 80, (30, 20), 15)))
    with Records(tmp_path / "records.sqlite") as records:
        records.drawn.put(FIRST)
        records.drawn.put(SECOND)
        records.drawn.put(grown)

        assert records.drawn.of_stack("p#0") == (grown, SECOND)


def test_a_deleted_mask_is_gone_until_it_is_put_again(tmp_path: Path) -> None:
    with Records(tmp_path / "records.sqlite") as records:
        records.drawn.put(FIRST)
        records.drawn.delete("p#0", "m1", NOON)
        gone = records.drawn.of_stack("p#0")
        records.drawn.put(FIRST)

        assert gone == ()
        assert records.drawn.of_stack("p#0") == (FIRST,)
