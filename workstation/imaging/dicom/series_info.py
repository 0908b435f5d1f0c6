"""What the files of one series have in common, and what tells series apart."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final

from workstation.domain.film import Film, RateSource
from workstation.domain.series import Patient, StackFact, StudyInfo
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.charset import charset_of
from workstation.imaging.dicom.tags import Tag
from workstation.imaging.dicom.text import first_number, integer, numbers, plain, plains


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesInfo:
    """What the files of one series have in common. `burnt_in` and `conversion` are as written.

    charset_guess   the character set that the texts were found to be in, where it isn't the declared one
    charset_stated  whether any was declared
    file    one that is a series by itself (NIfTI)
    digest  names such a series in place of a UID
    told    what the reader of the file has to say of it
    rescaled  whether it says what stored values stand for, by an intercept or a table of HU; None: that can't be read
    """

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
    rescaled: bool | None = False
    file: str = ""
    digest: str = ""
    told: tuple[StackFact, ...] = ()
    laterality: str = ""
    view_position: str = ""
    acquired: str = ""
    film: Film | None = None
    lossy: float | None = None
    charset_guess: str = ""
    charset_stated: bool = True

    @property
    def mosaic(self) -> bool:
        """Whether an image may show many slices side by side: converted files keep the word for each slice alone."""
        return not _MOSAICS.isdisjoint(self.image_type)


_MODIFIERS: Final = tags.tag(0x0008, 0x2220)  # of the region, such as its side: codes inside the code
_LONGEST_MEANING: Final = 256  # bytes; 64 characters
_MOSAICS: Final = frozenset({"MOSAIC", "VFRAME"})
_TEXTS: Final = (
    tags.PATIENT_NAME,
    tags.PATIENT_ID,
    tags.STUDY_DESCRIPTION,
    tags.SERIES_DESCRIPTION,
    tags.INSTITUTION,
    tags.ACCESSION,
    tags.CONTRAST,
    tags.KERNEL,
    tags.MANUFACTURER,
    tags.BODY_PART,
)


def series_info(values: dict[Tag, bytes]) -> SeriesInfo:
    """From the raw values of one header; a damaged value is a missing one."""
    region = _meaning(values.get(tags.ANATOMIC_REGION, b""))
    charset = charset_of(values.get(tags.CHARSET, b""), [*(values.get(key, b"") for key in _TEXTS), region])

    def text(key: Tag) -> str:
        return charset.text(values.get(key, b"").strip(b"\0 "))

    def code(key: Tag) -> str:
        return plain(values.get(key))

    return SeriesInfo(
        patient=Patient(
            name=_name(charset.text(values.get(tags.PATIENT_NAME, b"").rstrip(b"\0 "))),
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
        body_part=text(tags.BODY_PART) or charset.text(region),
        image_type=plains(values.get(tags.IMAGE_TYPE)),
        kernel=text(tags.KERNEL),
        manufacturer=text(tags.MANUFACTURER),
        contrast=text(tags.CONTRAST),
        patient_position=code(tags.PATIENT_POSITION),
        thickness=first_number(values.get(tags.THICKNESS)),
        conversion=code(tags.CONVERSION_TYPE),
        burnt_in=code(tags.BURNT_IN),
        rescale_type=code(tags.RESCALE_TYPE),
        rescaled=rescaling(values)[2],
        laterality=code(tags.IMAGE_LATERALITY) or code(tags.LATERALITY),
        view_position=code(tags.VIEW_POSITION),
        acquired=code(tags.ACQUISITION_DATE),
        film=film_of(values),
        lossy=_lossy(values),
        charset_guess=charset.guess,
        charset_stated=charset.stated,
    )


def _meaning(code: bytes) -> bytes:
    """CodeMeaning of the first item of a sequence of codes, as it stands in a little endian file."""
    at = code.find(tags.CODE_MEANING)
    if at < 0:
        return b""
    if code[at + 4 : at + 6].isalpha() and code[at + 4 : at + 6] != b"LO":
        return b""
    explicit = code[at + 4 : at + 6] == b"LO"
    length = int.from_bytes(code[at + 6 : at + 8] if explicit else code[at + 4 : at + 8], "little")
    if length > _LONGEST_MEANING or code.find(_MODIFIERS, 0, at) >= 0:
        return b""
    return code[at + 8 : at + 8 + length].partition(b"\\")[0].strip(b"\0 ")


def rescaling(values: Mapping[Tag, bytes]) -> tuple[float, float, bool | None]:
    """Slope, intercept, and whether these say what stored values stand for; None: they are there and can't be read,
    so that values stay as they are stored."""
    numbers: list[float | None] = []
    for key, usual in ((tags.SLOPE, 1.0), (tags.INTERCEPT, 0.0)):
        raw = values.get(key, b"").strip(b"\0 ")
        numbers.append(first_number(raw) if raw else usual)
    slope, intercept = numbers
    if not slope or intercept is None:
        return 1.0, 0.0, None
    return slope, intercept, bool(values.get(tags.INTERCEPT, b"").strip(b"\0 "))


def _lossy(values: Mapping[Tag, bytes]) -> float | None:
    """How many times smaller all lossy compressions made it, 0 where they do not say; None: there was none."""
    if plain(values.get(tags.LOSSY)) != "01":
        return None
    ratios = numbers(values.get(tags.LOSSY_RATIO)) or ()
    return math.prod(ratios) if ratios and min(ratios) >= 1 else 0.0


def film_of(values: Mapping[Tag, bytes]) -> Film | None:
    """The frame increment pointer decides between frame time and frame time vector; where it leads to neither, what
    there is of the two, unless it leads elsewhere; else one of the rates (PS3.3 C.7.6.5, C.7.6.6).
    """
    pointer = values.get(tags.INCREMENT_POINTER, b"")[:4]
    time, times = first_number(values.get(tags.FRAME_TIME)), numbers(values.get(tags.FRAME_TIMES)) or ()
    timed = time is not None and time > 0
    varied = len(times) > 1 and min(times) >= 0 and sum(times[1:]) > 0
    if varied and (pointer == tags.FRAME_TIMES or (not timed and pointer in (b"", tags.FRAME_TIME))):
        return Film(source=RateSource.FRAME_TIMES, frame_ms=times)
    if time is not None and timed and pointer in (b"", tags.FRAME_TIME, tags.FRAME_TIMES):
        return Film(source=RateSource.FRAME_TIME, frame_ms=(time,))
    for key, source in ((tags.PLAYBACK_RATE, RateSource.DISPLAY_RATE), (tags.CINE_RATE, RateSource.CINE_RATE)):
        rate = first_number(values.get(key))
        if rate is not None and rate > 0:
            return Film(source=source, frame_ms=(1000.0 / rate,))
    return None


def series_key(series: SeriesInfo) -> Hashable:
    """What files of one series must agree in. Without a series UID everything that tells series apart is used."""
    if series.file:
        return ("", series.file)
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


def _name(text: str) -> str:
    """Without components that are empty at an end, which may be written or left out (PS3.5 6.2.1)."""
    return "=".join(group.rstrip("^ ") for group in text.split("=")).rstrip("=")
