"""SR → shapes with their measurements, and the report as text (DICOM PS3.16 TID 1500 and any other template)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from workstation.domain.answer import Placement
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.shapes import Shape
from workstation.domain.words import Words, say, say_count
from workstation.imaging.objects.content import Content, part
from workstation.imaging.objects.content_tree import Item, tree_of
from workstation.imaging.objects.file import Texts, dataset_of, points
from workstation.imaging.objects.graphics import outline, shapes_of
from workstation.imaging.objects.placing import BY_IMAGES, OUTSIDE, SeriesPlace, worst

_GROUP: Final = "125007"  # Measurement Group (DCM)
_TRACKING: Final = ("112039",)  # Tracking Identifier
_WHAT: Final = ("121071", "G-D705", "F-B8E00")  # Finding
_WHERE: Final = ("363698007", "G-C0E3", "T-D0001")  # Finding Site
_GRAPHICS: Final = ("SCOORD", "SCOORD3D")
_MOST_LINES: Final = 2000
_INDENT: Final = "  "


@dataclass(slots=True)
class _Shown:
    """What became of the graphics of a report over this series."""

    placements: list[Placement] = field(default_factory=list)
    refused: list[Placement] = field(default_factory=list)
    others: int = 0  # on images of other series
    unknown: int = 0  # of no known type


def read(path: str, name: str, series: SeriesPlace) -> Content:
    """raises NOT_FOUND, UNREADABLE, TOO_LARGE, TOO_MANY_RECORDS"""
    dataset = dataset_of(path)
    root = tree_of(dataset, Texts(dataset))
    shown = _Shown()
    findings: list[Finding] = []
    for title, items in _groups(root):
        shapes = [shape for item in items for shape in _shapes(item, series, shown)]
        measured = [one for item in items if (one := _measurement(item)) is not None]
        if shapes or measured:
            findings.append(part(name, len(findings) + 1, "measurement", title, shapes, measured))
    notes: list[Words] = []
    if shown.others:
        notes.append(
            say_count("{count} shape is on another series.", "{count} shapes are on other series.", shown.others)
        )
    if shown.unknown:
        notes.append(say_count("{count} shape can't be drawn.", "{count} shapes can't be drawn.", shown.unknown))
    if shown.placements:
        notes += [one.sentence for one in dict.fromkeys(shown.refused)]
    slices = [
        k
        for item in root.walk()
        if item.kind == "IMAGE"
        for uid, frames in item.images
        for k in series.slices(uid, frames)
        if item.relation != "SELECTED FROM" and _is_key(item)
    ]
    return Content(
        placement=worst(shown.placements or shown.refused),
        findings=tuple(findings),
        slices=tuple(sorted(set(slices))),
        texts=tuple(_lines(root)),
        in_pixels=series.in_pixels,
        notes=tuple(notes),
    )


def _is_key(item: Item) -> bool:
    """Images that a basic report shows beside its text; those of a library are all of the study."""
    return item.relation == "CONTAINS" and item.depth <= 2


def _groups(root: Item) -> Iterator[tuple[Words, list[Item]]]:
    """Measurement groups, then every graphic that is in none with the number that was inferred from it."""
    taken: set[int] = set()
    for item in root.walk():
        if item.kind == "CONTAINER" and item.name[0] == _GROUP:
            inside = list(item.walk())
            taken.update(map(id, inside))
            yield _title(inside, item.name[1]), inside
    for item in root.walk():
        if id(item) in taken:
            continue
        if item.kind == "NUM" and any(below.kind in _GRAPHICS for below in item.walk()):
            inside = list(item.walk())
            taken.update(map(id, inside))
            yield say("{text}", text=item.name[1]), inside
        elif item.kind in _GRAPHICS:
            inside = list(item.walk())
            taken.update(map(id, inside))
            yield say("{text}", text=item.name[1] or item.graphic[0].capitalize()), inside


def _title(inside: Sequence[Item], otherwise: str) -> Words:
    """What was found and where, else how it is tracked."""
    what = next((item.text for item in inside if item.kind == "CODE" and item.name[0] in _WHAT), "")
    where = next((item.text for item in inside if item.kind == "CODE" and item.name[0] in _WHERE), "")
    tracked = next((item.text for item in inside if item.kind == "TEXT" and item.name[0] in _TRACKING), "")
    said = " · ".join(dict.fromkeys(filter(None, (what, where, tracked))))
    return say("{text}", text=said or otherwise)


def _measurement(item: Item) -> Measurement | None:
    if item.kind != "NUM" or item.number is None:
        return None
    label = say("{text}", text=item.name[1] or item.name[0])
    unit = "" if item.unit in ("1", "{no units}") else item.unit
    name = item.name[0] or item.name[1]
    return Measurement(name=name, label=label, value=item.number, unit=unit, basis=Basis.VENDOR)


def _shapes(item: Item, series: SeriesPlace, shown: _Shown) -> list[Shape]:
    if item.kind not in _GRAPHICS:
        return []
    try:
        given = points(item.graphic[1], 2 if item.kind == "SCOORD" else 3)
    except ValueError:
        shown.unknown += 1
        return []
    kind, lines = outline(item.graphic[0], given)
    if not lines:
        shown.unknown += 1
        return []
    if item.kind == "SCOORD":
        named = [k for below in item.children for uid, frames in below.images for k in series.slices(uid, frames)]
        if not named:
            shown.others += 1
            return []
        shown.placements.append(BY_IMAGES)
        return [
            shape
            for k in dict.fromkeys(named)
            for shape in shapes_of(kind, [series.on_slice(k, line) for line in lines])
        ]
    judged = series.judge(item.space)
    if judged.state.painted and not any(series.holds(line) for line in lines):
        judged = OUTSIDE
    if not judged.state.painted:
        shown.refused.append(judged)
        return []
    shown.placements.append(judged)
    return shapes_of(kind, lines)


def _lines(root: Item) -> Iterator[str]:
    """The report as it is read: names, values, units; lists of images are left out."""
    count = 0
    for item in root.walk():
        if item.kind in ("IMAGE", "COMPOSITE", "WAVEFORM", *_GRAPHICS, "TCOORD", "UIDREF"):
            continue
        label = item.name[1] or item.name[0]
        value = " ".join(filter(None, (item.text, "" if item.unit in ("1", "{no units}") else item.unit)))
        line = f"{label}: {value}" if label and value else label or value
        if line:
            yield _INDENT * item.depth + line
            count += 1
            if count >= _MOST_LINES:
                return
