"""The header that a scanner would write around our phantom's pixels. The identity is invented from the seed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from workstation.domain.geometry import Vector
from workstation.imaging.upload.write import EXPLICIT_LITTLE, decimal

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

CT_IMAGE_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.2"
_FAMILIES: Final = ("王:Wang", "李:Li", "张:Zhang", "刘:Liu", "陈:Chen", "欧阳:Ouyang", "翟:Zhai", "龚:Gong")
_GIVEN: Final = (
    "晓明:Xiaoming",
    "淑芬:Shufen",
    "建国:Jianguo",
    "雨婷:Yuting",
    "志强:Zhiqiang",
    "丽华:Lihua",
    "𬭎:Hong",
)
_DOCTORS: Final = ("赵医生^敏^^^:Zhao^Min", "孙^立:Sun^Li", "周^文博:Zhou^Wenbo")
_LATER: Final = timedelta(days=182)
_HOSPITALS: Final = ("南湖区第三人民医院", "东岭县中心医院", "云帆大学附属医院")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An invented patient, visit and device; nobody real."""

    name: str
    latin_name: str
    patient_id: str
    birth_date: str
    sex: str
    accession: str
    study_id: str
    when: datetime
    hospital: str
    doctor: str
    operator: str
    station: str
    serial: str
    telephone: str


def invent(seed: int) -> Identity:
    """The same seed gives the same identity."""
    rng = np.random.default_rng([seed, 21])
    family, family_latin = str(rng.choice(_FAMILIES)).split(":")
    given, given_latin = str(rng.choice(_GIVEN)).split(":")
    doctor, operator = (str(name).split(":")[1] for name in rng.choice(_DOCTORS, 2, replace=False))
    day = datetime(2024, 1, 8, 7, 30, 0) + timedelta(minutes=int(rng.integers(0, 500_000)))  # noqa: DTZ001 - DICOM's local time
    born = f"{rng.integers(1938, 1996)}{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}"
    return Identity(
        name=f"{family}^{given}",
        latin_name=f"{family_latin}^{given_latin}",
        patient_id=f"YT{rng.integers(10**7, 10**8)}",
        birth_date=born,
        sex=str(rng.choice(["F", "M"])),
        accession=f"A{rng.integers(10**8, 10**9)}",
        study_id=f"S{rng.integers(10**5, 10**6)}",
        when=day,
        hospital=str(rng.choice(_HOSPITALS)),
        doctor=doctor,
        operator=operator,
        station=f"CTROOM{rng.integers(2, 9)}",
        serial=f"SN{rng.integers(10**6, 10**7)}",
        telephone=f"139{rng.integers(10**7, 10**8)}",
    )


def made_uid(*parts: object) -> str:
    """A UID under 2.25 (PS3.5 B.2) that depends on the parts only."""
    digest = hashlib.sha256("\0".join(["yingtai-phantom", *map(str, parts)]).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big') >> 1}"


def study_uid(seed: int, *, follow_up: bool) -> str:
    return made_uid("study", seed, "later") if follow_up else made_uid("study", seed)


def series_header(seed: int, series_uid: str, charset: str, *, follow_up: bool = False) -> Dataset:
    """Everything that all slices of a series share."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.sequence import Sequence
    from pydicom.uid import UID

    who = invent(seed)
    if follow_up:
        who = replace(who, when=who.when + _LATER, accession=f"{who.accession}1", study_id=f"{who.study_id}1")
    ds = Dataset()
    ds.SpecificCharacterSet = charset
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID = CT_IMAGE_STORAGE
    ds.InstanceCreationDate = ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = f"{who.when:%Y%m%d}"
    ds.StudyTime = f"{who.when:%H%M%S}"
    ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = f"{who.when + timedelta(minutes=4):%H%M%S}"
    ds.InstanceCreationTime = ds.SeriesTime
    ds.AccessionNumber = who.accession
    ds.Modality = "CT"
    ds.Manufacturer = "YINGTAI PHANTOM"
    ds.InstitutionName = who.hospital
    ds.InstitutionAddress = f"{who.hospital[:3]}解放路18号"
    ds.InstitutionalDepartmentName = "放射科"
    ds.ReferringPhysicianName = who.doctor
    ds.PerformingPhysicianName = who.doctor
    ds.OperatorsName = who.operator
    ds.StationName = who.station
    ds.StudyDescription = f"胸部CT平扫 {who.name.replace('^', '')}"
    ds.SeriesDescription = "胸部平扫 2.5mm 肺窗"
    ds.ManufacturerModelName = "Chest 1"
    ds.PatientName = f"{who.latin_name}={who.name}"
    ds.PatientID = who.patient_id
    ds.IssuerOfPatientID = who.hospital
    ds.PatientBirthDate = who.birth_date
    ds.PatientSex = who.sex
    ds.PatientAge = f"{who.when.year - int(who.birth_date[:4]):03d}Y"
    ds.PatientSize, ds.PatientWeight = "1.68", "63"
    ds.OtherPatientIDs = [f"MRN{who.patient_id[2:]}"]
    ds.PatientTelephoneNumbers = who.telephone
    ds.PatientAddress = "云帆市南湖区长安里5栋302室"
    ds.PatientComments = f"{who.name.replace('^', '')} 复查"
    ds.BodyPartExamined = "CHEST"
    ds.ScanOptions = "HELICAL"
    ds.KVP = "120"
    ds.DeviceSerialNumber = who.serial
    ds.SoftwareVersions = "YT 1.0"
    ds.ProtocolName = "胸部常规"
    ds.DataCollectionDiameter, ds.ReconstructionDiameter = "500", "369"
    ds.GantryDetectorTilt = "0"
    ds.TableHeight = "152"
    ds.RotationDirection = "CW"
    ds.ExposureTime, ds.XRayTubeCurrent, ds.Exposure = "500", "180", "90"
    ds.FilterType = "BODY"
    ds.ConvolutionKernel = "LUNG"
    ds.StudyInstanceUID = study_uid(seed, follow_up=follow_up)
    ds.SeriesInstanceUID = series_uid
    ds.StudyID = who.study_id
    ds.SeriesNumber = "3"
    ds.AcquisitionNumber = "1"
    ds.FrameOfReferenceUID = made_uid("frame", seed, "later") if follow_up else made_uid("frame", seed)
    ds.PositionReferenceIndicator = ""
    ds.ImageComments = f"Pat. {who.latin_name.replace('^', ' ')}"
    before = Dataset()
    before.ReferencedSOPClassUID = "1.2.840.10008.3.1.2.3.1"
    before.ReferencedSOPInstanceUID = made_uid("worklist", seed)
    ds.ReferencedStudySequence = Sequence([before])
    request = Dataset()
    request.RequestedProcedureID = who.study_id
    request.ScheduledProcedureStepID = who.accession
    request.ScheduledProcedureStepDescription = ds.StudyDescription
    ds.RequestAttributesSequence = Sequence([request])
    ds.PerformedProcedureStepStartDate, ds.PerformedProcedureStepStartTime = ds.StudyDate, ds.StudyTime
    ds.PerformedProcedureStepID = who.study_id
    private = ds.private_block(0x0029, "YT RAW 1", create=True)
    private.add_new(0x10, "LO", f"{who.name} {who.patient_id}")
    private.add_new(0x11, "UI", made_uid("raw data", seed))
    private.add_new(0x12, "OB", f"operator {who.operator} {who.accession}".encode())
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = UID(CT_IMAGE_STORAGE)
    ds.file_meta.TransferSyntaxUID = UID(EXPLICIT_LITTLE)
    ds.file_meta.ImplementationClassUID = UID(made_uid("scanner"))
    ds.file_meta.ImplementationVersionName = "CHEST_1"
    ds.file_meta.SourceApplicationEntityTitle = who.station
    return ds


def set_slice(
    ds: Dataset, *, uid: str, number: int, position: Vector, location: float, pixels: bytes, shape: tuple[int, int]
) -> None:
    """What differs from slice to slice."""
    from pydicom.uid import UID

    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = UID(uid)
    ds.InstanceNumber = str(number)
    ds.ImagePositionPatient = [decimal(value) for value in position]
    ds.SliceLocation = decimal(location)
    ds.Rows, ds.Columns = shape
    ds.PixelData = pixels
    ds["PixelData"].VR = "OW"
