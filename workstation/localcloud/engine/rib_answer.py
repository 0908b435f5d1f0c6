"""DetectRibFracture: where ribs are is found; that they are broken there is made up, except in phantoms of ours."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from workstation.localcloud.engine.asked import Analysis, Answer, AnswerFile
from workstation.localcloud.engine.balls import Ball
from workstation.localcloud.engine.series_input import label_archive, read_input
from workstation.localcloud.engine.truth import truth_about
from workstation.localcloud.engine.upright import Upright
from workstation.localcloud.engine.volume import CtVolume

RIB_HU: Final = 250
RIB_MM2: Final = (30.0, 700.0)  # of a cut rib on one slice
BODY_HU, LUNG_HU = -300, -500
FROM_LUNG_MM: Final = 15.0
BESIDE_MM: Final = 60.0  # from the middle: what lies nearer may be spine or sternum
BOX_MM: Final = 8.0  # half the side of a made-up box
MOST: Final = 3
CATEGORIES: Final = (1, 2, 3, 4)

Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Fracture:
    """`number` is its label in the mask."""

    number: int
    rib: str
    segment: int
    category: int
    confidence: float


def detect_rib_fracture(asked: Analysis) -> Answer:
    """One axial chest CT of 20 to 600 slices to the documented `Data`. raises BadInput"""
    answer, bases = rib_branch(read_input(asked), asked.truth_dirs)
    whole = bases.pop("")
    return {**answer, "YingtaiBasis": {"all": whole, "parts": bases}}


def rib_branch(volume: CtVolume, truth_dirs: Sequence[Path]) -> tuple[Answer, dict[str, str]]:
    """The answer, and the basis of it ("") and of its fields."""
    drawn = _drawn(volume, truth_dirs) if truth_dirs else None
    labels, fractures = drawn if drawn is not None else _made_up(volume)
    origin = [float(value) for value in volume.positions_mm[0][::-1]]
    boxes = ndimage.find_objects(labels)
    found = [_detection(volume, fracture, boxes[fracture.number - 1]) for fracture in fractures]
    answer: Answer = {
        "ResultURL": AnswerFile(
            "fractures.tar.gz", label_archive(volume, labels, "fractures.nii.gz", simulated=drawn is None)
        ),
        "Detections": found[0] if len(found) == 1 else found,  # a single one bare, as in the documents' example
        "Origin": json.dumps(origin),
        "Spacing": json.dumps(list(volume.spacing_mm)),
    }
    return answer, {"": "truth" if drawn is not None else "simulated"}


def _detection(volume: CtVolume, fracture: Fracture, box: tuple[slice, slice, slice]) -> Answer:
    """Boxes are x, y, z: first voxel, last voxel; millimetres know no direction cosines and are cut towards zero."""
    first, last = [part.start for part in box[::-1]], [part.stop - 1 for part in box[::-1]]
    corner, steps = volume.positions_mm[0], np.array(volume.spacing_mm[::-1])
    millimetres = [int(value) for end in (first, last) for value in corner + np.array(end) * steps]
    return {
        "FractureId": fracture.number,
        "FractureConfidence": fracture.confidence,
        "FractureCategory": fracture.category,
        "FractureLocation": fracture.rib,
        "FractureSegment": fracture.segment,
        "CoordinateImage": json.dumps([*first, *last]),
        "Coordinates": json.dumps(millimetres),
    }


def _drawn(volume: CtVolume, folders: Sequence[Path]) -> tuple[Labels, list[Fracture]] | None:
    truth = truth_about(volume.pixel_sha256, folders)
    if truth is None:
        return None
    labels = np.zeros(volume.hu.shape, np.uint8)
    fractures = []
    for number, gap in enumerate(truth.get("fractures", []), start=1):
        Ball.drawn(gap).paint(labels, volume, number)
        fractures.append(Fracture(number, str(gap["rib"]), int(gap["segment"]), 1, 1.0))
    return labels, fractures


def _made_up(volume: CtVolume) -> tuple[Labels, list[Fracture]]:
    """Up to MOST boxes around real ribs; which of them, and what is said of it, comes from a digest of the pixels."""
    digest = hashlib.sha256(np.ascontiguousarray(volume.hu[len(volume.hu) // 2]).tobytes()).digest()
    upright = Upright.of(volume)
    hu, spacing = upright.view(volume.hu), upright.spacing(np.array(volume.spacing_mm))
    labels = np.zeros(volume.hu.shape, np.uint8)
    seen = upright.view(labels)
    fractures: list[Fracture] = []
    for part in range(MOST):
        height = round(len(hu) * (0.75 - 0.2 * part))
        ribs = _cut_ribs(hu[height], spacing)
        if not ribs:
            continue
        row, column = ribs[digest[part] % len(ribs)]
        reach = np.maximum(1, np.rint(BOX_MM / spacing)).astype(int)
        box = tuple(
            slice(max(0, at - by), min(size, at + by + 1))
            for at, by, size in zip((height, row, column), reach.tolist(), hu.shape, strict=True)
        )
        free = seen[box] == 0
        number = len(fractures) + 1
        if not free.all():
            continue
        seen[box] = number
        side = "L" if column > _middle(hu[height]) else "R"
        rib = f"{side}{min(12, 3 + 3 * part)}"
        segment = 2 - min(2, int(3 * (1 - row / hu.shape[1]) * 1.2))
        category = CATEGORIES[digest[8 + part] % len(CATEGORIES)]
        fractures.append(Fracture(number, rib, segment, category, round(0.5 + digest[16 + part] / 512, 4)))
    return labels, fractures


def _middle(plane: npt.NDArray[np.int16]) -> float:
    """Column of the middle of the body, in pixels."""
    body = np.flatnonzero((plane > -300).sum(axis=0) > 0.15 * len(plane))
    return float(body.mean()) if body.size else plane.shape[1] / 2


def _cut_ribs(plane: npt.NDArray[np.int16], spacing: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Middles (row, column) of bones as large as a cut rib, next to a lung, well beside the middle; [back, left]."""
    body, pieces = ndimage.label(plane > BODY_HU)
    if not pieces:
        return []
    largest = ndimage.binary_fill_holes(body == 1 + int(np.bincount(body.ravel())[1:].argmax()))  # not the table
    lung = largest & (plane < LUNG_HU)
    parts, count = ndimage.label(largest & (plane > RIB_HU))
    if not count or not lung.any():
        return []
    from_lung = ndimage.distance_transform_edt(~lung, sampling=spacing[1:])
    areas = np.bincount(parts.ravel(), minlength=count + 1) * spacing[1] * spacing[2]
    middles = ndimage.center_of_mass(parts > 0, parts, range(1, count + 1))
    beside = BESIDE_MM / spacing[2]
    return [
        (round(row), round(column))
        for area, (row, column) in zip(areas[1:], middles, strict=True)
        if RIB_MM2[0] <= area <= RIB_MM2[1]
        and abs(column - _middle(plane)) > beside
        and from_lung[round(row), round(column)] <= FROM_LUNG_MM
    ]
