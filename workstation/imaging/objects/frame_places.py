"""Where frames of a segmentation lie, and the grids that they make: slices that were left out stay empty."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.answer import Placement, PlacementState
from workstation.domain.geometry import DUPLICATE_MM, Geometry, Points, Vector, ascending_normal
from workstation.domain.words import say
from workstation.imaging.objects.file import first, items, numbers, uid
from workstation.imaging.objects.placing import BY_IMAGES, OUTSIDE, SeriesPlace, contradicted, worst
from workstation.imaging.objects.sheets import Sheet, sheets_of

if TYPE_CHECKING:
    from pydicom import Dataset

_PARALLEL: Final = 1e-3  # of direction cosines
_ROOM: Final = 1.5  # of the step: there is a place for a slice that was left out
_NEAR: Final = 0.3  # of the smallest step of the series: this slice of it is the frame's own


@dataclass(frozen=True, slots=True, kw_only=True)
class FramePlace:
    """One frame. position None: it has none of its own, but may be a slice of the series.

    step, thickness  as the file states them, mm; 0 where it does not
    slice            of the series that it names as its one source; None: it names none, or several
    elsewhere        that slice lies more than half a step away from it
    """

    position: Vector | None
    row_cosine: Vector
    column_cosine: Vector
    spacing: tuple[float, float]
    shape: tuple[int, int]
    step: float
    thickness: float
    slice: int | None
    elsewhere: bool = False

    @staticmethod
    def of(
        own: Dataset | None, shared: Dataset | None, shape: tuple[int, int], top: Dataset, series: SeriesPlace
    ) -> FramePlace:
        """From the frame's own groups, else the shared ones, else (one frame, not enhanced) from the data set."""
        groups = [group for group in (own, shared) if group is not None]
        position = _found(groups, "PlanePositionSequence", "ImagePositionPatient", top, 3)
        cosines = _found(groups, "PlaneOrientationSequence", "ImageOrientationPatient", top, 6)
        spacing = _found(groups, "PixelMeasuresSequence", "PixelSpacing", top, 2)
        step = _found(groups, "PixelMeasuresSequence", "SpacingBetweenSlices", top, 1)
        thickness = _found(groups, "PixelMeasuresSequence", "SliceThickness", top, 1)
        named = _named(groups, series)
        geometry = series.geometry
        if not (position and cosines and spacing):
            cosines, spacing = (*geometry.row_cosine, *geometry.column_cosine), geometry.spacing
            position = ()
        row, column = (cosines[0], cosines[1], cosines[2]), (cosines[3], cosines[4], cosines[5])
        place = FramePlace(
            position=(position[0], position[1], position[2]) if position else None,
            row_cosine=row,
            column_cosine=column,
            spacing=(spacing[0], spacing[1]),
            shape=shape,
            step=abs(step[0]) if step else 0.0,
            thickness=thickness[0] if thickness else 0.0,
            slice=named,
        )
        if place.position is None or named is None or series.in_pixels or not _parallel(place, geometry):
            return place
        away = abs(float(np.array(place.position) @ np.array(geometry.normal)) - float(geometry.offsets[named]))
        return place if away <= geometry.step / 2 + DUPLICATE_MM else _elsewhere(place)

    @property
    def placed(self) -> bool:
        return self.position is not None or self.slice is not None

    def corners(self) -> Points:
        """Its four corners and its middle, mm."""
        assert self.position is not None
        down = np.array(self.column_cosine) * self.spacing[0] * (self.shape[0] - 1)
        right = np.array(self.row_cosine) * self.spacing[1] * (self.shape[1] - 1)
        parts = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [0.5, 0.5]])
        points: Points = np.array(self.position) + parts[:, :1] * down + parts[:, 1:] * right
        return points


def judged(places: Sequence[FramePlace], frame_of_reference: str, series: SeriesPlace) -> Placement:
    """How sure it is where the frames of an object lie on a series."""
    placed = [place for place in places if place.position is not None]
    named = [place for place in places if place.position is None and place.slice is not None]
    if not placed and not named:
        return contradicted(say("its frames have no place."))
    found = []
    if placed:
        state = series.judge(frame_of_reference)
        inside = [place for place in placed if series.holds(place.corners())] if state.state.painted else []
        if state.state.painted and not inside:
            state = OUTSIDE
        if state.state.painted and any(place.elsewhere for place in inside):
            state = contradicted(say("its frames lie elsewhere than the images that they name."))
        if state.state is PlacementState.ASSUMED and all(place.slice is not None for place in inside):
            state = BY_IMAGES
        found.append(state)
    if named:
        found.append(BY_IMAGES)
    return worst(found)


def _elsewhere(place: FramePlace) -> FramePlace:
    return replace(place, elsewhere=True)


def _found(groups: Sequence[Dataset], sequence: str, keyword: str, top: Dataset, count: int) -> tuple[float, ...]:
    for group in groups:
        item = first(group, sequence)
        values = numbers(item, keyword) if item is not None else ()
        if len(values) == count:
            return values
    values = numbers(top, keyword)
    return values if len(values) == count else ()


def _named(groups: Sequence[Dataset], series: SeriesPlace) -> int | None:
    """The one slice of this series that a frame was drawn on."""
    sources = [
        source
        for group in groups[:1]
        for item in items(group, "DerivationImageSequence")
        for source in items(item, "SourceImageSequence")
    ]
    found: set[int] = set()
    for source in sources:
        frames = [int(frame) for frame in numbers(source, "ReferencedFrameNumber")]
        found.update(series.slices(uid(source, "ReferencedSOPInstanceUID"), frames))
    return found.pop() if len(found) == 1 else None


def _parallel(place: FramePlace, geometry: Geometry) -> bool:
    normal = ascending_normal(place.row_cosine, place.column_cosine)
    return bool(np.abs(np.subtract(normal, geometry.normal)).max() <= _PARALLEL)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A stack of slices that frames of one orientation lie on. `offsets`: of its slices along its normal, mm."""

    geometry: Geometry
    offsets: npt.NDArray[np.float64]

    def slice_of(self, place: FramePlace) -> int:
        if place.position is None:
            assert place.slice is not None
            return place.slice
        return int(np.abs(self.offsets - np.array(place.position) @ np.array(self.geometry.normal)).argmin())

    def area_of(self, place: FramePlace) -> tuple[slice, slice]:
        """Its rows and columns: the grid is larger where its frames are parts of a picture."""
        top, left = 0, 0
        if place.position is not None:
            geometry = self.geometry
            away = np.array(place.position) - geometry.positions[self.slice_of(place)]
            top = round(float(away @ np.array(geometry.column_cosine)) / geometry.spacing[0])
            left = round(float(away @ np.array(geometry.row_cosine)) / geometry.spacing[1])
        return (slice(top, top + place.shape[0]), slice(left, left + place.shape[1]))


def grids_of(places: Iterable[FramePlace], series: SeriesPlace) -> Mapping[FramePlace, Grid]:
    """The grid of each frame; one that fits no grid (its size is not that of the image it names) is left out."""
    by_turn: dict[tuple[object, ...], list[FramePlace]] = {}
    found: dict[FramePlace, Grid] = {}
    own: Grid | None = None
    for place in places:
        if place.position is None:
            if place.shape == (series.geometry.rows, series.geometry.columns):
                own = own or Grid(series.geometry, series.geometry.offsets)
                found[place] = own
            continue
        cosines = (*place.row_cosine, *place.column_cosine)
        turn = (tuple(round(value, 3) for value in cosines), tuple(round(s, 4) for s in place.spacing), place.shape)
        by_turn.setdefault(turn, []).append(place)
    for alike in by_turn.values():
        one = alike[0]
        normal = ascending_normal(one.row_cosine, one.column_cosine)
        beside = series.geometry if not series.in_pixels and _parallel(one, series.geometry) else None
        positions = np.array([place.position for place in alike], dtype=np.float64)
        for sheet in sheets_of(positions, (one.row_cosine, one.column_cosine), one.spacing, one.shape, beside):
            grid = _grid(one, sheet, positions[sheet.frames] @ np.array(normal), series, beside)
            found |= {alike[at]: grid for at in sheet.frames}
    return found


def _grid(
    one: FramePlace, sheet: Sheet, along: npt.NDArray[np.float64], series: SeriesPlace, beside: Geometry | None
) -> Grid:
    """raises BAD_GEOMETRY, BAD_SPACING"""
    order = np.argsort(along, kind="stable")
    keep = [order[0]]
    for at in order[1:]:
        if along[at] - along[keep[-1]] > DUPLICATE_MM:
            keep.append(at)
    offsets, lying = along[keep], sheet.positions[keep]
    step = _step(one, offsets, series if beside is not None else None)
    offsets, lying = _filled(offsets, lying, step, beside.offsets if beside is not None else None)
    if beside is not None:
        offsets, lying = _guarded(offsets, lying, beside)
    geometry = Geometry(
        positions=lying,
        row_cosine=one.row_cosine,
        column_cosine=one.column_cosine,
        spacing=one.spacing,
        rows=sheet.shape[0],
        columns=sheet.shape[1],
        thickness=step,
    )
    return Grid(geometry, offsets)


def _step(one: FramePlace, offsets: npt.NDArray[np.float64], series: SeriesPlace | None) -> float:
    """From one slice to the next, mm: measured, else that of the series, else as stated (it may be missing or 0)."""
    apart = np.diff(offsets)
    measured = float(apart.min()) if len(apart) else 0.0
    if series is not None:
        return min(series.geometry.step, measured) if measured else series.geometry.step
    if one.step and (not measured or one.step <= measured * 1.01):
        return one.step
    return measured or one.thickness or 1.0


def _filled(
    offsets: npt.NDArray[np.float64], lying: Points, step: float, own: npt.NDArray[np.float64] | None
) -> tuple[npt.NDArray[np.float64], Points]:
    """Slices between the frames that no frame is about: the nearest frame must not be painted there."""
    wanted: list[float] = []
    near = _near(own) if own is not None else 0.0
    for low, high in itertools.pairwise(offsets.tolist()):
        if high - low < _ROOM * step:
            continue
        between = own[(own > low + near) & (own < high - near)] if own is not None else None
        if between is not None and len(between):
            wanted += between.tolist()
        else:
            count = round((high - low) / step)
            wanted += [low + (high - low) * k / count for k in range(1, count)]
    if not wanted:
        return offsets, lying
    filled = np.sort(np.concatenate([offsets, wanted]))
    positions = np.stack([np.interp(filled, offsets, lying[:, axis]) for axis in range(3)], axis=1)
    return filled, positions


def _guarded(
    offsets: npt.NDArray[np.float64], lying: Points, geometry: Geometry
) -> tuple[npt.NDArray[np.float64], Points]:
    """The series' next slices below and above, without a frame: where steps are uneven, they may be very near."""
    own = geometry.offsets
    for way, end in ((-1, 0), (1, -1)):
        beside = int(np.abs(own - offsets[end]).argmin())  # a frame between two slices is shown on this one
        if 0 <= beside + way < len(own):
            step = geometry.positions[beside + way] - geometry.positions[beside]
            where = 0 if end == 0 else len(offsets)
            lying = np.insert(lying, where, lying[end] + step, axis=0)
            offsets = np.insert(offsets, where, offsets[end] + float(step @ np.array(geometry.normal)))
    return offsets, lying


def _near(own: npt.NDArray[np.float64]) -> float:
    return _NEAR * float(np.diff(own).min()) if len(own) > 1 else 0.0
