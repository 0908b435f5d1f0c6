"""A NIfTI file as a series: its pictures, what they are called, and what was assumed of them."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
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
from workstation.imaging.nifti.header import INTENT_LABEL, MOST_FRAMES
from workstation.imaging.nifti.opening import NiftiFile, Sample, stem
from workstation.imaging.nifti.place import Place, Told, place_of

_LOWEST_CT: Final = -3100.0  # scanners pad with -1024, -2000, -2048, -3024; phase images of MR go below
_AIR_SHARE: Final = 0.01
_ECHO_TIME: Final = re.compile(r"\bTE=\d")  # dcm2niix writes it into what it makes of MR
_LABELS: Final = re.compile(
    r"(?:^|[^a-z])(?:seg|segs|segmentations?|dseg|labels?|labell?ed|labelmaps?|masks?|rois?|levels|parc|aparc|aseg|gt)"
    r"(?:$|[^a-z])|segmentation|labelmap|标注|分割",
    re.IGNORECASE,
)


def candidates(file: NiftiFile) -> tuple[Candidate, ...]:
    """Every picture of the file, volume after volume; each index beyond the third axis is a phase of its own.

    Modality and orientation are stated as assumed (`FactCode.ASSUMED`) where the file does not tell them. A file made
    of labels says so (`FactCode.LABELS`).
    raises TOO_MANY_FRAMES
    """
    header, place = file.header, place_of(file.header)
    slices, rows, columns = (header.shape[axis] for axis in place.axes)
    if slices * header.volumes > MOST_FRAMES:
        raise WorkstationError(ErrorCode.TOO_MANY_FRAMES, frames=slices * header.volumes, limit=MOST_FRAMES)
    labels = is_labels(file)
    modality = "" if labels else _modality(file)
    told = _facts(place, modality, labels)
    series = _series(file, place, modality, told)
    apart = header.volumes > 1 and place.positions is None  # nothing else would keep the volumes apart
    in_common = partial(
        Instance,
        path=file.path,
        file_bytes=file.file_bytes,
        sop_class_uid="",
        sop_instance_uid="",
        transfer_syntax="",
        pixels=_pixel_format(file, rows, columns),
        row_cosine=place.row_cosine,
        column_cosine=place.column_cosine,
        spacing=place.spacing,
        slope=header.slope,
        intercept=header.intercept,
        window=_window(file),
        form=FileForm.NIFTI,
    )
    found = []
    for volume in range(header.volumes):
        moment = Moment(temporal=volume + 1 if header.volumes > 1 else None, stack=f"{volume:06}" if apart else "")
        if apart:
            sentence = say("Phase {number} of {count} of this series.", number=volume + 1, count=header.volumes)
            brief = say("phase {number}/{count}", number=volume + 1, count=header.volumes)
            fact = StackFact(FactCode.MULTI_PHASE, sentence, float(header.volumes), brief)
            series = _series(file, place, modality, (*told, fact))
        for index in range(slices):
            frame = volume * slices + index
            position = None if place.positions is None else place.positions[index]
            instance = in_common(frame=frame, instance_number=frame + 1, position=position)
            found.append(Candidate(instance, series, moment))
    return tuple(found)


def is_labels(file: NiftiFile) -> bool:
    """By its intent, by two values only, or by a name that says segmentation over whole numbers.

    Of an image such a name says what was done with it: cut to a region, or that labels of it exist.
    """
    if file.header.samples > 1:
        return False
    if file.header.intent == INTENT_LABEL or file.sample.two_valued:
        return True
    numbers = file.sample.whole and file.sample.low >= 0 and not file.sample.varied
    return numbers and _LABELS.search(stem(file.path)) is not None


def _series(file: NiftiFile, place: Place, modality: str, told: tuple[StackFact, ...]) -> SeriesInfo:
    return SeriesInfo(
        patient=Patient(),
        study=StudyInfo(),
        series_uid="",
        sop_class_uid="",
        modality=modality,
        description=stem(file.path),
        thickness=place.step if file.header.shape[place.axes[0]] == 1 else None,
        file=file.path,
        digest=file.digest,
        told=told,
    )


def _modality(file: NiftiFile) -> str:
    """CT where values reach down to air in Hounsfield units, MR where the converter noted an echo time, else ""."""
    sample: Sample = file.sample
    if _ECHO_TIME.search(file.header.description):
        return "MR"
    if file.header.samples == 1 and _LOWEST_CT <= sample.low <= -900 and sample.air >= _AIR_SHARE:
        return "CT"
    return ""


def _facts(place: Place, modality: str, labels: bool) -> tuple[StackFact, ...]:
    facts = []
    if labels:
        facts.append(StackFact(FactCode.LABELS, say("A map of labels, not an image of the patient.")))
    elif modality == "CT":
        sentence = say("A NIfTI file names no modality; taken for CT, since values reach down to that of air.")
        facts.append(StackFact(FactCode.ASSUMED, sentence))
    elif modality == "MR":
        sentence = say("A NIfTI file names no modality; taken for MR, since it notes an echo time.")
        facts.append(StackFact(FactCode.ASSUMED, sentence))
    if place.told is Told.ASSUMED:
        sentence = say("The file tells sizes only: left, front and head are assumed.")
        facts.append(StackFact(FactCode.ASSUMED, sentence))
    if place.skewed:
        sentence = say("Rows and columns are not at right angles, so the pictures are shown without their place.")
        facts.append(StackFact(FactCode.TILT, sentence))
    return tuple(facts)


def _pixel_format(file: NiftiFile, rows: int, columns: int) -> PixelFormat:
    kind, width = file.header.dtype[1], int(file.header.dtype[2:]) * 8
    colour = file.header.samples > 1
    return PixelFormat(
        rows=rows,
        columns=columns,
        samples=3 if colour else 1,
        photometric="RGB" if colour else "MONOCHROME2",
        bits_allocated=width,
        bits_stored=width,
        high_bit=width - 1,
        signed=kind != "u",
    )


def _window(file: NiftiFile) -> VoiWindow | None:
    """What the writer suggests."""
    if file.header.display is None or file.header.samples > 1:
        return None
    low, high = file.header.display
    return VoiWindow(center=(low + high) / 2, width=high - low, function=VoiFunction.EXACT)
