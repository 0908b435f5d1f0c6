"""The recogniser itself: called in a worker, as it is large and reads what may be hostile."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.damage import as_error

if TYPE_CHECKING:
    from rapidocr import RapidOCR

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
Read = tuple[Quad, str, float]  # corners (column, row), text, confidence

_DETECTION: Final = "PP-OCRv6_det_small.onnx"
_RECOGNITION: Final = "PP-OCRv6_rec_small.onnx"
_TILE: Final = 512  # pixels; larger pictures are read in parts, so that small text is not shrunk away
_OVERLAP: Final = 120
_FLAT: Final = 8  # gray levels: less holds no letters
_LEAST_SIDE: Final = 736  # smaller pictures are enlarged to this for finding text
_THREADS: Final = 2


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


def read_texts(frames: Sequence[Sequence[npt.NDArray[np.uint8]]]) -> Iterator[tuple[Read, ...]]:
    """Of each frame every line of text that was read in its renderings, be it unsure.

    Renderings are [row, column] or [row, column, 3]. Of a small frame every second one is read at twice its size, a
    single one at both: letters of 12 pixels are missed at one of them.

    raises MISSING_EXTRA, READING_MEMORY, DECODE_FAILED
    """
    engine = _engine()
    for pictures in frames:
        found: list[Read] = []
        for number, picture in enumerate(pictures):
            small = max(picture.shape[:2]) <= _TILE  # parts of larger ones are enlarged as it is
            scales = (1,) if not small else (1, 2) if len(pictures) == 1 else (1 + number % 2,)
            with as_error(ErrorCode.DECODE_FAILED):
                for top, left, tile in _tiles(_three_channels(picture)):
                    for scale in scales if np.ptp(tile) >= _FLAT else ():
                        found += _read(engine, tile, top, left, scale)
        yield tuple(found)


@cache
def _engine() -> RapidOCR:
    found = models()
    if found is None:
        raise WorkstationError(ErrorCode.MISSING_EXTRA, extra="ocr")
    if sys.modules.get("requests", found) is None:  # barred in workers; rapidocr only wants to have it imported
        del sys.modules["requests"]
    os.environ.setdefault("OMP_NUM_THREADS", str(_THREADS))
    from rapidocr import RapidOCR

    detection, recognition = found
    # With a path for every model nothing is looked for elsewhere; the third, for text upside down, is not used.
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.text_score": 0.3,
            "Det.model_path": str(detection),
            "Det.limit_side_len": _LEAST_SIDE,
            "Rec.model_path": str(recognition),
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _read(engine: Any, tile: npt.NDArray[np.uint8], top: int, left: int, scale: int) -> Iterator[Read]:
    if scale > 1:
        import cv2

        tile = np.asarray(cv2.resize(tile, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    answer = engine(tile)
    if getattr(answer, "boxes", None) is None or answer.txts is None:
        return
    for corners, text, score in zip(answer.boxes, answer.txts, answer.scores, strict=True):
        a, b, c, d = ((float(x) / scale + left, float(y) / scale + top) for x, y in corners)
        yield (a, b, c, d), str(text), float(score)


def _tiles(picture: npt.NDArray[np.uint8]) -> Iterator[tuple[int, int, npt.NDArray[np.uint8]]]:
    """Top, left, and the part that begins there; parts overlap by more than a line's height."""
    for top in _starts(picture.shape[0]):
        for left in _starts(picture.shape[1]):
            yield top, left, np.ascontiguousarray(picture[top : top + _TILE, left : left + _TILE])


def _starts(length: int) -> list[int]:
    if length <= _TILE + _OVERLAP:
        return [0] if length <= _TILE else [0, length - _TILE]
    count = -(-(length - _OVERLAP) // (_TILE - _OVERLAP))
    return [round(n * (length - _TILE) / (count - 1)) for n in range(count)]


def _three_channels(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
