"""Every text in the frames of a stack, with the quadrangle that it stands in."""

from __future__ import annotations

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
from workstation.imaging.text_search.judging import Read, repeats, texts_of
from workstation.imaging.text_search.news import News
from workstation.imaging.text_search.pieces import Piece, pieces_of
from workstation.imaging.text_search.recognise import models, read_texts
from workstation.imaging.text_search.rendering import Gray, rendering

_ROOM: Final = 2**31  # bytes of address space; a quarter of it is used
_PATIENCE_S: Final = 60.0  # for one piece, the first of a process included
_HANDS: Final = 2  # processes: each takes seconds to start and 300 MB
_FEWEST_EACH: Final = 4  # pieces, for it to be worth starting another
_AT_ONCE: Final = 2**26  # bytes of pictures


def at_hand() -> bool:
    """Whether text can be looked for: the extra `ocr` is installed, models included."""
    return models() is not None


def find_text(
    stack: Stack,
    frames: Sequence[int] | None = None,
    reporter: Reporter = silent,
    cancel: CancelToken | None = None,
) -> tuple[FoundText, ...]:
    """Text in frames of a stack, from the top; None: in all. What stands in several frames is given once.

    raises MISSING_EXTRA; TIMED_OUT_READING, READING_MEMORY, KILLED_READER; as `load_pixels`; Cancelled
    """
    _demand()
    wanted = range(stack.slices) if frames is None else frames
    news = News()
    found: list[FoundText] = []
    done = 0
    for batch in _batches((news.pieces_of(picture_of(stack, frame, cancel)) for frame in wanted), len(wanted)):
        for reads in _reads(batch, cancel):
            texts = (replace(text, frame=wanted[done]) for text in texts_of(reads))
            found += [text for text in texts if not any(repeats(text, one) for one in found)]
            done += 1
            reporter(Progress(done, len(wanted), say("Searching for text")))
    return tuple(found)


def texts_in(pictures: Sequence[Gray], cancel: CancelToken | None = None) -> Iterator[tuple[FoundText, ...]]:
    """Of each picture each text once. raises as `find_text`"""
    yield from texts_in_pieces([tuple(pieces_of(picture)) for picture in pictures], cancel)


def texts_in_pieces(
    pictures: Sequence[tuple[Piece, ...]], cancel: CancelToken | None = None
) -> Iterator[tuple[FoundText, ...]]:
    """The same of pictures of which only these pieces are read."""
    _demand()
    for batch in _batches(iter(pictures), len(pictures)):
        for reads in _reads(batch, cancel):
            yield texts_of(reads)


def _demand() -> None:
    if not at_hand():
        raise WorkstationError(ErrorCode.MISSING_EXTRA, extra="ocr")


def _batches(pictures: Iterable[tuple[Piece, ...]], count: int) -> Iterator[list[tuple[Piece, ...]]]:
    """Pictures in pieces, as many at once as there is room for: processes start anew for each batch."""
    batch: list[tuple[Piece, ...]] = []
    held = 0
    for number, pieces in enumerate(pictures, start=1):
        batch.append(pieces)
        held += sum(piece.picture.nbytes for piece in pieces)
        if held >= _AT_ONCE or number == count:
            yield batch
            batch, held = [], 0


def _reads(pictures: Sequence[tuple[Piece, ...]], cancel: CancelToken | None) -> Iterator[list[Read]]:
    """What is read in each picture, in their order: the pieces of all of them are dealt out to a few processes."""
    pieces = [(number, piece) for number, one in enumerate(pictures) for piece in one]
    hands = min(_HANDS, -(-len(pieces) // _FEWEST_EACH))
    dealt = [pieces[hand::hands] for hand in range(hands)]
    tasks = [
        worker.Task(read_texts, ([piece for _, piece in hand],), patience_s=_PATIENCE_S, many=True, room=_ROOM)
        for hand in dealt
    ]
    left = [len(one) for one in pictures]
    reads: list[list[Read]] = [[] for _ in pictures]
    owners = [iter([number for number, _ in hand]) for hand in dealt]
    given = 0
    with closing(worker.run(tasks, cancel)) as answers:
        while given < len(pictures):
            if left[given] == 0:
                yield reads[given]
                given += 1
                continue
            hand, answer = next(answers)
            if isinstance(answer, Exception):
                raise answer
            number = next(owners[hand])
            reads[number] += answer
            left[number] -= 1
        for _ in answers:  # they end by themselves
            pass


def picture_of(stack: Stack, frame: int, cancel: CancelToken | None = None) -> Gray:
    """What is searched of one frame. raises as `load_pixels`"""
    pixels, instance = load_pixels(stack, frame, cancel), stack.instances[frame]
    windows: tuple[VoiWindow, ...] = ()
    if pixels.colour is None:
        windows = (default_window(stack, frame, pixels.values, padding_of(instance)),)
    return rendering(pixels.values, windows, pixels.colour, instance.pixels.photometric == "MONOCHROME1")
