"""A table in place of slope and intercept gives the values that it holds, however its entries are stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pydicom import DataElement, Dataset, dcmread

from tests.imaging.made import write_slice
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan

LITTLE, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"
IMPLICIT = "1.2.840.10008.1.2"
COUNT = 99  # odd, so that packed bytes end within a word


def _write(
    path: Path, stored: npt.NDArray[Any], bits: int, data: bytes, *, first: int, vr: str = "US", syntax: str = LITTLE
) -> None:
    item = Dataset()
    item.add_new("LUTDescriptor", vr, [COUNT, first, bits])
    item.ModalityLUTType = "OD"
    item.add_new("LUTData", "OW", data)
    pixels = stored.byteswap() if syntax == BIG else stored
    write_slice(
        path, pixels=pixels, syntax=syntax, RescaleSlope=None, RescaleIntercept=None, ModalityLUTSequence=[item]
    )


@pytest.mark.parametrize("syntax", [LITTLE, IMPLICIT, BIG])
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_entries_of_any_depth_are_found(tmp_path: Path, bits: int, syntax: str) -> None:
    stored = np.arange(0, 24 * 6, 6, dtype=np.uint16).reshape(4, 6)
    entries = np.arange(COUNT, dtype=np.uint16) * (2 if bits == 8 else 41)
    packed = entries.astype(np.uint8).tobytes() + b"\0" if bits == 8 else entries.tobytes()
    words = np.frombuffer(packed, dtype="<u2")
    _write(tmp_path / "slice", stored, bits, (words.byteswap() if syntax == BIG else words).tobytes(), first=10,
           syntax=syntax)  # fmt: skip

    values = load_volume(scan([tmp_path]).stacks[0]).values[0]

    assert np.array_equal(values, entries[np.clip(stored.astype(int) - 10, 0, COUNT - 1)])


@pytest.mark.parametrize("vr", ["SS", "US"])
def test_a_first_value_below_zero_is_known_without_its_sign(tmp_path: Path, vr: str) -> None:
    stored = np.arange(-72, 72, 6, dtype=np.int16).reshape(4, 6)
    entries = np.arange(COUNT, dtype=np.uint16) * 500
    _write(tmp_path / "slice", stored, 16, entries.tobytes(), first=-50 if vr == "SS" else 65486, vr=vr)

    values = load_volume(scan([tmp_path]).stacks[0]).values[0]

    assert np.array_equal(values, entries[np.clip(stored.astype(int) + 50, 0, COUNT - 1)])


def _nothing() -> list[Dataset]:
    return []


def _an_empty_item() -> list[Dataset]:
    return [Dataset()]


def _empty_elements() -> list[Dataset]:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", None)
    item.LUTExplanation = ""
    item.ModalityLUTType = ""
    item.add_new("LUTData", "OW", b"")
    return [item]


@pytest.mark.parametrize("syntax", [LITTLE, IMPLICIT, BIG])
@pytest.mark.parametrize("sequence", [_nothing, _an_empty_item, _empty_elements])
@pytest.mark.parametrize(("slope", "intercept"), [(2, -1024), (None, None)])
def test_a_table_that_is_left_empty_is_none(
    tmp_path: Path, sequence: Callable[[], list[Dataset]], syntax: str, slope: int | None, intercept: int | None
) -> None:
    stored = np.arange(0, 24 * 6, 6, dtype=np.uint16).reshape(4, 6)
    pixels = stored.byteswap() if syntax == BIG else stored
    write_slice(
        tmp_path / "slice", pixels=pixels, syntax=syntax, RescaleSlope=slope, RescaleIntercept=intercept,
        ModalityLUTSequence=sequence(),
    )  # fmt: skip

    (stack,) = scan([tmp_path]).stacks
    values = load_volume(stack).values[0]

    assert np.array_equal(values, stored.astype(int) * (slope or 1) + (intercept or 0))
    assert stack.unit == ("HU" if slope else "")
    assert (stack.instances[0].slope, stack.instances[0].intercept) == (slope or 1, intercept or 0)


@pytest.mark.parametrize("undefined", [False, True])
def test_an_empty_sequence_leaves_a_slice_to_quick_reading(tmp_path: Path, undefined: bool) -> None:
    sequence = DataElement("ModalityLUTSequence", "SQ", [])
    sequence.is_undefined_length = undefined
    path = write_slice(tmp_path / "slice", RescaleSlope=2, RescaleIntercept=-7)
    dataset = dcmread(path)
    dataset.add(sequence)
    dataset.save_as(path)

    (instance,) = scan([tmp_path]).stacks[0].instances

    assert (instance.slope, instance.intercept) == (2, -7)
    assert instance.pixel_offset is not None
