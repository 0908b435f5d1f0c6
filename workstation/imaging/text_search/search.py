"""Every text in the frames of a stack, with the quadrangle that it stands in."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Final

from workstation.domain.covering import FoundText
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack, VoiWindow
from workstation.domain.words import say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.imaging import worker
from workstation.imaging.pixels.load import load_pixels
from workstation.imaging.pixels.rescale import padding_of
from workstation.imaging.pixels.voi import default_window
from workstation.imaging.text_search.recognise import Quad, Read, models, read_texts
from workstation.imaging.text_search.renderings import Gray, renderings

SURE: Final = 0.62  # below it, what is read on clean pictures: edges of ribs, ends of tubes
_SURE_OF_LATIN_PAIR: Final = 0.85
_SURE_BESIDE: Final = 0.35  # within a block of text everything is text, be it one sign
_BESIDE: Final = 2.5  # heights of a text that the next line is away at most
_SIGNS: Final = re.compile(r"[0-9A-Za-z\u3400-\u9fff]")
_LATIN: Final = re.compile(r"[0-9A-Za-z]")
_ROOM: Final = 2**31  # bytes of address space; a quarter of it is used
_PATIENCE_S: Final = 240.0  # for one picture of many parts
_SAME: Final = 0.75  # share of the smaller one's bounding box
_TOGETHER: Final = 8  # frames that one process reads: it takes seconds to start


def at_hand() -> bool:
    """Whether text can be looked for: the extra `ocr` is installed, models included."""
    return models() is not None


def find_text(
    stack: Stack,
    frames: Sequence[int] | None = None,
    reporter: Reporter = silent,
    cancel: CancelToken | None = None,
) -> tuple[FoundText, ...]:
    """Text in frames of a stack, from the top; None: in all.

    raises MISSING_EXTRA; TIMED_OUT_READING, READING_MEMORY, KILLED_READER; as `load_pixels`; Cancelled
    """
    wanted = range(stack.slices) if frames is None else frames
    found: list[FoundText] = []
    for start in range(0, len(wanted), _TOGETHER):
        some = wanted[start : start + _TOGETHER]
        pictures = [_pictures(stack, frame, cancel) for frame in some]
        for done, (frame, texts) in enumerate(zip(some, texts_in(pictures, cancel), strict=True), start=start + 1):
            found += [replace(text, frame=frame) for text in texts]
            reporter(Progress(done, len(wanted), say("Searching for text")))
    return tuple(found)


def texts_in(frames: Sequence[Sequence[Gray]], cancel: CancelToken | None = None) -> Iterator[tuple[FoundText, ...]]:
    """Of each frame, given in several renderings, each text once. raises as `find_text`"""
    if not at_hand():
        raise WorkstationError(ErrorCode.MISSING_EXTRA, extra="ocr")
    for read in _reads(frames, cancel):
        yield _texts(read)


def _texts(read: Iterable[Read]) -> tuple[FoundText, ...]:
    found: list[FoundText] = []
    by_size = sorted(read, key=lambda one: -_area(one[0]))  # the widest reading of each text stands
    sure = [one for one in by_size if _is_text(one[1], one[2])]
    unsure = [one for one in by_size if one not in sure and one[2] >= _SURE_BESIDE and _SIGNS.search(one[1])]
    sure += [one for one in unsure if any(_beside(one[0], other[0]) for other in sure)]
    for corners, text, confidence in sure:
        if not any(_same(corners, one.corners) for one in found):
            found.append(FoundText(frame=0, corners=corners, text=text, confidence=confidence))
    return tuple(sorted(found, key=lambda one: (one.corners[0][1], one.corners[0][0])))


def _reads(frames: Sequence[Sequence[Gray]], cancel: CancelToken | None) -> Iterator[tuple[Read, ...]]:
    lists = [list(pictures) for pictures in frames]
    task = worker.Task(read_texts, (lists,), patience_s=_PATIENCE_S, many=True, room=_ROOM)
    with closing(worker.run([task], cancel)) as answers:
        for _, answer in answers:
            if isinstance(answer, Exception):
                raise answer
            yield answer


def _pictures(stack: Stack, frame: int, cancel: CancelToken | None) -> tuple[Gray, ...]:
    pixels, instance = load_pixels(stack, frame, cancel), stack.instances[frame]
    windows: tuple[VoiWindow, ...] = ()
    if pixels.colour is None:
        windows = (default_window(stack, frame, pixels.values, padding_of(instance)),)
    inverted = instance.pixels.photometric == "MONOCHROME1"
    return renderings(pixels.values, windows, pixels.colour, inverted)


def _is_text(text: str, confidence: float) -> bool:
    """Not what is read into anatomy: one sign alone is a side mark or an edge, two letters may be."""
    signs = len(_SIGNS.findall(text))
    pair = signs == 2 and len(_LATIN.findall(text)) == 2
    return signs >= 2 and confidence >= (_SURE_OF_LATIN_PAIR if pair else SURE)


def _beside(one: Quad, other: Quad) -> bool:
    a, b = _bounds(one), _bounds(other)
    height = max(math.dist(other[0], other[3]), 1.0)
    down = max(a[1], b[1]) - min(a[3], b[3])
    across = max(a[0], b[0]) - min(a[2], b[2])
    return down <= _BESIDE * height and across <= _BESIDE * height


def _same(one: Quad, other: Quad) -> bool:
    """Whether their bounding boxes share most of the smaller one."""
    a, b = _bounds(one), _bounds(other)
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return False
    return width * height >= _SAME * min(_area(one), _area(other))


def _area(corners: Quad) -> float:
    left, top, right, bottom = _bounds(corners)
    return (right - left) * (bottom - top)


def _bounds(corners: Quad) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)
