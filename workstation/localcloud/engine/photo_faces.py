"""Faces of a photograph: found by OpenCV's cascade, cut out by colour from the box that it gives.

P. Viola, M. Jones, "Rapid object detection using a boosted cascade of simple features", CVPR 2001; the cascade is the
one that OpenCV brings. It finds faces that look at the camera, upright. Parts of a face are drawn at fixed shares of
the box, and so are simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.photo import Mask, Rgb
from workstation.localcloud.engine.photo_cutting import Labels, at_half_way, cut_within

Box = tuple[int, int, int, int]  # left, top, width, height
Gray = npt.NDArray[np.uint8]  # [row, column]
Shares = tuple[float, float, float, float]  # center x, center y, half width, half height, in shares of a box

_CASCADES: Final = ("haarcascade_frontalface_default.xml", "haarcascade_frontalface_alt2.xml")
_LEAST_PX: Final = 24
_NEIGHBOURS: Final = 5
_HEAD_ROOM: Final = (0.35, 0.55, 0.35, 0.25)  # left, top, right, bottom of a face's box, in shares of it
_FACE: Final[Shares] = (0.5, 0.54, 0.40, 0.52)
_REACH: Final[Shares] = (0.5, 0.52, 0.48, 0.60)  # below it the neck begins
_HEAD: Final[Shares] = (0.5, 0.46, 0.55, 0.72)
_CROWN: Final = 0.12  # of the way down to the chin: hair for certain
_LEAST_SPREAD: Final = (12.0, 4.0, 4.0)  # of brightness and two colours of skin
_SPREADS: Final = 2.5
_CORE: Final[Shares] = (0.5, 0.52, 0.26, 0.34)
# Eyes lie on the left of the picture where they are the right ones of the person; the service's `l_` is taken for the
# left of the picture.
PARTS: Final[Mapping[str, Shares]] = {
    "l_brow": (0.31, 0.29, 0.12, 0.03), "r_brow": (0.69, 0.29, 0.12, 0.03), "l_eye": (0.31, 0.39, 0.09, 0.04),
    "r_eye": (0.69, 0.39, 0.09, 0.04), "nose": (0.50, 0.56, 0.09, 0.13), "u_lip": (0.50, 0.745, 0.15, 0.022),
    "l_lip": (0.50, 0.795, 0.13, 0.025),
}  # fmt: skip


def find_faces(rgb: Rgb) -> list[Box]:
    """Boxes of faces, the largest first; none that overlap. Skin and cloth look like a face to one cascade now and
    then, to two that were trained apart seldom."""
    import cv2

    gray = cv2.equalizeHist(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)).astype(np.uint8)
    first, second = (_found(gray, cascade) for cascade in _CASCADES)
    kept: list[Box] = []
    for box in first:
        confirmed = any(_same(box, other) for other in second)
        if confirmed and not any(_overlap(box, other) for other in kept):
            kept.append(box)
    return kept


def _found(gray: Gray, cascade: str) -> list[Box]:
    import cv2

    folder = Path(import_module("cv2.data").haarcascades)
    classifier = cv2.CascadeClassifier(str(folder / cascade))
    found = classifier.detectMultiScale(gray, 1.1, _NEIGHBOURS, minSize=(_LEAST_PX, _LEAST_PX))
    return sorted(((int(x), int(y), int(w), int(h)) for x, y, w, h in found), key=lambda box: (-box[2], box))


def face_mask(rgb: Rgb, box: Box) -> Mask:
    """The skin of a face, without hair, ears and neck."""
    import cv2

    core = ellipse(rgb, box, _CORE)
    likely = ellipse(rgb, box, _FACE) & _skin_like(rgb, core)
    start = np.full(rgb.shape[:2], cv2.GC_BGD, dtype=np.uint8)
    start[_box_mask(rgb, box, (0.1, 0.1, 0.1, 0.15))] = cv2.GC_PR_BGD
    start[likely] = cv2.GC_PR_FGD
    start[core] = cv2.GC_FGD
    return _filled(_cut_near(rgb, start, box) & ellipse(rgb, box, _REACH))


def head_mask(rgb: Rgb, box: Box) -> Mask:
    """Face and hair."""
    return _head_around(rgb, box, face_mask(rgb, box))


def _head_around(rgb: Rgb, box: Box, face: Mask) -> Mask:
    """The cut face is sure; an oval of its size would hold what is below the chin, and more that looks like that."""
    import cv2

    start = np.full(rgb.shape[:2], cv2.GC_BGD, dtype=np.uint8)
    start[_box_mask(rgb, box, _HEAD_ROOM)] = cv2.GC_PR_BGD
    start[ellipse(rgb, box, _HEAD)] = cv2.GC_PR_FGD
    start[face] = cv2.GC_FGD
    return _filled(_cut_near(rgb, start, box))


def hair_mask(rgb: Rgb, box: Box) -> Mask:
    """What of the head has the colours of its crown rather than those of the face."""
    import cv2

    face = face_mask(rgb, box)
    head = _head_around(rgb, box, face)
    rest = head & ~face
    if not rest.any() or not face.any():
        return rest
    skin_like = _skin_like(rgb, ellipse(rgb, box, _CORE))
    top = int(np.flatnonzero(rest.any(axis=1))[0])
    crown = np.zeros(head.shape, dtype=np.bool_)
    crown[: top + max(2, round(_CROWN * (box[1] + box[3] - top)))] = True
    start = np.full(head.shape, cv2.GC_BGD, dtype=np.uint8)
    start[rest] = np.where(skin_like[rest], cv2.GC_PR_BGD, cv2.GC_PR_FGD)
    start[rest & crown] = cv2.GC_FGD
    # What is behind the head may look like hair: it must not count among the colours that are no hair.
    alone = np.where(head[..., None], rgb, np.median(rgb[face], axis=0).astype(np.uint8)).astype(np.uint8)
    found: Mask = _cut_near(alone, start, box) & rest
    opened = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return at_half_way(rgb, opened > 0) & rest


def _skin_like(rgb: Rgb, core: Mask) -> Mask:
    """Pixels of nearly the colour and brightness that the middle of the face has."""
    import cv2

    tones = cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    skin = tones[core]
    spread = np.maximum(skin.std(axis=0), _LEAST_SPREAD)
    like: Mask = (np.abs(tones - np.median(skin, axis=0)) / spread).max(axis=2) < _SPREADS
    return like


def part_masks(rgb: Rgb, box: Box) -> dict[str, Mask]:
    """Skin and parts of a face that does not speak: its mouth is shut and its ears are not shown."""
    parts = {name: ellipse(rgb, box, shares) for name, shares in PARTS.items()}
    skin = face_mask(rgb, box)
    for part in parts.values():
        skin = skin & ~part
    return {"skin": skin, **parts}


def ellipse(rgb: Rgb, box: Box, shares: Shares) -> Mask:
    left, top, width, height = box
    x, y = left + shares[0] * width, top + shares[1] * height
    across, down = max(1.0, shares[2] * width), max(1.0, shares[3] * height)
    rows, columns = np.ogrid[: rgb.shape[0], : rgb.shape[1]]
    inside: Mask = ((columns - x) / across) ** 2 + ((rows - y) / down) ** 2 <= 1
    return inside


def box_of(mask: Mask) -> Box:
    """The smallest box around a mask that is not empty."""
    down, along = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(along[0]), int(down[0]), int(along[-1] - along[0] + 1), int(down[-1] - down[0] + 1)


def _cut_near(rgb: Rgb, start: Labels, box: Box) -> Mask:
    """Cut in the surroundings of a face alone: colours far from it don't matter, and it is quicker."""
    near = np.s_[slice(*_span(box[1], box[3], rgb.shape[0])), slice(*_span(box[0], box[2], rgb.shape[1]))]
    cut = np.zeros(rgb.shape[:2], dtype=np.bool_)
    cut[near] = cut_within(np.ascontiguousarray(rgb[near]), np.ascontiguousarray(start[near]))
    return cut


def _span(first: int, length: int, most: int) -> tuple[int, int]:
    return max(0, first - length), min(most, first + 2 * length)


def _box_mask(rgb: Rgb, box: Box, room: tuple[float, float, float, float]) -> Mask:
    left, top, width, height = box
    mask = np.zeros(rgb.shape[:2], dtype=np.bool_)
    first_row, first_column = max(0, round(top - room[1] * height)), max(0, round(left - room[0] * width))
    last_row, last_column = round(top + height * (1 + room[3])), round(left + width * (1 + room[2]))
    mask[first_row:last_row, first_column:last_column] = True
    return mask


def _filled(mask: Mask) -> Mask:
    """Without holes: eyes and mouths have another colour than skin."""
    import cv2

    edges, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not edges:
        return mask
    filled = np.zeros(mask.shape, dtype=np.uint8)
    cv2.drawContours(filled, [max(edges, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return filled > 0


def _same(one: Box, other: Box) -> bool:
    """Whether the middle of each lies in the other."""

    def holds(box: Box, of: Box) -> bool:
        return all(box[k] < of[k] + of[k + 2] / 2 < box[k] + box[k + 2] for k in (0, 1))

    return holds(one, other) and holds(other, one)


def _overlap(one: Box, other: Box) -> bool:
    return all(one[k] < other[k] + other[k + 2] and other[k] < one[k] + one[k + 2] for k in (0, 1))
