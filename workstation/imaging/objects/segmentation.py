"""SEG → label volumes: binary, fractional and label map (DICOM PS3.3 A.51, C.8.20).

Frames come in any order and may leave slices out; binary ones are packed across bytes without padding of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis, Measurement
from workstation.domain.overlaid import Rgb
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words, say, say_count
from workstation.imaging.objects.colour import rgb_of
from workstation.imaging.objects.content import Content, part
from workstation.imaging.objects.file import Texts, dataset_of, first, items, number, numbers, uid
from workstation.imaging.objects.frame_places import FramePlace, grids_of, judged
from workstation.imaging.objects.frames import stored_frames
from workstation.imaging.objects.label_layers import LabelLayers
from workstation.imaging.objects.placing import SeriesPlace, unplaced

if TYPE_CHECKING:
    from pydicom import Dataset

_LARGEST: Final = 2**31  # bytes of a file; what precedes the pixels is bounded by the worker's memory
_MOST_FRAMES: Final = 65_536
_FRAMES_AT_ONCE: Final = 256
_LABEL_MAP: Final = "1.2.840.10008.5.1.4.1.1.66.7"
_HALF: Final = 0.5  # of the highest value of a fractional segment: painted from there on
_VOLUME: Final = say("Volume")


@dataclass(frozen=True, slots=True)
class _Segment:
    number: int
    label: str
    category: str
    colour: Rgb | None


@dataclass(frozen=True, slots=True)
class _Frame:
    """`segment` 0: a label map, which has them all."""

    index: int
    segment: int
    place: FramePlace


def read(path: str, name: str, series: SeriesPlace) -> Content:
    """raises NOT_FOUND, UNREADABLE, TOO_LARGE, TOO_MANY_FRAMES, what decoding raises"""
    dataset = dataset_of(path, _LARGEST)
    texts = Texts(dataset)
    segments = {one.number: one for one in _segments(dataset, texts)}
    frames = list(_frames(dataset, series))
    placement = judged([frame.place for frame in frames], uid(dataset, "FrameOfReferenceUID"), series)
    kept = [frame for frame in frames if frame.place.placed]
    notes: list[Words] = []
    layers = LabelLayers("segmentation")
    if placement.state.painted:
        grids = grids_of([frame.place for frame in kept], series)
        laid = [frame for frame in kept if frame.place in grids]
        if len(laid) < len(frames):
            notes.append(unplaced(len(frames) - len(laid)))
        with_values = _decoded(path, dataset, laid, segments, notes)
        for frame, values in with_values:
            layers.add(grids[frame.place], frame.segment, values, frame.place)
    masks, labels = layers.made(names={number: say("{text}", text=one.label) for number, one in segments.items()})
    shown = sorted(set(segments) | set(labels))
    findings, colours = [], {}
    for place, segment_number in enumerate(shown, start=1):
        segment = segments.get(segment_number, _Segment(segment_number, "", "", None))
        shapes = labels.get(segment_number, ())
        finding = part(name, place, "segment", _label(segment), shapes, _measured(segment, shapes, masks, series))
        findings.append(finding)
        if segment.colour is not None:
            colours[finding.id] = segment.colour
    if placement.state.painted:
        empty = sum(not finding.shapes for finding in findings)
        if empty:
            notes.append(say_count("{count} segment is empty.", "{count} segments are empty.", empty))
    return Content(
        placement=placement,
        findings=tuple(findings),
        masks=masks,
        colours=colours,
        in_pixels=series.in_pixels,
        notes=tuple(notes),
    )


def _label(segment: _Segment) -> Words:
    if segment.label:
        return say("{text}", text=segment.label)
    return say("Segment {number}", number=segment.number)


def _measured(
    segment: _Segment, shapes: Sequence[Mask], masks: Sequence[LabelVolume], series: SeriesPlace
) -> list[Measurement]:
    found: list[Measurement] = []
    if shapes and not series.in_pixels:
        named = {mask.name: mask for mask in masks}
        volume = 0.0
        for shape in shapes:
            step, row, column = named[shape.volume].geometry.spacing_zyx
            volume += named[shape.volume].voxels.get(shape.label, 0) * step * row * column / 1000
        found.append(Measurement(name="volume", label=_VOLUME, value=volume, unit="mL", basis=Basis.VENDOR))
    if segment.category:
        category = say("Category")
        found.append(Measurement(name="category", label=category, value=segment.category, unit="", basis=Basis.VENDOR))
    return found


def _segments(dataset: Dataset, texts: Texts) -> Iterator[_Segment]:
    for item in items(dataset, "SegmentSequence"):
        at = number(item, "SegmentNumber")
        if not at:  # 0 is the background of a label map
            continue
        _, category = texts.code(item, "SegmentedPropertyCategoryCodeSequence")
        _, kind = texts.code(item, "SegmentedPropertyTypeCodeSequence")
        label = texts.of(item, "SegmentLabel") or kind
        said = " · ".join(dict.fromkeys(filter(None, (category, kind if kind != label else ""))))
        yield _Segment(int(at), label, said, rgb_of(numbers(item, "RecommendedDisplayCIELabValue")))


def _frames(dataset: Dataset, series: SeriesPlace) -> Iterator[_Frame]:
    """raises TOO_MANY_FRAMES"""
    count = int(dataset.get("NumberOfFrames") or 1)
    if count > _MOST_FRAMES:
        raise WorkstationError(ErrorCode.TOO_MANY_FRAMES, frames=count, limit=_MOST_FRAMES)
    shared = first(dataset, "SharedFunctionalGroupsSequence")
    per_frame = items(dataset, "PerFrameFunctionalGroupsSequence")
    label_map = _is_label_map(dataset)
    shape = (int(dataset.Rows), int(dataset.Columns))
    for index in range(count):
        own = per_frame[index] if index < len(per_frame) else None
        segment = 0 if label_map else _segment_of(own, shared, dataset)
        yield _Frame(index, segment, FramePlace.of(own, shared, shape, dataset, series))


def _is_label_map(dataset: Dataset) -> bool:
    return uid(dataset, "SOPClassUID") == _LABEL_MAP or dataset.get("SegmentationType") == "LABELMAP"


def _segment_of(own: Dataset | None, shared: Dataset | None, dataset: Dataset) -> int:
    for group in (own, shared):
        item = first(group, "SegmentIdentificationSequence") if group is not None else None
        at = number(item, "ReferencedSegmentNumber") if item is not None else None
        if at is not None:
            return int(at)
    only = items(dataset, "SegmentSequence")
    return int(number(only[0], "SegmentNumber") or 1) if len(only) == 1 else 0


def _decoded(
    path: str, dataset: Dataset, frames: Sequence[_Frame], segments: dict[int, _Segment], notes: list[Words]
) -> Iterator[tuple[_Frame, npt.NDArray[np.uint16]]]:
    """Each frame as segment numbers [row, column]; of one segment: 1 where it is."""
    most = float(dataset.get("MaximumFractionalValue") or 255)
    fractional = dataset.get("SegmentationType") == "FRACTIONAL"
    if fractional and segments:
        notes.append(say("A fractional segmentation is painted from half of its highest value on."))
    by_index = {frame.index: frame for frame in frames}
    for index, stored in stored_frames(path, dataset, by_index):
        frame = by_index[index]
        yield frame, _as_labels(stored, frame.segment, fractional, most)


def _as_labels(stored: npt.NDArray[Any], segment: int, fractional: bool, most: float) -> npt.NDArray[np.uint16]:
    if segment == 0:
        return stored.astype(np.uint16)
    inside = stored >= most * _HALF if fractional else stored != 0
    return np.asarray(inside, dtype=np.uint16)
