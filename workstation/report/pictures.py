"""Key pictures: the slice through a finding as gray pixels, with its marks as vectors in fractions of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from workstation.domain.decision import DecisionState, Reading
from workstation.domain.finding import Finding
from workstation.domain.geometry import Geometry, direction_letters
from workstation.domain.projection import (
    Dot,
    Ellipse,
    LabelImage,
    Mark,
    Text,
    ViewPlane,
    center_of,
    marks_of,
    slice_plane,
    slices_of,
    widest_slice,
)
from workstation.domain.projection import Path as Line
from workstation.domain.volume import LabelVolume, Volume
from workstation.imaging.pixels.voi import GrayTable
from workstation.report.colors import color_of

MOST: Final = 6
Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class KeyPicture:
    """`aspect` is width / height in millimetres; marks are in fractions of width and height, from the upper left.

    finding  None: the whole picture with all that was found on it, each mark in its own colour
    """

    number: int
    finding: Finding | None
    slice_index: int
    file: str
    aspect: float
    marks: tuple[Json, ...]
    letters: tuple[str, str, str, str]  # left, top, right, bottom


def key_findings(reading: Reading) -> list[tuple[int, Finding]]:
    """What gets a picture: placed findings that were not rejected, accepted and larger ones first."""
    if not reading.result.placement.state.painted or reading.volume is None or reading.geometry is None:
        return []

    def rank(item: tuple[int, Finding]) -> tuple[bool, float, int]:
        size = item[1].measurement("diameter")
        millimetres = size.value if size is not None and isinstance(size.value, float) else 0.0
        return (reading.decision(item[1].id).state is not DecisionState.ACCEPTED, -millimetres, item[0])

    return sorted(sorted(placed_findings(reading), key=rank)[:MOST])


def placed_findings(reading: Reading) -> list[tuple[int, Finding]]:
    """Those with a place that were not rejected, with their numbers."""
    return [
        (number, finding)
        for number, finding in enumerate(reading.result.findings, start=1)
        if finding.shapes and reading.decision(finding.id).state is not DecisionState.REJECTED
    ]


def write_key_pictures(reading: Reading, folder: Path) -> list[KeyPicture]:
    """Write one PNG a finding into `folder`."""
    if reading.volume is None or reading.geometry is None:
        return []
    volume, geometry = reading.volume, reading.geometry
    if reading.result.in_pixels:
        return _whole_picture(reading, volume, geometry, folder)
    pictures = []
    for number, finding in key_findings(reading):
        index = key_slice(finding, geometry, reading.result.masks)
        if index is None:
            continue
        plane = slice_plane(geometry, index)
        name = f"key-{number}.png"
        _write_gray(reading, volume, index, folder / name)
        marks = tuple(_drawn(marks_of(finding, plane, reading.result.masks), plane))
        aspect = plane.columns * plane.spacing[1] / (plane.rows * plane.spacing[0])
        pictures.append(KeyPicture(number, finding, index, name, aspect, marks, _letters(plane)))
    return pictures


def _whole_picture(reading: Reading, volume: Volume, geometry: Geometry, folder: Path) -> list[KeyPicture]:
    """A radiograph or photograph once, with everything on it: its parts mean little by themselves."""
    plane, marks = slice_plane(geometry, 0), list[Json]()
    kept = [] if not reading.result.placement.state.painted else placed_findings(reading)
    for number, finding in kept:
        color, center = color_of(number), center_of(finding)
        drawn = _drawn(marks_of(finding, plane), plane)
        said = next((mark for mark in drawn if mark["kind"] == "text"), None)
        if said is not None:
            said["text"] = f"{number} · {said['text']}"
        elif center is not None:
            at = [(center[0] + 0.5) / plane.columns, (center[1] + 0.5) / plane.rows]
            drawn.append({"kind": "text", "at": at, "text": str(number)})
        marks += [{**mark, "color": color} for mark in drawn]
    name = "key-picture.png"
    _write_gray(reading, volume, 0, folder / name)
    return [KeyPicture(0, None, 0, name, plane.columns / plane.rows, tuple(marks), ("", "", "", ""))]


def key_slice(finding: Finding, geometry: Geometry, masks: Sequence[LabelVolume] = ()) -> int | None:
    """The slice of the finding's middle, or where its mask covers most, from 0; None where it is seen on none."""
    center = center_of(finding)
    if center is None:
        return widest_slice(finding, geometry, masks)
    seen = slices_of(finding, geometry, masks)
    if seen is None:
        return None
    return int(np.clip(round(float(geometry.to_index(center)[0])), seen[0], seen[1]))


def _write_gray(reading: Reading, volume: Volume, index: int, target: Path) -> None:
    from PIL import Image

    if volume.colour is not None:
        Image.fromarray(volume.colour[index]).save(target)
        return
    table = GrayTable(reading.window, volume.inverted, volume.padding)
    gray = table.apply(volume.values[index])
    Image.fromarray(gray).save(target)


def _letters(plane: ViewPlane) -> tuple[str, str, str, str]:
    right, down = plane.right, plane.down
    left, up = (-right[0], -right[1], -right[2]), (-down[0], -down[1], -down[2])
    return (direction_letters(left), direction_letters(up), direction_letters(right), direction_letters(down))


def _drawn(marks: Sequence[Mark], plane: ViewPlane) -> list[Json]:
    """Marks in fractions: a pixel's center lies half a pixel inside its edge."""

    def x(value: float) -> float:
        return (value + 0.5) / plane.columns

    def y(value: float) -> float:
        return (value + 0.5) / plane.rows

    drawn: list[Json] = []
    for mark in marks:
        match mark:
            case Ellipse():
                radius = (mark.radius[0] / plane.columns, mark.radius[1] / plane.rows)
                drawn.append({"kind": "ellipse", "at": [x(mark.center[0]), y(mark.center[1])], "radius": list(radius)})
            case Line():
                points = [[x(a), y(b)] for a, b in mark.points]
                drawn.append({"kind": "path", "points": points, "closed": mark.closed})
            case Dot():
                drawn.append({"kind": "dot", "at": [x(mark.at[0]), y(mark.at[1])]})
            case Text():
                drawn.append({"kind": "text", "at": [x(mark.at[0]), y(mark.at[1])], "text": mark.text})
            case LabelImage():
                pass  # the mask's share is drawn into the pixels where masks come with a result
    return drawn
