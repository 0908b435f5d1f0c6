"""Frames of enhanced multi-frame objects, from their functional groups (PS3.3 C.7.6.16).

What stands in a frame's own group goes before what all frames share, and that before the elements at the top.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from workstation.domain.error import ErrorCode
from workstation.domain.geometry import Vector
from workstation.domain.series import Instance, VoiWindow
from workstation.imaging.archive.member import open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.attributes import Candidate, frame_of
from workstation.imaging.dicom.components import components
from workstation.imaging.dicom.fallback import read_dataset
from workstation.imaging.dicom.moment import Moment
from workstation.imaging.dicom.series_info import SeriesInfo
from workstation.imaging.dicom.windows import function_of

if TYPE_CHECKING:
    from pydicom import Dataset

_Kind = TypeVar("_Kind")
_CONVERTED: Final = ("UnassignedPerFrameConvertedAttributesSequence", "UnassignedSharedConvertedAttributesSequence")
_FRAME_TYPES: Final = (
    "CTImageFrameTypeSequence",
    "MRImageFrameTypeSequence",
    "PETFrameTypeSequence",
    "XAXRFFrameCharacteristicsSequence",
    "XRay3DFrameTypeSequence",
    "USImageDescriptionSequence",
)
# Dimensions that count stacks and places, which positions tell better: StackID, InStackPositionNumber,
# ImagePositionPatient, PlanePositionSequence, PlaneOrientationSequence.
_PLACES: Final = frozenset({0x00209056, 0x00209057, 0x00200032, 0x00209113, 0x00209116})


def grouped_frames(path: str, frames: int, first: Candidate) -> list[Candidate]:
    """One candidate per frame. raises UNREADABLE"""
    with open_binary(path) as file:
        dataset, _ = read_dataset(file)
    with as_error(ErrorCode.UNREADABLE):
        shared = _items(dataset, "SharedFunctionalGroupsSequence")[:1]
        each = _items(dataset, "PerFrameFunctionalGroupsSequence")
        top = _Top.of(dataset, first)
        return [top.frame(index, _Groups((*each[index : index + 1], *shared))) for index in range(frames)]


@dataclass(frozen=True, slots=True)
class _Groups:
    """The functional groups that hold for a frame, its own first."""

    groups: Sequence[Dataset]

    def get(self, sequence: str, keyword: str) -> Any:
        """The element in the first group that has it with a value; None where none has it."""
        return next((value for value in self._values(sequence, keyword) if value is not None and value != ""), None)

    def _values(self, sequence: str, keyword: str) -> Iterator[Any]:
        for group in self.groups:
            for item in _items(group, sequence)[:1]:
                yield item.get(keyword)

    def items(self, *sequences: str) -> list[Dataset]:
        """The items of the first of these sequences that is there."""
        found = (_items(group, sequence) for sequence in sequences for group in self.groups)
        return next((items for items in found if items), [])

    def converted(self, keyword: str) -> Any:
        """What a legacy converted file took over without a place of its own (PS3.3 A.70)."""
        return next(
            (value for name in _CONVERTED for value in self._values(name, keyword) if value not in (None, "")), None
        )


@dataclass(slots=True, eq=False)
class _Top:
    """What stands above all frames. `offset`: of the first frame within its concatenation."""

    first: Candidate
    offset: int
    counted: tuple[int, ...]
    agent: str
    body_part: str
    _series: dict[SeriesInfo, SeriesInfo] = field(default_factory=dict)

    @staticmethod
    def of(dataset: Dataset, first: Candidate) -> _Top:
        pointers = [int(item.get("DimensionIndexPointer") or 0) for item in _items(dataset, "DimensionIndexSequence")]
        return _Top(
            first=first,
            offset=int(dataset.get("ConcatenationFrameOffsetNumber") or 0),
            counted=tuple(k for k, pointer in enumerate(pointers) if pointer and pointer not in _PLACES),
            agent=_meaning(_items(dataset, "ContrastBolusAgentSequence")),
            body_part=_meaning(_items(dataset, "AnatomicRegionSequence")),
        )

    def frame(self, index: int, groups: _Groups) -> Candidate:
        instance = self._instance(frame_of(self.first.instance, index), index, groups)
        series = self._series_info(groups)
        return Candidate(instance, series, self._moment(groups, series))

    def _instance(self, instance: Instance, index: int, groups: _Groups) -> Instance:
        cosines = _numbers(groups.get("PlaneOrientationSequence", "ImageOrientationPatient"))
        row, column = (_vector(cosines[:3]), _vector(cosines[3:])) if len(cosines) == 6 else (None, None)
        spacing = _numbers(groups.get("PixelMeasuresSequence", "PixelSpacing"))
        slope = _number(groups.get("PixelValueTransformationSequence", "RescaleSlope"))
        intercept = _number(groups.get("PixelValueTransformationSequence", "RescaleIntercept"))
        center = _number(groups.get("FrameVOILUTSequence", "WindowCenter"))
        width = _number(groups.get("FrameVOILUTSequence", "WindowWidth"))
        function = function_of(groups.get("FrameVOILUTSequence", "VOILUTFunction"))
        windowed = center is not None and width is not None and width >= 1
        return replace(
            instance,
            instance_number=self.offset + index + 1,
            position=_vector(_numbers(groups.get("PlanePositionSequence", "ImagePositionPatient")))
            or instance.position,
            row_cosine=row or instance.row_cosine,
            column_cosine=column or instance.column_cosine,
            spacing=(spacing[0], spacing[1]) if len(spacing) == 2 and min(spacing) > 0 else instance.spacing,
            slope=slope if slope is not None else instance.slope,
            intercept=intercept if intercept is not None else instance.intercept,
            window=VoiWindow(center=center or 0.0, width=width or 1.0, function=function)
            if windowed
            else instance.window,
        )

    def _series_info(self, groups: _Groups) -> SeriesInfo:
        """The file's, with what its frames say more exactly; equal ones are one object."""
        series = self.first.series
        frame_type = next((item.get("FrameType") for item in groups.items(*_FRAME_TYPES)), None)
        used = groups.get("ContrastBolusUsageSequence", "ContrastBolusAgentAdministered")
        agent = series.contrast or self.agent or _text(groups.converted("ContrastBolusAgent"))
        anatomy = groups.items("FrameAnatomySequence")
        region = _meaning([part for item in anatomy for part in _items(item, "AnatomicRegionSequence")])
        own = replace(
            series,
            image_type=tuple(_texts(frame_type)) or series.image_type,
            contrast="" if used == "NO" else agent or ("YES" if used == "YES" else ""),
            body_part=series.body_part or region or self.body_part or _text(groups.converted("BodyPartExamined")),
            laterality=_text(next((item.get("FrameLaterality") for item in anatomy), "")) or series.laterality,
            kernel="\\".join(_texts(groups.get("CTReconstructionSequence", "ConvolutionKernel")))
            or "\\".join(_texts(groups.converted("ConvolutionKernel")))
            or series.kernel,
            thickness=_number(groups.get("PixelMeasuresSequence", "SliceThickness")) or series.thickness,
            rescale_type=_text(groups.get("PixelValueTransformationSequence", "RescaleType")) or series.rescale_type,
        )
        return self._series.setdefault(own, own)

    def _moment(self, groups: _Groups, series: SeriesInfo) -> Moment:
        moment = self.first.moment
        content, cardiac = "FrameContentSequence", "CardiacSynchronizationSequence"
        echo_time = _number(groups.get("MREchoSequence", "EffectiveEchoTime"))
        b_value = _number(groups.get("MRDiffusionSequence", "DiffusionBValue"))
        way = _numbers(groups.get("MRDiffusionSequence", "DiffusionGradientOrientation")) or _numbers(
            next((i.get("DiffusionGradientOrientation") for d in groups.items("MRDiffusionSequence")
                  for i in _items(d, "DiffusionGradientDirectionSequence")), None)
        )  # fmt: skip
        trigger = _number(groups.get(cardiac, "NominalCardiacTriggerDelayTime"))
        percent = _number(groups.get(cardiac, "NominalPercentageOfCardiacPhase"))
        temporal = _integer(groups.get(content, "TemporalPositionIndex"))
        inversion = _number(groups.get("MRModifierSequence", "InversionTimes"))
        flip = _number(groups.get("MRTimingAndRelatedParametersSequence", "FlipAngle"))
        offset = _number(groups.get("TemporalPositionSequence", "TemporalPositionTimeOffset"))
        acquisition = _integer(groups.get(content, "FrameAcquisitionNumber"))
        time = groups.get(content, "FrameReferenceDateTime") or groups.get(content, "FrameAcquisitionDateTime")
        index = _numbers(groups.get(content, "DimensionIndexValues"))
        complexity = next((item.get("ComplexImageComponent") for item in groups.items(*_FRAME_TYPES)), None)
        old = groups.converted
        return replace(
            moment,
            echo=_either(_integer(old("EchoNumbers")), moment.echo),
            echo_time=_either(echo_time, _number(old("EchoTime")), moment.echo_time),
            inversion_time=_either(inversion, _number(old("InversionTime")), moment.inversion_time),
            flip_angle=_either(flip, _number(old("FlipAngle")), moment.flip_angle),
            kvp=_either(_number(groups.get("CTXRayDetailsSequence", "KVP")), moment.kvp),
            temporal=_either(temporal, _integer(old("TemporalPositionIdentifier")), moment.temporal),
            acquisition=_either(acquisition, _integer(old("AcquisitionNumber")), moment.acquisition),
            trigger_time=_either(trigger, _number(old("TriggerTime")), moment.trigger_time),
            cardiac_percent=_either(percent, moment.cardiac_percent),
            reference_time=_either(offset, moment.reference_time),
            b_value=_either(b_value, _number(old("DiffusionBValue")), moment.b_value),
            direction=tuple(round(value, 4) for value in way) or moment.direction,
            time=_text(time) or _text(old("AcquisitionTime")),
            content_time=_text(old("ContentTime")),
            stack=_text(groups.get(content, "StackID")),
            component=components(series.image_type, _text(complexity)),
            dimensions=tuple(int(index[k]) for k in self.counted if k < len(index)),
        )


def _items(dataset: Dataset, keyword: str) -> list[Dataset]:
    return list(dataset.get(keyword) or [])


def _meaning(items: Iterable[Dataset]) -> str:
    """The words of the first code."""
    return next((_text(item.get("CodeMeaning")) for item in items if item.get("CodeMeaning")), "")


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _texts(value: Any) -> list[str]:
    """The values of an element that may hold several."""
    if value is None:
        return []
    return [_text(value)] if isinstance(value, str) else [_text(part) for part in value]


def _numbers(value: Any) -> tuple[float, ...]:
    """All values; none where one is no finite number."""
    if value is None or isinstance(value, str | bytes):
        return ()
    values = tuple(float(part) for part in value) if hasattr(value, "__len__") else (float(value),)
    return values if all(map(math.isfinite, values)) else ()


def _number(value: Any) -> float | None:
    if isinstance(value, str) and value:
        value = float(value)
    return next(iter(_numbers(value)), None)


def _integer(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None else None


def _vector(values: Sequence[float]) -> Vector | None:
    return (values[0], values[1], values[2]) if len(values) == 3 else None


def _either(*values: _Kind | None) -> _Kind | None:
    """The first that is there, zero included."""
    return next((value for value in values if value is not None), None)
