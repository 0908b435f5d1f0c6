"""Values are Hounsfield units where a file says so, by what it says of its values: not because it is called CT."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import (
    EnhancedCTImageStorage,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    SecondaryCaptureImageStorage,
)

from tests.imaging.made import write_slice
from tests.imaging.studies import SALT, chest_ct, only_stack, read
from workstation.domain.series import FactCode
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.voi import told_window
from workstation.imaging.series.scan import scan
from workstation.imaging.upload.prepare import prepare

ORIGINAL = ["ORIGINAL", "PRIMARY", "AXIAL"]
NOT_RESCALED: dict[str, Any] = {"RescaleSlope": None, "RescaleIntercept": None}


@pytest.mark.parametrize(
    ("elements", "unit"),
    [
        ({}, "HU"),
        ({"RescaleIntercept": "0"}, "HU"),
        ({"RescaleType": ""}, "HU"),
        ({"RescaleType": "HU"}, "HU"),
        ({"RescaleType": "US", "ImageType": ORIGINAL}, "HU"),
        ({"RescaleType": "US", "ImageType": ["DERIVED", *ORIGINAL[1:]]}, ""),
        ({"RescaleType": "MGML", "ImageType": ORIGINAL}, ""),
        (NOT_RESCALED, ""),
        ({"RescaleSlope": "", "RescaleIntercept": ""}, ""),
        ({"RescaleIntercept": ""}, ""),
        (NOT_RESCALED | {"RescaleType": "HU"}, ""),
        ({"SOPClassUID": SecondaryCaptureImageStorage, "RescaleType": "HU"}, "HU"),
        ({"SOPClassUID": SecondaryCaptureImageStorage}, ""),
        ({"SOPClassUID": MultiFrameGrayscaleWordSecondaryCaptureImageStorage, "RescaleType": "US"}, ""),
        ({"Modality": "MR"}, ""),
        ({"Modality": "MR", "RescaleType": "HU"}, ""),
    ],
)
def test_values_are_hu_where_the_file_says_so(tmp_path: Path, elements: dict[str, Any], unit: str) -> None:
    for k in range(3):
        write_slice(tmp_path / f"{k}", 3.0 * k, **elements)
    stack = only_stack(tmp_path)

    assert (stack.unit, load_volume(stack).unit) == (unit, unit)
    assert (told_window(stack, 0) is not None) == (unit == "HU")


def _overwrite(path: Path, element: bytes, text: str) -> None:
    """Put a text in the place of the value of an element (explicit VR) that no library would write there."""
    data, value = path.read_bytes(), (text + " " * (len(text) % 2)).encode()
    at = data.index(element) + len(element)
    rest = at + 2 + int.from_bytes(data[at : at + 2], "little")
    path.write_bytes(data[:at] + len(value).to_bytes(2, "little") + value + data[rest:])


@pytest.mark.parametrize("modality", ["CT", "MR"])
@pytest.mark.parametrize(
    ("slope", "intercept"), [("1", "-1024,0"), ("1", "abc"), ("0,5", "0"), ("inf", "0"), ("0", "-1024"), ("x", "")]
)
@pytest.mark.parametrize("all_of_them", [True, False])
def test_values_whose_rescaling_cannot_be_read_stay_as_stored_and_say_so(
    tmp_path: Path, modality: str, slope: str, intercept: str, all_of_them: bool
) -> None:
    for k in range(3):
        path = write_slice(tmp_path / f"{k}", 3.0 * k, Modality=modality, RescaleIntercept="-7")
        if all_of_them or k == 1:
            _overwrite(path, b"\x28\x00\x53\x10DS", slope)
            _overwrite(path, b"\x28\x00\x52\x10DS", intercept)
    stored = [dcmread(tmp_path / f"{k}").pixel_array for k in range(3)]
    (stack,) = scan([tmp_path]).stacks
    values = load_volume(stack).values

    assert stack.unit == ""
    assert stack.fact(FactCode.NOT_RESCALED) is not None
    assert np.array_equal(values[1], stored[1])
    assert np.array_equal(values[0], stored[0] if all_of_them else stored[0] - 7.0)


@pytest.mark.parametrize("photometric", ["RGB", "PALETTE COLOR"])
def test_colours_are_never_hu(tmp_path: Path, photometric: str) -> None:
    samples = 3 if photometric == "RGB" else 1
    pixels = np.zeros((4, 6, samples) if samples == 3 else (4, 6), np.uint8)
    colour: dict[str, Any] = {"SamplesPerPixel": samples, "PhotometricInterpretation": photometric}
    write_slice(tmp_path / "1", pixels=pixels, PlanarConfiguration=0, RescaleType="HU", **colour)

    assert only_stack(tmp_path).unit == ""


def test_one_file_that_does_not_say_it_leaves_a_stack_without_unit(tmp_path: Path) -> None:
    for k in range(4):
        write_slice(tmp_path / f"{k}", 3.0 * k, **(NOT_RESCALED if k == 2 else {}))
    stack = only_stack(tmp_path)

    assert (stack.slices, stack.unit) == (4, "")


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(("kind", "unit"), [("HU", "HU"), ("OD", ""), ("US", "")])
def test_values_out_of_a_table_are_what_it_says(tmp_path: Path, kind: str, unit: str, zipped: bool) -> None:
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [2048, 0, 16])
    table.ModalityLUTType = kind
    table.add_new("LUTData", "OW", np.arange(2048, dtype="<u2").tobytes())
    elements = NOT_RESCALED | {"ModalityLUTSequence": [table], "ImageType": ORIGINAL}
    paths = [write_slice(tmp_path / f"{k}", 3.0 * k, **elements) for k in range(3)]
    if zipped:
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for path in paths:
                archive.write(path, path.name)
                path.unlink()
    stack = only_stack(tmp_path)

    assert (stack.slices, stack.unit) == (3, unit)


@pytest.mark.parametrize(
    ("transformation", "unit"),
    [
        ({"RescaleSlope": 1, "RescaleIntercept": -1024, "RescaleType": "HU"}, "HU"),
        ({"RescaleSlope": 1, "RescaleIntercept": -1024}, "HU"),
        ({"RescaleSlope": 1, "RescaleIntercept": 0, "RescaleType": "Z_EFF"}, ""),
        (None, ""),
    ],
)
def test_frames_of_an_enhanced_file_are_hu_by_their_transformation(
    tmp_path: Path, transformation: dict[str, Any] | None, unit: str
) -> None:
    groups = Dataset()
    if transformation is not None:
        groups.PixelValueTransformationSequence = [Dataset()]
        for keyword, value in transformation.items():
            setattr(groups.PixelValueTransformationSequence[0], keyword, value)
    pixels = np.zeros((4, 6), np.uint16)
    write_slice(
        tmp_path / "1",
        pixels=pixels,
        SOPClassUID=EnhancedCTImageStorage,
        NumberOfFrames=2,
        SharedFunctionalGroupsSequence=[groups],
        PerFrameFunctionalGroupsSequence=[Dataset(), Dataset()],
        PixelData=pixels.tobytes() * 2,
        **NOT_RESCALED,
    )

    assert only_stack(tmp_path).unit == unit


def test_copies_of_values_that_are_no_hu_do_not_become_hu(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original", slices=12, tilt_deg=14.0)
    for path in (tmp_path / "original").glob("*.dcm"):
        dataset = read(path)
        del dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType
        dataset.save_as(path)
    stack = only_stack(tmp_path / "original")

    prepared = prepare(stack, tmp_path / "copies", SALT, frozenset({"reslice"}))

    assert stack.unit == ""
    assert read(prepared.files[0]).RescaleType == "US"
    assert only_stack(tmp_path / "copies").unit == ""
