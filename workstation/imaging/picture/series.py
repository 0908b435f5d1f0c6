"""A picture file as a series of one image: nothing is known of person, examination and place."""

from __future__ import annotations

import os
from typing import Final

from workstation.domain.series import (
    FactCode,
    FileForm,
    Instance,
    Patient,
    PixelFormat,
    StackFact,
    StudyInfo,
    VoiFunction,
    VoiWindow,
)
from workstation.domain.words import say
from workstation.imaging.dicom.attributes import Candidate
from workstation.imaging.dicom.moment import Moment
from workstation.imaging.dicom.series_info import SeriesInfo
from workstation.imaging.picture.read import PictureFile

PHOTOGRAPH: Final = "XC"  # DICOM's external-camera photography
_TAKEN_FOR_ONE: Final = StackFact(
    FactCode.ASSUMED, say("The file names no modality; taken for a photograph: it is coloured.")
)
_ON_WHITE: Final = StackFact(FactCode.ASSUMED, say("Transparent parts are shown on white."))
_EIGHT_BITS: Final = StackFact(FactCode.ASSUMED, say("Its colors have 16 bits; they are read with 8."))


def candidate(file: PictureFile) -> Candidate:
    """The one image of the file. Its modality is not told: a coloured one is taken for a photograph."""
    bits = 16 if file.deep else 8
    told = [_TAKEN_FOR_ONE] if file.coloured else []
    if file.transparent:
        told.append(_ON_WHITE)
    if file.narrowed:
        told.append(_EIGHT_BITS)
    name = os.path.splitext(os.path.basename(file.path))[0]  # noqa: PTH119, PTH122  also of members
    series = SeriesInfo(
        patient=Patient(),
        study=StudyInfo(),
        series_uid="",
        sop_class_uid="",
        modality=PHOTOGRAPH if file.coloured else "",
        told=tuple(told),
        description=f"{name} · {file.page + 1}" if file.page else name,
        file=file.path,
        digest=file.digest,
    )
    whole_range = VoiWindow(center=127.5, width=255, function=VoiFunction.EXACT)
    instance = Instance(
        path=file.path,
        frame=file.page,
        file_bytes=file.file_bytes,
        sop_class_uid="",
        sop_instance_uid="",
        transfer_syntax=file.form,
        pixels=PixelFormat(
            rows=file.rows,
            columns=file.columns,
            samples=file.samples,
            photometric="RGB" if file.samples == 3 else "MONOCHROME2",
            bits_allocated=bits,
            bits_stored=bits,
            high_bit=bits - 1,
        ),
        instance_number=1,
        window=None if file.deep else whole_range,
        form=FileForm.PICTURE,
    )
    return Candidate(instance, series, Moment())
