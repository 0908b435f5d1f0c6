"""A stack that reaches less far than others of its series lacks slices, or was meant to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.imaging.made import write_slice
from workstation.domain.series import FactCode
from workstation.imaging.series.scan import scan


def _run(folder: Path, count: int, step: float, start: float = 0.0, **elements: Any) -> None:
    for k in range(count):
        number = len(list(folder.iterdir())) + 1
        write_slice(folder / f"{number:03}", z=start + step * k, InstanceNumber=number, **elements)


def _gaps(folder: Path) -> dict[int, float]:
    """Slices of each stack → how many are said to be missing."""
    facts = [(stack.slices, stack.fact(FactCode.GAP)) for stack in scan([folder]).stacks]
    return {slices: fact.measured or 0 if fact is not None else 0 for slices, fact in facts}


def test_thick_slices_that_end_within_the_last_thin_one_lack_none(tmp_path: Path) -> None:
    _run(tmp_path, 24, 5.0, SliceThickness=5)
    _run(tmp_path, 120, 1.0, SliceThickness=1)

    assert _gaps(tmp_path) == {24: 0, 120: 0}


def test_a_shorter_acquisition_was_meant_to_be_short(tmp_path: Path) -> None:
    _run(tmp_path, 20, 5.0, AcquisitionNumber=1, AcquisitionTime="101500")
    _run(tmp_path, 40, 5.0, AcquisitionNumber=2, AcquisitionTime="101600")

    assert _gaps(tmp_path) == {20: 0, 40: 0}


@pytest.mark.parametrize("start", [0.0, 10.0])
def test_an_acquisition_that_lacks_a_few_slices_says_so(tmp_path: Path, start: float) -> None:
    _run(tmp_path, 38, 5.0, start, AcquisitionNumber=1, AcquisitionTime="101500")
    _run(tmp_path, 40, 5.0, AcquisitionNumber=2, AcquisitionTime="101600")

    assert _gaps(tmp_path) == {38: 2, 40: 0}


def test_a_point_in_time_that_was_broken_off_says_so(tmp_path: Path) -> None:
    for time, count in ((1, 20), (2, 19), (3, 6)):
        _run(tmp_path, count, 5.0, TemporalPositionIdentifier=time)

    assert _gaps(tmp_path) == {20: 0, 19: 1, 6: 14}


def test_a_slice_that_all_phases_lack_is_not_counted_twice(tmp_path: Path) -> None:
    for echo, places in ((1, (0, 1, 3)), (2, (0, 1))):
        for place in places:
            write_slice(
                tmp_path / f"{echo}-{place}", z=10.5 * place, Modality="MR", EchoNumbers=echo, EchoTime=20 * echo
            )

    assert _gaps(tmp_path) == {3: 1, 2: 1}


@pytest.mark.parametrize("held", [range(0, 40, 2), (0, 2), (0, 1, 2, 10, 20, 30)])
def test_a_phase_of_which_parts_came_says_what_its_end_lacks(tmp_path: Path, held: Sequence[int]) -> None:
    _run(tmp_path, 40, 5.0, TemporalPositionIdentifier=1, Modality="MR")
    for k in held:
        write_slice(tmp_path / f"late-{k}", z=5.0 * k, TemporalPositionIdentifier=2, Modality="MR")

    assert _gaps(tmp_path) == {40: 0, len(held): 39 - max(held)}
