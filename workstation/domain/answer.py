"""What a service said, typed, still in the frame that its row declares; and the result once it has its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.geometry import Geometry, Vector
from workstation.domain.volume import LabelVolume, ResultVolume
from workstation.domain.words import Words, say

Triple = tuple[float, float, float]
LOCAL_SERVICE: Final = "Yingtai local cloud"  # the name of the service on this PC, in results


@dataclass(frozen=True, slots=True, kw_only=True)
class WireFrame:
    """How an operation writes places: declared once in its row.

    axes   order of the three numbers on the wire: "xyz" (column, row, slice) or "zyx" (slice, row, column)
    base   index of the first voxel, 0 or 1
    """

    axes: str = "xyz"
    base: int = 0

    def index(self, wire: Triple) -> Triple:
        """Wire numbers → (slice, row, column) from 0."""
        at = (wire[2], wire[1], wire[0]) if self.axes == "xyz" else wire
        return (at[0] - self.base, at[1] - self.base, at[2] - self.base)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGrid:
    """The geometry that the answer itself states; None where it gave none.

    origin   mm of voxel (0, 0, 0) as the service counts them (x, y, z; no direction cosines)
    spacing  (slice, row, column) mm
    shape    (slices, rows, columns)
    """

    origin: Vector | None = None
    spacing: Triple | None = None
    shape: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSphere:
    """A ball at a fractional (slice, row, column) index from 0; the diameter is in millimetres.

    stated_mm  the same center in the service's own millimetres (x, y, z), if it gave them: checked, never painted
    """

    center: Triple
    diameter_mm: float
    stated_mm: Vector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexBox:
    """First and last voxel inside (slice, row, column), both inclusive, from 0.

    stated_mm  both in the service's own whole millimetres (x, y, z), if it gave them: checked, never painted
    """

    first: tuple[int, int, int]
    last: tuple[int, int, int]
    stated_mm: tuple[Vector, Vector] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPoint:
    at: Triple
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPixel:
    """A (row, column) from 0 on a slice that the service does not name: shown on the middle one, as assumed."""

    at: tuple[float, float]
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRectangle:
    """A rectangle on one slice: (row, column) of its first and last pixel edge, fractional, from 0."""

    slice: float
    first: tuple[float, float]
    last: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPolyline:
    """Points joined in order, fractional (slice, row, column) from 0; two of them are a line."""

    points: tuple[Triple, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexAngle:
    """Two arms that meet at the vertex, fractional (slice, row, column) from 0."""

    start: Triple
    vertex: Triple
    end: Triple


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPolyline:
    """Points joined in order, in the patient's own LPS millimetres as the service states them."""

    points: tuple[Vector, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskShape:
    """The voxels with this value in the answer's mask of this name."""

    mask: str
    label: int


IndexShape = (
    IndexSphere
    | IndexBox
    | IndexPoint
    | IndexPixel
    | IndexRectangle
    | IndexPolyline
    | IndexAngle
    | PatientPolyline
    | MaskShape
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnswerMask:
    """A label image of the answer, on its own grid still. `names`: label → what it is.

    in_pixels  its grid are the pixels of the picture that was sent, whatever the volume says of its place
    """

    name: str
    volume: ResultVolume
    names: Mapping[int, Words] = field(default_factory=dict)
    basis: Basis = Basis.VENDOR
    in_pixels: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One figure along a way, such as the area of a vessel along its length.

    name      stable code; `label` what people read
    x, y      as many of each; `x_unit`, `y_unit` in UCUM
    marked    place in `y` of the point to point at, such as the widest one
    """

    name: str
    label: Words
    x: tuple[float, ...]
    y: tuple[float, ...]
    x_unit: str
    y_unit: str
    basis: Basis
    marked: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFinding:
    """One finding as parsed: numbered by its place in the answer. `sop_instance_uid`: the slice the service names."""

    code: str
    label: Words
    shapes: tuple[IndexShape, ...]
    measurements: tuple[Measurement, ...]
    confidence: float | None
    basis: Basis
    sop_instance_uid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAnswer:
    """The typed answer.

    masks    label images that are to be painted where their grid is that of the series sent
    volumes  other images of the answer, such as a moved series
    notes    what a reader should know, such as a part that failed
    assumed  what its places are read by that no document states; None: nothing
    unknown  wire paths that nobody reads, so that a change of the service is noticed
    """

    findings: tuple[AnswerFinding, ...]
    grid: AnswerGrid
    basis: Basis
    series_uid: str = ""
    measurements: tuple[Measurement, ...] = ()
    texts: tuple[str, ...] = ()
    curves: tuple[Curve, ...] = ()
    masks: tuple[AnswerMask, ...] = ()
    volumes: tuple[ResultVolume, ...] = ()
    notes: tuple[Words, ...] = ()
    assumed: Words | None = None
    service_name: str = ""
    service_version: str = ""
    unknown: tuple[str, ...] = ()


class PlacementState(StrEnum):
    PROVEN = "proven"
    ASSUMED = "assumed"
    CONTRADICTED = "contradicted"
    NOT_APPLICABLE = "not-applicable"

    @property
    def painted(self) -> bool:
        return self in (PlacementState.PROVEN, PlacementState.ASSUMED)


@dataclass(frozen=True, slots=True)
class Placement:
    """How sure the place of the findings is, and in words why."""

    state: PlacementState
    sentence: Words


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SentSeries:
    """What was really sent, in canonical order: the frame of reference for the answer.

    sop_instance_uids  the new (one-way) UIDs, slice by slice; series_uid the new one
    original           where the original's slices lie, if the series was resampled for sending; None: the same place
    pixels             the geometry is that of a picture: x is the column, y the row, in pixels from 0
    moving             the other series of two: what is to be brought onto this one
    moving_id          the original series (`UID#k`) of `moving`
    """

    geometry: Geometry | None
    series_uid: str
    sop_instance_uids: tuple[str, ...]
    original: Geometry | None = None
    pixels: bool = False
    moving: SentSeries | None = None
    moving_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStamp:
    """What is known of the paid run that made a result; times aware, UTC."""

    id: str
    request_id: str
    submitted: datetime
    finished: datetime
    cost_yuan: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnalysisResult:
    """A placed result: findings in patient LPS mm (empty shapes where the placement is contradicted).

    operation, connection  names of the row and of the connection
    stack_id, study_uid    the original series (`UID#k`) and study it belongs to; shown over nothing else
    raw                    the service's answer as text (JSON), kept as it came
    volumes                images that the service made, such as a moved series, on their own grids
    moving_id              the original series that was brought onto this one, where there were two
    files                  what the answer linked to, as it came, by wire path: where it lies on this PC
    in_pixels              shapes are in pixels of a picture (x column, y row), not in millimetres
    """

    operation: str
    connection: str
    basis: Basis
    parameters: Mapping[str, str | int | float | bool]
    stack_id: str
    study_uid: str
    job: JobStamp
    service_name: str
    service_version: str
    placement: Placement
    findings: tuple[Finding, ...]
    measurements: tuple[Measurement, ...] = ()
    masks: tuple[LabelVolume, ...] = ()
    texts: tuple[str, ...] = ()
    curves: tuple[Curve, ...] = ()
    volumes: tuple[ResultVolume, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    moving_id: str = ""
    in_pixels: bool = False
    raw: str = ""
    notes: tuple[Words, ...] = field(default=())

    @property
    def reported(self) -> tuple[Finding, ...]:
        """What the service found; the others are the reader's own."""
        return tuple(finding for finding in self.findings if not finding.own)

    @property
    def service(self) -> Words:
        """Who answered, as people call it."""
        return say("the local cloud") if self.service_name == LOCAL_SERVICE else say("{name}", name=self.service_name)

    @property
    def none_reported(self) -> Words:
        """What a result without findings says: by whom and at which threshold, never “normal”."""
        if self.moving_id:
            return say("Another series was brought onto this one by {service}.", service=self.service)
        threshold = self.parameters.get("threshold")
        if isinstance(threshold, float):
            return say(
                "None reported by {service} at threshold {threshold:.2f}.", service=self.service, threshold=threshold
            )
        return say("None reported by {service}.", service=self.service)
