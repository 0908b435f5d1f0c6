"""GSPS → graphics and texts over the images that they are for, and how these are to be shown (PS3.3 A.33, C.10.5).

Pixel units count from the outer corner of the first pixel; display units are parts of the displayed area as it is
seen, after it was turned and flipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.finding import Finding
from workstation.domain.overlaid import Presentation
from workstation.domain.series import VoiWindow
from workstation.domain.shapes import Label, Shape
from workstation.domain.words import Words, say, say_count
from workstation.imaging.objects.content import Content, part
from workstation.imaging.objects.file import Texts, dataset_of, items, number, numbers, points, uid
from workstation.imaging.objects.graphics import outline, shapes_of
from workstation.imaging.objects.placing import BY_IMAGES, NOTHING_TO_PLACE, SeriesPlace, vectors
from workstation.imaging.objects.shutter import shutter_of
from workstation.imaging.objects.state_windows import for_values_of, line_of, window_of

if TYPE_CHECKING:
    from pydicom import Dataset

_MOST_SHAPES: Final = 20_000
_Flat = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Area:
    """The displayed area in pixels counted from the outer corner; `turned` clockwise, `flipped` after that."""

    first: tuple[float, float]
    last: tuple[float, float]
    turned: int
    flipped: bool

    def to_pixels(self, units: str, at: _Flat) -> _Flat:
        """Graphic coordinates → (column, row), counted from the outer corner of the image's first pixel."""
        if units != "DISPLAY":
            return at
        u, v = at[:, 0], at[:, 1]
        # Back to the picture as it was before it was turned: its corners are named as they are seen now (C.10.4).
        if self.turned in (90, 270):
            u, v = v, u
        column = self.first[0] + u * (self.last[0] - self.first[0])
        row = self.first[1] + v * (self.last[1] - self.first[1])
        return np.column_stack([column, row])


def read(path: str, name: str, series: SeriesPlace) -> Content:
    """raises NOT_FOUND, UNREADABLE, TOO_LARGE"""
    dataset = dataset_of(path)
    texts = Texts(dataset)
    everywhere = _slices(items(dataset, "ReferencedSeriesSequence"), series, nested=True)
    turned = int(number(dataset, "ImageRotation") or 0) % 360
    turned = turned if turned % 90 == 0 else 0
    flipped = dataset.get("ImageHorizontalFlip") == "Y"
    areas = _areas(dataset, series, everywhere, turned, flipped)
    findings: list[Finding] = []
    notes: list[Words] = []
    room = _MOST_SHAPES
    elsewhere = undrawn = 0
    for label, shapes, here in _annotations(dataset, texts, series, everywhere, areas):
        room -= len(shapes)
        elsewhere += not here
        undrawn += here and not shapes
        if room < 0:
            notes.append(say("There are too many graphics to show them all."))
            break
        findings.append(part(name, len(findings) + 1, "graphic", label, shapes))
    notes += _not_applied(dataset)
    windows = _windows(dataset, texts, series, everywhere)
    if None in windows.values():
        notes.append(say("Its window is for other values than the image has, and is not applied."))
    if undrawn:
        notes.append(say_count("{count} shape can't be drawn.", "{count} shapes can't be drawn.", undrawn))
    if elsewhere:
        notes.append(
            say_count("{count} graphic is on another series.", "{count} graphics are on other series.", elsewhere)
        )
    return Content(
        placement=BY_IMAGES if everywhere else NOTHING_TO_PLACE,
        findings=tuple(finding for finding in findings if finding.shapes),
        presentations=tuple(_presentations(dataset, series, everywhere, windows, areas, turned, flipped)),
        in_pixels=series.in_pixels,
        notes=tuple(notes),
    )


def _slices(references: Iterable[Dataset], series: SeriesPlace, *, nested: bool = False) -> tuple[int, ...]:
    images = [one for item in references for one in items(item, "ReferencedImageSequence")] if nested else references
    found: set[int] = set()
    for one in images:
        frames = [int(frame) for frame in numbers(one, "ReferencedFrameNumber")]
        found.update(series.slices(uid(one, "ReferencedSOPInstanceUID"), frames))
    return tuple(sorted(found))


def _meant(item: Dataset, series: SeriesPlace, everywhere: tuple[int, ...]) -> tuple[int, ...]:
    """Slices that an item is for: those of its own references, else all that the state is for."""
    own = items(item, "ReferencedImageSequence")
    return _slices(own, series) if own else everywhere


def _areas(
    dataset: Dataset, series: SeriesPlace, everywhere: tuple[int, ...], turned: int, flipped: bool
) -> Mapping[int, _Area]:
    whole = _Area((0.0, 0.0), (float(series.geometry.columns), float(series.geometry.rows)), turned, flipped)
    areas = dict.fromkeys(everywhere, _whole(whole))
    for item in items(dataset, "DisplayedAreaSelectionSequence"):
        top, bottom = (
            numbers(item, "DisplayedAreaTopLeftHandCorner"),
            numbers(item, "DisplayedAreaBottomRightHandCorner"),
        )
        if len(top) != 2 or len(bottom) != 2:
            continue
        # Pixels are counted from 1 and belong to the area with all of their extent.
        ends = [(a - 1, b) if a <= b else (a, b - 1) for a, b in zip(top, bottom, strict=True)]
        area = _Area((ends[0][0], ends[1][0]), (ends[0][1], ends[1][1]), turned, flipped)
        areas |= dict.fromkeys(_meant(item, series, everywhere), area)
    return areas


# Whether the corner of the image that is seen at the top left is one of its right, and one of its bottom: turned
# clockwise by so much, and then flipped or not (C.10.6).
_SEEN_FIRST: Final = {
    (0, False): (False, False),
    (0, True): (True, False),
    (90, False): (False, True),
    (90, True): (False, False),
    (180, False): (True, True),
    (180, True): (False, True),
    (270, False): (True, False),
    (270, True): (True, True),
}


def _whole(area: _Area) -> _Area:
    """All of the image, its corners named as they are seen."""
    (left, top), (right, bottom) = area.first, area.last
    from_right, from_bottom = _SEEN_FIRST.get((area.turned, area.flipped), (False, False))
    xs = (right, left) if from_right else (left, right)
    ys = (bottom, top) if from_bottom else (top, bottom)
    return _Area((xs[0], ys[0]), (xs[1], ys[1]), area.turned, area.flipped)


def _annotations(
    dataset: Dataset, texts: Texts, series: SeriesPlace, everywhere: tuple[int, ...], areas: Mapping[int, _Area]
) -> Iterator[tuple[Words, list[Shape], bool]]:
    """Label and shapes of each, and whether it is for any slice of the series."""
    for item in items(dataset, "GraphicAnnotationSequence"):
        slices = _meant(item, series, everywhere)
        layer = texts.of(item, "GraphicLayer")
        for graphic in items(item, "GraphicObjectSequence"):
            kind = str(graphic.get("GraphicType", ""))
            yield (
                say("{text}", text=layer or kind.capitalize()),
                _drawn(graphic, kind, slices, series, areas),
                bool(slices),
            )
        for said in items(item, "TextObjectSequence"):
            text = texts.of(said, "UnformattedTextValue").replace("\r\n", "\n").replace("\r", "\n")
            label = say("{text}", text=text.replace("\n", " · "))
            yield label, _written(said, text, slices, series, areas), bool(slices)


def _drawn(
    graphic: Dataset, kind: str, slices: tuple[int, ...], series: SeriesPlace, areas: Mapping[int, _Area]
) -> list[Shape]:
    try:
        given = points(numbers(graphic, "GraphicData"), 2)
    except ValueError:
        return []
    units = str(graphic.get("GraphicAnnotationUnits", "PIXEL"))
    form, lines = outline(kind, given)
    return [
        shape
        for k in slices
        for shape in shapes_of(form, [series.on_slice(k, areas[k].to_pixels(units, line)) for line in lines])
    ]


def _written(
    said: Dataset, text: str, slices: tuple[int, ...], series: SeriesPlace, areas: Mapping[int, _Area]
) -> list[Shape]:
    """At its anchor, else at the top left corner of its box."""
    at, units = numbers(said, "AnchorPoint"), str(said.get("AnchorPointAnnotationUnits", "PIXEL"))
    if len(at) != 2:
        at = numbers(said, "BoundingBoxTopLeftHandCorner")
        units = str(said.get("BoundingBoxAnnotationUnits", "PIXEL"))
    if len(at) != 2 or not text:
        return []
    line = points(at, 2)
    return [
        Label(text=text.replace("\n", " · "), at=vectors(series.on_slice(k, areas[k].to_pixels(units, line)))[0])
        for k in slices
    ]


def _not_applied(dataset: Dataset) -> Iterator[Words]:
    if items(dataset, "MaskSubtractionSequence"):
        yield say("The image that it subtracts is not applied.")
    if items(dataset, "ModalityLUTSequence"):
        yield say("Its table of values is not applied.")
    if items(dataset, "PresentationLUTSequence"):
        yield say("Its table of grays is not applied.")
    if any(one.get("PresentationSizeMode") == "TRUE SIZE" for one in items(dataset, "DisplayedAreaSelectionSequence")):
        yield say("It asks for true size; the picture is as large as fits.")


def _windows(
    dataset: Dataset, texts: Texts, series: SeriesPlace, everywhere: tuple[int, ...]
) -> dict[int, VoiWindow | None]:
    """The window of each slice that one is asked for; None where its values are none of the image's."""
    windows: dict[int, VoiWindow | None] = {}
    own = line_of(dataset)
    for item in items(dataset, "SoftcopyVOILUTSequence"):
        window = window_of(item, texts, bool(dataset.original_encoding[1]))
        if window is not None:
            for k in _meant(item, series, everywhere):
                windows[k] = for_values_of(window, own, series.stack.instances[k])
    return windows


def _presentations(
    dataset: Dataset,
    series: SeriesPlace,
    everywhere: tuple[int, ...],
    windows: Mapping[int, VoiWindow | None],
    areas: Mapping[int, _Area],
    turned: int,
    flipped: bool,
) -> Iterator[Presentation]:
    """One for all slices that are shown alike; none of what changes nothing."""
    zooms: dict[int, float | None] = {}
    for item in items(dataset, "DisplayedAreaSelectionSequence"):
        ratio = number(item, "PresentationPixelMagnificationRatio") if _magnified(item) else None
        zooms |= dict.fromkeys(_meant(item, series, everywhere), ratio or None)
    shape = dataset.get("PresentationLUTShape")
    inverse = shape == "INVERSE" if shape in ("IDENTITY", "INVERSE") else None
    geometry = series.geometry
    shutter = shutter_of(dataset, (geometry.rows, geometry.columns), geometry.spacing) if everywhere else None
    alike: dict[tuple[VoiWindow | None, _Area | None, float | None], list[int]] = {}
    for k in everywhere:
        alike.setdefault((windows.get(k), areas[k] if k in zooms else None, zooms.get(k)), []).append(k)
    for (window, area, zoom), slices in alike.items():
        shown = _part(area, geometry.columns, geometry.rows) if area is not None else None
        if not (window or shown or zoom or turned or flipped or shutter or inverse):
            continue
        yield Presentation(
            slices=tuple(slices),
            window=window,
            inverse=inverse,
            turned=turned,
            flipped=flipped,
            area=shown,
            zoom=zoom,
            shutter=shutter,
        )


def _magnified(item: Dataset) -> bool:
    return bool(item.get("PresentationSizeMode") == "MAGNIFY")


def _part(area: _Area, columns: int, rows: int) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Its first and last pixel (column, row) from 0; None: it is the whole image."""
    xs, ys = sorted((area.first[0], area.last[0])), sorted((area.first[1], area.last[1]))
    if (xs, ys) == ([0, columns], [0, rows]):
        return None
    return ((xs[0], ys[0]), (xs[1] - 1, ys[1] - 1))
