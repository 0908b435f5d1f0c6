"""From the answer's frame to patient millimetres: proven, assumed, contradicted or not applicable.

The service's millimetres know no direction cosines (origin + index × spacing), so a shape goes through its index;
the millimetres only serve as a check.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from workstation.domain.answer import (
    AnswerFinding,
    AnswerGrid,
    IndexAngle,
    IndexBox,
    IndexPixel,
    IndexPoint,
    IndexPolyline,
    IndexRectangle,
    IndexShape,
    IndexSphere,
    MaskShape,
    PatientPolyline,
    Placement,
    PlacementState,
    SentSeries,
    ServiceAnswer,
    Triple,
)
from workstation.domain.finding import Finding
from workstation.domain.geometry import SAME_MM, Geometry, Points, Vector
from workstation.domain.shapes import Angle, Box2D, Box3D, Label, Line, Mask, Point, Polyline, Shape, Sphere
from workstation.domain.words import Words, say

_SHARE: Final = 1e-4  # a printed figure is rounded: relative tolerance on spacing
_WHOLE_MM: Final = 1.0  # a whole number cut towards zero
_WITHIN: Final = 0.5  # an index may lie half a voxel outside the outer voxel centers


def place(answer: ServiceAnswer, sent: SentSeries, job_id: str) -> tuple[Placement, tuple[Finding, ...]]:
    """The answer's findings in patient LPS mm, numbered `job/n`; no shapes where the place is contradicted."""
    placement = judge(answer, sent)
    keep = sent if placement.state.painted else None
    return placement, tuple(
        _finding(finding, f"{job_id}/{number}", keep) for number, finding in enumerate(answer.findings, start=1)
    )


def judge(answer: ServiceAnswer, sent: SentSeries) -> Placement:
    """How sure the place is: the answer's own geometry against what was sent."""
    geometry = sent.geometry
    if not any(finding.shapes for finding in answer.findings):
        if answer.grid.origin is None and not answer.findings:
            if geometry is None or _holds_anything(answer):
                return Placement(PlacementState.NOT_APPLICABLE, say("The answer names no place."))
            return Placement(PlacementState.NOT_APPLICABLE, say("None was found, so there is no place to show."))
        if not answer.findings and geometry is not None:
            return _against(answer, sent, geometry)
        return Placement(PlacementState.NOT_APPLICABLE, say("The answer names no place."))
    if geometry is None:
        return _contradicted(say("The series has no positions to place findings by."))
    return _against(answer, sent, geometry)


def _holds_anything(answer: ServiceAnswer) -> bool:
    """Besides findings."""
    return any((answer.measurements, answer.texts, answer.curves, answer.masks, answer.volumes))


def _against(answer: ServiceAnswer, sent: SentSeries, geometry: Geometry) -> Placement:
    reason = _contradiction(answer, sent, geometry)
    if reason is not None:
        return _contradicted(reason)
    grid = answer.grid
    shapes = [shape for finding in answer.findings for shape in finding.shapes if not isinstance(shape, MaskShape)]
    if shapes and all(isinstance(shape, PatientPolyline) for shape in shapes):
        return Placement(
            PlacementState.ASSUMED, say("Placement assumed: in patient coordinates, as the service states them.")
        )
    if any(isinstance(shape, IndexPixel) for shape in shapes):
        return Placement(
            PlacementState.ASSUMED,
            say("Placement assumed: the service names no slice; its points are shown on the middle slice."),
        )
    if answer.assumed is not None:
        return Placement(PlacementState.ASSUMED, answer.assumed)
    if sent.pixels:
        return Placement(PlacementState.PROVEN, say("Placement proven: in pixels of the picture that was sent."))
    if grid.origin is None or grid.spacing is None:
        return Placement(
            PlacementState.ASSUMED,
            say("Placement assumed: the answer gives no geometry; slices are taken in the order sent."),
        )
    return Placement(PlacementState.PROVEN, say("Placement proven: origin, spacing and order equal the series sent."))


def _contradicted(reason: Words) -> Placement:
    return Placement(PlacementState.CONTRADICTED, say("Not painted: {reason}", reason=reason))


def _contradiction(answer: ServiceAnswer, sent: SentSeries, geometry: Geometry) -> Words | None:
    """The first thing in the answer that can't be true of what was sent."""
    grid = answer.grid
    if answer.series_uid and sent.series_uid and answer.series_uid != sent.series_uid:
        return say("the answer is about another series.")
    if grid.shape is not None and grid.shape != geometry.shape:
        return say("the answer's grid has another size.")
    if grid.spacing is not None and not _same_spacing(grid.spacing, geometry.spacing_zyx):
        return say("the answer's spacing differs from the series sent.")
    if grid.origin is not None and not _near(grid.origin, geometry.positions[0], 10 * SAME_MM):
        return say("the answer's origin differs from the first slice sent.")
    for finding in answer.findings:
        reason = _finding_contradiction(finding, answer, sent, geometry)
        if reason is not None:
            return reason
    return None


def _finding_contradiction(
    finding: AnswerFinding, answer: ServiceAnswer, sent: SentSeries, geometry: Geometry
) -> Words | None:
    for shape in finding.shapes:
        indices = _indices(shape, geometry)
        low, high = indices.min(axis=0), indices.max(axis=0)
        if (
            not np.isfinite(indices).all()
            or (low < -_WITHIN).any()
            or (high > np.array(geometry.shape) - _WITHIN).any()
        ):
            return say("a finding lies outside the series.")
        if isinstance(shape, IndexSphere) and shape.diameter_mm > _across(geometry):
            return say("a finding is larger than the series.")
        if (
            isinstance(shape, IndexSphere)
            and finding.sop_instance_uid
            and not _on_slice(shape.center[0], finding.sop_instance_uid, sent)
        ):
            return say("a finding names another slice than its index.")
        if not all(_agree(index, mm, within, answer.grid, geometry) for index, mm, within in _stated(shape)):
            return say("a finding's millimetres and index disagree.")
    return None


def _across(geometry: Geometry) -> float:
    """The longest way through what the series shows, mm; a single slice has no depth."""
    step, row, column = geometry.spacing_zyx
    slices, rows, columns = geometry.shape
    return math.hypot(step * slices, row * rows, column * columns)


def _stated(shape: IndexShape) -> tuple[tuple[Triple, Vector, float], ...]:
    """Each index that the service also gave in its own millimetres, and how far those may be off by rounding, mm."""
    match shape:
        case IndexSphere(stated_mm=at) if at is not None:
            return ((shape.center, at, 0.0),)
        case IndexBox(stated_mm=ends) if ends is not None:
            return ((shape.first, ends[0], _WHOLE_MM), (shape.last, ends[1], _WHOLE_MM))
        case _:
            return ()


def _agree(index: Triple, stated: Vector, within_mm: float, grid: AnswerGrid, geometry: Geometry) -> bool:
    """Whether origin + index × spacing is what the service states; by what was sent where it gives neither."""
    origin = geometry.positions[0] if grid.origin is None else np.array(grid.origin)
    spacing = geometry.spacing_zyx if grid.spacing is None else grid.spacing
    slice_, row, column = index
    steps = np.array([column, row, slice_]) * np.array(spacing[::-1])
    return _near(stated, origin + steps, within_mm + max(0.1, 0.1 * min(spacing)))


def _on_slice(at: float, uid: str, sent: SentSeries) -> bool:
    """Whether the named instance is the slice of a fractional index: the nearest one, or next to it (rounding)."""
    if uid not in sent.sop_instance_uids:
        return False
    return abs(sent.sop_instance_uids.index(uid) - at) <= 1.0


def _same_spacing(stated: Vector, sent: Vector) -> bool:
    return all(abs(a - b) <= max(SAME_MM, _SHARE * b) for a, b in zip(stated, sent, strict=True))


def _near(a: Vector, b: Points, tolerance: float) -> bool:
    return bool(np.abs(np.array(a) - b).max() <= tolerance)


def _indices(shape: IndexShape, geometry: Geometry) -> Points:
    """Every corner of a shape as (slice, row, column); none of a mask, whose grid is checked by itself."""
    match shape:
        case IndexSphere():
            return np.array([shape.center])
        case IndexPoint():
            return np.array([shape.at])
        case IndexPixel():
            return np.array([_on_middle(shape, geometry)])
        case IndexBox():
            return np.array([shape.first, shape.last], dtype=np.float64)
        case IndexRectangle():
            return np.array([(shape.slice, *shape.first), (shape.slice, *shape.last)])
        case IndexPolyline():
            return np.array(shape.points)
        case IndexAngle():
            return np.array([shape.start, shape.vertex, shape.end])
        case PatientPolyline():
            return geometry.to_index(np.array(shape.points))
        case MaskShape():
            return np.zeros((1, 3))


def _finding(finding: AnswerFinding, finding_id: str, sent: SentSeries | None) -> Finding:
    geometry = sent.geometry if sent is not None else None
    shapes = tuple(s for shape in finding.shapes for s in placed(shape, geometry)) if geometry is not None else ()
    if sent is not None and sent.original is not None:
        shapes = tuple(indexed_on(s, sent.original) if isinstance(s, Box3D) else s for s in shapes)
    return Finding(
        id=finding_id,
        code=finding.code,
        label=finding.label,
        shapes=shapes,
        measurements=finding.measurements,
        confidence=finding.confidence,
        basis=finding.basis,
    )


def placed(shape: IndexShape, geometry: Geometry) -> tuple[Shape, ...]:
    """One shape from indices to patient mm."""
    match shape:
        case IndexSphere():
            return (Sphere(center=_vector(geometry.to_patient(shape.center)), radius=shape.diameter_mm / 2),)
        case IndexPoint():
            at = _vector(geometry.to_patient(shape.at))
            return (Label(text=shape.text, at=at),) if shape.text else (Point(at=at),)
        case IndexPixel():
            return placed(IndexPoint(at=_on_middle(shape, geometry), text=shape.text), geometry)
        case IndexBox():
            return (box_at(shape.first, shape.last, geometry),)
        case IndexRectangle():
            (top, left), (bottom, right) = shape.first, shape.last
            around = ((top, left), (top, right), (bottom, right), (bottom, left))
            a, b, c, d = (_vector(geometry.to_patient((shape.slice, row, column))) for row, column in around)
            return (Box2D(corners=(a, b, c, d)),)
        case IndexPolyline():
            points = tuple(_vector(point) for point in geometry.to_patient(np.array(shape.points)))
            return (Line(start=points[0], end=points[1]),) if len(points) == 2 else (Polyline(points=points),)
        case IndexAngle():
            start, vertex, end = (_vector(geometry.to_patient(at)) for at in (shape.start, shape.vertex, shape.end))
            return (Angle(start=start, vertex=vertex, end=end),)
        case PatientPolyline():
            return (Polyline(points=shape.points),)
        case MaskShape():
            return (Mask(volume=shape.mask, label=shape.label),)


def _on_middle(shape: IndexPixel, geometry: Geometry) -> Triple:
    return (geometry.slices // 2, *shape.at)


def box_at(first: tuple[int, int, int], last: tuple[int, int, int], geometry: Geometry) -> Box3D:
    """A box along the grid; its corners are the outer edges of the outer voxels (index ± 0.5)."""
    low, high = np.array(first) - 0.5, np.array(last) + 0.5
    picks = np.array([[k >> 2 & 1, k >> 1 & 1, k & 1] for k in range(8)])
    corners = [_vector(p) for p in geometry.to_patient(np.where(picks, high, low))]
    a, b, c, d, e, f, g, h = corners
    return Box3D(min_index=first, max_index=last, corners=(a, b, c, d, e, f, g, h))


def indexed_on(box: Box3D, geometry: Geometry) -> Box3D:
    """The same box in the patient; its indices are those of the voxels of another grid whose centers lie in it."""
    at = geometry.to_index(np.array(box.corners))
    low, high = np.ceil(at.min(axis=0) - 1e-6), np.floor(at.max(axis=0) + 1e-6)
    middle = np.rint(at.mean(axis=0))
    none = low > high  # thinner than a voxel: the nearest one
    ends = np.where(none, middle, low), np.where(none, middle, high)
    first, last = (np.clip(end, 0, np.array(geometry.shape) - 1).astype(int).tolist() for end in ends)
    return Box3D(min_index=(first[0], first[1], first[2]), max_index=(last[0], last[1], last[2]), corners=box.corners)


def _vector(point: Points) -> Vector:
    return (float(point[0]), float(point[1]), float(point[2]))
