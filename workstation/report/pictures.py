"""Key pictures: the slices through the findings as gray pixels, with all that is seen on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from workstation.domain.decision import DecisionState, Reading
from workstation.domain.finding import Finding
from workstation.domain.geometry import Geometry, direction_letters
from workstation.domain.layers import Layer, layers_of, number_of
from workstation.domain.projection import ViewPlane, center_of, slice_plane, slices_of, widest_slice
from workstation.domain.volume import LabelVolume, Volume
from workstation.imaging.pixels.voi import GrayTable
from workstation.report.marks import Marked, draw_marks

MOST: Final = 6
_PT: Final = 72 / 25.4  # a millimetre
_PAGE_MM: Final = 172.0


@dataclass(frozen=True, slots=True)
class KeyPicture:
    """`aspect` is width / height in millimetres; `size_pt` that of the picture on paper.

    findings  those that it was made for, with their numbers: they are named below it
    whole     a radiograph or photograph, once, with all that was found on it
    """

    findings: tuple[tuple[int, Finding], ...]
    slice_index: int
    file: str
    aspect: float
    size_pt: tuple[float, float]
    marked: Marked
    letters: tuple[str, str, str, str]  # left, top, right, bottom
    whole: bool = False


def key_findings(reading: Reading) -> list[tuple[int, Finding]]:
    """What may get a picture: placed findings that were not rejected, accepted and larger ones first."""
    if not reading.result.placement.state.painted or reading.volume is None or reading.geometry is None:
        return []

    def rank(item: tuple[int, Finding]) -> tuple[bool, float, int]:
        size = item[1].measurement("diameter")
        millimetres = size.value if size is not None and isinstance(size.value, float) else 0.0
        return (reading.decision(item[1].id).state is not DecisionState.ACCEPTED, -millimetres, item[0])

    return sorted(placed_findings(reading), key=rank)


def placed_findings(reading: Reading) -> list[tuple[int, Finding]]:
    """Those with a place that were not rejected, with their numbers."""
    return [
        (number_of(finding, place), finding)
        for place, finding in enumerate(reading.findings, start=1)
        if finding.shapes and reading.decision(finding.id).state is not DecisionState.REJECTED
    ]


def write_key_pictures(reading: Reading, folder: Path) -> list[KeyPicture]:
    """Write the pictures into `folder`: one a slice, however many findings have their middle on it."""
    if reading.volume is None or reading.geometry is None:
        return []
    volume, geometry = reading.volume, reading.geometry
    if reading.result.in_pixels:
        return [_whole_picture(reading, volume, geometry, folder)]
    slices = _key_slices(reading, geometry)
    across, gap_mm = (3, 4.0) if len(slices) > 2 else (2, 6.0)
    width_mm = (_PAGE_MM - (across - 1) * gap_mm) / across
    pictures = []
    for index, findings in slices.items():
        plane = slice_plane(geometry, index)
        aspect = plane.columns * plane.spacing[1] / (plane.rows * plane.spacing[0])
        wide = min(width_mm, min(64.0, width_mm) * aspect) * _PT
        size = (wide, wide / aspect)
        name = f"key-{index}.png"
        _write_gray(reading, volume, index, folder / name)
        marked = draw_marks(reading.result, placed_findings(reading), plane, size, folder / f"mask-{index}.png")
        pictures.append(KeyPicture(findings, index, name, aspect, size, marked, _letters(plane)))
    return pictures


def _key_slices(reading: Reading, geometry: Geometry) -> dict[int, tuple[tuple[int, Finding], ...]]:
    """Slices with the findings whose middle is there, the worthiest few, in the order of the findings' numbers."""
    slices: dict[int, tuple[tuple[int, Finding], ...]] = {}
    for number, finding in key_findings(reading):
        index = key_slice(finding, geometry, reading.result.masks)
        if index is not None and (index in slices or len(slices) < MOST):
            slices[index] = (*slices.get(index, ()), (number, finding))
    if not slices and reading.result.placement.state.painted:
        layers = [layer for layer in layers_of(reading.result.findings, reading.result.masks) if not layer.finding]
        largest = max(layers, key=lambda layer: layer.voxels, default=None)
        index = _widest(largest, reading, geometry) if largest is not None else None
        slices = {index: ()} if index is not None else {}
    ordered = {index: tuple(sorted(found, key=lambda item: item[0])) for index, found in slices.items()}
    return dict(sorted(ordered.items(), key=lambda item: item[1][0][0] if item[1] else 0))


def _widest(layer: Layer, reading: Reading, geometry: Geometry) -> int | None:
    """Where a label that no finding is about covers most."""
    mask = next(mask for mask in reading.result.masks if mask.name == layer.mask)
    k = int(mask.covers[:, layer.label].argmax())
    at = round(float(geometry.to_index(mask.geometry.to_patient((k, 0, 0)))[0]))
    return at if 0 <= at < geometry.slices else None


def _whole_picture(reading: Reading, volume: Volume, geometry: Geometry, folder: Path) -> KeyPicture:
    """Its parts mean little by themselves."""
    plane = slice_plane(geometry, 0)
    kept = placed_findings(reading) if reading.result.placement.state.painted else []
    aspect = plane.columns / plane.rows
    high = min(110.0 if kept else 70.0, _PAGE_MM / aspect) * _PT
    size = (high * aspect, high)
    name = "key-picture.png"
    _write_gray(reading, volume, 0, folder / name)
    marked = draw_marks(reading.result, kept, plane, size, folder / "mask-picture.png", reading.noted)
    return KeyPicture((), 0, name, aspect, size, marked, ("", "", "", ""), whole=True)


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
