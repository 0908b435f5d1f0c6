"""What the millimetres of a radiograph are worth: DICOM PS3.3 10.7.1.3, from files written by pydicom."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from tests.data import shared
from workstation.domain.calibration import Calibration, SpacingKind
from workstation.domain.series import Instance
from workstation.imaging.dicom.attributes import AttributeReader
from workstation.imaging.dicom.header import HeaderReader


def radiograph(folder: Path, modality: str = "DX", **told: object) -> Instance:
    """As the scan learns it from a file with these attributes."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = generate_uid(), generate_uid()
    dataset.Modality = modality
    dataset.Rows = dataset.Columns = 4
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = bytes(32)
    for name, value in told.items():
        setattr(dataset, name, value)
    path = folder / "one.dcm"
    dataset.save_as(path, enforce_file_format=True)
    return AttributeReader().candidates(HeaderReader().read(str(path)))[0].instance


def test_a_size_at_the_detector_is_no_size_in_the_patient(tmp_path: Path) -> None:
    found = radiograph(tmp_path, ImagerPixelSpacing=[0.2, 0.1])

    assert found.spacing == (0.2, 0.1)
    assert found.calibration.kind is SpacingKind.DETECTOR


def test_a_size_in_the_plane_of_a_therapy_image_is_one_at_the_detector(tmp_path: Path) -> None:
    found = radiograph(tmp_path, "RTIMAGE", ImagePlanePixelSpacing=[0.4, 0.3])

    assert (found.spacing, found.calibration) == ((0.4, 0.3), Calibration(kind=SpacingKind.DETECTOR))


def test_a_known_magnification_divides_the_size_at_the_detector(tmp_path: Path) -> None:
    found = radiograph(tmp_path, ImagerPixelSpacing=[0.2, 0.1], EstimatedRadiographicMagnificationFactor=1.25)

    assert found.spacing == pytest.approx((0.16, 0.08))
    assert found.calibration == Calibration(kind=SpacingKind.ESTIMATED, magnification=1.25)


def test_a_magnification_that_makes_things_larger_is_not_believed(tmp_path: Path) -> None:
    found = radiograph(tmp_path, ImagerPixelSpacing=[0.2, 0.2], EstimatedRadiographicMagnificationFactor=0.5)

    assert (found.spacing, found.calibration.kind) == ((0.2, 0.2), SpacingKind.DETECTOR)


@pytest.mark.parametrize("way", ["GEOMETRY", "FIDUCIAL"])
def test_a_calibrated_radiograph_is_measured_in_the_patient(tmp_path: Path, way: str) -> None:
    found = radiograph(
        tmp_path, PixelSpacing=[0.15, 0.15], ImagerPixelSpacing=[0.2, 0.2], PixelSpacingCalibrationType=way,
        EstimatedRadiographicMagnificationFactor=2,
    )  # fmt: skip

    assert (found.spacing, found.calibration) == ((0.15, 0.15), Calibration(kind=SpacingKind.CALIBRATED))


def test_a_pixel_spacing_that_repeats_the_detectors_is_not_calibrated(tmp_path: Path) -> None:
    found = radiograph(tmp_path, PixelSpacing=[0.2, 0.2], ImagerPixelSpacing=[0.2, 0.2])

    assert found.calibration.kind is SpacingKind.DETECTOR


@pytest.mark.parametrize("told", [{}, {"ImagerPixelSpacing": [0.2, 0.2]}])
def test_a_radiographs_pixel_spacing_without_a_word_on_calibration_says_so(
    tmp_path: Path, told: dict[str, object]
) -> None:
    found = radiograph(tmp_path, PixelSpacing=[0.15, 0.15], **told)

    assert (found.spacing, found.calibration.kind) == ((0.15, 0.15), SpacingKind.UNSTATED)


def test_a_scanned_film_is_measured_on_the_film(tmp_path: Path) -> None:
    found = radiograph(tmp_path, modality="OT", NominalScannedPixelSpacing=[0.17, 0.17])

    assert (found.spacing, found.calibration.kind) == ((0.17, 0.17), SpacingKind.FILM)


def test_a_radiograph_that_tells_no_size_has_none(tmp_path: Path) -> None:
    assert radiograph(tmp_path).spacing is None


def test_the_pixel_spacing_of_a_slice_is_true_in_the_patient(tmp_path: Path) -> None:
    found = radiograph(tmp_path, modality="CT", PixelSpacing=[0.7, 0.7], ImagerPixelSpacing=[0.7, 0.7])

    assert found.calibration == Calibration()


@pytest.mark.parametrize(("written", "read"), [(["L", "F"], ("L", "F")), (["AR", "FA"], ("AR", "FA")), (["L"], None)])
def test_a_radiograph_says_where_rows_and_columns_lead(
    tmp_path: Path, written: list[str], read: tuple[str, str] | None
) -> None:
    assert radiograph(tmp_path, PatientOrientation=written).directions == read


def test_animals_have_directions_of_their_own(tmp_path: Path) -> None:
    assert radiograph(tmp_path, PatientOrientation=["LE", "CD"]).directions is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("infant-pelvis-331_DDH_10.dcm", SpacingKind.UNSTATED),  # 1 mm a pixel, which no pelvis is
        ("dental-cr-modality-lut.dcm", SpacingKind.DETECTOR),
        ("chest-dx-canine-small.dcm", SpacingKind.DETECTOR),
    ],
)
def test_real_radiographs_never_claim_millimetres_in_the_patient(name: str, kind: SpacingKind) -> None:
    header = HeaderReader().read(str(shared("data", "radiographs", name)))

    assert AttributeReader().candidates(header)[0].instance.calibration.kind is kind


def region(left: int, right: int, *, mm: float = 0.2, **odd: object) -> Dataset:
    """A sector over these columns of a picture of four by four; `odd`: what is otherwise."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, 1, 2
    item.RegionLocationMinX0, item.RegionLocationMaxX1 = left, right
    item.RegionLocationMinY0, item.RegionLocationMaxY1 = 0, 3
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
    item.PhysicalDeltaX, item.PhysicalDeltaY = mm / 10, mm / 5
    for name, value in odd.items():
        setattr(item, name, value)
    return item


def test_an_ultrasound_picture_is_measured_within_its_regions_only(tmp_path: Path) -> None:
    found = radiograph(tmp_path, modality="US", SequenceOfUltrasoundRegions=[region(0, 1), region(2, 3, mm=0.5)])
    calibration = found.calibration

    assert calibration.kind is SpacingKind.REGIONS
    assert calibration.spacing_at(found.spacing, [(0, 0), (1, 3)]) == pytest.approx((0.4, 0.2))
    assert calibration.spacing_at(found.spacing, [(2, 0), (3, 3)]) == pytest.approx((1.0, 0.5))
    assert calibration.spacing_at(found.spacing, [(0, 0), (3, 3)]) is None  # from one into the other
    assert calibration.spacing_at(found.spacing, [(0, 0), (9, 0)]) is None  # outside


@pytest.mark.parametrize(
    "odd",
    [
        {"RegionSpatialFormat": 3},  # a spectrum
        {"PhysicalUnitsXDirection": 4},  # seconds
        {"PhysicalDeltaX": 0.0},
        {"RegionLocationMaxX1": 4},  # leaves the picture, which was made smaller afterwards
    ],
)
def test_a_region_that_is_no_picture_of_this_size_gives_none(tmp_path: Path, odd: dict[str, object]) -> None:
    found = radiograph(tmp_path, modality="US", SequenceOfUltrasoundRegions=[region(0, 3, **odd)])

    assert found.spacing is None


def test_a_shrunken_ultrasound_film_is_not_measured_by_the_regions_of_the_large_one() -> None:
    header = HeaderReader().read(str(shared("data", "enhanced-multiframe", "us-30-frames-jpeg.dcm")))

    assert AttributeReader().candidates(header)[0].instance.spacing is None
