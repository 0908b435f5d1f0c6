"""The recogniser itself: called in a worker, as it is large and reads what may be hostile."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.covering import FoundText, over_texts
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.damage import as_error
from workstation.imaging.redact.fill import covered
from workstation.imaging.text_search.cells import Box
from workstation.imaging.text_search.judging import Read, bounds, texts_of
from workstation.imaging.text_search.pieces import Piece
from workstation.imaging.text_search.strokes import parts_with_strokes

if TYPE_CHECKING:
    from rapidocr import RapidOCR

Picture = npt.NDArray[np.uint8]  # [row, column, 3]

_DETECTION: Final = "PP-OCRv6_det_small.onnx"
_RECOGNITION: Final = "PP-OCRv6_rec_small.onnx"
_SCALES: Final = (1.0, 1.5)  # each misses a few lines that the other finds
_WIDE: Final = 0.9  # share of a line that lies under what is covered already
_AGAIN: Final = (6, 2)  # heights of a found text to both sides, and up and down, that are looked at once more


def models() -> tuple[Path, Path] | None:
    """Of the installed package; None where it is not there, or came without them."""
    from importlib.util import find_spec

    if any(find_spec(name) is None for name in ("rapidocr", "onnxruntime", "cv2")):
        return None
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "models"
    both = folder / _DETECTION, folder / _RECOGNITION
    return both if all(model.is_file() for model in both) else None


def read_texts(pieces: Sequence[Piece]) -> Iterator[tuple[Read, ...]]:
    """Of each piece every line of text that was read in it, be it unsure. Model files are read when first needed.

    raises MISSING_EXTRA, READING_MEMORY, DECODE_FAILED
    """
    for piece in pieces:
        with as_error(ErrorCode.DECODE_FAILED):
            picture = np.ascontiguousarray(_three_channels(piece.picture))
            yield tuple(
                _in_whole(read, piece) for box in parts_with_strokes(picture) for read in _read_box(picture, box)
            )


def _read_box(picture: Picture, box: Box) -> Iterator[Read]:
    top, left, bottom, right = box
    part = np.ascontiguousarray(picture[top:bottom, left:right])
    reads: list[Read] = []
    for scale in _SCALES:
        reads += _read(part, scale, texts_of(reads))
    reads += _read_beside(part, texts_of(reads))
    return (_moved(read, left, top) for read in reads)


@cache
def _engine() -> RapidOCR:
    found = models()
    if found is None:
        raise WorkstationError(ErrorCode.MISSING_EXTRA, extra="ocr")
    if sys.modules.get("requests", found) is None:  # barred in workers; rapidocr only wants to have it imported
        del sys.modules["requests"]
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from rapidocr import RapidOCR

    detection, recognition = found
    # With a path for every model nothing is looked for elsewhere; the third, for text upside down, is not used.
    # One thread: several workers read at once, and threads that wait for one another keep processors busy.
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Det.model_path": str(detection),
            "Det.limit_side_len": 32,
            "Rec.model_path": str(recognition),
            "Rec.rec_batch_num": 1,
            "Rec.rec_img_shape": [3, 48, 48],  # no line is filled up to the width of a longer one
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,
        }
    )


def _read(picture: Picture, scale: float, known: Sequence[FoundText]) -> Iterator[Read]:
    """Lines found at one scale; what lies under known ones is not read again."""
    import cv2

    engine: Any = _engine()
    larger: Any = picture
    if scale != 1:
        larger = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    lines = getattr(engine(larger, use_det=True, use_rec=False), "boxes", None)
    if lines is None:
        return
    hidden = covered(over_texts(known), *picture.shape[:2])
    fresh = [line for line in lines if not _lies_under(hidden, line / scale)]
    if not fresh:
        return
    answer = engine.recognize_txt(engine.crop_text_regions(larger, np.array(fresh, dtype=np.float32)))
    for corners, text, score in zip(fresh, answer.txts, answer.scores, strict=True):
        a, b, c, d = ((float(x) / scale, float(y) / scale) for x, y in corners)
        yield (a, b, c, d), str(text), float(score)


def _read_beside(picture: Picture, known: Sequence[FoundText]) -> Iterator[Read]:
    """What goes on where a found line ends, or stands near it, fainter: seen once the found ones are gone."""
    import cv2

    if not known:
        return
    hidden = covered(over_texts(known), *picture.shape[:2])
    even = cv2.createCLAHE(clipLimit=4.0, tileGridSize=(4, 4))
    for left, top, right, bottom in _around(known, picture):
        part, gone = picture[top:bottom, left:right].copy(), hidden[top:bottom, left:right]
        if gone.all():
            continue
        part[gone] = np.median(part[~gone], axis=0)
        for channel in range(3):
            part[..., channel] = even.apply(part[..., channel])
        for corners, text, score in _read(part, 1.5, ()):
            yield _moved((corners, text, score), left, top)


def _around(known: Sequence[FoundText], picture: Picture) -> list[tuple[int, int, int, int]]:
    """Places around texts, those that touch taken together: left, top, right, bottom."""
    rows, columns = picture.shape[:2]
    places: list[tuple[int, int, int, int]] = []
    for one in known:
        left, top, right, bottom = bounds(one.corners)
        height = max(8.0, min(math.dist(one.corners[0], one.corners[3]), math.dist(one.corners[0], one.corners[1])))
        place = (
            max(0, int(left - _AGAIN[0] * height)),
            max(0, int(top - _AGAIN[1] * height)),
            min(columns, int(right + _AGAIN[0] * height) + 1),
            min(rows, int(bottom + _AGAIN[1] * height) + 1),
        )
        while touched := [
            other
            for other in places
            if place[0] < other[2] and other[0] < place[2] and place[1] < other[3] and other[1] < place[3]
        ]:
            places = [other for other in places if other not in touched]
            every = [place, *touched]
            place = (
                min(one[0] for one in every),
                min(one[1] for one in every),
                max(one[2] for one in every),
                max(one[3] for one in every),
            )
        places.append(place)
    return places


def _lies_under(hidden: npt.NDArray[np.bool_], line: npt.NDArray[np.float32]) -> bool:
    """Most of a line's bounding box, and both of its ends."""
    left, top = (max(0, int(value)) for value in line.min(axis=0))
    right, bottom = (int(np.ceil(value)) + 1 for value in line.max(axis=0))
    part = hidden[top:bottom, left:right]
    return bool(part.size and part.mean() >= _WIDE and part[:, [0, -1]].any(axis=0).all())


def _in_whole(read: Read, piece: Piece) -> Read:
    return _moved(read, piece.left, piece.top, piece.shrunk)


def _moved(read: Read, left: float, top: float, scale: float = 1.0) -> Read:
    corners, text, score = read
    a, b, c, d = ((x * scale + left, y * scale + top) for x, y in corners)
    return (a, b, c, d), text, score


def _three_channels(picture: Picture) -> Picture:
    return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
