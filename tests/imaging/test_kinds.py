"""What a file is called, by its SOP class as the dictionary of pydicom names it."""

from __future__ import annotations

import pytest
from pydicom import uid

from workstation.domain.object_words import KIND_WORDS
from workstation.imaging.dicom.kinds import kind_of

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
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_a_class_is_of_its_kind(name: str, kind: str) -> None:
    assert kind_of(getattr(uid, name)) == kind
    assert not kind or kind in KIND_WORDS
