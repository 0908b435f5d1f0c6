"""Parametric maps → measured values in their unit over the series (DICOM PS3.3 A.75, C.8.32, C.7.6.16.2.11).

What a stored value stands for is said by real-world value mappings, each for a range of stored values: a straight line
or a table. A value that none is for has no meaning, and is not painted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.figures import unit_text
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.percentiles import nearly_all
from workstation.domain.value_map import Measured, ValueMap
from workstation.domain.words import Words, say, say_count
from workstation.imaging.objects.content import Content, part
from workstation.imaging.objects.file import Texts, dataset_of, first, items, number, numbers, uid
from workstation.imaging.objects.frame_places import FramePlace, Grid, grids_of, judged
from workstation.imaging.objects.frames import real_frames, stored_frames
from workstation.imaging.objects.placing import SeriesPlace, unplaced

if TYPE_CHECKING:
    from pydicom import Dataset

_LARGEST: Final = 2**31  # bytes of a file
_MOST_VOXELS: Final = 2**27
_MOST_FRAMES: Final = 65_536
_SAMPLE: Final = 200_000  # values that the range of the colours is found from


@dataclass(frozen=True, slots=True)
class _Quantity:
    name: str
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class _Mapping:
    """Stored values first … last → real-world ones. table: one for each of these, in place of the line"""

    quantity: _Quantity
    first: float
    last: float
    slope: float
    intercept: float
    table: npt.NDArray[np.float64] | None

    def real(self, stored: npt.NDArray[Any]) -> Measured:
        inside = (stored >= self.first) & (stored <= self.last)
        if self.table is None:
            values = stored * self.slope + self.intercept
        else:
            at = np.clip(np.nan_to_num(stored - self.first), 0, len(self.table) - 1)
            values = self.table[at.astype(np.intp)]
        return np.where(inside, values, np.nan).astype(np.float32)


def read(path: str, name: str, series: SeriesPlace) -> Content:
    """raises NOT_FOUND, UNREADABLE, TOO_LARGE, TOO_MANY_FRAMES, what decoding raises"""
    dataset = dataset_of(path, _LARGEST)
    texts = Texts(dataset)
    count = int(dataset.get("NumberOfFrames") or 1)
    if count > _MOST_FRAMES:
        raise WorkstationError(ErrorCode.TOO_MANY_FRAMES, frames=count, limit=_MOST_FRAMES)
    shape = (int(dataset.Rows), int(dataset.Columns))
    if count * shape[0] * shape[1] > _MOST_VOXELS:
        raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=count * shape[0] * shape[1] >> 18, limit_mb=512)
    shared = first(dataset, "SharedFunctionalGroupsSequence")
    per_frame = items(dataset, "PerFrameFunctionalGroupsSequence")
    own: list[Dataset | None] = [*per_frame[:count]] or [None]
    groups = [[group for group in (one, shared) if group is not None] for one in own]
    places = [FramePlace.of(one, shared, shape, dataset, series) for one in own]
    mappings = {k: tuple(_mappings(found, texts)) for k, found in enumerate(groups)}
    placement = judged(places, uid(dataset, "FrameOfReferenceUID"), series)
    kept = [k for k, place in enumerate(places) if place.placed and mappings[k]] if placement.state.painted else []
    grids = _grids(kept, places, mappings, series)
    values = _values(path, dataset, places, grids, mappings)
    findings: list[Finding] = []
    maps: list[ValueMap] = []
    notes: list[Words] = []
    for (grid, quantity), measured in values.items():
        finding_id = f"{name}/{len(findings) + 1}"
        made = _made(finding_id, quantity, grid, measured, _window(groups, mappings, quantity))
        findings.append(_part(name, len(findings) + 1, quantity, made))
        maps += [made] if made is not None else []
    lost = sum(bool(mappings[k]) for k in range(len(places))) - len(grids)
    if placement.state.painted and lost:
        notes.append(unplaced(lost))
    unmapped = sum(not found for found in mappings.values())
    if unmapped:
        notes.append(
            say_count(
                "{count} frame has values without a meaning.", "{count} frames have values without a meaning.", unmapped
            )
        )
    return Content(
        placement=placement,
        findings=tuple(findings),
        maps=tuple(maps),
        texts=tuple(dict.fromkeys(_said(found) for all_of in mappings.values() for found in all_of)),
        in_pixels=series.in_pixels,
        notes=tuple(notes),
    )


def _mappings(groups: Sequence[Dataset], texts: Texts) -> Iterator[_Mapping]:
    """Those of the frame's own group, else the shared ones; what is not whole is left out."""
    for group in groups:
        found = items(group, "RealWorldValueMappingSequence")
        for item in found:
            ends = [_end(item, side) for side in ("First", "Last")]
            slope, intercept = number(item, "RealWorldValueSlope"), number(item, "RealWorldValueIntercept")
            table = np.array(numbers(item, "RealWorldValueLUTData"), dtype=np.float64)
            low, high = (ends[0] if ends[0] is not None else -np.inf), (ends[1] if ends[1] is not None else np.inf)
            quantity = _quantity(item, texts)
            if len(table):
                yield _Mapping(quantity, max(low, 0.0) if low == -np.inf else low, high, 1.0, 0.0, table)
            elif slope is not None and intercept is not None:
                yield _Mapping(quantity, low, high, slope, intercept, None)
        if found:
            return


def _end(item: Dataset, side: str) -> float | None:
    exact = number(item, f"DoubleFloatRealWorldValue{side}ValueMapped")
    return exact if exact is not None else number(item, f"RealWorldValue{side}ValueMapped")


def _quantity(item: Dataset, texts: Texts) -> _Quantity:
    """By its code, else by the label of its mapping. Codes of UCUM read as units are written; "1" is none."""
    named = [texts.code(one, "ConceptCodeSequence")[1] for one in items(item, "QuantityDefinitionSequence")]
    label = next(filter(None, named), "") or texts.of(item, "LUTExplanation") or texts.of(item, "LUTLabel")
    code, meaning = texts.code(item, "MeasurementUnitsCodeSequence")
    unit = unit_text(code).replace("mm2", "mm²").replace("um2", "µm²") if code else meaning
    return _Quantity(label, "HU" if unit == "[hnsf'U]" else unit)


def _said(mapping: _Mapping) -> str:
    line = f"{mapping.slope:g} × v + {mapping.intercept:g}" if mapping.table is None else f"LUT[{len(mapping.table)}]"
    return " · ".join(filter(None, (mapping.quantity.name, line, mapping.quantity.unit)))


def _grids(
    kept: Sequence[int],
    places: Sequence[FramePlace],
    mappings: Mapping[int, tuple[_Mapping, ...]],
    series: SeriesPlace,
) -> dict[int, Grid]:
    """The grid of each frame: one quantity may have been measured in another part of the picture than the next.

    raises TOO_LARGE
    """
    alike: dict[tuple[_Quantity, ...], list[int]] = {}
    for k in kept:
        alike.setdefault(tuple(dict.fromkeys(one.quantity for one in mappings[k])), []).append(k)
    found: dict[int, Grid] = {}
    for frames in alike.values():
        grids = grids_of([places[k] for k in frames], series)
        found |= {k: grids[places[k]] for k in frames if places[k] in grids}
    voxels = sum(math.prod(grid.geometry.shape) for grid in set(found.values()))
    if voxels > 2 * _MOST_VOXELS:
        raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=voxels >> 18, limit_mb=_MOST_VOXELS >> 17)
    return found


def _values(
    path: str,
    dataset: Dataset,
    places: Sequence[FramePlace],
    grids: Mapping[int, Grid],
    mappings: dict[int, tuple[_Mapping, ...]],
) -> dict[tuple[Grid, _Quantity], Measured]:
    """Of each quantity what lies on one grid. Several mappings of one quantity are for ranges beside one another."""
    real = int(dataset.get("BitsAllocated") or 0) >= 32
    padding = _padding(dataset, real)
    found: dict[tuple[Grid, _Quantity], Measured] = {}
    for k, stored in (real_frames if real else stored_frames)(path, dataset, grids):
        grid = grids[k]
        meant = stored
        if padding is not None:
            meant = np.where((stored >= padding[0]) & (stored <= padding[1]), np.nan, stored)
        for mapping in mappings[k]:
            into = found.get((grid, mapping.quantity))
            if into is None:
                into = found[grid, mapping.quantity] = np.full(grid.geometry.shape, np.nan, dtype=np.float32)
            one = into[grid.slice_of(places[k])][grid.area_of(places[k])]
            np.copyto(one, mapping.real(meant), where=np.isnan(one))
    return found


def _padding(dataset: Dataset, real: bool) -> tuple[float, float] | None:
    """Stored values, first and last, that stand for no measurement (PS3.3 C.7.5.1.1.2, C.7.6.24, C.7.6.25)."""
    for kind in ("Float", "DoubleFloat") if real else ("",):
        value = number(dataset, f"{kind}PixelPaddingValue")
        if value is not None:
            limit = number(dataset, f"{kind}PixelPaddingRangeLimit")
            ends = [_as_stored(end, dataset, real) for end in (value, value if limit is None else limit)]
            return (min(ends), max(ends))
    return None


def _as_stored(value: float, dataset: Dataset, real: bool) -> float:
    """A padding value that was written with the other sign than the pixels have: the same bits."""
    if real:
        return value
    bits = int(dataset.get("BitsAllocated") or 16)
    turned = int(value) % 2**bits
    return float(turned - 2**bits if dataset.get("PixelRepresentation") == 1 and turned >= 2 ** (bits - 1) else turned)


def _window(
    groups: Sequence[Sequence[Dataset]], mappings: dict[int, tuple[_Mapping, ...]], quantity: _Quantity
) -> tuple[float, float] | None:
    """The range that the file asks to be shown, in real-world values: of its first frame that has this quantity."""
    for k, found in mappings.items():
        mapping = next((one for one in found if one.quantity == quantity and one.table is None), None)
        item = next(
            (first(group, "FrameVOILUTSequence") for group in groups[k] if "FrameVOILUTSequence" in group), None
        )
        if mapping is not None and item is not None:
            center, width = number(item, "WindowCenter"), number(item, "WindowWidth")
            if center is not None and width:
                ends = sorted((center + side * width / 2) * mapping.slope + mapping.intercept for side in (-1, 1))
                return (ends[0], ends[1])
    return None


def _made(
    part_id: str, quantity: _Quantity, grid: Grid, measured: Measured, asked: tuple[float, float] | None
) -> ValueMap | None:
    """None where nothing was measured. The range asked for counts as long as half of the values lie in it."""
    flat = measured.ravel()
    sample = flat[:: max(1, flat.size // _SAMPLE)]
    sample = sample[np.isfinite(sample)]
    if not len(sample):
        sample = flat[np.isfinite(flat)]
    if not len(sample):
        return None
    low, high = nearly_all(sample)
    if asked is not None and ((sample >= asked[0]) & (sample <= asked[1])).mean() >= 0.5:
        low, high = asked
    if high <= low:
        high = low + (abs(low) or 1.0)
    return ValueMap(
        part=part_id,
        quantity=_title(quantity),
        unit=quantity.unit,
        values=measured,
        geometry=grid.geometry,
        low=float(low),
        high=float(high),
    )


def _title(quantity: _Quantity) -> Words:
    return say("{text}", text=quantity.name) if quantity.name else say("Values")


def _part(name: str, place: int, quantity: _Quantity, made: ValueMap | None) -> Finding:
    measured = []
    if made is not None:
        low, high = float(np.nanmin(made.values)), float(np.nanmax(made.values))
        span = say("{low} to {high}", low=made.figure(low), high=made.said(high))
        measured = [Measurement(name="range", label=say("Values"), value=span, unit="", basis=Basis.VENDOR)]
    return part(name, place, "map", _title(quantity), (), measured)
