"""Marks of a key picture as the template draws them: vectors and labels in fractions of the picture, masks as a PNG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from workstation.domain.answer import AnalysisResult
from workstation.domain.finding import Finding
from workstation.domain.layers import Layer, layers_of
from workstation.domain.measure import marks_of
from workstation.domain.noted import NOTHING_NOTED, Noted
from workstation.domain.projection import (
    XY,
    Dot,
    Ellipse,
    LabelImage,
    Mark,
    Text,
    ViewPlane,
    project,
)
from workstation.domain.projection import Path as Line
from workstation.domain.shapes import Mask
from workstation.report.colors import NOTED, color_of, hex_of
from workstation.report.label_places import Area, label_places, labels_cover

Json = dict[str, object]
_FILL: Final = 0.35
_MOST_COVERED: Final = 0.15  # of a picture by its labels; beyond it only numbers stand there, and texts in the table
_FINE_PX: Final = 640  # a mask's outline is one pixel of a picture this large


@dataclass(frozen=True, slots=True)
class Marked:
    """What is drawn over one picture. `layers`: labels of masks on it that no finding is about."""

    marks: tuple[Json, ...]
    findings: frozenset[str]
    layers: tuple[Layer, ...]
    mask_file: str = ""


def draw_marks(
    result: AnalysisResult,
    findings: Sequence[tuple[int, Finding]],
    plane: ViewPlane,
    size_pt: tuple[float, float],
    target: Path,
    noted: Noted = NOTHING_NOTED,
) -> Marked:
    """Everything that is seen of the findings, as on the screen; covered pixels of masks are written to `target`.

    noted     what the reader measured and drew on it besides
    findings  with their numbers; `size_pt`: of the picture on paper, for the places of labels
    """
    layers = {layer.key: layer for layer in layers_of(result.findings, result.masks)}
    covers: list[tuple[LabelImage, str]] = []
    marks: list[Json] = []
    said: list[tuple[str, Area, str]] = []
    numbers: list[tuple[str, Area, str]] = []
    seen: set[str] = set()
    nobodys: list[Layer] = []
    for layer in layers.values():
        found = project(Mask(volume=layer.mask, label=layer.label), plane, result.masks) if not layer.finding else ()
        covers += [(mark, color_of(layer.colour)) for mark in _covers(found)]
        nobodys += [layer] if found else []
    for number, finding in findings:
        own: list[Mark] = []
        for shape in finding.shapes:
            found = project(shape, plane, result.masks)
            masked = layers.get((shape.volume, shape.label)) if isinstance(shape, Mask) else None
            covers += [(mark, color_of(masked.colour if masked is not None else number)) for mark in _covers(found)]
            own += found
        if not own:
            continue
        seen.add(finding.id)
        color = color_of(number)
        marks += [{**drawn, "color": color} for mark in own for drawn in _drawn(mark, plane)]
        said += [(color, area, text) for area, text in _labels(number, own, plane)]
        numbers.append((color, _labels(number, own, plane)[0][0], str(number)))
    if labels_cover([text for _, _, text in said], size_pt) > _MOST_COVERED:
        said = numbers
    covers += [(LabelImage(mask.covered), hex_of(mask.colour)) for mask in noted.drawn if mask.covered.any()]
    for letter, measure in noted.lettered:
        there = marks_of(measure, plane)
        marks += [{**drawn, "color": NOTED} for mark in there for drawn in _drawn(mark, plane)]
        if there:
            said.append((NOTED, _around([point for mark in there for point in _points(mark)], plane), letter))
    if len(said) > 1 or any(not text.isdigit() for _, _, text in said):  # a mark alone is named below
        marks += _placed(said, size_pt)
    name = _write_covers(covers, plane, target) if covers else ""
    return Marked(tuple(marks), frozenset(seen), tuple(nobodys), name)


def _covers(marks: Sequence[Mark]) -> list[LabelImage]:
    return [mark for mark in marks if isinstance(mark, LabelImage)]


def _labels(number: int, marks: Sequence[Mark], plane: ViewPlane) -> list[tuple[Area, str]]:
    """The number beside all of a finding's marks, and its texts beside their own places; a lone text joins it."""
    texts = [mark for mark in marks if isinstance(mark, Text)]
    if len(marks) == len(texts) == 1:
        return [(_around([texts[0].at], plane), f"{number} · {texts[0].text}")]
    whole = _around([point for mark in marks for point in _points(mark)], plane)
    return [(whole, str(number)), *((_around([mark.at], plane), mark.text) for mark in texts)]


def _points(mark: Mark) -> list[XY]:
    match mark:
        case Ellipse(center=(x, y), radius=(across, along)):
            return [(x - across, y - along), (x + across, y + along)]
        case Line(points=points):
            return list(points)
        case Dot(at=at) | Text(at=at):
            return [at]
        case LabelImage(covered=covered):
            rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
            return [(float(columns[0]), float(rows[0])), (float(columns[-1]), float(rows[-1]))]


def _around(points: Sequence[XY], plane: ViewPlane) -> Area:
    xs, ys = [_x(p[0], plane) for p in points], [_y(p[1], plane) for p in points]
    return (min(xs), min(ys), max(xs), max(ys))


def _x(value: float, plane: ViewPlane) -> float:
    """A pixel's center lies half a pixel inside its edge."""
    return (value + 0.5) / plane.columns


def _y(value: float, plane: ViewPlane) -> float:
    return (value + 0.5) / plane.rows


def _placed(said: Sequence[tuple[str, Area, str]], size_pt: tuple[float, float]) -> list[Json]:
    placed = label_places([(area, text) for _, area, text in said], size_pt)
    return [
        {"kind": "label", "color": color, "text": text, "at": list(label.at), "leader": label.leader}
        for (color, _, text), label in zip(said, placed, strict=True)
    ]


def _drawn(mark: Mark, plane: ViewPlane) -> list[Json]:
    match mark:
        case Ellipse():
            radius = [mark.radius[0] / plane.columns, mark.radius[1] / plane.rows]
            at = [_x(mark.center[0], plane), _y(mark.center[1], plane)]
            return [{"kind": "ellipse", "at": at, "radius": radius}]
        case Line():
            points = [[_x(a, plane), _y(b, plane)] for a, b in mark.points]
            return [{"kind": "path", "points": points, "closed": mark.closed}]
        case Dot() | Text():
            return [{"kind": "dot", "at": [_x(mark.at[0], plane), _y(mark.at[1], plane)]}]
        case LabelImage():
            return []  # a picture of its own lies over the slice


def _write_covers(covers: Sequence[tuple[LabelImage, str]], plane: ViewPlane, target: Path) -> str:
    """Masks as colour over nothing: 35 % inside, opaque along the edge. Finer than the slice, for a thin edge."""
    from PIL import Image

    fine = max(1, round(_FINE_PX / max(plane.rows, plane.columns)))
    picture = np.zeros((plane.rows * fine, plane.columns * fine, 4), dtype=np.uint8)
    for mark, color in covers:
        covered = np.kron(mark.covered, np.ones((fine, fine), dtype=np.bool_))
        inner = np.pad(covered, 1)
        inner = inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2] & inner[1:-1, 2:]
        rgb = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
        picture[covered] = (*rgb, round(255 * _FILL))
        picture[covered & ~inner] = (*rgb, 255)
    Image.fromarray(picture).save(target)
    return target.name
