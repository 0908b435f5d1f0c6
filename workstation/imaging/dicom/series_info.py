"""What the files of one series have in common, and what tells series apart."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from workstation.domain.series import Patient, StudyInfo
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.tags import Tag
from workstation.imaging.dicom.text import decode, first_number, integer, plain, plains


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesInfo:
    """What the files of one series have in common. `burnt_in` and `conversion` are as written."""

    patient: Patient
    study: StudyInfo
    series_uid: str
    sop_class_uid: str
    frame_of_reference_uid: str = ""
    modality: str = ""
    series_number: int | None = None
    description: str = ""
    body_part: str = ""
    image_type: tuple[str, ...] = ()
    kernel: str = ""
    manufacturer: str = ""
    contrast: str = ""
    patient_position: str = ""
    thickness: float | None = None
    conversion: str = ""
    burnt_in: str = ""
    rescale_type: str = ""


def series_info(values: dict[Tag, bytes]) -> SeriesInfo:
    """From the raw values of one header; a damaged value is a missing one."""
    charset = values.get(tags.CHARSET, b"")

    def text(key: Tag) -> str:
        return decode(values.get(key, b""), charset)

    def code(key: Tag) -> str:
        return plain(values.get(key))

    return SeriesInfo(
        patient=Patient(
            name=decode(values.get(tags.PATIENT_NAME, b""), charset, person=True),
            id=text(tags.PATIENT_ID),
            birth_date=code(tags.BIRTH_DATE),
            sex=code(tags.SEX),
            age=code(tags.AGE),
        ),
        study=StudyInfo(
            uid=code(tags.STUDY_UID),
            date=code(tags.STUDY_DATE),
            time=code(tags.STUDY_TIME),
            description=text(tags.STUDY_DESCRIPTION),
            accession=text(tags.ACCESSION),
            institution=text(tags.INSTITUTION),
        ),
        series_uid=code(tags.SERIES_UID),
        sop_class_uid=code(tags.SOP_CLASS) or code(tags.MEDIA_CLASS),
        frame_of_reference_uid=code(tags.FRAME_OF_REFERENCE),
        modality=code(tags.MODALITY),
        series_number=integer(values.get(tags.SERIES_NUMBER)),
        description=text(tags.SERIES_DESCRIPTION),
        body_part=code(tags.BODY_PART),
        image_type=plains(values.get(tags.IMAGE_TYPE)),
        kernel=text(tags.KERNEL),
        manufacturer=text(tags.MANUFACTURER),
        contrast=text(tags.CONTRAST),
        patient_position=code(tags.PATIENT_POSITION),
        thickness=first_number(values.get(tags.THICKNESS)),
        conversion=code(tags.CONVERSION_TYPE),
        burnt_in=code(tags.BURNT_IN),
        rescale_type=code(tags.RESCALE_TYPE),
    )


def series_key(series: SeriesInfo) -> Hashable:
    """What files of one series must agree in. Without a series UID everything that tells series apart is used."""
    person = (series.patient.id, series.patient.name, series.patient.birth_date, series.study.uid)
    if series.series_uid:
        return (*person, series.series_uid)
    return (
        *person,
        "",
        series.study.date,
        series.modality,
        series.series_number,
        series.description,
        series.kernel,
        series.frame_of_reference_uid,
    )
