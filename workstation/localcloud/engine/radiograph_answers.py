"""DetectKneeXRay, ClassifyFNF and the two key point actions, well-shaped as the documents' examples have them.

No classical method grades a knee or finds a hip honestly, so all of it is simulated: places are fixed shares of the
brighter part of the picture, the rest follows from its digest. Of our own phantoms the truth may be told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from workstation.localcloud.engine.asked import Analysis, Answer
from workstation.localcloud.engine.picture import Picture, read_picture
from workstation.localcloud.engine.truth import SCHEMA

XY = tuple[float, float]
Frame = tuple[float, float, float, float]  # left, top, right, bottom

# Shares of one leg's frame (0…1 from lateral to medial, and from top), of one half of a pelvis likewise.
_LEG: Final[Mapping[str, XY]] = {
    "v1": (0.62, 0.05), "v2": (0.45, 0.25), "v3": (0.30, 0.502), "v4": (0.52, 0.50), "v5": (0.74, 0.505),
    "v6": (0.31, 0.522), "v7": (0.52, 0.52), "v8": (0.73, 0.523), "v9": (0.53, 0.72), "v10": (0.55, 0.96),
}  # fmt: skip
_HIP: Final[Mapping[str, XY]] = {
    "v1": (0.30, 0.30), "v2": (0.55, 0.33), "v3": (0.08, 0.52), "v4": (0.42, 0.42), "v5": (0.58, 0.43),
    "v6": (0.66, 0.52), "v7": (0.30, 0.50), "v8": (0.28, 0.66), "v9": (0.20, 0.74), "v10": (0.19, 0.95),
}  # fmt: skip
_SYMPHYSIS: Final[XY] = (1.0, 0.58)
_KNEE: Final = ((0.2, 0.40), (0.8, 0.60))
_NECK: Final = ((0.24, 0.42), (0.46, 0.58))
_WIDE: Final = 0.7  # wider than this share of its height: a picture of both sides


def detect_knee_xray(asked: Analysis) -> Answer:
    """raises BadInput"""
    picture = _picture(asked, "Url", "dcm")
    known = _truth(picture, asked.truth_dirs)
    if known is not None:
        found = [[*knee["box"], knee.get("confidence", 0.99), knee["class"]] for knee in known.get("knees", ())]
    else:
        sides = list(_sides(picture))
        found = [
            [*_box(frame, mirrored, _KNEE), _share(picture, 2 * n, 0.6), 1 + _pick(picture, 2 * n + 1, 5)]
            for n, (_, frame, mirrored) in enumerate(sides)
        ]
    # One object where the table promises an array, as in the documents' sample.
    detections = [{"Detections": numbers} for numbers in found]
    return {"KLDetections": detections[0] if len(detections) == 1 else detections, **_basis(known)}


def classify_fnf(asked: Analysis) -> Answer:
    """raises BadInput"""
    picture = _picture(asked, "ImageUrl")
    known = _truth(picture, asked.truth_dirs)
    if known is not None:
        found = [(one["box"], one["label"], one.get("value", 0.99)) for one in known.get("fractures", ())]
    else:
        _, frame, mirrored = next(_sides(picture))
        box = [round(value) for value in _box(frame, mirrored, _NECK)]
        found = [(box, f"v{1 + _pick(picture, 1, 4)}", _share(picture, 0, 0.5))]
    fractures = [{"Value": value, "Tag": {"Label": label}, "Boxes": list(box)} for box, label, value in found]
    return {**_echoes(asked), "Fractures": fractures, **_basis(known)}


def detect_knee_keypoints(asked: Analysis) -> Answer:
    """raises BadInput"""
    return _key_points(asked, _LEG, None)


def detect_hip_keypoints(asked: Analysis) -> Answer:
    """raises BadInput"""
    return _key_points(asked, _HIP, _SYMPHYSIS)


def _key_points(asked: Analysis, places: Mapping[str, XY], middle: XY | None) -> Answer:
    picture = _picture(asked, "ImageUrl")
    known = _truth(picture, asked.truth_dirs)
    if known is not None:
        found = [(one["label"], one["side"], one["at"], one.get("value", 0.99)) for one in known.get("points", ())]
    else:
        found = [
            (label, side, _at(frame, mirrored, place), _share(picture, 10 * n + k, 0.4))
            for n, (side, frame, mirrored) in enumerate(_sides(picture))
            for k, (label, place) in enumerate(places.items())
        ]
        sides = list(_sides(picture))
        if middle is not None and len(sides) == 2:
            found.append(("v11", "M", _at(sides[0][1], sides[0][2], middle), _share(picture, 31, 0.4)))
    points = [
        {"Coordinates": [round(at[0]), round(at[1])], "Value": value, "Tag": {"Label": label, "Direction": side}}
        for label, side, at, value in found
    ]
    return {**_echoes(asked), "KeyPoints": points, **_basis(known)}


def _picture(asked: Analysis, name: str, form: str = "") -> Picture:
    (file,) = asked.files[name]
    return read_picture(file, form or asked.parameters["DataFormat"])


def _echoes(asked: Analysis) -> Answer:
    """What comes back of a call, with the documents' oddities: no leading zeros, an address that works inside only."""
    org = asked.parameters["OrgId"]
    return {
        "OrgId": int(org) if org.isdecimal() else org,
        "OrgName": asked.parameters["OrgName"],
        "ImageUrl": "http://internal.invalid/picture",
    }


def _basis(known: object) -> Answer:
    return {"YingtaiBasis": {"all": "simulated" if known is None else "truth", "parts": {}}}


def _truth(picture: Picture, folders: Sequence[Path]) -> dict[str, Any] | None:
    """What was drawn into this phantom; None if no `truth.json` below `folders` is about these pixels."""
    for folder in folders:
        for file in sorted(folder.rglob("truth.json")):
            truth: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            if truth.get("schema") == SCHEMA and picture.sha256 in truth["pixel_sha256"]:
                return truth
    return None


def _sides(picture: Picture) -> Iterator[tuple[str, Frame, bool]]:
    """Side, frame, and whether lateral lies on its right: the patient's right is on the left of a front view."""
    left, top, right, bottom = _bright(picture)
    if right - left < _WIDE * (bottom - top):
        yield "R", (left, top, right, bottom), False
        return
    middle = (left + right) / 2
    yield "R", (left, top, middle, bottom), False
    yield "L", (middle, top, right, bottom), True


def _bright(picture: Picture) -> Frame:
    """The frame around what is brighter than the middle of the gray range; the whole picture where that is little."""
    low, high = np.percentile(picture.gray, (2, 98))
    bright = picture.gray > (low + high) / 2
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    if len(rows) < picture.rows // 4 or len(columns) < picture.columns // 4:
        return (0.0, 0.0, float(picture.columns - 1), float(picture.rows - 1))
    return (float(columns[0]), float(rows[0]), float(columns[-1]), float(rows[-1]))


def _at(frame: Frame, mirrored: bool, share: XY) -> XY:
    left, top, right, bottom = frame
    across = (1 - share[0]) if mirrored else share[0]
    return (left + across * (right - left), top + share[1] * (bottom - top))


def _box(frame: Frame, mirrored: bool, shares: tuple[XY, XY]) -> list[float]:
    (x1, y1), (x2, y2) = (_at(frame, mirrored, share) for share in shares)
    return [min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)]


def _pick(picture: Picture, place: int, many: int) -> int:
    """A number below `many`, the same for the same picture."""
    return int(picture.sha256[2 * (place % 32) : 2 * (place % 32) + 2], 16) % many


def _share(picture: Picture, place: int, least: float) -> float:
    """A probability from `least` to one, the same for the same picture."""
    return round(least + (1 - least) * _pick(picture, place, 256) / 256, 6)
