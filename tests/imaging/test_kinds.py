"""What a file is called, by its SOP class as the dictionary of pydicom names it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import dcmread, uid

from tests.imaging.made import write_slice
from workstation.domain.error import ErrorCode
from workstation.domain.object_words import KIND_WORDS
from workstation.domain.series import FactCode
from workstation.imaging.dicom.kinds import kind_of
from workstation.imaging.series.scan import scan

KINDS = {
    "RawDataStorage": "raw-data",
    "SpatialRegistrationStorage": "registration",
    "DeformableSpatialRegistrationStorage": "registration",
    "SpatialFiducialsStorage": "fiducials",
    "MRSpectroscopyStorage": "spectroscopy",
    "SegmentationStorage": "seg",
    "SurfaceSegmentationStorage": "surface-seg",
    "RealWorldValueMappingStorage": "real-world-map",
    "CTImageStorage": "",
    "EnhancedMRImageStorage": "",
    "RTImageStorage": "",
    "XRayRadiationDoseSRStorage": "sr",
    "KeyObjectSelectionDocumentStorage": "key-object",
    "HangingProtocolStorage": "protocol",
}
CSA = "1.3.12.2.1107.5.9.1"


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_a_class_is_of_its_kind(name: str, kind: str) -> None:
    assert kind_of(getattr(uid, name)) == kind
    assert not kind or kind in KIND_WORDS


def test_a_vendors_own_object_without_pixels_is_no_damaged_image(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "1.dcm", SOPClassUID=CSA)
    dataset = dcmread(path)
    del dataset.PixelData, dataset.Rows, dataset.Columns
    dataset.save_as(path)

    result = scan([tmp_path])

    assert [found.kind for found in result.objects] == ["vendor-data"]
    assert not result.left_out


def test_a_vendors_own_image_that_lost_its_pixels_is_damaged(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "1.dcm", SOPClassUID=CSA)
    dataset = dcmread(path)
    del dataset.PixelData
    dataset.save_as(path)

    result = scan([tmp_path])

    assert [one.code for one in result.left_out] == [ErrorCode.NO_PIXELS]
    assert not result.objects


def test_a_vendors_own_object_with_pixels_is_an_image(tmp_path: Path) -> None:
    write_slice(tmp_path / "1.dcm", SOPClassUID=CSA)

    assert len(scan([tmp_path]).stacks) == 1


@pytest.mark.parametrize("mark", ["MOSAIC", "VFRAME"])
def test_a_mosaic_of_slices_lies_nowhere(tmp_path: Path, mark: str) -> None:
    for number in range(6):
        z = 10.0 * (number % 2)
        write_slice(
            tmp_path / str(number),
            z=z,
            InstanceNumber=number + 1,
            Modality="MR",
            ImageType=["ORIGINAL", "PRIMARY", "M", mark],
        )

    (stack,) = scan([tmp_path]).stacks

    assert stack.geometry is None
    assert [(i.position, i.instance_number) for i in stack.instances] == [(None, number) for number in range(1, 7)]
    assert stack.instances[0].spacing is not None
    assert ["side by side" in str(fact.sentence) for fact in stack.facts] == [True]


@pytest.mark.parametrize(
    ("modality", "description", "said"),
    [
        ("MR", "AAHead_Scout_64ch", True),
        ("MR", "Survey_MST", True),
        ("MR", "3-plane loc", True),
        ("MR", "localizer_haste", True),
        ("CT", "Scanogram", True),
        ("CT", "胸部定位像", True),
        ("MR", "T1 loc ref", False),
        ("CT", "Allocated", False),
        ("CR", "Scanogram both legs", False),
        ("DX", "Bone Survey", False),
        ("CT", "WB LD Skeletal Survey 2.0", False),
    ],
)
def test_a_localizer_is_known_by_its_name(tmp_path: Path, modality: str, description: str, said: bool) -> None:
    write_slice(
        tmp_path / "a", Modality=modality, SeriesDescription=description, SpecificCharacterSet="ISO_IR 192",
        ImageType=["ORIGINAL", "PRIMARY"],
    )  # fmt: skip

    (stack,) = scan([tmp_path]).stacks

    assert (stack.fact(FactCode.LOCALIZER) is not None) is said
