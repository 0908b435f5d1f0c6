"""What a file is called, by its SOP class as the dictionary of pydicom names it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import dcmread, uid

from tests.imaging.made import write_slice
from workstation.domain.error import ErrorCode
from workstation.domain.object_words import KIND_WORDS
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
