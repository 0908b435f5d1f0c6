"""RTSTRUCT → label volumes on the series' own slices, points and lines (DICOM PS3.3 A.19, C.8.8.5, C.8.8.6).

Closed contours become masks: they are cut by any plane as fast as a segmentation, and the volume can be told. A pixel
is inside where its center is; a contour in a contour is a hole, also one that is joined to it by a keyhole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from workstation.domain.answer import Placement, PlacementState
from workstation.domain.finding import Basis, Measurement
from workstation.domain.geometry import Points
from workstation.domain.overlaid import Rgb
from workstation.domain.shapes import Contour, Label, Point, Polyline, Shape
from workstation.domain.words import Words, say, say_count
from workstation.imaging.objects.content import Content, part
from workstation.imaging.objects.contours import FLAT_MM, Outline, filled, on_slices, sparse, toggle
from workstation.imaging.objects.file import Texts, dataset_of, first, holds, items, number, numbers, points, uid
from workstation.imaging.objects.frame_places import Grid
from workstation.imaging.objects.label_layers import LabelLayers
from workstation.imaging.objects.placing import BY_IMAGES, OUTSIDE, SeriesPlace, contradicted, vectors, worst
from workstation.imaging.worker import more_time

if TYPE_CHECKING:
    from pydicom import Dataset

_LARGEST: Final = 256 * 2**20
_MOST_POINTS: Final = 20_000_000
_CLOSED: Final = frozenset({"CLOSED_PLANAR", "CLOSEDPLANAR_XOR"})


@dataclass(slots=True)
class _Structure:
    number: int
    name: str
    kind: str
    colour: Rgb | None
    frame_of_reference: str
    contours: list[tuple[str, Points, tuple[int, ...]]] = field(default_factory=list)  # kind, mm, slices named
    damaged: int = 0  # contours whose coordinates are no triples of numbers


def read(path: str, name: str, series: SeriesPlace) -> Content:
    """raises NOT_FOUND, UNREADABLE, TOO_LARGE"""
    dataset = dataset_of(path, _LARGEST)
    found = list(_structures(dataset, Texts(dataset), series))
    placement, here = _judge(dataset, found, series)
    layers = LabelLayers("structures")
    drawn: dict[int, list[Shape]] = {}
    gaps: set[int] = set()
    notes: list[Words] = []
    if placement.state.painted:
        grid = Grid(series.geometry, series.geometry.offsets)
        lost = 0
        elsewhere = sum(bool(one.contours) for one in found) - len(here)
        if elsewhere:
            notes.append(
                say_count(
                    "{count} structure lies in another frame of reference, and is not painted.",
                    "{count} structures lie in other frames of reference, and are not painted.",
                    elsewhere,
                )
            )
        for one in here:
            more_time(10.0)
            drawn[one.number], outside, between = _rasterised(one, grid, layers)
            lost += outside
            if between:
                gaps.add(one.number)
        if lost:
            notes.append(say_count("{count} contour lies on no slice.", "{count} contours lie on no slice.", lost))
        if gaps:
            notes.append(
                say_count(
                    "{count} structure is outlined on fewer planes than there are slices: those between stay empty, "
                    "and no volume is given.",
                    "{count} structures are outlined on fewer planes than there are slices: those between stay empty, "
                    "and no volume is given.",
                    len(gaps),
                )
            )
    damaged = sum(one.damaged for one in found)
    if damaged:
        notes.append(
            say_count(
                "{count} contour is damaged and is not shown.",
                "{count} contours are damaged and are not shown.",
                damaged,
            )
        )
    masks, labels = layers.made({one.number: say("{text}", text=one.name) for one in found})
    named = {mask.name: mask for mask in masks}
    findings, colours = [], {}
    for place, one in enumerate(found, start=1):
        shapes = (*labels.get(one.number, ()), *drawn.get(one.number, ()))
        measured = []
        if labels.get(one.number) and one.number not in gaps:
            volume = 0.0
            for mask in labels[one.number]:
                step, row, column = named[mask.volume].geometry.spacing_zyx
                volume += named[mask.volume].voxels.get(mask.label, 0) * step * row * column / 1000
            measured.append(
                Measurement(name="volume", label=say("Volume"), value=volume, unit="mL", basis=Basis.VENDOR)
            )
        label = say("{text}", text=one.name) if one.name else say("Structure {number}", number=one.number)
        finding = part(name, place, "structure", label, shapes, measured)
        findings.append(finding)
        if one.colour is not None:
            colours[finding.id] = one.colour
    return Content(placement=placement, findings=tuple(findings), masks=masks, colours=colours, notes=tuple(notes))


def _structures(dataset: Dataset, texts: Texts, series: SeriesPlace) -> Iterator[_Structure]:
    """raises ValueError for more points than anybody outlines"""
    contours: dict[int, Dataset] = {}
    for item in items(dataset, "ROIContourSequence"):
        at = number(item, "ReferencedROINumber")
        if at is not None:
            contours[int(at)] = item
    kinds = {
        int(number(item, "ReferencedROINumber") or -1): texts.of(item, "RTROIInterpretedType")
        for item in items(dataset, "RTROIObservationsSequence")
    }
    left = _MOST_POINTS
    for item in items(dataset, "StructureSetROISequence"):
        at = number(item, "ROINumber")
        if at is None:
            continue
        roi = contours.get(int(at))
        one = _Structure(
            int(at),
            texts.of(item, "ROIName"),
            kinds.get(int(at), ""),
            _rgb(numbers(roi, "ROIDisplayColor")) if roi is not None else None,
            uid(item, "ReferencedFrameOfReferenceUID"),
        )
        for contour in items(roi, "ContourSequence") if roi is not None else ():
            try:
                at_mm = points(numbers(contour, "ContourData"), 3)
            except ValueError:
                at_mm = points((), 3)
            left -= len(at_mm)
            if left < 0:
                raise ValueError
            one.damaged += not len(at_mm) and holds(contour, "ContourData")
            if len(at_mm):
                one.contours.append((str(contour.get("ContourGeometricType", "")), at_mm, _named(contour, series)))
        yield one


def _named(contour: Dataset, series: SeriesPlace) -> tuple[int, ...]:
    image = first(contour, "ContourImageSequence")
    if image is None:
        return ()
    frames = [int(frame) for frame in numbers(image, "ReferencedFrameNumber")]
    return series.slices(uid(image, "ReferencedSOPInstanceUID"), frames)


def _rgb(values: Sequence[float]) -> Rgb | None:
    if len(values) != 3 or not all(0 <= value <= 255 for value in values):
        return None
    red, green, blue = (int(value) for value in values)
    return (red, green, blue)


def _judge(
    dataset: Dataset, found: Sequence[_Structure], series: SeriesPlace
) -> tuple[Placement, Sequence[_Structure]]:
    """How sure the places of those are that can be painted, and which these are: each has a space of its own."""
    outlined = [one for one in found if one.contours]
    stated = {one.frame_of_reference for one in outlined} - {""}
    if not stated:
        stated = {uid(one, "FrameOfReferenceUID") for one in items(dataset, "ReferencedFrameOfReferenceSequence")}
    usual = next(iter(stated)) if len(stated) == 1 else ""
    judged = [series.judge(one.frame_of_reference or usual) for one in outlined] or [series.judge(usual)]
    if not any(placement.state.painted for placement in judged):
        return judged[0], ()
    if not outlined:
        return contradicted(say("it holds no contours.")), ()
    painted = [place for place in zip(outlined, judged, strict=True) if place[1].state.painted]
    if len(stated) > 1 and not series.stack.frame_of_reference_uid:  # at most one of them is that of the series
        painted = [place for place in painted if all(named for _, _, named in place[0].contours)]
        if not painted:
            return contradicted(say("it lies in several frames of reference, and the series states none.")), ()
    here = [one for one, _ in painted]
    return _checked(worst(placement for _, placement in painted), here, series), here


def _checked(placement: Placement, found: Sequence[_Structure], series: SeriesPlace) -> Placement:
    """The same placement, unless the contours themselves say otherwise."""
    flat = [contour for one in found for contour in one.contours]
    normal, offsets = np.array(series.geometry.normal), series.geometry.offsets
    for _, at_mm, named in flat:
        away = [abs(float(offsets[k] - at_mm.mean(axis=0) @ normal)) for k in named]
        if away and min(away) > series.geometry.step / 2 + FLAT_MM:
            return contradicted(say("its contours lie elsewhere than the images that they name."))
    if not any(series.holds(at_mm) for _, at_mm, _ in flat) and not _surrounds(flat, series):
        return OUTSIDE
    if placement.state is PlacementState.ASSUMED and all(named for _, _, named in flat):
        return BY_IMAGES
    return placement


def _surrounds(flat: Sequence[tuple[str, Points, tuple[int, ...]]], series: SeriesPlace) -> bool:
    """Whether the contours go round what the series shows, as the patient's outline does."""
    return any(series.holds((at_mm.min(axis=0) + at_mm.max(axis=0))[None] / 2) for _, at_mm, _ in flat)


def _rasterised(one: _Structure, grid: Grid, layers: LabelLayers) -> tuple[list[Shape], int, bool]:
    """Closed contours on slices go into the layers; what is no area, or lies across the slices, stays as it is.

    returns  the others as shapes, how many contours no slice shows, and whether slices between the contours stay empty
    """
    geometry = grid.geometry
    outlines: list[Outline] = []
    rest: list[Shape] = []
    for kind, at_mm, named in one.contours:
        if kind not in _CLOSED or len(at_mm) < 3:
            rest += _lines(kind, at_mm, one.name)
            continue
        outline = Outline.of(at_mm, named, geometry)
        if outline.thick > geometry.step / 2 + FLAT_MM:
            rest.append(Contour(points=vectors(at_mm)))
        else:
            outlines.append(outline)
    shown, lost = on_slices(outlines, geometry)
    for k, contours in shown.items():
        into = np.zeros((geometry.rows, geometry.columns + 1), dtype=np.uint8)
        for contour in contours:
            at = geometry.to_index(contour)
            toggle(into, at[:, 2], at[:, 1])
        layers.put(grid, one.number, filled(into), k)
    return rest, lost, sparse(shown)


def _lines(kind: str, at_mm: Points, name: str) -> list[Shape]:
    if kind == "POINT" or len(at_mm) == 1:
        return [Label(text=name, at=vectors(at_mm)[0]) if name else Point(at=vectors(at_mm)[0])]
    if kind in _CLOSED:
        return [Contour(points=vectors(at_mm))]
    return [Polyline(points=vectors(at_mm))]
