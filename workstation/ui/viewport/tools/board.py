"""What was measured on the series in a view, and how it looks on one slice: its lines, its words, its handles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Final
from uuid import uuid4

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from workstation.domain.geometry import Vector
from workstation.domain.measure import Measure, MeasureKind, lies_on, marks_of, picture_plane
from workstation.domain.measuring import Scale
from workstation.domain.noted import is_held
from workstation.domain.projection import XY, Dot, Mark, Path, ViewPlane, slice_plane
from workstation.domain.slab import NO_SLAB
from workstation.domain.words import Language
from workstation.ui.speech import Speech
from workstation.ui.viewport.plane_source import CutSource
from workstation.ui.viewport.source import SliceSource
from workstation.ui.viewport.tools.drawing import Drawing
from workstation.ui.viewport.tools.shaping import handles_of
from workstation.ui.viewport.tools.words import Valued, label_lines

_SLACK_MM: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardContent:
    """
    stack_id    series that is measured; what is drawn new is kept with it
    selected    id; "" for none
    values      what is known of the values under a measure, by its id and points: it may have been moved since
    held_until  when a reading of the series was signed: what was measured until then stays as it is
    measurable  whether sizes of what is shown are sizes of the patient
    """

    stack_id: str = ""
    measures: tuple[Measure, ...] = ()
    selected: str = ""
    values: Mapping[tuple[str, tuple[Vector, ...]], Valued] = field(default_factory=dict)
    held_until: datetime | None = None
    measurable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnMeasure:
    """A measure on one slice, in slice pixels.

    path     its lines
    dots     where it only goes through the slice, and single points
    points   all of its points, where it can be shaped; else empty
    handles  where it can be pulled
    lines    what stands beside it
    held     it is part of a signed reading: it has handles, but none that is seen
    """

    id: str
    kind: MeasureKind
    path: QPainterPath
    dots: tuple[QPointF, ...]
    points: tuple[XY, ...]
    handles: tuple[XY, ...]
    lines: tuple[str, ...]
    selected: bool
    hovered: bool
    unfinished: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """A measure on one slice: cutting is the costly part, so it is kept."""

    measure: Measure
    path: QPainterPath
    dots: tuple[QPointF, ...]
    points: tuple[XY, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    measure: Measure
    valued: Valued | None
    by: Language
    lines: tuple[str, ...]


class MeasureBoard:
    """
    scale    what the pixels of the source are worth
    content  what the view was told
    drawing  what is being drawn, `drawing_id` the id it will have; `shaped` what is being pulled, as it is now
    hovered  id of the measure under the pointer
    """

    def __init__(self, source: SliceSource, scale: Scale) -> None:
        self._source, self.scale = source, scale
        self.content = BoardContent()
        self.drawing: Drawing | None = None
        self.drawing_id = ""
        self.shaped: Measure | None = None
        self.hovered = ""
        self._cuts: dict[tuple[str, int], _Cut] = {}
        self._said: dict[str, _Said] = {}
        self._plane: tuple[int, ViewPlane] | None = None
        self._reach: npt.NDArray[np.float64] | None = None  # along the normal, from and to, of each measure

    def show(self, content: BoardContent) -> None:
        if content.measures is not self.content.measures:
            self._reach = None
            there = {one.id for one in content.measures}
            self._cuts = {key: cut for key, cut in self._cuts.items() if key[0] in there}
        self.content = content

    def rescale(self, scale: Scale) -> None:
        """All figures anew."""
        self.scale = scale
        self._said.clear()

    def plane(self, k: int) -> ViewPlane:
        if self._plane is None or self._plane[0] != k:
            source = self._source
            placed = slice_plane(source.geometry, k) if source.geometry is not None else None
            self._plane = (k, placed or picture_plane(source.rows, source.columns, k))
        return self._plane[1]

    def let_go(self) -> bool:
        """Nothing is drawn or pulled any more. Whether anything was."""
        busy = self.drawing is not None or self.shaped is not None
        self.drawing = self.shaped = None
        return busy

    def begin(self, kind: MeasureKind) -> Drawing:
        self.drawing, self.drawing_id = Drawing(kind), uuid4().hex
        return self.drawing

    def made(self, points: tuple[XY, ...], k: int, *, text: str = "") -> Measure | None:
        """What is being drawn as a measure; None where it has not all its points yet."""
        drawing = self.drawing
        if drawing is None or not _enough(drawing.kind, points):
            return None
        plane = self.plane(k)
        return Measure(
            id=self.drawing_id,
            stack_id=self.content.stack_id,
            kind=drawing.kind,
            points=placed(points, plane),
            plane=plane,
            in_pixels=self._source.geometry is None,
            slab=self._source.slab if isinstance(self._source, CutSource) else NO_SLAB,
            text=text,
            at=datetime.now(UTC),
        )

    def reshape(self, measure: Measure, points: tuple[XY, ...], k: int) -> Measure:
        """The same with other points on slice k. It lies in that slice's plane, also if that is seen another way."""
        plane = self.plane(k)
        return replace(measure, points=placed(points, plane), plane=plane)

    def on(self, k: int, speech: Speech) -> tuple[DrawnMeasure, ...]:
        """What is painted over slice k, from the back."""
        plane, shaped = self.plane(k), self.shaped
        drawn = []
        for measure in self._near(k, plane.thickness):
            under_hand = shaped is not None and measure.id == shaped.id
            one = shaped if shaped is not None and under_hand else measure
            cut = _cut(one, plane) if under_hand else self._kept_cut(one, plane, k)
            if not cut.path.isEmpty() or cut.dots:
                drawn.append(self._drawn(one, cut, speech))
        drawn.sort(key=lambda one: one.selected)
        unfinished = self._unfinished(plane, k, speech)
        return (*drawn, unfinished) if unfinished is not None else tuple(drawn)

    def _near(self, k: int, thickness: float) -> list[Measure]:
        """Those that may reach this slice, which is one of many: a series can hold hundreds of measures."""
        if not self.content.measures:
            return []
        normal, offsets = self._along
        if self._reach is None:
            spans = [np.array(one.points) @ normal for one in self.content.measures]
            self._reach = np.array([(span.min(), span.max()) for span in spans])
        at, half = float(offsets[k]), thickness / 2 + _SLACK_MM
        near = (self._reach[:, 0] <= at + half) & (self._reach[:, 1] >= at - half)
        held = self.shaped.id if self.shaped is not None else ""
        return [one for one, there in zip(self.content.measures, near, strict=True) if there or one.id == held]

    @cached_property
    def _along(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The slices' normal, and where each of them lies along it."""
        geometry = self._source.geometry
        if geometry is None:
            return np.array([0.0, 0.0, 1.0]), np.arange(self._source.count, dtype=np.float64)
        return np.array(geometry.normal), geometry.offsets

    def _kept_cut(self, measure: Measure, plane: ViewPlane, k: int) -> _Cut:
        kept = self._cuts.get((measure.id, k))
        if kept is None or kept.measure is not measure:
            kept = self._cuts[measure.id, k] = _cut(measure, plane)
        return kept

    def _drawn(self, measure: Measure, cut: _Cut, speech: Speech) -> DrawnMeasure:
        return DrawnMeasure(
            id=measure.id,
            kind=measure.kind,
            path=cut.path,
            dots=cut.dots,
            points=cut.points,
            handles=handles_of(measure.kind, cut.points) if cut.points else (),
            lines=self._lines(measure, speech),
            selected=measure.id == self.content.selected,
            hovered=measure.id == self.hovered,
            held=is_held(measure, self.content.held_until),
        )

    def _lines(self, measure: Measure, speech: Speech) -> tuple[str, ...]:
        valued = self.content.values.get((measure.id, measure.points)) if measure.kind.valued else None
        kept = self._said.get(measure.id)
        if kept is None or kept.measure is not measure or kept.valued is not valued or kept.by != speech.language:
            lines = tuple(speech.tr(line) for line in label_lines(measure, self.scale, valued))
            kept = self._said[measure.id] = _Said(measure, valued, speech.language, lines)
        return kept.lines

    def _unfinished(self, plane: ViewPlane, k: int, speech: Speech) -> DrawnMeasure | None:
        if self.drawing is None or not self.drawing.anchors:
            return None
        points = self.drawing.preview
        measure = self.made(points, k)
        if measure is not None:
            path, dots = _painted(marks_of(measure, plane))
        else:
            path, dots = QPainterPath(), tuple(QPointF(*point) for point in points[:1])
            path.addPolygon(QPolygonF([QPointF(*point) for point in points]))
        return DrawnMeasure(
            id=self.drawing_id,
            kind=self.drawing.kind,
            path=path,
            dots=dots,
            points=points,
            handles=(),
            lines=self._lines(measure, speech) if measure is not None else (),
            selected=True,
            hovered=False,
            unfinished=True,
        )


def placed(points: tuple[XY, ...], plane: ViewPlane) -> tuple[Vector, ...]:
    """Slice pixels → the frame of the plane."""
    at = plane.to_patient([x for x, _ in points], [y for _, y in points])
    return tuple((float(x), float(y), float(z)) for x, y, z in at)


def _cut(measure: Measure, plane: ViewPlane) -> _Cut:
    points: tuple[XY, ...] = ()
    if lies_on(measure, plane):
        points = tuple((float(x), float(y)) for x, y, _ in plane.to_view(measure.points))
    return _Cut(measure, *_painted(marks_of(measure, plane)), points)


def _enough(kind: MeasureKind, points: tuple[XY, ...]) -> bool:
    needed = {MeasureKind.FREEHAND: 3, MeasureKind.ANGLE: 3, MeasureKind.PROBE: 1, MeasureKind.TEXT: 1}
    return len(points) >= needed.get(kind, 2 if kind in (MeasureKind.LENGTH, MeasureKind.ARROW) else 4)


def _painted(marks: tuple[Mark, ...]) -> tuple[QPainterPath, tuple[QPointF, ...]]:
    path, dots = QPainterPath(), []
    for mark in marks:
        if isinstance(mark, Path):
            path.addPolygon(QPolygonF([QPointF(*point) for point in mark.points]))
            if mark.closed:
                path.closeSubpath()
        elif isinstance(mark, Dot):
            dots.append(QPointF(*mark.at))
    return path, tuple(dots)
