"""A header's raw values → domain values: what a series shares, and what each frame has of its own."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, make_dataclass, replace
from typing import Final, cast

from workstation.domain.calibration import Calibration, Spacing
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Vector
from workstation.domain.series import Instance, PixelFormat, VoiWindow
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.header import Header, NeedsWorker
from workstation.imaging.dicom.kinds import NUCLEAR, SLICES
from workstation.imaging.dicom.moment import MOMENT_TAGS, Moment, moment_of
from workstation.imaging.dicom.regions import regions_of
from workstation.imaging.dicom.series_info import SeriesInfo, rescaling, series_info
from workstation.imaging.dicom.sizes import SIZE_TAGS, size_of
from workstation.imaging.dicom.tags import Tag
from workstation.imaging.dicom.text import integer, numbers, plain, plains, short, vector
from workstation.imaging.dicom.walk import EXPLICIT, IMPLICIT, RLE, Template
from workstation.imaging.dicom.windows import table_type, tables_of, windows_of

_MOST_GROUPS: Final = 4 * 2**20  # bytes of functional groups that are read without a worker
MOST_FRAMES: Final = 100_000
_LEAST_FRAME: Final = 8  # bytes of a compressed one: the header of its item, or of films a good part of what they hold
_SMALL_FRAME: Final = 4096  # bytes; that a file claims many frames that it does not hold, gives it no time
_A_FRAME_S: Final = 0.002  # for the functional groups of one, by a slow computer
_PIXEL_TAGS: Final = (
    tags.ROWS,
    tags.COLUMNS,
    tags.SAMPLES,
    tags.PHOTOMETRIC,
    tags.BITS_ALLOCATED,
    tags.BITS_STORED,
    tags.HIGH_BIT,
    tags.SIGNED,
)
_FRAME_TAGS: Final = (tags.FRAMES, tags.SHARED_GROUPS, tags.FRAME_GROUPS)
_FLOAT_PADDINGS: Final = (
    (tags.FLOAT_PADDING, tags.FLOAT_PADDING_LIMIT, "<f"),
    (tags.DOUBLE_PADDING, tags.DOUBLE_PADDING_LIMIT, "<d"),
)
_KIND_TAGS: Final = frozenset(
    {tags.SOP_CLASS, tags.MEDIA_CLASS, *_PIXEL_TAGS, *_FRAME_TAGS, *SIZE_TAGS, tags.ORIENTATION,
     tags.PATIENT_ORIENTATION, tags.PIXEL_ASPECT, tags.SLOPE, tags.INTERCEPT, tags.MODALITY_LUT, tags.PADDING,
     tags.PADDING_LIMIT, *(tag for both in _FLOAT_PADDINGS for tag in both[:2]), tags.VOI_LUT, tags.US_REGIONS}
)  # fmt: skip
_ROUNDED: Final = 2.0**-21  # of a number of single precision that was multiplied and added to
_WAYS: Final = frozenset("LRAPHF")
_TOMOGRAPHIC: Final = frozenset({"RECON TOMO", "RECON GATED TOMO"})  # PS3.3 C.8.4.9.1.3
_WINDOW_TAGS: Final = (tags.WINDOW_CENTER, tags.WINDOW_WIDTH, tags.WINDOW_NAMES, tags.WINDOW_FUNCTION)
_FIELDS: Final = tuple(one.name for one in fields(Instance))
_Open: Final = make_dataclass("_Open", _FIELDS, slots=True)  # lies in memory as an instance does
_PATH, _FILE_BYTES, _SOP_INSTANCE, _NUMBER, _POSITION = map(
    _FIELDS.index, ("path", "file_bytes", "sop_instance_uid", "instance_number", "position")
)
_WINDOW, _MORE_WINDOWS, _PIXEL_OFFSET, _ITEMS_OFFSET = map(
    _FIELDS.index, ("window", "more_windows", "pixel_offset", "items_offset")
)


@dataclass(slots=True)  # not frozen, which takes three times as long to make: there is one for each file
class Candidate:
    """One frame before it has found its stack."""

    instance: Instance
    series: SeriesInfo
    moment: Moment


def frame_bytes(pixels: PixelFormat) -> int:
    """Size of one uncompressed frame; 1-bit frames are packed without padding between them, so this rounds up."""
    samples = 2 if pixels.photometric == "YBR_FULL_422" and pixels.samples == 3 else pixels.samples
    return (pixels.rows * pixels.columns * samples * pixels.bits_allocated + 7) // 8


@dataclass(slots=True, eq=False)
class _Plan:
    """What the files of one template need not decode again: `first` stands for all but a few fields of its instance."""

    template: Template  # kept, so that its id stays its own
    series_tags: tuple[Tag, ...]
    moment_tags: tuple[Tag, ...]
    first: Candidate
    fields: list[object]  # of its instance, in their order
    frame_bytes: int
    native: bool
    own_window: bool


@dataclass(slots=True, eq=False)
class AttributeReader:
    """Decodes headers; equal raw values are decoded once. One per scan, not shared between threads.

    plain_only  raise NeedsWorker where pydicom has to be asked for more, instead of asking it here
    """

    plain_only: bool = False
    _series: dict[tuple[object, ...], SeriesInfo] = field(default_factory=dict)
    _changed: dict[tuple[object, ...], SeriesInfo] = field(default_factory=dict)
    _plans: dict[int, _Plan | None] = field(default_factory=dict)
    _planned: dict[tuple[object, ...], SeriesInfo] = field(default_factory=dict)
    _pixels: dict[tuple[bytes | None, ...], PixelFormat] = field(default_factory=dict)
    _moments: dict[tuple[object, ...], Moment] = field(default_factory=dict)
    _windows: dict[tuple[bytes, ...], tuple[VoiWindow, ...]] = field(default_factory=dict)
    _cosines: dict[bytes | None, tuple[Vector, Vector] | None] = field(default_factory=dict)
    _pairs: dict[bytes, tuple[float, float] | None] = field(default_factory=dict)
    _sizes: dict[tuple[bytes | None, ...], tuple[Spacing | None, Calibration]] = field(default_factory=dict)

    def candidates(self, header: Header) -> list[Candidate]:
        """Every frame of an image file. raises NO_PIXELS, UNREADABLE, TRUNCATED, TOO_LARGE; NeedsWorker"""
        if header.pixels is None:
            raise WorkstationError(ErrorCode.NO_PIXELS)
        like = self.like_others(header)
        if like is not None:
            return [like]
        values = header.values
        series = self._series_of(values)
        if tags.MODALITY_LUT in values:
            if self.plain_only:
                raise NeedsWorker
            kind = table_type(header.path)
            if kind is None:
                values = {key: value for key, value in values.items() if key != tags.MODALITY_LUT}
            elif series.modality == "CT":  # of others it doesn't matter what the values are
                series = self._as(series, rescale_type=kind, rescaled=kind == "HU")
            elif series.rescaled is None:
                series = self._as(series, rescaled=False)
        first = self._instance(header, values, series)
        moment = self._moment(values)
        if header.template is not None and id(header.template) not in self._plans:
            self._plans[id(header.template)] = _plan(header.template, Candidate(first, series, moment))
        raw_frames = values.get(tags.FRAMES)
        grouped = tags.SHARED_GROUPS in values or tags.FRAME_GROUPS in values
        if raw_frames is None and not grouped:
            return [Candidate(first, series, moment)]
        frames = integer(raw_frames) or 1
        if not 1 <= frames <= MOST_FRAMES:
            raise WorkstationError(ErrorCode.UNREADABLE)
        offset, length = header.pixels
        missing = offset + _LEAST_FRAME * frames - header.file_bytes
        if length < 0 and missing > 0:
            raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=missing)
        if grouped:
            if self.plain_only and header.pixels[0] > _MOST_GROUPS:
                raise NeedsWorker
            from workstation.imaging.dicom.frames import grouped_frames
            from workstation.imaging.worker import PATIENCE_S, more_time

            more_time(PATIENCE_S + _A_FRAME_S * min(frames, header.file_bytes // _SMALL_FRAME))
            return grouped_frames(header, frames, Candidate(first, series, moment), plain_only=self.plain_only)
        nuclear = series.sop_class_uid == NUCLEAR and not _TOMOGRAPHIC.isdisjoint(series.image_type)
        if nuclear or (frames > 1 and series.sop_class_uid in SLICES):
            if self.plain_only and header.pixels[0] > _MOST_GROUPS:
                raise NeedsWorker
            from workstation.imaging.dicom.spaced import spaced_frames

            return spaced_frames(header, frames, Candidate(first, series, moment), plain_only=self.plain_only)
        if frames == 1:
            return [Candidate(first, series, moment)]
        return [Candidate(frame_of(first, index), series, moment) for index in range(frames)]

    def like_others(self, header: Header) -> Candidate | None:
        """The one frame of an image file that differs in a few values from others; None: it has to be decoded in full.

        raises TRUNCATED
        """
        plan = self._plans.get(id(header.template))
        if plan is None:
            return None
        own, like = header.own, plan.first
        series, moment = like.series, like.moment
        if plan.series_tags:
            key = (id(plan), *[own[tag] for tag in plan.series_tags])
            known = self._planned.get(key)
            series = self._planned[key] = self._series_of(header.values) if known is None else known
        if plan.moment_tags:
            moment_key = (id(plan), *[own[tag] for tag in plan.moment_tags])
            of_key = self._moments.get(moment_key)
            moment = self._moments[moment_key] = moment_of(header.values) if of_key is None else of_key
        offset, length = header.pixels or (0, 0)
        if plan.native:
            missing = plan.frame_bytes - min(header.file_bytes - offset, length)
            if missing > 0:
                raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=missing)
        values = plan.fields.copy()
        values[_PATH], values[_FILE_BYTES] = header.path, header.file_bytes
        if tags.SOP_INSTANCE in own:
            values[_SOP_INSTANCE] = plain(own[tags.SOP_INSTANCE])
        if tags.INSTANCE_NUMBER in own:
            values[_NUMBER] = integer(own[tags.INSTANCE_NUMBER])
        if tags.POSITION in own:
            values[_POSITION] = vector(own[tags.POSITION])
        if plan.own_window:
            windows = self._windows_of(header.values)
            values[_WINDOW], values[_MORE_WINDOWS] = windows[0] if windows else None, windows[1:]
        if like.instance.pixel_offset is not None:
            values[_PIXEL_OFFSET] = offset
        if like.instance.items_offset is not None:
            values[_ITEMS_OFFSET] = offset if length < 0 else None
        return Candidate(_instance_of(values), series, moment)

    def _series_of(self, values: dict[Tag, bytes]) -> SeriesInfo:
        key = (rescaling(values)[2], *[values.get(tag) for tag in tags.SERIES_TAGS])
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = series_info(values)
        return series

    def _as(self, series: SeriesInfo, **changes: str | bool) -> SeriesInfo:
        """The same series with what only a library can read of its files."""
        key = (id(series), *changes.items())
        known = self._changed.get(key)
        if known is None:
            known = self._changed[key] = replace(series, **changes)  # type: ignore[arg-type]
        return known

    def _instance(self, header: Header, values: dict[Tag, bytes], series: SeriesInfo) -> Instance:
        pixels = self._pixel_format(values)
        assert header.pixels is not None
        offset, length = header.pixels
        native = header.syntax in (IMPLICIT, EXPLICIT)
        packed = header.syntax == RLE and length < 0
        if native:
            _check_length(pixels, integer(values.get(tags.FRAMES)) or 1, header.file_bytes - offset, length)
        cosines = self._orientation(values.get(tags.ORIENTATION))
        spacing, calibration = self._size(values)
        if tags.US_REGIONS in values:
            if self.plain_only:
                raise NeedsWorker
            spacing, calibration = regions_of(header.path, pixels) or (spacing, calibration)
        has_lut = tags.MODALITY_LUT in values
        slope, intercept, _ = rescaling(values)
        windows = self._windows_of(values)
        if tags.VOI_LUT in values:  # both may be there, and are alternatives: tables are the more deliberate
            if self.plain_only:
                raise NeedsWorker
            ends = (0.0, 65535.0) if has_lut else _reach(pixels, slope, intercept)
            windows = tables_of(header.path, ends) + windows
        return Instance(
            path=header.path,
            file_bytes=header.file_bytes,
            sop_class_uid=series.sop_class_uid,
            sop_instance_uid=plain(values.get(tags.SOP_INSTANCE)),
            transfer_syntax=header.syntax,
            pixels=pixels,
            instance_number=integer(values.get(tags.INSTANCE_NUMBER)),
            position=vector(values.get(tags.POSITION)),
            row_cosine=cosines[0] if cosines else None,
            column_cosine=cosines[1] if cosines else None,
            spacing=spacing,
            calibration=calibration,
            directions=_directions(values.get(tags.PATIENT_ORIENTATION)),
            aspect=self._pair(values[tags.PIXEL_ASPECT]) if not spacing and tags.PIXEL_ASPECT in values else None,
            slope=None if has_lut else slope,
            intercept=None if has_lut else intercept,
            padding=_padding(values, pixels) or _float_padding(values, slope, intercept),
            window=windows[0] if windows else None,
            more_windows=windows[1:],
            pixel_offset=offset if native and not has_lut and _is_plain(pixels) else None,
            items_offset=offset if packed and not has_lut and _is_plain(pixels) else None,
        )

    def _pixel_format(self, values: dict[Tag, bytes]) -> PixelFormat:
        key = tuple([values.get(tag) for tag in _PIXEL_TAGS])
        known = self._pixels.get(key)
        if known is None:
            known = self._pixels[key] = _pixel_format(values)
        return known

    def _orientation(self, raw: bytes | None) -> tuple[Vector, Vector] | None:
        if raw not in self._cosines:
            six = numbers(raw)
            cosines = ((six[0], six[1], six[2]), (six[3], six[4], six[5])) if six and len(six) == 6 else None
            self._cosines[raw] = cosines
        return self._cosines[raw]

    def _size(self, values: dict[Tag, bytes]) -> tuple[Spacing | None, Calibration]:
        key = tuple([values.get(tag) for tag in SIZE_TAGS])
        known = self._sizes.get(key)
        if known is None:
            known = self._sizes[key] = size_of(values)
        return known

    def _pair(self, raw: bytes) -> tuple[float, float] | None:
        if raw not in self._pairs:
            two = numbers(raw)
            self._pairs[raw] = (two[0], two[1]) if two and len(two) == 2 and min(two) > 0 else None
        return self._pairs[raw]

    def _windows_of(self, values: dict[Tag, bytes]) -> tuple[VoiWindow, ...]:
        key = tuple([values.get(tag, b"") for tag in _WINDOW_TAGS])
        known = self._windows.get(key)
        if known is None:
            known = self._windows[key] = windows_of(*key)
        return known

    def _moment(self, values: dict[Tag, bytes]) -> Moment:
        key = tuple([values.get(tag) for tag in MOMENT_TAGS])
        known = self._moments.get(key)
        if known is None:
            known = self._moments[key] = moment_of(values)
        return known


def _plan(template: Template, first: Candidate) -> _Plan | None:
    """None where the files of the template differ in something that has to be decoded for each."""
    own, instance = template.own, first.instance
    if not own.isdisjoint(_KIND_TAGS) or any(
        tag in template.fixed for tag in (*_FRAME_TAGS, tags.MODALITY_LUT, tags.VOI_LUT, tags.US_REGIONS)
    ):
        return None
    return _Plan(
        template=template,
        series_tags=tuple(tag for tag in tags.SERIES_TAGS if tag in own),
        moment_tags=tuple(tag for tag in MOMENT_TAGS if tag in own),
        first=first,
        fields=[getattr(instance, name) for name in _FIELDS],
        frame_bytes=frame_bytes(instance.pixels),
        native=instance.transfer_syntax in (IMPLICIT, EXPLICIT),
        own_window=not own.isdisjoint(_WINDOW_TAGS),
    )


def _instance_of(values: Sequence[object]) -> Instance:
    """By all its fields. A frozen record is made five times as slowly by its constructor, which checks nothing."""
    instance = _Open(*values)
    instance.__class__ = Instance
    return cast(Instance, instance)


def frame_of(first: Instance, index: int, number: int | None = None) -> Instance:
    """Another frame of the same file; `number` where it has an instance number of its own."""
    offset = first.pixel_offset
    if offset is not None:
        offset += index * frame_bytes(first.pixels)
    number = first.instance_number if number is None else number
    return replace(first, frame=index, instance_number=number, pixel_offset=offset, items_offset=None)


def _check_length(pixels: PixelFormat, frames: int, in_file: int, declared: int) -> None:
    needed = (frame_bytes(pixels) * frames) if pixels.bits_allocated != 1 else (
        (pixels.rows * pixels.columns * pixels.samples * frames + 7) // 8
    )  # fmt: skip
    if declared < 0:  # items of a compressed frame, whatever the meta information says
        raise WorkstationError(ErrorCode.DECODE_FAILED)
    missing = needed - min(in_file, declared)
    if missing > 0:
        raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=missing)


def _pixel_format(values: dict[Tag, bytes]) -> PixelFormat:
    rows, columns = short(values.get(tags.ROWS)), short(values.get(tags.COLUMNS))
    allocated = short(values.get(tags.BITS_ALLOCATED))
    if not rows or not columns or allocated not in (1, 8, 12, 16, 32, 64):
        raise WorkstationError(ErrorCode.UNREADABLE)
    stored = short(values.get(tags.BITS_STORED)) or allocated
    stored = min(stored, allocated)
    high = short(values.get(tags.HIGH_BIT))
    return PixelFormat(
        rows=rows,
        columns=columns,
        samples=short(values.get(tags.SAMPLES)) or 1,
        photometric=plain(values.get(tags.PHOTOMETRIC)) or "MONOCHROME2",
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high if high is not None and stored - 1 <= high < allocated else stored - 1,
        signed=short(values.get(tags.SIGNED)) == 1,
    )


def _reach(pixels: PixelFormat, slope: float, intercept: float) -> tuple[float, float]:
    """The lowest and the highest rescaled value that pixels can have."""
    low = -(1 << pixels.bits_stored - 1) if pixels.signed else 0
    ends = [slope * end + intercept for end in (low, low + (1 << pixels.bits_stored) - 1)]
    return min(ends), max(ends)


def _is_plain(pixels: PixelFormat) -> bool:
    """Whether stored values lie there as numbers: no colour, no palette, nothing packed."""
    return pixels.samples == 1 and pixels.photometric != "PALETTE COLOR" and pixels.bits_allocated in (8, 16)


def _directions(raw: bytes | None) -> tuple[str, str] | None:
    """Where rows and columns lead (PS3.3 C.7.6.1.1.1), of people only: animals have other words."""
    ways = plains(raw)
    if len(ways) != 2 or not all(way and set(way) <= _WAYS for way in ways):
        return None
    return (ways[0], ways[1])


def _padding(values: dict[Tag, bytes], pixels: PixelFormat) -> tuple[int, int] | None:
    """PixelPaddingValue to PixelPaddingRangeLimit, in either order (PS3.3 C.7.5.1.1.2)."""
    value = short(values.get(tags.PADDING), pixels.signed)
    if value is None:
        return None
    limit = short(values.get(tags.PADDING_LIMIT), pixels.signed)
    other = value if limit is None else limit
    return (min(value, other), max(value, other))


def _float_padding(values: dict[Tag, bytes], slope: float, intercept: float) -> tuple[float, float] | None:
    """The same of floats; a little more where rescaling rounds (PS3.3 C.7.6.24, C.7.6.25)."""
    for key, limit, form in _FLOAT_PADDINGS:
        value = _single(values.get(key), form)
        if value is not None:
            other = _single(values.get(limit), form)
            low, high = sorted((value, value if other is None else other))
            rounded = 0.0 if (slope, intercept) == (1, 0) else _ROUNDED * (abs(value) + abs(intercept / slope))
            return (low - rounded, high + rounded) if math.isfinite(rounded) else (low, high)
    return None


def _single(raw: bytes | None, form: str) -> float | None:
    """A float as volumes hold it: with single precision, infinite beyond. None where it is missing or no number."""
    if raw is None or len(raw) != struct.calcsize(form):
        return None
    (value,) = struct.unpack(form, raw)
    try:
        (value,) = struct.unpack("<f", struct.pack("<f", value))
    except OverflowError:
        value = math.copysign(math.inf, value)
    return None if math.isnan(value) else float(value)
