"""Text of pictures: found, covered, and looked for once more in what was covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from workstation.domain.covering import Covering, FoundText, over_texts
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.work import CancelToken, Reporter, silent
from workstation.imaging.redact.fill import hidden_by
from workstation.imaging.text_search.cells import boxes_of, cells_with
from workstation.imaging.text_search.pieces import pieces_of
from workstation.imaging.text_search.search import find_text, picture_of, texts_in_pieces

_ROUNDS: Final = 2  # of looking again, where each found more
_FRAMES: Final = 8  # of a series that are looked at again: what is burnt in stands in most of them
_AROUND: Final = 4  # cells: what goes on where a cover ends is seen with some of its neighbours


def cover_texts(stack: Stack, reporter: Reporter = silent, cancel: CancelToken | None = None) -> Covering:
    """Regions over every text, so large that none is read beside or between them in the covered pictures.

    raises TEXT_LEFT where one is read all the same; as `find_text`
    """
    found, left = texts_to_cover(stack, reporter, cancel)
    if left:
        raise WorkstationError(ErrorCode.TEXT_LEFT)
    return Covering(regions=over_texts(found), reviewed=True)


def texts_to_cover(
    stack: Stack, reporter: Reporter = silent, cancel: CancelToken | None = None
) -> tuple[tuple[FoundText, ...], tuple[FoundText, ...]]:
    """Texts in all frames with what was read only once the others were covered; and what is read with all covered.

    raises as `find_text`
    """
    found = find_text(stack, None, reporter, cancel)
    for _ in range(_ROUNDS):
        more = texts_left(stack, Covering(regions=over_texts(found)), found, cancel)
        if not more:
            return found, ()
        found += more
    return found, texts_left(stack, Covering(regions=over_texts(found)), found, cancel)


def texts_left(
    stack: Stack, covering: Covering, found: Sequence[FoundText] = (), cancel: CancelToken | None = None
) -> tuple[FoundText, ...]:
    """What is read around all that is covered, in the pictures as they are sent: in some of a series, and in those
    where text was found. raises as `find_text`
    """
    hidden = hidden_by(covering, stack.rows, stack.columns)
    if not hidden.any():
        return ()
    evenly = {round(float(place)) for place in np.linspace(0, stack.slices - 1, min(_FRAMES, stack.slices))}
    first = sorted({text.frame for text in found})[:_FRAMES]
    frames = sorted(evenly | set(first))
    boxes = boxes_of(cells_with(hidden, 1), stack.rows, stack.columns, _AROUND)
    pictures = []
    for frame in frames:
        picture = picture_of(stack, frame, cancel).copy()
        picture[hidden] = 0
        pieces = [
            replace(piece, top=piece.top + top, left=piece.left + left)
            for top, left, bottom, right in boxes
            for piece in pieces_of(picture[top:bottom, left:right])
        ]
        pictures.append(tuple(pieces))
    read = zip(frames, texts_in_pieces(pictures, cancel), strict=True)
    return tuple(replace(text, frame=frame) for frame, texts in read for text in texts)
