"""Of a row of pictures only what is new is read, and of a picture only what has strokes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from workstation.imaging.text_search.news import News
from workstation.imaging.text_search.pieces import Piece, pieces_of

Gray = npt.NDArray[np.uint8]


def speckle(rows: int = 300, columns: int = 400) -> Gray:
    return np.random.default_rng(3).integers(20, 60, (rows, columns), dtype=np.uint8)


def holds(pieces: tuple[Piece, ...], row: int, column: int) -> bool:
    return any(
        one.top <= row < one.top + one.picture.shape[0] and one.left <= column < one.left + one.picture.shape[1]
        for one in pieces
    )


def test_the_first_picture_is_read_whole() -> None:
    (piece,) = News().pieces_of(speckle())

    assert piece.picture.shape == (300, 400)


def test_nothing_is_read_where_a_picture_shows_what_the_last_one_did() -> None:
    news = News()
    news.pieces_of(speckle())

    assert news.pieces_of(speckle() + 2) == ()


def test_a_sign_that_is_new_is_read_with_its_neighbourhood() -> None:
    news, changed = News(), speckle()
    news.pieces_of(speckle())
    changed[200:206, 300:306] = 255

    pieces = news.pieces_of(changed)

    assert all(holds(pieces, 203 + down, 303 + across) for down in (-20, 20) for across in (-20, 20))
    assert not holds(pieces, 50, 50)


def test_what_fades_in_slowly_is_read_in_the_end() -> None:
    news, fading = News(), speckle()
    news.pieces_of(fading)
    read = []
    for _ in range(4):
        fading = fading.copy()
        fading[200:210, 300:310] += 5
        read.append(news.pieces_of(fading))

    assert read[0] == ()
    assert any(holds(pieces, 205, 305) for pieces in read)


def test_a_picture_of_another_size_is_read_whole() -> None:
    news = News()
    news.pieces_of(speckle())

    assert news.pieces_of(speckle(200, 200))[0].picture.shape == (200, 200)


@pytest.mark.parametrize("size", [(64, 64), (640, 641), (1000, 3000)])
def test_pieces_hold_every_pixel_of_a_picture(size: tuple[int, int]) -> None:
    seen = np.zeros(size, bool)
    for piece in pieces_of(np.zeros(size, np.uint8)):
        if piece.shrunk == 1:
            rows, columns = piece.picture.shape
            seen[piece.top : piece.top + rows, piece.left : piece.left + columns] = True

    assert seen.all()


def test_only_a_large_picture_is_seen_at_a_glance_as_well() -> None:
    shrunk = [
        [piece.shrunk for piece in pieces_of(speckle(*size)) if piece.shrunk > 1] for size in ((900, 900), (1000, 3000))
    ]

    assert shrunk == [[], [5.0]]
