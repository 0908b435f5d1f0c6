"""DetectImageElements: connected areas that stand out from the background, as boxes with a kind told by size and order.

On an even ground everything that is not of its colour stands out; else what differs most from the picture's mean
colour does. Many small areas in a row are text, large areas are main objects, the rest is decoration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.asked import Analysis, Answer
from workstation.localcloud.engine.lab import Floats, lab_of
from workstation.localcloud.engine.photograph import photograph_of

_EVEN: Final = 0.35  # this share of the border has one colour: an even ground
_GROUND: Final = 12.0  # ΔE within which a colour is the ground's
_SMALLEST: Final = 1 / 5000  # of the picture; less is noise
_LARGE: Final = 1 / 100
_LOW: Final = 0.12  # of the picture's height: letters are lower
_LETTERS: Final = 3  # at least so many in a row
_MOST: Final = 40


@dataclass(frozen=True, slots=True)
class Area:
    """Pixels from the upper left corner, the right and lower edge outside; `contrast` is the mean ΔE to the ground."""

    left: int
    top: int
    right: int
    bottom: int
    size: int
    contrast: float

    @property
    def height(self) -> int:
        return self.bottom - self.top


def detect_image_elements(asked: Analysis) -> Answer:
    """raises BadInput"""
    elements = [
        {
            "Type": kind,
            "Score": round(float(1 - np.exp(-area.contrast / 20)), 6),
            "X": area.left,
            "Y": area.top,
            "Width": area.right - area.left,
            "Height": area.height,
        }
        for kind, area in elements_of(photograph_of(asked).rgb)
    ]
    return {"Elements": elements, "YingtaiBasis": {"all": "algorithm", "parts": {}}}


def elements_of(rgb: npt.NDArray[np.uint8]) -> list[tuple[str, Area]]:
    """Kinds as the service writes them, with their boxes, the surest first.

    rgb     uint8 [row, column, 3]
    source  for uneven grounds: Achanta et al., Frequency-tuned salient region detection, CVPR 2009
    """
    lab = lab_of(rgb)
    standing_out, contrast = _standing_out(lab)
    areas = _areas(standing_out, contrast)
    rows, columns = rgb.shape[:2]
    lines, others = _text_lines(areas, _LOW * rows)
    found = [("character", line) for line in lines]
    for area in others:
        covered = (area.right - area.left) * area.height / (rows * columns)
        found.append(("majorobject" if covered >= _LARGE else "decoration", area))
    return sorted(found, key=lambda each: -each[1].contrast)[:_MOST]


def _standing_out(lab: Floats) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Which pixels stand out, and by how much ΔE each differs from the ground."""
    from scipy import ndimage

    border = np.concatenate([lab[0], lab[-1], lab[:, 0], lab[:, -1]])
    steps, counts = np.unique(np.rint(border / 6), axis=0, return_counts=True)
    ground = border[np.all(np.rint(border / 6) == steps[int(counts.argmax())], axis=1)].mean(axis=0)
    if float((_delta(border, ground) <= _GROUND).mean()) >= _EVEN:
        contrast = _delta(lab, ground)
        return contrast > _GROUND, contrast
    smooth = ndimage.gaussian_filter(lab, (2.0, 2.0, 0.0))
    contrast = _delta(smooth, lab.mean(axis=(0, 1)))
    return contrast > 2 * contrast.mean(), contrast


def _delta(lab: Floats, other: Floats) -> Floats:
    distance: Floats = np.sqrt(((lab - other) ** 2).sum(axis=-1))
    return distance


def _areas(standing_out: npt.NDArray[np.bool_], contrast: Floats) -> list[Area]:
    from scipy import ndimage

    labels, count = ndimage.label(standing_out, np.ones((3, 3)))
    if count == 0:
        return []
    numbers = np.arange(1, count + 1)
    sizes = np.atleast_1d(ndimage.sum_labels(standing_out, labels, numbers))
    means = np.atleast_1d(ndimage.mean(contrast, labels, numbers))
    least = max(6.0, _SMALLEST * standing_out.size / 4)  # strokes of letters are smaller than anything else
    return [
        Area(place[1].start, place[0].start, place[1].stop, place[0].stop, int(size), float(mean))
        for place, size, mean in zip(ndimage.find_objects(labels), sizes, means, strict=True)
        if size >= least
    ]


def _text_lines(areas: list[Area], low: float) -> tuple[list[Area], list[Area]]:
    """Low areas that stand beside one another, joined; and what is none of them."""
    small = sorted((area for area in areas if area.height <= low), key=lambda area: area.left)
    rows: list[list[Area]] = []
    for area in small:
        row = next((row for row in rows if _beside(_joined(row), area)), None)
        if row is None:
            rows.append([area])
        else:
            row.append(area)
    lines = [_joined(row) for row in rows if len(row) >= _LETTERS]
    loose = [area for row in rows if len(row) < _LETTERS for area in row]
    return lines, [area for area in areas if area.height > low] + loose


def _beside(line: Area, area: Area) -> bool:
    """About as high, at the same height, and not far to the right."""
    shared = min(line.bottom, area.bottom) - max(line.top, area.top)
    higher, lower = max(line.height, area.height), min(line.height, area.height)
    return shared >= 0.5 * lower and higher <= 3 * lower and area.left - line.right <= 1.2 * higher


def _joined(row: list[Area]) -> Area:
    size = sum(area.size for area in row)
    return Area(
        min(area.left for area in row),
        min(area.top for area in row),
        max(area.right for area in row),
        max(area.bottom for area in row),
        size,
        sum(area.contrast * area.size for area in row) / size,
    )
