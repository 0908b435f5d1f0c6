"""Radiographs of one series: each view is looked at, and analysed, by itself."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.imaging.made import write_slice
from workstation.domain.series import FactCode
from workstation.imaging.series.scan import scan


def radiograph(path: Path, number: int, modality: str = "DX") -> Path:
    return write_slice(
        path,
        z=number,
        Modality=modality,
        InstanceNumber=number,
        SOPClassUID="1.2.840.10008.5.1.4.1.1.1",
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
    )


def test_front_and_side_of_one_series_are_two_pictures(tmp_path: Path) -> None:
    paths = [radiograph(tmp_path / f"{number}.dcm", number) for number in (1, 2)]

    stacks = scan([tmp_path]).stacks

    assert [(stack.id, stack.slices) for stack in stacks] == [("1.2.3.4#0", 1), ("1.2.3.4#1", 1)]
    assert [stack.instances[0].path for stack in stacks] == [str(path) for path in paths]


def test_a_copy_of_a_radiograph_is_no_second_picture(tmp_path: Path) -> None:
    radiograph(tmp_path / "1.dcm", 1)
    shutil.copy(tmp_path / "1.dcm", tmp_path / "copy.dcm")

    (stack,) = scan([tmp_path]).stacks

    assert (stack.slices, len(stack.spare)) == (1, 1)
    assert stack.fact(FactCode.DUPLICATE) is not None


def test_pictures_of_other_kinds_without_a_place_stay_together(tmp_path: Path) -> None:
    for number in (1, 2):
        radiograph(tmp_path / f"{number}.dcm", number, modality="CT")

    (stack,) = scan([tmp_path]).stacks

    assert stack.slices == 2
