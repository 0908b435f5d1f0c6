"""What files from elsewhere show, cut by the slices of a view: the same projection and brush as for results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainterPath

from workstation.domain.answer import PlacementState
from workstation.domain.finding import Finding
from workstation.domain.geometry import Geometry
from workstation.domain.mask_cut import labels_on
from workstation.domain.overlaid import FileLook, Overlaid, Presentation, pixel_stack
from workstation.domain.projection import XY, LabelImage, ViewPlane, project, slab_plane
from workstation.domain.shapes import Mask
from workstation.domain.value_map import ValueMap
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words, say
from workstation.ui.theme import finding_colour
from workstation.ui.viewport.brush import Drawable, Trace, trace
from workstation.ui.viewport.kept_traces import KeptTraces
from workstation.ui.viewport.map_marks import legend_of, map_drawable, map_trace
from workstation.ui.viewport.plane_source import CutSource
from workstation.ui.viewport.source import SliceSource


def part_colour(overlaid: Overlaid, place: int) -> QColor:
    """As the file recommends, else by the part's place, from 1."""
    own = overlaid.colours.get(overlaid.findings[place - 1].id)
    return QColor(*own) if own is not None else finding_colour(place)


class FileTracer:
    """Keeps the cuts: scrolling back costs nothing, and neither does hiding a part."""

    def __init__(self) -> None:
        self._files: tuple[tuple[Overlaid, FileLook], ...] = ()
        self._geometry: Geometry | None = None
        self._pixels: Geometry | None = None
        self._slab_mm = 0.0
        self._kept = KeptTraces()
        self._author: Overlaid | None = None
        self._shutters: dict[int, Drawable] = {}

    def show(self, files: Sequence[tuple[Overlaid, FileLook]], source: SliceSource | None) -> None:
        geometry = source.geometry if source is not None else None
        before = {id(overlaid) for overlaid, _ in self._files}
        if geometry is not self._geometry:
            self._kept.clear()
        for overlaid, _ in files:
            if id(overlaid) not in before:
                self._forget(overlaid)
        self._files, self._geometry = tuple(files), geometry
        self._slab_mm = source.slab_mm if isinstance(source, CutSource) else 0.0
        pixels = source is not None and geometry is None
        self._pixels = pixel_stack(source.count, source.rows, source.columns) if source is not None and pixels else None

    def show_author(self, author: Overlaid | None) -> None:
        """The object whose author's way of showing these very slices is in force."""
        self._author = author
        self._shutters.clear()

    def author_words(self, k: int) -> Words | None:
        """What of the author's way is in force on slice k; None: it is shown as usual."""
        wanted = presentation_on(self._author, k)
        if self._author is None or wanted is None:
            return None
        parts = [words for there, words in _parts_of(wanted) if there]
        said = say("{text}", text="")
        for number, part in enumerate(parts):
            said = say("{first}, {second}", first=said, second=part) if number else part
        return say("as “{name}” asks: {parts}", name=self._author.title, parts=said)

    def _shutter(self, k: int) -> tuple[Drawable, ...]:
        """Over the picture, and under all marks: what is measured or found there is still said."""
        wanted = presentation_on(self._author, k)
        shutter = wanted.shutter if wanted is not None else None
        if shutter is None:
            return ()
        if id(shutter) not in self._shutters:
            colour = QColor(*shutter.colour)
            pixels = shutter.hidden * np.uint32(colour.rgba())
            rows, columns = pixels.shape
            fill = QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied)
            covering = Trace(QPainterPath(), fill=fill.copy(), fill_rect=QRectF(-0.5, -0.5, columns, rows))
            made = Drawable(finding_id="", label="", colour=colour, traces=(covering,), opacity=1.0)
            self._shutters[id(shutter)] = made
        return (self._shutters[id(shutter)],)

    def _forget(self, overlaid: Overlaid) -> None:
        """It is another one now under the same name: a mask that was drawn on, a file that was read anew."""
        parts = {finding.id for finding in overlaid.findings}
        self._kept.drop(lambda key: key[1] in parts)

    @property
    def placements(self) -> frozenset[PlacementState]:
        """How sure the places are of what is painted over the series, on whatever slice."""
        return frozenset(
            overlaid.placement.state
            for overlaid, look in self._files
            if any(overlaid.has_place(part) and part.id not in look.hidden for part in overlaid.findings)
        )

    def frame_of(self, overlaid: Overlaid) -> Geometry | None:
        """What its places are counted in: the patient, or the pixels of the pictures."""
        return self._pixels if overlaid.in_pixels else self._geometry

    def drawables(self, k: int) -> tuple[Drawable, ...]:
        found = [*self._shutter(k), *self._maps(k)]
        for overlaid, look in self._files:
            geometry = self.frame_of(overlaid)
            if geometry is None or k >= geometry.slices:
                continue
            plane = slab_plane(geometry, k, self._slab_mm)
            present: dict[str, frozenset[int]] = {}
            for place, finding in enumerate(overlaid.findings, start=1):
                if finding.id in look.hidden or not finding.shapes:
                    continue
                colour = part_colour(overlaid, place)
                traces = self._traces(k, overlaid, finding, plane, colour, present)
                if traces:
                    found.append(_drawable(finding, traces, colour, look))
        return tuple(found)

    def _maps(self, k: int) -> list[Drawable]:
        found: list[Drawable] = []
        for one, look, plane in self._maps_on(k):
            traces = self._kept.get((k, one.part), partial(map_trace, one, plane))
            found += [map_drawable(traces, look)] if traces else []
        return found

    def _maps_on(self, k: int) -> Iterator[tuple[ValueMap, FileLook, ViewPlane]]:
        for overlaid, look in self._files:
            geometry = self.frame_of(overlaid) if overlaid.maps else None
            if geometry is not None and k < geometry.slices:
                plane = slab_plane(geometry, k, 0.0)
                yield from ((one, look, plane) for one in overlaid.maps if one.part not in look.hidden)

    def values_at(self, k: int, at: XY) -> tuple[tuple[ValueMap, float], ...]:
        """What maps that are painted measured in the pixel under a point (column, row)."""
        x, y = round(at[0]), round(at[1])
        found = ((one, one.at(plane, x, y)) for one, _, plane in self._maps_on(k))
        return tuple((one, value) for one, value in found if value is not None)

    def map_words(self, k: int) -> tuple[Words, ...]:
        """What the colours over slice k stand for."""
        named = [one.quantity for one, _, _ in self._maps_on(k)]
        middle = self._slab_mm > 0
        return tuple(say("{name}: of the slab's middle plane", name=name) if middle else name for name in named)

    def legend(self, k: int) -> tuple[tuple[str, ...], QImage | None]:
        """Values from the highest to the lowest and their colours, of the map on top; none where none is painted."""
        top = [one for one, _, _ in self._maps_on(k)][-1:]
        return legend_of(top[0]) if top else ((), None)

    def _traces(
        self,
        k: int,
        overlaid: Overlaid,
        finding: Finding,
        plane: ViewPlane,
        colour: QColor,
        present: dict[str, frozenset[int]],
    ) -> tuple[Trace, ...]:
        return self._kept.get((k, finding.id), lambda: self._cut(overlaid, finding, plane, colour, present))

    @staticmethod
    def _cut(
        overlaid: Overlaid, finding: Finding, plane: ViewPlane, colour: QColor, present: dict[str, frozenset[int]]
    ) -> tuple[Trace, ...]:
        """Of masks only the labels that are on the plane at all: there may be hundreds of them."""
        traces: list[Trace] = []
        for shape in finding.shapes:
            if not isinstance(shape, Mask):
                traces += [trace(mark, colour) for mark in project(shape, plane)]
                continue
            volume = next((mask for mask in overlaid.masks if mask.name == shape.volume), None)
            if volume is None:
                continue
            if plane.reach:
                traces += [trace(mark, colour, fill=1.0) for mark in project(shape, plane, (volume,))]
                continue
            labels = labels_on(volume, plane)
            if volume.name not in present:
                present[volume.name] = _present(volume, labels)
            if shape.label in present[volume.name]:
                traces.append(trace(LabelImage(labels == shape.label), colour, fill=1.0))
        return tuple(traces)


def presentation_on(author: Overlaid | None, k: int) -> Presentation | None:
    """How an author wants slice k shown; None: nothing is said of it."""
    return next((one for one in author.presentations if k in one.slices), None) if author is not None else None


def _parts_of(wanted: Presentation) -> tuple[tuple[bool, Words], ...]:
    return (
        (wanted.window is not None, say("window")),
        (wanted.inverse is True, say("inverted")),
        (wanted.turned != 0, say("turned {degrees}°", degrees=wanted.turned)),
        (wanted.flipped, say("mirrored")),
        (wanted.area is not None, say("part of the picture")),
        (wanted.zoom is not None, say("magnified")),
        (wanted.shutter is not None, say("shutter")),
    )


def _present(volume: LabelVolume, labels: npt.NDArray[np.uint8]) -> frozenset[int]:
    """The labels on a plane. Counting takes long on a large photograph, and of one label there is nothing to count."""
    if len(volume.voxels) == 1:
        return frozenset(volume.voxels) if labels.any() else frozenset()
    return frozenset(np.flatnonzero(np.bincount(labels.ravel(), minlength=256)).tolist())


def _drawable(finding: Finding, traces: tuple[Trace, ...], colour: QColor, look: FileLook) -> Drawable:
    """Texts stand where the file has them; lines say what they measure; of masks the list tells which is which."""
    only_texts = all(traced.text for traced in traces)
    masks = any(traced.fill is not None for traced in traces)
    return Drawable(
        finding_id="",
        label="" if masks or only_texts else _label(finding),
        colour=colour,
        traces=traces,
        texts=True,
        opacity=0.0 if look.outline else look.opacity,
    )


def _label(finding: Finding) -> str:
    """The first measured length in millimetres; what it is stands in the list."""
    for measurement in finding.measurements:
        if isinstance(measurement.value, int | float) and measurement.unit in ("mm", "cm"):
            return f"{measurement.value:.1f} {measurement.unit}"
    return ""
