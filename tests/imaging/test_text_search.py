"""Text burnt into frames: found, Chinese and English, small and on gray; nothing on clean ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from workstation.domain.covering import over_texts
from workstation.imaging.phantom.lettering import letter
from workstation.imaging.redact.fill import covered
from workstation.imaging.text_search.renderings import renderings
from workstation.imaging.text_search.search import at_hand, texts_in

pytestmark = pytest.mark.skipif(not at_hand(), reason="the extra “ocr” is not installed")


def ground(seed: int) -> npt.NDArray[np.int16]:
    """A body of soft tissue with one bone, in air, with noise, 320 × 320, HU."""
    rows, columns = np.mgrid[:320, :320]
    body = ((rows - 160) / 120) ** 2 + ((columns - 160) / 150) ** 2 < 1
    noise = np.random.default_rng(seed).normal(0, 20, (320, 320))
    bone = (rows - 200) ** 2 + (columns - 160) ** 2 < 400
    return (np.where(bone, 1200, np.where(body, 40, -1000)) + noise).astype(np.int16)


def test_lines_burnt_into_a_slice_are_found_so_that_all_their_ink_is_covered() -> None:
    frames = [letter(ground(seed), np.random.default_rng(seed)) for seed in range(4)]

    found = list(texts_in([renderings(frame.values, ()) for frame in frames]))
    covers = [covered(over_texts(texts), 320, 320) for texts in found]

    hidden = [[cover[ink].mean() for ink in frame.inks] for frame, cover in zip(frames, covers, strict=True)]
    assert all(share > 0.98 for shares in hidden for share in shares)


def test_nothing_is_found_on_clean_slices() -> None:
    assert list(texts_in([renderings(ground(seed), ()) for seed in range(3)])) == [(), (), ()]


def test_what_was_found_is_read() -> None:
    frame = letter(ground(9), np.random.default_rng(4))

    (found,) = texts_in([renderings(frame.values, ())])

    assert {text.replace(" ", "") for text in frame.texts} <= {one.text.replace(" ", "") for one in found}
