"""Classic slices of one place: what scanners write to tell them apart, in files of every byte order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from pydicom import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.imaging.made import write_slice
from workstation.domain.series import Stack
from workstation.imaging.series.scan import scan

Mark = Callable[[Dataset, int], None]


def _siemens(dataset: Dataset, b: int) -> None:
    block = dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0C, "IS", str(b))


def _ge(dataset: Dataset, b: int) -> None:
    block = dataset.private_block(0x0043, "GEMS_PARM_01", create=True)
    block.add_new(0x39, "IS", [str(1_000_000_000 + b), "8", "0", "0"])


def _philips(dataset: Dataset, b: int) -> None:
    block = dataset.private_block(0x2001, "Philips Imaging DD 001", create=True)
    block.add_new(0x03, "FL", float(b))


def _siemens_second(dataset: Dataset, b: int) -> None:
    dataset.private_block(0x0019, "SOMEBODY ELSE", create=True).add_new(0x0C, "LO", "1")
    _siemens(dataset, b)


def _uih(dataset: Dataset, b: int) -> None:
    block = dataset.private_block(0x0065, "Image Private Header", create=True)
    block.add_new(0x09, "FD", float(b))


def _left_empty(dataset: Dataset, b: int) -> None:
    dataset.add_new(0x00189087, "FD", None)
    _siemens(dataset, b)


def _standard(dataset: Dataset, b: int) -> None:
    dataset.add_new(0x00189087, "FD", float(b))


def _series(folder: Path, mark: Mark, values: tuple[int, ...], syntax: str = ExplicitVRLittleEndian) -> list[Stack]:
    for number, value in enumerate(values):
        for k in range(3):
            path = write_slice(folder / f"{k}-{number}", z=3.0 * k, Modality="MR")
            dataset = pydicom.dcmread(path)
            mark(dataset, value)
            if syntax == ExplicitVRBigEndian:
                dataset.PixelData = bytes(reversed(dataset.PixelData))
            dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
            little, implicit = syntax != ExplicitVRBigEndian, syntax == ImplicitVRLittleEndian
            pydicom.dcmwrite(path, dataset, implicit_vr=implicit, little_endian=little, enforce_file_format=True)
    return list(scan([folder]).stacks)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("mark", [_siemens, _siemens_second, _ge, _philips, _uih, _left_empty, _standard])
def test_diffusion_weightings_of_every_vendor_are_read(tmp_path: Path, mark: Mark, syntax: str) -> None:
    stacks = _series(tmp_path, mark, (0, 50, 800), syntax)

    assert [str(s.facts[0].sentence) for s in stacks] == [
        f"b = {b} s/mm², {number} of 3 in this series." for number, b in ((1, 0), (2, 50), (3, 800))
    ]
    assert [s.slices for s in stacks] == [3, 3, 3]


def test_a_private_element_of_another_maker_is_no_weighting(tmp_path: Path) -> None:
    def other(dataset: Dataset, value: int) -> None:
        dataset.private_block(0x0019, "SOMEBODY ELSE", create=True).add_new(0x0C, "IS", str(value))

    assert not any("b =" in str(f.sentence) for s in _series(tmp_path, other, (0, 800)) for f in s.facts)


@pytest.mark.parametrize(
    ("keyword", "values"),
    [
        ("EchoNumbers", (1, 2)),
        ("EchoTime", (10, 20, 30)),
        ("TemporalPositionIdentifier", (1, 2, 3)),
        ("TriggerTime", (0, 40, 80)),
        ("InversionTime", (100, 400)),
        ("FlipAngle", (5, 20)),
        ("AcquisitionNumber", (1, 2)),
        ("AcquisitionTime", (101500, 101530)),
        ("ContentTime", (101500, 101530)),
        ("KVP", (80, 140)),
        ("ConvolutionKernel", (30, 70)),
        ("ImageType", ("W", "F")),
        ("SliceThickness", (1, 5)),
    ],
)
def test_each_attribute_separates_the_images_of_one_place(
    tmp_path: Path, keyword: str, values: tuple[int | str, ...]
) -> None:
    def mark(dataset: Dataset, number: int) -> None:
        value = values[number]
        setattr(dataset, keyword, ["ORIGINAL", "PRIMARY", value] if keyword == "ImageType" else str(value))

    stacks = _series(tmp_path, mark, tuple(range(len(values))))

    assert [[Path(i.path).name for i in s.instances] for s in stacks] == [
        [f"{k}-{order}" for k in range(3)]
        for order in sorted(
            range(len(values)), key=lambda n: (str(values[n]), 0) if keyword == "ImageType" else ("", values[n])
        )
    ]
