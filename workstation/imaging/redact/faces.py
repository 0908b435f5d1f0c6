"""Faces of a photograph: found by OpenCV's cascades, covered, and looked for once more in what was covered.

P. Viola, M. Jones, "Rapid object detection using a boosted cascade of simple features", CVPR 2001
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.covering import Covering, FaceCover, Region, Subject, box
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.work import CancelToken
from workstation.imaging import worker
from workstation.imaging.damage import as_error
from workstation.imaging.pixels.load import load_pixels
from workstation.imaging.redact.fill import Bits, hidden_by

Rgb = npt.NDArray[np.uint8]  # [row, column, 3]
FaceBox = tuple[float, float, float, float]  # left, top, right, bottom, in pixels of the picture

_FRONTAL: Final = ("haarcascade_frontalface_alt2.xml", "haarcascade_frontalface_default.xml")
_PROFILE: Final = "haarcascade_profileface.xml"
_LONG_SIDE: Final = 1280  # pixels: larger pictures are made smaller for the search
_LEAST: Final = 0.04  # of the shorter side
_NEIGHBOURS: Final = 4  # a face that is no face costs a black patch; one that is missed cannot be taken back
_SAME: Final = 0.3  # intersection over union
_MEANT: Final = 0.15  # of a face's box under what was drawn: about what a bar over the eyes hides
_PATIENCE_S: Final = 60.0
_ROOM: Final = 2**31
# How far a cover reaches beyond a found face's box, in shares of it: left, top, right, bottom.
_REACH: Final = {
    FaceCover.EYES: (0.08, -0.18, 0.08, -0.42),
    FaceCover.FACE: (0.12, 0.12, 0.12, 0.15),
    FaceCover.HEAD: (0.40, 0.60, 0.40, 0.35),
}
_SUBJECTS: Final = {FaceCover.EYES: Subject.EYES, FaceCover.FACE: Subject.FACE, FaceCover.HEAD: Subject.HEAD}
_LARGER: Final = (FaceCover.EYES, FaceCover.FACE, FaceCover.HEAD)


def at_hand() -> bool:
    """Whether faces can be looked for: OpenCV is installed with its cascades."""
    return find_spec("cv2") is not None


def find_faces(stack: Stack, cancel: CancelToken | None = None) -> tuple[FaceBox, ...]:
    """Faces in a picture, the largest first. raises MISSING_EXTRA, as `load_pixels`, as `worker.call`"""
    return _faces_in(_picture(stack, cancel), cancel)


def cover_faces(stack: Stack, wanted: FaceCover, cancel: CancelToken | None = None) -> Covering:
    """Regions over every face, so large that none of them is found again in the covered picture.

    Eyes give way to the whole face, and a face to the head, where less does not suffice.
    raises FACE_LEFT where a face is found all the same; as `find_faces`
    """
    if wanted is FaceCover.NONE:
        return Covering()
    rgb = _picture(stack, cancel)
    faces = _faces_in(rgb, cancel)
    for much in _LARGER[_LARGER.index(wanted) :]:
        covering = Covering(regions=tuple(face_region(face, much) for face in faces))
        if not faces or not faces_left(rgb, covering, faces, cancel):
            return covering
    raise WorkstationError(ErrorCode.FACE_LEFT)


def face_region(face: FaceBox, much: FaceCover) -> Region:
    """What is covered of a found face."""
    left, top, right, bottom = face
    width, height, reach = right - left, bottom - top, _REACH[much]
    return box(
        _SUBJECTS[much],
        left - reach[0] * width,
        top - reach[1] * height,
        right + reach[2] * width,
        bottom + reach[3] * height,
    )


def check_no_face_left(stack: Stack, covering: Covering, cancel: CancelToken | None = None) -> None:
    """Of what a person drew: a face that lies under it in good part was meant to be hidden, and has to be.

    A face that nothing touches was left to be seen by whoever looked at the picture.
    raises FACE_LEFT, as `find_faces`
    """
    rgb = _picture(stack, cancel)
    hidden = hidden_by(covering, *rgb.shape[:2])
    meant = [face for face in _faces_in(rgb, cancel) if _share(hidden, face) >= _MEANT]
    if meant and faces_left(rgb, covering, meant, cancel):
        raise WorkstationError(ErrorCode.FACE_LEFT)


def faces_left(rgb: Rgb, covering: Covering, faces: Sequence[FaceBox], cancel: CancelToken | None = None) -> int:
    """How many faces of the original are found again in the covered picture."""
    hidden = rgb.copy()
    hidden[hidden_by(covering, *rgb.shape[:2])] = 0
    found = _faces_in(hidden, cancel)
    return sum(any(_overlap(one, face) >= _SAME for one in found) for face in faces)


def faces_seen(stack: Stack, covering: Covering, cancel: CancelToken | None = None) -> int:
    """How many faces of a photograph are still found once it is covered. raises as `find_faces`"""
    rgb = _picture(stack, cancel)
    faces = _faces_in(rgb, cancel)
    return faces_left(rgb, covering, faces, cancel) if faces else 0


def _share(hidden: Bits, face: FaceBox) -> float:
    """Of a face's box, how much is hidden."""
    left, top, right, bottom = (max(0, round(edge)) for edge in face)
    part = hidden[top : bottom + 1, left : right + 1]
    return float(part.mean()) if part.size else 0.0


def _picture(stack: Stack, cancel: CancelToken | None) -> Rgb:
    pixels = load_pixels(stack, 0, cancel)
    if pixels.colour is not None:
        return pixels.colour
    low, high = float(pixels.values.min()), float(pixels.values.max())
    gray = ((pixels.values - low) * (255 / max(high - low, 1))).astype(np.uint8)
    return np.repeat(gray[..., None], 3, axis=2)


def _faces_in(rgb: Rgb, cancel: CancelToken | None) -> tuple[FaceBox, ...]:
    if not at_hand():
        raise WorkstationError(ErrorCode.MISSING_EXTRA, extra="ocr")
    task = worker.Task(read_faces, (rgb,), patience_s=_PATIENCE_S, room=_ROOM)
    ((_, answer),) = worker.run([task], cancel)
    if isinstance(answer, Exception):
        raise answer
    faces: tuple[FaceBox, ...] = answer
    return faces


def read_faces(rgb: Rgb) -> tuple[FaceBox, ...]:
    """In a worker: by two frontal cascades and, both ways round, by the one for profiles."""
    import cv2

    with as_error(ErrorCode.DECODE_FAILED):
        scale = min(1.0, _LONG_SIDE / max(rgb.shape[:2]))
        gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        if scale < 1:
            gray = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        even = np.asarray(cv2.equalizeHist(gray), dtype=np.uint8)
        found = [face for name in _FRONTAL for face in _by_cascade(even, name)]
        found += _by_cascade(even, _PROFILE)
        width = even.shape[1]
        mirrored = _by_cascade(np.ascontiguousarray(even[:, ::-1]), _PROFILE)
        found += [(width - right, top, width - left, bottom) for left, top, right, bottom in mirrored]
    kept: list[FaceBox] = []
    for one in sorted(found, key=lambda face: face[0] - face[2]):
        if all(_overlap(one, other) < _SAME for other in kept):
            kept.append(one)
    return tuple((a / scale, b / scale, c / scale, d / scale) for a, b, c, d in kept)


def _by_cascade(gray: npt.NDArray[np.uint8], name: str) -> list[FaceBox]:
    import cv2

    classifier = cv2.CascadeClassifier(str(Path(import_module("cv2.data").haarcascades) / name))
    least = max(24, int(_LEAST * min(gray.shape)))
    boxes = classifier.detectMultiScale(gray, 1.1, _NEIGHBOURS, minSize=(least, least))
    return [(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h in boxes]


def _overlap(one: FaceBox, other: FaceBox) -> float:
    """Intersection over union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (sum((face[2] - face[0]) * (face[3] - face[1]) for face in (one, other)) - both)
