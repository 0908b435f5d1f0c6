"""The part of the body: in words, in any character set, or by a code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset

from tests.imaging.made import write_slice
from workstation.imaging.series.scan import scan


def _coded(meaning: str) -> list[Dataset]:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "51185008", "SCT", meaning
    return [item]


@pytest.mark.parametrize(
    ("elements", "part"),
    [
        ({"AnatomicRegionSequence": _coded("Chest")}, "Chest"),
        ({"AnatomicRegionSequence": _coded("胸部"), "SpecificCharacterSet": "GB18030"}, "胸部"),
        ({"AnatomicRegionSequence": _coded("Chest"), "BodyPartExamined": "HAND"}, "HAND"),
        ({"AnatomicRegionSequence": _coded("Chest\\Lung")}, "Chest"),
        ({"AnatomicRegionSequence": _coded("Chest") * 30_000}, "Chest"),
        ({"AnatomicRegionSequence": [Dataset()]}, ""),
        ({"AnatomicRegionSequence": []}, ""),
    ],
)
@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"])
def test_a_radiograph_names_its_part_by_a_code(
    tmp_path: Path, elements: dict[str, Any], part: str, syntax: str
) -> None:
    for k in range(3):
        write_slice(tmp_path / f"{k}", Modality="DX", syntax=syntax, SeriesInstanceUID=f"1.2.{k}", **elements)

    assert [stack.body_part for stack in scan([tmp_path]).stacks] == [part] * 3


def test_radiographs_of_one_make_keep_their_parts(tmp_path: Path) -> None:
    parts = ["Hand", "Foot", "Hand", "Foot", "Knee"]
    for k, part in enumerate(parts):
        write_slice(tmp_path / f"{k}", Modality="DX", SeriesInstanceUID=f"1.2.{k}", SeriesNumber=k,
                    AnatomicRegionSequence=_coded(part))  # fmt: skip

    assert [stack.body_part for stack in scan([tmp_path]).stacks] == parts


def test_the_side_of_a_part_is_not_the_part(tmp_path: Path) -> None:
    (region,) = _coded("Lung")
    del region.CodeMeaning
    region.AnatomicRegionModifierSequence = _coded("Left")
    write_slice(tmp_path / "a", Modality="DX", AnatomicRegionSequence=[region])

    assert [stack.body_part for stack in scan([tmp_path]).stacks] == [""]


@pytest.mark.parametrize("vr", [b"OB", b"UT", b"UN"])
def test_an_element_of_another_kind_names_nothing_and_costs_nothing(tmp_path: Path, vr: bytes) -> None:
    path = write_slice(tmp_path / "a", Modality="DX", AnatomicRegionSequence=_coded("Chest"))
    data = path.read_bytes()
    assert data.count(b"\x08\x00\x18\x22SQ") == 1
    path.write_bytes(data.replace(b"\x08\x00\x18\x22SQ", b"\x08\x00\x18\x22" + vr))

    (stack,) = scan([tmp_path]).stacks

    assert stack.body_part in ("", "Chest")


@pytest.mark.parametrize("charset", [{"SpecificCharacterSet": "GB18030"}, {"SpecificCharacterSet": "GBK"}, {}])
def test_a_part_may_be_named_in_chinese(tmp_path: Path, charset: dict[str, str]) -> None:
    path = write_slice(tmp_path / "a", BodyPartExamined="CHEST ", **charset)
    path.write_bytes(path.read_bytes().replace(b"CS\x06\0CHEST ", b"CS\x04\0" + "胸部".encode("gb18030")))

    assert [stack.body_part for stack in scan([tmp_path]).stacks] == ["胸部"]
