"""Frames of enhanced multi-frame objects: place, spacing, rescaling from functional groups (PS3.3 C.7.6.16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workstation.domain.error import ErrorCode
from workstation.domain.geometry import Vector
from workstation.domain.series import VoiWindow
from workstation.imaging.archive.member import open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.attributes import Candidate, frame_of
from workstation.imaging.dicom.fallback import read_dataset

if TYPE_CHECKING:
    from pydicom import Dataset


def grouped_frames(path: str, frames: int, first: Candidate) -> list[Candidate]:
    """One candidate per frame. raises UNREADABLE"""
    with open_binary(path) as file:
        dataset, _ = read_dataset(file)
    with as_error(ErrorCode.UNREADABLE):
        shared = (dataset.get("SharedFunctionalGroupsSequence") or [None])[0]
        each = list(dataset.get("PerFrameFunctionalGroupsSequence") or [])[:frames]
        groups = [[g for g in (each[k] if k < len(each) else None, shared) if g is not None] for k in range(frames)]
        return [_frame(first, index, group) for index, group in enumerate(groups)]


def _frame(first: Candidate, index: int, groups: list[Dataset]) -> Candidate:
    instance, moment = frame_of(first.instance, index), first.moment
    position = _vector(_value(groups, "PlanePositionSequence", "ImagePositionPatient"))
    cosines = _value(groups, "PlaneOrientationSequence", "ImageOrientationPatient")
    row, column = (_vector(cosines[:3]), _vector(cosines[3:])) if cosines and len(cosines) == 6 else (None, None)
    spacing = _value(groups, "PixelMeasuresSequence", "PixelSpacing")
    slope = _value(groups, "PixelValueTransformationSequence", "RescaleSlope")
    intercept = _value(groups, "PixelValueTransformationSequence", "RescaleIntercept")
    center = _first(_value(groups, "FrameVOILUTSequence", "WindowCenter"))
    width = _first(_value(groups, "FrameVOILUTSequence", "WindowWidth"))
    instance = replace(
        instance,
        instance_number=index + 1,
        position=position or instance.position,
        row_cosine=row or instance.row_cosine,
        column_cosine=column or instance.column_cosine,
        spacing=(float(spacing[0]), float(spacing[1])) if spacing and min(spacing) > 0 else instance.spacing,
        slope=float(slope) if slope is not None else instance.slope,
        intercept=float(intercept) if intercept is not None else instance.intercept,
        window=VoiWindow(center=center, width=width)
        if center is not None and width and width >= 1
        else instance.window,
    )
    temporal = _value(groups, "FrameContentSequence", "TemporalPositionIndex")
    echo_time = _value(groups, "MREchoSequence", "EffectiveEchoTime")
    b_value = _value(groups, "MRDiffusionSequence", "DiffusionBValue")
    trigger = _value(groups, "CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime")
    moment = replace(
        moment,
        temporal=int(temporal) if temporal is not None else moment.temporal,
        echo_time=float(echo_time) if echo_time is not None else moment.echo_time,
        b_value=float(b_value) if b_value is not None else moment.b_value,
        trigger_time=float(trigger) if trigger is not None else moment.trigger_time,
        time="",
    )
    thickness = _value(groups, "PixelMeasuresSequence", "SliceThickness")
    series = first.series
    if thickness is not None and series.thickness is None:
        series = replace(series, thickness=float(thickness))
    return Candidate(instance, series, moment)


def _value(groups: list[Dataset], sequence: str, keyword: str) -> Any:
    """An element of the first group that has it: the frame's own, then the shared one."""
    return next((value for value in _values(groups, sequence, keyword) if value is not None and value != ""), None)


def _values(groups: list[Dataset], sequence: str, keyword: str) -> Iterator[Any]:
    for group in groups:
        for item in (group.get(sequence) or [])[:1]:
            yield item.get(keyword)


def _first(value: Any) -> float | None:
    if value is None:
        return None
    return float(value[0]) if hasattr(value, "__len__") and not isinstance(value, str) else float(value)


def _vector(values: Any) -> Vector | None:
    return (float(values[0]), float(values[1]), float(values[2])) if values and len(values) == 3 else None
