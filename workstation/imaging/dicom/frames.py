"""Frames of enhanced multi-frame objects, from their functional groups (PS3.3 C.7.6.16).

What stands in a frame's own group goes before what all frames share, and that before the elements at the top.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Final, TypeVar

from workstation.domain.calibration import IN_PATIENT
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance
from workstation.imaging.archive.member import open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.dicom import groups as g
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.attributes import Candidate, frame_of
from workstation.imaging.dicom.bounded import bounded
from workstation.imaging.dicom.charset import charset_of
from workstation.imaging.dicom.components import components
from workstation.imaging.dicom.header import Header, NeedsWorker
from workstation.imaging.dicom.moment import Moment
from workstation.imaging.dicom.nest import Item, read_items
from workstation.imaging.dicom.series_info import SeriesInfo
from workstation.imaging.dicom.tags import Tag
from workstation.imaging.dicom.text import (
    double,
    first_number,
    floats,
    integer,
    numbers,
    plain,
    plains,
    short,
    single,
    spacing_pair,
    vector,
)
from workstation.imaging.dicom.walk import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, Odd, Short, walk
from workstation.imaging.dicom.windows import windows_of

_FOREIGN: Final = frozenset({BIG_ENDIAN, DEFLATED})
_Kind = TypeVar("_Kind")
# Dimensions that count stacks and places, which positions tell better: StackID, InStackPositionNumber,
# ImagePositionPatient, PlanePositionSequence, PlaneOrientationSequence.
_PLACES: Final = frozenset(
    tags.tag(0x0020, element) for element in (0x9056, 0x9057, 0x0032, 0x9113, 0x9116)
)  # fmt: skip


def grouped_frames(header: Header, frames: int, first: Candidate, *, plain_only: bool = False) -> list[Candidate]:
    """One candidate per frame.

    plain_only  raise NeedsWorker for what our own reader refuses, instead of handing it to pydicom here
    raises      UNREADABLE, NeedsWorker
    """
    top = read_top(header, plain_only=plain_only)
    shared = top.items.get(g.SHARED, [])[:1]
    each = top.items.get(g.PER_FRAME, [])
    above = _Top.of(header, top, first)
    return [above.frame(index, _Groups((*each[index : index + 1], *shared))) for index in range(frames)]


def read_top(header: Header, *, plain_only: bool) -> Item:
    """What stands above all frames, with the functional groups. raises UNREADABLE, NeedsWorker"""
    if header.pixels is not None and header.pixels[0] and header.syntax not in _FOREIGN:
        with open_binary(header.path) as file:
            data = file.read(header.pixels[0])
        try:
            return _top(data, header.file_bytes, explicit=header.syntax != IMPLICIT)
        except (Odd, Short, struct.error):
            pass  # pydicom may know what it is
    if plain_only:
        raise NeedsWorker
    data = _rewritten(header)
    try:
        return _top(data, len(data), explicit=True)
    except (Odd, Short, struct.error):
        raise WorkstationError(ErrorCode.UNREADABLE) from None


def _top(data: bytes, size: int, *, explicit: bool) -> Item:
    """The sequences of the top level with what is wanted of them. raises Odd, Short, struct.error"""
    top = Item()
    for element in walk(data, size)[1]:
        inner = g.TOP.get(element.tag)
        if inner is not None and element.end > element.value:
            top.items[element.tag] = read_items(data, element.value, element.end, explicit=explicit, wanted=inner)
        elif element.tag in g.TOP_VALUES:
            top.values[element.tag] = data[element.value : element.end]
    return top


def _rewritten(header: Header) -> bytes:
    """The wanted elements of a file that isn't plain little endian, as a plain one has them. raises UNREADABLE"""
    from pydicom import Dataset, dcmread, dcmwrite
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import UID

    with as_error(ErrorCode.UNREADABLE), open_binary(header.path) as file:
        dataset = dcmread(bounded(file), stop_before_pixels=True, force=True)
        kept = Dataset()
        for key in (*g.TOP, *g.TOP_VALUES):
            group, element = tags.number(key)
            if (group, element) in dataset:
                kept[group, element] = dataset[group, element]
        kept.file_meta = FileMetaDataset()
        kept.file_meta.TransferSyntaxUID = UID(EXPLICIT)
        buffer = BytesIO()
        dcmwrite(buffer, kept, implicit_vr=False, little_endian=True)
        plain_bytes = buffer.getvalue()
        mark = b"" if plain_bytes[128:132] == b"DICM" else bytes(128) + b"DICM"
        return mark + plain_bytes


@dataclass(frozen=True, slots=True)
class _Groups:
    """The functional groups that hold for a frame, its own first."""

    groups: Sequence[Item]

    def get(self, sequence: Tag, key: Tag) -> bytes:
        """The element in the first group that has it with a value; b"" where none has it."""
        for group in self.groups:
            value = group.value(sequence, key)
            if value:
                return value
        return b""

    def items(self, sequence: Tag) -> list[Item]:
        """The items of a sequence in the first group that has it."""
        return next((group.items[sequence] for group in self.groups if sequence in group.items), [])

    def frame_type(self, key: Tag) -> bytes:
        return next((value for sequence in g.FRAME_TYPES if (value := self.get(sequence, key))), b"")

    def converted(self, key: Tag) -> bytes:
        """What a legacy converted file took over without a place of its own (PS3.3 A.70)."""
        return self.get(g.CONVERTED_FRAME, key) or self.get(g.CONVERTED_SHARED, key)


@dataclass(slots=True, eq=False)
class _Top:
    """What stands above all frames.

    offset   of the first frame within its concatenation
    counted  which of the dimensions count something other than places
    """

    first: Candidate
    offset: int
    counted: tuple[int, ...]
    agent: str
    body_part: str
    declared: bytes
    _series: dict[tuple[object, ...], SeriesInfo] = field(default_factory=dict)

    @staticmethod
    def of(header: Header, top: Item, first: Candidate) -> _Top:
        declared = header.values.get(tags.CHARSET, b"")
        pointers = [item.values.get(g.POINTER, b"") for item in top.items.get(g.DIMENSIONS, ())]
        return _Top(
            first=first,
            offset=int.from_bytes(top.values.get(g.CONCATENATION_OFFSET, b""), "little"),
            counted=tuple(k for k, pointer in enumerate(pointers) if pointer and pointer not in _PLACES),
            agent=_text(top.value(g.AGENTS, g.MEANING), declared),
            body_part=_text(top.value(g.REGION, g.MEANING), declared),
            declared=declared,
        )

    def frame(self, index: int, groups: _Groups) -> Candidate:
        instance = self._instance(frame_of(self.first.instance, index), index, groups)
        series = self._series_info(groups)
        return Candidate(instance, series, self._moment(groups, series))

    def _instance(self, instance: Instance, index: int, groups: _Groups) -> Instance:
        six = numbers(groups.get(g.PLANE_ORIENTATION, g.ORIENTATION)) or ()
        placed = len(six) == 6
        spacing = spacing_pair(groups.get(g.MEASURES, g.SPACING))
        slope = first_number(groups.get(g.TRANSFORMATION, g.SLOPE))
        intercept = first_number(groups.get(g.TRANSFORMATION, g.INTERCEPT))
        windows = windows_of(*(groups.get(g.VOI, key) for key in g.WINDOW))
        return replace(
            instance,
            instance_number=self.offset + index + 1,
            position=vector(groups.get(g.PLANE_POSITION, g.POSITION)) or instance.position,
            row_cosine=(six[0], six[1], six[2]) if placed else instance.row_cosine,
            column_cosine=(six[3], six[4], six[5]) if placed else instance.column_cosine,
            spacing=spacing or instance.spacing,
            calibration=IN_PATIENT if spacing else instance.calibration,
            slope=slope or instance.slope,  # 0 is no slope
            intercept=intercept if intercept is not None else instance.intercept,
            window=windows[0] if windows else instance.window,
            more_windows=windows[1:] if windows else instance.more_windows,
        )

    def _series_info(self, groups: _Groups) -> SeriesInfo:
        """The file's, with what its frames say more exactly; equal ones are one object."""
        anatomy = groups.items(g.ANATOMY)[:1]
        region = next(
            (part.values.get(g.MEANING, b"") for item in anatomy for part in item.items.get(g.REGION, ())), b""
        )
        laterality = anatomy[0].values.get(g.LATERALITY, b"") if anatomy else b""
        raw = (
            groups.frame_type(g.FRAME_TYPE),
            groups.get(g.CONTRAST_USAGE, g.AGENT_GIVEN),
            groups.converted(g.AGENT),
            region or groups.converted(g.BODY_PART),
            laterality,
            groups.get(g.RECONSTRUCTION, g.KERNEL) or groups.converted(g.KERNEL),
            groups.get(g.MEASURES, g.THICKNESS),
            groups.get(g.TRANSFORMATION, g.RESCALE_TYPE),
            bool(groups.get(g.TRANSFORMATION, g.SLOPE) or groups.get(g.TRANSFORMATION, g.INTERCEPT)),
        )
        known = self._series.get(raw)
        if known is None:
            known = self._series[raw] = self._series_of(*raw)
        return known

    def _series_of(
        self,
        frame_type: bytes,
        given: bytes,
        converted_agent: bytes,
        region: bytes,
        laterality: bytes,
        kernel: bytes,
        thickness: bytes,
        rescale_type: bytes,
        rescaled: bool,
    ) -> SeriesInfo:
        series, used = self.first.series, plain(given)
        agent = series.contrast or self.agent or _text(converted_agent, self.declared)
        return replace(
            series,
            image_type=plains(frame_type) or series.image_type,
            contrast="" if used == "NO" else agent or ("YES" if used == "YES" else ""),
            body_part=series.body_part or _text(region, self.declared) or self.body_part,
            laterality=plain(laterality) or series.laterality,
            kernel=_text(kernel, self.declared) or series.kernel,
            thickness=first_number(thickness) or series.thickness,
            rescale_type=plain(rescale_type) or series.rescale_type,
            rescaled=rescaled or series.rescaled,
        )

    def _moment(self, groups: _Groups, series: SeriesInfo) -> Moment:
        moment, get, old = self.first.moment, groups.get, groups.converted
        ways = [way.values.get(g.GRADIENT_WAY, b"") for item in groups.items(g.DIFFUSION)[:1]
                for way in item.items.get(g.GRADIENT, ())[:1]]  # fmt: skip
        way = get(g.DIFFUSION, g.GRADIENT_WAY) or next(iter(ways), b"")
        index = get(g.CONTENT, g.INDEX_VALUES)
        counts = struct.unpack_from(f"<{len(index) // 4}I", index)
        time = get(g.CONTENT, g.REFERENCED) or get(g.CONTENT, g.ACQUIRED) or old(g.ACQUISITION_TIME)
        return replace(
            moment,
            echo=_either(integer(old(g.ECHO_NUMBER)), moment.echo),
            echo_time=_either(double(get(g.ECHO, g.EFFECTIVE_ECHO)), first_number(old(g.ECHO_TIME)), moment.echo_time),
            inversion_time=_either(
                double(get(g.MODIFIER, g.INVERSIONS)), first_number(old(g.INVERSION_TIME)), moment.inversion_time
            ),
            flip_angle=_either(
                first_number(get(g.TIMING, g.FLIP_ANGLE)), first_number(old(g.FLIP_ANGLE)), moment.flip_angle
            ),
            kvp=_either(first_number(get(g.X_RAY, g.KVP)), moment.kvp),
            temporal=_either(
                _count(get(g.CONTENT, g.TEMPORAL_INDEX)), integer(old(g.TEMPORAL_POSITION)), moment.temporal
            ),
            acquisition=_either(
                short(get(g.CONTENT, g.FRAME_ACQUISITION)), integer(old(g.ACQUISITION)), moment.acquisition
            ),
            trigger_time=_either(
                double(get(g.CARDIAC, g.TRIGGER_DELAY)), first_number(old(g.TRIGGER_TIME)), moment.trigger_time
            ),
            cardiac_percent=_either(single(get(g.CARDIAC, g.CARDIAC_PERCENT)), moment.cardiac_percent),
            reference_time=_either(double(get(g.TEMPORAL, g.TIME_OFFSET)), moment.reference_time),
            b_value=_either(double(get(g.DIFFUSION, g.B_VALUE)), double(old(g.B_VALUE)), moment.b_value),
            direction=tuple(round(value, 4) for value in floats(way)) or moment.direction,
            time=plain(time) or moment.time,
            content_time=plain(old(g.CONTENT_TIME)) or moment.content_time,
            stack=plain(get(g.CONTENT, g.STACK_ID)),
            component=components(series.image_type, plain(groups.frame_type(g.COMPLEX))),
            dimensions=tuple(counts[k] for k in self.counted if k < len(counts)),
        )


def _text(raw: bytes, declared: bytes) -> str:
    return charset_of(declared, [raw]).text(raw.strip(b"\0 "))


def _count(raw: bytes) -> int | None:
    """A 32-bit count."""
    return int.from_bytes(raw[:4], "little") if len(raw) >= 4 else None


def _either(*values: _Kind | None) -> _Kind | None:
    """The first that is there, zero included."""
    return next((value for value in values if value is not None), None)
