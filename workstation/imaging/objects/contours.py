"""Closed contours of a structure: which slice shows which of them, and the pixels inside (DICOM PS3.3 C.8.8.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import DUPLICATE_MM, Geometry, Points

FLAT_MM: Final = 0.2  # how far what names a slice, or is flat, may lie off a plane, apart from half a step
_ROUNDED: Final = 0.1  # of a step: no more than that is taken for the rounding of a file
_PLANE_MM: Final = 2 * DUPLICATE_MM  # of two contours, each written with two digits
_COPY_DIGITS: Final = 3  # of a millimetre


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """points  mm
    offset, thick  where its plane lies along the normal of the slices, and how far its points lie apart along it, mm
    named          the one slice that the file says it lies on
    """

    points: Points
    offset: float
    thick: float
    named: int | None

    @staticmethod
    def of(points: Points, named: Sequence[int], geometry: Geometry) -> Outline:
        along = points @ np.array(geometry.normal)
        return Outline(points, float(along.mean()), float(np.ptp(along)), named[0] if len(named) == 1 else None)


def on_slices(outlines: Sequence[Outline], geometry: Geometry) -> tuple[Mapping[int, Sequence[Points]], int]:
    """slice → the contours that it shows, exact copies once; and how many contours no slice shows.

    A contour stands for its own plane. Several planes may lie nearest to one slice, as where the series is thicker
    than the one that was drawn on, or lacks a slice of it: the nearest is shown. Together they would cancel out.
    """
    planes = _planes(outlines, geometry.step)
    if not planes:
        return {}, 0
    places = np.array([np.mean([one.offset for one in plane]) for plane in planes])
    # Not the median: contours of one plane that were stored apart from one another make for small steps as well.
    apart = float(np.percentile(np.diff(places), 75)) if len(places) > 1 else geometry.step
    reach = min(apart, geometry.step) / 2 + DUPLICATE_MM
    best: dict[int, tuple[float, list[Outline]]] = {}
    for plane, offset in zip(planes, places.tolist(), strict=True):
        nearest = int(np.abs(geometry.offsets - offset).argmin())
        shown: dict[int, list[Outline]] = {}
        for one in plane:
            shown.setdefault(nearest if one.named is None else one.named, []).append(one)
        for k, members in shown.items():
            away = abs(float(geometry.offsets[k]) - offset)
            allowed = reach if any(one.named is None for one in members) else geometry.step / 2 + FLAT_MM
            if away <= allowed and (k not in best or away < best[k][0]):
                best[k] = (away, members)
    shown_of = sum(len(members) for _, members in best.values())
    return {k: _once(members) for k, (_, members) in best.items()}, len(outlines) - shown_of


def sparse(slices: Iterable[int]) -> bool:
    """Whether most of what is shown has an empty slice beside it, as where every second plane was drawn."""
    steps = np.diff(sorted(slices))
    return bool(len(steps) and np.median(steps) >= 2)


def _planes(outlines: Sequence[Outline], step: float) -> list[list[Outline]]:
    """Contours of one plane together, ascending. Those of one plane differ by what the file has rounded."""
    ordered = sorted(outlines, key=lambda one: one.offset)
    rounded = float(np.median([one.thick for one in ordered])) if ordered else 0.0
    within = min(_PLANE_MM, step / 4) + min(rounded, _ROUNDED * step)
    planes: list[list[Outline]] = []
    for one in ordered:
        if planes and one.offset - planes[-1][0].offset <= within:
            planes[-1].append(one)
        else:
            planes.append([one])
    return planes


def _once(members: Iterable[Outline]) -> list[Points]:
    """A contour that is stored twice is the same contour, and no hole in itself."""
    return list({(one.points.round(_COPY_DIGITS) + 0.0).tobytes(): one.points for one in members}.values())


def toggle(into: npt.NDArray[np.uint8], x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> None:
    """Note where a closed contour is entered and left: at the first pixel center right of each crossing of a row.

    into  uint8 [rows, columns + 1]; what several contours note adds up
    x, y  columns and rows of its points, pixel centers whole
    """
    rows, columns = into.shape[0], into.shape[1] - 1
    x2, y2 = np.roll(x, -1), np.roll(y, -1)
    low, high = np.minimum(y, y2), np.maximum(y, y2)
    first_row = np.clip(np.ceil(low), 0, rows).astype(np.intp)  # a row at `low` counts, one at `high` does not
    last_row = np.clip(np.ceil(high), 0, rows).astype(np.intp)
    count = np.maximum(0, last_row - first_row)
    edge = np.repeat(np.arange(len(x)), count)
    row = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + first_row[edge]
    crossing = x[edge] + (x2[edge] - x[edge]) * (row - y[edge]) / (y2[edge] - y[edge])
    column = np.clip(np.ceil(crossing), 0, columns).astype(np.intp)
    np.add.at(into, (row, column), 1)


def filled(toggles: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """bool [rows, columns]: which pixel centers lie inside, by the even-odd rule"""
    inside: npt.NDArray[np.bool_] = (np.cumsum(toggles & 1, axis=1, dtype=np.uint16)[:, :-1] & 1).astype(np.bool_)
    return inside
